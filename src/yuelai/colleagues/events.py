"""Facts between colleagues: that something is new, and whose screens should ask for it. Never the words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("bulletin.changed")
@dataclass(frozen=True, kw_only=True)
class BulletinChanged(Fact):
    """A bulletin was published or withdrawn."""

    bulletin_id: UUID


@fact("chat.written")
@dataclass(frozen=True, kw_only=True)
class ChatWritten(Fact):
    """Somebody wrote in a chat; `member_ids` are all who are in it, the author among them."""

    chat_id: UUID
    author_id: UUID
    member_ids: list[UUID]


@fact("handover.changed")
@dataclass(frozen=True, kw_only=True)
class HandoverChanged(Fact):
    """A hand-over note of the group was written, taken over or given back."""

    handover_id: UUID
    group_id: UUID
