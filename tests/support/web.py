"""A web process in the test's own loop: real sockets, a real database, and a core that the test plays."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI

from yuelai.entrypoints.web.app import create_app
from yuelai.entrypoints.web.sip import MAX_MESSAGE
from yuelai.identity import repository
from yuelai.identity.model import Principal
from yuelai.identity.permissions import permissions_of
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, TenantId, new_id
from yuelai.platform.ipc import IpcServer, Peer
from yuelai.platform.live import Change, LiveStore, Mark, Subscription

PASSWORD = "open sesame"
# As cheap as argon2 can be made: what is tested is who may come in, not the cost of guessing.
CHEAP_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


async def add_tenant(database: Database, code: str) -> TenantId:
    tenant = TenantId(new_id())
    async with database.transaction(None) as conn:
        await conn.execute("INSERT INTO tenants (id, code, name) VALUES ($1, $2, $2)", tenant, code)
    return tenant


async def add_person(
    database: Database,
    username: str,
    *roles: str,
    number: str | None = None,
    tenant: TenantId = SAMPLE_TENANT,
) -> Principal:
    person = PersonId(new_id())
    async with database.transaction(None) as conn:
        await repository.add_person(conn, person, username, username.title(), number, CHEAP_HASH)
        for role in roles:
            await repository.add_grant(conn, person, tenant, role)
    held = frozenset(roles)
    return Principal(
        person, tenant, username, username.title(), number, held, permissions_of(held), operator=tenant == SAMPLE_TENANT
    )


@dataclass
class Site:
    """A running web process."""

    app: FastAPI
    settings: Settings
    database: Database
    port: int
    http: httpx.AsyncClient

    async def sign_in(self, username: str, password: str = PASSWORD) -> str:
        answer = await self.http.post("/api/v1/session", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    async def client(self, username: str, password: str = PASSWORD) -> httpx.AsyncClient:
        """Return a client that is signed in."""
        token = await self.sign_in(username, password)
        return httpx.AsyncClient(base_url=str(self.http.base_url), headers={"Authorization": f"Bearer {token}"})

    def ws(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"


@contextlib.asynccontextmanager
async def serve(database: Database, home: Path, webroot: Path | None = None) -> AsyncIterator[Site]:
    settings = Settings(home=home, database_url=database.dsn)
    app = create_app(settings, webroot=webroot)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            ws_per_message_deflate=False,
            ws_max_size=2 * MAX_MESSAGE,
            lifespan="on",
            timeout_graceful_shutdown=1,
        )
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.005)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            yield Site(app, settings, database, port, http)
    finally:
        server.should_exit = True
        await task


@dataclass
class FakeCore:
    """Core's side of the Unix socket: live documents, SIP flows and health, and nothing behind them."""

    path: Path
    store: LiveStore = field(default_factory=LiveStore)
    subscribers: list[dict[str, Any]] = field(default_factory=list)
    unsubscribed: list[str] = field(default_factory=list)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    flows: dict[str, Peer] = field(default_factory=dict)
    opened: list[dict[str, Any]] = field(default_factory=list)
    """What web said of each flow."""
    frames: asyncio.Queue[tuple[str, bytes]] = field(default_factory=asyncio.Queue)
    closed: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    overtake: Any = None
    """Called between the snapshot's making and its sending."""
    server: IpcServer | None = None

    async def start(self) -> None:
        self.server = IpcServer(
            self.path,
            {
                "live.subscribe": self._subscribe,
                "live.unsubscribe": self._unsubscribe,
                "sip.open": self._open,
                "health": self._health,
            },
            {
                "sip.frame": lambda _, params: self.frames.put_nowait((params["flow"], params["data"])),
                "sip.close": lambda _, params: self.closed.put_nowait(params["flow"]),
            },
        )
        await self.server.start()

    async def stop(self) -> None:
        if self.server is not None:
            await self.server.close()
            self.server = None

    async def _subscribe(self, peer: Peer, params: dict[str, Any]) -> Any:
        self.subscribers.append(params["principal"])
        person, name = params["principal"]["person_id"], params["sub"]

        def deliver(change: Change) -> None:
            told = {"n": change.number, "seq": change.seq, "key": change.key, "value": change.value}
            peer.notify("live.change", {"sub": name, **told})

        resume = params.get("resume")
        since = Mark(resume["epoch"], resume["seq"]) if resume else None
        groups = frozenset({"everybody", f"person:{person}", *params["principal"]["permissions"]})
        self.subscriptions[name], start = self.store.subscribe(groups, deliver, since=since)
        if self.overtake is not None:
            self.overtake()
        return {
            "epoch": start.mark.epoch,
            "seq": start.mark.seq,
            "now": "2026-01-01T00:00:00Z",
            "resumed": start.resumed,
            "docs": start.documents,
        }

    async def _unsubscribe(self, peer: Peer, params: dict[str, Any]) -> Any:
        self.unsubscribed.append(params["sub"])
        if params["sub"] in self.subscriptions:
            self.store.unsubscribe(self.subscriptions.pop(params["sub"]))
        return {}

    async def _open(self, peer: Peer, params: dict[str, Any]) -> Any:
        self.flows[params["flow"]] = peer
        self.opened.append(params)
        return {}

    async def _health(self, peer: Peer, params: dict[str, Any]) -> Any:
        return {"ok": True, "parts": {"routing": {"ok": True, "detail": "1 queue"}}}


@pytest.fixture
def home() -> Any:
    # Not tmp_path: the path of a Unix socket ends at 108 bytes.
    with tempfile.TemporaryDirectory(prefix="yl") as folder:
        yield Path(folder)


@pytest.fixture
async def site(database: Database, home: Path) -> AsyncIterator[Site]:
    async with serve(database, home) as running:
        yield running


@pytest.fixture
async def bare_site(home: Path) -> AsyncIterator[Site]:
    """A web process whose database does not answer: all that is needed where nobody signs in."""
    nowhere = await Database.open("postgresql://nobody@127.0.0.1:1/none")
    async with serve(nowhere, home) as running:
        yield running


@pytest.fixture
async def core(home: Path) -> AsyncIterator[FakeCore]:
    played = FakeCore(Settings(home=home).socket("core"))
    await played.start()
    yield played
    await played.stop()
