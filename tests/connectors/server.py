"""A business system of the tests: a real HTTP server whose answers the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

Answer = Callable[[str, dict[str, str]], Awaitable[bytes] | bytes]


def json_answer(document: Any, status: str = "200 OK", extra: str = "") -> bytes:
    body = document if isinstance(document, bytes) else msgspec.json.encode(document)
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


@dataclass
class BusinessSystem:
    answer: Answer
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                length = [line[15:] for line in head.lower().split("\r\n") if line.startswith("content-length:")]
                if length:
                    self.bodies.append(await reader.readexactly(int(length[0])))
                target = urlsplit(head.split(" ")[1])
                query = dict(parse_qsl(target.query))
                self.asked.append((target.path, query))
                found = self.answer(target.path, query)
                writer.write(found if isinstance(found, bytes) else await found)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
