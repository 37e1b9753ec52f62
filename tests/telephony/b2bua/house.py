"""A switchboard between parties in memory, all in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.telephony.world import Net, Party
from yuelai.media.ports import LegOptions, MediaEngine
from yuelai.telephony.b2bua.anchored import Anchored
from yuelai.telephony.b2bua.passthrough import Passthrough
from yuelai.telephony.b2bua.plan import Plan, Planner, Refuse, Wanted
from yuelai.telephony.b2bua.switchboard import Switchboard
from yuelai.telephony.b2bua.wishes import Sounds
from yuelai.telephony.ports import Destination, Leg, Reoffered
from yuelai.wire.sdp import parse_sdp


class House:
    """`desk` is the party in the middle; whoever it `know`s is called, everybody else gets 404."""

    def __init__(
        self,
        fate: Callable[[], list[float]] = lambda: [0.01],
        plan: Planner | None = None,
        engine: MediaEngine | None = None,
        sounds: Sounds = lambda _trunk: LegOptions(),
    ) -> None:
        self.net = Net(fate)
        self.desk = Party(self.net, 5060)
        self.stack = self.desk.stack
        media = Passthrough(self.stack.timers) if engine is None else Anchored(engine, [Path("music.wav")], sounds)
        self.board = Switchboard(self.stack, media, plan or self.plan, self.stack.timers, "127.0.0.1")
        self.stack.on_call(self.board.take)
        self.parties: list[Party] = []

    async def plan(self, wanted: Wanted) -> Plan | Refuse:
        places = self.stack.places(wanted.number, browser=False)
        return Plan([places], timeout=60) if places else Refuse(404)

    def party(self, port: int, user: str | None = None) -> Party:
        """Add a party; `user` is the name the desk knows it by."""
        party = Party(self.net, port)
        party.know("desk", self.desk.hop)
        self.parties.append(party)
        if user is not None:
            self.desk.know(user, party.hop)
        return party

    async def dial(self, party: Party, number: str, *, sdp: str | None = "", **headers: str) -> Leg:
        """Let a party call a number of the desk's, with its own description unless told another, or None."""
        place = Destination(f"sip:{number}@127.0.0.1:5060", (self.desk.hop,), headers=headers)
        return await party.stack.dial_to(
            [[place]],
            sdp=description(party) if sdp == "" else sdp,
            caller=f"1380000{party.hop.port}",
            called=number,
            listener=party.events.append,
        )

    async def refer(self, leg: Leg, number: str, replaces: Leg | None = None) -> asyncio.Task[int]:
        """Let a party ask on its leg that the other side calls a number of the desk's, in place of its other leg."""
        other = None if replaces is None else replaces.id
        return asyncio.ensure_future(leg.refer(f"sip:{number}@127.0.0.1:5060", replaces=other))

    async def call(self, caller: Party, callee: Party, number: str) -> tuple[Leg, Leg]:
        """Make a call from one to the other; return both their legs."""
        leg = await self.dial(caller, number)
        await self.net.run(1)
        await callee.offered[-1].answer(description(callee))
        await self.net.run(1)
        return leg, callee.offered[-1]

    def left(self) -> list[str]:
        """Return what is left anywhere: calls, tasks, legs, dialogs, transactions, timers."""
        found = [f"{name}: {len(things)}" for name, things in (
            ("calls", self.board.calls), ("halves", self.board.halves), ("tasks", self.board._tasks)
        ) if things]  # fmt: skip
        for party in (self.desk, *self.parties):
            ua, layer = party.stack.ua, party.stack.layer
            found += [f"{party.hop.port} leg {leg.state}" for leg in ua.legs.values()]
            found += [f"{party.hop.port} dialog {key}" for key in ua.dialogs]
            found += [f"{party.hop.port} task {task}" for task in ua.tasks]
            found += [f"{party.hop.port} journalled {leg}" for leg in party.journal.open]
            found += [
                f"{party.hop.port} {type(one).__name__} {key} {one.machine.state}"
                for key, one in (*layer._clients.items(), *layer._servers.items())
            ]
            found += [
                f"{party.hop.port} timer {due - party.stack.timers.now:.1f} {timer.callback}"
                for due, _, timer in party.stack.timers._heap
                if timer.callback is not None
            ]
        return found

    def empty(self) -> bool:
        """Nothing is left anywhere."""
        return self.left() == []


def description(party: Party, version: int = 1, direction: str = "sendrecv") -> str:
    """What a party says of itself: its sound is wanted at its SIP port's number."""
    return (
        f"v=0\r\no=- {party.hop.port} {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=audio {party.hop.port} RTP/AVP 0\r\na={direction}\r\n"
    )


def audio(sdp: str | None) -> int:
    """At which port a description wants sound: which party it is of."""
    return parse_sdp(sdp or "").audio.port


async def answer_offers(party: Party, *, direction: str = "sendrecv") -> list[int]:
    """Accept every new offer a party has got; return whose they were."""
    heard = []
    for event in [event for event in party.events if isinstance(event, Reoffered)]:
        party.events.remove(event)
        heard.append(audio(event.sdp))
        leg = party.stack.ua.legs.get(event.leg)
        if leg is not None:
            await leg.accept(description(party, direction=direction))
    return heard
