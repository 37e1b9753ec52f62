"""What flows write to customers: taken in one transaction, codes only to a customer's own telephone."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.customers import people
from yuelai.bootstrap.lookups import BusinessLookUp, Outside
from yuelai.bootstrap.sending import Sending, trails
from yuelai.customers.codes import service as codes
from yuelai.flows.ports import LookUpFailed
from yuelai.interactions.events import TrailNoted
from yuelai.messages.events import MessageChanged
from yuelai.messages.sealing import Sealing
from yuelai.platform import outbox
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT, new_id

TO = "+8613800000099"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hashed(code: str) -> str:
        return f"hash of {code}"

    async def verify(hash_: str | None, code: str) -> bool:
        return hash_ == f"hash of {code}"

    monkeypatch.setattr(codes.passwords, "hash_password", hashed)
    monkeypatch.setattr(codes.passwords, "verify", verify)


@pytest.fixture
async def customer(database: Database) -> UUID:
    async with database.transaction(SAMPLE_TENANT) as conn:
        return await people.add(conn, "王芳", "057188888888", "13800000099")


class Contact:
    def __init__(self, database: Database, folder: Path, *, provider: bool = True, language: str = "zh-CN") -> None:
        self.database, self.id, self.sealing = database, new_id(), Sealing(Settings(home=folder))
        outside = Outside(messages=Sending(self.sealing, provider))
        contact = {"interaction_id": str(self.id)}
        self.look_up = BusinessLookUp(
            database, SAMPLE_TENANT, outside=outside, contact=contact, language=lambda: language
        )

    async def send(self, key: str = "k", **more: Any) -> Any:
        wanted = {"template": "order_received", "to": "13912345678", "values": {"no": "N7"}, "key": key}
        return await self.look_up("messages.send", wanted | more)

    async def messages(self) -> list[tuple[str, str, str | None]]:
        async with self.database.transaction(None) as conn:
            rows = await conn.fetch("SELECT id, to_e164, state, words FROM messages ORDER BY id")
        return [(row["to_e164"], row["state"], await self.sealing.open(row["id"], row["words"])) for row in rows]


async def test_a_message_is_taken_once_in_the_language_that_is_spoken(database: Database, tmp_path: Path) -> None:
    contact = Contact(database, tmp_path, language="en")
    answers = [await contact.send(), await contact.send(), await contact.send("other", values={})]
    assert answers == [{"ok": True, "reason": None}] * 2 + [{"ok": False, "reason": "values"}]
    ((to, state, said),) = await contact.messages()
    assert (to, state) == ("+8613912345678", "queued")
    assert said == "We have your order, its number is N7. Call us at any time to hear how it stands."


async def test_no_flow_writes_a_code_by_itself(database: Database, tmp_path: Path) -> None:
    contact = Contact(database, tmp_path)
    assert (await contact.send(template="code", values={"code": "246810"}))["reason"] == "template"
    assert await contact.messages() == []


async def test_where_nobody_sends_a_flow_is_told_so(database: Database, tmp_path: Path, customer: UUID) -> None:
    contact = Contact(database, tmp_path, provider=False)
    assert await contact.send() == {"ok": False, "reason": "no_provider"}
    sent = await contact.look_up("identity.send_code", {"customer_id": str(customer), "key": "k"})
    assert sent == {"ok": False, "to_last4": None, "reason": "no_provider"}
    with pytest.raises(LookUpFailed):
        await BusinessLookUp(database, SAMPLE_TENANT)("messages.send", {"template": "tariff", "key": "k"})


async def test_a_code_goes_to_the_customers_own_telephone_and_opens(
    database: Database, tmp_path: Path, customer: UUID
) -> None:
    contact, wanted = Contact(database, tmp_path), {"customer_id": str(customer), "key": "k"}
    assert await contact.look_up("identity.send_code", wanted) == {"ok": True, "to_last4": "0099", "reason": None}
    assert (await contact.look_up("identity.send_code", wanted))["ok"]
    ((to, _, said),) = await contact.messages()
    assert to == TO
    code = (said or "").split("验证码是")[1][:6]
    wrong = {"customer_id": str(customer), "code": "000000" if code != "000000" else "000001"}
    answer = await contact.look_up("identity.code", wrong)
    assert (answer["ok"], answer["locked"], answer["left"]) == (False, False, 2)
    answer = await contact.look_up("identity.code", {"customer_id": str(customer), "code": code})
    assert (answer["ok"], answer["locked"]) == (True, False)


async def test_a_code_nobody_will_be_told_is_not_made(database: Database, tmp_path: Path, customer: UUID) -> None:
    contact = Contact(database, tmp_path)
    for key in range(5):
        assert (await contact.look_up("identity.send_code", {"customer_id": str(customer), "key": str(key)}))["ok"]
    last = (await contact.messages())[-1][2] or ""
    refused = await contact.look_up("identity.send_code", {"customer_id": str(customer), "key": "over"})
    assert (refused["ok"], refused["reason"]) == (False, "too_many")
    code = last.split("验证码是")[1][:6]
    assert (await contact.look_up("identity.code", {"customer_id": str(customer), "code": code}))["ok"]


async def test_a_customer_without_a_mobile_telephone_is_sent_none(
    database: Database, tmp_path: Path, customer: UUID
) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("UPDATE customer_identities SET role = 'agent' WHERE value = $1", TO)
    contact = Contact(database, tmp_path)
    sent = await contact.look_up("identity.send_code", {"customer_id": str(customer), "key": "k"})
    assert sent["reason"] == "number"
    with pytest.raises(LookUpFailed):
        await contact.look_up("identity.send_code", {"customer_id": str(new_id()), "key": "k"})


async def test_what_becomes_of_a_message_is_on_its_contacts_trail_and_none_is_missed(
    database: Database, tmp_path: Path
) -> None:
    contact, kept, fails = Contact(database, tmp_path), list[Record](), [False, True]

    async def append(*records: Record) -> int:
        if fails and fails.pop(0):
            raise RuntimeError("the disk is full")
        kept.extend(records)
        return len(kept)

    following = trails(database, append)
    assert not await following.follow()  # from now on
    await contact.send()
    failed = MessageChanged(
        at=SystemClock().now(),
        tenant_id=SAMPLE_TENANT,
        message_id=new_id(),
        channel="sms",
        template="tariff",
        state="failed",
        reason="undeliv",
        interaction_id=contact.id,
    )
    async with database.transaction(SAMPLE_TENANT) as conn:
        await outbox.put(conn, failed)
    with pytest.raises(RuntimeError, match="full"):
        await following.follow()
    await following.follow()
    await following.follow()
    lines = [record.fact for record in kept]
    assert all(isinstance(line, TrailNoted) and line.interaction_id == contact.id for line in lines)
    data = [line.data for line in lines if isinstance(line, TrailNoted)]
    assert [(one["template"], one["state"], one.get("reason")) for one in data] == [
        ("order_received", "queued", None),
        ("tariff", "failed", "undeliv"),
    ]
    assert "N7" not in str(kept)
