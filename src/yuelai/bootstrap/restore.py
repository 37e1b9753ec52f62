"""After a restart: contacts that were alive when the process died are ended truthfully, never left as ghosts."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Protocol

from yuelai.interactions.events import EndReason, InteractionClosed, InteractionEnded
from yuelai.interactions.repository import OpenInteraction
from yuelai.platform.clock import Clock
from yuelai.platform.facts import Record


class Append(Protocol):
    def __call__(self, *records: Record) -> Awaitable[int]: ...


async def close_open_interactions(left_open: Sequence[OpenInteraction], append: Append, clock: Clock) -> None:
    """End and close them; one whose customer had gone already is only closed."""
    now = clock.now()
    for one in left_open:
        if one.ended_at is None:
            ended = InteractionEnded(
                at=now, tenant_id=one.tenant_id, interaction_id=one.id, reason=EndReason.SYSTEM_RESTART
            )
            await append(Record(ended))
        await append(Record(InteractionClosed(at=now, tenant_id=one.tenant_id, interaction_id=one.id)))
