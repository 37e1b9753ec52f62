"""A viewer begins with the documents that can be sent, whatever else there is."""

from __future__ import annotations

from typing import Any, cast

from structlog.testing import capture_logs

from yuelai.bootstrap.requests import Requests
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock
from yuelai.platform.ids import SAMPLE_TENANT, PersonId, new_id
from yuelai.platform.ipc import Peer
from yuelai.platform.live import LiveStore


class Connection:
    def __init__(self) -> None:
        self.on_close: list[Any] = []


async def test_a_document_that_no_frame_can_hold_costs_nobody_the_others() -> None:
    live, nobody = LiveStore(), cast(Any, None)
    requests = Requests(SystemClock(), live, nobody, nobody, nobody, nobody, nobody)
    who = Principal(PersonId(new_id()), SAMPLE_TENANT, "agent01", "A", "8001", frozenset(), frozenset())
    mine = frozenset({f"person:{who.person_id}"})
    live.put("interaction/1", {"why": {"collected": {"name": "\ud800"}}}, mine)
    live.put("interaction/2", {"state": "ring"}, mine)
    with capture_logs() as logs:
        answer = await requests._subscribe(cast(Peer, Connection()), {"principal": who.to_message(), "sub": "s"})
    assert answer["docs"] == {"interaction/2": {"state": "ring"}}
    assert [line["keys"] for line in logs] == [["interaction/1"]]
