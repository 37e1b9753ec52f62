"""A session with providers that do what ours never does."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from yuelai.messages.ports import Receipt, SessionOver
from yuelai.messages.smpp import pdus
from yuelai.messages.smpp.provider import Address, SmppProvider, SmppSession

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def read_pdu(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Return the command and the sequence number of the next one."""
    length, command, _, sequence = struct.unpack("!IIII", await reader.readexactly(pdus.HEADER))
    await reader.readexactly(length - pdus.HEADER)
    return command, sequence


def receipt(sequence: int) -> bytes:
    said = b"id:%d stat:DELIVRD" % sequence
    body = b"\0\1\1" + b"8613800000001\0" + b"\0\0\0" + b"\4" + b"\0" * 8 + bytes([len(said)]) + said
    return pdus.written(pdus.DELIVER, sequence, body)


@asynccontextmanager
async def connected(peer: Peer) -> AsyncIterator[SmppSession]:
    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    session = await SmppProvider(Address("127.0.0.1", server.sockets[0].getsockname()[1], "user", "secret")).connect()
    try:
        yield session
    finally:
        await session.close()
        server.close()


async def test_a_receipt_behind_the_answer_to_the_bind_is_told() -> None:
    confirmed = asyncio.get_running_loop().create_future()

    async def held_some(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, sequence = await read_pdu(reader)
        writer.write(pdus.written(pdus.BIND_RESP, sequence, b"them\0") + receipt(7))
        confirmed.set_result(await read_pdu(reader))

    async with connected(held_some) as session, asyncio.timeout(5):
        (told,) = await session.events()
        assert isinstance(told, Receipt)
        assert told.provider_id == "7"
        session.confirm(told)
        assert await confirmed == (pdus.DELIVER | 0x80000000, 7)


async def test_a_session_ends_at_rubbish_and_tells_what_came_before() -> None:
    async def mad(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, sequence = await read_pdu(reader)
        writer.write(pdus.written(pdus.BIND_RESP, sequence, b"them\0"))
        await asyncio.sleep(0.1)
        writer.write(receipt(7) + b"\xff" * 16)

    async with connected(mad) as session, asyncio.timeout(5):
        (told,) = await session.events()
        assert isinstance(told, Receipt)
        with pytest.raises(SessionOver):
            await session.events()
