"""SQL of bans, access rules, toll rules, and what was used of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.telephony.guards.addresses import AccessRule
from yuelai.telephony.guards.bans import FORGIVEN_AFTER, Ban, Offence
from yuelai.telephony.guards.destinations import Class
from yuelai.telephony.guards.meter import Usage
from yuelai.telephony.guards.toll import Action, Counted, Limits, TollRule

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

USAGE_DAYS = 35
"""How long it is kept what was used on a day."""
TOLL = (
    "name", "position", "active", "action", "seats", "trunks", "classes", "countries", "prefixes", "weekdays",
    "from_time", "to_time", "counted", "max_concurrent", "max_per_minute", "max_minutes_day", "max_spend_day_micro",
)  # fmt: skip
ACCESS = ("network", "action", "note", "active")
_CASTS = {"seats": "text[]", "trunks": "uuid[]", "classes": "text[]", "countries": "text[]", "prefixes": "text[]"}
_CASTS |= {"weekdays": "smallint[]", "network": "cidr", "from_time": "time", "to_time": "time"}


# -- bans


def _ban(row: asyncpg.Record) -> Ban:
    return Ban(
        str(row["address"]), Offence(row["reason"]), row["note"], row["since"], row["ends_at"], row["strikes"],
        row["hits"],
    )  # fmt: skip


async def all_bans(conn: Connection) -> list[Ban]:
    """Return every ban that is not forgotten, the oldest first (system work)."""
    rows = await conn.fetch("SELECT * FROM sip_bans ORDER BY since, address")
    return [_ban(row) for row in rows]


async def bans(
    conn: Connection, tenant: UUID, limit: int, after: tuple[datetime, str] | None, now: datetime, *, standing: bool
) -> list[asyncpg.Record]:
    """Return bans, the newest first, behind `after` (since, address); one more than the limit if there are more."""
    since, address = after or (None, None)
    return await conn.fetch(
        """
        SELECT host(address) AS address, reason, note, since, ends_at, strikes, hits, ends_at > $4 AS stands
        FROM sip_bans WHERE tenant_id = $1 AND ($5 IS FALSE OR ends_at > $4)
            AND ($2::timestamptz IS NULL OR (since, address) < ($2, $3::text::inet))
        ORDER BY since DESC, address DESC LIMIT $6
        """,
        tenant,
        since,
        address,
        now,
        standing,
        limit + 1,
    )


async def put_ban(conn: Connection, tenant: UUID, ban: Ban) -> None:
    """Add a ban, or put it in the place of the last one of that address."""
    await conn.execute(
        """
        INSERT INTO sip_bans (address, tenant_id, reason, note, since, ends_at, strikes, hits)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, note = excluded.note, since = excluded.since,
            ends_at = excluded.ends_at, strikes = excluded.strikes, hits = excluded.hits
        """,
        ipaddress.ip_address(ban.address),
        tenant,
        str(ban.reason),
        ban.note,
        ban.since,
        ban.ends_at,
        ban.strikes,
        ban.hits,
    )


async def put_hits(conn: Connection, hits: Mapping[str, int]) -> None:
    """Write how often banned addresses were heard; those whose ban was lifted meanwhile stay away (system work)."""
    await conn.executemany(
        "UPDATE sip_bans SET hits = greatest(hits, $2) WHERE address = $1",
        [(ipaddress.ip_address(address), count) for address, count in hits.items()],
    )


async def strikes(conn: Connection, address: str, now: datetime) -> int:
    """Return how often an address was banned of late."""
    count = await conn.fetchval(
        "SELECT strikes FROM sip_bans WHERE address = $1 AND ends_at > $2",
        ipaddress.ip_address(address),
        now - FORGIVEN_AFTER,
    )
    return int(count or 0)


async def lift(conn: Connection, tenant: UUID, address: str) -> bool:
    """Forget a ban; false when there is none."""
    done = await conn.execute(
        "DELETE FROM sip_bans WHERE tenant_id = $1 AND address = $2", tenant, ipaddress.ip_address(address)
    )
    return bool(done == "DELETE 1")


async def forget(conn: Connection, now: datetime) -> None:
    """Delete what counts no more: bans long over, and what was used long ago (system work)."""
    await conn.execute("DELETE FROM sip_bans WHERE ends_at < $1", now - FORGIVEN_AFTER)
    await conn.execute("DELETE FROM toll_usage WHERE day < $1", now.date() - timedelta(days=USAGE_DAYS))


# -- rules


async def rules(conn: Connection, table: str, tenant: UUID, id_: UUID | None = None) -> list[asyncpg.Record]:
    """Return the tenant's rules, or the one; toll rules in their order, access rules by network."""
    order = "position, id" if table == "toll_rules" else "network"
    return await conn.fetch(
        f"SELECT * FROM {table} WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY {order}",  # noqa: S608
        tenant,
        id_,
    )


