"""A small centre in virtual time around the engine, which keeps every promise of routing under watch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.routing.capacity import SPOKEN, open_channels
from yuelai.routing.engine import decide, next_deadline
from yuelai.routing.events import AgentState, AgentStateChanged, Diverted, Offer, Seat, Stranded, Withdraw
from yuelai.routing.inputs import Accepted, DirectoryChanged, Event, SeatReachable, SetState, TimePassed
from yuelai.routing.lanes import Waiting
from yuelai.routing.model import Agent, AgentRecord, Command, Contact, ContactStage, Queue, WorkStage, WrapupOver
from yuelai.routing.pools import Pool
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
    """Feeds events, collects commands. `offers` are those that stand: contact → agents."""

    def __init__(self, queues: list[Queue], agents: list[AgentRecord]) -> None:
        self.now = START
        self.state = RoutingState(queues, agents, now=self.now)
        self.log: list[Command] = []
        self.offers: dict[UUID, set[UUID]] = {}
        self.diverted: dict[UUID, Diverted] = {}
        self.stranded: list[UUID] = []
        self.facts: dict[UUID, AgentStateChanged] = {}
        """The last of each agent."""

    def tell(self, event: Event) -> list[Command]:
        waited = {one.id: one.waiting for one in self.state.contacts.values() if one.waiting is not None}
        _, commands = decide(self.state, event, self.now)
        for command in commands:
            if isinstance(command, Offer) and not isinstance(event, DirectoryChanged):
                self._check_offer(command, waited)
            elif isinstance(command, AgentStateChanged):
                before = self.facts.get(command.agent_id)
                assert before is None or before.at <= command.at, "a session runs backwards"
                self.facts[command.agent_id] = command
        self.facts = {id_: fact for id_, fact in self.facts.items() if id_ in self.state.agents}
        if isinstance(event, Accepted):
            # Whoever accepts may be given the next one at once.
            self.offers[event.contact_id].remove(event.agent_id)
        self._take(commands)
        if isinstance(event, Accepted):
            assert not self.offers.pop(event.contact_id, None), "others ring on"
        return commands

    def _take(self, commands: list[Command]) -> None:
        for command in commands:
            self.log.append(command)
            if isinstance(command, Offer):
                assert command.contact_id is not None
                ringing = self.offers.setdefault(command.contact_id, set())
                assert command.agent_id not in set().union(*self.offers.values()), "an agent rings twice"
                ringing.add(command.agent_id)
            elif isinstance(command, Withdraw):
                assert command.contact_id is not None
                self.offers[command.contact_id].remove(command.agent_id)
                if not self.offers[command.contact_id]:
                    del self.offers[command.contact_id]
            elif isinstance(command, Stranded):
                assert command.interaction_id not in self.offers, "stranded while an agent rings"
                self.stranded.append(command.interaction_id)
            elif isinstance(command, Diverted):
                self.diverted[command.interaction_id] = command

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
        """Return who rings for it, if exactly one does."""
        ringing = self.offers.get(uid(interaction), set())
        return next(iter(ringing)).int if len(ringing) == 1 else None

    def check(self) -> None:
        """What must be true between any two events."""
        contacts, agents = self.state.contacts, self.state.agents
        for contact in contacts.values():
            with_it = [one for one in agents.values() if contact.id in one.work
                       and one.work[contact.id].stage is not WorkStage.WRAPUP]  # fmt: skip
            match contact.stage:
                case ContactStage.WAITING:
                    assert not with_it
                    assert contact.waiting is not None
                case ContactStage.RINGING:
                    assert {one.id for one in with_it} == {one.id for one in contact.ringing}
                    assert with_it
                case ContactStage.TALKING:
                    assert with_it == [contact.agent]
        ringing = {one.id: {agent.id for agent in one.ringing} for one in contacts.values() if one.ringing}
        assert self.offers == ringing
        open_ = {pool.queue.id for pool in self.state.pools.values() if not pool.retired}
        for one in agents.values():
            assert one.levels.keys() <= open_, "a member of a queue that is closed"
            self._check_agent(one)
        for pool in self.state.pools.values():
            self._check_pool(pool)
        for contact in contacts.values():
            if contact.stage is ContactStage.WAITING:
                self._check_waiting(contact)

    def _check_offer(self, offer: Offer, waited: Mapping[UUID, Waiting]) -> None:
        """Priority and skills are respected: who was offered may serve it, and nobody who comes first waited
        for the same agent before and after. Whoever took a step in the same turn may have come too late."""
        contact = self.state.contacts.get(offer.contact_id or offer.interaction_id)
        one = self.state.agents.get(offer.agent_id)
        if contact is None or contact.pool is None or one is None or contact.id not in waited:
            return
        entry = waited[contact.id]
        assert self._may_serve(one, contact), "not who was wanted"
        for other in self.state.contacts.values():
            if other.waiting is not None and other.waiting is waited.get(other.id) and other.channel == contact.channel:
                assert other.waiting > entry or not self._may_serve(one, other), "overtaken by somebody less urgent"

    @staticmethod
    def _may_serve(one: Agent, contact: Contact) -> bool:
        step = contact.ladder[contact.step]
        if step.agents:
            return any(agent_id == one.id for agent_id, _ in step.agents)
        member = any(queue_id in one.levels for queue_id in step.queues)
        return member and step.need.met_by(one, contact.tenant_id)

    def _check_agent(self, one: Agent) -> None:
        if (fact := self.facts.get(one.id)) is not None:
            told = (fact.state, fact.reason, fact.interaction_id, fact.until, fact.seat)
            assert told == (one.state, one.reason, one.interaction_id, one.until, one.seat), "facts tell another story"
        for work in one.work.values():
            ends = work.stage is not WorkStage.TALKING
            assert (work.until is not None) == ends
            assert work.until is None or work.until > self.now, "what is due has happened"
            if work.stage is not WorkStage.WRAPUP:
                assert work.contact_id in self.state.contacts, "a ghost in an agent's hands"
        spoken = [work for work in one.work.values() if work.channel in SPOKEN]
        assert len(spoken) <= 1, "two calls at once"
        for channel, limit in one.capacity.items():
            held = [work for work in one.work.values() if work.channel == channel]
            assert len(held) <= limit, f"over capacity in {channel}"
        assert set(one.open) == set(open_channels(one))
        if one.work:
            assert one.state not in (AgentState.READY, AgentState.OFFLINE)
        elif not one.private:
            assert (one.state, one.reason) == (one.presence, one.presence_reason)

    def _check_pool(self, pool: Pool) -> None:
        contacts, agents = self.state.contacts.values(), self.state.agents.values()
        mine = [one for one in contacts if one.pool is pool]
        waiting = [one for one in mine if one.stage is ContactStage.WAITING]
        members = [one for one in agents if pool.queue.id in one.levels]
        free = [one for one in members if pool.queue.channel in one.open]
        assert (pool.waiting, pool.ready) == (len(waiting), len(free))
        assert pool.longest_since == min((one.enqueued_at for one in waiting), default=None)
        assert not pool.retired or (pool.talking and not waiting), "a closed queue lives by its talks only"
        assert pool.talking == len([one for one in mine if one.stage is ContactStage.TALKING])
        assert len(pool.members) == len(members)
        assert +pool.states == Counter(one.state for one in members)
        assert sorted(pool.rank(one) for one in waiting) == list(range(1, len(waiting) + 1))

    def _check_waiting(self, contact: Contact) -> None:
        """Looked for the slow way: all agents, against what the contact's present step says."""
        step = contact.ladder[contact.step]
        following = contact.ladder[contact.step + 1] if contact.step + 1 < len(contact.ladder) else None
        waited = (self.now - contact.entered_at).total_seconds()
        assert following is None or waited < following.after or step.agents == (), "a step is overdue"
        names = {agent_id for agent_id, _ in step.agents}
        for one in self.state.agents.values():
            if contact.channel not in one.open:
                continue
            if step.agents:
                assert one.id not in names, "somebody waits for an agent who is free"
                continue
            for queue_id in step.queues:
                if queue_id in one.levels and self.state.is_open(queue_id):
                    met = step.need.met_by(one, contact.tenant_id)
                    assert not met, "a free agent and a waiting contact stay side by side"

    def wrapups_over(self) -> list[tuple[int, int]]:
        return [(one.interaction_id.int, one.agent_id.int) for one in self.log if isinstance(one, WrapupOver)]
