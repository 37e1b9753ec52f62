"""Whatever happens, in whatever order: the promises of routing hold (see `centre.Centre.check`)."""

from __future__ import annotations

import os
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.routing.centre import Centre, agent, queue, uid
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.live import Place
from yuelai.routing.errors import (
    AgentNotFree,
    NoSuchAgent,
    NoSuchContact,
    NoSuchQueue,
    NoWrapup,
    SeatNotRegistered,
    WrapupTooLong,
)
from yuelai.routing.events import AgentState, Diverted, Seat, Stranded, Withdraw
from yuelai.routing.inputs import (
    Accepted,
    Begin,
    Consult,
    Consulting,
    DirectoryChanged,
    Enqueue,
    Event,
    ExtendWrapup,
    HandOver,
    Held,
    Left,
    Outlook,
    Private,
    Refused,
    Released,
    SeatReachable,
    SetState,
    WrapupDone,
)
from yuelai.routing.matching import STRATEGIES
from yuelai.routing.model import AgentRecord, Command, ContactStage, Wishes
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen, SkillWish

FRENCH, WINE = uid(91), uid(92)
NORTH, SOUTH = uid(81), uid(82)
QUEUES = [
    replace(queue(1, ring=10, wrapup=15), overflows=(Overflow(OverflowWhen.WAIT, OverflowTo.QUEUE, 20, "q2"),)),
    replace(
        queue(2, priority=3, ring=5, wrapup=0),
        overflows=(
            Overflow(OverflowWhen.CLOSED, OverflowTo.QUEUE, 0, "q3"),
            Overflow(OverflowWhen.NOBODY, OverflowTo.QUEUE, 0, "q1"),
            Overflow(OverflowWhen.LENGTH, OverflowTo.MESSAGE, 3, "full"),
            Overflow(OverflowWhen.WAIT, OverflowTo.SITE, 8),
        ),
    ),
    replace(
        queue(3, strategy="most_skilled"),
        skills=(SkillWish(FRENCH, 3, relax_after=12, relax_to=1), SkillWish(WINE, 2, required=False, relax_after=6)),
        overflows=(Overflow(OverflowWhen.WAIT, OverflowTo.VOICEMAIL, 60, ""),),
    ),
    replace(queue(4, strategy="ring_all", ring=8), overflows=(Overflow(OverflowWhen.NOBODY, OverflowTo.CALLBACK),)),
]


def person(record: AgentRecord, *, site: UUID, chats: int = 0, **skills: int) -> AgentRecord:
    levels = {FRENCH: skills.get("french", 0), WINE: skills.get("wine", 0)}
    capacity = {"voice": 1, **({"chat": chats} if chats else {})}
    return replace(record, places={SAMPLE_TENANT: Place(frozenset(), site)}, skills=levels, capacity=capacity)


AGENTS = [
    person(agent(1, QUEUES[0], QUEUES[3]), site=NORTH, french=5),
    person(agent(2, QUEUES[0], QUEUES[1], QUEUES[3], level=3), site=SOUTH, chats=2),
    person(agent(3, QUEUES[1], QUEUES[2], level=2), site=NORTH, french=2, wine=2),
    person(agent(4, *QUEUES, level=5), site=SOUTH, french=4, wine=1, chats=3),
    person(agent(5, QUEUES[2]), site=NORTH, wine=5),
]
agents = st.sampled_from([one.id for one in AGENTS])
wishes = st.builds(
    Wishes,
    channel=st.sampled_from(["voice", "voice", "voice", "chat"]),
    preferred=st.sampled_from([(), (), ((AGENTS[0].id, "last_agent"),), ((uid(4), "owner"), (uid(3), "manager"))]),
    skills=st.sampled_from([(), (), (SkillWish(WINE, 1),)]),
    only=st.sampled_from([None, None, None, AGENTS[1].id]),
    only_seconds=st.just(7.0),
    seconds=st.sampled_from([0.0, 30.0]),
    outbound=st.sampled_from([False, False, True]),
    site_id=st.sampled_from([None, NORTH, SOUTH]),
    without=st.sampled_from([frozenset[UUID](), frozenset({AGENTS[3].id})]),
)


