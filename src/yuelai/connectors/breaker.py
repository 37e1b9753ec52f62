"""A circuit breaker: a system that keeps failing is left alone, then tried with one request."""

from __future__ import annotations

from yuelai.connectors.errors import CircuitOpen


class Breaker:
    """Opens after `failures` in a row, for `seconds`; then one request may try. `now` is monotonic."""

    def __init__(self, failures: int = 5, seconds: float = 30.0) -> None:
        self._limit, self._seconds = failures, seconds
        self._failed = 0
        self._open_until = 0.0
        self._trying = False

    def enter(self, now: float) -> None:
        """Ask before a request. Raises `CircuitOpen`."""
        if self._failed < self._limit:
            return
        if now < self._open_until or self._trying:
            raise CircuitOpen(retry_after=max(1, round(self._open_until - now)))
        self._trying = True

    def succeeded(self) -> None:
        self._failed, self._trying = 0, False

    def failed(self, now: float) -> None:
        self._failed += 1
        self._trying = False
        if self._failed >= self._limit:
            self._open_until = now + self._seconds

    def abandoned(self) -> None:
        """The request was given up by ourselves: that says nothing about the other system."""
        self._trying = False
