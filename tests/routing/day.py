"""A big centre in virtual time: customers, agents who answer and finish, and a clock that jumps to whatever is next."""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.routing.engine import decide, next_deadline
from yuelai.routing.events import AgentState, Diverted, Offer, Seat
from yuelai.routing.inputs import Accepted, Enqueue, Event, Left, Released, SeatReachable, SetState, TimePassed
from yuelai.routing.model import AgentRecord, ContactStage, Queue, Wishes, WorkStage
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen, SkillWish
from yuelai.routing.state import RoutingState

START = datetime(2026, 1, 1, tzinfo=UTC)
STRATEGIES = (
    "longest_idle",
    "least_occupied",
    "round_robin",
    "most_skilled",
    "least_skilled_sufficient",
    "fixed_order",
)
SKILLS = [UUID(int=900_000 + number) for number in range(8)]


def centre(agents: int, queues: int, each: int, chance: random.Random) -> tuple[list[Queue], list[AgentRecord]]:
    """Queues of all kinds: half of them want a skill, a third prefers one, all help each other after a while."""
    made = []
    for number in range(queues):
        skills = []
        if number % 2:
            skills.append(SkillWish(SKILLS[number % 8], 2, relax_after=40.0, relax_to=1))
        if number % 3 == 0:
            skills.append(SkillWish(SKILLS[(number + 3) % 8], 1, required=False, relax_after=15.0))
        overflow = Overflow(OverflowWhen.WAIT, OverflowTo.QUEUE, 60.0, f"q{(number + 1) % queues}")
        made.append(
            Queue(
                UUID(int=100_000 + number), SAMPLE_TENANT, f"q{number}", "", priority=number % 3, wrapup_seconds=30.0,
                strategy=STRATEGIES[number % len(STRATEGIES)], skills=tuple(skills), overflows=(overflow,),
            )
        )  # fmt: skip
    people = [
        AgentRecord(
            UUID(int=number + 1), SAMPLE_TENANT, f"{number:05}", "",
            {queue.id: chance.randint(1, 5) for queue in chance.sample(made, each)},
            skills={skill: chance.randint(1, 5) for skill in chance.sample(SKILLS, 5)},
        )
        for number in range(agents)
    ]  # fmt: skip
    return made, people


@dataclass
class Tally:
    """Processor seconds of each decision, and what became of contacts."""

    spent: list[float] = field(default_factory=list)
    came: int = 0
    served: int = 0
    gave_up: int = 0
    waits: list[float] = field(default_factory=list)
    handled: float = 0.0


