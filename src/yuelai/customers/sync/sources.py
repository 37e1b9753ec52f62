"""The sources themselves: where they are, how they are read, when, and how much they count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import httpx
from croniter import croniter

from yuelai.connectors.hosts import AllowedHosts
from yuelai.customers.configure import service as configure
from yuelai.customers.imports import fields
from yuelai.customers.sync import pages, repository
from yuelai.customers.sync import secret as secrets
from yuelai.customers.sync.errors import BadSource, SourceExists, UnknownSource
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import jobs
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

RUN_JOB = "customers.run_source"
_COLUMNS = ("code", "name", "kind", "url", "folder", "schedule", "precedence", "mapping", "key", "active",
            "auth_header", "secret")  # fmt: skip
_LAST = """
    SELECT s.*, t.code AS tenant_code,
        (SELECT to_jsonb(r) FROM customer_source_runs r WHERE r.source_id = s.id ORDER BY r.id DESC LIMIT 1) AS last_run
    FROM customer_sources s JOIN tenants t ON t.id = s.tenant_id WHERE s.tenant_id = $1
"""


async def sources(conn: Connection, tenant: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(f"{_LAST} ORDER BY s.precedence DESC, s.code", tenant)


async def source(conn: Connection, tenant: UUID, id_: UUID) -> asyncpg.Record:
    """Raises `UnknownSource`."""
    row = await conn.fetchrow(f"{_LAST} AND s.id = $2", tenant, id_)
    if row is None:
        raise UnknownSource()
    return row


async def add(conn: Connection, settings: Settings, principal: Principal, wanted: Mapping[str, Any]) -> asyncpg.Record:
    """Raises `BadSource`, `BadMapping`, `HostNotAllowed`, `SourceExists`, `KeysMissing`."""
    id_ = new_id()
    checked = await _checked(conn, settings, principal.tenant_id, await _sealed(settings, id_, b"", wanted))
    try:
        async with conn.transaction():
            await conn.execute(
                f"INSERT INTO customer_sources (id, tenant_id, next_run_at, {', '.join(_COLUMNS)}) "  # noqa: S608
                f"VALUES ($1, $2, $3, {', '.join(f'${place}' for place in range(4, 4 + len(_COLUMNS)))})",
                id_,
                principal.tenant_id,
                next_run(checked["schedule"]),
                *(checked[name] for name in _COLUMNS),
            )
    except asyncpg.UniqueViolationError:
        raise SourceExists() from None
    await audit(conn, principal, "customer_source.added", f"customer_source/{id_}")
    return await source(conn, principal.tenant_id, id_)


async def change(
    conn: Connection, settings: Settings, principal: Principal, id_: UUID, values: Mapping[str, Any]
) -> asyncpg.Record:
    """Raises what `add` raises, and `UnknownSource`. Another place or mapping means reading everything anew."""
    old = await source(conn, principal.tenant_id, id_)
    wanted = {name: old[name] for name in _COLUMNS} | await _sealed(settings, id_, old["secret"], values)
    checked = await _checked(conn, settings, principal.tenant_id, wanted)
    if checked["secret"] and checked["secret"] == old["secret"] and _host(checked["url"]) != _host(old["url"]):
        # Whoever may name the place must not have a secret that they were never told sent there.
        raise BadSource("The secret was given for another host; give it anew, or none.")
    anew = any(old[name] != checked[name] for name in ("url", "folder", "mapping", "key"))
    try:
        async with conn.transaction():
            await conn.execute(
                f"UPDATE customer_sources SET next_run_at = $3, since = CASE WHEN $4 THEN NULL ELSE since END, "  # noqa: S608
                f"{', '.join(f'{name} = ${place}' for place, name in enumerate(_COLUMNS, 5))} "
                "WHERE tenant_id = $1 AND id = $2",
                principal.tenant_id,
                id_,
                next_run(checked["schedule"]),
                anew,
                *(checked[name] for name in _COLUMNS),
            )
    except asyncpg.UniqueViolationError:
        raise SourceExists() from None
    await audit(conn, principal, "customer_source.changed", f"customer_source/{id_}", {"fields": sorted(values)})
    return await source(conn, principal.tenant_id, id_)


async def remove(conn: Connection, principal: Principal, id_: UUID) -> None:
    """The customers stay; what the source gave them counts as people's from now on. Raises `UnknownSource`."""
    await source(conn, principal.tenant_id, id_)
    await conn.execute("DELETE FROM customer_sources WHERE tenant_id = $1 AND id = $2", principal.tenant_id, id_)
    await audit(conn, principal, "customer_source.removed", f"customer_source/{id_}")


async def start(conn: Connection, tenant: UUID, id_: UUID, *, full: bool = False) -> bool:
    """Put a run down for the worker; false when one is under way. Raises `UnknownSource`."""
    row = await source(conn, tenant, id_)
    began = await repository.begin_run(conn, tenant, id_, new_id(), full=full or is_full(row))
    if began:
        await put_down(conn, tenant, id_, "first")
    return began


async def put_down(conn: Connection, tenant: UUID, id_: UUID, mark: str) -> None:
    payload = {"tenant_id": str(tenant), "source_id": str(id_)}
    await jobs.enqueue(conn, RUN_JOB, payload, key=f"{RUN_JOB}:{id_}:{mark}")


def is_full(row: asyncpg.Record) -> bool:
    """Return whether the next run asks for everything: a system until it has given a watermark; of files each one
    counts for itself, and never for all."""
    return bool(row["kind"] == "http_json" and row["since"] is None)


def next_run(schedule: str | None) -> datetime | None:
    if schedule is None:
        return None
    found: datetime = croniter(schedule, SystemClock().now()).get_next(datetime)
    return found


async def _sealed(settings: Settings, id_: UUID, old: bytes, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is wanted with the secret sealed: one that is not spoken of stays, one of nothing goes."""
    found = dict(wanted)
    plain = found.pop("secret", None)
    secrets.check(found.get("auth_header") or secrets.DEFAULT_HEADER, plain)
    found["secret"] = old if "secret" not in wanted else await secrets.seal(settings, id_, plain) if plain else b""
    return found


def _host(url: str | None) -> tuple[str, str, int | None]:
    parsed = httpx.URL(url or "")
    return parsed.scheme, parsed.host, parsed.port


async def _checked(conn: Connection, settings: Settings, tenant: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(wanted)
    if found["schedule"] is not None and not croniter.is_valid(found["schedule"]):
        raise BadSource("The schedule is no cron expression of five fields.")
    code = await conn.fetchval("SELECT code FROM tenants WHERE id = $1", tenant)
    if found["kind"] == "http_json":
        if not found.get("url") or found.get("folder"):
            raise BadSource("A source that is asked over HTTP has a URL and no folder.")
        AllowedHosts(settings.connector_hosts, code).check(found["url"])
    else:
        if not found.get("folder") or found.get("url"):
            raise BadSource("A source that reads files has a folder and no URL.")
        root: Path | None = settings.source_folder
        pages.folder_of(root, code, found["folder"])
    if found["kind"] != "http_json" and found["secret"]:
        raise BadSource("Only a source that is asked over HTTP has a secret.")
    found["auth_header"] = (found["auth_header"] or secrets.DEFAULT_HEADER) if found["secret"] else None
    custom = [each.code for each in await configure.fields(conn, tenant)]
    found["mapping"] = fields.check_mapping(list(found["mapping"]), found["mapping"], custom, found["key"])
    return found
