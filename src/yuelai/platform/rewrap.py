"""Turning the master key over: what is sealed under older versions is sealed anew, and then a version may go.

Each room that seals says where (`Sealed`). The worker walks through these in small batches, each a transaction: it can
be killed anywhere and goes on with what is left. Meanwhile everything opens, whichever version it is under.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.journal_reading import unfollowed
from yuelai.platform.key_file import KeyFile
from yuelai.platform.secrets import CannotOpen, Secrets, prefix

if TYPE_CHECKING:
    from yuelai.platform.db import Connection
    from yuelai.platform.jobs import Jobs

log = structlog.get_logger()

JOB = "keys.rewrap"
SCHEDULE = "*/5 * * * *"
BATCH = 500
"""Rows of one transaction: well below a second."""
SETTLING = timedelta(minutes=1)
"""After a change of the key, what was sealed just before it may not have been committed yet."""


class CannotRetire(Refusal):
    """This version of the master key is still needed."""

    status = 409
    code = "cannot_retire"


@dataclass(frozen=True)
class Batch:
    """`last` is the key of the last row looked at, None when there is nothing behind it."""

    moved: int
    failed: int
    last: tuple[Any, ...] | None


class Sealed(Protocol):
    """One place where a room keeps what it has sealed. All is system work, over all tenants."""

    @property
    def name(self) -> str:
        """What it is called on a screen, in the plural."""
        ...

    async def count(self, conn: Connection) -> Mapping[int, int]:
        """Return how many things are sealed under which version."""
        ...

    async def anew(self, conn: Connection, secrets: Secrets, after: tuple[Any, ...] | None, limit: int) -> Batch:
        """Seal up to `limit` rows behind `after` that are under older versions under the newest."""
        ...


@dataclass(frozen=True)
class SealedColumn:
    """A `bytea` column written by `Secrets.seal`; an empty value is nothing. `bound` is told the columns of `key`.

    Where there are millions of rows, a column `version` beside it, indexed, tells what is under which version.
    """

    name: str
    table: str
    column: str
    key: tuple[str, ...]
    purpose: str
    bound: Callable[[Any], bytes]
    version: str | None = None

    async def count(self, conn: Connection) -> Mapping[int, int]:
        version = self.version or f"('x' || encode(substring({self.column} FROM 1 FOR 4), 'hex'))::bit(32)::bigint"
        rows = await conn.fetch(
            f"SELECT {version} AS version, count(*) AS n FROM {self.table} "  # noqa: S608 - names of our own tables
            f"WHERE {self.column} <> '' GROUP BY 1"
        )
        return {row["version"]: row["n"] for row in rows}

    async def anew(self, conn: Connection, secrets: Secrets, after: tuple[Any, ...] | None, limit: int) -> Batch:
        current = secrets.current
        keys, places = ", ".join(self.key), ", ".join(f"${n}" for n in range(3, 3 + len(self.key)))
        beyond = "" if after is None else f"AND ({keys}) > ({places})"
        rows = await conn.fetch(
            f"SELECT {keys}, {self.column} AS sealed FROM {self.table} "  # noqa: S608
            f"WHERE {self.version or self.column} < $1 AND {self.column} <> '' {beyond} "
            f"ORDER BY {keys} LIMIT $2 FOR UPDATE",
            current if self.version else prefix(current),
            limit,
            *(after or ()),
        )
        moved = []
        for row in rows:
            bound = self.bound(row)
            try:
                plain = secrets.open(self.purpose, bound, row["sealed"])
            except CannotOpen:
                log.error("cannot_rewrap", kind=self.name, row=[str(row[column]) for column in self.key])
                continue
            # Should the key be turned over once more meanwhile, the next round finds a row under `current` again.
            sealed = secrets.seal(self.purpose, bound, plain)
            moved.append((*(row[column] for column in self.key), sealed, int.from_bytes(sealed[:4], "big")))
        await conn.executemany(self._update(), moved if self.version else [each[:-1] for each in moved])
        last = tuple(rows[-1][column] for column in self.key) if len(rows) == limit else None
        return Batch(len(moved), len(rows) - len(moved), last)

    def _update(self) -> str:
        n = len(self.key)
        changes = f"{self.column} = ${n + 1}" + (f", {self.version} = ${n + 2}" if self.version else "")
        where = " AND ".join(f"{column} = ${place}" for place, column in enumerate(self.key, 1))
        return f"UPDATE {self.table} SET {changes} WHERE {where}"  # noqa: S608


def register(jobs: Jobs, settings: Settings, kinds: Sequence[Sealed]) -> None:
    """Have the worker seal anew what is under older versions: by the clock, and when it is told that there is some."""

    async def handle(database: Database, payload: dict[str, Any]) -> None:
        if KeyFile.of(settings).path.exists():
            await rewrap(database, await asyncio.to_thread(Secrets.load, settings, create=False), kinds)

    jobs.register(JOB, handle, schedule=SCHEDULE)


async def rewrap(database: Database, secrets: Secrets, kinds: Sequence[Sealed], *, batch: int = BATCH) -> int:
    """Seal everything under the newest version; return how many things were under older ones.

    What does not open is told in the log and left as it is.
    """
    total = 0
    for kind in kinds:
        moved, failed, after = 0, 0, None
        while True:
            async with database.transaction(None) as conn:
                done = await kind.anew(conn, secrets, after, batch)
            moved, failed, after = moved + done.moved, failed + done.failed, done.last
            if after is None:
                break
        if moved or failed:
            log.info("sealed_anew", kind=kind.name, count=moved, failed=failed, version=secrets.current)
        total += moved
    return total


async def standing(conn: Connection, kinds: Sequence[Sealed]) -> dict[str, Mapping[int, int]]:
    """Return `{what: {version: how many}}`."""
    return {kind.name: await kind.count(conn) for kind in kinds}


async def retire(database: Database, settings: Settings, kinds: Sequence[Sealed], version: int) -> None:
    """Take a version out of the key file for good. Raises `CannotRetire` while anything may need it, and BadKeyFile."""
    file = KeyFile.of(settings)
    versions = file.keys()
    if version not in versions:
        raise CannotRetire(f"there is no version {version} in {file.path}")
    if version == max(versions):
        raise CannotRetire(f"version {version} is the one that seals; `yuelai keys rotate` makes a newer one")
    settled = file.changed_at + SETTLING
    if SystemClock().now() < settled:
        raise CannotRetire(
            "the key was changed a moment ago, and what was sealed before may not be in the database yet; "
            f"try again in {SETTLING.seconds} seconds"
        )
    async with database.transaction(None) as conn:
        waiting = [each for each in await unfollowed(conn, settings.folder / "journal") if each.at < settled]
        if waiting:
            raise CannotRetire(
                f"{len(waiting)} facts from before wait in the journal for the database; try again later"
            )
        left = {what: counts.get(version, 0) for what, counts in (await standing(conn, kinds)).items()}
    if any(left.values()):
        listed = ", ".join(f"{count} {what}" for what, count in left.items() if count)
        raise CannotRetire(f"version {version} still seals {listed}")
    file.remove(version)
    log.info("master_key_retired", version=version)
