from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.routing.centre import agent, queue, uid
from yuelai.platform.clock import SystemClock, VirtualClock
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.live import LiveStore, permitted
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.errors import AgentNotFree, NoSuchAgent, NoSuchQueue, OfferGone, SeatNotRegistered
from yuelai.routing.events import AgentState, AgentStateChanged, Diverted, Offer, RoutingSignal, Seat, Withdraw
from yuelai.routing.model import AgentRecord, Figures, Position, Queue, Session
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen

Q = queue(1, ring=20, wrapup=30)
CALL = uid(501)
ME, OTHER = uid(1), uid(2)


class Room:
    """A driver with a journal in memory, whose writes take a while."""

    def __init__(self, clock: VirtualClock | SystemClock | None = None) -> None:
        self.clock = clock or VirtualClock()
        self.journal: list[AgentStateChanged] = []
        self.signals: list[RoutingSignal] = []
        self.over: list[tuple[UUID, UUID]] = []
        self.order: list[str] = []
        self.live = LiveStore()
        self.delay = 0.0
        self.driver = RoutingDriver(self.append, self.clock, self.live, self.signal, self.wrapup_over)

    async def append(self, *records: Record) -> int:
        for record in records:
            if isinstance(record.fact, AgentStateChanged):
                self.journal.append(record.fact)
        delay, self.delay = self.delay, 0.0
        await asyncio.sleep(delay)
        self.order.append(f"durable {self.journal[-1].state}")
        return len(self.journal)

    def signal(self, signal: RoutingSignal) -> None:
        self.order.append(type(signal).__name__)
        self.signals.append(signal)

    def wrapup_over(self, interaction_id: UUID, agent_id: UUID) -> None:
        self.over.append((interaction_id, agent_id))

    async def start(self, *agents: AgentRecord) -> None:
        await self.driver.load(agents or [agent(1, Q), agent(2, Q)], [Q])

    async def ready(self, agent_id: UUID = ME) -> None:
        await self.driver.seat_reachable(agent_id, "phone", True)
        await self.driver.set_state(agent_id, "ready", seat="phone")

    async def enqueue(self, contact: UUID = CALL) -> None:
        await self.driver.enqueue(contact, "q1", "gold", {}, tenant_id=SAMPLE_TENANT)

    def document(self, key: str) -> dict[str, Any]:
        document = self.live.get(key)
        assert document is not None
        return document


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = Room()
    await made.start()
    yield made
    await made.driver.close()


async def test_a_call_is_offered_answered_and_wrapped_up(room: Room) -> None:
    clock = room.clock
    assert isinstance(clock, VirtualClock)
    await room.ready()
    await room.enqueue()
    (offer,) = room.signals
    assert isinstance(offer, Offer)
    assert offer.agent_id == ME
    await room.driver.accepted(CALL, ME)
    clock.advance(60)
    until = await room.driver.released(CALL)
    assert until == clock.now() + timedelta(seconds=30)
    clock.advance(31)
    await room.driver.time_passed()
    assert room.over == [(CALL, ME)]
    document = room.document(f"agent/{ME}")
    assert (document["state"], document["interaction_id"], document["until"]) == ("ready", None, None)
    assert document["today"] == {"answered": 1, "handle_seconds": 91.0, "average_handle_seconds": 91.0}


async def test_the_agent_document_has_the_shape_screens_rely_on(room: Room) -> None:
    await room.ready()
    document = room.document(f"agent/{ME}")
    assert document == {
        "id": str(ME), "number": "8001", "name": "Agent 1", "state": "ready", "reason": "",
        "since": room.clock.now().isoformat(), "seat": "phone", "registered": {"phone": True, "browser": False},
        "interaction_id": None, "until": None, "pending": None, "presence": "ready", "forced": None,
        "auto_answer": False, "work": [],
        "groups": [], "site_id": None,
        "today": {"answered": 0, "handle_seconds": 0.0, "average_handle_seconds": None},
    }  # fmt: skip
    assert document == room.driver.agent_document(ME)


async def test_the_queue_document_counts_who_waits_is_free_and_talks(room: Room) -> None:
    key = f"queue/{Q.id}"
    assert room.document(key) == {
        "id": str(Q.id), "code": "q1", "name": "Queue 1", "waiting": 0, "longest_since": None, "ready": 0, "talking": 0,
    }  # fmt: skip
    await room.enqueue()
    assert (room.document(key)["waiting"], room.document(key)["longest_since"]) == (1, room.clock.now().isoformat())
    await room.ready()
    await room.ready(OTHER)
    await room.driver.accepted(CALL, ME)
    assert {name: room.document(key)[name] for name in ("waiting", "ready", "talking")} == {
        "waiting": 0, "ready": 1, "talking": 1,
    }  # fmt: skip
    assert room.driver.queue_documents(SAMPLE_TENANT, Q.id) == [room.document(key)]
    with pytest.raises(NoSuchQueue):
        room.driver.queue_documents(SAMPLE_TENANT, uid(9))


