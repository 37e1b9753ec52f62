"""Other systems over real sockets: their answers, their silence and their lies."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.connectors.server import BusinessSystem, json_answer
from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, HostNotAllowed
from yuelai.connectors.hosts import AllowedHosts
from yuelai.connectors.http import JsonConnector


@pytest.fixture
async def system() -> AsyncIterator[BusinessSystem]:
    running = BusinessSystem(lambda path, query: json_answer({"path": path, "query": query}))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def connector(system: BusinessSystem) -> AsyncIterator[JsonConnector]:
    made = JsonConnector(AllowedHosts(f"127.0.0.1:{system.port}"), seconds=0.4, most_bytes=10_000)
    yield made
    await made.close()


async def test_an_allowed_system_is_asked_with_all_parameters(system: BusinessSystem, connector: JsonConnector) -> None:
    answer = await connector.get(f"{system.url}/customers?kind=all", {"since": "2026-01-02", "cursor": "a b"})
    assert answer == {"path": "/customers", "query": {"kind": "all", "since": "2026-01-02", "cursor": "a b"}}


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://crm.example.com@127.0.0.1/",
        "http://crm.example.com.evil.example/",
        "http://[::1]/",
        "//crm.example.com/",
        "not a url",
        "http://crm.example.com:99999/",
        "",
    ],
)
def test_nothing_else_is_asked(url: str) -> None:
    with pytest.raises(HostNotAllowed):
        AllowedHosts("crm.example.com, [2001:db8::1]:8080").check(url)


def test_allowed_hosts_have_the_ports_of_their_schemes() -> None:
    hosts = AllowedHosts("crm.example.com, [2001:db8::1]:8080")
    for url in ("https://CRM.example.com/x", "http://crm.example.com:80/", "http://[2001:db8::1]:8080/"):
        assert hosts.check(url)
    with pytest.raises(HostNotAllowed):
        hosts.check("https://crm.example.com:8443/")


def test_a_host_may_be_one_tenants_alone() -> None:
    setting = "crm.example.com, east@billing.example.com:8443"
    for tenant, allowed in (("east", True), ("main", False), (None, False), ("", False)):
        hosts = AllowedHosts(setting, tenant)
        assert hosts.check("https://crm.example.com/")
        if allowed:
            assert hosts.check("https://billing.example.com:8443/")
        else:
            with pytest.raises(HostNotAllowed):
                hosts.check("https://billing.example.com:8443/")


async def test_a_redirect_is_not_followed(system: BusinessSystem, connector: JsonConnector) -> None:
    elsewhere = f"Location: {system.url}/inside\r\n"
    system.answer = lambda path, query: json_answer({}, "302 Found", elsewhere)
    with pytest.raises(ConnectorFailed, match="302"):
        await connector.get(system.url)
    assert len(system.asked) == 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (json_answer({}, "500 Oops"), "500"),
        (json_answer(b"<html>"), "not JSON"),
        (json_answer(b'"\xff"'), "not JSON"),
        (json_answer(b"[" + b"0," * 6000 + b"0]"), "longer than"),
        (json_answer(gzip.compress(b"0" * 10_000_000), extra="Content-Encoding: gzip\r\n"), "packed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff", "broke|time"),
        (b"nonsense\r\n\r\n", "broke"),
    ],
)
async def test_bad_answers_are_named(
    system: BusinessSystem, connector: JsonConnector, answer: bytes, message: str
) -> None:
    system.answer = lambda path, query: answer
    with pytest.raises(ConnectorFailed, match=message):
        await connector.get(system.url)


async def test_silence_ends_after_the_time_allowed(system: BusinessSystem, connector: JsonConnector) -> None:
    async def drip(path: str, query: dict[str, str]) -> bytes:
        await asyncio.sleep(30)
        return b""

    system.answer = drip
    with pytest.raises(ConnectorFailed, match="in time"):
        async with asyncio.timeout(3):
            await connector.get(system.url)


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def monotonic(self) -> float:
        return self.time

    def now(self) -> Any:
        raise NotImplementedError


async def test_a_system_that_keeps_failing_is_left_alone_then_tried_once(system: BusinessSystem) -> None:
    clock = Clock()
    connector = JsonConnector(AllowedHosts(f"127.0.0.1:{system.port}"), clock=clock)
    system.answer = lambda path, query: json_answer({}, "503 Busy")
    for _ in range(5):
        with pytest.raises(ConnectorFailed, match="503"):
            await connector.get(system.url)
    with pytest.raises(CircuitOpen):
        await connector.get(system.url)
    assert len(system.asked) == 5
    clock.time += 31
    with pytest.raises(ConnectorFailed, match="503"):
        await connector.get(system.url)
    with pytest.raises(CircuitOpen):
        await connector.get(system.url)
    clock.time += 31
    system.answer = lambda path, query: json_answer({"well": "again"})
    assert await connector.get(system.url) == {"well": "again"}
    assert await connector.get(system.url) == {"well": "again"}
    await connector.close()


async def test_what_was_asked_lately_is_answered_from_the_cache(system: BusinessSystem) -> None:
    clock = Clock()
    connector = JsonConnector(AllowedHosts(f"127.0.0.1:{system.port}"), clock=clock)
    for _ in range(3):
        await connector.get(system.url, {"id": "1"}, cache_seconds=10)
    await connector.get(system.url, {"id": "2"}, cache_seconds=10)
    clock.time += 11
    await connector.get(system.url, {"id": "1"}, cache_seconds=10)
    assert [query["id"] for _, query in system.asked] == ["1", "2", "1"]
    await connector.close()
