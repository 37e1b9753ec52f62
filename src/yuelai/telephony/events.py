"""Facts about dialogs: ids and times; the addresses travel in the record's private part (see `ports.DialogRecord`)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("dialog.confirmed")
@dataclass(frozen=True, kw_only=True)
class DialogConfirmed(Fact):
    """A dialog stands and must be ended one day. private: the fields of `DialogRecord` save `leg_id` and `at`."""

    leg_id: UUID


@fact("dialog.ended")
@dataclass(frozen=True, kw_only=True)
class DialogEnded(Fact):
    """Nothing more has to be sent for this dialog."""

    leg_id: UUID
