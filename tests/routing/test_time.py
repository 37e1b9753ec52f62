"""Every second of an agent is accounted for, whatever becomes of the clock or of core meanwhile."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.routing.test_repository import World, serve, world
from yuelai.platform.clock import SteadyClock, VirtualClock
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import AgentState, Seat

__all__ = ["world"]


async def ready(world: World) -> RoutingDriver:
    driver = await world.driver()
    await driver.seat_reachable(world.agent, Seat.PHONE, True)
    await driver.set_state(world.agent, "ready", "", "phone")
    return driver


@pytest.mark.parametrize("by", [-3600.0, -30.0, 0.0, 20.0])
async def test_ringing_and_wrap_up_last_as_long_as_they_should_when_somebody_sets_the_clock(
    world: World, by: float
) -> None:
    driver = await ready(world)
    contact = new_id()
    await driver.enqueue(contact, "general", tenant_id=SAMPLE_TENANT)
    world.clock.advance(1)
    world.clock.set_wall(by)
    world.clock.advance(10)  # of 15 s
    await driver.time_passed()
    assert driver.agent(world.agent).state == AgentState.RINGING
    await driver.accepted(contact, world.agent)
    await driver.released(contact)
    world.clock.advance(19)  # of 25 s
    await driver.time_passed()
    assert driver.agent(world.agent).state == AgentState.WRAPUP
    world.clock.advance(13)
    await driver.time_passed()
    assert driver.agent(world.agent).state == AgentState.READY


async def test_a_steady_clock_nears_the_wall_clock_and_never_goes_back() -> None:
    clock = VirtualClock()
    steady = SteadyClock(clock)
    clock.advance(5)
    assert steady.now() == clock.now()
    clock.set_wall(-60)
    seen = [steady.now()]
    for _ in range(310):
        clock.advance(1)
        seen.append(steady.now())
    assert seen == sorted(seen)
    assert steady.now() == clock.now()
    clock.set_wall(3600)
    assert steady.now() == clock.now()  # the machine slept


async def test_the_rows_of_a_session_tile_it_and_counters_equal_a_recount(world: World) -> None:
    driver = await ready(world)
    begin = world.clock.now()
    await serve(world, driver, talk=40)
    await driver.set_state(world.agent, "busy", "lunch")
    world.clock.advance(600)
    await driver.private(world.agent, True, "8002")
    world.clock.advance(15)
    await driver.private(world.agent, False)
    await driver.set_state(world.agent, "ready")
    await serve(world, driver, talk=7)
    await driver.set_state(world.agent, "ready")
    await driver.private(world.agent, True, "8002")
    world.clock.advance(12)
    await driver.private(world.agent, False)
    world.clock.advance(3)
    await driver.set_state(world.agent, "offline")
    end = world.clock.now()
    async with world.database.transaction(None) as conn:
        rows = await conn.fetch(
            "SELECT state, reason, started_at, ended_at FROM agent_state_log WHERE agent_id = $1 ORDER BY id",
            world.agent,
        )
    assert rows[0]["started_at"] == begin
    assert all(one["ended_at"] == other["started_at"] for one, other in pairwise(rows))
    assert (rows[-1]["state"], rows[-1]["started_at"], rows[-1]["ended_at"]) == ("offline", end, None)
    sums: dict[tuple[str, str], float] = {}
    for row in rows[:-1]:
        key = (row["state"], row["reason"])
        sums[key] = sums.get(key, 0.0) + (row["ended_at"] - row["started_at"]).total_seconds()
    assert sum(sums.values()) == (end - begin).total_seconds()
    assert sums["busy", "private_call"] == 12
    today = driver.agent_document(world.agent)["today"]
    handled = sum(seconds for (state, _), seconds in sums.items() if state in ("talking", "hold", "wrapup"))
    assert today["handle_seconds"] == pytest.approx(handled, abs=0.1)
    assert today["answered"] == 2
    again = (await world.driver()).agent_document(world.agent)["today"]
    assert again == today


async def test_what_was_wished_for_after_the_contact_outlives_core(world: World) -> None:
    driver = await ready(world)
    contact = new_id()
    await driver.enqueue(contact, "general", tenant_id=SAMPLE_TENANT)
    await driver.accepted(contact, world.agent)
    leader = new_id()
    await driver.set_state(world.agent, "busy", "meeting", by=leader)
    assert driver.agent_document(world.agent)["pending"] == {"state": "busy", "reason": "meeting"}
    after = (await world.driver()).agent(world.agent)  # the contact has died with core
    assert (after.state, after.reason, after.by) == (AgentState.BUSY, "meeting", leader)
    once_more = (await world.driver()).agent(world.agent)
    assert (once_more.state, once_more.reason, once_more.pending) == (AgentState.BUSY, "meeting", None)


async def test_a_wish_that_was_taken_back_does_not(world: World) -> None:
    driver = await ready(world)
    contact = new_id()
    await driver.enqueue(contact, "general", tenant_id=SAMPLE_TENANT)
    await driver.accepted(contact, world.agent)
    await driver.set_state(world.agent, "offline")
    await driver.set_state(world.agent, "ready")
    assert (await world.driver()).agent(world.agent).state == AgentState.READY
