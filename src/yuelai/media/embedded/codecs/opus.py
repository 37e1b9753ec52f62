"""Opus (RFC 6716) by the libopus that PyAV carries, else the system's, at 8 kHz mono on our side.

Whatever the peer encodes (wide, stereo, music), the library gives us as telephone sound; the RTP clock is always 48,000
(RFC 7587 §4.1). FEC is what a packet tells again about the one before it (RFC 6716 §2.1.7).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import glob
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from yuelai.media.embedded.codecs.base import FRAME, MalformedPayload
from yuelai.wire.g711 import Samples

CLOCK = 48_000

_RATE = 8000
_VOIP = 2048
_MAX_PACKET = 960
"""Samples of the longest packet, 120 ms (RFC 6716 §2.1.4), at 8 kHz."""
_STEP = 20
"""Samples of the shortest frame, 2.5 ms: gaps are counted in these."""
_MAX_OCTETS = 1275
"""Of one frame (RFC 6716 §3.2.1)."""

_SET_BITRATE, _SET_VBR, _SET_COMPLEXITY, _SET_FEC, _SET_LOSS, _SET_DTX, _SET_SIGNAL = (
    4002,
    4006,
    4010,
    4012,
    4014,
    4016,
    4024,
)
_VOICE = 3001

BITRATE = 24_000
"""Bits a second, unless the peer wants fewer: at 50 packets a second the headers weigh more, and FEC has room."""
_MIN_BITRATE = 6000
_COMPLEXITY = 5
"""Of 10: above, narrow speech costs more and sounds the same."""

_TOLD = {
    -1: "bad argument",
    -2: "buffer too small",
    -3: "internal error",
    -4: "corrupted",
    -5: "not implemented",
    -6: "invalid state",
    -7: "out of memory",
}


class OpusFailed(Exception):
    """libopus refused something that is ours to get right."""

    def __init__(self, code: int) -> None:
        super().__init__(_TOLD.get(code, str(code)))


def _places() -> list[str]:
    """Where the library may be, best first; PyAV's is what was tested."""
    found = importlib.util.find_spec("av")
    beside = [] if found is None or found.origin is None else [Path(found.origin).parent]
    names = [name for folder in beside for name in glob.glob(f"{folder.parent / 'av.libs'}/libopus-*.so*")]
    names += [name for folder in beside for name in glob.glob(f"{folder / '.dylibs'}/libopus*.dylib")]
    system = ctypes.util.find_library("opus")
    return [*sorted(names), *([system] if system else [])]


@functools.cache
def library() -> Any:
    """Return libopus, or None when this machine has none."""
    for place in _places():
        try:
            # PyDLL keeps the interpreter's lock: given up for 50 us, it may be 5 ms until a busy thread hands it back.
            return _declared(ctypes.PyDLL(place))
        except (OSError, AttributeError):
            continue
    return None


def _declared(lib: Any) -> Any:
    state, number, octets, samples = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p
    result = ctypes.POINTER(number)
    lib.opus_encoder_create.argtypes, lib.opus_encoder_create.restype = [number, number, number, result], state
    lib.opus_decoder_create.argtypes, lib.opus_decoder_create.restype = [number, number, result], state
    lib.opus_encode.argtypes, lib.opus_encode.restype = [state, samples, number, octets, number], number
    lib.opus_decode.argtypes = [state, octets, number, samples, number, number]
    lib.opus_decode.restype = number
    lib.opus_packet_get_nb_samples.argtypes, lib.opus_packet_get_nb_samples.restype = [octets, number, number], number
    # The rest of opus_encoder_ctl is variadic: exactly the part declared here must be (ABIs differ in it).
    lib.opus_encoder_ctl.argtypes, lib.opus_encoder_ctl.restype = [state, number], number
    lib.opus_encoder_destroy.argtypes, lib.opus_encoder_destroy.restype = [state], None
    lib.opus_decoder_destroy.argtypes, lib.opus_decoder_destroy.restype = [state], None
    return lib


def available() -> bool:
    return library() is not None


