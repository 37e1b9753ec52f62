"""A wrap-up with what its tenant does not have never reaches the channel."""

from __future__ import annotations

from typing import Any

import pytest

from yuelai.bootstrap.wrapups import checked
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.ipc import Peer
from yuelai.platform.live import LiveStore
from yuelai.routing.dispositions.known import Disposition, KnownDispositions

CONTACT, QUEUE = new_id(), new_id()


async def asked(*said: dict[str, Any]) -> list[Any]:
    """Ask for each; what reached the channel, or the code of the refusal."""
    live, reached = LiveStore(), list[Any]()
    document = {"tenant": {"id": str(SAMPLE_TENANT)}, "queue": {"id": str(QUEUE)}}
    live.put(f"interaction/{CONTACT}", document, frozenset())
    known = KnownDispositions([Disposition(SAMPLE_TENANT, "fault", True, frozenset({QUEUE}))])

    async def channel(peer: Peer, params: dict[str, Any]) -> Any:
        reached.append(params.get("disposition"))
        return {}

    handler = checked(live, known, channel)
    for params in said:
        try:
            await handler(None, {"interaction_id": str(CONTACT), **params})  # type: ignore[arg-type]
        except Refusal as refused:
            reached.append(refused.code)
    return reached


@pytest.mark.parametrize(
    ("params", "outcome"),
    [
        ({"disposition": "fault", "note": "no line"}, "fault"),
        ({"disposition": "fault"}, "note_needed"),
        ({"disposition": "weather", "note": "sunny"}, "unknown_disposition"),
        ({}, None),
        ({"disposition": "weather", "interaction_id": str(new_id())}, "weather"),
    ],
)
async def test_a_wrap_up_is_checked_before_the_channel_hears_of_it(params: dict[str, Any], outcome: str | None) -> None:
    assert await asked(params) == [outcome]
