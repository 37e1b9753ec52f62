"""Guards over HTTP: who is shut out, who may speak to us, and what may be called. Core follows within a second."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform import paging
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.web import database
from yuelai.telephony.guards import repository as tables
from yuelai.telephony.guards import service
from yuelai.telephony.guards.schemas import (
    AccessRule,
    AccessRuleChange,
    AccessRuleList,
    Address,
    Ban,
    BanList,
    Deciding,
    Decision,
    NewAccessRule,
    NewBan,
    NewTollRule,
    TollRule,
    TollRuleChange,
    TollRuleList,
    Wanted,
)

router = APIRouter(prefix="/api/v1/sip", tags=["guards"])

Db = Annotated[Database, Depends(database)]
Reader = Annotated[Principal, Depends(require("telephony.read"))]
Writer = Annotated[Principal, Depends(require("telephony.write"))]


@router.get("/bans")
async def bans(
    principal: Reader,
    db: Db,
    standing: bool = True,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> BanList:
    """The newest first; with `standing=false` also those that are over, for a day."""
    after = paging.decode(cursor, datetime, str) if cursor else None
    if after is not None:
        _parse_address(after[1])
    now = SystemClock().now()
    async with db.transaction(principal.tenant_id) as conn:
        rows = await tables.bans(conn, principal.tenant_id, limit, after, now, standing=standing)
    page, next_cursor = paging.page(rows, limit, lambda row: (row["since"], row["address"]))
    return BanList(items=[Ban.model_validate(dict(row)) for row in page], next_cursor=next_cursor)


def _parse_address(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise paging.BadCursor() from None


@router.post("/bans", status_code=201)
async def add_ban(body: NewBan, principal: Writer, db: Db) -> Ban:
    """Shut an address out. Trunks, and networks that are allowed, are never shut out."""
    async with db.transaction(principal.tenant_id) as conn:
        return Ban.model_validate(await service.ban(conn, principal, body))


@router.delete("/bans/{address}", status_code=204)
async def lift_ban(address: Annotated[Address, Path()], principal: Writer, db: Db) -> None:
    """Let an address speak again, and forget that it was shut out."""
    async with db.transaction(principal.tenant_id) as conn:
        await service.lift(conn, principal, address)


@router.get("/access-rules")
async def access_rules(principal: Reader, db: Db) -> AccessRuleList:
    """All of them, by network."""
    async with db.transaction(principal.tenant_id) as conn:
        rows = await tables.rules(conn, service.ACCESS, principal.tenant_id)
    return AccessRuleList(items=[AccessRule.model_validate(service.shown(dict(row))) for row in rows])


@router.post("/access-rules", status_code=201)
async def add_access_rule(body: NewAccessRule, principal: Writer, db: Db) -> AccessRule:
    async with db.transaction(principal.tenant_id) as conn:
        return AccessRule.model_validate(await service.add(conn, principal, service.ACCESS, body.model_dump()))


@router.patch("/access-rules/{rule_id}")
async def change_access_rule(rule_id: UUID, body: AccessRuleChange, principal: Writer, db: Db) -> AccessRule:
    """Change what is sent."""
    async with db.transaction(principal.tenant_id) as conn:
        found = await service.change(conn, principal, service.ACCESS, rule_id, _sent(body))
    return AccessRule.model_validate(found)


@router.delete("/access-rules/{rule_id}", status_code=204)
async def delete_access_rule(rule_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, service.ACCESS, rule_id)


@router.get("/toll-rules")
async def toll_rules(principal: Reader, db: Db) -> TollRuleList:
    """All of them, in their order, with what they have counted today."""
    async with db.transaction(principal.tenant_id) as conn:
        rows = await tables.rules(conn, service.TOLL, principal.tenant_id)
        usage = await tables.usage(conn, service.today())
    found = [service.shown({**row, "used_today": service.used(usage, row["id"])}) for row in rows]
    return TollRuleList(items=[TollRule.model_validate(rule) for rule in found])


@router.post("/toll-rules", status_code=201)
async def add_toll_rule(body: NewTollRule, principal: Writer, db: Db) -> TollRule:
    async with db.transaction(principal.tenant_id) as conn:
        return TollRule.model_validate(await service.add(conn, principal, service.TOLL, body.model_dump()))


@router.patch("/toll-rules/{rule_id}")
async def change_toll_rule(rule_id: UUID, body: TollRuleChange, principal: Writer, db: Db) -> TollRule:
    """Change what is sent; what it has counted today stays."""
    async with db.transaction(principal.tenant_id) as conn:
        return TollRule.model_validate(await service.change(conn, principal, service.TOLL, rule_id, _sent(body)))


@router.delete("/toll-rules/{rule_id}", status_code=204)
async def delete_toll_rule(rule_id: UUID, principal: Writer, db: Db) -> None:
    async with db.transaction(principal.tenant_id) as conn:
        await service.delete(conn, principal, service.TOLL, rule_id)


@router.post("/toll-rules/check")
async def check_toll(body: Wanted, principal: Reader, db: Db) -> Decision:
    """Say whether a user may call a number now, and which rule decides; nothing is called."""
    now = SystemClock().now().astimezone()
    async with db.transaction(principal.tenant_id) as conn:
        verdict = await service.decide(conn, principal.tenant_id, body.user, body.number, now)
    where, rule = verdict.where, verdict.rule
    return Decision(
        kind=where.kind, country=where.country, digits=where.digits, denied=verdict.denied, seconds=verdict.seconds,
        rule=None if rule is None else Deciding(id=rule.id, name=rule.name),
    )  # fmt: skip


def _sent(body: AccessRuleChange | TollRuleChange) -> dict[str, object]:
    return {name: value for name, value in body.model_dump().items() if name in body.model_fields_set}
