"""The list of standing dialogs in PostgreSQL, and old facts that must stay readable."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from yuelai.platform import facts
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, LegId, new_id
from yuelai.platform.journal import Entry
from yuelai.telephony.events import DialogConfirmed, DialogEnded, RegistrationBound, RegistrationUnbound
from yuelai.telephony.ports import BindingRecord, DialogRecord
from yuelai.telephony.repository import kept_registrations, open_dialogs, project

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def record() -> DialogRecord:
    return DialogRecord(
        leg_id=LegId(new_id()),
        at=AT,
        call_id="abc@127.0.0.1",
        local='"王芳" <sip:13800000001@127.0.0.1>;tag=ours',
        remote="<sip:8001@127.0.0.1>;tag=theirs",
        local_cseq=712,
        remote_cseq=None,
        route_set=("<sip:127.0.0.1:6500;lr>",),
        target="sip:8001@127.0.0.1:6001",
        hop="udp:127.0.0.1:6001",
        symmetric=False,
        user="8001",
        instance="<urn:uuid:1>",
        account=SAMPLE_TENANT,
        role="caller",
        origin="- 12 3 IN IP4 127.0.0.1",
        media="m1",
        peer=LegId(new_id()),
    )


def private_of(dialog: DialogRecord) -> dict[str, object]:
    private = asdict(dialog)
    del private["leg_id"], private["at"], private["account"]
    return {**private, "peer": str(dialog.peer)}


def entry(fact: facts.Fact, private: dict[str, object] | None = None) -> Entry:
    return Entry(1, new_id(), fact.at, fact.type, facts.encode(fact), private or {}, "core")


async def test_a_dialog_stands_from_its_confirmation_to_its_end_however_often_it_is_told(database: Database) -> None:
    one, other = sorted((record(), record()), key=lambda dialog: dialog.leg_id)
    async with database.transaction(None) as conn:
        for dialog in (one, other, one):
            private = private_of(dialog)
            fact = DialogConfirmed(at=AT, tenant_id=SAMPLE_TENANT, leg_id=dialog.leg_id)
            await project(conn, entry(fact, private))
        assert await open_dialogs(conn) == [one, other]
        moved = replace(other, target="sip:8001@127.0.0.1:6999", hop="udp:127.0.0.1:6999", origin="- 12 4 IN IP4 x")
        confirmed = DialogConfirmed(at=AT, tenant_id=SAMPLE_TENANT, leg_id=other.leg_id)
        await project(conn, entry(confirmed, private_of(moved)))
        assert await open_dialogs(conn) == [one, moved]
        await project(conn, entry(confirmed, private_of(other)))
        for _ in range(2):
            await project(conn, entry(DialogEnded(at=AT, tenant_id=SAMPLE_TENANT, leg_id=one.leg_id)))
        assert await open_dialogs(conn) == [other]


def binding(user: str) -> BindingRecord:
    return BindingRecord(
        registration_id=new_id(),
        at=AT,
        kept_until=AT + timedelta(hours=2),
        seconds=3600,
        user=user,
        contact=f"sip:{user}@192.168.1.7:5060",
        source="udp:127.0.0.1:6001",
        hop="udp:127.0.0.1:6001",
        symmetric=True,
        instance="<urn:uuid:1>",
        call_id="reg@192.168.1.7",
        cseq=2**31 - 1,
    )


def bound(record: BindingRecord) -> Entry:
    private = asdict(record)
    fact = RegistrationBound(
        at=private.pop("at"),
        tenant_id=SAMPLE_TENANT,
        registration_id=private.pop("registration_id"),
        kept_until=private.pop("kept_until"),
    )
    return entry(fact, private)


async def test_a_phone_is_kept_as_it_was_last_bound_until_it_is_unbound(database: Database) -> None:
    one, other = binding("8001"), binding("8002")
    later = replace(one, at=AT + timedelta(hours=1), kept_until=AT + timedelta(hours=3), hop="udp:127.0.0.1:6002")
    async with database.transaction(None) as conn:
        for record in (one, other, later, later):
            await project(conn, bound(record))
        assert await kept_registrations(conn) == [other, later]
        for _ in range(2):
            gone = RegistrationUnbound(at=AT, tenant_id=SAMPLE_TENANT, registration_id=other.registration_id)
            await project(conn, entry(gone))
        assert await kept_registrations(conn) == [later]


def test_facts_of_the_first_version_are_still_read() -> None:
    stored = {
        "at": "2026-11-20T08:00:00Z",
        "tenant_id": "01900000-0000-7000-8000-000000000001",
        "leg_id": "019a9f00-0000-7000-8000-000000000002",
    }
    leg = UUID("019a9f00-0000-7000-8000-000000000002")
    confirmed = facts.decode("dialog.confirmed.v1", stored)
    ended = facts.decode("dialog.ended.v1", stored)
    assert confirmed == DialogConfirmed(at=AT, tenant_id=SAMPLE_TENANT, leg_id=leg)
    assert ended == DialogEnded(at=AT, tenant_id=SAMPLE_TENANT, leg_id=leg)
