"""Calls that we owe: none is lost, none is made twice, and each has its place among those who wait."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.channels.owing import WANG, Owing
from tests.channels.world import TENANT
from yuelai.channels.callback.errors import NoNumber
from yuelai.channels.callback.events import CallbackBooked, CallbackChanged, CallbackMoved, Kind, Result, State
from yuelai.channels.callback.model import Callback, diallable
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.journal import JournalBroken
from yuelai.routing.errors import NoSuchQueue

OTHER = "13800000002"


async def made(*, ready: bool = True, **options: Any) -> Owing:
    world = Owing(**options)
    await world.begin(ready=ready)
    return world


def row(world: Owing, **more: Any) -> Callback:
    """A callback as PostgreSQL has it."""
    now = world.clock.now()
    return Callback(
        **{
            "id": new_id(), "tenant_id": SAMPLE_TENANT, "kind": Kind.CALLBACK, "queue_id": world.queue.id,
            "number": WANG, "language": "zh-CN", "since": now, "booked_at": now, "due_at": now, **more,
        }
    )  # fmt: skip


def dialled(world: Owing) -> list[str]:
    """Which customers have been called."""
    return [line.called for line in world.lines.dialled if not line.called.startswith("80")]


async def reach(world: Owing, *, index: int = -1) -> None:
    """The agent who is rung picks up, and so does the customer."""
    world.lines.dialled[index].picks_up()
    await world.settle()
    world.lines.dialled[-1].picks_up()
    await world.settle()


# --- booking -------------------------------------------------------------------------------------------------------


async def test_nobody_is_called_while_they_are_still_on_the_line() -> None:
    world = await made()
    await world.book()
    await world.pass_time(5)
    assert world.lines.dialled == []
    await world.pass_time(11)
    assert [line.called for line in world.lines.dialled] == ["8001"]


async def test_who_asks_twice_is_called_once() -> None:
    world = await made(ready=False)
    first = await world.book()
    assert await world.book("+86 138 0000 0001") == first
    assert await world.book(OTHER) != first
    assert len([fact for fact in world.facts if isinstance(fact, CallbackBooked)]) == 2


async def test_who_asks_twice_at_a_time_is_called_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await made(ready=False)
    slow_journal(world, monkeypatch)
    first, second = await asyncio.gather(world.book(), world.book(f"+86{WANG}"))
    assert first == second
    assert len(world.keeper) == 1


@pytest.mark.parametrize("kind", [Kind.CALLBACK, Kind.VOICEMAIL])
async def test_a_booking_nobody_waits_for_any_more_is_known_as_the_journal_knows_it(
    monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    world = await made(ready=False)
    slow_journal(world, monkeypatch)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await (world.book() if kind is Kind.CALLBACK else world.keeper.voicemail(world.owed(), new_id(), 3.0))
    await world.settle()
    assert [fact.kind for fact in world.facts if isinstance(fact, CallbackBooked)] == [kind]
    assert len(world.keeper) == 1


def slow_journal(world: Owing, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(*records: Any) -> int:
        await asyncio.sleep(0.005)
        return await world.append(*records)

    monkeypatch.setattr(world.keeper, "_admit", slow)


async def test_a_booking_that_cannot_be_kept_is_refused() -> None:
    world = await made()
    with pytest.raises(NoNumber):
        await world.book("anonymous")
    with pytest.raises(NoSuchQueue):
        await world.keeper.book(replace(world.owed(), queue="nowhere"))
    world.full = True
    with pytest.raises(JournalBroken):
        await world.book()
    assert len(world.keeper) == 0


@pytest.mark.parametrize(
    ("written", "number"),
    [("138 0000 0001", "13800000001"), ("+86-571-88126620", "+8657188126620"), ("", None), ("Anonymous", None),
     ("12", None), ("1380000*", None)],
)  # fmt: skip
def test_what_can_be_dialled(written: str, number: str | None) -> None:
    assert diallable(written) == number


# --- place ---------------------------------------------------------------------------------------------------------


async def test_a_callback_keeps_its_place_before_who_came_later() -> None:
    world = await made(ready=False)
    since = world.clock.now()
    await world.pass_time(60)
    await world.book(OTHER, since=since)
    await world.pass_time(1)
    await world.queued()  # came later than the callback's customer, and before it is due
    await world.due()
    await world.ready(0)
    assert [line.called for line in world.lines.dialled] == ["8001"]
    await reach(world)
    assert dialled(world) == [OTHER]


async def test_who_has_waited_longer_is_served_before_a_callback() -> None:
    world = await made(ready=False)
    customer = await world.queued()
    await world.pass_time(30)
    await world.book(OTHER)
    await world.due()
    await world.ready(0)
    world.lines.dialled[0].picks_up()
    await world.settle()
    assert world.segments() == ["ivr", "queue", "ring", "talk"]
    assert dialled(world) == []
    customer.leaves()
    await world.settle()
    await world.pass_time(31)  # the wrap-up
    await reach(world)
    assert dialled(world) == [OTHER]


@pytest.mark.parametrize("what", ["voicemail", "follow-up"])
async def test_what_nobody_waits_for_at_the_phone_comes_when_no_customer_does(what: str) -> None:
    world = await made(ready=False)
    if what == "voicemail":
        await world.keeper.voicemail(world.owed(OTHER), new_id(), 12.0)
    else:
        await world.book(OTHER, agent_id=world.agent.id)
    await world.due()
    await world.pass_time(200)
    await world.queued()
    await world.ready(0)
    world.lines.dialled[0].picks_up()
    await world.settle()
    assert world.segments() == ["ivr", "queue", "ring", "talk"], "the customer who came three minutes later"
    assert dialled(world) == []


async def test_a_follow_up_is_made_by_its_own_agent() -> None:
    world = await made(agents=2)
    at = world.clock.now() + timedelta(hours=1)
    await world.ready(1)
    await world.book(OTHER, agent_id=world.agents[1].id, due_at=at)
    await world.pass_time(3599)
    assert world.lines.dialled == []
    await world.pass_time(2)
    assert [line.called for line in world.lines.dialled] == ["8002"]


async def test_a_closed_queue_calls_nobody_until_it_opens() -> None:
    world = await made()
    world.door.opens = world.clock.now() + timedelta(hours=2)
    await world.book()
    await world.due()
    assert world.lines.dialled == []
    await world.pass_time(7200)
    assert [line.called for line in world.lines.dialled] == ["8001"]


# --- attempts ------------------------------------------------------------------------------------------------------


async def test_after_three_attempts_it_is_given_up() -> None:
    world = await made(wrapup_seconds=0)
    await world.book()
    await world.due()
    for attempt in (1, 2, 3):
        world.lines.dialled[-1].picks_up()
        await world.settle()
        world.lines.dialled[-1].leaves(486)
        await world.settle()
        assert world.last().attempts == attempt
        await world.pass_time(301)
    assert dialled(world) == [WANG] * 3
    assert world.moves()[-1] == "failed:busy"
    assert len(world.keeper) == 0
    await world.pass_time(86400)
    assert dialled(world) == [WANG] * 3


async def test_a_customer_who_calls_in_and_is_answered_is_owed_nothing() -> None:
    world = await made(ready=False)
    await world.book()
    await world.book(OTHER)
    await world.due()
    await world.queued(caller=f"+86{WANG}")
    await world.keeper.served(SAMPLE_TENANT, f"+86{WANG}")
    assert world.moves() == ["done:called_in"]
    assert world.last().attempts == 0
    assert len(world.keeper) == 1, "the other one still waits"


async def two_owed(world: Owing) -> None:
    """A message and a callback of the same customer."""
    await world.keeper.voicemail(world.owed(), new_id(), 3.0)
    await world.book(f"+86{WANG}")
    await world.due()


async def test_two_agents_never_call_the_same_customer_at_once() -> None:
    world = await made(agents=2)
    await world.ready(1)
    await two_owed(world)
    for line in list(world.lines.dialled):
        line.picks_up()
    await world.settle()
    assert len(dialled(world)) == 1
    world.lines.dialled[-1].leaves(486)
    await world.settle()
    await world.pass_time(61)
    world.lines.dialled[-1].picks_up()
    await world.settle()
    assert len(dialled(world)) == 2, "the other one is called all the same"


@pytest.mark.parametrize("how", ["owed", "an agent's own"])
async def test_a_customer_whom_we_have_reached_is_owed_nothing_more(how: str) -> None:
    world = await made()
    object.__setattr__(world.channel._services, "callbacks", world.keeper)
    if how == "owed":
        await two_owed(world)
    else:
        await world.routing.set_state(world.agent.id, "busy", "break")
        await two_owed(world)
        await world.outgoing.make(world.agent.id, TENANT, WANG)
        await world.settle()
    await reach(world)
    world.lines.dialled[-1].leaves()
    await world.settle()
    await world.ask("wrapup", disposition="solved")
    await world.pass_time(3600)
    assert len(dialled(world)) == 1
    assert len(world.keeper) == 0


async def test_what_was_agreed_upon_for_tomorrow_is_owed_whatever_is_spoken_of_today() -> None:
    world = await made(ready=False)
    tomorrow = world.clock.now() + timedelta(days=1)
    await world.book(due_at=tomorrow)
    await world.keeper.served(SAMPLE_TENANT, WANG)
    await world.keeper.served(SAMPLE_TENANT, WANG, called=True)
    assert len(world.keeper) == 1


async def test_what_the_first_agent_books_is_owed_though_another_one_takes_the_customer() -> None:
    world = await made(agents=2)
    object.__setattr__(world.channel._services, "callbacks", world.keeper)
    await world.talking()
    await world.ready(1)
    await world.book()
    await world.ask("transfer", to={"agent": "8002"})
    await world.settle()
    world.lines.dialled[-1].picks_up()
    await world.settle()
    assert world.joined()
    assert len(world.keeper) == 1


async def test_a_message_without_a_number_is_only_heard() -> None:
    world = await made()
    callback = await world.keeper.voicemail(world.owed("anonymous"), new_id(), 3.0)
    await world.due()
    assert world.lines.dialled == []
    held = world.keeper.owed(callback)
    assert held is not None
    assert (held.number, held.message_ms) == ("", 3000)
    await world.keeper.follow(replace(held, state=State.DONE, version=2))
    assert len(world.keeper) == 0


async def test_what_no_actor_can_be_made_for_waits_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await made()
    monkeypatch.setattr("yuelai.channels.voice.channel.MAX_CALLS", 0)
    await world.book()
    await world.due()
    assert world.state() == "ready", "the agent is not kept for it"
    assert world.lines.dialled == []
    monkeypatch.setattr("yuelai.channels.voice.channel.MAX_CALLS", 10)
    await world.pass_time(61)
    assert [line.called for line in world.lines.dialled] == ["8001"]


# --- what people change --------------------------------------------------------------------------------------------


async def test_one_that_is_put_off_leaves_the_queue_until_then() -> None:
    world = await made(ready=False)
    callback = await world.book()
    await world.due()
    held = world.keeper.owed(callback)
    assert held is not None
    await world.keeper.follow(replace(held, due_at=world.clock.now() + timedelta(hours=1), version=2))
    await world.ready(0)
    await world.settle()
    assert world.lines.dialled == []
    await world.pass_time(3601)
    assert [line.called for line in world.lines.dialled] == ["8001"]


async def test_one_that_is_cancelled_while_it_waits_rings_nobody() -> None:
    world = await made(ready=False)
    callback = await world.book()
    await world.due()
    held = world.keeper.owed(callback)
    assert held is not None
    await world.keeper.follow(replace(held, state=State.CANCELLED, version=2))
    await world.ready(0)
    assert world.lines.dialled == []
    assert len(world.keeper) == 0


async def test_one_that_is_cancelled_while_the_agent_is_rung_stops_ringing() -> None:
    world = await made()
    callback = await world.book()
    await world.due()
    (phone,) = world.lines.dialled
    held = world.keeper.owed(callback)
    assert held is not None
    await world.keeper.follow(replace(held, state=State.CANCELLED, version=3))
    await world.settle()
    assert phone.over
    assert world.state() == "ready"
    assert dialled(world) == []
    assert len(world.keeper) == 0
    assert world.nothing_left()


async def test_one_that_is_cancelled_while_the_customer_is_called_is_not_tried_again() -> None:
    world = await made()
    await world.dialling()
    (held,) = world.keeper._ledger._owed.values()
    await world.keeper.follow(replace(held, state=State.CANCELLED, version=9))
    world.lines.dialled[1].leaves(486)
    await world.settle()
    assert len(world.keeper) == 0
    await world.pass_time(3600)
    assert dialled(world) == [WANG]


async def test_what_was_booked_over_http_is_read_once_postgresql_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuelai.channels.callback.keeper.AWAY_SECONDS", 0.001)
    world = await made()
    await world.keeper.start(world.outgoing)
    one, away = row(world), 2
    world.shelf.rows[one.id] = one
    read = world.shelf.of

    async def sometimes(ids: Any) -> Any:
        nonlocal away
        away -= 1
        if away >= 0:
            raise Unavailable()
        return await read(ids)

    world.shelf.of = sometimes  # type: ignore[method-assign]
    world.keeper.changed(CallbackChanged(at=world.clock.now(), tenant_id=SAMPLE_TENANT, callback_id=one.id))
    await world.settle()
    await world.pass_time(1)
    assert [line.called for line in world.lines.dialled] == ["8001"]
    await world.keeper.close()


async def test_a_change_that_cannot_be_followed_at_first_is_not_forgotten_and_delays_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A call that was cancelled must not be made because something broke while that was read."""
    monkeypatch.setattr("yuelai.channels.callback.keeper.AWAY_SECONDS", 0.001)
    world = await made(ready=False)
    cancelled, other = row(world, number="13800000021"), row(world, number="13800000022")
    world.shelf.rows = {one.id: one for one in (cancelled, other)}
    await world.keeper.start(world.outgoing)
    for one in (cancelled, other):
        world.shelf.rows[one.id] = replace(one, state=State.CANCELLED, version=one.version + 1)
    follow, breaks = world.keeper.follow, 2

    async def breaking(changed: Any) -> None:
        nonlocal breaks
        if changed.id == cancelled.id and breaks:
            breaks -= 1
            raise RuntimeError("something broke")
        await follow(changed)

    monkeypatch.setattr(world.keeper, "follow", breaking)
    for one in (cancelled, other):
        world.keeper.changed(CallbackChanged(at=world.clock.now(), tenant_id=SAMPLE_TENANT, callback_id=one.id))
    await asyncio.sleep(0.05)
    await world.settle()
    assert breaks == 0
    await world.ready(0)
    await world.pass_time(3600)
    assert world.lines.dialled == [], "nobody is rung for what was cancelled"
    await world.keeper.close()


