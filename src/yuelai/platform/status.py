"""How the centre stands, for the people who run it: processes, database, facts on their way, jobs, backups, disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yuelai.platform import outbox_followers
from yuelai.platform.backup import history
from yuelai.platform.config import Settings, runtime_folder

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


def report_file(settings: Settings) -> Path:
    """Return where the supervisor says how its roles stand."""
    return runtime_folder(settings.folder) / "centre.json"


def roles(settings: Settings) -> dict[str, Any]:
    """Return the supervisor's report, `{"since", "roles": {name: {pid, since, restarts, last_end}}}`.

    Roles that are run one by one, on many machines, have no supervisor here, hence are not in it.
    """
    try:
        report: dict[str, Any] = json.loads(report_file(settings).read_text())
    except (OSError, ValueError):
        return {"since": None, "roles": {}}
    return report


def disk(settings: Settings) -> dict[str, int]:
    used = shutil.disk_usage(settings.folder)
    return {"free_bytes": used.free, "total_bytes": used.total}


async def database(conn: Connection) -> dict[str, Any]:
    row = await conn.fetchrow(
        """
        SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size_bytes,
               (SELECT numbackends FROM pg_stat_database WHERE datname = current_database()) AS connections,
               (SELECT version_num FROM alembic_version) AS migration
        """
    )
    assert row is not None
    return dict(row)


async def journals(conn: Connection) -> list[dict[str, Any]]:
    """Return `{owner, seq}`: how far each journal has been followed."""
    return [dict(row) for row in await conn.fetch("SELECT owner, seq FROM journal_positions ORDER BY owner")]


async def outbox(conn: Connection) -> dict[str, Any]:
    """Return what has not been told yet, and how far each durable follower is behind."""
    row = await conn.fetchrow(
        """
        SELECT count(*) AS waiting, coalesce(extract(epoch FROM now() - min(written_at)), 0)::float8 AS oldest_seconds
        FROM outbox WHERE NOT relayed
        """
    )
    assert row is not None
    return {**row, "followers": await outbox_followers.waiting(conn)}


async def jobs(conn: Connection) -> dict[str, Any]:
    """Return how many jobs wait and run, and those that were given up, newest first."""
    counts = {row["status"]: row["n"] for row in await conn.fetch(_JOB_COUNTS)}
    failed = await conn.fetch(
        """
        SELECT id, entrypoint AS name, updated AS at, attempts FROM pgqueuer WHERE status::text = 'failed'
        ORDER BY updated DESC LIMIT 20
        """
    )
    return {
        "queued": counts.get("queued", 0),
        "running": counts.get("picked", 0),
        "failed": [dict(row) for row in failed],
    }


_JOB_COUNTS = "SELECT status::text AS status, count(*) AS n FROM pgqueuer GROUP BY 1"


async def backups(conn: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in await history.latest(conn, 10)]


async def parked(conn: Connection, limit: int = 100) -> list[dict[str, Any]]:
    """Return the journal's entries that could not be applied, oldest first, with the last line of the error."""
    rows = await conn.fetch(
        """
        SELECT owner, seq, type, parked_at, error FROM journal_parked
        ORDER BY parked_at, owner, seq LIMIT $1
        """,
        limit,
    )
    return [
        {**{key: row[key] for key in ("owner", "seq", "type", "parked_at")}, "error": _last_line(row["error"])}
        for row in rows
    ]


async def parked_count(conn: Connection) -> int:
    count: int = await conn.fetchval("SELECT count(*) FROM journal_parked")
    return count


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.split("\n")) if line.strip()), "")
