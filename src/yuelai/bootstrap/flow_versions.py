"""Which flows contacts get, a tenant's own before those that ship with the program, and how many are in which."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from yuelai.bootstrap.asking import principal_of
from yuelai.flows import loader, tables
from yuelai.flows.errors import FlowInvalid
from yuelai.flows.model import Flow, Walked
from yuelai.flows.walk import Walk
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


@dataclass(eq=False)
class Standing:
    """One contact in a flow: the walks it is in, each of them inside the one before."""

    walks: list[Walk] = field(default_factory=list)

    def began(self, walk: Walk) -> None:
        """`runtime.run`'s `watch`. Walks that are over are taken off here: nothing is done while one goes on."""
        del self.walks[walk.depth :]
        self.walks.append(walk)

    def ended(self, walked: Walked) -> None:
        del self.walks[walked.depth :]


class RunningFlows:
    """How many contacts are in which version of which flow, and at which node."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[UUID, str, int]] = Counter()
        """By tenant, code and version."""
        self._standing: dict[UUID, set[Standing]] = {}
        """By tenant."""

    @contextlib.contextmanager
    def within(self, tenant_id: UUID, flow: Flow) -> Iterator[Standing]:
        """The contact is in the flow meanwhile; what it is given is told of its walks."""
        key, standing = (tenant_id, flow.id, flow.version), Standing()
        self._counts[key] += 1
        self._standing.setdefault(tenant_id, set()).add(standing)
        try:
            yield standing
        finally:
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key]
            self._standing[tenant_id].discard(standing)
            if not self._standing[tenant_id]:
                del self._standing[tenant_id]

    async def answer(self, peer: Peer, params: dict[str, Any]) -> Any:
        """What the web process is told when it asks for `flow.running`."""
        return {"running": self.of(principal_of(params).tenant_id)}

    async def answer_live(self, peer: Peer, params: dict[str, Any]) -> Any:
        """What it is told when it asks for `flow.live` of a `code`."""
        return self.live(principal_of(params).tenant_id, str(params["code"]), datetime.now(UTC))

    def live(self, tenant_id: UUID, code: str, at: datetime) -> dict[str, Any]:
        """Return `{at, running, nodes: {node: {contacts, longest_seconds}}}` of all versions of the flow. Who is in a
        flow inside it stands at its node that leads there, and in the inner one, too."""
        now, nodes, running = asyncio.get_running_loop().time(), dict[str, dict[str, Any]](), 0
        for standing in self._standing.get(tenant_id, ()):
            inside = [walk for walk in standing.walks if walk.flow.id == code]
            running += bool(inside)
            for walk in inside:
                node = nodes.setdefault(walk.at, {"contacts": 0, "longest_seconds": 0.0})
                node["contacts"] += 1
                node["longest_seconds"] = max(node["longest_seconds"], round(now - walk.since, 1))
        return {"at": at.isoformat(), "running": running, "nodes": nodes}

    def of(self, tenant_id: UUID) -> dict[str, dict[str, int]]:
        """Return the numbers by code and version."""
        found: dict[str, dict[str, int]] = {}
        for (tenant, code, version), count in self._counts.items():
            if tenant == tenant_id:
                found.setdefault(code, {})[str(version)] = count
        return found
