"""Agents with real telephones: private calls, phones that die, leaders' words, and every second accounted for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.support.agents import finish_wrapup
from tests.support.baresip import Baresip
from tests.support.centre import Centre, Person, eventually, running_centre

pytestmark = [pytest.mark.calls, pytest.mark.timeout(150)]

LOST_SECONDS = 4
DIRECT = "02188880001"
"""Leads to the seat of agent01."""


@pytest.fixture(scope="module")
def house() -> Iterator[Centre]:
    assert shutil.which("baresip"), "baresip is missing: `make test` installs it"
    with running_centre(extra={"YUELAI_SEAT_LOST_SECONDS": str(LOST_SECONDS)}) as running:
        agent, admin = running.person("agent01"), running.person("admin")
        answer = admin.http.put(f"/api/v1/direct-numbers/{DIRECT}", json={"person_id": id_of(agent)})
        assert answer.status_code == 200, answer.text
        yield running


@pytest.fixture
def phone(house: Centre) -> Iterator[Baresip]:
    made = Baresip(house.sip_port, "8001", "demo")
    made.registered()
    yield made
    made.stop()


@pytest.fixture
def agent(house: Centre, phone: Baresip) -> Iterator[Person]:
    person = house.person("agent01")
    person.be_ready("phone")
    yield person
    state = person.state()
    if state["state"] == "wrapup":
        finish_wrapup(person)
    person.be("offline")


def is_now(person: Person, state: str, reason: str = "", timeout: float = 30) -> dict[str, Any]:
    def there() -> dict[str, Any] | None:
        document = person.state()
        return document if (document["state"], document["reason"]) == (state, reason) else None

    return dict(eventually(there, timeout))


def rings(phone: Baresip) -> None:
    """Wait until it does: the caller's program has to start and to listen to the greeting first."""
    phone.wait("CALL_INCOMING", 45)


def id_of(person: Person) -> str:
    return str(person.session["person"]["id"])


def test_a_private_call_keeps_customers_away_until_it_is_over(house: Centre, phone: Baresip, agent: Person) -> None:
    other = Baresip(house.sip_port, "8002", "demo", auto=True)
    try:
        other.registered()
        phone.call("8002")
        phone.talks()
        is_now(agent, "busy", "private_call")
        customer = house.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "2")
        leader = house.person("leader01")
        eventually(lambda: [one for one in leader.interactions(ani="13800000001") if one["state"] == "queue"], 20)
        assert agent.state()["reason"] == "private_call"
        phone.hangup()
        phone.over()
        rings(phone)
        phone.answer()
        is_now(agent, "talking")
        customer.communicate(timeout=60)
        finish_wrapup(agent)
    finally:
        other.stop()


def test_a_number_outside_leads_straight_to_the_seat(house: Centre, phone: Baresip, agent: Person) -> None:
    before = len(agent.interactions())
    caller = house.call("--from", "13900000009", "--to", DIRECT, "--hold", "1")
    rings(phone)
    is_now(agent, "busy", "private_call")
    phone.answer()
    phone.talks()
    caller.communicate(timeout=60)
    phone.over()
    is_now(agent, "ready")
    assert len(agent.interactions()) == before


def test_a_private_call_that_is_transferred_to_an_access_number_is_a_contact_from_then_on(
    house: Centre, phone: Baresip, agent: Person
) -> None:
    leader, number = house.person("leader01"), "13900000008"
    caller = house.call("--from", number, "--to", DIRECT, "--hold", "12")
    rings(phone)
    phone.answer()
    phone.talks()
    assert leader.interactions(ani=number) == []
    phone.transfer("10000")
    (contact,) = eventually(lambda: leader.interactions(ani=number), 20)
    assert (contact["dnis"], contact["direction"], contact["state"]) == ("10000", "in", "ivr")
    is_now(agent, "ready")
    caller.communicate(timeout=60)
    assert leader.interaction(ani=number)["id"] == contact["id"]