async def add_rule(conn: Connection, table: str, tenant: UUID, id_: UUID, values: Mapping[str, Any]) -> None:
    """Raises asyncpg's UniqueViolationError."""
    names = _columns(table)
    places = ", ".join(f"${place}{_cast(name)}" for place, name in enumerate(names, 3))
    await conn.execute(
        f"INSERT INTO {table} (id, tenant_id, {', '.join(names)}) VALUES ($1, $2, {places})",  # noqa: S608
        id_,
        tenant,
        *(_plain(name, values[name]) for name in names),
    )


async def change_rule(
    conn: Connection, table: str, tenant: UUID, id_: UUID, version: int, values: Mapping[str, Any]
) -> bool:
    """False when its version is another one by now. Raises asyncpg's UniqueViolationError."""
    names = _columns(table)
    sets = ", ".join(f"{name} = ${place}{_cast(name)}" for place, name in enumerate(names, 4))
    done = await conn.execute(
        f"UPDATE {table} SET version = version + 1, {sets} WHERE tenant_id = $1 AND id = $2 AND version = $3",  # noqa: S608
        tenant,
        id_,
        version,
        *(_plain(name, values[name]) for name in names),
    )
    return bool(done == "UPDATE 1")


async def delete_rule(conn: Connection, table: str, tenant: UUID, id_: UUID) -> bool:
    done = await conn.execute(f"DELETE FROM {table} WHERE tenant_id = $1 AND id = $2", tenant, id_)  # noqa: S608
    return bool(done == "DELETE 1")


def _columns(table: str) -> Sequence[str]:
    return TOLL if table == "toll_rules" else ACCESS


def _cast(name: str) -> str:
    return f"::{_CASTS[name]}" if name in _CASTS else ""


def _plain(name: str, value: Any) -> Any:
    if name == "network":
        return ipaddress.ip_network(value)
    if name in ("from_time", "to_time") and isinstance(value, str):
        return time.fromisoformat(value)
    if name in ("action", "counted"):
        return str(value)
    return [str(each) for each in value] if name == "classes" else value


async def access_rules(conn: Connection) -> list[AccessRule]:
    """Return those that are in force (system work)."""
    rows = await conn.fetch("SELECT network, action FROM sip_access_rules WHERE active")
    return [AccessRule(row["network"], row["action"] == "allow") for row in rows]


async def toll_rules(conn: Connection, tenant: UUID | None = None) -> list[TollRule]:
    """Return those that are in force, of one tenant or of all (system work)."""
    rows = await conn.fetch(
        "SELECT * FROM toll_rules WHERE active AND ($1::uuid IS NULL OR tenant_id = $1) ORDER BY position, id", tenant
    )
    return [_toll_rule(row) for row in rows]


def _toll_rule(row: asyncpg.Record) -> TollRule:
    return TollRule(
        row["id"], row["name"], row["position"], Action(row["action"]), tuple(row["seats"]), tuple(row["trunks"]),
        tuple(Class(kind) for kind in row["classes"]), tuple(row["countries"]), tuple(row["prefixes"]),
        tuple(row["weekdays"]), None if row["from_time"] is None else (row["from_time"], row["to_time"]),
        Counted(row["counted"]),
        Limits(row["max_concurrent"], row["max_per_minute"], row["max_minutes_day"], row["max_spend_day_micro"]),
    )  # fmt: skip


# -- usage


async def put_usage(conn: Connection, tenant: UUID, usages: Iterable[Usage]) -> None:
    """Write the sums of the day; rules that are gone by now are left out (system work)."""
    await conn.executemany(
        """
        INSERT INTO toll_usage (tenant_id, day, rule_id, subject, calls, seconds, spend_micro)
        SELECT $1, $2, r.id, $4, $5, $6, $7 FROM toll_rules r WHERE r.id = $3
        ON CONFLICT (rule_id, day, subject) DO UPDATE SET calls = excluded.calls, seconds = excluded.seconds,
            spend_micro = excluded.spend_micro
        """,
        [(tenant, u.day, u.rule_id, u.subject, u.calls, u.seconds, u.spend) for u in usages],
    )


async def usage(conn: Connection, day: date) -> list[Usage]:
    """Return what was used on a day."""
    rows = await conn.fetch(
        "SELECT day, rule_id, subject, calls, seconds, spend_micro FROM toll_usage WHERE day = $1", day
    )
    return [Usage(*row.values()) for row in rows]
