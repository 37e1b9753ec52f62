"""How long somebody who waits will have to: from how fast the queue was served of late. Pure; no clock of its own.

In a busy queue a place is given up whenever one of its agents becomes free for it. Hence `place / (rate * agents)`,
with `rate` the contacts that one agent took from the queue in a second, counted only while somebody waited: then the
agents worked as fast as they could. Breaks, other queues and wrap-up are in that rate by themselves. Where few have
waited yet, mean handling times stand in for it: an agent who does nothing else takes a contact each time one is done.
What is older counts for less, half after `HALF_LIFE`.
"""

from __future__ import annotations

import math
from datetime import datetime
from uuid import UUID

HALF_LIFE = 900.0
"""Seconds after which what was seen counts half: about the time in which a centre's load changes."""

ENOUGH = 5.0
"""Contacts, by their weight, without which nothing is said; and how many handling times weigh as much as one look at
the queue itself."""


class History:
    """What one queue has lately been like. Tell it of every change; instants must not go back by much (what is earlier
    than the last one counts as no time passed)."""

    __slots__ = ("_agents", "_busy", "_handled", "_handling", "_now", "_taken", "_waiting")

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._agents = self._waiting = 0
        self._busy = self._taken = 0.0
        """Agent seconds in which somebody waited, and contacts that were taken in them; by their weight."""
        self._handling = self._handled = 0.0
        """Seconds of finished handling (talk, hold, wrap-up) and how many they were; by their weight."""

    def agents(self, count: int, now: datetime) -> None:
        """So many agents of the queue are signed in from now on: ready or in contacts, not on a break."""
        self._pass(now)
        self._agents = count

    def waiting(self, count: int, now: datetime) -> None:
        """So many contacts wait from now on."""
        self._pass(now)
        self._waiting = count

    def taken(self, now: datetime) -> None:
        """An agent took a contact that had waited; call it before `waiting` tells of one fewer."""
        self._pass(now)
        if self._waiting:
            self._taken += 1

    def not_taken(self, now: datetime) -> None:
        """The agent did not answer: the one told last by `taken` waits again."""
        self._pass(now)
        self._taken = max(0.0, self._taken - 1)

    def handled(self, seconds: float, now: datetime) -> None:
        """An agent is done with a contact of the queue, wrap-up included."""
        self._pass(now)
        self._handling += seconds
        self._handled += 1

    def estimate(self, place: int, now: datetime, *, agents: int | None = None) -> float | None:
        """Return the seconds that the contact at `place` (1 is next) has to wait on average; None when there are no
        agents or too little was seen. `agents` overrides how many are signed in."""
        agents = self._agents if agents is None else agents
        if agents <= 0 or place <= 0:
            return None
        weight = self._weight(now)
        busy = self._busy + (self._elapsed(now) * self._agents if self._waiting else 0.0)
        busy, taken, handled = busy * weight, self._taken * weight, self._handled * weight
        if taken + handled < ENOUGH:
            return None
        if handled > 0:
            # As if ENOUGH contacts had been taken at the speed of their handling: it fades as the queue itself speaks.
            stand_in = min(handled, ENOUGH)
            taken, busy = taken + stand_in, busy + stand_in * self._handling / self._handled
        if taken <= 0 or busy <= 0:
            return None
        return place * busy / (taken * agents)

    def _pass(self, now: datetime) -> None:
        seconds = self._elapsed(now)
        if not seconds:
            return
        if self._waiting:
            self._busy += seconds * self._agents
        weight = self._weight(now)
        for name in ("_busy", "_taken", "_handling", "_handled"):
            setattr(self, name, getattr(self, name) * weight)
        self._now = now

    def _elapsed(self, now: datetime) -> float:
        return max(0.0, (now - self._now).total_seconds())

    def _weight(self, now: datetime) -> float:
        return math.exp2(-self._elapsed(now) / HALF_LIFE)


class Histories(dict[UUID, History]):
    """By queue; one is made for a queue when it is first asked for."""

    def of(self, queue_id: UUID, now: datetime) -> History:
        found = self.get(queue_id)
        if found is None:
            found = self[queue_id] = History(now)
        return found