class Day:
    """`handling` and `patience` are mean seconds of talk and until somebody gives up, both exponential."""

    def __init__(self, agents: int, queues: int, *, seed: int, handling: float, patience: float) -> None:
        self.chance = random.Random(seed)
        self.queues, people = centre(agents, queues, 5, self.chance)
        self.agents = agents
        self.now = START
        self.state = RoutingState(self.queues, people, now=START)
        self.todo: list[tuple[float, int, Callable[[int], None], int]] = []
        self.order = 0
        self.at = 0.0
        self.handling, self.patience = handling, patience
        self.tally = Tally()
        self.came: dict[int, float] = {}
        self.begun: dict[int, float] = {}
        for record in people:
            self.tell(SeatReachable(record.id, Seat.PHONE, True))
            self.tell(SetState(record.id, AgentState.READY))
        self.tally.spent.clear()

    def later(self, seconds: float, what: Callable[[int], None], number: int) -> None:
        self.order += 1
        heapq.heappush(self.todo, (self.at + seconds, self.order, what, number))

    def tell(self, event: Event) -> None:
        begun = time.thread_time()
        _, commands = decide(self.state, event, self.now)
        self.tally.spent.append(time.thread_time() - begun)
        for command in commands:
            if isinstance(command, Offer):
                self.later(self.chance.uniform(1.0, 6.0), self.answers, command.interaction_id.int)
            elif isinstance(command, Diverted):
                self.came.pop(command.interaction_id.int, None)
        self.state.touched_agents.clear()
        self.state.touched_pools.clear()

    def calls(self, number: int) -> None:
        queue = self.queues[number % len(self.queues)]
        wishes = Wishes()
        if number % 10 == 0:
            wishes = replace(wishes, preferred=((UUID(int=number % self.agents + 1), "last_agent"),))
        elif number % 25 == 1:
            wishes = replace(wishes, outbound=True)
        self.tally.came += 1
        self.came[number] = self.at
        customer_class = ("normal", "normal", "silver", "gold", "vip")[number % 5]
        self.tell(Enqueue(UUID(int=number), queue.id, customer_class, {}, wishes))
        self.later(self.chance.expovariate(1 / self.patience), self.gives_up, number)

    def answers(self, number: int) -> None:
        contact = self.state.contacts.get(UUID(int=number))
        if contact is not None and contact.stage is ContactStage.RINGING and contact.agent is not None:
            self.tally.waits.append(self.at - self.came[number])
            self.tally.served += 1
            self.begun[number] = self.at
            self.tell(Accepted(contact.id, contact.agent.id))
            self.later(self.chance.expovariate(1 / self.handling), self.ends, number)

    def ends(self, number: int) -> None:
        self.tally.handled += self.at - self.begun.pop(number)
        self.came.pop(number, None)
        self.tell(Released(UUID(int=number)))

    def gives_up(self, number: int) -> None:
        contact = self.state.contacts.get(UUID(int=number))
        if contact is not None and contact.stage is not ContactStage.TALKING:
            self.tally.gave_up += 1
            self.came.pop(number, None)
            self.tell(Left(contact.id))

    def run(self, seconds: float, rate: float) -> None:
        """So many simulated seconds of so many contacts a second."""
        first, end = self.tally.came + 1, self.at + seconds
        arrival, number = self.at, first
        while self.at < end:
            deadline = next_deadline(self.state)
            due = (deadline - START).total_seconds() if deadline is not None else end
            following = self.todo[0][0] if self.todo else end
            self.at = min(arrival, due, following, end)
            self.now = START + timedelta(seconds=self.at)
            if self.at >= end:
                break
            if self.at == arrival:
                self.calls(number)
                number += 1
                arrival += self.chance.expovariate(rate)
            elif self.at == following:
                _, _, what, which = heapq.heappop(self.todo)
                what(which)
            else:
                self.now = deadline or self.now
                self.tell(TimePassed())

    def check(self) -> None:
        """Every promise, looked for the slow way. Raises AssertionError."""
        contacts = self.state.contacts.values()
        waiting = [one for one in contacts if one.stage is ContactStage.WAITING]
        held = [one for one in contacts if one.stage is not ContactStage.WAITING]
        for agent in self.state.agents.values():
            assert len(agent.work) <= 1, "over capacity"
            for work in agent.work.values():
                contact = self.state.contacts.get(work.contact_id)
                assert work.stage is WorkStage.WRAPUP or (contact is not None and contact.agent is agent), "a ghost"
        assert len({one.agent for one in held}) == len(held), "given twice"
        alive = {one.int for one in self.state.contacts}
        assert alive == self.came.keys(), "lost or invented"
        free = [one for one in self.state.agents.values() if one.open]
        for contact in waiting:
            step = contact.ladder[contact.step]
            names = {agent_id for agent_id, _ in step.agents}
            for agent in free:
                if names:
                    assert agent.id not in names, "waits for somebody who is free"
                elif any(queue_id in agent.levels for queue_id in step.queues):
                    assert not step.need.met_by(agent, contact.tenant_id), "free beside waiting"
        for pool in self.state.pools.values():
            mine = [one for one in waiting if one.pool is pool]
            assert pool.waiting == len(mine), "miscounted"
            assert pool.talking == sum(one.pool is pool and one.stage is ContactStage.TALKING for one in contacts)
