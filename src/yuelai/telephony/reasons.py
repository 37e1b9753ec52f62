"""Why a call is ended, as the other side is told (RFC 3326; in final responses, RFC 6432)."""

from __future__ import annotations

from yuelai.wire.sip import Message
from yuelai.wire.sip.text import clean, quote

LONGEST = 256

COMPLETED_ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
"""What the CANCEL to a phone says when another one was faster: it is no missed call (RFC 3326 §2)."""


def cause_of(message: Message) -> str:
    """Return the Reason fields as they came, joined; empty without one."""
    return clean(", ".join(message.raw("reason")))[:LONGEST]


def cause(status: int, reason: str) -> str:
    """Return a Reason value for a status and a few words, empty when there is nothing to tell."""
    if not 200 <= status <= 699:
        return ""
    text = clean(reason)[:100]
    return f"SIP;cause={status}" + (f";text={quote(text)}" if text and text.isascii() else "")
