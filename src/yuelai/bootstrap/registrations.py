"""Telephony's list of registered phones, kept in core's journal."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from yuelai.bootstrap.dialogs import Append
from yuelai.platform.clock import Clock
from yuelai.platform.facts import Record
from yuelai.telephony.events import RegistrationBound, RegistrationUnbound
from yuelai.telephony.ports import BindingRecord


class RegistrationKeeper:
    """`telephony.ports.BindingJournal`. `admit` appends what may be refused when the journal is nearly full.

    Phones are the operator's, whichever tenants their users serve.
    """

    def __init__(self, admit: Append, append: Append, clock: Clock, operator: UUID) -> None:
        self._admit, self._append, self._clock, self._tenant_id = admit, append, clock, operator

    async def bound(self, record: BindingRecord) -> None:
        private = asdict(record)
        for published in ("registration_id", "at", "kept_until"):
            del private[published]
        fact = RegistrationBound(
            at=record.at,
            tenant_id=self._tenant_id,
            registration_id=record.registration_id,
            kept_until=record.kept_until,
        )
        await self._admit(Record(fact, private))

    async def unbound(self, registration_id: UUID) -> None:
        fact = RegistrationUnbound(at=self._clock.now(), tenant_id=self._tenant_id, registration_id=registration_id)
        await self._append(Record(fact))
