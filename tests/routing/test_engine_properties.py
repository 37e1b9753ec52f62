"""Whatever happens, in whatever order: the promises of routing hold (see `centre.Centre.check`)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.routing.centre import Centre, agent, queue, uid
from yuelai.routing.errors import NoSuchAgent, NoSuchQueue, SeatNotRegistered
from yuelai.routing.events import AgentState, Seat
from yuelai.routing.model import (
    Accepted,
    ContactStage,
    DirectoryChanged,
    Enqueue,
    Held,
    Left,
    Refused,
    Released,
    SeatReachable,
    SetState,
    WrapupDone,
)

QUEUES = [queue(1, ring=10, wrapup=15), queue(2, priority=3, ring=5, wrapup=0), queue(3, strategy="best_skill")]
AGENTS = [
    agent(1, QUEUES[0]),
    agent(2, QUEUES[0], QUEUES[1], level=3),
    agent(3, QUEUES[1], QUEUES[2], level=2),
    agent(4, *QUEUES, level=5),
]
agents = st.sampled_from([one.id for one in AGENTS])


class Routing(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.centre = Centre(QUEUES, AGENTS)
        self.alive: dict[int, int] = {}
        self.number = 500
        self.open = {one.id for one in QUEUES}

    @rule(queue_index=st.integers(0, 2), customer_class=st.sampled_from(["vip", "gold", "silver", "normal"]))
    def somebody_calls(self, queue_index: int, customer_class: str) -> None:
        self.number += 1
        try:
            self.centre.tell(Enqueue(uid(self.number), QUEUES[queue_index].id, customer_class))
        except NoSuchQueue:
            assert QUEUES[queue_index].id not in self.open
        else:
            self.alive[self.number] = queue_index

    @rule(
        queues=st.sets(st.integers(0, 2)),
        members=st.sets(st.integers(0, 3)),
        level=st.sampled_from([0, 1, 4]),
        strategy=st.sampled_from(["longest_idle", "best_skill"]),
    )
    def the_directory_changes(self, queues: set[int], members: set[int], level: int, strategy: str) -> None:
        """Queues close and open again, agents go, come and learn. Whoever talks goes on talking."""
        talking = self.talking()
        wanted = [replace(QUEUES[index], strategy=strategy) for index in sorted(queues)]
        people = [AGENTS[index] for index in sorted(members)]
        if level:
            people = [replace(one, levels=dict.fromkeys(one.levels, level)) for one in people]
        self.open = {one.id for one in wanted}
        self.centre.stranded.clear()
        self.centre.tell(DirectoryChanged(tuple(wanted), tuple(people)))
        assert self.talking() == talking, "no talk ends by it"
        assert not self.centre.stranded or not wanted, "only where no queue is left"
        for stranded in self.centre.stranded:
            del self.alive[stranded.int]

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def somebody_hangs_up(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.alive)))
        del self.alive[number]
        self.centre.tell(Left(uid(number)))

    @precondition(lambda self: self.centre.offers)
    @rule(data=st.data(), answer=st.sampled_from(["accept", "decline", "gone"]))
    def a_ringing_agent_does_something(self, data: st.DataObject, answer: str) -> None:
        contact = data.draw(st.sampled_from(sorted(self.centre.offers)))
        agent_id = self.centre.offers[contact]
        if answer == "accept":
            self.centre.tell(Accepted(contact, agent_id))
        elif answer == "decline":
            self.centre.tell(Refused(contact, agent_id, "declined"))
        else:
            del self.alive[contact.int]
            self.centre.tell(Refused(contact, agent_id, "contact_gone"))

    def talking(self) -> list[int]:
        return sorted(one.id.int for one in self.centre.state.contacts.values() if one.stage == ContactStage.TALKING)

    @precondition(lambda self: self.talking())
    @rule(data=st.data(), what=st.sampled_from(["hold", "retrieve", "end"]))
    def a_talk_goes_on(self, data: st.DataObject, what: str) -> None:
        number = data.draw(st.sampled_from(self.talking()))
        if what == "end":
            del self.alive[number]
            self.centre.tell(Released(uid(number)))
        else:
            self.centre.tell(Held(uid(number), what == "hold"))

    @rule(
        agent_id=agents,
        state=st.sampled_from([AgentState.READY, AgentState.READY, AgentState.BUSY, AgentState.OFFLINE]),
        reason=st.sampled_from(["", "lunch"]),
    )
    def an_agent_asks_for_a_state(self, agent_id: object, state: AgentState, reason: str) -> None:
        one = next(record for record in AGENTS if record.id == agent_id)
        try:
            self.centre.tell(SetState(one.id, state, reason))
        except NoSuchAgent:
            assert one.id not in self.centre.state.agents
        except SeatNotRegistered:
            assert Seat.PHONE not in self.centre.state.agents[one.id].reachable

    @rule(agent_id=agents, reachable=st.sampled_from([True, True, False]))
    def a_seat_comes_or_goes(self, agent_id: object, reachable: bool) -> None:
        one = next(record for record in AGENTS if record.id == agent_id)
        if one.id in self.centre.state.agents:
            self.centre.tell(SeatReachable(one.id, Seat.PHONE, reachable))

    @rule(agent_id=agents)
    def an_agent_finishes_the_wrap_up(self, agent_id: object) -> None:
        one = next(record for record in AGENTS if record.id == agent_id)
        self.centre.tell(WrapupDone(one.id))

    @rule(seconds=st.sampled_from([0.5, 4, 11, 16, 40]))
    def time_passes(self, seconds: float) -> None:
        self.centre.pass_time(seconds)

    @invariant()
    def the_promises_hold(self) -> None:
        self.centre.check()

    @invariant()
    def no_contact_is_lost_or_invented(self) -> None:
        assert {one.int for one in self.centre.state.contacts} == set(self.alive)

    def teardown(self) -> None:
        """Ringing ends by itself, and everybody who stays is served once an agent works on."""
        self.centre.tell(DirectoryChanged(tuple(QUEUES), tuple(AGENTS)))
        self.centre.pass_time(200)
        assert not self.centre.offers, "something rings for ever"
        for _ in range(40 * (len(self.alive) + 1)):
            if not self.centre.state.contacts:
                break
            for number in self.talking():
                self.centre.tell(Released(uid(number)))
                self.alive.pop(number)
            for one in AGENTS:
                self.centre.tell(SeatReachable(one.id, Seat.PHONE, True))
                self.centre.tell(SetState(one.id, AgentState.READY))
            for contact, agent_id in list(self.centre.offers.items()):
                self.centre.tell(Accepted(contact, agent_id))
            self.centre.check()
        assert not self.centre.state.contacts, "somebody starved"


TestRouting = Routing.TestCase
TestRouting.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)
