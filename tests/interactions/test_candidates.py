"""Who of those who share a number is calling: asked by the agent who has the contact."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.interactions.book import Book, card
from tests.support.web import Site, add_person
from yuelai.customers import service as customers
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.ids import SAMPLE_TENANT, new_id

NUMBER = "13912345678"


@pytest.fixture
async def agent(site: Site) -> Principal:
    return await add_person(site.database, "agent01", "agent", number="8001")


async def called(site: Site, agent: Principal, names: list[str]) -> tuple[UUID, list[UUID]]:
    """Make customers of one number, and a call from it that the agent has served."""
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        ids = [UUID((await customers.create(conn, SAMPLE_TENANT, name=name, phones=[NUMBER]))["id"]) for name in names]
    book = Book(VirtualClock(SystemClock().now() - timedelta(minutes=5)))
    recorder = await book.begin(NUMBER)
    await recorder.identified("several", [card(id_, name) for id_, name in zip(ids, names, strict=True)])
    await recorder.segment("ring", agent.person_id, new_id())  # type: ignore[arg-type]
    book.clock.advance(5)
    await recorder.segment("talk", agent.person_id, new_id())  # type: ignore[arg-type]
    await book.project(site.database)
    return recorder.interaction.id, ids


async def served_lately(site: Site, agent: Principal, customer: UUID) -> None:
    book = Book(VirtualClock(SystemClock().now() - timedelta(days=2)))
    recorder = await book.begin(NUMBER)
    await recorder.identified("chosen", [card(customer)])
    await recorder.segment("talk", agent.person_id, new_id())  # type: ignore[arg-type]
    book.clock.advance(60)
    await recorder.ended("customer_hung_up", agent.person_id)  # type: ignore[arg-type]
    await book.project(site.database)


async def test_the_likeliest_comes_first_and_the_questions_split(site: Site, agent: Principal) -> None:
    interaction, (wang, li) = await called(site, agent, ["王芳", "李强"])
    await served_lately(site, agent, li)
    client = await site.client("agent01")
    answer = (await client.get(f"/api/v1/interactions/{interaction}/candidates", params={"topic": ["账单"]})).json()
    assert [one["customer_id"] for one in answer["items"]] == [str(li), str(wang)]
    assert [one["likelihood"] for one in answer["items"]] == [3, 2]
    assert answer["items"][0]["reasons"] == ["owner", "recent_week"]
    [surname] = answer["questions"]
    assert (surname["kind"], surname["left"]) == ("surname", 1.0)


async def test_what_is_compared_is_audited_and_cannot_be_tried_out(site: Site, agent: Principal) -> None:
    interaction, (wang, li) = await called(site, agent, ["王芳", "李强"])
    client = await site.client("agent01")
    path = f"/api/v1/interactions/{interaction}/candidates/compare"
    answers = [await client.post(path, json={"kind": "id_number", "answer": f"{n:04d}"}) for n in range(7)]
    assert [one.status_code for one in answers] == [200] * 6 + [429]
    assert answers[0].json() == {"matching": [], "unknown": [str(wang), str(li)]}
    assert answers[6].json()["code"] == "too_many_comparisons"
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        rows = await conn.fetch("SELECT data FROM audit WHERE action = 'candidates.compared'")
    assert len(rows) == 6
    assert "0000" not in str(rows)


async def test_contacts_of_others_tell_nothing(site: Site, agent: Principal) -> None:
    interaction, _ = await called(site, agent, ["王芳", "李强"])
    await add_person(site.database, "agent02", "agent", number="8002")
    client = await site.client("agent02")
    for path in ("candidates", "standing"):
        assert (await client.get(f"/api/v1/interactions/{interaction}/{path}")).json()["code"] == "no_such_interaction"


async def test_how_often_they_came_lately_is_counted(site: Site, agent: Principal) -> None:
    interaction, (wang, _) = await called(site, agent, ["王芳", "李强"])
    await served_lately(site, agent, wang)
    client = await site.client("agent01")
    assert (await client.get(f"/api/v1/interactions/{interaction}/standing")).json() == {
        "contacts_lately": 2,
        "open_callbacks": 0,
    }
