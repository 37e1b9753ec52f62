"""What callbacks know of customers (`customers.ports.PersonalData`): a number and what was noted of their wish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.channels.callback.events import CallbackChanged
from yuelai.customers.ports import Afterwards, Subject
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_THEIRS = "tenant_id = $1 AND (customer_id = ANY($2) OR customer_id IS NULL AND number_e164 = ANY($3))"


class CallbacksPersonalData:
    name = "callbacks"

    async def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """Return the callbacks they asked for, the oldest first."""
        rows = await conn.fetch(
            f"""
            SELECT id, kind, state, number, booked_at, due_at, attempts, last_result, note, interaction_id
            FROM callbacks WHERE {_THEIRS} ORDER BY id
            """,  # noqa: S608
            subject.tenant_id,
            subject.ids,
            subject.phones,
        )
        return [dict(row) for row in rows]

    async def erase(self, conn: Connection, subject: Subject) -> Afterwards | None:
        """Take out number and note; what still waits is cancelled, for there is nobody to call any more."""
        now = SystemClock().now()
        rows = await conn.fetch(
            f"""
            UPDATE callbacks SET number = '', number_e164 = NULL, note = '', changed_at = $4, version = version + 1,
                state = CASE WHEN state IN ('waiting', 'offered', 'dialling') THEN 'cancelled' ELSE state END
            WHERE {_THEIRS} RETURNING id
            """,  # noqa: S608
            subject.tenant_id,
            subject.ids,
            subject.phones,
            now,
        )
        erased: list[UUID] = [row["id"] for row in rows]
        for id_ in erased:
            await outbox.put(conn, CallbackChanged(at=now, tenant_id=subject.tenant_id, callback_id=id_))
        # A booking that could not be written waits for somebody to look at it.
        await conn.execute(
            "UPDATE journal_parked SET private = '{}' WHERE fact ->> 'callback_id' = ANY($1)",
            [str(id_) for id_ in erased],
        )
        return None
