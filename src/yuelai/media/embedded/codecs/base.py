"""What a codec is to the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from yuelai.wire.g711 import Samples

FRAME = 160
"""Samples a tick: 20 ms at 8 kHz."""

MAX_SAMPLES = 1920
"""Of one packet, at 8 kHz (240 ms): more is no telephony."""


class MalformedPayload(ValueError):
    """The peer sent what its codec does not allow, or more of it than a packet holds."""


@dataclass(frozen=True)
class Agreed:
    """A codec as agreed on: `name` is PCMU, PCMA, G722, opus or L16, `clock` the rate of its RTP timestamps.

    `parameters` are the peer's format parameters (fmtp), names in lower case: what it would like to receive.
    """

    name: str
    payload_type: int
    clock: int
    parameters: dict[str, str] = field(default_factory=dict, hash=False)


class Decoder(Protocol):
    """One direction of one leg; keeps what the codec remembers from packet to packet."""

    clock: int
    """Of the RTP timestamps."""

    def decode(self, payload: bytes) -> Samples:
        """Return int16 at 8 kHz, as many as the packet holds, at most MAX_SAMPLES. Raises MalformedPayload."""
        ...

    def conceal(self, samples: int, following: bytes | None) -> Samples | None:
        """Return what belongs into a gap of so many samples at 8 kHz just before `following`, or its last part.

        To be asked before `following` itself is decoded. None: the codec knows nothing, the bank must help itself.
        """
        ...


class Encoder(Protocol):
    samples_per_packet: int
    """RTP clock units that a frame of 20 ms advances."""

    def encode(self, frame: Samples) -> bytes | None:
        """Take int16 (FRAME,) at 8 kHz; return its payload, or None when there is nothing to send now (DTX)."""
        ...

    def expect_loss(self, fraction: float) -> None:
        """Prepare for this share (0–1) of the packets being lost on their way."""
        ...


def bounded(payload: bytes, samples: int) -> bytes:
    """Return the payload. Raises MalformedPayload when it is empty or holds more than MAX_SAMPLES."""
    if not 0 < samples <= MAX_SAMPLES:
        raise MalformedPayload(f"a payload of {len(payload)} octets")
    return payload


NOTHING: Samples = np.zeros(0, np.int16)
