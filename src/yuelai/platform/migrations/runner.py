"""Brings a database to the newest revision. Several processes may try at once: an advisory lock lines them up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import structlog

log = structlog.get_logger()

_LOCK = 0x59554C41  # "YULA"
_FOLDER = Path(__file__).parent


def head() -> str:
    """Return the newest revision this program knows: files are named `NNNN_room.py` after their revisions."""
    return max(path.name[:4] for path in (_FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def migrate(dsn: str) -> None:
    """Bring the database to the newest revision, all or nothing; returns at once when it is there already.

    Blocking: from a coroutine call it with `asyncio.to_thread`.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        before = _revision(connection)
        if before != head():
            _upgrade(dsn)
            log.info("database_migrated", before=before, after=head())


def _revision(connection: psycopg.Connection) -> str | None:
    found = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if found is None or not found[0]:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _upgrade(dsn: str) -> None:
    # Alembic takes a second to load, which a start that has nothing to migrate need not pay.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    from yuelai.platform import jobs

    asyncio.run(jobs.install(dsn))
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    finally:
        engine.dispose()
