"""Messages, their parts, and what becomes of them. Pure.

A message goes out in parts, each of which the provider takes on its own:

    queued ──▶ submitting ──▶ sent ──▶ delivered
      ▲            │            └────▶ failed
      └── later ───┼──▶ failed
                   └──▶ unknown     cut off before the provider answered: it may have been taken

What is unknown is settled by its receipt, if one comes. One-time codes are not sent again; others are, once a receipt
has had its time to come, and counted as possible duplicates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from yuelai.messages.templates import CODE

MOST_ATTEMPTS = 5
PER_HOUR = 10
"""To one number, of whatever template."""
CODES_PER_HOUR = 5
KEPT_FOR = timedelta(hours=24)
"""How long it is tried; news of yesterday help nobody."""
CODE_FOR = timedelta(minutes=5)


class State(StrEnum):
    """Of a message, as others see it."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    """The provider has all of it."""
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    """By ourselves, before anything was sent."""


class PartState(StrEnum):
    QUEUED = "queued"
    SUBMITTING = "submitting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outgoing:
    """What somebody wants sent. `key` names the wish: asked again under it, it is the same message."""

    key: str
    to: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    language: str = "zh-CN"
    interaction_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True)
class Taken:
    """`ok`: it will be sent, whatever dies meanwhile; else `reason` says why not."""

    ok: bool
    reason: str | None = None


@dataclass(frozen=True)
class Pace:
    """`pauses` before the second try and those after it; `settling` is how long a receipt has to settle what is
    unknown before it is sent again."""

    pauses: Sequence[timedelta] = (
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(minutes=30),
    )
    settling: timedelta = timedelta(minutes=2)

    def pause(self, attempts: int) -> timedelta:
        return self.pauses[min(max(attempts, 1), len(self.pauses)) - 1]


def whole(parts: Sequence[PartState], *, begun: bool) -> State:
    """Return how it stands with a message whose parts stand so. `begun`: some part has been given to a provider."""
    if PartState.FAILED in parts:
        return State.FAILED
    if PartState.SUBMITTING in parts:
        return State.SENDING
    if PartState.UNKNOWN in parts:
        return State.UNKNOWN
    if PartState.QUEUED in parts:
        return State.SENDING if begun else State.QUEUED
    return State.DELIVERED if all(part is PartState.DELIVERED for part in parts) else State.SENT


def again_at(
    state: State, template: str, attempts: int, expires_at: datetime, now: datetime, pace: Pace
) -> datetime | None:
    """Return when a message is to be looked at next; None: never, whatever is still to come comes by itself."""
    if state is State.UNKNOWN:
        if template == CODE or attempts >= MOST_ATTEMPTS:
            return None
        at = now + pace.settling
    elif state in (State.QUEUED, State.SENDING):
        at = now + pace.pause(attempts)
    else:
        return None
    return at if at < expires_at or state is not State.UNKNOWN else None


def lifetime(template: str) -> timedelta:
    return CODE_FOR if template == CODE else KEPT_FOR