class OpusDecoder:
    """Implements `Decoder`. Raises OpusFailed when made without the library."""

    clock = CLOCK

    def __init__(self) -> None:
        self._lib = library()
        if self._lib is None:
            raise OpusFailed(-5)
        error = ctypes.c_int()
        self._state = self._lib.opus_decoder_create(_RATE, 1, ctypes.byref(error))
        if error.value:
            raise OpusFailed(error.value)
        self._out = np.zeros(_MAX_PACKET, np.int16)
        self._place = self._out.ctypes.data

    def decode(self, payload: bytes) -> Samples:
        # Without octets the library would make sound up.
        if not payload:
            raise MalformedPayload("an empty payload")
        count = self._lib.opus_decode(self._state, payload, len(payload), self._place, _MAX_PACKET, 0)
        if count < 0:
            raise MalformedPayload(_TOLD.get(count, str(count)))
        return self._out[:count].copy()

    def conceal(self, samples: int, following: bytes | None) -> Samples | None:
        """Of a gap longer than 120 ms the last 120 are given. Where `following` tells nothing again, it is guessed."""
        wanted = min(samples - samples % _STEP, _MAX_PACKET)
        if wanted <= 0:
            return None
        if following:
            count = self._lib.opus_decode(self._state, following, len(following), self._place, wanted, 1)
        else:
            count = self._lib.opus_decode(self._state, None, 0, self._place, wanted, 0)
        return None if count <= 0 else self._out[:count].copy()

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._lib.opus_decoder_destroy(self._state)
            self._state = None


class OpusEncoder:
    """Implements `Encoder`. Follows what the peer says it likes to receive (RFC 7587 §6.1): useinbandfec, usedtx,
    maxaveragebitrate, cbr. Raises OpusFailed when made without the library."""

    samples_per_packet = CLOCK // 50

    def __init__(self, parameters: Mapping[str, str] | None = None) -> None:
        wanted = parameters or {}
        self._lib = library()
        if self._lib is None:
            raise OpusFailed(-5)
        error = ctypes.c_int()
        self._state = self._lib.opus_encoder_create(_RATE, 1, _VOIP, ctypes.byref(error))
        if error.value:
            raise OpusFailed(error.value)
        self._out = ctypes.create_string_buffer(_MAX_OCTETS)
        self._set(_SET_BITRATE, _bitrate(wanted.get("maxaveragebitrate")))
        self._set(_SET_VBR, 0 if wanted.get("cbr") == "1" else 1)
        self._set(_SET_COMPLEXITY, _COMPLEXITY)
        self._set(_SET_SIGNAL, _VOICE)
        self._set(_SET_DTX, 1 if wanted.get("usedtx") == "1" else 0)
        self._fec = wanted.get("useinbandfec") == "1"
        self._set(_SET_FEC, int(self._fec))

    def _set(self, what: int, value: int) -> None:
        code = self._lib.opus_encoder_ctl(self._state, what, ctypes.c_int(value))
        if code:
            raise OpusFailed(code)

    def expect_loss(self, fraction: float) -> None:
        """Only from some loss on the library tells things again, and the more the more is lost."""
        self._set(_SET_LOSS, round(min(max(fraction, 0.0), 1.0) * 100))

    def encode(self, frame: Samples) -> bytes | None:
        frame = np.ascontiguousarray(frame, np.int16)
        if frame.shape != (FRAME,):
            raise ValueError(f"a frame is ({FRAME},), not {frame.shape}")
        size = self._lib.opus_encode(self._state, frame.ctypes.data, FRAME, self._out, _MAX_OCTETS)
        if size < 0:
            raise OpusFailed(size)
        # Two octets or fewer are the silence that DTX leaves out.
        return self._out.raw[:size] if size > 2 else None

    def __del__(self) -> None:
        if getattr(self, "_state", None):
            self._lib.opus_encoder_destroy(self._state)
            self._state = None


def _bitrate(wanted: str | None) -> int:
    if wanted is not None and wanted.isascii() and wanted.isdigit() and len(wanted) < 8:
        return min(max(int(wanted), _MIN_BITRATE), BITRATE)
    return BITRATE
