"""Hundreds of calls on a net that loses, doubles and reorders, with every verb at any time: nothing is left at the end.

The dice are seeded: a failure names its seed, and is the same again.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from yuelai.platform.errors import Refusal
from yuelai.telephony.ports import Answered, Confirmed, Ended, Leg, LegEvent, Reoffered
from yuelai.telephony.stack import Stack

from .world import ANSWER, OFFER, Channels, Net, Party, RawPeer, shaky

LINES = [
    {},
    {"loss": 0.1},
    {"loss": 0.3, "spread": 0.6},
    {"double": 0.5, "spread": 0.8},
    {"loss": 0.2, "double": 0.3, "spread": 0.3},
]
SEEDS = 6
CALLS = 12
"""Of each seed and line."""


class Owner:
    """Keeps what it was told about one leg, answers offers now and then, and does what the dice say."""

    def __init__(self, party: Party, leg: Leg | None, dice: random.Random) -> None:
        self._party, self.leg, self._dice = party, leg, dice
        self.events: list[LegEvent] = []
        self.offers = 0
        self.late = False

    def heard(self, event: LegEvent) -> None:
        self.events.append(event)
        if isinstance(event, Reoffered) or (isinstance(event, Answered) and self.late):
            self.offers += 1

    @property
    def over(self) -> bool:
        return any(isinstance(event, Ended) for event in self.events)

    async def act(self) -> None:
        leg, dice = self.leg, self._dice
        if leg is None or self.over:
            return
        verb = dice.choice(
            ["ring", "early", "answer", "answer", "reoffer", "digit", "hangup", "wait", "wait", "answer"]
        )
        try:
            if self.offers and dice.random() < 0.8:
                self.offers -= 1
                await (leg.accept(ANSWER) if dice.random() < 0.8 else leg.refuse_offer())
            elif verb == "ring":
                await leg.ringing()
            elif verb == "early":
                await leg.ringing(ANSWER, status=183)
            elif verb == "answer":
                self._party.stack.ua.spawn(_quietly(leg.answer(dice.choice([ANSWER, OFFER]))))
            elif verb == "reoffer":
                self._party.stack.ua.spawn(_quietly(leg.reoffer(OFFER)))
            elif verb == "digit":
                await leg.digit(dice.choice("123#"))
            elif verb == "hangup" and dice.random() < 0.4:
                await leg.hangup(dice.choice([480, 486, 503]), dice.choice(["", "because"]))
        except Refusal:
            pass


async def _quietly(verb: Awaitable[object]) -> None:
    with contextlib.suppress(Refusal):
        await verb


class House:
    """One who calls and three who are called, with their owners."""

    def __init__(self, line: dict[str, float], seed: int) -> None:
        self.dice = random.Random(seed)
        self.net = Net(shaky(seed, **line))
        self.caller = Party(self.net, 5070)
        self.callees = [Party(self.net, 5060 + number) for number in range(3)]
        self.owners: list[Owner] = []
        self.rooms: list[Channels] = []
        for party in (self.caller, *self.callees):
            party.stack.ua.session_seconds = 90
            party.stack.on_call(self._taker(party))

    def _taker(self, party: Party) -> Callable[[Leg], Coroutine[Any, Any, None]]:
        async def take(leg: Leg) -> None:
            owner = Owner(party, leg, self.dice)
            leg.listen(owner.heard)
            self.owners.append(owner)

        return take

    async def call(self) -> None:
        dice = self.dice
        stages = []
        for _ in range(dice.randint(1, 2)):
            stage = []
            for callee in dice.sample(self.callees, dice.randint(1, 2)):
                self.rooms.append(Channels(2))
                stage.append(
                    RawPeer.to(
                        callee,  # type: ignore[arg-type]
                        capacity=self.rooms[-1],
                        patience=dice.choice([None, 2.0]),
                    )
                )
            stages.append(stage)
        owner = Owner(self.caller, None, dice)
        owner.late = dice.random() < 0.2
        owner.leg = await self.caller.stack.dial_to(
            stages,
            sdp=None if owner.late else OFFER,
            caller="13800000001",
            called="10000",
            listener=owner.heard,
            timeout=dice.choice([None, 5.0, 30.0]),
        )
        self.owners.append(owner)

    def stacks(self) -> list[Stack]:
        return [party.stack for party in (self.caller, *self.callees)]


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("line", LINES, ids=lambda line: ",".join(line) or "clean")
async def test_whatever_happens_every_leg_ends_once_and_nothing_is_left(line: dict[str, float], seed: int) -> None:
    house = House(line, seed)
    for _ in range(CALLS):
        await house.call()
        for _ in range(house.dice.randint(1, 12)):
            for owner in house.dice.sample(house.owners, min(4, len(house.owners))):
                await owner.act()
            await house.net.run(house.dice.choice([0.0, 0.005, 0.02, 0.3, 2.0]))
    await house.net.run(house.dice.choice([1.0, 60.0, 400.0]))
    for seconds in (60, 400):  # an INVITE may still be on its way
        for owner in house.owners:
            if owner.leg is not None:
                await owner.leg.hangup()
        await house.net.run(seconds)
    for owner in house.owners:
        assert sum(isinstance(event, Ended) for event in owner.events) == 1
        assert isinstance(owner.events[-1], Ended)
    for stack in house.stacks():
        assert stack.ua.sweep() == 0
        assert (len(stack.ua.legs), len(stack.ua.dialogs), stack.layer.size, len(stack.ua.tasks)) == (0, 0, 0, 0)
        assert len(stack.timers) == 0
    assert all(party.empty() for party in (house.caller, *house.callees))
    assert [room for room in house.rooms if room.used] == []
    told = {type(event) for owner in house.owners for event in owner.events}
    assert line or {Answered, Confirmed} <= told
