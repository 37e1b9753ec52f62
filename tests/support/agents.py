"""Agents with telephones, as tests of a whole centre need them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.centre import Centre, Person, eventually, free_port, free_sip_port
from tests.support.sipp import Sipp, register


@contextmanager
def phone(centre: Centre, number: str, scenario: str = "answer", calls: int = 1) -> Iterator[Sipp]:
    """A sipp telephone, registered under the number, that answers and echoes."""
    port = free_sip_port()
    register(centre.sip_port, number, "demo", port)
    media_port = free_port(socket.SOCK_DGRAM)
    answering = Sipp(scenario, centre.sip_port, port=port, media_port=media_port, calls=calls)
    try:
        yield answering
    finally:
        answering.stop()


@contextmanager
def ready_agent(centre: Centre, username: str) -> Iterator[Person]:
    person = centre.person(username)
    person.be_ready("phone")
    try:
        yield person
    finally:
        person.be("busy", reason="test over")
        current = person.state().get("interaction_id")
        if current:
            person.http.post(f"/api/v1/interactions/{current}/wrapup", json={"disposition": "followup", "note": ""})
        person.be("offline")


def finish_wrapup(person: Person) -> None:
    """Wait for the wrap-up and end it as the screen does."""

    def in_wrapup() -> str | None:
        state = person.state()
        return str(state["interaction_id"]) if state["state"] == "wrapup" else None

    interaction = eventually(in_wrapup)
    answer = person.http.post(
        f"/api/v1/interactions/{interaction}/wrapup", json={"disposition": "followup", "note": "测试"}
    )
    assert answer.status_code == 204, answer.text
