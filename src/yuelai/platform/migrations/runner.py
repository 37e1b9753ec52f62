"""Brings a database to the newest revision. Several processes may try at once: an advisory lock lines them up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from yuelai.platform import jobs

log = structlog.get_logger()

_LOCK = 0x59554C41  # "YULA"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def head() -> str:
    """Return the newest revision this program knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def migrate(dsn: str) -> None:
    """Bring the database to the newest revision, all or nothing; returns at once when it is there already.

    Blocking: from a coroutine call it with `asyncio.to_thread`.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
            before = MigrationContext.configure(connection).get_current_revision()
            connection.commit()
            if before == head():
                return
            asyncio.run(jobs.install(dsn))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            log.info("database_migrated", before=before, after=head())
    finally:
        engine.dispose()
