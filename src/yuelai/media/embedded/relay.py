"""Packets handed on from one leg to the other as they come, under the listener's own numbering (RFC 3550 §7.2).

A loss before us stays a loss behind us: sequence numbers and timestamps of a speaker are moved by constant offsets,
so that repetition, order and gaps are as they were. What is held back (keys) leaves no gap.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.codecs import Agreed
from yuelai.media.embedded.io import Batch, Indices
from yuelai.media.embedded.stream import MASK, SLOTS, Lines, build
from yuelai.media.embedded.terms import Terms
from yuelai.wire.g711 import Codes, Law, decode, encode

HELD_BACK = 255
"""In `Relay.types`: what comes under this payload type does not go on."""

JUMP = 200
"""Packets (4 s) by which a source may jump before its numbering is taken for a new one."""

_PAUSE = 0.1
"""Seconds without a packet after which the next one begins a talk spurt."""

_G711 = ("PCMU", "PCMA")


def _table(from_: Law, to: Law) -> Codes:
    """G.711 §3.4, code by code."""
    return np.frombuffer(encode(decode(bytes(range(256)), from_), to), np.uint8)


_SAME = np.arange(256, dtype=np.uint8)
_RECODE = np.stack([_SAME, _table(Law.PCMU, Law.PCMA), _table(Law.PCMA, Law.PCMU)])


def accepted(speaker: Agreed, listener: Terms) -> int | None:
    """Return the payload type under which the listener takes what is spoken, None if it must be coded anew.

    Between the laws of G.711 every code has its counterpart. A wide codec goes to whoever can decode it; G.711 only to
    those that are to get G.711, as others were given a better codec for a reason (a poor link).
    """
    wanted = listener.codec
    if speaker.name in _G711:
        return wanted.payload_type if wanted.name in _G711 else None
    for codec in (wanted, *listener.codecs.values()):
        if (codec.name, codec.clock) == (speaker.name, speaker.clock):
            return codec.payload_type
    return None


class Relay:
    """Arrays by the speaker's slot."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.to = np.full(SLOTS, -1, np.intp)
        """The listener's slot; −1: not relayed."""
        self._types: npt.NDArray[np.uint8] = np.full((SLOTS, 128), HELD_BACK, np.uint8)
        self._recode: npt.NDArray[np.uint8] = np.zeros((SLOTS, 128), np.uint8)
        self._events = np.zeros(SLOTS, np.bool_)
        self._clock = np.full(SLOTS, 8000, np.int64)
        self._pending = np.ones(SLOTS, np.bool_)
        self._sequence = np.zeros(SLOTS, np.int64)
        self._timestamp = np.zeros(SLOTS, np.int64)
        self._floor = np.zeros(SLOTS, np.int64)
        """The speaker's timestamp before which nothing goes on: it was heard already."""
        self._newest = np.zeros(SLOTS, np.int64)

    def join(self, speaker: int, listener: int, spoken: Terms, taken: Terms, *, speaks: Agreed, events: bool) -> None:
        """Hand on what `speaker` says; `events`: telephone events too, if the listener agreed on them."""
        types = self._types[speaker]
        types[:] = HELD_BACK
        self._recode[speaker] = 0
        for number, codec in spoken.codecs.items():
            out = accepted(codec, taken)
            if out is not None and codec.clock == speaks.clock:
                types[number] = out
                if codec.name in _G711 and codec.name != taken.codec.name:
                    self._recode[speaker, number] = 1 if codec.name == "PCMU" else 2
        self._events[speaker] = False
        if events:
            for number, clock in spoken.events.items():
                same = next((other for other, its in taken.events.items() if its == clock == speaks.clock), None)
                if same is not None:
                    types[number] = same
                    self._events[speaker] = True
        if spoken.noise is not None and taken.noise is not None and speaks.clock == 8000:
            types[spoken.noise] = taken.noise
        if self.to[speaker] != listener:
            self._pending[speaker] = True
        self.to[speaker] = listener
        self._clock[speaker] = speaks.clock

    def part(self, speaker: int) -> None:
        """Idempotent."""
        self.to[speaker] = -1

    def begin_again(self, speaker: int) -> None:
        """Its next packet belongs to another source."""
        self._pending[speaker] = True

    def passes(self, speaker: int, payload_type: int) -> bool:
        """Tell whether what comes under this payload type goes on."""
        return self.to[speaker] >= 0 and bool(self._types[speaker, payload_type] != HELD_BACK)

    def passes_events(self, speaker: int) -> bool:
        """Tell whether its telephone events go on by themselves."""
        return self.to[speaker] >= 0 and bool(self._events[speaker])

    def look_after(self) -> None:
        """Once a second: let what counts as old follow, as timestamps wrap."""
        joined = np.flatnonzero(self.to >= 0)
        self._floor[joined] = (self._newest[joined] - 2 * self._clock[joined]) & MASK

    def _anchor(self, speaker: int, sequence: int, timestamp: int, now: float) -> None:
        lines, listener, clock = self._lines, int(self.to[speaker]), int(self._clock[speaker])
        since = now - float(lines.sent_at[listener]) if lines.packets[listener] else 0.0
        lines.clock[listener], lines.step[listener] = clock, clock // 50
        if since > _PAUSE:
            lines.timestamp[listener] = (int(lines.timestamp[listener]) + int((since - 0.02) * clock)) & MASK
            lines.fresh[listener] = True
        self._sequence[speaker] = int(lines.sequence[listener]) - sequence
        self._timestamp[speaker] = int(lines.timestamp[listener]) - timestamp
        self._floor[speaker], self._newest[speaker] = timestamp, timestamp
        self._pending[speaker] = False

    def forward(self, batch: Batch, rows: Indices, now: float) -> tuple[Indices, Indices, Indices]:
        """Rewrite these rows, all of relayed speakers and in order of arrival, within the batch's buffer.

        Return for those that go on: their rows, where the packet now begins, and the listeners' slots.
        """
        speakers = batch.slots[rows]
        if self._pending[speakers].any():
            for row, speaker in zip(rows.tolist(), speakers.tolist(), strict=True):
                if self._pending[speaker] and self._types[speaker, batch.types[row]] != HELD_BACK:
                    self._anchor(speaker, int(batch.sequences[row]), int(batch.timestamps[row]), now)
        types = self._types[speakers, batch.types[rows]]
        stamped = batch.timestamps[rows]
        lines, listeners = self._lines, self.to[speakers]
        sequences = (batch.sequences[rows] + self._sequence[speakers]) & 0xFFFF
        ahead = ((sequences - lines.sequence[listeners] + 0x8000) & 0xFFFF) - 0x8000
        since = ((stamped - self._floor[speakers] + 0x80000000) & MASK) - 0x80000000
        jumped = ((np.abs(ahead) > JUMP) | ((ahead >= 0) & (since < 0))) & ~self._pending[speakers]
        if jumped.any():
            if len(rows) > 1:
                # Each by itself: numbers that jump to and fro would make each other jump for ever.
                return self._one_by_one(batch, rows, now)
            self._pending[speakers[jumped]] = True
            return self.forward(batch, rows, now)
        held = (types == HELD_BACK) & (since >= 0) & (ahead >= 0)
        if held.any():
            if len(np.unique(speakers)) < len(speakers):
                return self._one_by_one(batch, rows, now)
            # What is held back must not look lost: what follows it takes its number.
            self._sequence[speakers[held]] -= 1
        goes = (types != HELD_BACK) & (since >= 0)
        if not goes.all():
            rows, speakers, listeners, types = rows[goes], speakers[goes], listeners[goes], types[goes]
            stamped, ahead, sequences = stamped[goes], ahead[goes], sequences[goes]
            if not len(rows):
                return rows, rows, listeners
        timestamps = (stamped + self._timestamp[speakers]) & MASK
        self._recoded(batch, rows, speakers)
        marks = batch.markers[rows] | lines.fresh[listeners]
        headers = build(types | (marks * np.int64(0x80)), sequences, timestamps, lines.ssrc[listeners])
        begins = batch.starts[rows] - 12
        if begins.any():
            for header, row, begin in zip(headers, rows.tolist(), begins.tolist(), strict=True):
                batch.buffer[row, begin : begin + 12] = header
        else:
            batch.buffer[rows, :12] = headers
        self._count(batch, rows, speakers, listeners, sequences, timestamps, stamped, ahead, now)
        return rows, begins, listeners

    def _one_by_one(self, batch: Batch, rows: Indices, now: float) -> tuple[Indices, Indices, Indices]:
        done = [self.forward(batch, rows[place : place + 1], now) for place in range(len(rows))]
        return tuple(np.concatenate(parts) for parts in zip(*done, strict=True))  # type: ignore[return-value]

    def _recoded(self, batch: Batch, rows: Indices, speakers: Indices) -> None:
        how = self._recode[speakers, batch.types[rows]]
        if not how.any():
            return
        changed = np.flatnonzero(how)
        rows, how = rows[changed], how[changed]
        starts, ends = batch.starts[rows], batch.ends[rows]
        if (starts == 12).all() and (ends == 172).all():
            index = batch.buffer[rows, 12:172].astype(np.uint16) + (how.astype(np.uint16) * 256)[:, None]
            batch.buffer[rows, 12:172] = _RECODE.ravel().take(index)
            return
        for row, start, end, which in zip(rows.tolist(), starts.tolist(), ends.tolist(), how.tolist(), strict=True):
            batch.buffer[row, start:end] = _RECODE[which][batch.buffer[row, start:end]]

    def _count(
        self,
        batch: Batch,
        rows: Indices,
        speakers: Indices,
        listeners: Indices,
        sequences: Indices,
        timestamps: Indices,
        stamped: Indices,
        ahead: Indices,
        now: float,
    ) -> None:
        """Let the listeners' lines follow, so that what comes after the relay goes on from there."""
        lines, sizes = self._lines, batch.ends[rows] - batch.starts[rows]
        np.add.at(lines.packets, listeners, 1)
        lines.sent += len(rows)
        np.add.at(lines.octets, listeners, sizes)
        lines.fresh[listeners] = False
        lines.sent_at[listeners] = now
        newer = ahead >= 0
        if not newer.all():
            speakers, listeners, stamped = speakers[newer], listeners[newer], stamped[newer]
            sequences, timestamps, sizes = sequences[newer], timestamps[newer], sizes[newer]
        lasts = lines.step[listeners]
        # G.711 says by its size how long a packet is; others are taken for 20 ms.
        samples = np.where((self._clock[speakers] == 8000) & (sizes > lasts), sizes, lasts)
        lines.sequence[listeners] = (sequences + 1) & 0xFFFF
        lines.timestamp[listeners] = (timestamps + samples) & MASK
        self._newest[speakers] = stamped
