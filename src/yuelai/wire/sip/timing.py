"""Numbers and times: RSeq and RAck, Session-Expires and Min-SE, Retry-After, Expires."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.fields import CSeq, parse_cseq
from yuelai.wire.sip.message import Message
from yuelai.wire.sip.text import is_token, parse_number, parse_params, split_outside

LONGEST_SECONDS = 2**32 - 1


@dataclass(frozen=True, slots=True)
class RAck:
    """Which reliable response a PRACK acknowledges (RFC 3262 §7.2)."""

    rseq: int
    cseq: CSeq

    def __str__(self) -> str:
        return f"{self.rseq} {self.cseq}"


def rseq_of(message: Message) -> int | None:
    """Return the number of a reliable response, 1 … 2**32 − 1 (RFC 3262 §7.1). Raises PeerError."""
    value = message.get("rseq")
    if value is None:
        return None
    number = parse_number(value, 2**32 - 1, "RSeq")
    if not number:
        raise PeerError("RSeq is not a number in its range")
    return number


def rack_of(message: Message) -> RAck | None:
    """Raises PeerError."""
    value = message.get("rack")
    if value is None:
        return None
    number, _, rest = value.replace("\t", " ").strip().partition(" ")
    return RAck(parse_number(number, 2**32 - 1, "RAck"), parse_cseq(rest))


@dataclass(frozen=True, slots=True)
class SessionExpires:
    """How long a session lives without a refresh, and who refreshes: uac, uas or None (RFC 4028 §4)."""

    seconds: int
    refresher: str | None = None

    def __str__(self) -> str:
        return str(self.seconds) + (f";refresher={self.refresher}" if self.refresher else "")


def session_expires_of(message: Message) -> SessionExpires | None:
    """Raises PeerError."""
    value = message.get("session-expires")
    if value is None:
        return None
    seconds, *rest = split_outside(value, ";")
    refresher = (parse_params(rest).get("refresher") or "").lower()
    if refresher not in ("", "uac", "uas"):
        raise PeerError("a refresher that is neither side")
    return SessionExpires(parse_number(seconds, LONGEST_SECONDS, "Session-Expires"), refresher or None)


def min_se_of(message: Message) -> int | None:
    """Return the shortest session taken, in seconds (RFC 4028 §5). Raises PeerError."""
    return _leading_number(message, "min-se")


def expires_of(message: Message) -> int | None:
    """Return Expires in seconds (RFC 3261 §20.19), at most 2**32 − 1. Raises PeerError."""
    return _leading_number(message, "expires")


def _leading_number(message: Message, name: str) -> int | None:
    value = message.get(name)
    return None if value is None else parse_number(split_outside(value, ";")[0], LONGEST_SECONDS, name)


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Seconds to stay away (RFC 3261 §20.33), and for how many seconds the sender will be there after that."""

    seconds: int
    duration: int | None = None

    def __str__(self) -> str:
        return str(self.seconds) + (f";duration={self.duration}" if self.duration is not None else "")


def retry_after_of(message: Message) -> RetryAfter | None:
    """Return how long to stay away; None without the field, or with one that cannot be read: it is only advice."""
    value = message.get("retry-after")
    if value is None:
        return None
    try:
        first, *rest = split_outside(value.partition("(")[0], ";")
        params = parse_params(split_outside(value.rpartition(")")[2], ";")[1:] if "(" in value else rest)
        seconds = parse_number(first, LONGEST_SECONDS, "Retry-After")
        said = params.get("duration")
        return RetryAfter(seconds, None if said is None else parse_number(said, LONGEST_SECONDS, "duration"))
    except PeerError:
        return None


def methods_of(message: Message) -> frozenset[str] | None:
    """Return the methods of Allow; None without the field, which says nothing (RFC 3261 §20.5). Raises PeerError."""
    if message.get("allow") is None:
        return None
    return frozenset(value for value in message.all("allow") if is_token(value))
