"""Who decides in a domain of realtime state: one owner, with a lease in PostgreSQL and an epoch.

An epoch is a term of ownership: each taking begins a new one, and no two owners ever have the same. Everything an owner
decides carries its epoch: entries of its journal and commands sent to it. What carries the epoch of somebody who has
been succeeded is refused, so that an owner who was cut off and does not know it yet cannot do harm.

An owner is named by its journal, which one process alone can hold: who comes back with the same journal is the same
owner and goes on at once; anybody else waits until the lease has run out. While PostgreSQL is away nobody can take the
domain, so its owner goes on; the lease is renewed, or found to be somebody else's, as soon as PostgreSQL is back.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Gauge

from yuelai.platform.errors import Unavailable

if TYPE_CHECKING:
    from yuelai.platform.db import Connection, Database

log = structlog.get_logger()

LEASE_SECONDS = 10.0
RENEWED_EVERY = 3.0
LOOKED_EVERY = 0.5
"""How often somebody who waits for the lease looks at it, in seconds."""

_epoch = Gauge("yuelai_ownership_epoch", "Epoch in which this process owns its domain; 0 when it does not.", ["domain"])


class StaleEpoch(Unavailable):
    """It was meant for an owner who has been succeeded, or comes from one."""

    code = "stale_epoch"


class StaleFact(Exception):
    """An entry of a journal whose owner had been succeeded when it was decided."""


class Ownership:
    """`take` before anything is decided; then `epoch` goes with all that is. `lost` is set for good when somebody else
    has taken the domain: whoever holds this must end."""

    def __init__(
        self,
        database: Database,
        domain: str,
        owner: str,
        *,
        lease: float = LEASE_SECONDS,
        renewed: float = RENEWED_EVERY,
    ) -> None:
        self._database, self.domain, self.owner = database, domain, owner
        self._lease, self._renewed = lease, renewed
        self.epoch = 0
        """0 before it is taken."""
        self.lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def take(self) -> int:
        """Wait until the domain is free and begin a new epoch; return it."""
        told = False
        while (epoch := await self._try()) is None:
            if not told:
                told = True
                log.warning("ownership_waits", domain=self.domain, reason="another owner's lease has not run out")
            await asyncio.sleep(LOOKED_EVERY)
        self.epoch = epoch
        _epoch.labels(self.domain).set(epoch)
        log.info("ownership_taken", domain=self.domain, epoch=epoch)
        self._task = asyncio.create_task(self._keep(), name=f"ownership of {self.domain}")
        return epoch

    async def _try(self) -> int | None:
        async with self._database.transaction(None) as conn:
            epoch: int | None = await conn.fetchval(
                """
                INSERT INTO ownership AS o (domain, owner, epoch, expires_at)
                VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
                ON CONFLICT (domain) DO UPDATE
                    SET owner = excluded.owner, epoch = o.epoch + 1, expires_at = excluded.expires_at
                    WHERE o.owner = excluded.owner OR o.expires_at < clock_timestamp()
                RETURNING epoch
                """,
                self.domain,
                self.owner,
                self._lease,
            )
            if epoch is not None:
                await conn.execute(
                    "INSERT INTO ownership_terms (domain, epoch, owner) VALUES ($1, $2, $3)",
                    self.domain,
                    epoch,
                    self.owner,
                )
            return epoch

    async def _keep(self) -> None:
        away = False
        while True:
            await asyncio.sleep(self._renewed)
            try:
                if not await self._renew():
                    break
                if away:
                    log.info("ownership_renewed", domain=self.domain, epoch=self.epoch)
                away = False
            except Unavailable:
                away = True  # nobody can take it either
            except Exception:
                log.exception("ownership_not_renewed", domain=self.domain)
        log.critical("ownership_lost", domain=self.domain, epoch=self.epoch)
        _epoch.labels(self.domain).set(0)
        self.lost.set()

    async def _renew(self) -> bool:
        async with self._database.transaction(None) as conn:
            done = await conn.execute(
                """
                UPDATE ownership SET expires_at = clock_timestamp() + make_interval(secs => $4)
                WHERE domain = $1 AND owner = $2 AND epoch = $3
                """,
                self.domain,
                self.owner,
                self.epoch,
                self._lease,
            )
        return done == "UPDATE 1"

    def check(self, epoch: int | None) -> None:
        """Refuse a command that is meant for another epoch (None: for whoever owns it now), or that comes too late.

        Raises StaleEpoch.
        """
        if self.lost.is_set():
            raise StaleEpoch("this process has lost its ownership and is ending")
        if epoch is not None and epoch != self.epoch:
            raise StaleEpoch(f"the command is for epoch {epoch}, this is {self.epoch}")

    async def oldest_valid(self, conn: Connection) -> int:
        """Return the first epoch of this owner that nobody has succeeded; facts of earlier ones are stale.

        The row is locked against a new taking until the transaction ends, so that what is written in it is valid.
        """
        await conn.execute("SELECT FROM ownership WHERE domain = $1 FOR SHARE", self.domain)
        found: int = await conn.fetchval(
            "SELECT coalesce(max(epoch), 0) FROM ownership_terms WHERE domain = $1 AND owner <> $2",
            self.domain,
            self.owner,
        )
        return found

    async def close(self, *, give_up: bool = True) -> None:
        """Stop renewing; with `give_up` the next one need not wait."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if give_up and self.epoch and not self.lost.is_set():
            with contextlib.suppress(Unavailable):
                async with self._database.transaction(None) as conn:
                    await conn.execute(
                        "UPDATE ownership SET expires_at = clock_timestamp() WHERE domain = $1 AND epoch = $2",
                        self.domain,
                        self.epoch,
                    )
