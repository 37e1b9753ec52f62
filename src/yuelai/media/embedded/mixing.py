"""The tick: a frame of every leg that is mixed, from the bank through the matrix to its party."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

import numpy as np
import numpy.typing as npt

from yuelai.media.capture import Coding
from yuelai.media.embedded.arrivals import Arrivals, Losses
from yuelai.media.embedded.bank import Bank, Row
from yuelai.media.embedded.codecs import Agreed
from yuelai.media.embedded.frames import FRAME
from yuelai.media.embedded.hearing import Heard, Hearing
from yuelai.media.embedded.leg import Leg
from yuelai.media.embedded.levels import Leveller
from yuelai.media.embedded.mixer import Mixer
from yuelai.media.embedded.stream import Lines
from yuelai.media.ports import Barge, KeyMode, Side
from yuelai.wire.g711 import Law, Samples, encode

PRIMING = 6
"""Ticks for which a leg that was relayed may wait for its partner's sound to fill the bank: it hears a little later
then, instead of a hole."""

_MOST_DRAINED = 15
"""Frames (300 ms) handed over at most when a leg comes to be relayed."""

_PACKET = 12 + FRAME

Cell = tuple[int, int, float]


class Host(Protocol):
    def noticed(self, leg: Leg, heard: Heard) -> None:
        """Something was heard in a leg's sound."""
        ...

    def play_over(self, leg: Leg) -> None: ...
    def keys_over(self, leg: Leg) -> None: ...

    def failed(self, leg: Leg) -> None:
        """An exception is being handled that only this leg may suffer from."""
        ...


