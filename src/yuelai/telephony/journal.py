"""Standing dialogs as facts in core's journal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from yuelai.platform.clock import Clock
from yuelai.platform.facts import Record
from yuelai.platform.ids import LegId
from yuelai.telephony.events import DialogConfirmed, DialogEnded
from yuelai.telephony.ports import DialogRecord

Append = Callable[[Record], Awaitable[Any]]
"""`platform.journal.Journal.append`."""


class FactJournal:
    """Implements `ports.DialogJournal`."""

    def __init__(self, append: Append, clock: Clock, tenant_id: UUID) -> None:
        self._append, self._clock, self._tenant_id = append, clock, tenant_id

    async def confirmed(self, record: DialogRecord) -> None:
        fact = DialogConfirmed(at=record.at, tenant_id=self._tenant_id, leg_id=record.leg_id)
        private = msgspec.to_builtins(record)
        del private["leg_id"], private["at"]
        await self._append(Record(fact, private))

    async def ended(self, leg_id: LegId) -> None:
        await self._append(Record(DialogEnded(at=self._clock.now(), tenant_id=self._tenant_id, leg_id=leg_id)))
