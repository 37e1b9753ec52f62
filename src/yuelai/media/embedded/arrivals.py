"""What arrives: sound into the bank or on through the relay, keys told, reports read. Whole batches at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pylibsrtp

from yuelai.media.capture import Coding
from yuelai.media.embedded.bank import Bank
from yuelai.media.embedded.codecs import Decoder, MalformedPayload
from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.io import Address, Batch, Indices, Numbers, Port
from yuelai.media.embedded.leg import LIVELY, Buffer, Leg
from yuelai.media.embedded.presses import Press
from yuelai.media.embedded.receptions import Receptions
from yuelai.media.embedded.relay import Relay
from yuelai.media.embedded.stream import SLOTS
from yuelai.platform.ids import LegId
from yuelai.wire.dtmf import MalformedEvent
from yuelai.wire.g711 import DECODE, Law
from yuelai.wire.rtp import RtpPacket, sequence_distance, timestamp_distance

NOTHING, PCMU, PCMA, CODED, EVENT, NOISE = range(6)
"""What a payload type means on a leg."""

_DECODE = np.concatenate([DECODE[Law.PCMU], DECODE[Law.PCMA]])
_KINDS = {"PCMU": PCMU, "PCMA": PCMA}

MAX_GAP = 3 * FRAME
"""Samples a codec is asked to make up at most; after that the bank fades out."""

Losses = (OSError, pylibsrtp.Error, ValueError)
"""What sending may raise: the packet is lost, as packets are. (libsrtp's binding takes no packet beyond 1356 bytes.)"""


class Host(Protocol):
    """What arrivals cause elsewhere."""

    def pressed(self, leg: Leg, presses: list[Press]) -> None:
        """Keys went down or came up, told by telephone events."""
        ...

    def failed(self, leg: Leg) -> None:
        """An exception is being handled that only this leg may suffer from."""
        ...

    def speaks_otherwise(self, leg: Leg) -> None:
        """Its sound comes in another codec from this packet on."""
        ...

    def changed(self, *legs: LegId) -> None:
        """Something that decides whether these are relayed is different."""
        ...


class Clockwork:
    """Brings the timestamps of one coded source to 8 kHz, across their wrapping, and finds the gaps between packets."""

    __slots__ = ("_expected", "_extended", "_sequence", "_stamp")

    def __init__(self) -> None:
        self._sequence: int | None = None
        self._stamp = self._extended = self._expected = 0

    def take(self, sequence: int, timestamp: int, clock: int) -> tuple[int, int]:
        """Return where the packet belongs, at 8 kHz, and how many samples were lost just before it."""
        if self._sequence is None:
            self._stamp, self._extended, step = timestamp, timestamp + (1 << 32), 1
        else:
            step = sequence_distance(sequence, self._sequence)
            self._extended += timestamp_distance(timestamp, self._stamp)
            self._stamp = timestamp
        place = self._extended * RATE // clock
        lost = place - self._expected if step > 1 else 0
        if step > 0:
            self._sequence = sequence
        return place, lost if 0 < lost <= MAX_GAP else 0

    def went(self, place: int, samples: int) -> None:
        self._expected = max(self._expected, place + samples)


class Arrivals:
    def __init__(self, bank: Bank, receptions: Receptions, relay: Relay, host: Host) -> None:
        self._bank, self._receptions, self._relay, self._host = bank, receptions, relay, host
        self._kinds: npt.NDArray[np.uint8] = np.zeros((SLOTS, 128), np.uint8)
        self._clocks: npt.NDArray[np.int64] = np.full((SLOTS, 128), RATE, np.int64)
        """Of the timestamps, by payload type: a browser may change from PCMU to Opus and back as it likes."""
        self.legs: list[Leg | None] = [None] * SLOTS
        self._clockworks: dict[int, Clockwork] = {}
        self._spoken = np.full(SLOTS, -1, np.int64)
        """Payload type of the last sound; −1: none yet."""
        self.senders: list[Callable[[Buffer], object] | None] = [None] * SLOTS
        """Who sends a packet to a slot's party; None: nothing may be sent now."""
        self.recorded = np.zeros(SLOTS, np.bool_)
        self.heard_at = np.zeros(SLOTS)
        self.packets = 0

    def open(self, leg: Leg) -> None:
        self.legs[leg.slot] = leg
        self._kinds[leg.slot] = NOTHING
        self.heard_at[leg.slot] = 0.0

    def close(self, slot: int) -> None:
        self.legs[slot] = self.senders[slot] = None
        self._kinds[slot] = NOTHING
        self.recorded[slot] = False
        self._clockworks.pop(slot, None)

    def agree(self, leg: Leg) -> None:
        """Follow the leg's terms."""
        terms, kinds = leg.terms, self._kinds[leg.slot]
        kinds[:] = NOTHING
        self._spoken[leg.slot] = -1
        self._clocks[leg.slot] = RATE
        if terms is None:
            return
        for number, codec in terms.codecs.items():
            self._clocks[leg.slot, number] = codec.clock
            kinds[number] = _KINDS.get(codec.name, CODED)
        for number in terms.events:
            kinds[number] = EVENT
        if terms.noise is not None:
            kinds[terms.noise] = NOISE

    def take(self, batch: Batch, now: float) -> None:
        kinds = self._kinds[batch.slots, batch.types]
        good = (kinds != NOTHING) & (batch.ends > batch.starts)
        for row, port, source in batch.sources:
            # Asked again: a packet before it in this batch may have settled who is heard.
            good[row] = good[row] and self._settles(port, source, now)
        rows = np.flatnonzero(good)
        if not len(rows):
            return
        slots, kinds = batch.slots[rows], kinds[rows]
        if (self.heard_at[slots] < now - LIVELY).any():
            back = slots[self.heard_at[slots] < now - LIVELY]
            self._host.changed(*(leg.id for slot in set(back.tolist()) if (leg := self.legs[slot]) is not None))
        self.heard_at[slots] = now
        self.packets += len(rows)
        sound, arrival = kinds != EVENT, np.full(len(rows), now)
        clocks = self._clocks[slots, batch.types[rows]]
        fresh = self._receptions.packets(
            slots, batch.sequences[rows], batch.timestamps[rows], batch.ssrcs[rows], arrival, sound, clocks
        )
        if fresh.any():
            for slot in np.unique(slots[fresh]).tolist():
                self._begin_again(slot)
        if not sound.all():
            for row in rows[~sound].tolist():
                self._alone(batch, row, lambda leg, row: self._event(leg, batch, row, now))
        speech = kinds <= CODED
        self._notice_codecs(slots[speech], batch.types[rows[speech]])
        recorded = self.recorded[slots] & speech
        if recorded.any():
            for row in rows[recorded].tolist():
                self._alone(batch, row, lambda leg, row: self._record(leg, batch, row, now))
        relayed = self._relay.to[slots] >= 0
        if relayed.any():
            self._hand_on(batch, rows[relayed], now)
        mixed = sound & ~relayed
        if mixed.any():
            self._bank_in(batch, rows[mixed], slots[mixed], kinds[mixed])

    def _settles(self, port: Port, source: Address, now: float) -> bool:
        """Tell whether sound from there is to be heard, and remember that it was."""
        try:
            admitted = port.transport.admits(source, report=False)
            if admitted:
                port.transport.heard(source, now)
        except Exception:
            leg = self.legs[port.slot]
            if leg is not None:
                self._host.failed(leg)
            return False
        return admitted

    def _begin_again(self, slot: int) -> None:
        leg = self.legs[slot]
        if leg is not None:
            if ended := leg.presses.end():
                self._host.pressed(leg, ended)
            leg.begin_again()
            for recorder in leg.recorders:
                recorder.source(0)
        self._clockworks.pop(slot, None)
        self._bank.reset(slot)
        self._relay.begin_again(slot)

    def _notice_codecs(self, slots: Indices, types: Numbers) -> None:
        """Parties may change from one agreed codec to another at any packet."""
        for place in np.flatnonzero(types != self._spoken[slots]).tolist():
            slot, type_ = int(slots[place]), int(types[place])
            leg = self.legs[slot]
            if leg is None or leg.terms is None:
                continue
            self._spoken[slot], leg.speaks = type_, leg.terms.codecs[type_]
            self._clockworks.pop(slot, None)
            self._host.speaks_otherwise(leg)

    def _alone(self, batch: Batch, row: int, do: Callable[[Leg, int], None]) -> None:
        """Do what is done for one packet at a time, so that what goes wrong is no one else's trouble."""
        leg = self.legs[batch.slots[row]]
        if leg is not None:
            try:
                do(leg, row)
            except Exception:
                self._host.failed(leg)

    def _record(self, leg: Leg, batch: Batch, row: int, now: float) -> None:
        if leg.terms is None:
            return
        codec = leg.terms.codecs[int(batch.types[row])]
        number = Coding.of(codec.name, codec.clock)
        if number is not None:
            payload, stamp = batch.payload(row), int(batch.timestamps[row])
            for recorder in leg.recorders:
                recorder.packet(0, number, stamp, now, payload)

    # Relayed

    def _hand_on(self, batch: Batch, rows: Indices, now: float) -> None:
        rows, begins, listeners = self._relay.forward(batch, rows, now)
        senders, views = self.senders, batch.views
        going = zip(rows.tolist(), begins.tolist(), batch.ends[rows].tolist(), listeners.tolist(), strict=True)
        for row, begin, end, listener in going:
            sender = senders[listener]
            if sender is not None:
                try:
                    sender(views[row][begin:end])
                except Losses:
                    continue
        recorded = self.recorded[listeners]
        if recorded.any():
            for row, begin, listener in zip(
                rows[recorded].tolist(), begins[recorded].tolist(), listeners[recorded].tolist(), strict=True
            ):
                self._record_sent(batch, row, begin, listener, now)

    def _record_sent(self, batch: Batch, row: int, begin: int, listener: int, now: float) -> None:
        leg, view = self.legs[listener], batch.views[row]
        if leg is None or leg.terms is None or self.senders[listener] is None:
            return
        codec = leg.terms.codecs.get(view[begin + 1] & 0x7F)
        number = None if codec is None else Coding.of(codec.name, codec.clock)
        if number is not None:
            payload, stamp = batch.payload(row), int.from_bytes(view[begin + 4 : begin + 8], "big")
            for recorder in leg.recorders:
                recorder.packet(1, number, stamp, now, payload)

    # Mixed

    def _bank_in(self, batch: Batch, rows: Indices, slots: Indices, kinds: npt.NDArray[np.uint8]) -> None:
        starts = batch.starts[rows]
        usual = (kinds <= PCMA) & (batch.ends[rows] - starts == FRAME) & (starts == 12)
        if usual.all():
            self._frames(batch, rows, slots, kinds)
            return
        if usual.any():
            self._frames(batch, rows[usual], slots[usual], kinds[usual])
        for row, slot, kind in zip(rows[~usual].tolist(), slots[~usual].tolist(), kinds[~usual].tolist(), strict=True):
            if kind <= PCMA:
                law = Law.PCMU if kind == PCMU else Law.PCMA
                samples = DECODE[law][batch.buffer[row, batch.starts[row] : batch.ends[row]]]
                if len(samples) <= 12 * FRAME:
                    self._bank.write(slot, int(batch.timestamps[row]), samples)
            elif kind == NOISE:
                self._bank.noise(slot, int(batch.timestamps[row]), int(batch.buffer[row, batch.starts[row]]) & 0x7F)
            else:
                self._alone(batch, row, lambda leg, row: self._coded(leg, batch, row))

    def _frames(self, batch: Batch, rows: Indices, slots: Indices, kinds: npt.NDArray[np.uint8]) -> None:
        codes = batch.buffer[rows, 12 : 12 + FRAME].astype(np.uint16)
        codes += ((kinds.astype(np.uint16) - PCMU) << 8)[:, None]
        self._bank.write_frames(slots, batch.timestamps[rows].astype(np.uint32), _DECODE.take(codes))

    def _coded(self, leg: Leg, batch: Batch, row: int) -> None:
        slot = leg.slot
        decoder, payload = leg.decoder(int(batch.types[row])), batch.payload(row)
        clockwork = self._clockworks.get(slot)
        if clockwork is None:
            clockwork = self._clockworks[slot] = Clockwork()
        place, lost = clockwork.take(int(batch.sequences[row]), int(batch.timestamps[row]), decoder.clock)
        try:
            if lost:
                self._conceal(decoder, slot, place, lost, payload)
            samples = decoder.decode(payload)
        except MalformedPayload:
            return
        if len(samples):
            clockwork.went(place, len(samples))
            self._bank.write(slot, place & 0xFFFFFFFF, samples)

    def _conceal(self, decoder: Decoder, slot: int, place: int, lost: int, following: bytes) -> None:
        made_up = decoder.conceal(lost, following)
        if made_up is not None and len(made_up):
            self._bank.mend(slot, (place - len(made_up)) & 0xFFFFFFFF, made_up)

    # Keys

    def _event(self, leg: Leg, batch: Batch, row: int, now: float) -> None:
        if leg.terms is None:
            return
        packet = RtpPacket(
            int(batch.types[row]),
            int(batch.sequences[row]),
            int(batch.timestamps[row]),
            int(batch.ssrcs[row]),
            batch.payload(row),
            bool(batch.markers[row]),
        )
        try:
            presses = leg.presses.packet(packet, leg.terms.events[packet.payload_type], now)
        except MalformedEvent:
            return
        self._host.pressed(leg, presses)
