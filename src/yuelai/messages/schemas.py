"""What messages look like over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class SentMessage(BaseModel):
    """`to` is masked for those who may not see customers' numbers. What it said is not told."""

    id: UUID
    channel: str
    to: str
    template: str
    language: str
    state: Literal["queued", "sending", "sent", "delivered", "failed", "unknown", "refused"]
    reason: str
    possible_duplicates: int
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None


class SentMessages(BaseModel):
    items: list[SentMessage]
