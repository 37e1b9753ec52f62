"""The request in hand, for whatever is written while it is served: the audit trail, logs, traces."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    """`id` stands in the answer's `X-Request-Id`, `source` is the address the request came from."""

    id: str
    source: str | None


_current: ContextVar[RequestContext | None] = ContextVar("yuelai_request", default=None)


def current_request() -> RequestContext | None:
    """Return the request being served, or None in jobs and other work of the system's own."""
    return _current.get()


def begin_request(context: RequestContext) -> None:
    """Set it for this task and those it starts."""
    _current.set(context)
