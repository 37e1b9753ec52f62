"""Who may do something about a contact: whoever has it now, or took part in the last days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.interactions.book import Book, card
from tests.support.web import Site, add_person, add_tenant
from yuelai.bootstrap.requests import Requests
from yuelai.identity.model import Principal
from yuelai.interactions import taking_part
from yuelai.interactions.errors import NoSuchInteraction
from yuelai.interactions.taking_part import Part
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.ipc import IpcServer, Peer
from yuelai.platform.live import NOWHERE


async def part(site: Site, principal: Principal, interaction_id: UUID) -> Part:
    return await taking_part.required(site.database, site.app.state.core, principal, interaction_id)


async def test_whoever_has_it_now_is_known_before_postgresql_hears_of_it(site: Site) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    customer = new_id()
    heard: list[dict[str, Any]] = []

    async def answer(peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
        heard.append(params)
        return {"trail_no": "T0304-00001", "customer_id": str(customer)}

    server = IpcServer(site.settings.socket("core"), {"interaction.part": answer})
    await server.start()
    await site.app.state.core.connected.wait()
    id_ = new_id()
    assert await part(site, agent, id_) == Part(id_, "T0304-00001", customer, live=True)
    assert (heard[0]["interaction_id"], heard[0]["principal"]["person_id"]) == (str(id_), str(agent.person_id))
    await server.close()


async def test_whoever_took_part_is_known_for_a_week_without_core(site: Site) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    other = await add_person(site.database, "agent02", "agent", number="8002")
    now = SystemClock().now()
    book, old = Book(VirtualClock(now - timedelta(hours=1))), Book(VirtualClock(now - timedelta(days=8)))
    lately, long_ago = await book.served(agent.person_id, new_id()), await old.served(agent.person_id, new_id())
    await book.project(site.database)
    await old.project(site.database)
    id_ = lately.interaction.id
    kept = Part(id_, lately.interaction.trail_no, None, live=False, number="13800000001")
    assert await part(site, agent, id_) == kept
    with pytest.raises(NoSuchInteraction):
        await part(site, other, id_)
    with pytest.raises(NoSuchInteraction):
        await part(site, agent, long_ago.interaction.id)
    elsewhere = await add_tenant(site.database, "elsewhere")
    stranger = await add_person(site.database, "stranger", "agent", tenant=elsewhere)
    with pytest.raises(NoSuchInteraction):
        await part(site, stranger, id_)


async def test_a_core_that_does_not_know_the_contact_sends_on_to_postgresql(site: Site) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    server = IpcServer(site.settings.socket("core"), {})
    await server.start()
    await site.app.state.core.connected.wait()
    with pytest.raises(NoSuchInteraction):
        await part(site, agent, new_id())
    await server.close()


async def test_no_connection_waits_for_core(site: Site) -> None:
    await add_person(site.database, "agent01", "agent", number="8001")
    client = await site.client("agent01")
    whole, site.app.state.database = site.app.state.database, await Database.open(site.database.dsn, max_size=1)
    free: list[str] = []

    async def answer(peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
        async with site.app.state.database.transaction(None) as conn:  # the only one there is
            free.append(await conn.fetchval("SELECT 'free'"))
        return {"trail_no": "T0304-00001", "customer_id": None}

    verbs = ("part", "pause_recording", "resume_recording")
    server = IpcServer(site.settings.socket("core"), {f"interaction.{verb}": answer for verb in verbs})
    await server.start()
    await site.app.state.core.connected.wait()
    path = f"/api/v1/interactions/{new_id()}"
    for page in ("candidates", "standing", "drafts", "scripts"):
        assert (await client.get(f"{path}/{page}")).status_code == 200, page
    for verb in ("pause-recording", "resume-recording"):
        assert (await client.post(f"{path}/{verb}")).status_code == 204, verb
    assert free == ["free"] * 6
    await server.close()
    site.app.state.database, small = whole, site.app.state.database
    await small.close()


async def test_core_answers_for_holders_and_participants_of_its_tenant() -> None:
    agent, other = new_id(), new_id()
    book = Book()
    recorder = await book.begin()
    requests = Requests(book.clock, book.live, *([None] * 5))  # type: ignore[arg-type]
    customer = card(new_id())

    async def ask(person: UUID, tenant: UUID = SAMPLE_TENANT, interaction: UUID = recorder.interaction.id) -> Any:
        principal = Principal(person, tenant, "a", "A", "8001", frozenset(), frozenset())  # type: ignore[arg-type]
        params = {"principal": principal.to_message(), "interaction_id": str(interaction)}
        return await requests._part(None, params)  # type: ignore[arg-type]

    assert await ask(agent) is None
    recorder.show.identified("one", [customer])
    recorder.show.holders([(agent, "8001", NOWHERE)])
    assert await ask(agent) == {
        "trail_no": recorder.interaction.trail_no,
        "customer_id": customer["id"],
        "number": "13800000001",
        "candidates": [customer["id"]],
    }
    assert await ask(other) is None
    assert await ask(agent, new_id()) is None
    assert await ask(agent, interaction=new_id()) is None
