"""Calls as they were on the wire, over HTTP: the list, the messages, the ladder and the capture file.

Who looks at a call's messages is written into the audit trail: they tell who spoke with whom.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Response

from yuelai.identity.access import require
from yuelai.identity.audit import audit
from yuelai.identity.model import Principal
from yuelai.platform import paging
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.fields import Instant, Word
from yuelai.platform.key_file import BadKeyFile
from yuelai.platform.secrets import Secrets
from yuelai.platform.web import database, settings
from yuelai.telephony.trace import keys, reader, repository
from yuelai.telephony.trace.errors import NoSuchCall, TraceKeyMissing
from yuelai.telephony.trace.keeping import FOLDER
from yuelai.telephony.trace.ladder import ladder
from yuelai.telephony.trace.pcap import pcap
from yuelai.telephony.trace.schemas import SipCall, SipCallList, SipMessage, SipMessageList, TrunkRef

log = structlog.get_logger()

router = APIRouter(prefix="/api/v1/sip/calls", tags=["telephony"])

Db = Annotated[Database, Depends(database)]
Where = Annotated[Settings, Depends(settings)]
Reader = Annotated[Principal, Depends(require("telephony.trace"))]

BEFORE, AFTER = timedelta(seconds=2), timedelta(seconds=40)
"""How long around a call its messages are looked for: repeated finals and their ACKs come after the end (32 s)."""
MOST_TOGETHER = 50
_STANDS = {
    "standing": "c.ended_at IS NULL",
    "answered": "c.answered_at IS NOT NULL",
    "cancelled": "c.status = 487",
    "failed": "c.answered_at IS NULL AND c.ended_at IS NOT NULL AND c.status <> 487",
}


@router.get("")
async def find(
    principal: Reader,
    db: Db,
    number: Annotated[
        Word | None, Query(max_length=100, description="what the caller's or the called number ends with")
    ] = None,
    from_: Annotated[Instant | None, Query(alias="from", description="inclusive; UTC if without zone")] = None,
    to: Annotated[Instant | None, Query(description="exclusive; UTC if without zone")] = None,
    status: Annotated[
        str | None,
        Query(
            pattern="^(standing|answered|cancelled|failed|[1-6][0-9]{2}|[1-6]xx)$",
            description="how it went: `standing`, `answered`, `cancelled`, `failed`, a status or its class, `4xx`",
        ),
    ] = None,
    trunk: UUID | None = None,
    correlation: Annotated[UUID | None, Query(description="of this interaction")] = None,
    direction: Literal["in", "out"] | None = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SipCallList:
    """The newest first."""
    conditions: list[tuple[str, tuple[Any, ...]]] = [
        (condition, (value,))
        for condition, value in (
            ("c.started_at >= {0}", from_),
            ("c.started_at < {0}", to),
            ("c.trunk_id = {0}", trunk),
            ("c.correlation = {0}", correlation),
            ("c.direction = {0}", direction),
        )
        if value is not None
    ]
    if number:
        conditions.append(repository.of_number(number))
    if status is not None:
        conditions.append(_status(status))
    after = paging.decode(cursor, datetime, UUID) if cursor else None
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.find(
            conn, principal.tenant_id, conditions, (after[0], after[1]) if after else None, limit + 1
        )
    page, next_cursor = paging.page(rows, limit, lambda row: (row["started_at"], row["id"]))
    return SipCallList(items=[_call(row) for row in page], next_cursor=next_cursor)


def _status(status: str) -> tuple[str, tuple[Any, ...]]:
    if status in _STANDS:
        return _STANDS[status], ()
    if status.endswith("xx"):
        return "c.status / 100 = {0}::int", (int(status[0]),)
    return "c.status = {0}::int", (int(status),)


def _call(row: Any) -> SipCall:
    trunk = TrunkRef(id=row["trunk_id"], code=row["trunk_code"], name=row["trunk_name"]) if row["trunk_code"] else None
    known = {name: row[name] for name in SipCall.model_fields if name not in ("trunk", "account")}
    return SipCall(**known, trunk=trunk, account=row["account_code"])


@router.get("/{sip_call_id}")
async def one(sip_call_id: UUID, principal: Reader, db: Db) -> SipCall:
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.find(conn, principal.tenant_id, [("c.id = {0}", (sip_call_id,))], None, 1)
    if not rows:
        raise NoSuchCall()
    return _call(rows[0])


@router.get("/{sip_call_id}/messages")
async def messages(sip_call_id: UUID, principal: Reader, db: Db, where: Where) -> SipMessageList:
    """With those of all other legs of the same matter, in the order they were seen."""
    found = await _messages(sip_call_id, principal, db, where, "messages")
    return SipMessageList(
        items=[SipMessage.of(message) for message in found.messages], cut=found.cut, damaged=found.damaged
    )


@router.get("/{sip_call_id}/ladder.svg", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
async def ladder_svg(
    sip_call_id: UUID, principal: Reader, db: Db, where: Where, language: Literal["zh", "en"] = "zh"
) -> Response:
    """The same messages as a drawing; arrow n (`data-index`) is message n."""
    found = await _messages(sip_call_id, principal, db, where, "ladder")
    drawn = ladder(found.messages, f"{where.advertised_address}:{where.sip_port}", language=language)
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})


@router.get(
    "/{sip_call_id}/pcap", response_class=Response, responses={200: {"content": {"application/vnd.tcpdump.pcap": {}}}}
)
async def capture(sip_call_id: UUID, principal: Reader, db: Db, where: Where) -> Response:
    """The same messages for a packet analyser."""
    found = await _messages(sip_call_id, principal, db, where, "pcap")
    data = await asyncio.to_thread(pcap, found.messages, where.advertised_address, where.sip_port)
    return Response(
        data,
        media_type="application/vnd.tcpdump.pcap",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="call-{sip_call_id}.pcap"',
        },
    )


async def _messages(id_: UUID, principal: Principal, db: Database, where: Settings, what: str) -> reader.Found:
    async with db.transaction(principal.tenant_id) as conn:
        rows = await repository.together(conn, principal.tenant_id, id_, MOST_TOGETHER)
    if not rows:
        raise NoSuchCall()
    try:
        secrets = await asyncio.to_thread(Secrets.load, where, create=False)
    except BadKeyFile as error:
        log.error("master_key_missing", error=str(error))
        raise TraceKeyMissing() from None
    async with db.transaction(principal.tenant_id) as conn:
        held = await keys.load(conn, secrets)
        calls = [str(row["id"]) for row in rows]
        await audit(conn, principal, "sip_call.read", f"sip_call/{id_}", {"as": what, "calls": calls})
    now = datetime.now(UTC)
    windows = [
        reader.Window(
            row["call_id"],
            (row["started_at"] - BEFORE).timestamp(),
            ((row["ended_at"] + AFTER) if row["ended_at"] else now + AFTER).timestamp(),
        )
        for row in rows
    ]
    return await asyncio.to_thread(reader.find, where.folder / FOLDER, held, windows)
