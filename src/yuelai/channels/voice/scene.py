"""Who is where in a call, and what follows from it: who hears whom, what the record calls it. Pure.

There are two rooms: in one is the customer, the other is where somebody is asked beside them. Whoever changes where
somebody is says nothing about sound: sound, segments and agents' states all come from here, so that no step of a call
can forget one of them, nor leave anybody in silence who did not choose it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from uuid import UUID

from yuelai.interactions.events import SegmentKind
from yuelai.platform.ids import LegId


class Place(StrEnum):
    CALLED = "called"
    """Their phone rings."""
    ROOM = "room"
    """With the customer, or they would be, were the customer not on hold."""
    ASIDE = "aside"
    """Where somebody is consulted."""


@dataclass(frozen=True)
class Seen:
    """Somebody beside the customer. `absent`: their line is lost or on hold by their own hand, hence they hear and say
    nothing. `agent_id` is None for a number outside."""

    leg: LegId
    place: Place
    agent_id: UUID | None = None
    in_charge: bool = False
    absent: bool = False


@dataclass(frozen=True)
class Scene:
    customer: LegId
    others: tuple[Seen, ...] = ()
    held: bool = False
    """The customer is on hold by an agent's hand."""
    called: bool = False
    """The customer has not answered yet: their line is open for whatever the network says meanwhile."""

    @property
    def in_charge(self) -> Seen | None:
        return next((one for one in self.others if one.in_charge), None)

    @property
    def beside_customer(self) -> tuple[Seen, ...]:
        return tuple(one for one in self.others if one.place is Place.ROOM)


@dataclass(frozen=True)
class Heard:
    """`pairs` hear each other; `music` is for who hears nobody and did not wish for it, `ringing` for who waits for an
    answer."""

    pairs: frozenset[frozenset[LegId]]
    music: frozenset[LegId]
    ringing: frozenset[LegId] = frozenset()


def heard(scene: Scene) -> Heard:
    """Say who hears whom. Each of a room hears all others of it; nobody is in two rooms."""
    present = [one for one in scene.others if not one.absent]
    room = [one.leg for one in present if one.place is Place.ROOM]
    if not scene.held:
        room.append(scene.customer)
    aside = [one.leg for one in present if one.place is Place.ASIDE]
    pairs = frozenset(frozenset(pair) for who in (room, aside) for pair in combinations(who, 2))
    speaking = {leg for pair in pairs for leg in pair}
    # Who is in charge and beside nobody in the customer's room has put them on hold: that silence is their own.
    waiting = {
        one.leg for one in present if one.place is Place.ASIDE or (one.place is Place.ROOM and not one.in_charge)
    }
    asking = {one.leg for one in present if one.place is Place.ASIDE and one.in_charge} - speaking
    rings = any(one.place is Place.CALLED for one in scene.others)
    ringing = frozenset(asking if rings else ())
    return Heard(pairs, frozenset({scene.customer, *waiting} - speaking - ringing), ringing)


def segment(scene: Scene) -> tuple[SegmentKind, UUID | None]:
    """Return what the customer's line is in, and the agent in charge (None: only somebody outside is with them)."""
    agent, beside = scene.in_charge, scene.beside_customer
    agent_id = agent.agent_id if agent is not None else None
    if scene.called:
        return SegmentKind.DIAL, agent_id
    if scene.held:
        return SegmentKind.HOLD, agent_id
    if not beside:
        calling = any(one.place is Place.CALLED for one in scene.others)
        return SegmentKind.DIAL if calling and agent is None else SegmentKind.CONSULT, agent_id
    if len(beside) == 1 and (beside[0].in_charge or agent is None):
        return SegmentKind.TALK, agent_id
    return SegmentKind.CONFERENCE, agent_id