class Routing(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.centre = Centre(QUEUES, AGENTS)
        self.alive: set[int] = set()
        """Contacts that must be in routing's hands."""
        self.asked: set[int] = set()
        """Those among them that ask a colleague by name: who does not take it ends it."""
        self.number = 500
        self.open = {one.id for one in QUEUES}

    @initialize(ready=st.sets(agents, min_size=2))
    def a_day_begins(self, ready: set[UUID]) -> None:
        for agent_id in sorted(ready):
            for seat in Seat:
                self.tell(SeatReachable(agent_id, seat, True))
            self.tell(SetState(agent_id, AgentState.READY))

    def tell(self, event: Event) -> list[Command]:
        return self.took(self.centre.tell(event))

    def took(self, commands: list[Command]) -> list[Command]:
        for command in commands:
            if isinstance(command, Diverted | Stranded) and command.contact_id is not None:
                self.alive.remove(command.contact_id.int)
            if isinstance(command, Withdraw) and command.contact_id is not None:
                number = command.contact_id.int
                if number in self.asked:
                    self.asked.remove(number)
                    self.alive.discard(number)
        return commands

    def new(self) -> int:
        self.number += 1
        return self.number

    @rule(
        queue_index=st.integers(0, 3),
        customer_class=st.sampled_from(["vip", "gold", "silver", "normal"]),
        wish=st.one_of(st.just(Wishes()), wishes),
        closed=st.booleans(),
    )
    def somebody_calls(self, queue_index: int, customer_class: str, wish: Wishes, closed: bool) -> None:
        self.somebody_calls_for(queue_index, wish, customer_class, closed=closed)

    def somebody_calls_for(
        self, queue_index: int, wish: Wishes, customer_class: str = "normal", *, closed: bool = False
    ) -> None:
        number = self.new()
        wanted = QUEUES[queue_index].id
        self.alive.add(number)
        try:
            outlook = {one.id: Outlook(closed) for one in QUEUES}
            self.tell(Enqueue(uid(number), wanted, customer_class, {}, wish, None, outlook))
        except NoSuchQueue:
            assert wanted not in self.open
            self.alive.remove(number)

    @rule(data=st.data(), queue_index=st.integers(0, 3), calls=st.integers(2, 6))
    def many_call(self, data: st.DataObject, queue_index: int, calls: int) -> None:
        for _ in range(calls):
            self.somebody_calls_for(queue_index, data.draw(wishes))

    @precondition(lambda self: self.centre.offers)
    @rule()
    def everybody_answers(self) -> None:
        for contact in sorted(self.centre.offers):
            if ringing := self.centre.offers.get(contact):
                self.asked.discard(contact.int)
                self.tell(Accepted(contact, max(ringing)))

    @precondition(lambda self: self.talking())
    @rule(data=st.data(), asked=st.one_of(agents, st.integers(0, 3)), then=st.sampled_from(["", "talk", "transfer"]))
    def an_agent_asks_somebody(self, data: st.DataObject, asked: UUID | int, then: str) -> None:
        contact = self.centre.state.contacts[uid(data.draw(st.sampled_from(self.talking())))]
        if contact.consult:
            return
        number = self.new()
        assert contact.agent is not None
        agent_id, queue_id = (asked, None) if isinstance(asked, UUID) else (None, QUEUES[asked].id)
        self.alive.add(number)
        if agent_id is not None:
            self.asked.add(number)
        try:
            self.tell(Consult(uid(number), contact.interaction_id, SAMPLE_TENANT, contact.agent.id, agent_id, queue_id))
        except (AgentNotFree, NoSuchAgent, NoSuchQueue):
            self.alive.discard(number)
            self.asked.discard(number)
        if then and uid(number) in self.centre.offers:
            self.asked.discard(number)
            self.tell(Accepted(uid(number), min(self.centre.offers[uid(number)])))
            if then == "transfer":
                self.tell(HandOver(contact.id, uid(number)))
                self.alive.remove(number)

    @precondition(lambda self: self.consulted())
    @rule(data=st.data(), takes_over=st.booleans())
    def a_consultation_ends(self, data: st.DataObject, takes_over: bool) -> None:
        contacts = self.centre.state.contacts
        consult = contacts[uid(data.draw(st.sampled_from(self.consulted())))]
        contact = contacts.get(consult.interaction_id)
        if not takes_over:
            self.ends(consult.id.int)
        elif contact is None or contact.stage is not ContactStage.TALKING or contact.consult:
            with pytest.raises(NoSuchContact):
                self.tell(HandOver(consult.interaction_id, consult.id))
        else:
            new = consult.agent
            self.tell(HandOver(contact.id, consult.id))
            self.alive.remove(consult.id.int)
            assert contact.agent is new

    def consulted(self) -> list[int]:
        return [number for number in self.talking() if self.centre.state.contacts[uid(number)].consult]

    @rule(agent_id=agents, queue_index=st.one_of(st.none(), st.integers(0, 3)))
    def an_agent_makes_a_call(self, agent_id: UUID, queue_index: int | None) -> None:
        number = self.new()
        queue_id = QUEUES[queue_index].id if queue_index is not None else None
        self.alive.add(number)
        try:
            self.tell(Begin(uid(number), uid(number), agent_id, SAMPLE_TENANT, queue_id))
        except (AgentNotFree, NoSuchAgent, NoSuchQueue):
            self.alive.remove(number)

    @rule(
        queues=st.sets(st.integers(0, 3)),
        members=st.sets(st.integers(0, 4)),
        level=st.sampled_from([0, 1, 4]),
        strategy=st.sampled_from(sorted(STRATEGIES)),
    )
    def the_directory_changes(self, queues: set[int], members: set[int], level: int, strategy: str) -> None:
        """Queues close and open again, agents go, come and learn. Whoever talks goes on talking."""
        self.number += 1
        if self.number % 4:
            return  # not so often that nothing else happens
        talking = self.talking()
        wanted = [replace(QUEUES[index], strategy=strategy) for index in sorted(queues)]
        people = [AGENTS[index] for index in sorted(members)]
        if level:
            people = [replace(one, levels=dict.fromkeys(one.levels, level), skills={WINE: level}) for one in people]
        self.open = {one.id for one in wanted}
        self.centre.stranded.clear()
        self.tell(DirectoryChanged(tuple(wanted), tuple(people)))
        assert self.talking() == talking, "no talk ends by it"
        assert not self.centre.stranded or not wanted, "only where no queue is left"

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def somebody_hangs_up(self, data: st.DataObject) -> None:
        self.ends(data.draw(st.sampled_from(sorted(self.alive))))

    def ends(self, number: int) -> None:
        self.asked.discard(number)
        self.alive.remove(number)
        self.tell(Left(uid(number)))

    @precondition(lambda self: self.centre.offers)
    @rule(data=st.data(), answer=st.sampled_from(["accept", "accept", "decline", "gone"]))
    def a_ringing_agent_does_something(self, data: st.DataObject, answer: str) -> None:
        contact = data.draw(st.sampled_from(sorted(self.centre.offers)))
        agent_id = data.draw(st.sampled_from(sorted(self.centre.offers[contact])))
        if answer == "accept":
            self.asked.discard(contact.int)
            self.tell(Accepted(contact, agent_id))
        elif answer == "decline":
            self.tell(Refused(contact, agent_id, "declined"))
        else:
            self.asked.discard(contact.int)
            self.alive.remove(contact.int)
            self.tell(Refused(contact, agent_id, "contact_gone"))

    def talking(self) -> list[int]:
        return sorted(one.id.int for one in self.centre.state.contacts.values() if one.stage == ContactStage.TALKING)

    @precondition(lambda self: self.talking())
    @rule(data=st.data(), what=st.sampled_from(["hold", "retrieve", "consult", "back", "end", "end"]))
    def a_talk_goes_on(self, data: st.DataObject, what: str) -> None:
        number = data.draw(st.sampled_from(self.talking()))
        if what == "end":
            self.alive.remove(number)
            self.tell(Released(uid(number)))
        elif what in ("hold", "retrieve"):
            self.tell(Held(uid(number), what == "hold"))
        else:
            self.tell(Consulting(uid(number), what == "consult"))

    @rule(
        agent_id=agents,
        state=st.sampled_from([AgentState.READY, AgentState.READY, AgentState.BUSY, AgentState.OFFLINE]),
        reason=st.sampled_from(["", "lunch"]),
        by=st.sampled_from([None, None, uid(77)]),
    )
    def an_agent_asks_for_a_state(self, agent_id: UUID, state: AgentState, reason: str, by: UUID | None) -> None:
        try:
            self.tell(SetState(agent_id, state, reason, by=by))
        except NoSuchAgent:
            assert agent_id not in self.centre.state.agents
        except SeatNotRegistered:
            assert Seat.PHONE not in self.centre.state.agents[agent_id].reachable

    @rule(
        agent_id=agents,
        seat=st.sampled_from([Seat.PHONE, Seat.PHONE, Seat.BROWSER]),
        reachable=st.sampled_from([True, True, True, False]),
    )
    def a_seat_comes_or_goes(self, agent_id: UUID, seat: Seat, reachable: bool) -> None:
        if agent_id in self.centre.state.agents:
            self.tell(SeatReachable(agent_id, seat, reachable))

    @rule(agent_id=agents, on=st.booleans())
    def an_agent_has_a_call_of_their_own(self, agent_id: UUID, on: bool) -> None:
        if on and self.number % 3:
            return
        if agent_id in self.centre.state.agents:
            self.tell(Private(agent_id, on, "010"))

    @rule(agent_id=agents, longer=st.booleans())
    def an_agent_finishes_the_wrap_up_or_makes_it_longer(self, agent_id: UUID, longer: bool) -> None:
        if not longer:
            self.tell(WrapupDone(agent_id))
            return
        try:
            self.tell(ExtendWrapup(agent_id, 100))
        except (NoWrapup, WrapupTooLong, NoSuchAgent):
            return
        assert self.centre.state.agents[agent_id].work

    @rule(seconds=st.sampled_from([0.5, 4, 11, 16, 40]))
    def time_passes(self, seconds: float) -> None:
        self.took(self.centre.pass_time(seconds))

    @invariant()
    def the_promises_hold(self) -> None:
        self.centre.check()

    @invariant()
    def no_contact_is_lost_or_invented(self) -> None:
        assert {one.int for one in self.centre.state.contacts} == self.alive

    def teardown(self) -> None:
        """Ringing ends by itself, and everybody who stays is served once agents work on."""
        all_day = [replace(one, overflows=()) for one in QUEUES]
        # As many chats as anybody may have in hand already: who is allowed fewer keeps what they have.
        able = [replace(one, levels=dict.fromkeys([q.id for q in QUEUES], 3), skills={FRENCH: 5, WINE: 5},
                        capacity={"voice": 1, "chat": 3}) for one in AGENTS]  # fmt: skip
        self.tell(DirectoryChanged(tuple(all_day), tuple(able)))
        self.took(self.centre.pass_time(200))
        for _ in range(40 * (len(self.alive) + 1)):
            if not self.centre.state.contacts:
                break
            for number in self.talking():
                self.ends(number)
            for one in AGENTS:
                for seat in Seat:
                    self.tell(SeatReachable(one.id, seat, True))
                self.tell(Private(one.id, False))
                self.tell(SetState(one.id, AgentState.READY))
            for contact, ringing in list(self.centre.offers.items()):
                if contact in self.centre.offers:
                    self.asked.discard(contact.int)
                    self.tell(Accepted(contact, min(ringing)))
            self.centre.check()
            self.took(self.centre.pass_time(31))
        assert not self.centre.state.contacts, "somebody starved"
        self.centre.pass_time(1000)
        assert not any(one.work for one in self.centre.state.agents.values()), "a ghost stays in somebody's hands"


TestRouting = Routing.TestCase
TestRouting.settings = settings(
    # YUELAI_RUNS=5000 for a night of it.
    max_examples=int(os.environ.get("YUELAI_RUNS", "120")),
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
