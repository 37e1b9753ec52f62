"""Requests both ways, events in order, refusals carried through, and a connection that comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from yuelai.platform.errors import Conflict, RemoteRefusal, Unavailable
from yuelai.platform.ipc import IpcClient, IpcServer, Peer, sendable


async def echo(peer: Peer, params: dict[str, Any]) -> Any:
    return params


async def refuse(peer: Peer, params: dict[str, Any]) -> Any:
    raise Conflict("not now", state="closed")


async def fail(peer: Peer, params: dict[str, Any]) -> Any:
    raise ZeroDivisionError("a customer's name")


async def sleep(peer: Peer, params: dict[str, Any]) -> Any:
    await asyncio.sleep(60)


async def ask_back(peer: Peer, params: dict[str, Any]) -> Any:
    return 1 + await peer.request("number")


async def torn(peer: Peer, params: dict[str, Any]) -> Any:
    return {"name": "\ud800"}


HANDLERS = {"echo": echo, "torn": torn, "refuse": refuse, "fail": fail, "sleep": sleep, "ask_back": ask_back}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[IpcServer]:
    server = IpcServer(tmp_path / "core.sock", HANDLERS)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
async def client(tmp_path: Path, server: IpcServer) -> AsyncIterator[IpcClient]:
    async def number(peer: Peer, params: dict[str, Any]) -> Any:
        return 41

    client = IpcClient(tmp_path / "core.sock", {"number": number})
    await client.start()
    yield client
    await client.close()


async def test_values_come_back_as_they_went(client: IpcClient) -> None:
    value = {"text": "悦来", "bytes": b"\0\xff", "list": [1, 2.5, None, True], "nested": {"a": {}}}
    assert await client.request("echo", value) == value


async def test_many_requests_at_once_get_their_own_answers(client: IpcClient) -> None:
    answers = await asyncio.gather(*(client.request("echo", {"n": n}) for n in range(500)))
    assert [answer["n"] for answer in answers] == list(range(500))


async def test_the_server_may_ask_the_client(client: IpcClient) -> None:
    assert await client.request("ask_back") == 42


async def test_a_refusal_keeps_its_code_and_a_failure_keeps_its_secrets(client: IpcClient) -> None:
    with pytest.raises(RemoteRefusal) as refusal:
        await client.request("refuse")
    assert (refusal.value.code, refusal.value.status) == ("conflict", 409)
    assert refusal.value.problem()["code"] == "conflict"
    assert refusal.value.problem()["state"] == "closed"
    with pytest.raises(RemoteRefusal) as failure:
        await client.request("fail")
    assert failure.value.problem()["status"] == 500
    assert "customer" not in str(failure.value.problem())
    with pytest.raises(RemoteRefusal):
        await client.request("unheard_of")


async def test_an_answer_that_no_frame_can_hold_is_a_failure_and_not_silence(client: IpcClient) -> None:
    with pytest.raises(RemoteRefusal) as failure:
        await client.request("torn")
    assert failure.value.problem()["status"] == 500
    assert await client.request("echo", {"after": 1}) == {"after": 1}
    assert [sendable(each) for each in ("悦来", 2**64 - 1, 2**64, {"a": ["\ud800"]}, object())] == [
        True,
        True,
        False,
        False,
        False,
    ]


async def test_silence_is_refused_after_the_time_given(client: IpcClient) -> None:
    with pytest.raises(Unavailable):
        await client.request("sleep", timeout=0.05)


async def test_events_arrive_in_order(tmp_path: Path, server: IpcServer) -> None:
    heard: list[int] = []
    client = IpcClient(tmp_path / "core.sock", events={"count": lambda peer, params: heard.append(params["n"])})
    await client.start()
    await client.request("echo")
    (peer,) = server.peers
    for n in range(300):
        peer.notify("count", {"n": n})
    async with asyncio.timeout(5):
        while len(heard) < 300:
            await asyncio.sleep(0.005)
    assert heard == list(range(300))
    await client.close()


async def test_a_lost_server_fails_what_waits_and_a_new_one_is_found(
    tmp_path: Path, client: IpcClient, server: IpcServer
) -> None:
    waiting = asyncio.ensure_future(client.request("sleep"))
    await client.request("echo")
    await server.close()
    with pytest.raises(Unavailable):
        await waiting
    again = IpcServer(tmp_path / "core.sock", HANDLERS)
    await again.start()
    async with asyncio.timeout(5):
        while True:
            try:
                assert await client.request("echo", {"n": 1}) == {"n": 1}
                break
            except Unavailable:
                await asyncio.sleep(0.02)
    await again.close()


async def test_only_this_user_may_connect(tmp_path: Path, server: IpcServer) -> None:
    assert (tmp_path / "core.sock").stat().st_mode & 0o077 == 0
