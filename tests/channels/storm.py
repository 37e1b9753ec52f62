"""A day of everything at once on `World`: several callers and agents, and any event at any moment, from a seed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.channels.world import Away, Line, World
from yuelai.channels.ports import FlowOutcome
from yuelai.channels.voice.call import VoiceCall
from yuelai.channels.voice.messages import Actor, RejoinOver
from yuelai.channels.voice.phase import Phase
from yuelai.interactions.events import InteractionClosed, InteractionEnded, InteractionStarted
from yuelai.interactions.model import Interaction
from yuelai.media.ports import LegHeard, LegSilent
from yuelai.platform.errors import Refusal
from yuelai.platform.facts import Fact, Record
from yuelai.routing.events import AgentState, AgentStateChanged, Seat
from yuelai.routing.model import ContactStage
from yuelai.telephony.ports import Answered

STAGE_OF = {
    Phase.QUEUED: ContactStage.WAITING,
    Phase.RINGING: ContactStage.RINGING,
    Phase.TALKING: ContactStage.TALKING,
}
HANDLING = (AgentState.TALKING, AgentState.HOLD, AgentState.WRAPUP)
VERBS = ("hold", "hold", "retrieve", "retrieve", "rejoin", "rejoin", "note", "customer", "wrapup", "hangup")


class Storm(World):
    """`step` lets one thing happen, at times before the last one has been dealt with; `check` is for quiet moments."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        seat = self.dice.choice(list(Seat))
        wrapup_seconds = self.dice.choice([0.0, 30.0])
        super().__init__(seat=seat, agents=3, wrapup_seconds=wrapup_seconds)
        self.customers: list[Line] = []
        self.flows: dict[str, asyncio.Future[FlowOutcome]] = {}
        self.asked: set[asyncio.Future[Any]] = set()
        self.script.run = self._flow  # type: ignore[method-assign]

    async def append(self, *records: Record) -> int:
        number = await super().append(*records)
        for _ in range(self.dice.randrange(3)):
            await asyncio.sleep(0)
        return number

    async def _flow(self, called: str, dialogue: Any, context: Mapping[str, Any]) -> FlowOutcome:
        outcome = self.flows[context["interaction_id"]] = asyncio.get_running_loop().create_future()
        gone = asyncio.ensure_future(dialogue._gone.wait())
        await asyncio.wait({outcome, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not outcome.done():
            raise Away
        result: FlowOutcome = outcome.result()
        return result

    async def settle(self) -> None:
        for _ in range(60):
            await asyncio.sleep(0)

    async def step(self) -> None:
        happenings: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (4, self._somebody_calls),
            (5, self._a_flow_ends),
            (3, self._a_customer_hangs_up),
            (8, self._an_agents_line_says),
            (12, self._an_agent_asks),
            (4, self._an_agent_changes_state),
            (1, self._a_seat_comes_or_goes),
            (3, self._time_goes_by),
            (6, self._a_page_is_silent_or_given_up),
            (2, self._somebody_reoffers),
            (1, self._the_engine_fails),
        ]
        weights, deeds = zip(*happenings, strict=True)
        self.sound.deaf = set()
        await self.dice.choices(deeds, weights)[0]()
        if self.dice.random() < 0.5:
            await self.settle()
            self.check()
        else:
            for _ in range(self.dice.randrange(4)):
                await asyncio.sleep(0)

    # --- what may happen --------------------------------------------------------------------------------------------

    def _calls(self) -> list[VoiceCall]:
        return list(self.channel._calls.values())

    async def _somebody_calls(self) -> None:
        if len(self.channel) < 4:
            line = Line(str(13800000000 + self.dice.randrange(9)))
            self.customers.append(line)
            await self.channel.on_call(line)

    async def _a_flow_ends(self) -> None:
        waiting = [future for future in self.flows.values() if not future.done()]
        if waiting:
            outcomes = [FlowOutcome(queue="general")] * 6 + [FlowOutcome(served=True), FlowOutcome(queue="nowhere")]
            self.dice.choice(waiting).set_result(self.dice.choice(outcomes))

    async def _a_customer_hangs_up(self) -> None:
        standing = [line for line in self.customers if not line.over]
        if standing and self.dice.random() < 0.6:
            self.dice.choice(standing).leaves()

    async def _an_agents_line_says(self) -> None:
        lines = self.lines.dialled[-6:]
        if not lines:
            return
        line = self.dice.choice(lines)
        if line.over:
            line.happens(Answered(line.id, "v=0 too late"))
        elif self.dice.random() < 0.7:
            line.picks_up()
        else:
            ends: list[Callable[[], None]] = [line.leaves, line.is_lost, lambda: line.leaves(486)]
            self.dice.choice(ends)()

    async def _an_agent_asks(self) -> None:
        calls = [call for call in self._calls() if call.agent is not None] or self._calls()
        if not calls:
            return
        call = self.dice.choice(calls)
        agent = self.dice.choice(self.agents)
        if call.agent is not None and self.dice.random() < 0.8:
            agent = next(one for one in self.agents if one.id == call.agent.offer.agent_id)
        actor = Actor(agent.id, agent.number, frozenset({"agent.work"}))
        arguments = {"text": "…", "customer_id": str(UUID(int=7)), "disposition": "solved"}
        for _ in range(self.dice.choice([1, 1, 2])):
            verb = self.dice.choice(VERBS)
            self._ask(self.channel.command(verb, actor, call.id, arguments))

    def _ask(self, request: Awaitable[Any]) -> None:
        future = asyncio.ensure_future(request)
        self.asked.add(future)
        future.add_done_callback(self._answered)

    def _answered(self, future: asyncio.Future[Any]) -> None:
        self.asked.discard(future)
        error = None if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, Refusal):
            raise error

    async def _an_agent_changes_state(self) -> None:
        agent = self.dice.choice(self.agents)
        state = self.dice.choice(["ready", "ready", "ready", "busy", "offline"])
        self._ask(self.routing.set_state(agent.id, state, "", self.dice.choice([None, *Seat])))

    async def _a_seat_comes_or_goes(self) -> None:
        agent, reachable = self.dice.choice(self.agents), self.dice.random() < 0.7
        self._ask(self.routing.seat_reachable(agent.id, self.dice.choice(list(Seat)), reachable))

    async def _time_goes_by(self) -> None:
        await self.settle()  # seconds never pass within what takes milliseconds
        self.clock.advance(self.dice.choice([0.5, 5, 21, 31]))
        self._ask(self.routing.time_passed())

    async def _a_page_is_silent_or_given_up(self) -> None:
        talks = [call for call in self._calls() if call.agent is not None]
        if talks:
            call = self.dice.choice(talks)
            assert call.agent is not None
            if call.talking._lost is None:
                call.post(LegSilent(call.agent.media_leg, 5.0))
            elif self.dice.random() < 0.3:
                call.post(LegHeard(call.agent.media_leg))
            elif self.dice.random() < 0.5:
                call.post(RejoinOver(call.agent, last=self.dice.random() < 0.8))

    async def _somebody_reoffers(self) -> None:
        lines = [line for line in (*self.customers, *self.lines.dialled) if not line.over]
        if lines:
            self.dice.choice(lines).reoffers(self.dice.choice(["sendrecv", "sendonly"]))

    async def _the_engine_fails(self) -> None:
        if self.dice.random() < 0.1:
            self.sound.dies()
        else:
            self.sound.deaf = {self.dice.choice(["answer", "bridge", "reoffer", "play", "route"])}

    # --- what must hold ---------------------------------------------------------------------------------------------

    def check(self) -> None:
        """In a quiet moment calls, routing, sound and screens say the same."""
        state = self.routing._state
        stages = {call.id: STAGE_OF[call.phase] for call in self._calls() if call.phase in STAGE_OF}
        assert {contact.id: contact.stage for contact in state.contacts.values()} == stages
        legs = set()
        for call in self._calls():
            legs |= {call.customer_media, *(one.media_leg for one in (call.agent, call.talking.rejoining) if one)}
            self._check_call(call)
        assert set(self.sound.open) <= legs
        self._check_agents()
        self._check_queue()

    def _check_call(self, call: VoiceCall) -> None:
        contact = self.routing._state.contacts.get(call.id)
        if call.phase in (Phase.RINGING, Phase.TALKING):
            assert call.agent is not None
            assert contact is not None
            assert contact.agent_id == call.agent.offer.agent_id
        if call.phase in (Phase.QUEUED, Phase.RINGING):
            assert call.customer_media in self.sound.playing, "who waits hears music"
        if call.phase is Phase.TALKING:
            assert call.agent is not None
            away = call.talking._lost is not None
            hears = self.sound.hears(call.customer_media, call.agent.media_leg)
            assert hears == (not call.talking.held and not away)
            assert (call.customer_media in self.sound.playing) == (call.talking.held or away)
            assert str(call.recorder.interaction.stage) == ("hold" if call.talking.held else "talk")
        if call.phase is Phase.WRAPUP:
            assert call.agent is not None
            agent = self.routing.agent(call.agent.offer.agent_id)
            assert (agent.state, agent.contact_id) == (AgentState.WRAPUP, call.id)
            assert isinstance(call.customer, Line)
            assert call.customer.over

    def _check_agents(self) -> None:
        for agent in (self.routing.agent(record.id) for record in self.agents):
            assert self.live.get(f"agent/{agent.id}") == self.routing.agent_document(agent.id)
            assert (agent.contact_id is not None) == (agent.state in (*HANDLING, AgentState.RINGING))
            mine = {
                f"interaction/{one.id}" for one in self._calls() if one.agent and one.agent.offer.agent_id == agent.id
            }
            seen = self.live.snapshot(frozenset({f"person:{agent.id}"}))
            assert {key for key in seen if key.startswith("interaction/")} == mine
            today = self.routing.agent_document(agent.id)["today"]
            assert (today["answered"], today["handle_seconds"]) == self._figures(agent.id)

    def _figures(self, agent_id: UUID) -> tuple[int, float]:
        """Contacts answered, and seconds of finished handling, from the facts."""
        answered, seconds, since = set(), 0.0, None
        for fact in self.facts:
            if not isinstance(fact, AgentStateChanged) or fact.agent_id != agent_id:
                continue
            if fact.state in HANDLING:
                since = since or fact.at
                answered.add(fact.interaction_id)
            elif since is not None:
                seconds += (fact.at - since).total_seconds()
                since = None
        return len(answered), round(seconds, 1)

    def _check_queue(self) -> None:
        state = self.routing._state
        stages = [contact.stage for contact in state.contacts.values()]
        agents = list(state.agents.values())
        document = self.live.get(f"queue/{self.queue.id}")
        assert document is not None
        assert (document["waiting"], document["ready"], document["talking"]) == (
            stages.count(ContactStage.WAITING),
            sum(agent.state == AgentState.READY and agent.seat in agent.reachable for agent in agents),
            sum(agent.state in (AgentState.TALKING, AgentState.HOLD) for agent in agents),
        )
        assert not (document["waiting"] and document["ready"]), "nobody waits beside a free agent"

    async def calm(self) -> None:
        """Everybody hangs up, and time passes."""
        self.sound.deaf = set()
        await self.settle()
        for line in (*self.customers, *self.lines.dialled):
            line.leaves()
        await self.settle()
        for _ in range(3):
            self.clock.advance(60)
            await self.routing.time_passed()
            await self.settle()

    def check_record(self) -> None:
        """Each interaction has one beginning, one end and one close, and its segments follow each other."""
        lives: dict[UUID, list[Fact]] = {}
        for fact in self.facts:
            if hasattr(fact, "interaction_id") and not isinstance(fact, AgentStateChanged):
                lives.setdefault(fact.interaction_id, []).append(fact)
        for interaction_id, facts in lives.items():
            for kind in (InteractionStarted, InteractionEnded, InteractionClosed):
                assert sum(isinstance(fact, kind) for fact in facts) == 1, kind
            life = Interaction(interaction_id)
            for fact in facts:
                life.apply(fact)
            for one, following in zip(life.segments, life.segments[1:], strict=False):
                assert one.ended_at == following.started_at
            last = life.segments[-1]
            assert last.ended_at == (life.closed_at if last.kind == "wrapup" else life.ended_at)
            if last.kind == "wrapup":
                assert life.closed_at in self._frees(last.agent_id), "it closes as its agent's wrap-up ends"

    def _frees(self, agent_id: UUID | None) -> list[datetime]:
        """When the agent came out of anything else than a contact."""
        changes = [fact for fact in self.facts if isinstance(fact, AgentStateChanged) and fact.agent_id == agent_id]
        return [fact.at for fact in changes if fact.state not in HANDLING]