async def test_only_the_agent_and_supervision_see_an_agent_and_the_tenant_its_queues(room: Room) -> None:
    assert set(room.live.snapshot(frozenset({f"person:{ME}"}))) == {f"agent/{ME}"}
    assert set(room.live.snapshot(frozenset({permitted(SAMPLE_TENANT, "supervision.view")}))) == {
        f"agent/{ME}",
        f"agent/{OTHER}",
    }
    assert set(room.live.snapshot(frozenset({f"tenant:{SAMPLE_TENANT}"}))) == {f"queue/{Q.id}"}


async def test_facts_are_durable_before_anybody_hears_of_them(room: Room) -> None:
    await room.ready()
    room.delay = 0.02
    enqueued = asyncio.ensure_future(room.enqueue())
    await asyncio.sleep(0.005)
    assert room.journal[-1].state == AgentState.RINGING
    assert not room.signals
    assert room.document(f"agent/{ME}")["state"] == "ready"
    await enqueued
    assert room.order[-2:] == ["durable ringing", "Offer"]


async def test_a_later_decision_never_acts_before_an_earlier_one(room: Room) -> None:
    await room.ready()
    room.delay = 0.02
    first = asyncio.ensure_future(room.enqueue())
    await asyncio.sleep(0)
    second = asyncio.ensure_future(room.driver.left(CALL))
    await asyncio.gather(first, second)
    assert [type(one) for one in room.signals] == [Offer, Withdraw]
    assert [one.state for one in room.journal][-2:] == [AgentState.RINGING, AgentState.READY]
    assert room.document(f"agent/{ME}")["state"] == "ready"


async def test_a_decision_is_carried_out_even_when_its_caller_is_cancelled(room: Room) -> None:
    await room.ready()
    room.delay = 0.02
    caller = asyncio.ensure_future(room.enqueue())
    await asyncio.sleep(0.005)
    caller.cancel()
    await asyncio.sleep(0.05)
    assert [type(one) for one in room.signals] == [Offer]


async def test_a_signal_handler_that_breaks_does_not_stop_routing(room: Room) -> None:
    await room.ready()

    def broken(signal: RoutingSignal) -> None:
        raise RuntimeError("the channel is broken")

    room.driver._on_signal = broken
    await room.enqueue()
    await room.driver.accepted(CALL, ME)
    assert room.document(f"agent/{ME}")["state"] == "talking"


async def test_refusals_come_back_to_the_caller(room: Room) -> None:
    with pytest.raises(SeatNotRegistered):
        await room.driver.set_state(ME, "ready", seat="browser")
    with pytest.raises(NoSuchAgent):
        await room.driver.set_state(uid(77), "busy")
    with pytest.raises(NoSuchQueue):
        await room.driver.enqueue(CALL, "nowhere", tenant_id=SAMPLE_TENANT)
    with pytest.raises(NoSuchQueue):
        await room.driver.enqueue(CALL, "q1", tenant_id=uid(8))
    with pytest.raises(OfferGone):
        await room.driver.accepted(CALL, ME)


async def test_a_wish_during_a_call_is_shown_as_pending(room: Room) -> None:
    await room.ready()
    await room.enqueue()
    await room.driver.accepted(CALL, ME)
    document = await room.driver.set_state(ME, "busy", "lunch")
    assert (document["state"], document["pending"]) == ("talking", {"state": "busy", "reason": "lunch"})
    assert room.document(f"agent/{ME}") == document


async def test_ringing_ends_by_the_drivers_own_timer_without_polling() -> None:
    room = Room(SystemClock())
    quick = queue(1, ring=0.05, wrapup=0.05)
    await room.driver.load([agent(1, quick), agent(2, quick)], [quick])
    await room.ready(ME)
    await room.ready(OTHER)
    await room.enqueue()
    await asyncio.sleep(0.08)
    first, withdrawn, second = room.signals
    assert isinstance(first, Offer)
    assert isinstance(second, Offer)
    assert withdrawn == Withdraw(CALL, ME, "no_answer")
    assert second.agent_id == OTHER
    assert room.document(f"agent/{ME}")["reason"] == "rona"
    await room.driver.accepted(CALL, OTHER)
    await room.driver.released(CALL)
    await asyncio.sleep(0.1)
    assert room.over == [(CALL, OTHER)]
    await room.driver.close()


async def test_after_a_restart_states_stay_and_the_figures_of_today_go_on() -> None:
    room = Room()
    now = room.clock.now()
    busy = AgentRecord(
        ME,
        SAMPLE_TENANT,
        "8001",
        "",
        {Q.id: 1},
        Session(AgentState.BUSY, "lunch", Seat.BROWSER, now),
        figures={SAMPLE_TENANT: Figures(3, 300.0)},
    )
    talking = AgentRecord(
        OTHER, SAMPLE_TENANT, "8002", "", {Q.id: 1}, Session(AgentState.TALKING, "", Seat.PHONE, now, CALL)
    )
    await room.start(busy, talking)
    assert room.document(f"agent/{ME}")["today"]["average_handle_seconds"] == 100.0
    assert (room.document(f"agent/{ME}")["state"], room.document(f"agent/{ME}")["seat"]) == ("busy", "browser")
    (fact,) = room.journal
    assert (fact.agent_id, fact.state, fact.reason) == (OTHER, AgentState.READY, "system_restart")
    await room.enqueue()
    assert not any(isinstance(signal, Offer) for signal in room.signals)
    await room.driver.seat_reachable(OTHER, Seat.PHONE, True)
    assert isinstance(room.signals[-1], Offer)


