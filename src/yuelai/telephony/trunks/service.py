"""Trunks and routes: adding, changing, taking away. The caller opens the transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.ids import new_id
from yuelai.telephony.trunks import repository as tables
from yuelai.telephony.trunks import secret as secrets
from yuelai.telephony.trunks.errors import (
    BadRoute,
    BadTrunk,
    ChangedMeanwhile,
    NoSuchRoute,
    NoSuchTrunk,
    PeerNameTaken,
    TrunkCodeTaken,
)
from yuelai.telephony.trunks.events import TrunkChanged
from yuelai.telephony.trunks.schemas import NewTrunk

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_SECRETS = {"secret": secrets.OURS, "peer_secret": secrets.THEIRS}


async def trunk(conn: Connection, tenant: UUID, id_: UUID) -> dict[str, Any]:
    """Raises `NoSuchTrunk`."""
    rows = await tables.trunks(conn, tenant, id_)
    if not rows:
        raise NoSuchTrunk()
    return shown(dict(rows[0]))


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be told of a trunk: of passwords only that they are there."""
    plain = {name: row[name] for name in (*tables.COLUMNS, "id", "version", "created_at", "rates")}
    for name in _SECRETS:
        plain[f"has_{name}"] = bool(plain.pop(name))
    plain["sources"] = [str(network) for network in plain["sources"]]
    return plain


async def add_trunk(conn: Connection, settings: Settings, principal: Principal, wanted: NewTrunk) -> dict[str, Any]:
    """Raises `BadTrunk`, `TrunkCodeTaken`, `PeerNameTaken`, `KeysMissing`."""
    id_, everything = new_id(), wanted.model_dump(by_alias=True)
    values = everything | await _sealed(settings, id_, wanted.sent(), {"secret": b"", "peer_secret": b""})
    _check(values)
    with _unique():
        async with conn.transaction():
            await tables.add_trunk(conn, principal.tenant_id, id_, values)
            await tables.put_rates(conn, principal.tenant_id, id_, values["rates"])
    await _tell(conn, principal, "trunk.added", f"trunk/{id_}", {"code": values["code"]}, id_)
    return await trunk(conn, principal.tenant_id, id_)


