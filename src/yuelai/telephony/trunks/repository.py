"""SQL of trunks, their rates, and routes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

COLUMNS = (
    "code", "name", "name_en", "kind", "direction", "active", "transport", "host", "port", "outbound_proxy", "sources",
    "certificate_name", "peer_username", "peer_secret", "register", "username", "secret", "domain", "expires",
    "max_channels_in", "max_channels_out", "max_channels_total", "max_cps", "priority", "weight", "country",
    "number_in", "number_out", "caller_policy", "codecs", "srtp", "options_seconds",
)  # fmt: skip

_TRUNKS = """
    SELECT t.*, coalesce((SELECT jsonb_agg(jsonb_build_object('prefix', r.prefix,
        'per_minute_micro', r.per_minute_micro) ORDER BY r.prefix) FROM trunk_rates r WHERE r.trunk_id = t.id), '[]')
        AS rates
    FROM trunks t
"""
_ROUTES = """
    SELECT r.*, coalesce((SELECT jsonb_agg(jsonb_build_object('trunk_id', u.trunk_id, 'priority', u.priority,
        'weight', u.weight) ORDER BY u.priority, u.weight DESC, u.trunk_id) FROM call_route_trunks u
        WHERE u.route_id = r.id), '[]') AS trunks
    FROM call_routes r
"""


async def all_trunks(conn: Connection) -> list[asyncpg.Record]:
    """Return every trunk with its rates (system work)."""
    return await conn.fetch(f"{_TRUNKS} ORDER BY t.code, t.id")


async def all_routes(conn: Connection) -> list[asyncpg.Record]:
    """Return every route with its trunks (system work)."""
    return await conn.fetch(f"{_ROUTES} ORDER BY r.prefix, r.id")


async def trunks(conn: Connection, tenant: UUID, id_: UUID | None = None) -> list[asyncpg.Record]:
    """Return the tenant's trunks, or the one, by code."""
    return await conn.fetch(
        f"{_TRUNKS} WHERE t.tenant_id = $1 AND ($2::uuid IS NULL OR t.id = $2) ORDER BY t.code", tenant, id_
    )


async def add_trunk(conn: Connection, tenant: UUID, id_: UUID, values: Mapping[str, Any]) -> None:
    """`values` has all `COLUMNS`. Raises asyncpg's UniqueViolationError."""
    places = ", ".join(f"${place}" for place in range(3, 3 + len(COLUMNS)))
    await conn.execute(
        f"INSERT INTO trunks (id, tenant_id, {', '.join(COLUMNS)}) VALUES ($1, $2, {places})",  # noqa: S608
        id_,
        tenant,
        *_values(values),
    )


async def change_trunk(conn: Connection, tenant: UUID, id_: UUID, version: int, values: Mapping[str, Any]) -> bool:
    """False when it is not of this version any more. Raises asyncpg's UniqueViolationError."""
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(COLUMNS, 4))
    changed = await conn.execute(
        f"UPDATE trunks SET version = version + 1, {places} WHERE tenant_id = $1 AND id = $2 AND version = $3",  # noqa: S608
        tenant,
        id_,
        version,
        *_values(values),
    )
    return changed == "UPDATE 1"


def _values(values: Mapping[str, Any]) -> list[Any]:
    networks = [ipaddress.ip_network(text) for text in values["sources"]]
    return [networks if name == "sources" else values[name] for name in COLUMNS]


async def delete_trunk(conn: Connection, tenant: UUID, id_: UUID) -> bool:
    return await conn.execute("DELETE FROM trunks WHERE tenant_id = $1 AND id = $2", tenant, id_) == "DELETE 1"


async def put_rates(conn: Connection, tenant: UUID, trunk: UUID, rates: Sequence[Mapping[str, Any]]) -> None:
    """Replace the list. Raises asyncpg's UniqueViolationError for a prefix that stands there twice."""
    await conn.execute("DELETE FROM trunk_rates WHERE tenant_id = $1 AND trunk_id = $2", tenant, trunk)
    await conn.executemany(
        "INSERT INTO trunk_rates (tenant_id, trunk_id, prefix, per_minute_micro) VALUES ($1, $2, $3, $4)",
        [(tenant, trunk, rate["prefix"], rate["per_minute_micro"]) for rate in rates],
    )


async def routes(conn: Connection, tenant: UUID, id_: UUID | None = None) -> list[asyncpg.Record]:
    """Return the tenant's routes, or the one, by prefix."""
    return await conn.fetch(
        f"{_ROUTES} WHERE r.tenant_id = $1 AND ($2::uuid IS NULL OR r.id = $2) ORDER BY r.prefix, r.id", tenant, id_
    )


async def add_route(conn: Connection, tenant: UUID, id_: UUID, values: Mapping[str, Any]) -> None:
    await conn.execute(
        "INSERT INTO call_routes (id, tenant_id, prefix, name, active, hours) VALUES ($1, $2, $3, $4, $5, $6)",
        id_,
        tenant,
        *(values[name] for name in ("prefix", "name", "active", "hours")),
    )


async def change_route(conn: Connection, tenant: UUID, id_: UUID, version: int, values: Mapping[str, Any]) -> bool:
    """False when it is not of this version any more."""
    changed = await conn.execute(
        """
        UPDATE call_routes SET version = version + 1, prefix = $4, name = $5, active = $6, hours = $7
        WHERE tenant_id = $1 AND id = $2 AND version = $3
        """,
        tenant,
        id_,
        version,
        *(values[name] for name in ("prefix", "name", "active", "hours")),
    )
    return changed == "UPDATE 1"


async def put_route_trunks(conn: Connection, tenant: UUID, route: UUID, wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Replace the list; false when the tenant does not have one of the trunks."""
    await conn.execute("DELETE FROM call_route_trunks WHERE tenant_id = $1 AND route_id = $2", tenant, route)
    added = await conn.fetch(
        """
        INSERT INTO call_route_trunks (tenant_id, route_id, trunk_id, priority, weight)
        SELECT $1, $2, w.id, w.priority, w.weight FROM unnest($3::uuid[], $4::int[], $5::int[])
            AS w (id, priority, weight) JOIN trunks t ON t.id = w.id AND t.tenant_id = $1
        RETURNING trunk_id
        """,
        tenant,
        route,
        [each["trunk_id"] for each in wanted],
        [each["priority"] for each in wanted],
        [each["weight"] for each in wanted],
    )
    return len(added) == len(wanted)


async def delete_route(conn: Connection, tenant: UUID, id_: UUID) -> bool:
    return await conn.execute("DELETE FROM call_routes WHERE tenant_id = $1 AND id = $2", tenant, id_) == "DELETE 1"
