"""Messages are taken once, bounded, sealed, and told of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from yuelai.customers.ports import Subject
from yuelai.messages import jobs, service
from yuelai.messages.model import CODES_PER_HOUR, PER_HOUR, Outgoing, Pace, State, Taken
from yuelai.messages.personal import MessagesPersonalData
from yuelai.messages.ports import Answered, Receipt, Verdict
from yuelai.messages.sealing import SEALED, Sealing
from yuelai.messages.service import PartState, mobile
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TO = "+8613800000001"
PACE = Pace()


def tariff(key: str = "k", to: str = "13800000001", text: str = "59元套餐") -> Outgoing:
    return Outgoing(key, to, "tariff", {"text": text}, interaction_id=UUID(int=7))


async def send(database: Database, sealing: Sealing, wanted: Outgoing, *, now: datetime = NOW, **more: Any) -> Taken:
    async with database.transaction(SAMPLE_TENANT) as conn:
        return await service.send(conn, SAMPLE_TENANT, wanted, sealing, now=now, **more)


async def rows(database: Database, query: str = "SELECT * FROM messages ORDER BY id") -> list[dict[str, Any]]:
    async with database.transaction(None) as conn:
        return [dict(row) for row in await conn.fetch(query)]


async def facts(database: Database) -> list[tuple[str, str]]:
    found = await rows(database, "SELECT fact FROM outbox WHERE type = 'message.changed.v1' ORDER BY id")
    return [(row["fact"]["state"], row["fact"]["reason"]) for row in found]


async def test_asked_twice_it_is_one_message(database: Database, sealing: Sealing) -> None:
    answers = await asyncio.gather(*(send(database, sealing, tariff()) for _ in range(4)))
    assert answers == [Taken(ok=True)] * 4
    (row,) = await rows(database)
    assert (row["to_e164"], row["state"], row["next_at"], row["interaction_id"]) == (TO, "queued", NOW, UUID(int=7))
    assert await facts(database) == [("queued", "")]
    # Another tenant's key is another's.
    other = new_id()
    async with database.transaction(None) as conn:
        await conn.execute("INSERT INTO tenants (id, code, name) VALUES ($1, 'other', 'Other')", other)
    async with database.transaction(other) as conn:
        assert (await service.send(conn, other, tariff(), sealing, now=NOW)).ok
        assert await conn.fetchval("SELECT count(*) FROM messages") == 1


async def test_what_it_says_is_sealed_and_begins_with_who_says_it(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, tariff())
    (row,) = await rows(database)
    assert "59元".encode() not in row["words"]
    name = (await rows(database, "SELECT name FROM tenants ORDER BY id LIMIT 1"))[0]["name"]
    assert await sealing.open(row["id"], row["words"]) == f"【{name}】您查询的资费：59元套餐"
    assert await sealing.open(new_id(), row["words"]) is None
    assert "59" not in str(await rows(database, "SELECT fact, private FROM outbox"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"to": "10000"}, "number"),
        ({"to": "057188888888"}, "number"),
        ({"to": ""}, "number"),
        ({"template": "advertising"}, "template"),
        ({"values": {}}, "values"),
        ({"values": {"text": "x" * 481}}, "values"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_not_kept(
    database: Database, sealing: Sealing, change: dict[str, Any], reason: str
) -> None:
    assert await send(database, sealing, replace(tariff(), **change)) == Taken(ok=False, reason=reason)
    assert await rows(database) == []


async def test_a_number_is_sent_so_many_in_an_hour(database: Database, sealing: Sealing) -> None:
    sent = [(await send(database, sealing, tariff(str(place)))).ok for place in range(PER_HOUR)]
    assert all(sent)
    over = Taken(ok=False, reason="too_many")
    assert await send(database, sealing, tariff("over")) == over
    assert (await send(database, sealing, tariff("other", "13800000002"))).ok
    # The same wish has the same answer, and an hour later another one is taken.
    later = NOW + timedelta(hours=1, seconds=1)
    assert await send(database, sealing, tariff("over"), now=later) == over
    assert (await send(database, sealing, tariff("later"), now=later)).ok
    assert (await facts(database)).count(("refused", "too_many")) == 1


async def test_many_at_a_time_are_no_more_than_one_after_another(database: Database, sealing: Sealing) -> None:
    wanted = [Outgoing(f"c{place}", TO, "code", {"code": "246810"}) for place in range(CODES_PER_HOUR + 3)]
    answers = await asyncio.gather(*(send(database, sealing, one) for one in wanted))
    assert sum(answer.ok for answer in answers) == CODES_PER_HOUR


async def test_without_a_provider_it_is_refused_and_kept(database: Database, sealing: Sealing) -> None:
    assert await send(database, sealing, tariff(), provider=False) == Taken(ok=False, reason="no_provider")
    (row,) = await rows(database)
    assert (row["state"], row["words"], row["next_at"]) == ("refused", b"", None)


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("138 0000 0001", TO),
        ("+86 19912345678", "+8619912345678"),
        ("0571-88888888", None),
        ("4001234567", None),
        ("+447400123456", "+447400123456"),
        ("+442071838750", None),
        ("anonymous", None),
    ],
)
def test_only_mobile_telephones_are_written_to(number: str, found: str | None) -> None:
    assert mobile(number) == found


# --- what becomes of them -------------------------------------------------------------------------------------------


async def claimed(database: Database, sealing: Sealing, now: datetime = NOW) -> list[Any]:
    async with database.transaction(None) as conn:
        return await service.claim(conn, 100, now, sealing)


async def told(database: Database, *events: Answered | Receipt, now: datetime = NOW) -> dict[str, Any]:
    async with database.transaction(None) as conn:
        await service.record(conn, events, now, PACE)
    return (await rows(database))[0]


def receipt(provider_id: str, state: str, *, reference: int | None = None, reason: str = "", to: str = TO) -> Receipt:
    return Receipt(1, provider_id, to, reference, PartState(state), reason)


async def test_taken_and_delivered(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, tariff(text="您" * 100))
    one, two = await claimed(database, sealing)
    assert await claimed(database, sealing) == []
    row = await told(database, Answered(one.tag, Verdict.TAKEN, "a"))
    assert (row["state"], row["next_at"]) == ("sending", None)
    row = await told(database, Answered(two.tag, Verdict.TAKEN, "b"), receipt("a", "delivered"))
    assert (row["state"], row["sent_at"]) == ("sent", NOW)
    # Of the same number to another telephone, and what nobody ever heard of, nothing is believed.
    row = await told(database, receipt("b", "delivered", to="+8613800000002"), receipt("zz", "failed", reference=1))
    assert row["state"] == "sent"
    row = await told(database, receipt("b", "delivered"), receipt("b", "failed"))
    assert (row["state"], row["delivered_at"], row["attempts"]) == ("delivered", NOW, 1)
    assert [state for state, _ in await facts(database)] == ["queued", "sent", "delivered"]


async def test_a_part_that_is_refused_ends_all_of_it(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, tariff(text="您" * 150))
    one, two, _ = await claimed(database, sealing)
    row = await told(
        database, Answered(one.tag, Verdict.UNTRIED), Answered(two.tag, Verdict.REFUSED, reason="smpp_0x0b")
    )
    assert row["state"] == "failed"
    assert row["reason"] == "smpp_0x0b"
    assert await claimed(database, sealing, NOW + timedelta(hours=1)) == []


async def test_what_may_go_another_time_is_tried_five_times_with_growing_pauses(
    database: Database, sealing: Sealing
) -> None:
    await send(database, sealing, tariff())
    now = NOW
    pauses = []
    while found := await claimed(database, sealing, now):
        row = await told(database, Answered(found[0].tag, Verdict.LATER, reason="smpp_0x08"), now=now)
        if row["next_at"] is None:
            break
        pauses.append((row["next_at"] - now).total_seconds())
        now = row["next_at"]
    assert pauses == [30, 120, 600, 1800]
    assert (row["state"], row["reason"], row["attempts"]) == ("failed", "smpp_0x08", 5)


async def test_too_fast_is_no_attempt(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, tariff())
    for _ in range(10):
        (one,) = await claimed(database, sealing)
        row = await told(database, Answered(one.tag, Verdict.THROTTLED))
        assert (row["attempts"], row["next_at"]) == (0, NOW)
    (one,) = await claimed(database, sealing)
    assert (await told(database, Answered(one.tag, Verdict.TAKEN, "a")))["state"] == "sent"


async def test_a_long_message_counts_one_attempt_a_claim_and_is_told_of_once(
    database: Database, sealing: Sealing
) -> None:
    await send(database, sealing, tariff(text="您" * 300))
    now, counted = NOW, []
    for verdict in (Verdict.THROTTLED, Verdict.THROTTLED, Verdict.LATER, Verdict.LATER, Verdict.LATER):
        parts = await claimed(database, sealing, now)
        assert len(parts) == 5
        for one in parts:
            row = await told(database, Answered(one.tag, verdict, reason="smpp_0x58"), now=now)
        counted.append((row["attempts"], row["state"]))
        now = row["next_at"]
    assert counted == [(attempts, "sending") for attempts in (0, 0, 1, 2, 3)]
    assert [state for state, _ in await facts(database)] == ["queued"]


async def test_a_receipt_with_a_national_number_is_about_the_part_that_has_its_id(
    database: Database, sealing: Sealing
) -> None:
    await send(database, sealing, tariff())
    (one,) = await claimed(database, sealing)
    await told(database, Answered(one.tag, Verdict.TAKEN, "id1"))
    assert (await told(database, receipt("id1", "delivered", to="+13800000001")))["state"] == "delivered"


@pytest.mark.parametrize("together", [True, False])
async def test_a_receipt_may_be_faster_than_the_answer(database: Database, sealing: Sealing, together: bool) -> None:
    now = datetime.now(UTC)
    await send(database, sealing, tariff(), now=now)
    (one,) = await claimed(database, sealing, now)
    early, answer = receipt("id1", "delivered"), Answered(one.tag, Verdict.TAKEN, "id1")
    for events in [[early, answer]] if together else [[early], [answer]]:
        row = await told(database, *events, now=now)
    assert row["state"] == "delivered"


async def test_codes_are_sent_before_news(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, tariff())
    await send(database, sealing, Outgoing("c", TO, "code", {"code": "246810"}), now=NOW + timedelta(seconds=1))
    async with database.transaction(None) as conn:
        (first,) = await service.claim(conn, 1, NOW + timedelta(seconds=2), sealing)
    (code,) = await rows(database, "SELECT id FROM messages WHERE template = 'code'")
    assert first.tag.message_id == code["id"]


async def test_no_more_is_claimed_than_there_is_room_for(database: Database, sealing: Sealing) -> None:
    for place in range(4):
        await send(database, sealing, tariff(str(place), text="您" * 100))
    async with database.transaction(None) as conn:
        assert len(await service.claim(conn, 3, NOW, sealing)) == 4  # whole messages
    assert len(await claimed(database, sealing)) == 4


async def test_what_is_too_late_ends_without_a_provider(database: Database, sealing: Sealing) -> None:
    now = datetime.now(UTC)
    await send(database, sealing, Outgoing("c", TO, "code", {"code": "246810"}), now=now - timedelta(minutes=5))
    await send(database, sealing, tariff(), now=now)
    await jobs.expire(database, {})
    code, other = await rows(database, "SELECT * FROM messages ORDER BY created_at")
    assert (code["state"], code["reason"], code["words"], code["next_at"]) == ("failed", "too_late", b"", None)
    assert other["state"] == "queued"


async def test_under_which_key_words_are_sealed_is_kept_beside_them(database: Database, sealing: Sealing) -> None:
    """Looking for what is under an older one reads no other."""
    await send(database, sealing, tariff())
    (row,) = await rows(database)
    assert row["key_version"] == int.from_bytes(row["words"][:4]) > 0
    async with database.transaction(None) as conn:
        assert await SEALED.count(conn) == {row["key_version"]: 1}
        await conn.execute("SET LOCAL enable_seqscan = off")
        plan = await conn.fetch("EXPLAIN SELECT id FROM messages WHERE key_version < 2 AND words <> '' ORDER BY id")
    assert "messages_key_version" in str(plan)


async def test_what_was_cut_off_is_settled_by_its_receipt_whatever_number_that_has(
    database: Database, sealing: Sealing
) -> None:
    await send(database, sealing, tariff())
    (one,) = await claimed(database, sealing)
    assert (await told(database, Answered(one.tag, Verdict.LOST)))["state"] == "unknown"
    row = await told(database, receipt("never-told", "sent", reference=one.reference))
    assert (row["state"], row["next_at"]) == ("sent", None)
    row = await told(database, receipt("never-told", "delivered"))
    assert (row["state"], row["possible_duplicates"]) == ("delivered", 0)


async def test_a_receipt_without_any_reference_settles_the_only_one_it_can_be_about(
    database: Database, sealing: Sealing
) -> None:
    now = datetime.now(UTC)
    for key in ("a", "b"):
        await send(database, sealing, tariff(key), now=now)
    one, two = await claimed(database, sealing, now)
    await told(database, Answered(one.tag, Verdict.LOST), Answered(two.tag, Verdict.LOST))
    await told(database, receipt("x", "delivered"))
    assert [row["state"] for row in await rows(database)] == ["unknown", "unknown"]
    await told(database, receipt("y", "delivered", reference=two.reference))
    await told(database, receipt("z", "delivered"))
    assert [row["state"] for row in await rows(database)] == ["delivered", "delivered"]


async def test_what_stays_unknown_is_sent_again_and_counted_and_codes_are_not(
    database: Database, sealing: Sealing
) -> None:
    await send(database, sealing, tariff())
    await send(database, sealing, Outgoing("c", TO, "code", {"code": "246810"}))
    for one in await claimed(database, sealing):
        await told(database, Answered(one.tag, Verdict.LOST))
    ordinary, code = await rows(database)
    assert (ordinary["next_at"], code["next_at"], code["state"]) == (NOW + PACE.settling, None, "unknown")
    assert code["words"] == b""  # nor is it there to be read
    (again,) = await claimed(database, sealing, NOW + PACE.settling)
    assert again.tag.message_id == ordinary["id"]
    row = await told(database, Answered(again.tag, Verdict.TAKEN, "a"))
    assert (row["state"], row["possible_duplicates"]) == ("sent", 1)


async def test_what_its_sender_died_over_is_unknown(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, tariff())
    await claimed(database, sealing)
    async with database.transaction(None) as conn:
        assert await service.recover(conn, NOW, PACE) == 1
        assert await service.recover(conn, NOW, PACE) == 0
    assert (await rows(database))[0]["state"] == "unknown"


async def test_what_is_too_late_fails(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, Outgoing("c", TO, "code", {"code": "246810"}))
    assert await claimed(database, sealing, NOW + timedelta(minutes=5)) == []
    (row,) = await rows(database)
    assert (row["state"], row["reason"], row["words"]) == ("failed", "too_late", b"")
    assert (await facts(database))[-1] == ("failed", "too_late")


async def test_a_code_that_is_on_its_way_is_in_no_export(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, Outgoing("c", TO, "code", {"code": "246810"}))
    async with database.transaction(SAMPLE_TENANT) as conn:
        exported = await MessagesPersonalData(sealing).export(conn, Subject(SAMPLE_TENANT, [], [TO]))
    assert [(one["template"], one["text"]) for one in exported] == [("code", "")]


async def test_whoever_is_erased_leaves_no_number_and_no_words(database: Database, sealing: Sealing) -> None:
    customer = new_id()
    await send(database, sealing, replace(tariff("theirs"), customer_id=customer))
    await send(database, sealing, replace(tariff("by number"), interaction_id=None))
    await send(database, sealing, tariff("another's", "13800000002"))
    personal, subject = MessagesPersonalData(sealing), Subject(SAMPLE_TENANT, [customer], [TO])
    async with database.transaction(SAMPLE_TENANT) as conn:
        exported = await personal.export(conn, subject)
        assert [(one["to_e164"], one["text"].endswith("59元套餐")) for one in exported] == [(TO, True)] * 2
        await personal.erase(conn, subject)
        assert [(one["to_e164"], one["text"]) for one in await personal.export(conn, subject)] == [("", "")]
    kept = {row["key"]: row for row in await rows(database)}
    for key in ("theirs", "by number"):
        assert (kept[key]["to_e164"], kept[key]["words"], kept[key]["state"]) == ("", b"", "refused")
    assert kept["another's"]["state"] == State.QUEUED
    assert [one.to for one in await claimed(database, sealing)] == ["+8613800000002"]


async def test_old_messages_are_forgotten_with_their_parts(database: Database, sealing: Sealing) -> None:
    await send(database, sealing, tariff("old"), now=datetime.now(UTC) - jobs.KEPT - timedelta(hours=1))
    await send(database, sealing, tariff("new"), now=datetime.now(UTC))
    await jobs.forget(database, {})
    assert [row["key"] for row in await rows(database)] == ["new"]
    assert len(await rows(database, "SELECT * FROM message_parts")) == 1
