"""Who calls, as far as others vouch for it, and by which ways the call came (RFC 3325, 3323, 5806, 7044)."""

from __future__ import annotations

from dataclasses import dataclass, field

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.fields import Address
from yuelai.wire.sip.message import Message
from yuelai.wire.sip.text import Params, is_token, parse_number, unquote
from yuelai.wire.sip.transfer import read_headers

MOST_ENTRIES = 50
"""Entries of a history that are read; a call that was sent on more often is going in circles."""


def asserted_identities(message: Message) -> list[Address]:
    """Return who the trusted peer says it is: a SIP address, a number, or both (RFC 3325 §9.1). Raises PeerError."""
    return message.addresses("p-asserted-identity")


def preferred_identities(message: Message) -> list[Address]:
    """Return whom the sender wants to be shown as (RFC 3325 §9.2). Raises PeerError."""
    return message.addresses("p-preferred-identity")


def privacy_of(message: Message) -> frozenset[str]:
    """Return what is to be hidden (RFC 3323 §4.2): header, session, user, id, history, critical, none.

    Commas are taken for semicolons, as there are phones that write them. Raises PeerError.
    """
    values = [value for text in message.raw("privacy") for value in text.replace(",", ";").lower().split(";")]
    found = frozenset(value.strip() for value in values if value.strip())
    if not all(is_token(value) for value in found):
        raise PeerError("malformed Privacy")
    return found


def withheld(message: Message) -> bool:
    """Whether the caller's number may not be shown (RFC 3323 §4.3, RFC 3325 §9.3). Raises PeerError."""
    return bool(privacy_of(message) & {"id", "user", "header"})


@dataclass(frozen=True, slots=True)
class Diversion:
    """Who sent the call on, and why (RFC 5806): unconditional, no-answer, user-busy …"""

    address: Address
    reason: str = "unknown"
    count: int = 1

    def __str__(self) -> str:
        params: Params = {**self.address.params, "reason": self.reason}
        if self.count != 1:
            params["counter"] = str(self.count)
        return str(Address(self.address.uri, self.address.name, params))


def diversions(message: Message) -> list[Diversion]:
    """Return the diversions, the last one first, as they stand. Raises PeerError."""
    return [_diversion(address) for address in message.addresses("diversion")[:MOST_ENTRIES]]


def _diversion(address: Address) -> Diversion:
    params = dict(address.params)
    reason, count = params.pop("reason", None), params.pop("counter", None)
    number = parse_number(count, 999, "counter") if count is not None else 1
    return Diversion(Address(address.uri, address.name, params), unquote(reason or "unknown").lower(), number)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One place a call has been to (RFC 7044 §5); `headers` are those within its URI, such as Reason and Privacy."""

    address: Address
    index: tuple[int, ...]
    """Its place in the tree: `1.2.1` is (1, 2, 1); empty when nothing readable was said."""
    headers: tuple[tuple[str, str], ...] = field(default=())

    @property
    def why(self) -> str | None:
        """The Reason it was left for."""
        return next((value for name, value in self.headers if name == "reason"), None)

    @property
    def hidden(self) -> bool:
        return any(name == "privacy" and "history" in value.lower() for name, value in self.headers)


def history(message: Message) -> list[HistoryEntry]:
    """Return where the call has been, in the order of the indices where there are any. Raises PeerError."""
    entries = [_entry(address) for address in message.addresses("history-info")[:MOST_ENTRIES]]
    return sorted(entries, key=lambda entry: entry.index)


def _entry(address: Address) -> HistoryEntry:
    said = address.params.get("index") or ""
    steps = said.split(".")[:MOST_ENTRIES]
    readable = bool(said) and all(step.isascii() and step.isdigit() and len(step) < 6 for step in steps)
    index = tuple(int(step) for step in steps) if readable else ()
    return HistoryEntry(address, index, read_headers(address.uri))
