"""The verbs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from yuelai.media.ports.events import MediaEvent
from yuelai.media.ports.legs import (
    Barge,
    Capacity,
    LegKind,
    LegOptions,
    Quality,
    RecordingEnd,
    Side,
    TapFrame,
)
from yuelai.platform.ids import LegId, RecordingId


class MediaError(Exception):
    """The engine cannot do it: no common codec, no free port, unknown leg, engine away. The call must be ended."""


class MediaFull(MediaError):
    """The engine carries what it can without harm to the sound of others: refuse politely, and try again later."""


class MediaUnfit(MediaError):
    """A description that this leg's options let nobody agree to: no codec in common, not the protection insisted on."""


class MediaEngine(Protocol):
    # Legs

    async def create_leg(
        self,
        leg: LegId,
        kind: LegKind,
        listener: Callable[[MediaEvent], None],
        *,
        offer: str | None = None,
        options: LegOptions | None = None,
        beside: LegId | None = None,
    ) -> str:
        """Open ports; return the SDP answer to `offer`, or without one our own SDP offer.

        `beside` is somebody this leg will be joined with: naming them keeps a call within one worker. Legs that were
        not made beside each other can be joined all the same. Raises MediaFull when a new call would hurt others;
        a leg beside one that stands is not refused for that.
        """
        ...

    async def answer(self, leg: LegId, sdp: str) -> None:
        """Take the other side's answer to our offer (early or final; a later one replaces it)."""
        ...

    async def reoffer(self, leg: LegId, sdp: str) -> str:
        """Take a new offer of the other side (re-INVITE, RFC 3264 §8) and return the answer; ports stay."""
        ...

    async def offer(self, leg: LegId, options: LegOptions | None = None) -> str:
        """Return a new offer of ours for a leg that stands, maybe with other codecs in front; `answer` completes it."""
        ...

    async def adjust(self, leg: LegId, options: LegOptions) -> None:
        """Follow these options from now on; codecs and protection take effect with the next description."""
        ...

    async def quality(self, leg: LegId) -> Quality:
        """Tell how the leg sounds; ask before `close` for the sum of a call."""
        ...

    async def capacity(self) -> Capacity: ...

    @property
    def room(self) -> int:
        """How many more legs will do no harm, as told within the last second; 0 when the engine is away."""
        ...

    async def close(self, leg: LegId) -> None:
        """Release a leg or source with its ports, routes, taps and recording. Idempotent."""
        ...

    # The matrix

    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        """Set one cell of the matrix: how loud `listener` hears `speaker`; 0.0 is not at all, 1.0 unchanged."""
        ...

    async def bridge(self, one: LegId, other: LegId) -> None:
        """`route` both ways at 1.0, in one step."""
        ...

    async def unbridge(self, one: LegId, other: LegId) -> None:
        """`route` both ways at 0.0, in one step."""
        ...

    async def hold(self, leg: LegId, held: bool) -> None:
        """While held a leg neither hears other legs nor is heard (its matrix entries are kept); prompts and sources
        still reach it."""
        ...

    async def mute(self, leg: LegId, muted: bool) -> None:
        """While muted nobody hears the leg and it hears everything. It is still recorded, tapped and listened to for
        keys."""
        ...

    # What is played and put in

    async def play(
        self,
        leg: LegId,
        play: UUID,
        files: Sequence[Path],
        *,
        loop: bool = False,
        gain: float = 1.0,
        barge: Collection[Barge] = (),
    ) -> None:
        """Play files (WAV, Ogg Opus, FLAC; any rate) to this leg one after the other without a gap, replacing what
        plays; ends in one `PlayEnded`. With `barge` the engine itself stops it at the first key or word.

        Raises MediaError for a file that cannot be read, before anything is played.
        """
        ...

    async def stop(self, leg: LegId) -> None:
        """Stop what plays to this leg, if anything."""
        ...

    async def send_keys(self, leg: LegId, keys: str, *, duration_ms: int = 160, pause_ms: int = 80) -> None:
        """Press keys towards the leg's party: as telephone events where agreed, else as tones. Returns when they are
        queued, after those queued before."""
        ...

    async def music(self, source: LegId, files: Sequence[Path], *, gain: float = 1.0) -> None:
        """Make a source that plays files over and over, whoever listens: who is routed to it comes into the middle."""
        ...

    async def injection(self, source: LegId, *, rate: int = 8000) -> None:
        """Make a source of PCM that `inject` feeds; between pieces it is silent. `rate` is 8000 or 16000."""
        ...

    async def inject(self, source: LegId, pcm: bytes) -> float:
        """Append PCM to a source; return how many seconds wait to be played. Raises MediaError beyond 60 s."""
        ...

    async def tap(
        self, tap: UUID, leg: LegId, sink: Callable[[TapFrame], None], *, side: Side = Side.SAID, rate: int = 8000
    ) -> None:
        """Hand on what a leg says or hears as it happens, in pieces of 20 ms; `rate` is 8000 or 16000."""
        ...

    async def untap(self, tap: UUID) -> None:
        """Idempotent."""
        ...

    # Recording

    async def record(self, recording: RecordingId, leg: LegId, file: Path, key: bytes) -> None:
        """Record a leg in stereo into an encrypted capture file (`media.capture`), at most 1 s behind.

        `key` is 32 bytes. Recording starts with this call's return and runs in real time until stopped, through holds,
        transfers and whatever else happens to the leg.
        """
        ...

    async def pause_recording(self, recording: RecordingId, paused: bool) -> None:
        """While paused nothing of either channel is kept; time runs on (card numbers)."""
        ...

    async def stop_recording(self, recording: RecordingId) -> RecordingEnd:
        """Write the end mark and return the length."""
        ...
