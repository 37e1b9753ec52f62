"""A journal in memory for recorders, and what the projector would do with it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.interactions.model import Tenant
from yuelai.interactions.numbering import TrailNumbers
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.interactions.repository import PROJECTIONS
from yuelai.platform import facts
from yuelai.platform.clock import VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT, TenantId, new_id
from yuelai.platform.journal import Entry
from yuelai.platform.live import LiveStore

NINE = datetime(2026, 3, 4, 9, tzinfo=UTC)


def card(id_: UUID, name: str = "王芳") -> dict[str, Any]:
    return {
        "id": str(id_), "no": "C000000001", "name": name, "gender": "female", "birth_year": 1985, "class": "gold",
        "phones": ["13800000001"], "address_masked": None, "manager_number": None, "warnings": [],
    }  # fmt: skip


class Book:
    """`delay` makes the next write take that many seconds."""

    def __init__(self, clock: VirtualClock | None = None) -> None:
        self.clock = clock or VirtualClock(NINE)
        self.live = LiveStore()
        self.numbers = TrailNumbers(UTC)
        self.records: list[Record] = []
        self.delay = 0.0
        self._projected = 0

    async def append(self, *records: Record) -> int:
        self.records.extend(records)
        delay, self.delay = self.delay, 0.0
        await asyncio.sleep(delay)
        return len(self.records)

    def recorder(self) -> InteractionRecorder:
        return InteractionRecorder(self.append, self.clock, self.live, self.numbers)

    async def begin(
        self, ani: str = "13800000001", *, id_: UUID | None = None, tenant_id: UUID = SAMPLE_TENANT
    ) -> InteractionRecorder:
        recorder = self.recorder()
        await recorder.begin(id_ or new_id(), Tenant(TenantId(tenant_id), "main", "悦来"), "voice", "in", ani, "10000")
        return recorder

    async def served(
        self, agent: UUID, queue: UUID, ani: str = "13800000001", *, tenant_id: UUID = SAMPLE_TENANT
    ) -> InteractionRecorder:
        """A whole call: 5 s IVR, 10 s queue, 4 s ringing, 60 s talk, 20 s hold, 30 s talk, 8 s wrap-up."""
        recorder = await self.begin(ani, tenant_id=tenant_id)
        for kind, seconds in (("ivr", 5), ("queue", 10), ("ring", 4), ("talk", 60), ("hold", 20), ("talk", 30)):
            await recorder.segment(
                SegmentKind(kind), agent if kind not in ("ivr", "queue") else None, queue if kind != "ivr" else None
            )
            self.clock.advance(seconds)
        await recorder.ended(EndReason.CUSTOMER_HUNG_UP, agent)
        self.clock.advance(8)
        await recorder.closed("solved", "客户满意")
        return recorder

    async def project(self, database: Database) -> None:
        """Apply what is new to PostgreSQL, by way of the journal's own JSON."""
        async with database.transaction(None) as conn:
            for record in self.records[self._projected :]:
                self._projected += 1
                data = facts.encode(record.fact)
                entry = Entry(
                    self._projected, new_id(), record.fact.at, record.fact.type, data, dict(record.private), "core"
                )
                handler = PROJECTIONS.get(type(entry.fact))
                if handler is not None:
                    await handler(conn, entry)
