"""What colleagues wrote about customers (`customers.ports.PersonalData`).

Found are words about their contacts, and those that hold one of their numbers; a name alone says nothing for certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yuelai.customers.ports import Afterwards, Subject

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_CONTACTS = """SELECT i.id FROM interactions i WHERE i.tenant_id = $1 AND (i.customer_id = ANY ($2)
    OR i.customer_id IS NULL AND i.ani_e164 = ANY ($3))"""
# A number is written with its country or without, and in groups of digits.
_NAMED = """EXISTS (SELECT FROM unnest($3::text[]) number
    WHERE regexp_replace({text}, '[^0-9]', '', 'g') LIKE '%' || regexp_replace(number, '^\\+(86)?', '') || '%')"""
_MESSAGES = f"""x.tenant_id = $1 AND ({_NAMED.format(text="x.text")}
    OR x.chat_id IN (SELECT c.id FROM chats c WHERE c.tenant_id = $1 AND c.interaction_id IN ({_CONTACTS})))"""  # noqa: S608
_HANDOVERS = f"""h.tenant_id = $1 AND ({_NAMED.format(text="h.text")} OR h.interaction_id IN ({_CONTACTS}))"""


class ColleaguesPersonalData:
    name = "colleagues"

    async def export(self, conn: Connection, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        """Return messages and hand-over notes about them, the oldest first; not who wrote them."""
        args = (subject.tenant_id, subject.ids, subject.phones)
        messages = await conn.fetch(
            f"SELECT x.id, x.at, x.text FROM chat_messages x WHERE {_MESSAGES} ORDER BY x.id",  # noqa: S608
            *args,
        )
        notes = await conn.fetch(
            f"SELECT h.id, h.at, h.text FROM handovers h WHERE {_HANDOVERS} ORDER BY h.id",  # noqa: S608
            *args,
        )
        return {"messages": [dict(row) for row in messages], "handovers": [dict(row) for row in notes]}

    async def erase(self, conn: Connection, subject: Subject) -> Afterwards | None:
        """Take out the words; that something was said, when and by whom stays. Nobody they were shared with may read
        their contacts any more."""
        args = (subject.tenant_id, subject.ids, subject.phones)
        await conn.execute(f"UPDATE chat_messages x SET text = '' WHERE {_MESSAGES}", *args)  # noqa: S608
        await conn.execute(f"UPDATE handovers h SET text = '' WHERE {_HANDOVERS}", *args)  # noqa: S608
        await conn.execute(f"DELETE FROM interaction_shares s WHERE s.interaction_id IN ({_CONTACTS})", *args)  # noqa: S608
        return None
