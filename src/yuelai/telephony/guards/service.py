"""Bans and rules: adding, changing, taking away. The caller opens the transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import new_id
from yuelai.telephony.guards import repository as tables
from yuelai.telephony.guards.bans import Ban, Offence
from yuelai.telephony.guards.errors import BadTollRule, ChangedMeanwhile, NetworkTaken, NoSuchBan, NoSuchRule
from yuelai.telephony.guards.events import SipRulesChanged
from yuelai.telephony.guards.meter import Usage
from yuelai.telephony.guards.schemas import NewBan
from yuelai.telephony.guards.toll import Action, Caller, TollRule, TollRules, Used, Verdict

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

ACCESS, TOLL = "sip_access_rules", "toll_rules"
_LIMITS = ("max_concurrent", "max_per_minute", "max_minutes_day", "max_spend_day_micro")
_MOST_USED = 10
_NAMES = {ACCESS: "sip_access_rule", TOLL: "toll_rule"}


async def ban(conn: Connection, principal: Principal, wanted: NewBan) -> dict[str, Any]:
    """Ban an address by hand, from now on."""
    now = SystemClock().now()
    strikes = await tables.strikes(conn, wanted.address, now) + 1
    made = Ban(
        wanted.address, Offence.MANUAL, wanted.reason, now, now + timedelta(minutes=wanted.minutes), strikes
    )  # fmt: skip
    await tables.put_ban(conn, principal.tenant_id, made)
    data = {"minutes": wanted.minutes, "reason": wanted.reason}
    await _tell(conn, principal, "sip_ban.added", f"sip-ban/{wanted.address}", data)
    return {
        "address": made.address, "reason": made.reason, "note": made.note, "since": made.since,
        "ends_at": made.ends_at, "strikes": made.strikes, "hits": 0, "stands": True,
    }  # fmt: skip


async def lift(conn: Connection, principal: Principal, address: str) -> None:
    """Raises `NoSuchBan`."""
    if not await tables.lift(conn, principal.tenant_id, address):
        raise NoSuchBan()
    await _tell(conn, principal, "sip_ban.removed", f"sip-ban/{address}", {})


async def rule(conn: Connection, table: str, tenant: UUID, id_: UUID) -> dict[str, Any]:
    """Raises `NoSuchRule`."""
    rows = await tables.rules(conn, table, tenant, id_)
    if not rows:
        raise NoSuchRule()
    return shown(dict(rows[0]))


def shown(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("from_time", "to_time"):
        if isinstance(row.get(name), time):
            row[name] = row[name].strftime("%H:%M")
    if "network" in row:
        row["network"] = str(row["network"])
    row.setdefault("used_today", [])
    return row


def used(usages: list[Usage], id_: UUID) -> list[dict[str, Any]]:
    """Return what one rule has counted today, the most used subjects first."""
    own = sorted((u for u in usages if u.rule_id == id_), key=lambda u: (-u.seconds, -u.spend, u.subject))
    return [
        {"subject": u.subject, "calls": u.calls, "seconds": u.seconds, "spend_micro": u.spend} for u in own[:_MOST_USED]
    ]


async def add(conn: Connection, principal: Principal, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `NetworkTaken`, `BadTollRule`."""
    _check(table, values)
    id_ = new_id()
    with _unique():
        async with conn.transaction():
            await tables.add_rule(conn, table, principal.tenant_id, id_, values)
    await _tell(conn, principal, f"{_NAMES[table]}.added", f"{_NAMES[table]}/{id_}", _summary(values))
    return await rule(conn, table, principal.tenant_id, id_)


async def change(
    conn: Connection, principal: Principal, table: str, id_: UUID, sent: Mapping[str, Any]
) -> dict[str, Any]:
    """`sent` has a version and what changes. Raises `NoSuchRule`, `ChangedMeanwhile` and what `add` raises."""
    changes = dict(sent)
    version = changes.pop("version")
    values = await rule(conn, table, principal.tenant_id, id_) | changes
    _check(table, values)
    with _unique():
        async with conn.transaction():
            if not await tables.change_rule(conn, table, principal.tenant_id, id_, version, values):
                raise ChangedMeanwhile()
    data = {**_summary(values), "fields": sorted(changes)}
    await _tell(conn, principal, f"{_NAMES[table]}.changed", f"{_NAMES[table]}/{id_}", data)
    return await rule(conn, table, principal.tenant_id, id_)


async def delete(conn: Connection, principal: Principal, table: str, id_: UUID) -> None:
    """Raises `NoSuchRule`."""
    if not await tables.delete_rule(conn, table, principal.tenant_id, id_):
        raise NoSuchRule()
    await _tell(conn, principal, f"{_NAMES[table]}.removed", f"{_NAMES[table]}/{id_}", {})


async def decide(conn: Connection, tenant: UUID, user: str, number: str, now: datetime) -> Verdict:
    """Say what the rules in force say of a call, with what was used today; calls of this minute are not known here."""
    rules = TollRules(await tables.toll_rules(conn, tenant))
    counts = {(u.rule_id, u.subject): u for u in await tables.usage(conn, now.date())}

    def used_by(rule_: TollRule, subject: str) -> Used:
        count = counts.get((rule_.id, subject))
        return Used() if count is None else Used(0, 0, count.seconds, count.spend)

    return rules.decide(Caller(seat=user), number, now, used_by)


def today() -> date:
    return SystemClock().now().astimezone().date()


def _check(table: str, values: Mapping[str, Any]) -> None:
    if table != TOLL:
        if not values["network"]:
            raise BadTollRule("A network is needed.", field="network")
        return
    limits = [name for name in _LIMITS if values[name] is not None]
    if values["action"] == Action.LIMIT and not limits:
        raise BadTollRule("A limit needs at least one figure.", field="max_concurrent")
    if values["action"] != Action.LIMIT and limits:
        raise BadTollRule("Only limits have figures.", field=limits[0])
    if (values["from_time"] is None) != (values["to_time"] is None):
        raise BadTollRule("Hours have a beginning and an end.", field="to_time")
    if not values["name"]:
        raise BadTollRule("A name is needed.", field="name")


def _summary(values: Mapping[str, Any]) -> dict[str, Any]:
    names = ("network", "action", "name")
    return {name: str(values[name]) for name in names if name in values}


@contextlib.contextmanager
def _unique() -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError:
        raise NetworkTaken() from None


async def _tell(conn: Connection, principal: Principal, action: str, object_: str, data: Mapping[str, Any]) -> None:
    await audit(conn, principal, action, object_, data)
    await outbox.put(conn, SipRulesChanged(at=SystemClock().now(), tenant_id=principal.tenant_id))
