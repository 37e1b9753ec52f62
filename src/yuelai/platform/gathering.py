"""A connection that gathers what it is told to execute, so that a batch of facts costs few round trips.

Statements of one text are sent together (`executemany`: one message each way for all of them). Those about one thing,
known by their first argument, are executed in the order they were given; others may change places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable

    import asyncpg

    from yuelai.platform.db import Connection


class Gathering:
    """Stands for a connection within one transaction. `flush` executes what has been gathered; whatever returns rows
    does so first. An error of a statement comes from there, not from `execute`, and aborts the transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._groups: list[tuple[str, list[tuple[Any, ...]]]] = []
        self._groups_of: dict[str, list[int]] = {}
        self._last: dict[Hashable, int] = {}
        """The group that each thing was last touched in."""
        self._floor = 0
        """What comes next goes into this group or a later one: something that could not be told apart is before it."""

    async def execute(self, query: str, *arguments: Any) -> str:
        """Put it down for `flush`. Unlike a connection's, its status is not known yet: always empty."""
        thing = _name(arguments)
        first = max(self._floor, self._last.get(thing, 0)) if thing is not None else len(self._groups)
        places = self._groups_of.setdefault(query, [])
        place = next((place for place in places if place >= first), None)
        if place is None:
            place = len(self._groups)
            self._groups.append((query, []))
            places.append(place)
        self._groups[place][1].append(arguments)
        if thing is not None:
            self._last[thing] = place
        else:
            self._floor = place + 1
        return ""

    async def flush(self) -> None:
        groups, self._groups = self._groups, []
        self._groups_of.clear()
        self._last.clear()
        self._floor = 0
        for query, rows in groups:
            if len(rows) > 1:
                await self._conn.executemany(query, rows)
            else:
                await self._conn.execute(query, *rows[0])

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        await self.flush()
        return list(await self._conn.fetch(query, *arguments))

    async def fetchrow(self, query: str, *arguments: Any) -> asyncpg.Record | None:
        await self.flush()
        return await self._conn.fetchrow(query, *arguments)

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        await self.flush()
        return await self._conn.fetchval(query, *arguments)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"facts are applied by execute and fetch alone, not by {name}")


def _name(arguments: tuple[Any, ...]) -> Hashable:
    """Return what a statement is about; None when that cannot be told."""
    if not arguments:
        return None
    thing: Hashable = arguments[0] if not isinstance(arguments[0], list) else repr(arguments[0])
    return thing
