"""Facts to those who asked for them, within one process. Handlers are plain calls; one that fails is logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from yuelai.platform.facts import Fact

log = structlog.get_logger()

F = TypeVar("F", bound=Fact)


class Bus:
    def __init__(self) -> None:
        self._subscribers: list[tuple[type[Fact], Callable[[Any], None]]] = []

    def subscribe(self, kind: type[F], handler: Callable[[F], None]) -> Callable[[], None]:
        """Hear facts of a class and its subclasses (`Fact`: all of them). Returns what ends the subscription."""
        subscriber = (kind, handler)
        self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    def publish(self, fact: Fact) -> None:
        for kind, handler in list(self._subscribers):
            if isinstance(fact, kind):
                try:
                    handler(fact)
                except Exception:
                    log.exception("fact_handler_failed", type=fact.type)
