"""Anything at any moment to somebody who waits: keys, words, agents, hang-ups, time, an engine that fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.channels.heard import Heard
from yuelai.channels.ports import Closing, FlowOutcome
from yuelai.channels.voice import asking, voicemail
from yuelai.channels.voice.phase import Phase
from yuelai.interactions.events import (
    EndReason,
    InteractionClosed,
    InteractionEnded,
    InteractionRecorded,
    InteractionStarted,
)
from yuelai.media.ports import LegGone
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen, Treatment

TREATMENT = Treatment(
    greeting="welcome", first_announce=0.004, announce_every=0.01, callback_after=0.02, voicemail_after=0.03
)
OPENS = Closing(False, datetime(2026, 11, 20, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
SEEDS = range(20)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_TIMEOUT", 0.02)
    monkeypatch.setattr(voicemail, "TICK_SECONDS", 0.002)
    monkeypatch.setattr(voicemail, "SILENCE_SECONDS", 0.05)
    monkeypatch.setattr(voicemail, "SHORTEST_SECONDS", 0.004)
    monkeypatch.setattr(voicemail, "LONGEST_SECONDS", 0.1)


class Storm(Heard):
    def __init__(self, seed: int) -> None:
        self.dice = dice = random.Random(seed)
        rules = [
            Overflow(when, dice.choice([OverflowTo.VOICEMAIL, OverflowTo.CALLBACK, OverflowTo.MESSAGE]), limit)
            for when, limit in ((OverflowWhen.WAIT, 60.0), (OverflowWhen.CLOSED, 0.0))
            if dice.random() < 0.5
        ]
        greeting = dice.choice(["welcome", ""])
        super().__init__(replace(TREATMENT, greeting=greeting), *rules, closing=OPENS, agents=2)
        self.sound.pace = dice.choice([0.0005, 0.002, 0.01])
        closed = dice.random() < 0.3
        self.routing.is_closed = lambda queue, now: closed

    async def step(self) -> None:
        if not self.channel.ids():
            self.script.outcome = asyncio.get_running_loop().create_future()
            self.script.outcome.set_result(FlowOutcome(queue="general"))
            self.customer = await self.arrives(caller=self.dice.choice(["13800000001", "anonymous"]))
            return
        deeds: list[tuple[int, Callable[[], Awaitable[None] | None]]] = [
            (8, lambda: self.press(self.dice.choice(["1", "1", "2", "1", "3", "#", "13900000007#", "0"]))),
            (5, lambda: self.speaks(self.dice.random() < 0.5, 0.01)),
            (4, self._agent_changes),
            (6, self._phone_says),
            (2, self._time),
            (1, lambda: self.customer.leaves()),
            (1, self._fails),
        ]
        weights, what = zip(*deeds, strict=True)
        self.sound.deaf = set()
        self.books.away = self.dice.random() < 0.2
        done = self.dice.choices(what, weights)[0]()
        if done is not None:
            await done
        await asyncio.sleep(self.dice.choice([0, 0, 0.001, 0.004, 0.02]))

    async def _agent_changes(self) -> None:
        agent = self.dice.choice(self.agents)
        await self.routing.set_state(agent.id, self.dice.choice(["ready", "ready", "busy"]), "", self.seat)

    def _phone_says(self) -> None:
        standing = [line for line in self.lines.dialled if not line.over]
        if standing:
            line = self.dice.choice(standing)
            ways: list[Callable[[], None]] = [line.picks_up, line.picks_up, line.leaves, lambda: line.leaves(486)]
            self.dice.choice(ways)()

    async def _time(self) -> None:
        self.clock.advance(self.dice.choice([1, 21, 31, 70]))
        await self.routing.time_passed()

    def _fails(self) -> None:
        if self.dice.random() < 0.2:
            call = self.call()
            self.sound.open.pop(call.customer_media, None)
            call.post(LegGone(call.customer_media))
        else:
            self.sound.deaf = {self.dice.choice(["play", "tap", "adjust"])}

    def check(self) -> None:
        """In a quiet moment routing knows exactly those who wait or talk; who waits hears music, who does not leave a
        message or talk is not recorded."""
        calls = {call.id: call for call in self.channel._calls.values()}
        inside = {id_ for id_, call in calls.items() if call.phase in (Phase.QUEUED, Phase.RINGING, Phase.TALKING)}
        assert set(self.routing._state.contacts) == inside
        for call in calls.values():
            if call.phase in (Phase.QUEUED, Phase.RINGING):
                assert call.customer_media in self.sound.playing, "who waits hears music"
                assert not self.tape.running

    async def calm(self) -> None:
        """Everybody hangs up and all wrap-ups pass."""
        self.sound.deaf, self.books.away = set(), False
        await self.settle()
        for line in (self.customer, *self.lines.dialled):
            line.leaves()
        for _ in range(3):
            await self.settle()
            self.clock.advance(60)
            await self.routing.time_passed()
        await self.until(lambda: not self.channel.ids(), "the last end")
        await self.settle()

    def check_records(self) -> None:
        lives = {fact.interaction_id for fact in self.facts if isinstance(fact, InteractionStarted)}
        reasons = {}
        for id_ in lives:
            mine = [fact for fact in self.facts if getattr(fact, "interaction_id", None) == id_]
            (ended,) = [fact for fact in mine if isinstance(fact, InteractionEnded)]
            assert sum(isinstance(fact, InteractionClosed) for fact in mine) == 1
            reasons[id_] = ended.reason
        recorded = {fact.recording_id for fact in self.facts if isinstance(fact, InteractionRecorded)}
        kept = {recording for _, recording, _ in self.books.messages}
        assert kept <= recorded, "a message is somebody's to hear only when it is there"
        assert not recorded & set(self.tape.discarded), "what was thrown away is nowhere"
        booked = {owed.interaction_id for owed in self.books.owed}
        assert {id_ for id_, reason in reasons.items() if reason is EndReason.CALLBACK_BOOKED} == booked
        assert {owed.interaction_id for owed, _, _ in self.books.messages} <= {
            id_ for id_, reason in reasons.items() if reason is EndReason.MESSAGE_LEFT
        }


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_happens_to_who_waits_it_ends_truthfully(seed: int) -> None:
    world = Storm(seed)
    await world.begin(ready=False)
    for _ in range(40):
        await world.step()
        if world.dice.random() < 0.1:
            world.sound.deaf = set()
            await world.settle()
            world.check()
    await world.calm()
    world.check_records()
    assert world.nothing_left()
    assert world.routing._state.contacts == {}
