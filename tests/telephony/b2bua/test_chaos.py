"""Random verbs, hang-ups, losses and crossings: whatever happens, no half stays without its other half."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Coroutine
from typing import Any

import pytest

from tests.telephony.world import Party, shaky
from yuelai.platform.errors import Refusal
from yuelai.telephony.leg import LegState, SipLeg
from yuelai.telephony.ports import Leg, Reoffered

from .engine import Books
from .house import House, description
from .test_replacing import dialog_of

STEPS = 120
USERS = {"8001": 5080, "8002": 5090, "8003": 5100}
LINES: list[dict[str, float]] = [{}, {"loss": 0.1}, {"loss": 0.25, "double": 0.2, "spread": 0.5}]


class Chaos:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.engine = Books() if seed % 2 else None
        """Every other time the sound passes through an engine."""
        self.house = House(shaky(seed, **LINES[seed % len(LINES)]), engine=self.engine)
        self.parties = [self.house.party(5070), *(self.house.party(port, user) for user, port in USERS.items())]
        self.tasks: set[asyncio.Task[Any]] = set()

    def legs(self, *states: LegState) -> list[tuple[Party, SipLeg]]:
        return [(party, leg) for party in self.parties for leg in party.stack.ua.legs.values() if leg.state in states]

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something that may take long, or be refused."""

        async def run() -> None:
            with contextlib.suppress(Refusal):
                await work

        task = asyncio.ensure_future(run())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def step(self) -> None:
        verb = self.dice.choice(
            [self.dial, self.dial, self.ring, self.answer, self.answer, self.refuse, self.hangup, self.offer,
             self.take_offers, self.take_offers, self.refer, self.attended, self.replace]
        )  # fmt: skip
        verb()

    def dial(self) -> None:
        party, user = self.dice.choice(self.parties), self.dice.choice([*USERS, "9999"])
        if len(party.stack.ua.legs) < 4:
            self.later(self.house.dial(party, user))

    def _some(self, *states: LegState) -> tuple[Party, SipLeg] | None:
        legs = self.legs(*states)
        return self.dice.choice(legs) if legs else None

    def ring(self) -> None:
        if found := self._some(LegState.OFFERED):
            party, leg = found
            self.later(leg.ringing(description(party) if self.dice.random() < 0.3 else None))

    def answer(self) -> None:
        if found := self._some(LegState.OFFERED):
            party, leg = found
            self.later(leg.answer(description(party)))

    def refuse(self) -> None:
        if found := self._some(LegState.OFFERED):
            self.later(found[1].hangup(self.dice.choice([486, 603, 404, 480])))

    def hangup(self) -> None:
        if found := self._some(*LegState):
            self.later(found[1].hangup())

    def offer(self) -> None:
        if found := self._some(LegState.CONFIRMED):
            party, leg = found
            direction = self.dice.choice(["sendonly", "sendrecv", "inactive"])
            self.later(leg.reoffer(description(party, self.dice.randrange(2, 99), direction)))

    def take_offers(self) -> None:
        for party in self.parties:
            for event in [event for event in party.events if isinstance(event, Reoffered)]:
                party.events.remove(event)
                leg = party.stack.ua.legs.get(event.leg)
                if leg is not None:
                    refused = self.dice.random() < 0.1
                    self.later(leg.refuse_offer(488) if refused else leg.accept(description(party)))

    def refer(self) -> None:
        if found := self._some(LegState.CONFIRMED):
            self.later(found[1].refer(f"sip:{self.dice.choice([*USERS, '9999'])}@127.0.0.1:5060"))

    def attended(self) -> None:
        if found := self._some(LegState.CONFIRMED):
            party, leg = found
            others: list[Leg] = [other for other in party.stack.ua.legs.values() if other is not leg]
            if others:
                self.later(leg.refer("sip:8001@127.0.0.1:5060", replaces=self.dice.choice(others).id))

    def replace(self) -> None:
        if found := self._some(LegState.CONFIRMED, LegState.OFFERED):
            owner, leg = found
            party = self.dice.choice(self.parties)
            self.later(self.house.dial(party, "8001", replaces=dialog_of(self.house, owner, leg)))

    async def rest(self, seconds: float) -> None:
        """Let time pass while everybody answers what they are offered."""
        for _ in range(int(seconds * 2)):
            self.take_offers()
            await self.house.net.run(0.5)


def everybody_has_somebody(chaos: Chaos) -> None:
    """Every party's standing leg leads to a half of a call in which two stand."""
    desk = chaos.house.stack.ua
    for _, leg in chaos.legs(LegState.CONFIRMED):
        assert leg.dialog is not None
        call_id, local, remote = leg.dialog.key
        ours = desk.dialogs.get((call_id, remote, local))
        assert ours is not None, "a party talks to nobody"
        call = chaos.house.board.halves[ours.id].call
        assert call.whole, f"a party hears a dead half: {call}"
    for call in chaos.house.board.calls.values():
        assert call.whole, f"a call without its half: {call}"
        if chaos.engine is not None and call.near is not None and call.far is not None:
            near, far = call.near.sound, call.far.sound
            about = {pair for pair in chaos.engine.heard if {near, far} & set(pair)}
            assert about == {(near, far), (far, near)}, "somebody hears a third one, or nobody"
            assert {near, far} <= set(chaos.engine.theirs), "the engine does not know where somebody hears"


@pytest.mark.parametrize("seed", range(24))
async def test_whatever_happens_nobody_is_left_with_a_dead_half(seed: int) -> None:
    chaos = Chaos(seed)
    for _ in range(STEPS):
        chaos.step()
        await chaos.house.net.run(chaos.dice.choice([0.0, 0.005, 0.02, 0.3, 2.0]))
    # Nobody does anything any more but answer offers: what rang has been given up, what is left is whole.
    await chaos.rest(110)
    everybody_has_somebody(chaos)
    for _, leg in chaos.legs(*LegState):
        await leg.hangup()
    await chaos.rest(250)
    assert not chaos.tasks
    assert chaos.house.left() == []
    assert chaos.engine is None or chaos.engine.open == {}
