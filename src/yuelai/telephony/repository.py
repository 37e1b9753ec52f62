"""SQL of telephony: the dialogs that stand at this moment and the phones registered, for a core that was restarted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.platform.journal import Entry
from yuelai.telephony.events import DialogConfirmed, DialogEnded, RegistrationBound, RegistrationUnbound
from yuelai.telephony.ports import BindingRecord, DialogRecord

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# SYMMETRIC is a reserved word.
_COLUMNS = (
    'call_id, local, remote, local_cseq, remote_cseq, route_set, target, hop, "symmetric", party_user, party_instance, '
    "role, origin, media, peer"
)


_BINDING_COLUMNS = 'seconds, sip_user, contact, source, hop, "symmetric", instance, call_id, cseq, priority, path'


async def project(conn: Connection, entry: Entry) -> None:
    """Apply a fact of telephony; applying it twice changes nothing."""
    fact, private = entry.fact, entry.private
    if isinstance(fact, DialogConfirmed):
        await conn.execute(
            f"""
            INSERT INTO open_dialogs (leg_id, tenant_id, confirmed_at, {_COLUMNS})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            ON CONFLICT (leg_id) DO UPDATE SET local_cseq = excluded.local_cseq, remote_cseq = excluded.remote_cseq,
                target = excluded.target, hop = excluded.hop, origin = excluded.origin, media = excluded.media,
                peer = excluded.peer
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
            # Entries of an earlier form know nothing of these.
            private.get("role", "called"),
            private.get("origin", ""),
            private.get("media", ""),
            UUID(private["peer"]) if private.get("peer") else None,
        )
    elif isinstance(fact, DialogEnded):
        await conn.execute("DELETE FROM open_dialogs WHERE leg_id = $1", fact.leg_id)
    elif isinstance(fact, RegistrationBound):
        await conn.execute(
            f"""
            INSERT INTO registrations (registration_id, tenant_id, bound_at, kept_until, {_BINDING_COLUMNS})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            ON CONFLICT (registration_id) DO UPDATE SET bound_at = excluded.bound_at, kept_until = excluded.kept_until,
                seconds = excluded.seconds, sip_user = excluded.sip_user, contact = excluded.contact,
                source = excluded.source, hop = excluded.hop, "symmetric" = excluded."symmetric",
                instance = excluded.instance, call_id = excluded.call_id, cseq = excluded.cseq,
                priority = excluded.priority, path = excluded.path
            """,  # noqa: S608
            fact.registration_id,
            fact.tenant_id,
            fact.at,
            fact.kept_until,
            private["seconds"],
            private["user"],
            private["contact"],
            private["source"],
            private["hop"],
            private["symmetric"],
            private["instance"],
            private["call_id"],
            private["cseq"],
            private.get("priority", 1.0),
            list(private.get("path", ())),
        )
    elif isinstance(fact, RegistrationUnbound):
        await conn.execute("DELETE FROM registrations WHERE registration_id = $1", fact.registration_id)


PROJECTIONS = dict.fromkeys((DialogConfirmed, DialogEnded, RegistrationBound, RegistrationUnbound), project)


async def open_dialogs(conn: Connection) -> list[DialogRecord]:
    """Return the dialogs that nobody has ended, the oldest first. Asks for all tenants (system work)."""
    rows = await conn.fetch(
        f"SELECT leg_id, tenant_id, confirmed_at, {_COLUMNS} FROM open_dialogs ORDER BY confirmed_at, leg_id"  # noqa: S608
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
            account=row["tenant_id"],
            role=row["role"],
            origin=row["origin"],
            media=row["media"],
            peer=row["peer"],
        )
        for row in rows
    ]


async def kept_registrations(conn: Connection) -> list[BindingRecord]:
    """Return the phones that are registered, the oldest record first. Asks for all tenants (system work)."""
    rows = await conn.fetch(
        f"SELECT registration_id, bound_at, kept_until, {_BINDING_COLUMNS} FROM registrations ORDER BY bound_at"  # noqa: S608
    )
    return [
        BindingRecord(
            registration_id=row["registration_id"],
            at=row["bound_at"],
            kept_until=row["kept_until"],
            seconds=row["seconds"],
            user=row["sip_user"],
            contact=row["contact"],
            source=row["source"],
            hop=row["hop"],
            symmetric=row["symmetric"],
            instance=row["instance"],
            call_id=row["call_id"],
            cseq=row["cseq"],
            priority=row["priority"],
            path=tuple(row["path"]),
        )
        for row in rows
    ]
