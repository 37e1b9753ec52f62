"""Why agents may be busy: what a tenant has set up, and what comes about by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform.errors import Conflict, NotFound
from yuelai.routing.agents import tables

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

USUAL = (
    {"code": "lunch", "name": "用餐", "name_en": "Lunch", "position": 10},
    {"code": "break", "name": "小休", "name_en": "Break", "position": 20},
    {"code": "training", "name": "培训", "name_en": "Training", "position": 30},
    {"code": "meeting", "name": "会议", "name_en": "Meeting", "position": 40},
)
"""Of a tenant that has set up none."""

SYSTEM = (
    {"code": "rona", "name": "未接来话", "name_en": "Did not answer", "position": 1001},
    {"code": "declined", "name": "拒接", "name_en": "Declined", "position": 1002},
    {"code": "private_call", "name": "其他通话", "name_en": "On another call", "position": 1003},
    {"code": "seat_lost", "name": "话机失联", "name_en": "Phone lost", "position": 1004},
    {"code": "forced", "name": "班长设置", "name_en": "Set by a leader", "position": 1005},
    {"code": "outbound", "name": "外呼", "name_en": "Outbound", "position": 1006},
)
"""What nobody chooses: they are said of an agent by routing, by seats and by leaders."""

_RESERVED = frozenset({reason["code"] for reason in SYSTEM} | {"system_restart", "removed"})


class ReasonTaken(Conflict):
    """There is a reason of this code already, or the centre itself uses it."""

    code = "reason_taken"


class NoSuchReason(NotFound):
    """There is no such reason that could be changed."""

    code = "no_such_reason"


async def reasons(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    """Return the tenant's, in their order, then those that come about by themselves."""
    own = await _own(conn, principal)
    return [{**reason, "system": False} for reason in own] + [{**reason, "system": True} for reason in SYSTEM]


async def add_reason(conn: Connection, principal: Principal, reason: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `ReasonTaken`."""
    own = await _settled(conn, principal)
    if reason["code"] in _RESERVED or reason["code"] in own:
        raise ReasonTaken(reason=reason["code"])
    await tables.add_reasons(conn, principal.tenant_id, [reason])
    await audit(conn, principal, "busy_reason.created", f"busy_reason/{reason['code']}", {"code": reason["code"]})
    return {**reason, "system": False}


async def change_reason(
    conn: Connection, principal: Principal, code: str, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Raises `NoSuchReason`."""
    before = (await _settled(conn, principal)).get(code)
    if before is None:
        raise NoSuchReason()
    different = {name: value for name, value in changes.items() if before[name] != value}
    if different:
        await tables.change_reason(conn, principal.tenant_id, code, different)
        await audit(conn, principal, "busy_reason.changed", f"busy_reason/{code}", {"fields": sorted(different)})
    return {**before, **different, "system": False}


async def delete_reason(conn: Connection, principal: Principal, code: str) -> None:
    """What was logged with it stays. Raises `NoSuchReason`."""
    if code not in await _settled(conn, principal):
        raise NoSuchReason()
    await tables.delete_reason(conn, principal.tenant_id, code)
    await audit(conn, principal, "busy_reason.deleted", f"busy_reason/{code}", {"code": code})


async def _own(conn: Connection, principal: Principal) -> list[dict[str, Any]]:
    rows = await tables.reasons_of(conn, principal.tenant_id)
    return [dict(row) for row in rows] or [dict(reason) for reason in USUAL]


async def _settled(conn: Connection, principal: Principal) -> dict[str, dict[str, Any]]:
    """Return the tenant's own by code; the usual ones become its own before the first change."""
    if not await tables.reasons_of(conn, principal.tenant_id):
        await tables.add_reasons(conn, principal.tenant_id, USUAL)
    return {row["code"]: dict(row) for row in await tables.reasons_of(conn, principal.tenant_id)}
