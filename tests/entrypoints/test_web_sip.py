import asyncio

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.support.web import FakeCore, Site
from yuelai.entrypoints.web import sip

OPTIONS = "OPTIONS sip:yuelai SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\n\r\n"


async def phone(site: Site) -> ClientConnection:
    return await connect(site.ws("/ws/sip"), subprotocols=[Subprotocol("sip")])


async def closed_with(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        await asyncio.wait_for(socket.recv(), 5)
    return closed.value.rcvd.code if closed.value.rcvd else None


@pytest.fixture
async def ready(bare_site: Site, core: FakeCore) -> Site:
    await bare_site.app.state.core.connected.wait()
    return bare_site


async def soon(future: asyncio.Queue) -> object:  # type: ignore[type-arg]
    return await asyncio.wait_for(future.get(), 5)


async def test_frames_travel_unchanged_in_both_directions(ready: Site, core: FakeCore) -> None:
    async with await phone(ready) as socket:
        assert socket.subprotocol == "sip"
        await socket.send(OPTIONS)
        flow, data = await soon(core.frames)  # type: ignore[misc]
        assert data == OPTIONS.encode()
        core.flows[flow].notify("sip.frame", {"flow": flow, "data": "SIP/2.0 200 好\r\n\r\n".encode()})
        assert await asyncio.wait_for(socket.recv(), 5) == "SIP/2.0 200 好\r\n\r\n"
        await socket.send(OPTIONS.encode())
        assert await soon(core.frames) == (flow, OPTIONS.encode())
    assert await soon(core.closed) == flow


async def test_two_phones_do_not_hear_each_other(ready: Site, core: FakeCore) -> None:
    async with await phone(ready) as first, await phone(ready) as second:
        await first.send("first")
        flow_1, _ = await soon(core.frames)  # type: ignore[misc]
        await second.send("second")
        flow_2, _ = await soon(core.frames)  # type: ignore[misc]
        assert flow_1 != flow_2
        core.flows[flow_2].notify("sip.frame", {"flow": flow_2, "data": b"for the second"})
        core.flows[flow_1].notify("sip.frame", {"flow": flow_1, "data": b"for the first"})
        assert await asyncio.wait_for(first.recv(), 5) == "for the first"
        assert await asyncio.wait_for(second.recv(), 5) == "for the second"


async def test_many_frames_keep_their_order(ready: Site, core: FakeCore) -> None:
    async with await phone(ready) as socket:
        for number in range(100):
            await socket.send(f"{number}")
        got = [await soon(core.frames) for _ in range(100)]
        assert [data for _, data in got] == [str(number).encode() for number in range(100)]  # type: ignore[misc]
        flow = got[0][0]  # type: ignore[index]
        for number in range(100):
            core.flows[flow].notify("sip.frame", {"flow": flow, "data": str(number).encode()})
        assert [await asyncio.wait_for(socket.recv(), 5) for _ in range(100)] == [str(n) for n in range(100)]


async def test_the_phone_connects_anew_when_core_restarts(ready: Site, core: FakeCore) -> None:
    socket = await phone(ready)
    await socket.send(OPTIONS)
    await soon(core.frames)
    await core.stop()
    assert await closed_with(socket) == 1012
    refused = await phone(ready)
    assert await closed_with(refused) == 1013
    again = FakeCore(core.path)
    await again.start()
    await asyncio.wait_for(ready.app.state.core.connected.wait(), 5)
    async with await phone(ready) as fresh:
        await fresh.send(OPTIONS)
        assert (await soon(again.frames))[1] == OPTIONS.encode()  # type: ignore[index]
    await again.stop()


async def test_core_may_close_a_flow(ready: Site, core: FakeCore) -> None:
    socket = await phone(ready)
    await socket.send(OPTIONS)
    flow, _ = await soon(core.frames)  # type: ignore[misc]
    core.flows[flow].notify("sip.close", {"flow": flow})
    assert await closed_with(socket) == 1000


async def test_keep_alives_are_answered_and_do_not_trouble_core(ready: Site, core: FakeCore) -> None:
    async with await phone(ready) as socket:
        await socket.send("\r\n\r\n")
        assert await asyncio.wait_for(socket.recv(), 5) == "\r\n"
        await socket.send("\r\n")
        await socket.send(OPTIONS)
        assert (await soon(core.frames))[1] == OPTIONS.encode()  # type: ignore[index]


async def test_a_message_beyond_the_limit_ends_the_connection(ready: Site, core: FakeCore) -> None:
    async with await phone(ready) as socket:
        await socket.send("x" * sip.MAX_MESSAGE)
        assert len((await soon(core.frames))[1]) == sip.MAX_MESSAGE  # type: ignore[index]
    for longer in (sip.MAX_MESSAGE + 1, 10 * sip.MAX_MESSAGE):
        socket = await phone(ready)
        await socket.send("x" * longer)
        assert await closed_with(socket) == 1009
    assert core.frames.empty()


async def test_a_flood_ends_the_connection_and_no_other(ready: Site, core: FakeCore) -> None:
    quiet, loud = await phone(ready), await phone(ready)
    with pytest.raises(ConnectionClosed):
        for _ in range(2000):
            await loud.send("x")
            await asyncio.sleep(0)
        await closed_with(loud)
        await loud.send("x")
    assert core.frames.qsize() <= sip.BURST + 2 * sip.MESSAGES_A_SECOND
    await quiet.send(OPTIONS)
    while (await soon(core.frames))[1] != OPTIONS.encode():  # type: ignore[index]
        pass
    await quiet.close()


async def test_without_the_subprotocol_there_is_no_connection(ready: Site) -> None:
    with pytest.raises(Exception, match="403"):
        await connect(ready.ws("/ws/sip"))


async def test_connections_past_what_there_is_room_for_are_turned_away(
    ready: Site, core: FakeCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sip, "MOST_FLOWS", 1)
    async with await phone(ready) as first:
        await first.send(OPTIONS)
        await soon(core.frames)
        with pytest.raises(InvalidStatus):
            await phone(ready)
    await soon(core.closed)
    async with await phone(ready) as again:
        await again.send(OPTIONS)
        await soon(core.frames)


async def test_a_connection_that_says_nothing_is_closed(
    ready: Site, core: FakeCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sip, "FIRST_SECONDS", 0.1)
    assert await closed_with(await phone(ready)) == 1008
    async with await phone(ready) as socket:
        await socket.send(OPTIONS)
        await soon(core.frames)
        await asyncio.sleep(0.3)
        await socket.send(OPTIONS)
        await soon(core.frames)
