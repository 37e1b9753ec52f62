"""Subscriptions on the wire: Event, Subscription-State, Allow-Events (RFC 6665 §8.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.message import Message
from yuelai.wire.sip.text import Params, format_params, is_token, parse_number, parse_params, split_outside

LONGEST_SECONDS = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Event:
    """`package` in lower case; `id` tells subscriptions to one package within one dialog from each other."""

    package: str
    id: str | None = None
    params: Params = field(default_factory=dict)

    def __str__(self) -> str:
        return self.package + (f";id={self.id}" if self.id is not None else "") + format_params(self.params)


def event_of(message: Message) -> Event | None:
    """Return the Event; None without the field. Raises PeerError."""
    value = message.get("event")
    if value is None:
        return None
    package, *rest = split_outside(value, ";")
    if not is_token(package):
        raise PeerError("malformed Event")
    params = parse_params(rest)
    return Event(package.lower(), params.pop("id", None), params)


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """`state` is active, pending or terminated; one that is unknown counts as active (RFC 6665 §4.1.3)."""

    state: str
    expires: int | None = None
    """Seconds left."""
    reason: str | None = None
    """Why it is terminated: deactivated, probation, rejected, timeout, giveup, noresource, invariant."""
    retry_after: int | None = None

    def __str__(self) -> str:
        params: Params = {}
        if self.expires is not None:
            params["expires"] = str(self.expires)
        if self.reason is not None:
            params["reason"] = self.reason
        if self.retry_after is not None:
            params["retry-after"] = str(self.retry_after)
        return self.state + format_params(params)


def subscription_state_of(message: Message) -> SubscriptionState | None:
    """Return the state a NOTIFY tells; None without the field. Raises PeerError."""
    value = message.get("subscription-state")
    if value is None:
        return None
    state, *rest = split_outside(value, ";")
    if not is_token(state):
        raise PeerError("malformed Subscription-State")
    params = parse_params(rest)
    return SubscriptionState(
        state.lower(), _seconds(params, "expires"), params.get("reason"), _seconds(params, "retry-after")
    )


def _seconds(params: Params, name: str) -> int | None:
    value = params.get(name)
    return None if value is None else parse_number(value, LONGEST_SECONDS, name)


def allowed_events(message: Message) -> frozenset[str]:
    """Return the packages of Allow-Events, lower-case; empty without the field. Raises PeerError."""
    return frozenset(value.lower() for value in message.all("allow-events"))
