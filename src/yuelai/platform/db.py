"""The database as rooms see it: one transaction per piece of work, in the name of one tenant.

The tenant is set with `SET LOCAL yuelai.tenant_id`, which row-level security compares with each row's `tenant_id`:
a query that forgets its tenant filter still sees only that tenant's rows. System work (`None`) sees all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
from asyncpg.pool import PoolConnectionProxy

from yuelai.platform import postgres
from yuelai.platform.config import Settings
from yuelai.platform.errors import Unavailable

if TYPE_CHECKING:
    Connection = PoolConnectionProxy[asyncpg.Record]
    """What a room's repository is given: a connection inside a transaction."""
else:
    Connection = PoolConnectionProxy  # generic for the type checker only

log = structlog.get_logger()

ACQUIRE_SECONDS = 2.0
"""How long a caller waits for PostgreSQL to come back before it is told that it is away."""

CONNECTION_LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)
"""What asyncpg raises when the server is away, starting, stopping or was killed under us."""

ALL_TENANTS = "*"

_json_encoder = msgspec.json.Encoder()


def _encode_json(value: Any) -> str:
    return _json_encoder.encode(value).decode()


async def prepare(connection: Any) -> None:
    """Make `json` and `jsonb` columns plain Python values both ways (UUIDs and instants are written as strings)."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, encoder=_encode_json, decoder=msgspec.json.decode, schema="pg_catalog", format="text"
        )


class _PooledConnection(asyncpg.Connection):
    """Every use is one transaction and every setting is LOCAL, so a round trip to reset the session is saved."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""


class Database:
    """A pool that survives restarts of PostgreSQL."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], dsn: str) -> None:
        self._pool = pool
        self.dsn = dsn

    @classmethod
    async def open(cls, where: Settings | str, *, max_size: int = 10) -> Database:
        """Open a pool on the settings' database or on a DSN. Does not fail when PostgreSQL is away."""
        dsn = where if isinstance(where, str) else postgres.dsn(where)
        pool = await asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=max_size,
            init=prepare,
            connection_class=_PooledConnection,
            timeout=ACQUIRE_SECONDS,
            command_timeout=60,
            max_inactive_connection_lifetime=0,
            server_settings={"application_name": "yuelai"},
        )
        return cls(pool, dsn)

    async def close(self) -> None:
        """Wait a moment for transactions under way, then close."""
        try:
            await asyncio.wait_for(self._pool.close(), 2)
        except TimeoutError:
            self._pool.terminate()

    @contextlib.asynccontextmanager
    async def transaction(self, tenant_id: UUID | None) -> AsyncIterator[Connection]:
        """Open one transaction, committed at the end of the block, in the name of a tenant (None: system work).

        Raises `Unavailable` when PostgreSQL is away for about two seconds, or lost before the commit was confirmed.
        """
        connection, transaction = await self._begin(str(tenant_id) if tenant_id else ALL_TENANTS)
        try:
            try:
                yield connection
            except BaseException as error:
                await self._roll_back(connection, transaction)
                if connection_is_lost(error):
                    raise Unavailable("the database went away during the work") from error
                raise
            try:
                await transaction.commit()
            except CONNECTION_LOST as error:
                raise Unavailable("the database went away before it confirmed the work") from error
        finally:
            await self._give_back(connection)

    async def trouble(self, seconds: float = 1.0) -> str | None:
        """Return why PostgreSQL takes no work, having tried for `seconds`; None when it does."""
        try:
            connection, transaction = await self._begin(ALL_TENANTS, seconds)
        except Unavailable as unavailable:
            error = unavailable.__cause__
            if not isinstance(error, asyncpg.CannotConnectNowError):
                return "does not answer"
            return "is shutting down" if "shutting down" in str(error) else f"is recovering: {error}"
        await self._roll_back(connection, transaction)
        await self._give_back(connection)
        return None

    async def _begin(self, tenant: str, seconds: float = ACQUIRE_SECONDS) -> tuple[Connection, Any]:
        deadline = time.monotonic() + seconds
        recovering: BaseException | None = None
        while True:
            connection: Connection | None = None
            try:
                left = max(0.05, deadline - time.monotonic())
                connection = await self._pool.acquire(timeout=left)
                transaction = connection.transaction()
                await transaction.start()
                await connection.execute("SELECT set_config('yuelai.tenant_id', $1, true)", tenant)
                return connection, transaction
            except BaseException as error:
                if connection is not None:
                    await self._give_back(connection, broken=True)
                if not connection_is_lost(error):
                    raise
                if isinstance(error, asyncpg.CannotConnectNowError):
                    recovering = error
                if time.monotonic() + 0.1 >= deadline:
                    # The last try may have been cut short: what the server said before tells more.
                    reason = recovering if recovering and isinstance(error, TimeoutError) else error
                    log.warning("database_unavailable", reason=repr(reason))
                    raise Unavailable("the database does not answer at the moment") from reason
            await asyncio.sleep(0.05)

    async def _roll_back(self, connection: Connection, transaction: Any) -> None:
        try:
            await asyncio.shield(transaction.rollback())
        except asyncio.CancelledError:
            _terminate(connection)
            raise
        except Exception:
            _terminate(connection)

    async def _give_back(self, connection: Connection, *, broken: bool = False) -> None:
        if broken:
            _terminate(connection)
        with contextlib.suppress(*CONNECTION_LOST):
            await self._pool.release(connection)


def _terminate(connection: Connection) -> None:
    # A server that died may have made the pool take the connection back already.
    with contextlib.suppress(Exception):
        connection.terminate()


def connection_is_lost(error: BaseException) -> bool:
    """Tell a server that is away from a mistake of ours. An `InterfaceError` is both in asyncpg: ask its text."""
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error) or "closing" in str(error) or "released" in str(error)
    return isinstance(error, CONNECTION_LOST)
