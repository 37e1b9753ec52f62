"""Open pages that must look again at once when what their person may do has changed."""

from __future__ import annotations

import random
from asyncio import get_running_loop
from collections.abc import Callable

from yuelai.platform.ids import PersonId

SPREAD_SECONDS = 0.5
"""Over how long everybody's looks are spread: a changed role must not bring a thousand queries in one moment."""


class Watchers:
    def __init__(self) -> None:
        self._held: dict[PersonId, set[Callable[[], None]]] = {}

    def add(self, person: PersonId, look: Callable[[], None]) -> Callable[[], None]:
        """Call `look` when something changed for the person. Returns what ends that."""
        self._held.setdefault(person, set()).add(look)

        def remove() -> None:
            held = self._held.get(person, set())
            held.discard(look)
            if not held:
                self._held.pop(person, None)

        return remove

    def person(self, person: PersonId) -> None:
        for look in list(self._held.get(person, ())):
            look()

    def everybody(self) -> None:
        for held in list(self._held.values()):
            for look in held:
                get_running_loop().call_later(random.uniform(0, SPREAD_SECONDS), look)  # noqa: S311 - no secret
