"""What colleagues wrote is forgotten after a year, and when a customer asks for it."""

from __future__ import annotations

from tests.colleagues.conftest import Crew
from tests.interactions.book import Book
from tests.support.organisation import add_group
from tests.support.web import Site
from yuelai.colleagues.jobs import forget
from yuelai.colleagues.personal import ColleaguesPersonalData
from yuelai.customers.ports import Subject
from yuelai.platform.ids import SAMPLE_TENANT, new_id


async def texts(site: Site) -> list[str]:
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT text FROM chat_messages UNION ALL SELECT text FROM handovers ORDER BY 1")
    return [row["text"] for row in rows]


async def test_a_year_later_it_is_gone(site: Site, crew: Crew) -> None:
    zhang = crew.of(crew.zhang)
    group = await add_group(site.database, "day", crew.zhang)
    chat = (await zhang.post("/api/v1/chats", json={"person_id": str(crew.li.person_id)})).json()["id"]
    never = (await zhang.post("/api/v1/chats", json={"person_id": str(crew.leader.person_id)})).json()["id"]
    for text in ("去年", "今年"):
        await zhang.post(f"/api/v1/chats/{chat}/messages", json={"text": text})
    await zhang.post("/api/v1/handovers", json={"group_id": str(group), "text": "去年的交接"})
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE chat_messages SET at = at - interval '366 days' WHERE text = '去年'")
        await conn.execute("UPDATE handovers SET at = at - interval '366 days'")
        await conn.execute("UPDATE chats SET created_at = created_at - interval '2 days'")
    await forget(site.database, {})
    assert await texts(site) == ["今年"]
    assert (await zhang.get(f"/api/v1/chats/{never}")).status_code == 404
    assert (await zhang.get(f"/api/v1/chats/{chat}")).json()["last"]["text"] == "今年"


async def test_words_about_a_customer_are_told_and_erased(site: Site, crew: Crew) -> None:
    zhang, li = crew.of(crew.zhang), crew.of(crew.li)
    book = Book()
    recorder = await book.served(crew.zhang.person_id, new_id())
    await book.project(site.database)
    id_, customer = recorder.interaction.id, new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE interactions SET ended_at = now(), customer_id = $1", customer)
    asked = await zhang.post(
        f"/api/v1/interactions/{id_}/experts",
        json={"people": [str(crew.li.person_id)], "question": "王女士要退费"},
    )
    assert asked.status_code == 201, asked.text
    chat = (await zhang.post("/api/v1/chats", json={"person_id": str(crew.leader.person_id)})).json()["id"]
    await zhang.post(f"/api/v1/chats/{chat}/messages", json={"text": "请回电 138 0000 0009"})
    await zhang.post(f"/api/v1/chats/{chat}/messages", json={"text": "中午吃什么"})
    group = await add_group(site.database, "day", crew.zhang)
    await zhang.post("/api/v1/handovers", json={"group_id": str(group), "text": "等她回复", "interaction_id": str(id_)})
    subject, room = Subject(SAMPLE_TENANT, [customer], ["+8613800000009"]), ColleaguesPersonalData()
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        known = await room.export(conn, subject)
        assert [one["text"] for one in known["messages"]] == ["王女士要退费", "请回电 138 0000 0009"]
        assert [one["text"] for one in known["handovers"]] == ["等她回复"]
    assert (await li.get(f"/api/v1/interactions/{id_}")).status_code == 200
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await room.erase(conn, subject)
    assert await texts(site) == ["", "", "", "中午吃什么"]
    assert (await li.get(f"/api/v1/interactions/{id_}")).status_code == 404
