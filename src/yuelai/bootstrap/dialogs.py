"""Telephony's list of standing dialogs, kept in core's journal, each in the name of the tenant whose call it is."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from dataclasses import fields
from typing import Protocol
from uuid import UUID

from yuelai.platform.clock import Clock
from yuelai.platform.facts import Record
from yuelai.platform.ids import LegId
from yuelai.telephony.events import DialogConfirmed, DialogEnded
from yuelai.telephony.ports import DialogRecord


class Append(Protocol):
    def __call__(self, *records: Record) -> Awaitable[int]: ...


_PRIVATE = [field.name for field in fields(DialogRecord) if field.name not in ("leg_id", "at", "account")]


class DialogKeeper:
    """`telephony.ports.DialogJournal`. A leg's account is a tenant; the operator's where there is none.

    `standing` are the dialogs that an earlier life left open.
    """

    def __init__(self, append: Append, clock: Clock, operator: UUID, standing: Iterable[DialogRecord] = ()) -> None:
        self._append, self._clock, self._operator = append, clock, operator
        self._tenants = {record.leg_id: record.account or operator for record in standing}

    async def confirmed(self, record: DialogRecord) -> None:
        tenant_id = self._tenants[record.leg_id] = record.account or self._operator
        private = {name: getattr(record, name) for name in _PRIVATE}
        private["peer"] = str(record.peer) if record.peer is not None else None
        await self._append(Record(DialogConfirmed(at=record.at, tenant_id=tenant_id, leg_id=record.leg_id), private))

    async def ended(self, leg_id: LegId) -> None:
        tenant_id = self._tenants.pop(leg_id, self._operator)
        await self._append(Record(DialogEnded(at=self._clock.now(), tenant_id=tenant_id, leg_id=leg_id)))
