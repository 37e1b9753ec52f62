"""The gain matrix: what every leg hears, computed for all legs at once.

A centre's matrix is nearly empty (most legs hear one other), so it is kept as a list of its non-zero cells, sorted by
listener, and summed by `reduceat`: the work grows with the legs, not with their square.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.limiter import Limiter
from yuelai.wire.g711 import DECODE, ENCODE, Codes, Law, Samples

Heard = npt.NDArray[np.float32]

_LAWS = list(Law)
_DECODE = np.concatenate([DECODE[law] for law in _LAWS])
_ENCODE = np.concatenate([ENCODE[law] for law in _LAWS])


class Mixer:
    """Fixed to a set of legs, each a row; build a new one when legs, laws or cells change.

    `cells` are (speaker row, listener row, gain) with gain ≠ 0, each pair at most once.
    """

    def __init__(self, laws: Sequence[Law], cells: Iterable[tuple[int, int, float]]) -> None:
        self.rows = len(laws)
        which = np.array([_LAWS.index(law) for law in laws], np.uint32).reshape(-1, 1)
        self._one_law = laws[0] if len(set(laws)) == 1 else None
        self._decode_offset, self._encode_offset = (which * 256).astype(np.uint16), which * 65536
        ordered = sorted(cells, key=lambda cell: cell[1])
        self._speakers = np.array([speaker for speaker, _, _ in ordered], np.intp)
        listeners = np.array([listener for _, listener, _ in ordered], np.intp)
        self._gains = np.array([gain for _, _, gain in ordered], np.float32).reshape(-1, 1)
        self._listeners, self._starts = np.unique(listeners, return_index=True)
        self._plain = bool(np.all(self._gains == 1)) and len(self._listeners) == len(ordered)
        self._all_listen = len(self._listeners) == self.rows
        self._limiter = Limiter(self.rows)

    def decode(self, codes: bytes) -> Samples:
        """Take FRAME codes of every row joined; return int16 (rows, FRAME)."""
        index = np.frombuffer(codes, np.uint8).reshape(self.rows, FRAME)
        if self._one_law is not None:
            return DECODE[self._one_law].take(index)
        return _DECODE.take(index + self._decode_offset)

    def mix(self, said: Samples) -> Heard:
        """Take int16 (rows, FRAME), what each leg said; return float32 (rows, FRAME), what each hears of the others."""
        if self._plain and self._all_listen:
            return said.take(self._speakers, axis=0).astype(np.float32)
        heard: Heard = np.zeros((self.rows, FRAME), np.float32)
        if self._plain:
            heard[self._listeners] = said[self._speakers]
        else:
            heard[self._listeners] = np.add.reduceat(said[self._speakers] * self._gains, self._starts, axis=0)
        return heard

    def limit(self, heard: Heard) -> Samples:
        """Bring float32 (rows, FRAME) within 16 bits, once a tick, after all is added; sums too loud are turned down.

        Up to −3 dBFS nothing changes.
        """
        return self._limiter.limit(heard)

    def codes(self, sound: Samples) -> Codes:
        """Return int16 (rows, FRAME) as uint8 (rows, FRAME) in each row's law."""
        index = sound.view(np.uint16)
        if self._one_law is not None:
            return ENCODE[self._one_law].take(index)
        return _ENCODE.take(index + self._encode_offset)

    def encode(self, heard: Heard) -> Codes:
        """`limit`, then `codes`."""
        return self.codes(self.limit(heard))
