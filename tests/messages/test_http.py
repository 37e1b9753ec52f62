"""A contact's messages over HTTP: for whoever may read its page, numbers as far as they may see them."""

from __future__ import annotations

from tests.interactions.book import Book
from tests.support.web import Site, add_person
from yuelai.messages import service
from yuelai.messages.model import Outgoing
from yuelai.messages.sealing import Sealing
from yuelai.platform.ids import SAMPLE_TENANT, new_id


async def test_the_messages_of_a_contact_are_shown_to_who_may_read_its_page(site: Site, sealing: Sealing) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    for name, role in (("agent02", "agent"), ("leader01", "leader")):
        await add_person(site.database, name, role)
    book = Book()
    contact = (await book.served(agent.person_id, new_id())).interaction.id
    await book.project(site.database)
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        for key in ("a", "b"):
            wanted = Outgoing(key, "13800000001", "tariff", {"text": key}, interaction_id=contact)
            assert (await service.send(conn, SAMPLE_TENANT, wanted, sealing)).ok
        await service.send(conn, SAMPLE_TENANT, Outgoing("c", "13800000002", "tariff", {"text": "c"}), sealing)
    seen = {}
    for name in ("agent01", "agent02", "leader01"):
        client = await site.client(name)
        answer = await client.get("/api/v1/messages", params={"interaction_id": str(contact)})
        assert answer.status_code == 200, answer.text
        seen[name] = [(one["template"], one["state"], one["to"]) for one in answer.json()["items"]]
        assert "text" not in answer.text
    masked = [("tariff", "queued", "138****0001")] * 2
    assert seen["agent01"] == masked
    assert seen["agent02"] == []
    assert seen["leader01"] == [("tariff", "queued", "13800000001")] * 2
    answer = await (await site.client("agent01")).get("/api/v1/messages")
    assert answer.status_code == 422
    assert (await site.http.get("/api/v1/messages", params={"interaction_id": str(contact)})).status_code == 401