class Mixing:
    """Fixed to a set of legs, each a row, until the next `plan`."""

    def __init__(
        self, bank: Bank, lines: Lines, hearing: Hearing, leveller: Leveller, arrivals: Arrivals, host: Host
    ) -> None:
        self._bank, self._lines, self._hearing = bank, lines, hearing
        self._leveller, self._arrivals, self._host = leveller, arrivals, host
        self._priming: dict[int, int] = {}
        """Ticks left, by slot."""
        self.concealed = 0
        """Frames made up because none came."""
        self.plan([], [], [])

    def plan(self, legs: Sequence[Leg], sources: Sequence[Callable[[float], Samples]], cells: Sequence[Cell]) -> None:
        """`cells` count legs first, then sources."""
        self._legs, self._sources = list(legs), list(sources)
        laws = [_law(leg) for leg in legs]
        self._mixer = Mixer([*laws, *[Law.PCMA] * len(sources)], cells)
        self._slots = np.array([leg.slot for leg in legs], np.intp)
        senders = self._arrivals.senders
        ready = np.array([senders[leg.slot] is not None for leg in legs], np.bool_)
        narrow = np.array([leg.encoder is None for leg in legs], np.bool_)
        self._fast = np.flatnonzero(ready & narrow)
        self._still = np.flatnonzero(~ready)
        self._wide = [(row, leg) for row, leg in enumerate(legs) if ready[row] and leg.encoder is not None]
        self._playing = [(row, leg) for row, leg in enumerate(legs) if leg.player.play is not None]
        self._pressing = [(row, leg) for row, leg in enumerate(legs) if leg.keysend.busy]
        self._tapped = [(row, leg) for row, leg in enumerate(legs) if leg.taps]
        self._recorded = [(row, leg) for row, leg in enumerate(legs) if leg.recorders]
        self._even = np.array([row for row, leg in enumerate(legs) if leg.options.normalise], np.intp)
        self._listening = np.array([row for row, leg in enumerate(legs) if wants_hearing(leg)], np.intp)
        self._cut = np.array(
            [row for row, leg in enumerate(legs) if leg.options.tones and leg.options.keys is not KeyMode.RELAY],
            np.intp,
        )
        self._by_slot = {leg.slot: leg for leg in legs}
        self._speakers: dict[int, list[int]] = {}
        for speaker, listener, _ in cells:
            self._speakers.setdefault(listener, []).append(speaker)

    def prime(self, slot: int) -> None:
        """This leg was relayed until now."""
        self._priming[slot] = PRIMING

    def drain(self, speaker: Leg, listener: Leg, now: float) -> None:
        """Send what the bank still holds of a speaker that is relayed from now on."""
        sender, slot = self._arrivals.senders[listener.slot], np.array([speaker.slot])
        if sender is None or listener.terms is None:
            return
        for _ in range(_MOST_DRAINED):
            if self._bank.level[speaker.slot] < FRAME:
                return
            frame, how = self._bank.read(slot)
            if how[0] == Row.QUIET:
                return
            payload = encode(frame, _law(listener)) if listener.encoder is None else listener.encoder.encode(frame[0])
            if payload is not None:
                self._dispatch(listener, payload, now)

    def tick(self, now: float) -> None:
        legs, lines = self._legs, self._lines
        if not legs:
            return
        said, how = self._bank.read(self._slots)
        self.concealed += int(np.count_nonzero(how == Row.CONCEALED))
        if len(self._listening):
            self._hear(said)
        for row, leg in self._tapped:
            self._tap(leg, Side.SAID, said[row], there=how[row] != Row.QUIET)
        if len(self._even):
            said[self._even] = self._leveller.apply(self._slots[self._even], said[self._even])
        everything = said
        if self._sources:
            everything = np.concatenate([said, *[frame(now)[None] for frame in self._sources]])
        heard = self._mixer.mix(everything)
        for row, leg in self._playing:
            if leg.player.play is not None:
                try:
                    leg.player.play.mix_into(heard[row])
                except Exception:
                    self._host.failed(leg)
        withheld = self._press(heard, now)
        withheld |= self._primed(how)
        sound = self._mixer.limit(heard)
        for row, leg in self._tapped:
            self._tap(leg, Side.HEARD, sound[row], there=True)
        self._send(self._mixer.codes(sound), withheld, now)
        if len(self._still):
            lines.pause(self._slots[self._still])
        for row, leg in self._wide:
            if row not in withheld:
                try:
                    self._send_wide(leg, sound[row], now)
                except Exception:
                    self._host.failed(leg)
        for _, leg in self._playing:
            if leg.player.play is not None and leg.player.play.ended:
                self._host.play_over(leg)

    def _tap(self, leg: Leg, side: Side, sound: Samples, *, there: bool) -> None:
        for tap in leg.taps:
            if tap.side is side:
                try:
                    tap.hand_on(sound) if there else tap.skip()
                except Exception:
                    self._host.failed(leg)

    def _hear(self, said: Samples) -> None:
        slots = self._slots[self._listening]
        for heard in self._hearing.hear(slots, said[self._listening]):
            leg = self._by_slot.get(heard.slot)
            if leg is not None:
                try:
                    self._host.noticed(leg, heard)
                except Exception:
                    self._host.failed(leg)
        if len(self._cut):
            quieter = said[self._cut]
            self._hearing.cut(self._slots[self._cut], quieter)
            said[self._cut] = quieter

    def _press(self, heard: npt.NDArray[np.float32], now: float) -> set[int]:
        """Send keys; return the rows whose sound gives way to telephone events."""
        withheld: set[int] = set()
        for row, leg in self._pressing:
            if not leg.keysend.busy:
                continue
            try:
                event = None if leg.terms is None else leg.terms.event
                if event is None:
                    leg.keysend.mix_into(heard[row])
                elif self._send_keys(leg, *event, now):
                    withheld.add(row)
            except Exception:
                self._host.failed(leg)
            if not leg.keysend.busy:
                self._host.keys_over(leg)
        return withheld

    def _send_keys(self, leg: Leg, number: int, clock: int, now: float) -> bool:
        """Send this tick's telephone events; return whether its sound gives way to them."""
        lines, sender = self._lines, self._arrivals.senders[leg.slot]
        for stamp, marker, payload in leg.keysend.events(clock, int(lines.timestamp[leg.slot])):
            if sender is not None:
                with suppress(*Losses):
                    sender(lines.single(leg.slot, now, payload, timestamp=stamp, marker=marker, payload_type=number))
        if leg.keysend.quiet and sender is not None:
            lines.pause(np.array([leg.slot]))
        return leg.keysend.quiet and sender is not None

    def _primed(self, how: npt.NDArray[np.uint8]) -> set[int]:
        """Return the rows that still wait for their partner's sound."""
        if not self._priming:
            return set()
        waiting: set[int] = set()
        for row, leg in enumerate(self._legs):
            left = self._priming.get(leg.slot)
            if left is None:
                continue
            speakers = self._speakers.get(row, [])
            silent = all(speaker < len(how) and how[speaker] == Row.QUIET for speaker in speakers)
            if left and speakers and silent and leg.player.play is None and not leg.keysend.busy:
                self._priming[leg.slot] = left - 1
                waiting.add(row)
            else:
                del self._priming[leg.slot]
        if not waiting:
            self._priming.clear()
        return waiting

    def _send(self, codes: npt.NDArray[np.uint8], withheld: set[int], now: float) -> None:
        rows = self._fast
        if withheld:
            rows = rows[~np.isin(rows, list(withheld))]
        if not len(rows):
            return
        slots, legs, senders = self._slots[rows], self._legs, self._arrivals.senders
        packets = np.empty((len(rows), _PACKET), np.uint8)
        stamps = self._lines.timestamp[slots]
        packets[:, :12] = self._lines.next(slots, now, FRAME)
        packets[:, 12:] = codes[rows]
        data, at = packets.tobytes(), 0
        for slot in slots.tolist():
            sender = senders[slot]
            at += _PACKET
            if sender is not None:
                try:
                    sender(data[at - _PACKET : at])
                except Losses:
                    continue
        if not self._recorded:
            return
        places = {row: place for place, row in enumerate(rows.tolist())}
        for row, leg in self._recorded:
            place = places.get(row)
            if place is not None:
                payload = data[place * _PACKET + 12 : (place + 1) * _PACKET]
                number = int(_law(legs[row]))
                for recorder in leg.recorders:
                    recorder.packet(1, number, int(stamps[place]), now, payload)

    def _send_wide(self, leg: Leg, sound: Samples, now: float) -> None:
        assert leg.encoder is not None
        payload = leg.encoder.encode(sound)
        if payload is None:
            self._lines.pause(np.array([leg.slot]))
        else:
            self._dispatch(leg, payload, now)

    def _dispatch(self, leg: Leg, payload: bytes, now: float) -> None:
        """Send one payload of 20 ms in the leg's codec."""
        sender, stamp = self._arrivals.senders[leg.slot], int(self._lines.timestamp[leg.slot])
        packet = self._lines.single(leg.slot, now, payload)
        if sender is not None:
            with suppress(*Losses):
                sender(packet)
        if leg.recorders and leg.terms is not None:
            number = Coding.of(leg.terms.codec.name, leg.terms.codec.clock)
            if number is not None:
                for recorder in leg.recorders:
                    recorder.packet(1, number, stamp, now, payload)


def wants_hearing(leg: Leg) -> bool:
    """Something is to be found in its sound: by its options, or to end what plays to it."""
    options, play = leg.options, leg.player.play
    return options.tones or bool(options.detect) or options.speech or (play is not None and Barge.SPEECH in play.barge)


def _law(leg: Leg) -> Law:
    codec: Agreed | None = None if leg.terms is None else leg.terms.codec
    return Law.PCMU if codec is not None and codec.name == "PCMU" else Law.PCMA
