"""The MediaEngine port. Whoever speaks to whom is a gain matrix; everything else is expressed in it.

A *leg* is one party's sound: an RTP stream both ways, described by SDP. Leg, recording and play ids are the caller's.
Files are mono WAV, 16-bit PCM, 8 kHz. Times are seconds on the engine's clock unless they end in `_ms`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from yuelai.platform.ids import LegId, RecordingId


class LegKind(StrEnum):
    PLAIN = "plain"
    """RTP/AVP, as phones and trunks speak it."""
    BROWSER = "browser"
    """UDP/TLS/RTP/SAVPF: ICE-lite, DTLS-SRTP, rtcp-mux."""


@dataclass(frozen=True)
class Digit:
    """One key pressed (RFC 4733 §2.5), told once per press, when it is first heard."""

    leg: LegId
    digit: str


@dataclass(frozen=True)
class PlayEnded:
    """`finished` is false when it was stopped: by `stop`, by a newer `play`, or because the leg closed."""

    leg: LegId
    play: UUID
    finished: bool


@dataclass(frozen=True)
class LegSilent:
    """No RTP at all for `seconds` though the leg should be sending; told once per silence."""

    leg: LegId
    seconds: float


@dataclass(frozen=True)
class LegHeard:
    """RTP is back after a `LegSilent`."""

    leg: LegId


@dataclass(frozen=True)
class LegGone:
    """The engine process died or was restarted; the leg and its ports no longer exist."""

    leg: LegId


MediaEvent = Digit | PlayEnded | LegSilent | LegHeard | LegGone


@dataclass(frozen=True)
class RecordingEnd:
    """What `stop_recording` returns. Channel 0 is what the leg said, channel 1 what it heard from others."""

    recording: RecordingId
    duration_ms: int
    bytes: int


class MediaError(Exception):
    """The engine cannot do it: no common codec, no free port, unknown leg, engine away. The call must be ended."""


class MediaEngine(Protocol):
    async def create_leg(
        self, leg: LegId, kind: LegKind, listener: Callable[[MediaEvent], None], *, offer: str | None = None
    ) -> str:
        """Open ports; return the SDP answer to `offer`, or without one our own SDP offer."""
        ...

    async def answer(self, leg: LegId, sdp: str) -> None:
        """Take the other side's answer to our offer (early or final; a later one replaces it)."""
        ...

    async def reoffer(self, leg: LegId, sdp: str) -> str:
        """Take a new offer of the other side (re-INVITE, RFC 3264 §8) and return the answer; ports stay."""
        ...

    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        """Set one cell of the matrix: how loud `listener` hears `speaker`; 0.0 is not at all, 1.0 unchanged."""
        ...

    async def bridge(self, one: LegId, other: LegId) -> None:
        """`route` both ways at 1.0, in one step."""
        ...

    async def unbridge(self, one: LegId, other: LegId) -> None:
        """`route` both ways at 0.0, in one step."""
        ...

    async def play(
        self, leg: LegId, play: UUID, files: Sequence[Path], *, loop: bool = False, gain: float = 1.0
    ) -> None:
        """Play files to this leg one after the other, replacing what plays; ends in one `PlayEnded`."""
        ...

    async def stop(self, leg: LegId) -> None:
        """Stop what plays to this leg, if anything."""
        ...

    async def hold(self, leg: LegId, held: bool) -> None:
        """While held a leg neither hears others nor is heard (its matrix entries are kept); prompts still reach it."""
        ...

    async def record(self, recording: RecordingId, leg: LegId, file: Path, key: bytes) -> None:
        """Record a leg in stereo into an encrypted chunk file (`recordings.chunks`), at most 1 s behind.

        `key` is 32 bytes. Recording starts with this call's return and runs in real time until stopped,
        silence included.
        """
        ...

    async def stop_recording(self, recording: RecordingId) -> RecordingEnd:
        """Write the end mark and return the length."""
        ...

    async def close(self, leg: LegId) -> None:
        """Release the leg, its ports, its routes and its recording. Idempotent."""
        ...
