"""From the table to a real message centre over SMPP and back, whatever is cut."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.messages.test_provider import read_pdu
from tests.support.smsc import Smsc
from yuelai.messages import service
from yuelai.messages.model import MOST_ATTEMPTS, Outgoing, Pace, PartState
from yuelai.messages.ports import Answered, Event, Receipt, SessionOver, Submission, Verdict
from yuelai.messages.sealing import Sealing
from yuelai.messages.sender import Sender
from yuelai.messages.smpp import pdus
from yuelai.messages.smpp.provider import Address, SmppProvider
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import SAMPLE_TENANT

PACE = Pace((timedelta(seconds=0.2),), settling=timedelta(seconds=0.8))


@asynccontextmanager
async def sending(database: Database, sealing: Sealing, smsc: Smsc) -> AsyncIterator[Sender]:
    sender = Sender(database, SmppProvider(Address.parse(smsc.url), "10000"), sealing, pace=PACE, first_pause=0.05)
    await sender.start()
    try:
        yield sender
    finally:
        await sender.close()


async def take(database: Database, sealing: Sealing, *wanted: Outgoing) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        for one in wanted:
            assert (await service.send(conn, SAMPLE_TENANT, one, sealing)).ok


def tariff(number: int, text: str = "59元套餐") -> Outgoing:
    return Outgoing(f"k{number}", to(number), "tariff", {"text": text})


def to(number: int) -> str:
    return f"+8613800{number:06d}"


async def states(database: Database) -> Counter[str]:
    async with database.transaction(None) as conn:
        return Counter(row["state"] for row in await conn.fetch("SELECT state FROM messages"))


async def until(database: Database, wanted: Callable[[Counter[str]], bool], seconds: float = 20) -> Counter[str]:
    deadline = time.monotonic() + seconds
    while not wanted(found := await states(database)):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.1)
    return found


async def settled(database: Database, seconds: float = 40) -> None:
    """Wait until nothing is left to do or to come."""
    deadline = time.monotonic() + seconds
    while True:
        async with database.transaction(None) as conn:
            left = await conn.fetch(
                "SELECT state, attempts FROM messages "
                "WHERE next_at IS NOT NULL OR state IN ('queued', 'sending', 'sent')"
            )
        if not left:
            return
        assert time.monotonic() < deadline, left
        await asyncio.sleep(0.1)


def delivered(count: int) -> Callable[[Counter[str]], bool]:
    return lambda found: found["delivered"] == count


async def test_what_is_taken_goes_out_at_once_and_its_receipt_comes_back(
    database: Database, sealing: Sealing, smsc: Smsc
) -> None:
    async with sending(database, sealing, smsc):
        await take(database, sealing, tariff(1))
        await until(database, delivered(1))
        # Woken, not found by looking: that would be every ten seconds.
        began = time.monotonic()
        await take(database, sealing, tariff(2, "您" * 150), Outgoing("c", to(3), "code", {"code": "246810"}, "en"))
        await until(database, delivered(3))
        assert time.monotonic() - began < 5
    (code,), (long,) = smsc.messages(to(3)), smsc.messages(to(2))
    assert (code["from"], code["parts"], "246810" in code["text"]) == ("10000", 1, True)
    assert (long["parts"], long["complete"], long["times"], long["text"].endswith("您" * 150)) == (3, True, 1, True)


async def test_two_hundred_with_the_connection_cut_at_random(database: Database, sealing: Sealing, smsc: Smsc) -> None:
    smsc.behave("cutting", receipt_seconds=2, seed=7)  # later than what is unknown is sent again
    codes = [Outgoing(f"c{place}", to(place), "code", {"code": f"{place:06d}"}) for place in range(40)]
    await take(database, sealing, *(tariff(place) for place in range(100, 240)), *codes)
    await take(database, sealing, *(tariff(place, "您" * 100) for place in range(300, 320)))
    async with sending(database, sealing, smsc):
        # Codes that may have been taken, and have no receipt, stay unknown; all others come to a good end.
        await settled(database)
        await asyncio.sleep(2.5)  # another try, would there be one
        await settled(database)
    async with database.transaction(None) as conn:
        rows = [dict(row) for row in await conn.fetch("SELECT * FROM messages")]
    given: dict[str, Any] = {}
    for message in smsc.messages():
        assert message["to"] not in given, "the same words twice, as two messages"
        given[message["to"]] = message
    for row in rows:
        there = given.get(row["to_e164"][1:])
        if row["state"] == "delivered":
            assert there is not None, "told to be delivered, and never was"
            assert there["complete"]
        else:
            # Nobody may guess any more: a code, or one that was tried so often that it is given up and marked.
            assert row["state"] == "unknown"
            assert row["template"] == "code" or row["attempts"] == MOST_ATTEMPTS, row
        if there is not None and len(there["ids"]) > there["parts"]:
            assert row["possible_duplicates"] >= len(there["ids"]) - there["parts"], row
            assert row["template"] != "code"
    # The cutting did cut: else nothing has been shown.
    assert sum(row["possible_duplicates"] for row in rows) >= 5
    good = sum(row["state"] == "delivered" for row in rows if row["template"] != "code")
    assert good >= 155, good


async def under_way(database: Database, seconds: float = 10) -> None:
    """Wait until some parts were submitted and not yet answered."""
    deadline = time.monotonic() + seconds
    async with database.transaction(None) as conn:
        while not await conn.fetchval("SELECT EXISTS (SELECT FROM message_parts WHERE state = 'sent')"):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert await conn.fetchval("SELECT EXISTS (SELECT FROM message_parts WHERE state = 'submitting')")


async def test_two_senders_are_one(database: Database, sealing: Sealing, smsc: Smsc) -> None:
    """The second one begins while much is under way, which it would take for left behind."""
    smsc.behave("slow", seconds=0.1, receipt_seconds=0)
    await take(database, sealing, *(tariff(place) for place in range(30)))
    async with sending(database, sealing, smsc):
        await under_way(database)
        async with sending(database, sealing, smsc):
            await until(database, delivered(30))
    assert Counter(one["times"] for one in smsc.messages()) == Counter({1: 30})
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM outbox WHERE fact->>'state' = 'unknown'") == 0


@pytest.mark.parametrize("lost", [False, True])
async def test_who_has_to_end_submits_no_more_and_gives_the_rest_back(
    database: Database, sealing: Sealing, smsc: Smsc, lost: bool
) -> None:
    """However slow the provider is; and who lost the lock is waited for, not left behind."""
    smsc.behave("slow", seconds=0.3, receipt_seconds=60)
    await take(database, sealing, *(tariff(place, "您" * 450) for place in range(3)))
    async with sending(database, sealing, smsc) as sender:
        await under_way(database)
        if lost:
            async with database.transaction(None) as conn:
                await conn.execute(
                    """
                    SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                    WHERE l.locktype = 'advisory' AND d.datname = current_database() AND l.pid <> pg_backend_pid()
                    """
                )
            await asyncio.sleep(0.2)
        began = time.monotonic()
        await sender.close()
        assert time.monotonic() - began < 3.5
        assert not [task for task in asyncio.all_tasks() if task.get_name() in ("message feeder", "message listener")]
    async with database.transaction(None) as conn:
        rows = await conn.fetch("SELECT state, count(*) AS n FROM message_parts GROUP BY 1")
    parts = {row["state"]: row["n"] for row in rows}
    assert parts["queued"] >= 7
    assert parts.get("submitting", 0) == 0


async def test_a_provider_that_only_cuts_is_not_hurried_back_to(database: Database, sealing: Sealing) -> None:
    codes = [Outgoing(f"c{place}", to(place), "code", {"code": "246810"}) for place in range(60)]
    await take(database, sealing, *codes)
    sessions = 0

    async def cutting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sessions
        sessions += 1
        _, sequence = await read_pdu(reader)
        writer.write(pdus.written(pdus.BIND_RESP, sequence, b"them\0"))
        await read_pdu(reader)
        writer.transport.abort()

    server = await asyncio.start_server(cutting, "127.0.0.1", 0)
    address = Address("127.0.0.1", server.sockets[0].getsockname()[1], "user", "secret")
    sender = Sender(database, SmppProvider(address), sealing, first_pause=0.1)
    pauses: list[float] = []
    sender._pause = noted(pauses)  # type: ignore[method-assign]
    await sender.start()
    await asyncio.sleep(2)
    await sender.close()
    server.close()
    assert sessions >= 3
    assert pauses[:3] == [0.2, 0.4, 0.8]
    assert not sender._wake.is_set()


def noted(pauses: list[float]) -> Callable[[float], Awaitable[None]]:
    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0.1)

    return pause


async def test_a_slow_a_throttling_and_a_rejecting_centre(database: Database, sealing: Sealing, smsc: Smsc) -> None:
    smsc.behave("throttling", receipt_seconds=0)
    async with sending(database, sealing, smsc):
        await take(database, sealing, *(tariff(place) for place in range(5)))
        await until(database, delivered(5))
        smsc.behave("slow", seconds=0.2, receipt_seconds=0)
        await take(database, sealing, *(tariff(place) for place in range(5, 10)))
        await until(database, delivered(10))
        smsc.behave("rejecting")
        await take(database, sealing, tariff(10))
        await until(database, lambda found: found["failed"] == 1)
    assert Counter(one["times"] for one in smsc.messages()) == Counter({1: 10})
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT reason FROM messages WHERE state = 'failed'") == "smpp_0x0b"


async def test_while_the_provider_is_away_messages_wait(database: Database, sealing: Sealing, smsc: Smsc) -> None:
    nobody = Smsc(9, smsc.http_port)
    await take(database, sealing, tariff(1))
    async with sending(database, sealing, nobody) as sender:
        await asyncio.sleep(0.3)
        part = await sender.health()
        assert (part.ok, "away" in part.detail) == (True, True)
    assert await states(database) == Counter(queued=1)
    wrong = Sender(database, SmppProvider(Address.parse(smsc.url.replace(":yuelai@", ":wrong@"))), sealing)
    await wrong.start()
    await asyncio.sleep(0.5)
    assert "0x0e" in (await wrong.health()).detail
    await wrong.close()
    async with sending(database, sealing, smsc):
        await until(database, delivered(1))


class Told:
    """A session that tells this, once, and then nothing."""

    room, under_way = 10, 0

    def __init__(self, *batches: list[Event]) -> None:
        self.batches, self.confirmed, self.over = list(batches), list[Receipt](), asyncio.Event()

    async def connect(self) -> Told:
        return self

    async def wait_room(self) -> None: ...

    def submit(self, submission: Submission) -> None: ...

    async def events(self) -> Sequence[Event]:
        if self.batches:
            return self.batches.pop(0)
        await self.over.wait()
        raise SessionOver

    def confirm(self, receipt: Receipt) -> None:
        self.confirmed.append(receipt)

    async def close(self) -> None:
        self.over.set()


async def test_a_receipt_that_cannot_be_kept_stops_no_other(database: Database, sealing: Sealing) -> None:
    await take(database, sealing, tariff(1))
    async with database.transaction(None) as conn:
        (one,) = await service.claim(conn, 10, datetime.now(UTC), sealing)
        await service.record(conn, [Answered(one.tag, Verdict.TAKEN, "good")], datetime.now(UTC), PACE)
    odd = Receipt(1, "o\0dd", to(1), None, PartState.DELIVERED)
    good = Receipt(2, "good", to(1), None, PartState.DELIVERED)
    provider = Told([odd, good])
    sender = Sender(database, provider, sealing, pace=PACE, first_pause=0.05)
    await sender.start()
    await until(database, delivered(1), 5)
    await sender.close()
    assert provider.confirmed == [odd, good]


async def test_what_fails_for_a_moment_goes_on(
    database: Database, sealing: Sealing, smsc: Smsc, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, record, fails = service.claim, service.record, ["claim", "record"]

    def once(name: str, real: Any) -> Any:
        async def asked(*arguments: Any) -> Any:
            answer = await real(*arguments)
            if name in fails and answer != []:
                fails.remove(name)
                raise Unavailable("the database went away")  # and what it did with it
            return answer

        return asked

    monkeypatch.setattr(service, "claim", once("claim", claim))
    monkeypatch.setattr(service, "record", once("record", record))
    async with sending(database, sealing, smsc):
        await take(database, sealing, *(tariff(place) for place in range(5)))
        await until(database, delivered(5))
    assert fails == []
