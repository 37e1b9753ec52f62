"""Devices come and go under agents: who loses their seat works at the other one, is set aside, or comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from tests.routing.centre import queue
from yuelai.bootstrap.seats import OFFLINE_SECONDS, Seats
from yuelai.platform.clock import VirtualClock
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT as TENANT
from yuelai.platform.ids import new_id
from yuelai.platform.live import LiveStore
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import AgentState, Offer, RoutingSignal, Seat
from yuelai.routing.model import AgentRecord

Q = queue(1)
ME = new_id()


@dataclass
class Device:
    browser: bool
    instance: str = ""
    silent: bool = False


@dataclass
class Office:
    """Agent 8001, whose devices come and go; `run` lets time pass and has the seats looked at each second."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    live: LiveStore = field(default_factory=LiveStore)
    devices: list[Device] = field(default_factory=list)
    signals: list[RoutingSignal] = field(default_factory=list)
    facts: list[Any] = field(default_factory=list)

    async def open(self, *devices: Device) -> Office:
        async def append(*records: Record) -> int:
            self.facts += [record.fact for record in records]
            return len(self.facts)

        self.routing = RoutingDriver(append, self.clock, self.live, self.signals.append)
        await self.routing.load([AgentRecord(ME, TENANT, "8001", "Agent", {Q.id: 1})], [Q])
        self.seats = Seats(self.routing, self, {"8001": ME}, live=self.live, clock=self.clock)  # type: ignore[arg-type]
        await self.have(*devices)
        return self

    def registrations(self, user: str) -> list[Device]:
        return self.devices if user == "8001" else []

    async def have(self, *devices: Device) -> None:
        self.devices = list(devices)
        self.seats.changed("8001")
        await self.run(0)

    async def run(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.clock.advance(1)
            await self.seats.look()
        for task in list(self.seats._tasks):
            await task

    @property
    def offers(self) -> list[Offer]:
        return [signal for signal in self.signals if isinstance(signal, Offer)]

    @property
    def now(self) -> tuple[str, str, str]:
        agent = self.routing.agent(ME)
        return agent.state.value, agent.reason, agent.seat.value

    @property
    def shown(self) -> dict[str, Any]:
        _, start = self.live.subscribe(frozenset({f"person:{ME}"}), lambda change: None)
        return start.documents[f"seat/{ME}"] or {}

    async def contact(self) -> UUID:
        contact = new_id()
        await self.routing.enqueue(contact, Q.code, tenant_id=TENANT)
        return contact


PHONE, BROWSER = Device(False), Device(True, "one")


@pytest.fixture
async def office() -> Office:
    return await Office().open(PHONE, BROWSER)


@pytest.mark.parametrize("seat", list(Seat))
async def test_the_chosen_seat_rings(office: Office, seat: Seat) -> None:
    await office.routing.set_state(ME, "ready", "", seat)
    await office.contact()
    assert [offer.seat for offer in office.offers] == [seat]


async def test_who_loses_the_chosen_seat_works_at_the_other_one_until_it_is_back(office: Office) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    await office.have(BROWSER)
    await office.run(2)
    assert office.now == ("ready", "", "phone")
    assert office.shown["lost"]["seat"] == "phone"
    await office.run(3)
    assert office.now == ("ready", "", "browser")
    assert (office.shown["lost"], office.shown["instead_of"]) == (None, "phone")
    await office.have(PHONE, BROWSER)
    await office.run(1)
    assert office.now == ("ready", "", "phone")
    assert office.shown["instead_of"] is None


async def test_who_says_meanwhile_where_they_work_stays_there(office: Office) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    await office.have(BROWSER)
    await office.run(5)
    await office.routing.set_state(ME, "ready", "", "browser")
    office.seats.chose(ME)
    await office.have(PHONE, BROWSER)
    await office.run(5)
    assert office.now == ("ready", "", "browser")


async def test_a_contact_in_hand_is_finished_at_the_seat_it_came_to(office: Office) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    contact = await office.contact()
    await office.routing.accepted(contact, ME)
    await office.have(BROWSER)
    await office.run(60)
    assert office.now == ("talking", "", "phone")
    await office.routing.released(contact)
    await office.routing.wrapup_done(ME)
    await office.run(5)
    assert office.now[2] == "browser"


async def test_who_has_no_seat_is_not_offered_anything_and_set_aside_after_a_while(office: Office) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    await office.have()
    await office.contact()
    await office.run(29)
    assert (office.now, office.offers) == (("ready", "", "phone"), [])
    await office.run(2)
    assert office.now == ("busy", "seat_lost", "phone")
    assert office.shown["lost"]["seat"] == "phone"
    await office.run(OFFLINE_SECONDS)
    assert office.now == ("offline", "seat_lost", "phone")
    assert office.offers == []


@pytest.mark.parametrize(("away", "after"), [(20, "ready"), (60, "ready"), (119, "ready"), (130, "busy")])
async def test_who_was_away_shortly_is_ready_again(office: Office, away: int, after: str) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    await office.have()
    await office.run(away)
    await office.have(PHONE)
    await office.run(1)
    assert office.now[0] == after
    assert office.shown["lost"] is None


async def test_what_the_agent_chose_meanwhile_counts(office: Office) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    await office.have()
    await office.run(40)
    await office.routing.set_state(ME, "busy", "lunch")
    await office.have(PHONE)
    await office.run(5)
    assert office.now == ("busy", "lunch", "phone")


async def test_a_phone_that_does_not_answer_counts_as_gone(office: Office) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    await office.have(Device(False, silent=True))
    assert not office.routing.agent(ME).available
    await office.run(31)
    assert office.now == ("busy", "seat_lost", "phone")


async def test_one_of_two_phones_is_enough(office: Office) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    await office.have(PHONE, Device(False, silent=True))
    await office.run(120)
    assert office.now == ("ready", "", "phone")
    assert office.shown["phones"] == 1


async def test_who_could_not_be_rung_is_ready_again_when_the_phone_is_back_soon(office: Office) -> None:
    await office.have(PHONE)
    await office.routing.set_state(ME, "ready", "", "phone")
    contact = await office.contact()
    await office.routing.refused(contact, ME, "unreachable")
    assert office.now == ("busy", "seat_lost", "phone")
    await office.have()
    await office.run(10)
    await office.have(PHONE)
    await office.run(1)
    assert office.now[0] == "ringing"  # the same contact: it had kept its place


@pytest.mark.parametrize(("said", "reason"), [("declined", "declined"), ("busy", "declined"), ("no_answer", "rona")])
async def test_who_did_not_take_a_call_is_aside_for_the_true_reason(office: Office, said: str, reason: str) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    contact = await office.contact()
    await office.routing.refused(contact, ME, said)
    assert office.now == ("busy", reason, "phone")
    await office.have()
    await office.have(PHONE)
    await office.run(5)
    assert office.now == ("busy", reason, "phone")


async def test_an_agent_who_was_ready_before_a_restart_and_has_no_phone_any_more_is_set_aside() -> None:
    office = await Office().open()
    office.routing.agent(ME).presence = AgentState.READY
    await office.run(31)
    assert office.now == ("busy", "seat_lost", "phone")


async def test_of_two_browsers_the_last_one_has_the_seat_and_both_know(office: Office) -> None:
    await office.have(BROWSER, Device(True, "two"))
    assert (office.shown["browsers"], office.shown["browser"]) == (2, "two")
    await office.have(BROWSER)
    assert (office.shown["browsers"], office.shown["browser"]) == (1, "one")


async def test_phones_of_those_at_work_are_counted_on(office: Office) -> None:
    assert list(office.seats.counted_on()) == []
    await office.routing.set_state(ME, "busy", "lunch", "phone")
    assert list(office.seats.counted_on()) == ["8001"]


async def test_who_is_no_agent_any_more_leaves_nothing(office: Office) -> None:
    await office.routing.set_state(ME, "ready", "", "phone")
    await office.have()
    await office.run(5)
    office.seats.follow({})
    await office.run(5)
    _, start = office.live.subscribe(frozenset({f"person:{ME}"}), lambda change: None)
    assert f"seat/{ME}" not in start.documents
    assert office.seats._missing == {}


async def test_a_phone_is_private_until_nobody_knows_of_a_call_of_its_own() -> None:
    """A second line of it that ends while a prompt is recorded there has nobody ring into the recording."""
    office = await Office().open(Device(browser=False))
    told: list[bool] = []

    async def private(agent_id: UUID, on: bool, number: str) -> None:
        told.append(on)

    office.routing.private = private  # type: ignore[method-assign]
    for on, by in ((True, "takes"), (True, "calls"), (False, "calls"), (False, "takes")):
        office.seats.private("8001", on, "", by)
        await office.run(0)
    assert told == [True, False]
