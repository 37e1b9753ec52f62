"""The truthful end of what was standing when the process died: closed with reason `system_restart`, never forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from yuelai.interactions.events import (
    EndReason,
    InteractionClosed,
    InteractionEnded,
    ParticipantLeft,
    TrailNoted,
    WrappedUp,
)
from yuelai.interactions.repository import OpenInteraction
from yuelai.platform.facts import Fact, Record


def records_to_close(standing: Iterable[OpenInteraction], at: datetime) -> list[Record]:
    """Return the facts that end and close them at `at`: the restart, for until then their media went on.

    Whoever took part left by it, and nobody wrapped up any more, since agents do not come back into a wrap-up.
    """
    return [Record(fact) for one in standing for fact in _close(one, at)]


def _close(one: OpenInteraction, at: datetime) -> Iterator[Fact]:
    of: dict[str, Any] = {"at": at, "tenant_id": one.tenant_id, "interaction_id": one.id}

    for participant_id, _ in one.standing:
        yield ParticipantLeft(**of, participant_id=participant_id, reason="lost")
    leaving = [agent_id for _, agent_id in one.standing if agent_id is not None]
    for agent_id in dict.fromkeys([*one.wrapping, *leaving]):
        yield WrappedUp(**of, agent_id=agent_id)
    if not one.ended:
        yield InteractionEnded(**of, reason=EndReason.SYSTEM_RESTART)
    yield TrailNoted(**of, kind="system", actor="system", data={"restarted_in": one.state})
    yield InteractionClosed(**of)
