"""Who the simulated agents are, and what they know of each other."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from yuelai.entrypoints.simulator.door import Door


@dataclass(frozen=True)
class Manners:
    """How somebody works. Seconds are drawn from the ranges, the others are chances from 0 to 1 for each contact."""

    answer_after: tuple[float, float] = (2.0, 4.0)
    talk: tuple[float, float] = (15.0, 60.0)
    wrap_up: tuple[float, float] = (3.0, 12.0)
    misses: float = 0.0
    """Does not pick up at all: the contact goes back to its place and the agent is set aside."""
    consults: float = 0.0
    """Asks a colleague while the customer waits, and sends the customer on or comes back."""
    passes_on: float = 0.0
    """Sends the customer to another queue."""
    holds: float = 0.0
    breaks: float = 0.0
    """Rests for a while afterwards."""


WORKERS: Final = {
    # The last four, so that a newcomer finds `agent01` free. Their skills differ (see the sample's organisation).
    "agent17": Manners(talk=(12.0, 35.0), holds=0.3, breaks=0.15),
    "agent18": Manners(talk=(20.0, 70.0), consults=0.25, breaks=0.1),
    "agent19": Manners(answer_after=(1.0, 2.0), talk=(15.0, 45.0), consults=0.15, passes_on=0.15),
    "agent20": Manners(answer_after=(3.0, 7.0), talk=(20.0, 60.0), wrap_up=(6.0, 20.0), misses=0.06, passes_on=0.1),
}
"""User names of the simulated agents; the telephone of agentNN is 80NN."""


def phone_of(username: str) -> str:
    return f"80{username[-2:]}"


class Crew:
    """The simulated agents of one queue, as far as they have to know of each other: to see whether a person waits, and
    whom they may ask."""

    def __init__(self, queue_id: UUID) -> None:
        self._queue_id = queue_id
        self.states: dict[str, str] = {}
        """By number, as each last saw itself."""

    async def person_ready(self, door: Door) -> bool:
        """Is somebody ready who is not one of us?"""
        queue = await door.call("GET", f"/queues/{self._queue_id}/live")
        return bool(queue["ready"] > sum(state == "ready" for state in self.states.values()))

    def colleague(self, number: str, rng: random.Random) -> str | None:
        """Return the number of another one of us who is free. People are not asked: they have work of their own."""
        free = [other for other, state in sorted(self.states.items()) if state == "ready" and other != number]
        return rng.choice(free) if free else None
