"""Which flows contacts get, a tenant's own before those that ship with the program, and how many are in which."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from yuelai.bootstrap.asking import principal_of
from yuelai.flows import loader, tables
from yuelai.flows.errors import FlowInvalid
from yuelai.flows.model import Flow
from yuelai.platform.db import Connection
from yuelai.platform.ipc import Peer

log = structlog.get_logger()

Key = tuple[UUID, str, int, datetime]
"""Tenant, code, version and its instant: a flow that is deleted and made anew begins with version 1 again."""


class FlowVersions:
    """What is in force now. A version never changes, so each is read and built once; a contact keeps the `Flow` it
    began with, and the mapping of those it may walk into: both are replaced here and never changed."""

    def __init__(self) -> None:
        self._built: dict[Key, Flow | None] = {}
        self._of: Mapping[UUID, Mapping[str, Flow]] = {}

    async def load(self, conn: Connection) -> None:
        """Take over what is published as PostgreSQL has it now."""
        in_force = [_key(row) for row in await tables.in_force(conn)]
        unknown = [key for key in in_force if key not in self._built]
        for row in await tables.documents(conn, unknown) if unknown else ():
            key = _key(row)
            # A large graph takes its time, and calls go on meanwhile.
            self._built[key] = await asyncio.to_thread(_build, key, row["document"])
        self._built = {key: self._built.get(key) for key in in_force}
        shipped = loader.shipped()
        of: dict[UUID, dict[str, Flow]] = {}
        for key in in_force:
            flow = self._built[key] or self._before(key)
            if flow is not None:
                of.setdefault(key[0], dict(shipped))[key[1]] = flow
        self._of = {tenant: MappingProxyType(flows) for tenant, flows in of.items()}

    def _before(self, key: Key) -> Flow | None:
        """Of one that cannot be built: what was in force here before it, if anything was."""
        return self.flows(key[0]).get(key[1])

    def flows(self, tenant_id: UUID) -> Mapping[str, Flow]:
        """Return what the tenant's numbers and flows can lead to, by code."""
        return self._of.get(tenant_id, loader.shipped())


def _key(row: asyncpg.Record) -> Key:
    return row["tenant_id"], row["code"], row["version"], row["at"]


def _build(key: Key, document: Mapping[str, Any]) -> Flow | None:
    try:
        return loader.load(document)
    except FlowInvalid as error:
        # It was right when it was published: the program's rules have become stricter since.
        log.error("flow_not_taken_over", flow=key[1], version=key[2], tenant_id=str(key[0]), reason=str(error)[:500])
    return None


class RunningFlows:
    """How many contacts are in which version of which flow."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[UUID, str, int]] = Counter()
        """By tenant, code and version."""

    @contextlib.contextmanager
    def within(self, tenant_id: UUID, flow: Flow) -> Iterator[None]:
        key = (tenant_id, flow.id, flow.version)
        self._counts[key] += 1
        try:
            yield
        finally:
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key]

    async def answer(self, peer: Peer, params: dict[str, Any]) -> Any:
        """What the web process is told when it asks for `flow.running`."""
        return {"running": self.of(principal_of(params).tenant_id)}

    def of(self, tenant_id: UUID) -> dict[str, dict[str, int]]:
        """Return the numbers by code and version."""
        found: dict[str, dict[str, int]] = {}
        for (tenant, code, version), count in self._counts.items():
            if tenant == tenant_id:
                found.setdefault(code, {})[str(version)] = count
        return found
