"""Ten thousand customers call what ships with the program: more than half serve themselves, and the figures say so.

The engine, the keeper of walks, the journal, the projector and the figures are the real ones; customers, their business
system and the time are not.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.flows import population
from tests.flows.population import Went
from tests.support import virtual_time
from tests.support.web import Site, add_person
from yuelai.bootstrap.flow_walks import WalkKeeper
from yuelai.flows import loader, model
from yuelai.flows.events import FlowWalked
from yuelai.flows.walks.tables import PROJECTIONS
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.journal import Journal
from yuelai.platform.projector import Projector

CALLERS = 10_000
MIDNIGHT = (datetime.now(UTC) - timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)


class DayClock:
    """The day's time is that of the loop."""

    def now(self) -> datetime:
        return MIDNIGHT + timedelta(seconds=asyncio.get_running_loop().time())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


async def a_day(callers: int, seed: int) -> tuple[list[Went], list[Record]]:
    records = list[Record]()

    async def append(record: Record) -> int:
        records.append(record)
        return len(records)

    keeper = WalkKeeper(append, DayClock())

    def keep(interaction: UUID, walked: model.Walked) -> None:
        keeper.keep(SAMPLE_TENANT, interaction, 1, walked)

    went = await population.day("main", loader.shipped(), callers, seed, keep)
    await keeper.close()
    return went, records


async def project(site: Site, folder: Path, records: list[Record]) -> None:
    journal = await Journal.open(folder, owner="core")
    projector = Projector(journal, site.database)
    for kind, handler in PROJECTIONS.items():
        projector.register(kind, handler)
    await projector.start()
    try:
        for begin in range(0, len(records), 2000):
            await journal.append(*records[begin : begin + 2000])
        await projector.caught_up()
        assert (await projector.health()).ok
    finally:
        await projector.close()
        await journal.close()


@pytest.mark.timeout(240)
async def test_more_than_half_of_ten_thousand_serve_themselves_and_the_figures_agree_with_what_they_heard(
    site: Site, tmp_path: Path
) -> None:
    went, records = await asyncio.to_thread(virtual_time.run, a_day(CALLERS, 8))
    await project(site, tmp_path / "journal", records)
    await add_person(site.database, "boss", "admin")
    client = await site.client("boss")

    async def told(*by: str) -> list[dict[str, Any]]:
        asked = {"from": MIDNIGHT.isoformat(), "to": (MIDNIGHT + timedelta(days=2)).isoformat(), "by": by}
        answer = await client.get("/api/v1/flows/rates", params=asked, timeout=30)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    # By what each of them heard: who went satisfied, who was given to somebody.
    (row,) = await told("flow")
    served = sum(one.log.satisfied and not one.log.met for one in went)
    met = Counter(one.log.met for one in went)
    assert row["flow"] == "main"
    assert (row["contacts"], row["served"]) == (CALLERS, served)
    assert (row["queue"], row["transfer"], row["failed"]) == (met["agent"], met["outside"], 0)
    assert row["contained"] == met[""]
    assert row["share_served"] == pytest.approx(served / CALLERS)
    assert row["share_served"] > 0.5, "a good one serves more than half of all"

    # And each business they came to.
    heard = Counter(told_of for one in went for told_of in one.log.told)
    of_business = {row["business"]: row for row in await told("business")}
    assert of_business.keys() == {business for business, _ in heard}
    assert set(of_business) == {
        "bill",
        "payment",
        "order",
        "fault",
        "tariff",
        "outlet",
        "directory",
        "information",
        "complaint",
    }
    for business, row in of_business.items():
        assert row["served"] == heard[business, True], business
        assert row["contacts"] == heard[business, True] + heard[business, False], business
        assert row["share_served"] > 0.3, business

    # Nearly all that was drawn was come to by somebody.
    flows = loader.shipped()
    walked = [fact for record in records if isinstance(fact := record.fact, FlowWalked)]
    came_to = {(fact.code, node) for fact in walked for node in fact.nodes}
    drawn = {(code, node) for code in {fact.code for fact in walked} for node in flows[code].nodes}
    assert ("main", "in_english") in came_to
    assert len(came_to) > 0.9 * len(drawn), sorted(drawn - came_to)

    # Hours add up to the day, whenever they called.
    hours = await told("hour")
    assert len(hours) >= 24
    assert sum(hour["contacts"] for hour in hours) == CALLERS


def test_the_same_seed_is_the_same_day() -> None:
    one, other = (virtual_time.run(a_day(100, 3))[0] for _ in range(2))
    assert one == other
