"""A day of everything at once on `Desk`: several callers and agents, and any event at any moment, from a seed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.channels.desk import Desk
from tests.channels.witness import check_records, check_world
from tests.channels.world import Away, Line
from yuelai.channels.messages import Actor
from yuelai.channels.ports import FlowOutcome, Identified
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.call import VoiceCall
from yuelai.channels.voice.messages import RejoinOver
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.phase import Phase
from yuelai.interactions.events import InteractionStarted
from yuelai.media.ports import LegGone, LegHeard, LegSilent
from yuelai.platform.errors import Refusal
from yuelai.platform.facts import Record
from yuelai.platform.ids import new_id
from yuelai.platform.journal import JournalBroken
from yuelai.routing.events import AgentState, Seat
from yuelai.routing.model import AgentRecord
from yuelai.telephony.ports import Answered, Ended, Referred

OUTSIDE = ("057188880000", "057188880001")
ALONE = ("hold", "retrieve", "rejoin", "note", "trail", "customer", "wrapup", "wrapup", "hangup", "keys", "leave")
OTHERS = ("transfer", "consult", "consult", "consult")
ANSWERED = ("consult_cancel", "consult_complete", "conference", "conference", "alternate", "drop")


class Wish:
    """A telephone's REFER."""

    target, replaces, referred_by = "", None, ""

    def __init__(self, user: str) -> None:
        self.user = user

    def accept(self) -> None: ...
    def refuse(self, status: int = 603) -> None: ...
    def progress(self, status: int) -> None: ...


