"""The sample centre: people, queues and 10,000 customers from a fixed seed, and a second, small client."""

from __future__ import annotations

from datetime import UTC, date, datetime

import structlog

from yuelai.customers.sealing import Vault
from yuelai.entrypoints.sample import (
    bulletins,
    businesses,
    customers,
    offers,
    past,
    people,
    pins,
    queues,
    scripts,
    second_tenant,
    trunks,
)
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

log = structlog.get_logger()

_LOCK = 0x59554C53


async def load(
    database: Database, *, today: date | None = None, count: int = customers.COUNT, settings: Settings | None = None
) -> None:
    """Bring the sample centre into the database; what is there already stays as it is.

    Bills are of the six months before `today`. `count` customers are generated besides the special ones. With
    `settings`, whose home has the master key, some have identity numbers, too.
    """
    today = today or datetime.now(UTC).date()
    vault = Vault(settings) if settings is not None else None
    async with database.transaction(None) as conn:
        await conn.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await people.load(conn)
        await queues.load(conn, today)
        await businesses.load(conn, SAMPLE_TENANT)
        if await customers.load(conn, today, count, vault):
            await past.load(conn, today)
            log.info("sample_loaded", customers=count)
        await pins.load(conn, today)
        await second_tenant.load(conn, today)
        await businesses.load_east(conn, second_tenant.EAST)
        await trunks.load(conn)
        await bulletins.load(conn, today)
        await scripts.load(conn, today)
        await offers.load(conn, today)
