"""Telephony's list of standing dialogs, kept in core's journal."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import asdict
from typing import Protocol

from yuelai.platform.clock import Clock
from yuelai.platform.facts import Record
from yuelai.platform.ids import LegId, TenantId
from yuelai.telephony.events import DialogConfirmed, DialogEnded
from yuelai.telephony.ports import DialogRecord


class Append(Protocol):
    def __call__(self, *records: Record) -> Awaitable[int]: ...


class DialogKeeper:
    """`telephony.ports.DialogJournal`."""

    def __init__(self, append: Append, clock: Clock, tenant_id: TenantId) -> None:
        self._append, self._clock, self._tenant_id = append, clock, tenant_id

    async def confirmed(self, record: DialogRecord) -> None:
        private = asdict(record)
        del private["leg_id"], private["at"]
        await self._append(
            Record(DialogConfirmed(at=record.at, tenant_id=self._tenant_id, leg_id=record.leg_id), private)
        )

    async def ended(self, leg_id: LegId) -> None:
        await self._append(Record(DialogEnded(at=self._clock.now(), tenant_id=self._tenant_id, leg_id=leg_id)))
