"""Facts about agent sessions, and the signals the driver sends to whoever carries contacts (the channels)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from yuelai.platform.facts import Fact, fact
from yuelai.platform.live import NOWHERE, Place


class AgentState(StrEnum):
    OFFLINE = "offline"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    HOLD = "hold"
    WRAPUP = "wrapup"
    BUSY = "busy"


class Seat(StrEnum):
    PHONE = "phone"
    BROWSER = "browser"


@fact("agent.state_changed")
@dataclass(frozen=True, kw_only=True)
class AgentStateChanged(Fact):
    """From `at` on the agent is in this state; every second of a session is in exactly one.

    From ringing to the end of the wrap-up the tenant is the contact's, at other times the agent's home.
    """

    agent_id: UUID
    state: AgentState
    reason: str
    seat: Seat
    interaction_id: UUID | None = None
    until: datetime | None = None
    """When wrap-up or ringing ends by itself."""


@fact("queue.changed")
@dataclass(frozen=True, kw_only=True)
class QueueChanged(Fact):
    """The queue is new, or its settings or members have changed."""

    queue_id: UUID


@dataclass(frozen=True)
class Offer:
    """Ring this agent for this contact. `explanation` says why this one (B8): strategy, candidates, what decided."""

    interaction_id: UUID
    agent_id: UUID
    number: str
    seat: Seat
    ring_seconds: float
    explanation: dict[str, Any]
    place: Place = NOWHERE
    """Where the agent works for the contact's tenant: who of its leaders may see the contact."""


@dataclass(frozen=True)
class Withdraw:
    """Stop ringing this agent for this contact: the ring time is over (RONA) or the agent went away."""

    interaction_id: UUID
    agent_id: UUID
    reason: str


@dataclass(frozen=True)
class Moved:
    """The contact's queue was closed; it belongs to this one now, at the place its arrival gives it."""

    interaction_id: UUID
    queue_id: UUID
    queue_code: str


@dataclass(frozen=True)
class Stranded:
    """The contact's queue was closed and its tenant has no other: nobody will be offered it."""

    interaction_id: UUID


RoutingSignal = Offer | Withdraw | Moved | Stranded
