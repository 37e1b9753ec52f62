"""Brings a database to the newest revision. Several processes may try at once: an advisory lock lines them up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import structlog

from yuelai.platform.errors import Refusal

log = structlog.get_logger()


class UnknownRevision(Refusal):
    """There is no such revision of the database."""

    status = 404
    code = "unknown_revision"


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
            _run(dsn, head())
            log.info("database_migrated", before=before, after=head())


def move(dsn: str, revision: str) -> None:
    """Bring the database forwards or back to a revision, `base` for none at all. Blocking.

    Going back drops what later revisions added, with the data in it. Raises UnknownRevision.
    """
    if revision != "base" and not list((_FOLDER / "versions").glob(f"{revision}_*.py")):
        raise UnknownRevision(f"there is no revision {revision}; the newest is {head()}")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        before = _revision(connection)
        _run(dsn, revision, back=revision == "base" or (before or "") > revision)
        log.info("database_moved", before=before, after=revision)


def _revision(connection: psycopg.Connection) -> str | None:
    found = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if found is None or not found[0]:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _run(dsn: str, revision: str, *, back: bool = False) -> None:
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
            (command.downgrade if back else command.upgrade)(config, revision)
            connection.commit()
    finally:
        engine.dispose()
