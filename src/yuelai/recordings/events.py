"""Facts about recordings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from yuelai.platform.facts import Fact, fact


class RecordingState(StrEnum):
    CAPTURING = "capturing"
    COMPLETE = "complete"
    """The file carries its end mark: every second is there."""
    PARTIAL = "partial"
    """The capture was cut off; what had been written can be heard."""


@fact("recording.started")
@dataclass(frozen=True, kw_only=True)
class RecordingStarted(Fact):
    """`file` is relative to the home folder. private: wrapped_key (base64), the file's key under the master key."""

    recording_id: UUID
    interaction_id: UUID
    file: str
    key_version: int


@fact("recording.completed")
@dataclass(frozen=True, kw_only=True)
class RecordingCompleted(Fact):
    """`state` is complete or partial; `duration_ms` and `bytes` are what the file holds."""

    recording_id: UUID
    interaction_id: UUID
    state: RecordingState
    duration_ms: int
    bytes: int
