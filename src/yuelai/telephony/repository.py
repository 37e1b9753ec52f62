"""SQL of telephony: the dialogs that stand at this moment, by which a restarted core finds what to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yuelai.platform.journal import Entry
from yuelai.telephony.events import DialogConfirmed, DialogEnded
from yuelai.telephony.ports import DialogRecord

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# SYMMETRIC is a reserved word.
_COLUMNS = (
    'call_id, local, remote, local_cseq, remote_cseq, route_set, target, hop, "symmetric", party_user, party_instance'
)


async def project(conn: Connection, entry: Entry) -> None:
    """Apply a dialog's fact; applying it twice changes nothing."""
    fact, private = entry.fact, entry.private
    if isinstance(fact, DialogConfirmed):
        await conn.execute(
            f"""
            INSERT INTO open_dialogs (leg_id, tenant_id, confirmed_at, {_COLUMNS})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING
            """,  # noqa: S608
            fact.leg_id,
            fact.tenant_id,
            fact.at,
            private["call_id"],
            private["local"],
            private["remote"],
            private["local_cseq"],
            private["remote_cseq"],
            list(private["route_set"]),
            private["target"],
            private["hop"],
            private["symmetric"],
            private["user"],
            private["instance"],
        )
    elif isinstance(fact, DialogEnded):
        await conn.execute("DELETE FROM open_dialogs WHERE leg_id = $1", fact.leg_id)


async def open_dialogs(conn: Connection) -> list[DialogRecord]:
    """Return the dialogs that nobody has ended, the oldest first. Asks for all tenants (system work)."""
    rows = await conn.fetch(
        f"SELECT leg_id, confirmed_at, {_COLUMNS} FROM open_dialogs ORDER BY confirmed_at"  # noqa: S608
    )
    return [
        DialogRecord(
            leg_id=row["leg_id"],
            at=row["confirmed_at"],
            call_id=row["call_id"],
            local=row["local"],
            remote=row["remote"],
            local_cseq=row["local_cseq"],
            remote_cseq=row["remote_cseq"],
            route_set=tuple(row["route_set"]),
            target=row["target"],
            hop=row["hop"],
            symmetric=row["symmetric"],
            user=row["party_user"],
            instance=row["party_instance"],
        )
        for row in rows
    ]
