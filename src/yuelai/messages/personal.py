"""What messages know of customers (`customers.ports.PersonalData`): whom what was written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yuelai.customers.ports import Afterwards, Subject
from yuelai.messages.sealing import Sealing
from yuelai.messages.templates import CODE

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Those put to their name, and those to a number only they have.
_THEIRS = """
    tenant_id = $1 AND (customer_id = ANY($2) OR customer_id IS NULL AND to_e164 = ANY($3))
"""


class MessagesPersonalData:
    name = "messages"

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing

    async def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """Return the messages with their words, the oldest first; those of codes, which may yet open, are nobody's."""
        rows = await conn.fetch(
            "SELECT id, channel, to_e164, template, state, created_at, delivered_at, words FROM messages "  # noqa: S608
            f"WHERE {_THEIRS} ORDER BY id",
            subject.tenant_id,
            subject.ids,
            subject.phones,
        )
        return [
            {name: row[name] for name in row.keys() if name != "words"}  # noqa: SIM118 - a record is no dict
            | {"text": "" if row["template"] == CODE else await self._sealing.open(row["id"], row["words"]) or ""}
            for row in rows
        ]

    async def erase(self, conn: Connection, subject: Subject) -> Afterwards | None:
        """Take out numbers and words; that something was written, and when, stays. What was not sent yet is not."""
        await conn.execute(
            f"""
            UPDATE messages SET to_e164 = '', words = '', next_at = NULL,
                reason = CASE WHEN state IN ('queued', 'sending') THEN 'erased' ELSE reason END,
                state = CASE WHEN state IN ('queued', 'sending') THEN 'refused' ELSE state END
            WHERE {_THEIRS}
            """,  # noqa: S608
            subject.tenant_id,
            subject.ids,
            subject.phones,
        )
        return None
