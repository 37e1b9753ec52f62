"""Bindings that outlive the process: which of them are written, and when a refresh is worth writing."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from yuelai.platform.clock import Clock
from yuelai.platform.errors import Unavailable
from yuelai.telephony.bindings import Binding
from yuelai.telephony.ports import BindingJournal, BindingRecord
from yuelai.wire.sip.text import clean

log = structlog.get_logger()

SHORTEST_SLACK = 600
"""Seconds a record outlives what was granted, at least. A phone granted 120 s is written about every ten minutes,
however often it refreshes: 5,000 of them are eight entries a second."""


class KeptBindings:
    """Browsers and flows of other devices are not kept: they die with the process, and register anew by themselves."""

    def __init__(
        self, clock: Clock, journal: BindingJournal, spawn: Callable[[Coroutine[Any, Any, None]], None]
    ) -> None:
        self._clock, self._journal, self._spawn = clock, journal, spawn
        self._written: dict[UUID, BindingRecord] = {}

    def bound(self, binding: Binding) -> None:
        """A contact was (again) registered: write it if the record would not lead to it until its next refresh."""
        if binding.browser or binding.outbound:
            self.gone(binding)
            return
        record, known = self._record(binding), self._written.get(binding.id)
        if known is not None and _same_place(known, record) and known.kept_until >= record.at + _granted(record):
            return
        self._written[binding.id] = record
        self._spawn(self._write(record, known))

    def gone(self, binding: Binding) -> None:
        if self._written.pop(binding.id, None) is not None:
            self.forget(binding.id)

    def forget(self, registration_id: UUID) -> None:
        """Close a record, also one of an earlier life."""
        self._spawn(self._journal.unbound(registration_id))

    def restored(self, record: BindingRecord) -> None:
        """The record stands in the list already."""
        self._written[record.registration_id] = record

    async def _write(self, record: BindingRecord, before: BindingRecord | None) -> None:
        try:
            await self._journal.bound(record)
        except Unavailable as error:
            # The phone can be called all the same; its next refresh is written again.
            log.warning("registration_not_kept", reason=str(error))
            if self._written.get(record.registration_id) is record:
                del self._written[record.registration_id]
                if before is not None:
                    self._written[record.registration_id] = before

    def _record(self, binding: Binding) -> BindingRecord:
        now = self._clock.now()
        return BindingRecord(
            registration_id=binding.id,
            at=now,
            kept_until=now + timedelta(seconds=binding.seconds + max(binding.seconds, SHORTEST_SLACK)),
            seconds=binding.seconds,
            user=clean(binding.user),
            contact=clean(str(binding.contact)),
            source=str(binding.source),
            hop=str(binding.hop),
            symmetric=binding.symmetric,
            instance=clean(binding.instance),
            call_id=clean(binding.call_id),
            cseq=binding.cseq,
            priority=binding.priority,
            path=tuple(clean(path) for path in binding.path),
        )


def _granted(record: BindingRecord) -> timedelta:
    return timedelta(seconds=record.seconds)


def _same_place(one: BindingRecord, other: BindingRecord) -> bool:
    # Call-ID and CSeq only keep older updates out; what is stored of them may lag behind.
    same = replace(one, at=other.at, kept_until=other.kept_until, call_id=other.call_id, cseq=other.cseq)
    return same == other