def test_who_declines_is_aside_for_that_and_the_customer_waits_on(house: Centre, phone: Baresip, agent: Person) -> None:
    customer = house.call("--from", "13800000002", "--to", "10000", "--dtmf", "0", "--hold", "1")
    rings(phone)
    phone.hangup()
    is_now(agent, "busy", "declined")
    agent.be_ready("phone")
    rings(phone)
    phone.answer()
    is_now(agent, "talking")
    customer.communicate(timeout=60)
    finish_wrapup(agent)


def test_a_leader_decides_during_a_call_and_the_agent_sees_who_did(
    house: Centre, phone: Baresip, agent: Person
) -> None:
    leader = house.person("leader01")
    customer = house.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "3")
    rings(phone)
    phone.answer()
    is_now(agent, "talking")
    path = f"/api/v1/agents/{id_of(agent)}/state"
    answer = leader.http.put(path, json={"state": "busy", "reason": "training"})
    assert answer.json()["pending"] == {"state": "busy", "reason": "training"}
    customer.communicate(timeout=60)
    finish_wrapup(agent)
    document = is_now(agent, "busy", "training")
    assert document["forced"]["by"] == id_of(leader)
    listed = leader.get("/agents", state="busy")["items"]
    assert [one["number"] for one in listed if one["reason"] == "training"] == ["8001"]


def test_two_phones_of_an_agent_ring_together_and_one_is_enough(house: Centre, phone: Baresip, agent: Person) -> None:
    second = Baresip(house.sip_port, "8001", "demo")
    try:
        second.registered()
        customer = house.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "1")
        rings(phone)
        rings(second)
        second.answer()
        second.talks()
        phone.over()
        customer.communicate(timeout=60)
        finish_wrapup(agent)
        second.stop()
        is_now(agent, "ready")
        assert agent.state()["registered"]["phone"]
    finally:
        second.stop()


def test_a_phone_that_dies_is_noticed_within_a_minute_and_its_agent_ready_again_when_it_is_soon_back(
    house: Centre, phone: Baresip, agent: Person
) -> None:
    eventually(lambda: _watched(house) == 1)  # it has to be known that it answers; then it goes without a word
    phone.process.kill()
    is_now(agent, "busy", "seat_lost", timeout=60)
    assert not agent.state()["registered"]["phone"]
    again = Baresip(house.sip_port, "8001", "demo")
    try:
        again.registered()
        is_now(agent, "ready")
    finally:
        again.stop()


def _watched(house: Centre) -> float:
    """How many phones have answered when they were asked whether they are there."""
    lines = httpx.get(f"{house.base}/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("yuelai_sip_phones_watched"))


def test_every_second_of_a_session_is_in_exactly_one_state_and_counters_equal_a_recount(
    house: Centre, phone: Baresip, agent: Person
) -> None:
    customer = house.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "2")
    rings(phone)
    phone.answer()
    is_now(agent, "talking")
    customer.communicate(timeout=60)
    finish_wrapup(agent)
    agent.be("busy", reason="lunch")
    is_now(agent, "busy", "lunch")
    leader = house.person("leader01")
    now = datetime.now(UTC)
    span = {"from": (now - timedelta(hours=1)).isoformat(), "to": now.isoformat(), "limit": 500}

    def written() -> dict[str, Any] | None:
        log = leader.get(f"/agents/{id_of(agent)}/states", **span)
        return log if log["items"] and log["items"][-1]["reason"] == "lunch" else None

    log = eventually(written)
    rows = log["items"]
    for one, other in pairwise(rows):
        assert one["ended_at"] == other["started_at"]
    begin = datetime.fromisoformat(rows[0]["started_at"])
    assert log["seconds"] == pytest.approx((now - begin).total_seconds(), abs=0.001)
    assert sum(one["seconds"] for one in log["sums"]) == pytest.approx(log["seconds"])
    handling = sum(one["seconds"] for one in log["sums"] if one["state"] in ("talking", "hold", "consult", "wrapup"))
    today = agent.state()["today"]
    assert today["handle_seconds"] == pytest.approx(handling, abs=0.2)
    assert today["answered"] == len({row["interaction_id"] for row in rows if row["state"] == "talking"})
