"""`World` with colleagues, a second queue and telephones by number: what transfers and consultations are tested on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.channels.world import Line, World
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.interactions.events import InteractionClosed, InteractionStarted, SegmentStarted, WrappedUp
from yuelai.interactions.model import Interaction
from yuelai.media.ports import LegGone
from yuelai.platform.ids import LegId, new_id
from yuelai.routing.events import AgentStateChanged, Seat
from yuelai.routing.model import Queue

OUTSIDE = "057188880000"


class Desk(World):
    """Queue `general` (8001, 8002) and queue `experts` (8003). 8001 (A) has the customer after `talks`."""

    def __init__(
        self, *, seat: Seat = Seat.PHONE, wrapup_seconds: float = 30.0, strategy: str = "longest_idle"
    ) -> None:
        super().__init__(seat=seat, agents=3, wrapup_seconds=wrapup_seconds)
        self.queue = replace(self.queue, strategy=strategy)
        self.experts = Queue(new_id(), self.queue.tenant_id, "experts", "专家", wrapup_seconds=wrapup_seconds)
        self.queues = [self.queue, self.experts]
        a, b, c = self.agents
        c = replace(c, levels={self.experts.id: 1})
        self.agents = [replace(a, levels={self.queue.id: 1}), replace(b, levels={self.queue.id: 1}), c]
        self.agent = self.agents[0]
        self.customer = Line()

    async def talks(self) -> Desk:
        """A talks with the customer; B (8002) and C (8003, the expert) are ready."""
        await self.begin()
        self.customer = await self.queued()
        self.phone("8001").picks_up()
        await self.settle()
        await self.ready(1)
        await self.ready(2)
        return self

    def phone(self, number: str) -> Line:
        """The last line to that number."""
        return next(line for line in reversed(self.lines.dialled) if line.called == number)

    def rings(self, number: str) -> bool:
        return not self.phone(number).over and not any(
            party.owns(self.phone(number).id) and party.stands for party in self.call().parties
        )

    async def answers(self, number: str) -> None:
        self.phone(number).picks_up()
        await self.settle()

    async def asks(self, **to: str) -> None:
        await self.ask("consult", to=to)
        await self.settle()

    async def sends(self, **to: str) -> None:
        await self.ask("transfer", to=to)
        await self.settle()

    async def consults(self, **to: str) -> None:
        """A asks, and is answered."""
        await self.asks(**to)
        await self.answers(self.number_of(to))

    @staticmethod
    def number_of(to: dict[str, str]) -> str:
        return to.get("agent") or to.get("number") or "8003"

    def media_of(self, who: str) -> LegId:
        call = self.call()
        if who == "customer":
            return call.customer_media
        return next(party.media_leg for party in call.parties if party.number == who)

    def hear(self, *who: str) -> bool:
        """Do all of these hear each other, and nothing else?"""
        legs = [self.media_of(one) for one in who]
        return all(
            frozenset({one, other}) in self.sound.joined for one in legs for other in legs if one != other
        ) and not self.sound.playing & set(legs)

    def music(self, who: str) -> bool:
        leg = self.media_of(who)
        return leg in self.sound.playing and not any(leg in pair for pair in self.sound.joined)

    def music_for_who_waits(self) -> bool:
        return self.music("customer")

    def said(self) -> list[Path]:
        """All that was played to anybody."""
        return [file for verb, *rest in self.sound.told if verb == "play" for file in rest[2]]

    def told_to_play(self) -> list[str]:
        """Names of all music there is, the newest last."""
        return [file.name for verb, *rest in self.sound.told if verb == "music" for file in rest[1]]

    def heard_by(self, who: str) -> set[str]:
        leg, names = self.media_of(who), {self.media_of("customer"): "customer"}
        names |= {party.media_leg: party.number for party in self.call().parties}
        return {names[other] for pair in self.sound.joined if leg in pair for other in pair - {leg}}

    def document(self) -> dict[str, Any]:
        document = self.live.get(f"interaction/{self.call().id}")
        assert document is not None
        return dict(document)

    def reason_of_the_customer(self) -> str:
        """How it ends when the customer hangs up: nobody abandons who has been spoken to."""
        return "customer_hung_up" if "talk" in self.segments() else "abandoned"

    def segment(self) -> str:
        return self.segments()[-1]

    def participant(self, number: str) -> str:
        return next(str(party.participant_id) for party in self.call().parties if party.number == number)

    def sound_dies_of(self, who: str) -> None:
        leg = self.media_of(who)
        listener = self.sound.open.pop(leg)
        self.sound.joined = {pair for pair in self.sound.joined if leg not in pair}
        self.sound.playing.discard(leg)
        listener(LegGone(leg))

    def wrapped_up(self) -> list[str]:
        numbers = {agent.id: agent.number for agent in self.agents}
        return [numbers[fact.agent_id] for fact in self.facts if isinstance(fact, WrappedUp)]

    def party(self, number: str) -> AgentParty:
        return next(party for party in self.call().parties if isinstance(party, AgentParty) and party.number == number)

    def life(self) -> Interaction:
        """The record, rebuilt from its facts: it refuses what may not be."""
        return next(iter(lives(self).values()))

    async def everything_ends(self) -> None:
        """Time passes until no wrap-up is left; then nothing may be."""
        for _ in range(4):
            await self.pass_time(60)


def lives(world: World) -> dict[UUID, Interaction]:
    """All records, rebuilt from their facts, each of which must be legal; closed ones tile from beginning to end."""
    found: dict[UUID, Interaction] = {}
    for fact in world.facts:
        if isinstance(fact, AgentStateChanged) or not hasattr(fact, "interaction_id"):
            continue
        if isinstance(fact, InteractionStarted):
            found[fact.interaction_id] = Interaction(fact.interaction_id)
        if fact.type.startswith("interaction."):
            found[fact.interaction_id].apply(fact)
    for life in found.values():
        _tiles(life)
    return found


def _tiles(life: Interaction) -> None:
    if not life.segments:
        return
    assert life.segments[0].started_at >= (life.started_at or life.segments[0].started_at)
    for one, following in zip(life.segments, life.segments[1:], strict=False):
        assert one.ended_at == following.started_at
    if life.closed_at is not None:
        assert life.segments[-1].ended_at in (life.closed_at, life.ended_at)
        assert not life.parties.standing()
        assert not life.parties.wrapping()


def kinds(world: World) -> list[str]:
    return [str(fact.kind) for fact in world.facts if isinstance(fact, SegmentStarted)]


def closes(world: World) -> int:
    return sum(isinstance(fact, InteractionClosed) for fact in world.facts)