# --- a restart -----------------------------------------------------------------------------------------------------


async def test_a_restart_loses_none_and_makes_none_twice() -> None:
    world = await made(agents=3, ready=False)
    later = world.clock.now() + timedelta(hours=1)
    waiting, rung = row(world, number="13800000011"), row(world, number="13800000012", state=State.OFFERED, version=2)
    called = row(world, number="13800000013", state=State.DIALLING, version=3)
    put_off, done = row(world, number="13800000014", due_at=later), row(world, state=State.DONE, version=4)
    world.shelf.rows = {one.id: one for one in (waiting, rung, called, put_off, done)}
    await world.keeper.start(world.outgoing)
    assert world.moves() == ["waiting", "waiting:interrupted"]
    for index in range(3):
        await world.ready(index)
    await world.pass_time(1)
    for line in list(world.lines.dialled):
        line.picks_up()
    await world.settle()
    assert sorted(dialled(world)) == ["13800000011", "13800000012"], "whom we were calling is called in a minute"
    await world.pass_time(60)
    world.lines.dialled[-1].picks_up()
    await world.settle()
    assert sorted(dialled(world)) == ["13800000011", "13800000012", "13800000013"]
    await world.keeper.close()


async def test_a_row_of_before_is_no_news() -> None:
    """The journal's way into PostgreSQL takes its time: what is over here still waits there."""
    world = await made(wrapup_seconds=0)
    callback = await world.book()
    before = world.keeper.owed(callback)
    assert before is not None
    await world.due()
    await reach(world)
    world.lines.dialled[-1].leaves()
    await world.settle()
    assert world.moves()[-1] == "done:answered"
    await world.keeper.follow(before)
    await world.pass_time(60)
    assert dialled(world) == [WANG]
    reopened = replace(before, version=world.last().version + 1)
    await world.keeper.follow(reopened)
    assert len(world.keeper) == 1, "somebody wants it tried anew"


async def test_dialling_is_kept_before_anybody_is_dialled() -> None:
    world = await made()
    order: list[str] = []
    append, dial = world.append, world.lines.dial_to

    async def kept(*records: Any) -> int:
        await asyncio.sleep(0.002)
        order.extend(f"{r.fact.state}" for r in records if isinstance(r.fact, CallbackMoved))
        return await append(*records)

    async def rung(*args: Any, **options: Any) -> Any:
        order.append("INVITE")
        return await dial(*args, **options)

    world.keeper._ledger._append = kept
    world.lines.dial_to = rung  # type: ignore[method-assign]
    await world.dialling()
    await world.settle()
    assert order == ["offered", "dialling", "INVITE"]


@pytest.mark.parametrize("result", Result)
async def test_what_is_tried_again_is_tried_later(result: Result) -> None:
    one = row(Owing())
    after = one.after(result, one.due_at)
    assert (after.state is State.WAITING) == (after.due_at > one.due_at)
    assert after.version == 2