async def test_old_snapshot_and_changes_make_the_fresh_snapshot(room: Room) -> None:
    groups = frozenset({permitted(SAMPLE_TENANT, "supervision.view"), f"tenant:{SAMPLE_TENANT}"})
    screen: dict[str, Any] = {}

    def apply(change: Any) -> None:
        if change.value is None:
            screen.pop(change.key)
        else:
            screen[change.key] = change.value

    _, start = room.live.subscribe(groups, apply)
    screen.update(start.documents)
    await room.ready()
    await room.enqueue()
    await room.driver.accepted(CALL, ME)
    await room.driver.held(CALL, True)
    await room.driver.released(CALL)
    await room.driver.wrapup_done(ME)
    assert screen == room.live.snapshot(groups)
    assert screen[f"agent/{ME}"]["state"] == "ready"


async def test_a_consultation_becomes_a_transfer_and_tells_when_the_wrap_up_ends(room: Room) -> None:
    await room.ready()
    await room.enqueue()
    await room.driver.accepted(CALL, ME)
    await room.ready(OTHER)
    asked = uid(601)
    await room.driver.consult(asked, CALL, tenant_id=SAMPLE_TENANT, agent_id=OTHER, by=ME)
    offer = room.signals[-1]
    assert isinstance(offer, Offer)
    assert (offer.contact_id, offer.interaction_id, offer.agent_id) == (asked, CALL, OTHER)
    await room.driver.consulting(CALL, True)
    assert room.document(f"agent/{ME}")["state"] == "consult"
    await room.driver.accepted(asked, OTHER)
    assert await room.driver.hand_over(CALL, asked) == room.clock.now() + timedelta(seconds=30)
    assert [one["state"] for one in room.document(f"agent/{OTHER}")["work"]] == ["talking"]
    assert await room.driver.released(CALL) is not None
    assert {room.document(f"agent/{one}")["state"] for one in (ME, OTHER)} == {"wrapup"}


async def test_who_waits_has_a_place_and_an_estimate(room: Room) -> None:
    room.driver.estimate = lambda pool, place, now: 30.0 * place
    await room.enqueue()
    await room.enqueue(uid(502))
    assert room.driver.position(uid(502)) == Position(2, 2, 60.0)
    await room.ready()
    assert room.driver.position(CALL) is None, "it rings"
    assert room.driver.position(uid(502)) == Position(1, 1, 30.0)


async def test_hours_and_estimates_are_asked_for_where_a_rule_needs_them_and_lead_elsewhere() -> None:
    room, asked = Room(), list[str]()
    closed = replace(Q, overflows=(Overflow(OverflowWhen.CLOSED, OverflowTo.QUEUE, 0, "q2"),))
    busy = replace(queue(2), overflows=(Overflow(OverflowWhen.ESTIMATE, OverflowTo.CALLBACK, 60),))
    await room.driver.load([agent(1, closed, busy)], [closed, busy, queue(3)])

    def is_closed(wanted: Queue, now: object) -> bool:
        asked.append(wanted.code)
        return True

    room.driver.is_closed = is_closed
    room.driver.estimate = lambda pool, place, now: 50.0 if pool.waiting == 0 else 90.0
    first = await room.driver.enqueue(CALL, "q1", tenant_id=SAMPLE_TENANT)
    assert (first.code, asked) == ("q2", ["q1"])
    await room.driver.enqueue(uid(502), "q1", tenant_id=SAMPLE_TENANT)
    assert room.signals[-1] == Diverted(uid(502), "callback", "", "estimate")
    await room.driver.enqueue(uid(503), "q3", tenant_id=SAMPLE_TENANT)
    assert asked == ["q1", "q1"], "who has no rules is not asked about"
    await room.driver.close()


async def test_a_private_call_and_a_call_that_an_agent_makes_are_seen(room: Room) -> None:
    await room.ready()
    await room.driver.private(ME, True, "010")
    assert (room.document(f"agent/{ME}")["state"], room.document(f"agent/{ME}")["reason"]) == ("busy", "private_call")
    await room.driver.private(ME, False)
    await room.driver.begin(CALL, CALL, ME, tenant_id=SAMPLE_TENANT, queue_code="q1")
    assert (room.document(f"agent/{ME}")["state"], room.document(f"queue/{Q.id}")["talking"]) == ("talking", 1)
    with pytest.raises(AgentNotFree):
        await room.driver.begin(uid(502), uid(502), ME, tenant_id=SAMPLE_TENANT)
    found = room.driver.agents_of_number("8001")
    assert found is not None
    assert found.id == ME
    assert room.driver.agents_of_number("9999") is None
