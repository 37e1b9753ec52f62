"""A small centre in virtual time around the engine, which keeps every promise of routing under watch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.routing.engine import decide, next_deadline
from yuelai.routing.events import AgentState, AgentStateChanged, Offer, Seat, Stranded, Withdraw
from yuelai.routing.model import (
    AgentRecord,
    Command,
    ContactStage,
    Event,
    Queue,
    SeatReachable,
    SetState,
    TimePassed,
    WrapupOver,
)
from yuelai.routing.state import RoutingState

START = datetime(2026, 1, 1, 9, tzinfo=UTC)


def uid(number: int) -> UUID:
    return UUID(int=number)


def queue(
    number: int, *, priority: int = 0, ring: float = 20, wrapup: float = 30, strategy: str = "longest_idle"
) -> Queue:
    return Queue(
        uid(1000 + number), SAMPLE_TENANT, f"q{number}", f"Queue {number}", priority=priority, ring_seconds=ring,
        wrapup_seconds=wrapup, strategy=strategy,
    )  # fmt: skip


def agent(number: int, *queues: Queue, level: int = 1) -> AgentRecord:
    return AgentRecord(
        uid(number), SAMPLE_TENANT, f"80{number:02}", f"Agent {number}", {one.id: level for one in queues}
    )


class Centre:
    """Feeds events, collects commands. `offers` are those that stand: interaction → agent."""

    def __init__(self, queues: list[Queue], agents: list[AgentRecord]) -> None:
        self.now = START
        self.state = RoutingState(queues, agents, now=self.now)
        self.log: list[Command] = []
        self.offers: dict[UUID, UUID] = {}
        self.stranded: list[UUID] = []

    def tell(self, event: Event) -> list[Command]:
        _, commands = decide(self.state, event, self.now)
        self._take(commands)
        return commands

    def _take(self, commands: list[Command]) -> None:
        for command in commands:
            self.log.append(command)
            if isinstance(command, Offer):
                assert command.interaction_id not in self.offers, "offered twice at once"
                assert command.agent_id not in self.offers.values(), "agent over capacity"
                self.offers[command.interaction_id] = command.agent_id
            elif isinstance(command, Withdraw):
                assert self.offers.pop(command.interaction_id) == command.agent_id
            elif isinstance(command, Stranded):
                assert command.interaction_id not in self.offers, "stranded while an agent rings"
                self.stranded.append(command.interaction_id)
            elif isinstance(command, AgentStateChanged) and command.state == AgentState.TALKING:
                assert command.interaction_id is not None
                self.offers.pop(command.interaction_id, None)

    def ready(self, *numbers: int, seat: Seat = Seat.PHONE) -> None:
        for number in numbers:
            self.tell(SeatReachable(uid(number), seat, True))
            self.tell(SetState(uid(number), AgentState.READY, seat=seat))

    def pass_time(self, seconds: float) -> list[Command]:
        """Go on by that much, stopping at every deadline on the way as the driver's timer would."""
        end, commands = self.now + timedelta(seconds=seconds), list[Command]()
        while (deadline := next_deadline(self.state)) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            commands += self.tell(TimePassed())
        self.now = end
        return commands

    def state_of(self, number: int) -> AgentState:
        return self.state.agents[uid(number)].state

    def offered(self, interaction: int) -> int | None:
        agent_id = self.offers.get(uid(interaction))
        return agent_id.int if agent_id else None

    def check(self) -> None:
        """What must be true between any two events."""
        contacts, agents = self.state.contacts, self.state.agents
        held = {
            one.contact_id for one in agents.values()
            if one.state in (AgentState.RINGING, AgentState.TALKING, AgentState.HOLD)
        }  # fmt: skip
        for contact in contacts.values():
            assert (contact.stage == ContactStage.WAITING) == (contact.id not in held)
            if contact.agent_id is not None:
                assert agents[contact.agent_id].contact_id == contact.id
        assert held <= contacts.keys()
        assert self.offers == {one.id: one.agent_id for one in contacts.values() if one.stage == ContactStage.RINGING}
        open_ = {pool.queue.id for pool in self.state.pools.values() if not pool.retired}
        for one in agents.values():
            assert one.levels.keys() <= open_, "a member of a queue that is closed"
        for pool in self.state.pools.values():
            waiting = [one for one in contacts.values() if one.queue_id == pool.queue.id and one.agent_id is None]
            free = [one for one in agents.values() if one.available and pool.queue.id in one.levels]
            assert (pool.waiting, pool.ready) == (len(waiting), len(free))
            assert not (waiting and free), "a free agent and a waiting contact stay side by side"
            assert pool.longest_since == min((one.enqueued_at for one in waiting), default=None)
            assert not pool.retired or (pool.talking and not waiting), "a closed queue lives by its talks only"
            talking = [one for one in contacts.values()
                       if one.queue_id == pool.queue.id and one.stage == ContactStage.TALKING]  # fmt: skip
            assert pool.talking == len(talking)
        for one in agents.values():
            assert (one.until is not None) == (one.state in (AgentState.RINGING, AgentState.WRAPUP))
            assert one.until is None or one.until > self.now, "what is due has happened"

    def wrapups_over(self) -> list[tuple[int, int]]:
        return [(one.interaction_id.int, one.agent_id.int) for one in self.log if isinstance(one, WrapupOver)]
