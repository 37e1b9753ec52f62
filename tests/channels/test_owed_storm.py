"""Callbacks while everything happens at once: none is lost, none made twice, and nothing stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import pytest

from tests.channels.owing import Owing
from tests.channels.world import TENANT, Line
from yuelai.channels.callback.events import CallbackBooked, CallbackMoved, State
from yuelai.channels.callback.model import MOST_ATTEMPTS, Callback
from yuelai.channels.messages import Actor
from yuelai.interactions.events import InteractionClosed, InteractionStarted
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.routing.events import AgentState
from yuelai.telephony.ports import Ringing

FINAL = (State.DONE, State.FAILED)


class Storm(Owing):
    def __init__(self, seed: int) -> None:
        super().__init__(agents=3, wrapup_seconds=10.0)
        self.dice = random.Random(seed)
        self.numbers = iter(range(13800000100, 13800009999))
        self.cancelled: set[UUID] = set()

    async def settle(self) -> None:
        """Nothing here waits for a clock of its own."""
        for _ in range(80):
            await asyncio.sleep(0)

    async def step(self) -> None:
        happenings: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (4, self._books), (14, self._a_line_says), (4, self._an_agent_changes_state), (6, self._time_goes_by),
            (3, self._an_agent_ends_it), (2, self._somebody_cancels), (1, self._an_agent_calls), (1, self._calls_in),
            (1, self._a_trunk_fails),
        ]  # fmt: skip
        (happens,) = self.dice.choices([one for _, one in happenings], [weight for weight, _ in happenings])
        with contextlib.suppress(Refusal):
            await happens()
        await (self.settle() if self.dice.random() < 0.5 else self.settle_briefly())

    def _open(self) -> list[Line]:
        return [line for line in self.lines.dialled if not line.over]

    async def _books(self) -> None:
        if self.dice.random() < 0.3:
            await self.keeper.voicemail(self.owed(str(next(self.numbers))), TENANT.id, 3.0)
        else:
            await self.book(str(next(self.numbers)))

    async def _a_line_says(self) -> None:
        if lines := self._open():
            line = self.dice.choice(lines)
            says: list[Callable[[], None]] = [
                line.picks_up, line.picks_up, line.leaves, lambda: line.leaves(486), lambda: line.leaves(408),
                lambda: line.happens(Ringing(line.id, 180, None)), line.is_lost,
            ]  # fmt: skip
            self.dice.choice(says)()

    async def _an_agent_changes_state(self) -> None:
        agent = self.dice.choice(self.agents)
        await self.routing.set_state(agent.id, self.dice.choice(["ready", "ready", "ready", "busy"]), "", self.seat)

    async def _time_goes_by(self) -> None:
        await self.settle()
        await self.pass_time(self.dice.choice([1, 16, 21, 61, 301, 1801]))

    async def _an_agent_ends_it(self) -> None:
        for call in list(self.channel._calls.values()):
            if call.agent is not None and self.dice.random() < 0.5:
                await self.channel.command(
                    "hangup", Actor(call.agent.agent_id, call.agent.number, frozenset()), call.id, {}
                )

    async def _somebody_cancels(self) -> None:
        held = list(self.keeper._ledger._owed.values())
        if held:
            await self._cancel(self.dice.choice(held))

    async def _cancel(self, one: Callback) -> None:
        self.cancelled.add(one.id)
        await self.keeper.follow(replace(one, state=State.CANCELLED, version=one.version + 1))

    async def _an_agent_calls(self) -> None:
        await self.outgoing.make(self.dice.choice(self.agents).id, TENANT, "13900000000")

    async def _calls_in(self) -> None:
        if held := list(self.keeper._ledger._owed.values()):
            await self.keeper.served(SAMPLE_TENANT, self.dice.choice(held).number)

    async def _a_trunk_fails(self) -> None:
        self.lines.dead = {str(number) for number in range(13800000100, 13800000120)} if not self.lines.dead else set()

    async def calm(self) -> None:
        """Everybody hangs up, nobody is there any more, nothing is owed, and time passes."""
        for _ in range(4):
            for one in list(self.keeper._ledger._owed.values()):
                await self._cancel(one)
            for agent in self.agents:
                await self.routing.set_state(agent.id, "busy", "break", self.seat)
            for line in self._open():
                line.leaves()
            await self.settle()
            await self.pass_time(11)

    def check(self) -> None:
        booked = {fact.callback_id for fact in self.facts if isinstance(fact, CallbackBooked)}
        moves: dict[UUID, list[CallbackMoved]] = {id_: [] for id_ in booked}
        for fact in self.facts:
            if isinstance(fact, CallbackMoved):
                moves[fact.callback_id].append(fact)
        for id_, facts in moves.items():
            states = [fact.state for fact in facts]
            over = bool(states) and states[-1] in FINAL
            assert self.keeper.owed(id_) is not None or over or id_ in self.cancelled, "none is lost"
            assert not any(state in FINAL for state in states[:-1]), "what is over stays so"
            assert states.count(State.DIALLING) <= MOST_ATTEMPTS
            versions = [fact.version for fact in facts]
            assert versions == sorted(set(versions)), "each move is newer than the one before"
        calls = Counter(line.called for line in self._open() if line.called.startswith("1380"))
        assert all(number == 1 for number in calls.values()), "nobody's telephone rings twice at once"

    def check_calm(self) -> None:
        self.check()
        begun = Counter(fact.interaction_id for fact in self.facts if isinstance(fact, InteractionStarted))
        closed = Counter(fact.interaction_id for fact in self.facts if isinstance(fact, InteractionClosed))
        assert begun == closed
        assert self.channel.ids() == []
        assert self.abroad.standing == 0
        assert not self.tape.running
        assert set(self.sound.open) == set()
        rounds = self.keeper.rounds
        assert rounds._placed == set()
        assert set(self.routing._state.contacts) == set(rounds._contacts)
        assert {agent.state for agent in map(self.routing.agent, (one.id for one in self.agents))} == {AgentState.BUSY}


@pytest.mark.parametrize("seed", range(25))
async def test_callbacks_in_a_storm(seed: int) -> None:
    world = Storm(seed)
    await world.begin(ready=False)
    for _ in range(80):
        await world.step()
        world.check()
    await world.calm()
    world.check_calm()
