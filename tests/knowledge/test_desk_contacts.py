"""What scripts and offers know of a contact comes from core, PostgreSQL and the customers, in bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.interactions.book import Book
from tests.support.web import Site, add_person
from yuelai.entrypoints import sample
from yuelai.entrypoints.sample.people import queue_id
from yuelai.entrypoints.web import contacts
from yuelai.identity.model import Principal
from yuelai.interactions.errors import NoSuchInteraction
from yuelai.knowledge.ports import Contacts
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.ipc import IpcServer, Peer


@pytest.fixture
async def agent(site: Site) -> Principal:
    return await add_person(site.database, "agent77", "agent", number="8977")


@pytest.fixture
async def live(site: Site) -> AsyncIterator[dict[str, Any]]:
    """Core, which knows these contacts by their ids and takes lines of their trails."""
    known: dict[str, Any] = {}

    async def part(peer: Peer, params: dict[str, Any]) -> Any:
        return known.get(params["interaction_id"])

    async def line(peer: Peer, params: dict[str, Any]) -> Any:
        known.setdefault("lines", []).append((params["kind"], params["data"]))
        return {}

    server = IpcServer(site.settings.socket("core"), {"interaction.part": part, "interaction.trail": line})
    await server.start()
    await site.app.state.core.connected.wait()
    yield known
    await server.close()


@pytest.fixture
async def chen(site: Site) -> UUID:
    """The sample's VIP, with the whole sample around."""
    await sample.load(site.database, count=0)
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        found: UUID = await conn.fetchval("SELECT id FROM customers WHERE name = '陈国华'")
    return found


async def test_a_contact_that_has_only_just_begun_is_known_by_its_customer(
    site: Site, agent: Principal, live: dict[str, Any], chen: UUID
) -> None:
    id_ = new_id()
    live[str(id_)] = {"trail_no": "T1", "customer_id": str(chen)}
    port: Contacts = site.app.state.knowledge_contacts
    contact = await port.contact(agent, id_)
    customer = contact.customer
    assert customer is not None
    assert (contact.match, contact.customer_id, contact.agent) == ("one", chen, ("8977", "Agent77"))
    assert (customer.honorific[0], customer.class_, customer.products[0]) == ("陈先生", "vip", "mobile-99")
    assert len(customer.bills) == 6
    assert customer.bills[0][0] > customer.bills[1][0]
    assert customer.marketing is None
    with pytest.raises(NoSuchInteraction):
        await port.contact(agent, new_id())


async def test_earlier_contacts_are_told_by_what_they_were_about(
    site: Site, agent: Principal, live: dict[str, Any], chen: UUID
) -> None:
    book = Book(SystemClock())  # type: ignore[arg-type]
    book.clock.advance = lambda seconds: None  # type: ignore[method-assign]
    recorder = await book.served(agent.person_id, queue_id("fault"), "13800000003")
    await book.project(site.database)
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "UPDATE interactions SET customer_id = $2, disposition = 'fault_line' WHERE id = $1",
            recorder.interaction.id,
            chen,
        )
    now = new_id()
    live[str(now)] = {"trail_no": "T2", "customer_id": str(chen)}
    contact = await site.app.state.knowledge_contacts.contact(agent, now)
    past, *_ = contact.customer.past
    assert (past.queue, past.disposition, past.subject) == ("fault", "fault_line", ("线路中断", "line down"))
    # The contact itself is not one of those before it.
    live[str(recorder.interaction.id)] = {"trail_no": "T3", "customer_id": str(chen)}
    itself = await site.app.state.knowledge_contacts.contact(agent, recorder.interaction.id)
    assert "fault_line" not in [one.disposition for one in itself.customer.past]
    assert (itself.queue, itself.state) == ("fault", "closed")


async def test_a_slow_customer_is_not_waited_for(
    site: Site, agent: Principal, live: dict[str, Any], chen: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: Any) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr(contacts, "LONGEST", 0.05)
    monkeypatch.setattr("yuelai.customers.service.overview", slow)
    id_ = new_id()
    live[str(id_)] = {"trail_no": "T1", "customer_id": str(chen)}
    contact = await site.app.state.knowledge_contacts.contact(agent, id_)
    assert (contact.customer, contact.late, contact.customer_id) == (None, True, chen)


async def test_a_shipped_script_is_followed_and_stands_on_the_trail(
    site: Site, agent: Principal, live: dict[str, Any], chen: UUID
) -> None:
    id_ = new_id()
    live[str(id_)] = {"trail_no": "T1", "customer_id": str(chen)}
    client: httpx.AsyncClient = await site.client("agent77")
    path = f"/api/v1/interactions/{id_}"
    items = (await client.get(f"{path}/scripts")).json()["items"]
    assert (items[0]["code"], items[0]["best"], items[0]["why"]) == ("vip-greeting", True, ["class"])
    run = (await client.post(f"{path}/script-runs", json={"script_id": items[0]["id"]})).json()
    assert "陈先生" in [part["text"] for part in run["step"]["parts"]]
    assert "8977" in [part["text"] for part in run["step"]["parts_en"]]
    assert [kind for kind, _ in live["lines"]] == ["script_started"]
    offer = (await client.get(f"{path}/offer")).json()
    assert (offer["why"], offer["waiting"]) == ("not_speaking", True)


async def test_a_customer_to_try_rules_on_is_found_by_number(site: Site, chen: UUID) -> None:
    await add_person(site.database, "boss", "admin")
    await add_person(site.database, "editor77", "editor")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        number = await conn.fetchval("SELECT no FROM customers WHERE id = $1", chen)
    asked = {"rule": {"match": "all", "conditions": [{"fact": "class", "op": "in", "value": ["vip"]}]}}
    boss, editor = await site.client("boss"), await site.client("editor77")
    tried = await boss.post("/api/v1/offers/try", json={**asked, "customer": number})
    assert (tried.status_code, tried.json()["holds"]) == (200, True), tried.text
    assert (await editor.post("/api/v1/offers/try", json={**asked, "customer": number})).status_code == 403
    nobody = await boss.post("/api/v1/offers/try", json={**asked, "customer": "C-nobody"})
    assert nobody.json()["code"] == "unknown_customer"
