"""Facts about messages: ids and states. Numbers and words stay in the room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("message.changed")
@dataclass(frozen=True, kw_only=True)
class MessageChanged(Fact):
    """It was taken or refused, or became of it what `state` says (`messages.model.State`); `reason` says why not."""

    message_id: UUID
    channel: str
    template: str
    state: str
    reason: str = ""
    interaction_id: UUID | None = None
