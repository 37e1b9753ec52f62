"""RTCP of all legs, and what it says together with what we count: how each leg sounds."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

from yuelai.media.embedded.bank import Bank
from yuelai.media.embedded.frames import RATE
from yuelai.media.embedded.leg import Leg
from yuelai.media.embedded.receptions import Receptions
from yuelai.media.embedded.stream import Lines
from yuelai.media.ports import Quality, QualityChanged
from yuelai.wire.quality import mos
from yuelai.wire.rtcp import ReportBlock, report, report_blocks, round_trip, split

REPORT_EVERY = 5.0
"""Seconds between our reports (RFC 3550 §6.2)."""

MOST_COMPOUNDS = 20
"""Read of each leg's in a second; who sends more is not asking to be heard better."""

POOR, GOOD = 3.1, 3.6
"""MOS under which a link is told to be poor after `_INTERVALS` reports, and over which it is good again."""

_INTERVALS = 2
_POOR_LOSS = 0.1
_SENDER_REPORT, _RECEIVER_REPORT = 200, 201
_BEST = 4.5


@dataclass
class _Link:
    """What is known of a leg's link."""

    began: float
    cname: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    """Random, so that it tells nothing and differs from leg to leg (RFC 7022 §4.2)."""
    due: float = 0.0
    second: int = 0
    compounds: int = 0
    """How many came in this second."""
    out: ReportBlock | None = None
    out_jitter_ms: float | None = None
    round_trip_ms: float | None = None
    in_mos: float = _BEST
    out_mos: float = _BEST
    packets: int = 0
    late: int = 0
    """Packets in all, and those that came after their turn, when the last interval ended."""
    worse: int = 0
    better: int = 0
    poor: bool = False


class Reports:
    def __init__(self, lines: Lines, receptions: Receptions, bank: Bank) -> None:
        self._lines, self._receptions, self._bank = lines, receptions, bank
        self._links: dict[int, _Link] = {}

    def open(self, slot: int, now: float) -> None:
        # Spread over the interval, so that the reports of legs made together do not leave together.
        self._links[slot] = _Link(now, due=now + REPORT_EVERY * (0.5 + secrets.randbelow(500) / 1000))

    def close(self, slot: int) -> None:
        self._links.pop(slot, None)

    def take(self, leg: Leg, compound: bytes, now: float) -> None:
        """Take what the peer reports; malformed packets and what we do not read are passed over."""
        link = self._links.get(leg.slot)
        if link is None or self._floods(link, now):
            return
        try:
            for packet in split(compound):
                if packet.kind == _SENDER_REPORT:
                    self._receptions.sender_report(leg.slot, packet.body, now)
                if packet.kind in (_SENDER_REPORT, _RECEIVER_REPORT):
                    for block in report_blocks(packet):
                        if block.ssrc == self._lines.ssrc[leg.slot]:
                            self._reported(leg, link, block)
        except ValueError:
            return

    @staticmethod
    def _floods(link: _Link, now: float) -> bool:
        if int(now) != link.second:
            link.second, link.compounds = int(now), 0
        link.compounds += 1
        return link.compounds > MOST_COMPOUNDS

    def _reported(self, leg: Leg, link: _Link, block: ReportBlock) -> None:
        link.out = block
        link.out_jitter_ms = 1000 * block.jitter / float(self._lines.clock[leg.slot])
        seconds = round_trip(block, time.time())
        if seconds is not None:
            link.round_trip_ms = 1000 * seconds
        loss = block.fraction_lost / 256
        link.out_mos = mos(_codec(leg), loss, link.out_jitter_ms, link.round_trip_ms)
        self._prepare(leg, link)

    @staticmethod
    def _prepare(leg: Leg, link: _Link) -> None:
        """Let what we send stand the loss that is told of it, and on a poor link some in any case."""
        if leg.encoder is not None:
            told = 0.0 if link.out is None else link.out.fraction_lost / 256
            leg.encoder.expect_loss(max(told, _POOR_LOSS if link.poor else 0.0))

    def look_after(self, leg: Leg, now: float) -> None:
        """Once a second: report where it is due, and tell when the link became poor or good."""
        link = self._links[leg.slot]
        if now < link.due or leg.terms is None:
            return
        link.due = now + REPORT_EVERY
        block = self._receptions.block(leg.slot, now)
        sender = self._lines.sender(leg.slot, now)
        ssrc = int(self._lines.ssrc[leg.slot])
        leg.transport.send_report(report(ssrc, link.cname, sender, [block] if block else []))
        if block is not None:
            link.in_mos = self._heard(leg, link)
            self._judge(leg, link, now)

    def _heard(self, leg: Leg, link: _Link) -> float:
        """Return the score of the interval just reported on: what comes too late is lost to the ear as well."""
        totals, late = self._receptions.totals(leg.slot), int(self._bank.late[leg.slot])
        came = max(totals.packets - link.packets, 1)
        in_time = 1 - min((late - link.late) / came, 1.0)
        link.packets, link.late = totals.packets, late
        loss = 1 - (1 - totals.interval_loss) * in_time
        return mos(_codec(leg), loss, totals.jitter_ms, link.round_trip_ms)

    def _judge(self, leg: Leg, link: _Link, now: float) -> None:
        worst = min(link.in_mos, link.out_mos)
        link.worse = link.worse + 1 if worst < POOR else 0
        link.better = link.better + 1 if worst > GOOD else 0
        poor = link.worse >= _INTERVALS if not link.poor else link.better < _INTERVALS
        if poor != link.poor:
            link.poor = poor
            change = getattr(leg.transport, "link", None)
            if change is not None:
                change(poor)
            self._prepare(leg, link)
            leg.emit(QualityChanged(leg.id, poor, self.quality(leg, now)))

    def quality(self, leg: Leg, now: float) -> Quality:
        slot, link = leg.slot, self._links[leg.slot]
        totals, out = self._receptions.totals(slot), link.out
        sent = int(self._lines.packets[slot])
        return Quality(
            codec=_codec(leg),
            seconds=now - link.began,
            in_packets=totals.packets,
            in_lost=totals.lost,
            in_loss=totals.loss,
            in_jitter_ms=totals.jitter_ms,
            in_late=int(self._bank.late[slot]),
            concealed_ms=int(self._bank.concealed[slot]) * 1000 // RATE,
            out_packets=sent,
            out_loss=None if out is None else min(1.0, max(0, out.lost) / max(sent, 1)),
            out_jitter_ms=link.out_jitter_ms,
            round_trip_ms=link.round_trip_ms,
            mos=min(link.in_mos, link.out_mos),
        )


def _codec(leg: Leg) -> str:
    """Return the name of the codec it speaks."""
    if leg.speaks is not None:
        return leg.speaks.name
    return "PCMA" if leg.terms is None else leg.terms.codec.name
