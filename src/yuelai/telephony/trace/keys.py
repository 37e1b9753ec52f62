"""The keys of traces, each in its row sealed under the master key."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from yuelai.platform.ids import new_id
from yuelai.platform.rewrap import SealedColumn
from yuelai.platform.secrets import CannotOpen, Secrets
from yuelai.telephony.trace import repository
from yuelai.telephony.trace.segments import TraceKey

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

log = structlog.get_logger()

_PURPOSE = "sip trace"
RENEWED = timedelta(days=1)
"""A life of core that begins this long after the newest key was made makes another."""

SEALED = SealedColumn(
    name="keys of SIP traces",
    table="sip_trace_keys",
    column="sealed",
    key=("id",),
    purpose=_PURPOSE,
    bound=lambda row: row["id"].bytes,
)


async def load(conn: Connection, secrets: Secrets) -> dict[UUID, TraceKey]:
    """Return the keys that open, by id, the newest first."""
    found = {}
    for row in await repository.keys(conn):
        try:
            found[row["id"]] = TraceKey(row["id"], secrets.open(_PURPOSE, row["id"].bytes, row["sealed"]))
        except CannotOpen:
            log.error("trace_key_missing", key=str(row["id"]))
    return found


async def current(conn: Connection, secrets: Secrets, now: datetime, hours: float) -> TraceKey:
    """Return the key to write under, a new one when it is time; keys that nothing is under any more go."""
    await repository.forget_keys(conn, now - timedelta(hours=hours + 1))
    rows = await repository.keys(conn)
    if rows and now - rows[0]["created_at"] < RENEWED:
        held = (await load(conn, secrets)).get(rows[0]["id"])
        if held is not None:
            return held
    key = TraceKey(new_id(), os.urandom(32))
    await repository.add_key(conn, key.id, now, secrets.seal(_PURPOSE, key.id.bytes, key.plain))
    return key
