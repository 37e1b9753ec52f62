"""Facts about dialogs and bindings: ids and times; addresses travel in the record's private part (see `ports`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("dialog.confirmed")
@dataclass(frozen=True, kw_only=True)
class DialogConfirmed(Fact):
    """A dialog stands and must be ended one day, or something in its record has changed.

    private: the fields of `DialogRecord` save `leg_id`, `at` and `account`; `peer` as text."""

    leg_id: UUID


@fact("dialog.ended")
@dataclass(frozen=True, kw_only=True)
class DialogEnded(Fact):
    """Nothing more has to be sent for this dialog."""

    leg_id: UUID


@fact("registration.bound")
@dataclass(frozen=True, kw_only=True)
class RegistrationBound(Fact):
    """A contact was registered, or has changed. private: the fields of `BindingRecord` save the id and the times."""

    registration_id: UUID
    kept_until: datetime
    """After this instant it no longer counts, whatever happened; see `ports.BindingRecord`."""


@fact("registration.unbound")
@dataclass(frozen=True, kw_only=True)
class RegistrationUnbound(Fact):
    """The contact has gone: taken back, replaced, or not refreshed in time."""

    registration_id: UUID