class Storm(Desk):
    """`step` lets one thing happen, at times before the last one has been dealt with; `check` is for quiet moments."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        super().__init__(
            seat=self.dice.choice(list(Seat)),
            wrapup_seconds=self.dice.choice([0.0, 30.0]),
            strategy=self.dice.choice(["longest_idle", "ring_all"]),
        )
        fourth = AgentRecord(new_id(), self.queue.tenant_id, "8004", "李娜", {self.queue.id: 1, self.experts.id: 2})
        self.agents = [*self.agents, fourth]
        self.agents[1] = replace(self.agents[1], levels={self.queue.id: 1, self.experts.id: 1})
        self.customers: list[Line] = []
        self.flows: dict[str, asyncio.Future[FlowOutcome]] = {}
        self.asked: set[asyncio.Future[Any]] = set()
        self.nearly_full = False
        """The journal takes no new contacts."""
        self.script.run = self._flow  # type: ignore[method-assign]
        self.people.identify = self._identify  # type: ignore[method-assign]

    async def append(self, *records: Record) -> int:
        if self.nearly_full and any(isinstance(record.fact, InteractionStarted) for record in records):
            raise JournalBroken
        number = await super().append(*records)
        await self._a_while(3)
        return number

    async def _a_while(self, most: int) -> None:
        for _ in range(self.dice.randrange(most)):
            await asyncio.sleep(0)

    async def _identify(self, tenant_id: UUID, ani: str) -> Identified:
        await self._a_while(40)
        return Identified("new", [])

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
        """Until nobody has anything to do for a while."""
        quiet = 0
        for _ in range(1000):
            await asyncio.sleep(0)
            quiet = 0 if self._busy() else quiet + 1
            if quiet > 12:
                return

    def _busy(self) -> bool:
        waits = (call._mailbox._getters for call in self.calls())  # type: ignore[attr-defined]
        return bool(self.routing._tasks or self.asked) or not all(waits)

    async def step(self) -> None:
        happenings: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (4, self._somebody_calls),
            (5, self._a_flow_ends),
            (2, self._somebody_hangs_up),
            (16, self._a_line_says),
            (20, self._an_agent_asks),
            (5, self._an_agent_changes_state),
            (1, self._a_seat_comes_or_goes),
            (3, self._time_goes_by),
            (5, self._a_page_is_silent_or_given_up),
            (2, self._somebody_reoffers),
            (1, self._a_telephone_refers),
            (1, self._something_fails),
        ]
        weights, deeds = zip(*happenings, strict=True)
        self._mend()
        await self.dice.choices(deeds, weights)[0]()
        if self.dice.random() < 0.5:
            await self.settle()
            self.check()
        else:
            await self._a_while(4)

    def _mend(self) -> None:
        self.sound.deaf, self.lines.dead = set(), set()
        self.lines.registered, self.nearly_full = True, False

    # --- what may happen --------------------------------------------------------------------------------------------

    def calls(self) -> list[VoiceCall]:
        return list(self.channel._calls.values())

    async def _somebody_calls(self) -> None:
        if len(self.channel) < 4:
            line = Line(str(13800000000 + self.dice.randrange(9)))
            self.customers.append(line)
            await self.channel.on_call(line)

    async def _a_flow_ends(self) -> None:
        waiting = [future for future in self.flows.values() if not future.done()]
        if waiting:
            outcomes = [FlowOutcome(queue="general")] * 6 + [
                FlowOutcome(served=True),
                FlowOutcome(queue="nowhere"),
                FlowOutcome(number="02088886666"),
            ]
            self.dice.choice(waiting).set_result(self.dice.choice(outcomes))

    async def _somebody_hangs_up(self) -> None:
        standing = [line for line in (*self.customers, *self.lines.dialled) if not line.over]
        if standing:
            self.dice.choice(standing).leaves()

    async def _a_line_says(self) -> None:
        answered = {party.leg for _, party in self._standing()}
        lines = [line for line in self.lines.dialled if not line.over]
        ringing = [line for line in lines if line not in answered]
        lines = (ringing if self.dice.random() < 0.85 else lines) or self.lines.dialled[-6:]
        if not lines:
            return
        line = self.dice.choice(lines)
        if line.over:
            line.happens(Answered(line.id, "v=0 too late"))
        elif self.dice.random() < 0.85:
            line.picks_up()
        else:
            ends: list[Callable[[], None]] = [line.leaves, line.is_lost, lambda: line.leaves(486)]
            self.dice.choice(ends)()

    async def _an_agent_asks(self) -> None:
        talks = [call for call in self.calls() if call.agent is not None] or self.calls()
        if not talks:
            return
        call = self.dice.choice(talks)
        agent = self.dice.choice(self.agents)
        holders = [party.agent_id for party in call.parties if isinstance(party, AgentParty)]
        if holders and self.dice.random() < 0.9:
            wanted = holders[0 if self.dice.random() < 0.8 else -1]
            agent = next(one for one in self.agents if one.id == wanted)
        actor = Actor(agent.id, agent.number, frozenset({"agent.work"}))
        for _ in range(self.dice.choice([1, 1, 2])):
            verb = self._verb(call)
            self._ask(self.channel.command(verb, actor, call.id, self._arguments(call)))

    def _verb(self, call: VoiceCall) -> str:
        if call.consulting.by is not None and self.dice.random() < 0.6:
            return self.dice.choice(ANSWERED)
        return self.dice.choice(OTHERS if self.dice.random() < 0.5 else ALONE)

    def _arguments(self, call: VoiceCall) -> dict[str, Any]:
        numbers = [agent.number for agent in self.agents]
        targets = [*({"agent": number} for number in numbers), {"queue": "general"}, {"queue": "experts"}]
        targets += [{"number": number} for number in OUTSIDE]
        people = [party.participant_id for party in call.parties] or [call.id]
        return {
            "text": "…",
            "kind": "script_step",
            "customer_id": str(UUID(int=7)),
            "disposition": "solved",
            "digits": "1",
            "to": self.dice.choice(targets),
            "participant_id": str(self.dice.choice(people)),
        }

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
        state = self.dice.choice(["ready", "ready", "ready", "ready", "busy", "offline"])
        self._ask(self.routing.set_state(agent.id, state, "", self.dice.choice([None, *Seat])))

    async def _a_seat_comes_or_goes(self) -> None:
        agent, reachable = self.dice.choice(self.agents), self.dice.random() < 0.8
        self._ask(self.routing.seat_reachable(agent.id, self.dice.choice(list(Seat)), reachable))

    async def _time_goes_by(self) -> None:
        await self.settle()  # seconds never pass within what takes milliseconds
        self.clock.advance(self.dice.choice([0.5, 5, 21, 31]))
        self._ask(self.routing.time_passed())

    def _standing(self) -> list[tuple[VoiceCall, Party]]:
        return [(call, party) for call in self.calls() for party in call.parties if party.stands]

    async def _a_page_is_silent_or_given_up(self) -> None:
        if standing := self._standing():
            call, party = self.dice.choice(standing)
            if not party.lost:
                call.post(LegSilent(party.media_leg, 5.0))
            elif self.dice.random() < 0.3:
                call.post(LegHeard(party.media_leg))
            elif isinstance(party, AgentParty) and self.dice.random() < 0.5:
                call.post(RejoinOver(party, last=self.dice.random() < 0.8))

    async def _somebody_reoffers(self) -> None:
        lines = [line for line in (*self.customers, *self.lines.dialled) if not line.over]
        if lines:
            self.dice.choice(lines).reoffers(self.dice.choice(["sendrecv", "sendonly"]))

    async def _a_telephone_refers(self) -> None:
        lines = [line for line in self.lines.dialled if not line.over]
        if lines:
            line = self.dice.choice(lines)
            line.happens(Referred(line.id, Wish(self.dice.choice(["8001", "8002", "general", *OUTSIDE]))))

    async def _something_fails(self) -> None:
        kind = self.dice.choice(["engine", "leg", "leg", "verb", "verb", "phones", "outside", "journal", "toll"])
        if kind == "engine" and self.dice.random() < 0.3:
            self.sound.dies()
        elif kind == "leg" and self.sound.open:
            leg = self.dice.choice(sorted(self.sound.open))
            listener = self.sound.open[leg]
            await self.sound.close(leg)
            listener(LegGone(leg))
        elif kind == "verb":
            self.sound.deaf = {self.dice.choice(["answer", "bridge", "unbridge", "reoffer", "play", "route", "stop"])}
        elif kind == "phones":
            self.lines.registered = False
        elif kind == "outside":
            self.lines.dead = set(OUTSIDE)
        elif kind == "journal":
            self.nearly_full = True
        elif kind == "toll":
            for call, party in self._standing():
                if party.number in OUTSIDE and party.leg is not None:
                    call.post(Ended(party.leg.id, "system", 0, "spent"))

    # --- what must hold ---------------------------------------------------------------------------------------------

    def check(self) -> None:
        """In a quiet moment calls, routing, sound and screens say the same."""
        check_world(self, self.calls())

    async def calm(self) -> None:
        """Everybody hangs up, and time passes."""
        self._mend()
        await self.settle()
        for line in (*self.customers, *self.lines.dialled):
            line.leaves()
        await self.settle()
        for _ in range(4):
            self.clock.advance(60)
            await self.routing.time_passed()
            await self.settle()
            for line in self.lines.dialled:
                line.leaves()
            await self.settle()

    def check_record(self) -> None:
        """Each interaction has one beginning, one end and one close, and its segments follow each other."""
        check_records(self)

    def ghosts(self) -> list[str]:
        """Agents who are neither at work nor away."""
        states = {record.number: self.routing.agent(record.id) for record in self.agents}
        free = (AgentState.READY, AgentState.BUSY, AgentState.OFFLINE)
        return [number for number, agent in states.items() if agent.state not in free or agent.work]

    def left_over(self) -> list[str]:
        """Calls that do not end; `Phase` says in what they hang."""
        return [f"{call.phase}" for call in self.calls() if call.phase is not Phase.CLOSED]
