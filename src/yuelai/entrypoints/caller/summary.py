"""What became of the test calls, for people and as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from yuelai.entrypoints.caller.call import Call


@dataclass(frozen=True)
class HeardTone:
    """`first_at` is seconds of heard sound before it, the first packet being 0."""

    hz: float
    seconds: float
    first_at: float


@dataclass(frozen=True)
class CallReport:
    """One call. `status` is the final SIP status, 0 when none came; `ended_by` is local or remote."""

    from_number: str
    to_number: str
    sip_call_id: str
    status: int
    reason: str
    answered: bool
    setup_ms: int | None
    """From the INVITE to its final response."""
    duration_s: float
    """From the answer to the end; 0 without an answer."""
    ended_by: str | None
    keys: str
    rtp_sent: int
    rtp_received: int
    rtp_lost: int
    tones: tuple[HeardTone, ...]
    expected_tone_heard: bool | None

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        data = {"from": data.pop("from_number"), "to": data.pop("to_number"), **data}
        data["rtp"] = {name: data.pop(f"rtp_{name}") for name in ("sent", "received", "lost")}
        return data


def report(call: Call, from_number: str, to_number: str, keys: str, expected_tone_heard: bool | None) -> CallReport:
    final_at = call.answered_at or call.ended_at
    duration = call.ended_at - call.answered_at if call.answered_at and call.ended_at else 0.0
    tones = sorted(call.sound.tones.tones, key=lambda t: -t.seconds)
    return CallReport(
        from_number=from_number,
        to_number=to_number,
        sip_call_id=call.call_id,
        status=call.status,
        reason=call.reason,
        answered=call.answered_at is not None,
        setup_ms=round((final_at - call.began_at) * 1000) if call.status and final_at else None,
        duration_s=round(duration, 3),
        ended_by=call.ended_by,
        keys=keys,
        rtp_sent=call.sound.sent,
        rtp_received=call.sound.received,
        rtp_lost=call.sound.lost,
        tones=tuple(HeardTone(round(t.hz, 1), round(t.seconds, 1), round(t.first_at, 1)) for t in tones),
        expected_tone_heard=expected_tone_heard,
    )


def all_well(reports: Sequence[CallReport]) -> bool:
    """Every call was answered, and heard what it was to hear."""
    return all(r.answered and r.expected_tone_heard is not False for r in reports)


def as_json(reports: Sequence[CallReport]) -> dict[str, Any]:
    setups = [r.setup_ms for r in reports if r.answered and r.setup_ms is not None]
    return {
        "calls": [r.as_json() for r in reports],
        "totals": {
            "calls": len(reports),
            "answered": sum(r.answered for r in reports),
            "failed": sum(not r.answered for r in reports),
            "statuses": {str(s): sum(r.status == s for r in reports) for s in sorted({r.status for r in reports})},
            "setup_ms": {"min": min(setups), "median": round(statistics.median(setups)), "max": max(setups)}
            if setups
            else None,
            "duration_s": round(sum(r.duration_s for r in reports), 3),
            "rtp": {
                "sent": sum(r.rtp_sent for r in reports),
                "received": sum(r.rtp_received for r in reports),
                "lost": sum(r.rtp_lost for r in reports),
            },
        },
    }


def as_text(reports: Sequence[CallReport]) -> str:
    """One line a call and one of totals."""
    lines = []
    for r in reports:
        tones = ", ".join(f"{t.hz:.0f} Hz {t.seconds:.1f} s" for t in r.tones[:4]) or "no tones"
        how = f"{r.duration_s:.1f} s, ended by {r.ended_by}" if r.answered else "not answered"
        lines.append(
            f"{r.from_number} -> {r.to_number}: {r.status} {r.reason}, {how}; "
            f"rtp {r.rtp_sent} sent, {r.rtp_received} received, {r.rtp_lost} lost; heard {tones}"
        )
    answered = sum(r.answered for r in reports)
    lines.append(f"{answered} of {len(reports)} calls answered")
    return "\n".join(lines)
