"""Calls that go out, in the running centre: the keeper of those that are owed, and those that agents make."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog

from yuelai.bootstrap.adapters import FlowDirectory
from yuelai.bootstrap.asking import BadRequest, principal_of
from yuelai.channels.callback import repository as tables
from yuelai.channels.callback.errors import NotOurNumber
from yuelai.channels.callback.events import CallbackBooked, CallbackChanged
from yuelai.channels.callback.keeper import Keeper
from yuelai.channels.callback.model import Callback
from yuelai.channels.voice.outgoing_calls import OutgoingCalls
from yuelai.identity.events import TenantChanged
from yuelai.interactions.model import Tenant
from yuelai.platform.bus import Bus
from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import TenantId
from yuelai.platform.ipc import Handler, Peer

log = structlog.get_logger()

AGAIN_SECONDS = 1.0
"""How long to wait when PostgreSQL is away."""


class CallbackRows:
    """`channels.callback.ports.Rows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> Sequence[Callback]:
        async with self._database.transaction(None) as conn:
            return await tables.open_callbacks(conn)

    async def of(self, ids: Sequence[UUID]) -> Sequence[Callback]:
        async with self._database.transaction(None) as conn:
            return await tables.callbacks_of(conn, ids)


class CallsOut:
    """Binds the keeper to the bus, and answers what web asks about calls."""

    def __init__(
        self, database: Database, bus: Bus, keeper: Keeper, calls: OutgoingCalls, flows: FlowDirectory
    ) -> None:
        self._database, self._bus, self._keeper, self._calls, self._flows = database, bus, keeper, calls, flows
        self._tenants: dict[UUID, Tenant] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Find again what is owed, and follow what people change. Raises `Unavailable`."""
        await self._load_tenants()
        self._bus.subscribe(CallbackBooked, self._keeper.changed)
        self._bus.subscribe(CallbackChanged, self._keeper.changed)
        self._bus.subscribe(TenantChanged, self._tenant_changed)
        await self._keeper.start(self._calls)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self._keeper.close()

    async def _load_tenants(self) -> None:
        async with self._database.transaction(None) as conn:
            rows = await conn.fetch("SELECT id, code, name FROM tenants")
        self._tenants = {row["id"]: Tenant(TenantId(row["id"]), row["code"], row["name"]) for row in rows}
        self._keeper.know(self._tenants)

    def _tenant_changed(self, fact: TenantChanged) -> None:
        task = asyncio.ensure_future(self._tenants_anew())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tenants_anew(self) -> None:
        while True:
            try:
                await self._load_tenants()
            except Unavailable:
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    @property
    def handlers(self) -> dict[str, Handler]:
        return {"call.make": self._make}

    async def _make(self, peer: Peer, params: dict[str, Any]) -> Any:
        principal = principal_of(params)
        tenant = self._tenants.get(principal.tenant_id)
        if tenant is None:
            raise Unavailable("the tenant is not known yet")
        caller = params.get("caller_number")
        if caller:
            entry = self._flows.entry(str(caller))
            if entry is None or entry.tenant.id != tenant.id:
                raise NotOurNumber()
        interaction_id = await self._calls.make(
            principal.person_id,
            tenant,
            str(params.get("number") or ""),
            caller=str(caller) if caller else None,
            queue_code=str(params["queue"]) if params.get("queue") else None,
            customer_id=_id(params, "customer_id"),
            previous=_id(params, "interaction_id"),
        )
        return {"interaction_id": str(interaction_id)}


def _id(params: dict[str, Any], name: str) -> UUID | None:
    try:
        return UUID(str(params[name])) if params.get(name) else None
    except ValueError:
        raise BadRequest(f"{name} is no id") from None
