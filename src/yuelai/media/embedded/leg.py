"""One leg as the engine sees it: its transport, its RTP, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from yuelai.media.embedded.player import Player
from yuelai.media.embedded.recorder import Recorder
from yuelai.media.embedded.stream import RtpStream
from yuelai.media.embedded.terms import Terms
from yuelai.media.ports import LegHeard, LegSilent, MediaEvent, PlayEnded
from yuelai.platform.ids import LegId

SILENT_AFTER = 10.0
"""Seconds without RTP after which a leg is told to be silent."""

REPORT_EVERY = 5.0
"""Seconds between RTCP reports (RFC 3550 §6.2)."""


class Transport(Protocol):
    """Carries one leg's packets and speaks its descriptions; all descriptions raise MediaError when refused."""

    terms: Terms | None

    @property
    def ready(self) -> bool: ...
    def offer(self) -> str: ...
    def take_offer(self, sdp: str) -> str: ...
    def take_answer(self, sdp: str) -> None: ...
    def drain(self, now: float) -> None: ...
    def send(self, packet: bytes) -> None: ...
    def send_report(self, packet: bytes) -> None: ...
    def close(self) -> None: ...


@dataclass(eq=False)
class Leg:
    id: LegId
    stream: RtpStream
    transport: Transport
    emit: Callable[[MediaEvent], None]
    held: bool = False
    recorders: list[Recorder] = field(default_factory=list)
    row: int = -1
    """Place in the matrix; −1 until the next tick."""
    lost: int = 0
    """Frames missing in a row."""
    _expected_since: float | None = None
    _silence_told: bool = False
    _report_at: float = 0.0
    player: Player = field(init=False)

    def __post_init__(self) -> None:
        self.player = Player(lambda play, finished, barge: self.emit(PlayEnded(self.id, play, finished, barge)))

    def negotiated(self, now: float) -> None:
        """The terms may have changed: begin or end to wait for the peer's sound."""
        receiving = self.transport.terms is not None and self.transport.terms.receiving
        if not receiving:
            self._expected_since = None
        elif self._expected_since is None:
            self._expected_since, self._silence_told = now, False

    def send(self, codes: bytes) -> None:
        """Send a tick's sound if the peer wants it."""
        if self.transport.ready:
            self.transport.send(self.stream.packet(codes))
        else:
            self.stream.pause()

    def look_after(self, now: float) -> None:
        """Once a second or so: notice silence, send reports."""
        if self._expected_since is not None:
            quiet = now - max(self.stream.heard_at or 0.0, self._expected_since)
            if quiet < SILENT_AFTER:
                if self._silence_told:
                    self._silence_told = False
                    self.emit(LegHeard(self.id))
            elif not self._silence_told:
                self._silence_told = True
                self.emit(LegSilent(self.id, round(quiet, 1)))
        if self.transport.ready and now >= self._report_at:
            self._report_at = now + REPORT_EVERY
            self.transport.send_report(self.stream.report(now))