async def change_trunk(
    conn: Connection, settings: Settings, principal: Principal, id_: UUID, wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """`wanted` has a version and only what changes. Raises `NoSuchTrunk`, `ChangedMeanwhile` and what `add_trunk`
    raises."""
    rows = await tables.trunks(conn, principal.tenant_id, id_)
    if not rows:
        raise NoSuchTrunk()
    old = dict(rows[0])
    old["sources"] = [str(network) for network in old["sources"]]
    changes = dict(wanted)
    version = changes.pop("version")
    values = old | changes
    values |= await _sealed(settings, id_, changes, {name: old[name] for name in _SECRETS})
    _check(values)
    with _unique():
        async with conn.transaction():
            if not await tables.change_trunk(conn, principal.tenant_id, id_, version, values):
                raise ChangedMeanwhile()
            if "rates" in changes:
                await tables.put_rates(conn, principal.tenant_id, id_, values["rates"])
    data = {"code": values["code"], "fields": sorted(changes)}
    await _tell(conn, principal, "trunk.changed", f"trunk/{id_}", data, id_)
    return await trunk(conn, principal.tenant_id, id_)


async def delete_trunk(conn: Connection, principal: Principal, id_: UUID) -> None:
    """Calls that stand go on; routes lose it. Raises `NoSuchTrunk`."""
    if not await tables.delete_trunk(conn, principal.tenant_id, id_):
        raise NoSuchTrunk()
    await _tell(conn, principal, "trunk.removed", f"trunk/{id_}", {}, id_)


async def _sealed(
    settings: Settings, id_: UUID, wanted: Mapping[str, Any], old: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return both passwords as they are to be kept: one that is not spoken of stays."""
    found = dict(old)
    for name, purpose in _SECRETS.items():
        if name in wanted:
            found[name] = await secrets.seal(settings, purpose, id_, wanted[name])
    return found


def _check(trunk_: Mapping[str, Any]) -> None:
    if trunk_["register"] and not (trunk_["host"] and trunk_["username"] and trunk_["secret"]):
        raise BadTrunk("To register there, it takes a host, a user name and a password.", field="register")
    if trunk_["peer_secret"] and not trunk_["peer_username"]:
        raise BadTrunk("A peer that has a password needs a user name.", field="peer_username")
    if trunk_["peer_username"] and not trunk_["peer_secret"]:
        raise BadTrunk("A peer that signs in needs a password.", field="peer_secret")
    if trunk_["secret"] and not trunk_["username"]:
        raise BadTrunk("Our password there needs a user name.", field="username")
    if trunk_["direction"] != "in" and not trunk_["host"] and not trunk_["peer_username"]:
        raise BadTrunk("To call out, it takes a host, or a peer that registers here.", field="host")
    if 0 < trunk_["options_seconds"] < 5:
        raise BadTrunk("Signs of life are asked for every 5 seconds at most.", field="options_seconds")
    prefixes = [rate["prefix"] for rate in trunk_["rates"]]
    if len(prefixes) != len(set(prefixes)):
        raise BadTrunk("One prefix has two prices.", field="rates")


@contextlib.contextmanager
def _unique() -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise PeerNameTaken() if error.constraint_name == "trunks_peer_username" else TrunkCodeTaken() from None


async def route(conn: Connection, tenant: UUID, id_: UUID) -> dict[str, Any]:
    """Raises `NoSuchRoute`."""
    rows = await tables.routes(conn, tenant, id_)
    if not rows:
        raise NoSuchRoute()
    return plain_route(dict(rows[0]))


def plain_route(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "prefix", "name", "active", "hours", "trunks", "version")}


async def add_route(conn: Connection, principal: Principal, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `BadRoute`."""
    id_ = new_id()
    await tables.add_route(conn, principal.tenant_id, id_, wanted)
    await _put_trunks(conn, principal, id_, wanted)
    await _tell(conn, principal, "call_route.added", f"call-route/{id_}", {"prefix": wanted["prefix"]}, None)
    return await route(conn, principal.tenant_id, id_)


async def change_route(conn: Connection, principal: Principal, id_: UUID, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`wanted` has a version and only what changes. Raises `NoSuchRoute`, `BadRoute`, `ChangedMeanwhile`."""
    changes = dict(wanted)
    version = changes.pop("version")
    values = await route(conn, principal.tenant_id, id_) | changes
    if not await tables.change_route(conn, principal.tenant_id, id_, version, values):
        raise ChangedMeanwhile()
    if "trunks" in changes:
        await _put_trunks(conn, principal, id_, changes)
    await _tell(conn, principal, "call_route.changed", f"call-route/{id_}", {"fields": sorted(changes)}, None)
    return await route(conn, principal.tenant_id, id_)


async def _put_trunks(conn: Connection, principal: Principal, id_: UUID, wanted: Mapping[str, Any]) -> None:
    named = [each["trunk_id"] for each in wanted["trunks"]]
    if len(named) != len(set(named)):
        raise BadRoute()
    if not await tables.put_route_trunks(conn, principal.tenant_id, id_, wanted["trunks"]):
        raise BadRoute()


async def delete_route(conn: Connection, principal: Principal, id_: UUID) -> None:
    """Raises `NoSuchRoute`."""
    if not await tables.delete_route(conn, principal.tenant_id, id_):
        raise NoSuchRoute()
    await _tell(conn, principal, "call_route.removed", f"call-route/{id_}", {}, None)


async def _tell(
    conn: Connection, principal: Principal, action: str, object_: str, data: Mapping[str, Any], trunk_id: UUID | None
) -> None:
    await audit(conn, principal, action, object_, data)
    now = SystemClock().now()
    await outbox.put(conn, TrunkChanged(at=now, tenant_id=principal.tenant_id, trunk_id=trunk_id))
