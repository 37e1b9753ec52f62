"""One leg as the engine sees it: how its datagrams travel, what was agreed, and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from yuelai.media.embedded.codecs import Agreed, Decoder, Encoder, decoder, encoder
from yuelai.media.embedded.io import Carrier, Port
from yuelai.media.embedded.keysend import KeySender
from yuelai.media.embedded.player import Player
from yuelai.media.embedded.presses import Presses
from yuelai.media.embedded.recorder import Recorder
from yuelai.media.embedded.taps import Tap
from yuelai.media.embedded.terms import Terms
from yuelai.media.ports import LegHeard, LegOptions, LegSilent, MediaEvent
from yuelai.platform.ids import LegId

SILENT_AFTER = 10.0
"""Seconds without RTP after which a leg is told to be silent."""

LIVELY = 0.5
"""Seconds without a packet after which a leg is not relayed any more: who hears it gets silence then, not nothing."""

KEYS_A_SECOND, KEYS_AT_ONCE = 25.0, 30.0
"""Presses told of a leg: the fastest diallers make 20 a second, and each is work for the whole centre."""

Buffer = bytes | bytearray | memoryview


class Transport(Carrier, Protocol):
    """Carries one leg's datagrams and speaks its descriptions; all descriptions raise MediaError when refused.

    Given a `changed` to call whenever `ready`, `sender` or `terms` became another outside of a verb.
    """

    terms: Terms | None
    ports: tuple[Port, ...]
    """RTP's first."""
    eager: bool
    """It adds its ports to the batch path itself, once it needs no more haste than that."""
    sender: Callable[[Buffer], object]
    """Sends one complete RTP packet, protected if need be. May raise OSError or what protection raises; the packet is
    lost then."""

    @property
    def ready(self) -> bool:
        """RTP may be sent now."""
        ...

    def offer(self, options: LegOptions | None = None) -> str: ...
    def take_offer(self, sdp: str) -> str: ...
    def take_answer(self, sdp: str) -> None: ...
    def adjust(self, options: LegOptions) -> None: ...

    def send_report(self, packet: bytes) -> None:
        """Send an RTCP compound; never raises."""
        ...

    def look_after(self, now: float) -> None:
        """Once a second."""
        ...

    def close(self) -> None: ...


@dataclass(eq=False)
class Leg:
    id: LegId
    slot: int
    transport: Transport
    emit: Callable[[MediaEvent], None]
    options: LegOptions
    player: Player
    held: bool = False
    muted: bool = False
    recorders: list[Recorder] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)
    presses: Presses = field(default_factory=Presses)
    keysend: KeySender = field(default_factory=KeySender)
    speaks: Agreed | None = None
    """The codec its last sound came in; as agreed on until then."""
    decoders: dict[Agreed, Decoder] = field(default_factory=dict)
    """G.711 needs none."""
    encoder: Encoder | None = None
    """None: G.711, which the tick does for all legs at once."""
    heard_at: float = 0.0
    lost: int = 0
    """Packets that never came, as counted for all legs together."""
    _keys_left: float = KEYS_AT_ONCE
    _keys_at: float = 0.0
    lively: bool = False
    """It was heard of late; as of the last plan."""
    _sends: Agreed | None = None
    _expected_since: float | None = None
    _silence_told: bool = False

    @property
    def terms(self) -> Terms | None:
        return self.transport.terms

    def negotiated(self, now: float) -> None:
        """The terms may have changed: follow them, and begin or end to wait for the peer's sound."""
        terms = self.terms
        if terms is None:
            return
        if self.speaks is None or self.speaks not in terms.codecs.values():
            self.speaks = terms.codec
        self.decoders = {codec: kept for codec, kept in self.decoders.items() if codec in terms.codecs.values()}
        if terms.codec != self._sends:
            self._sends = terms.codec
            self.encoder = None if terms.codec.name in ("PCMU", "PCMA") else encoder(terms.codec)
        if not terms.receiving:
            self._expected_since = None
        elif self._expected_since is None:
            self._expected_since, self._silence_told = now, False

    def presses_too_fast(self, now: float) -> bool:
        """To be asked for each press."""
        self._keys_left = min(KEYS_AT_ONCE, self._keys_left + (now - self._keys_at) * KEYS_A_SECOND)
        self._keys_at = now
        if self._keys_left < 1:
            return True
        self._keys_left -= 1
        return False

    def outdated(self) -> bool:
        """Another codec is to be sent than the one it sends."""
        return self.terms is not None and self.terms.codec != self._sends

    def decoder(self, payload_type: int) -> Decoder:
        """Raises KeyError for a payload type not agreed on."""
        assert self.terms is not None
        codec = self.terms.codecs[payload_type]
        found = self.decoders.get(codec)
        if found is None:
            found = self.decoders[codec] = decoder(codec)
        return found

    def begin_again(self) -> None:
        """Another source speaks from now on; nothing of the one before is remembered."""
        self.decoders.clear()
        self.presses = Presses()

    def look_after(self, now: float) -> None:
        """Once a second: notice silence and its end."""
        self.transport.look_after(now)
        if self._expected_since is None:
            return
        quiet = now - max(self.heard_at, self._expected_since)
        if quiet < SILENT_AFTER:
            if self._silence_told:
                self._silence_told = False
                self.emit(LegHeard(self.id))
        elif not self._silence_told:
            self._silence_told = True
            self.emit(LegSilent(self.id, round(quiet, 1)))
