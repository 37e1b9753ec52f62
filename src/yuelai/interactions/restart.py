"""The truthful end of what was standing when the process died: closed with reason `system_restart`, never forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yuelai.interactions.events import EndReason, InteractionClosed, InteractionEnded, TrailNoted
from yuelai.interactions.repository import OpenInteraction
from yuelai.platform.facts import Fact, Record


def records_to_close(standing: Iterable[OpenInteraction], at: datetime) -> list[Record]:
    """Return the facts that end and close them at `at`: the restart, for until then their media went on."""
    facts: list[Fact] = []
    for one in standing:
        if not one.ended:
            facts.append(
                InteractionEnded(at=at, tenant_id=one.tenant_id, interaction_id=one.id, reason=EndReason.SYSTEM_RESTART)
            )
        facts.append(
            TrailNoted(
                at=at,
                tenant_id=one.tenant_id,
                interaction_id=one.id,
                kind="system",
                actor="system",
                data={"restarted_in": one.state},
            )
        )
        facts.append(InteractionClosed(at=at, tenant_id=one.tenant_id, interaction_id=one.id))
    return [Record(fact) for fact in facts]
