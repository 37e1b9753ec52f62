"""Facts about callbacks. Numbers and notes travel in the record's private part (see `platform.facts`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from yuelai.platform.facts import Fact, fact


class Kind(StrEnum):
    CALLBACK = "callback"
    """Asked for in the queue, the place being kept, or by an agent for later."""
    VOICEMAIL = "voicemail"
    WEB = "web"


class State(StrEnum):
    WAITING = "waiting"
    """For its time, its agent, or somebody who hears the message."""
    OFFERED = "offered"
    """An agent's phone rings for it, or has."""
    DIALLING = "dialling"
    DONE = "done"
    FAILED = "failed"
    """Tried as often as it may be, without reaching anybody."""
    CANCELLED = "cancelled"


class Result(StrEnum):
    """What became of the last attempt."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    """No such number, no trunk, or no sound."""
    DENIED = "denied"
    """The toll rules do not let the agent's seat call it."""
    GIVEN_UP = "given_up"
    """The agent hung up before the customer answered."""
    INTERRUPTED = "interrupted"
    """Core died meanwhile."""
    CALLED_IN = "called_in"
    """The customer called by themselves, and was answered."""
    HEARD = "heard"
    """Somebody has heard the message, or has called in another way."""


@fact("callback.booked")
@dataclass(frozen=True, kw_only=True)
class CallbackBooked(Fact):
    """We owe a call. private: number, note."""

    callback_id: UUID
    kind: Kind
    queue_id: UUID
    language: str
    since: datetime
    due_at: datetime
    max_attempts: int
    interaction_id: UUID | None = None
    customer_id: UUID | None = None
    recording_id: UUID | None = None
    message_ms: int | None = None
    agent_id: UUID | None = None


@fact("callback.moved")
@dataclass(frozen=True, kw_only=True)
class CallbackMoved(Fact):
    """The callback has come so far, as its keeper decided."""

    callback_id: UUID
    state: State
    due_at: datetime
    attempts: int
    result: Result | None = None
    interaction_id: UUID | None = None
    """Our call."""
    agent_id: UUID | None = None
    version: int


@fact("callback.changed")
@dataclass(frozen=True, kw_only=True)
class CallbackChanged(Fact):
    """Somebody has changed or cancelled it, or its customer was erased; the row says how."""

    callback_id: UUID
