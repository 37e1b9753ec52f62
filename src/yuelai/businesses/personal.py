"""What businesses know of customers (`customers.ports.PersonalData`): what they wanted, submitted and half written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yuelai.customers.ports import Afterwards, Subject

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Contacts put to their name, and those nobody put to anybody's that came from a number only they have.
_CONTACTS = """
    SELECT i.id FROM interactions i WHERE i.tenant_id = $1 AND (i.customer_id = ANY($2)
        OR i.customer_id IS NULL AND i.ani_e164 = ANY($3))
"""
_THEIRS = f"tenant_id = $1 AND (customer_id = ANY($2) OR customer_id IS NULL AND interaction_id IN ({_CONTACTS}))"


class BusinessesPersonalData:
    """Must be asked before interactions are: by their numbers contacts are found."""

    name = "businesses"

    async def export(self, conn: Connection, subject: Subject) -> dict[str, Any]:
        """Return what was submitted and what was not yet, the oldest first."""
        args = (subject.tenant_id, subject.ids, subject.phones)
        records = await conn.fetch(
            f'SELECT id, number, kind, interaction_id, submitted_at, "values" FROM business_records '  # noqa: S608
            f"WHERE {_THEIRS} ORDER BY number",
            *args,
        )
        drafts = await conn.fetch(
            'SELECT id, form, interaction_id, updated_at, "values" FROM drafts '  # noqa: S608
            f"WHERE tenant_id = $1 AND interaction_id IN ({_CONTACTS}) ORDER BY id",
            *args,
        )
        return {"records": [dict(row) for row in records], "drafts": [dict(row) for row in drafts]}

    async def erase(self, conn: Connection, subject: Subject) -> Afterwards | None:
        """Empty the forms; that a business was done, of which kind and when stays. Drafts go."""
        args = (subject.tenant_id, subject.ids, subject.phones)
        await conn.execute(f"UPDATE business_records SET \"values\" = '{{}}' WHERE {_THEIRS}", *args)  # noqa: S608
        await conn.execute(
            f"DELETE FROM drafts WHERE tenant_id = $1 AND interaction_id IN ({_CONTACTS})",  # noqa: S608
            *args,
        )
        return None
