"""A part of the centre, or the world around it, dies while calls stand in every state: afterwards nothing untrue is
left of them. No ghost agent, no ghost call; every interaction closed with the reason it ended for; counters equal.

`YUELAI_CHAOS_CALLS=100` makes the crowd as large as that.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import httpx
import pytest

from tests.support.centre import Centre, Person, eventually, running_centre
from tests.support.crowd import Crowd

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(400)]

CALLS = int(os.environ.get("YUELAI_CHAOS_CALLS", "32"))
MOST = 0.6
"""Of the calls that many have to stand when it happens; the others have ended by then, or come later."""
STAY = 16.0
"""Seconds a caller stays at most: all is over then by itself."""
BEHAVIOURS = {
    **{f"80{n:02}": "talk" for n in range(1, 8)},
    **{f"80{n:02}": "brief" for n in (8, 9)},
    **{f"80{n:02}": "ring" for n in (10, 11)},
    "8012": "ring",
}
EXPERT = "8012"
"""Takes no calls of their own, but is asked."""
TRUTHS = {
    "core": {"system_restart", "customer_hung_up", "abandoned", "agent_hung_up"},
    "media-1": {"failed", "customer_hung_up", "abandoned", "agent_hung_up"},
    "postgres": {"customer_hung_up", "abandoned", "agent_hung_up"},
    "trunk": {"failed", "abandoned", "customer_hung_up", "agent_hung_up"},
    "phones": {"failed", "abandoned", "customer_hung_up", "agent_hung_up"},
}
"""What may be said of the end of a call that stood when it happened."""
IN_CONTACT = {"ringing", "talking", "hold", "consult"}


@pytest.fixture(scope="module")
def stormy() -> Iterator[Centre]:
    with running_centre(extra={"YUELAI_MEDIA_WORKERS": "2"}) as centre:
        admin = centre.person("admin")
        for queue in admin.get("/queues")["items"]:
            admin.http.patch(f"/api/v1/queues/{queue['id']}", json={"wrapup_seconds": 4}).raise_for_status()
        yield centre


class Everybody:
    """All who are in the centre, at work."""

    def __init__(self, centre: Centre, prefix: str) -> None:
        self.centre, self.prefix = centre, prefix
        self.phones = Crowd("phones", str(centre.sip_port), *(f"{n}={how}" for n, how in BEHAVIOURS.items()))
        self.phones.registered()
        self.agents = {number: centre.person(f"agent{number[2:]}") for number in BEHAVIOURS}
        self.leader = centre.person("leader01")
        for number, agent in self.agents.items():
            agent.be_ready()
            if number == EXPERT:
                agent.be("busy", reason="training").raise_for_status()
        self.callers = Crowd("callers", str(centre.sip_port), str(CALLS), str(STAY), prefix)

    def states(self) -> Counter[str]:
        return Counter(agent.state()["state"] for agent in self.agents.values())

    def interactions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.leader.get("/interactions", limit=100, **({"cursor": cursor} if cursor else {}))
            found += [item for item in page["items"] if item["ani"].startswith(self.prefix)]
            cursor = page["next_cursor"]
            if cursor is None or (page["items"] and not page["items"][-1]["ani"].startswith(self.prefix)):
                return found

    def in_every_state(self) -> bool:
        states, stages = self.states(), Counter(item["state"] for item in self.interactions())
        standing = stages.total() - stages["closed"] - stages["wrapup"]
        some = states["talking"] >= 5 and states["ringing"] >= 1 and stages["ivr"] >= 2 and stages["queue"] >= 2
        return some and standing >= CALLS * MOST

    def act(self) -> None:
        """Two customers are put on hold, one agent asks a colleague, another has a third party in the talk."""
        talkers = [agent for number, agent in self.agents.items() if BEHAVIOURS[number] == "talk"]
        talking = [agent for agent in talkers if agent.state()["state"] == "talking"]
        for agent, verb, body in (
            (talking[0], "hold", None),
            (talking[1], "hold", None),
            (talking[2], "consult", {"to": {"agent": EXPERT}}),
            (talking[3], "consult", {"to": {"queue": "general"}}),
        ):
            done = agent.http.post(f"/api/v1/interactions/{agent.state()['interaction_id']}/{verb}", json=body)
            assert done.status_code < 300, done.text
        eventually(lambda: self.states()["consult"] == 2 and self.states()["hold"] == 2, 10)

    def go_home(self) -> None:
        self.callers.kill()
        self.phones.kill()
        for agent in self.agents.values():
            with suppress(httpx.HTTPError):
                agent.be("offline")
                agent.http.close()


@pytest.fixture
def everybody(stormy: Centre) -> Iterator[Callable[[str], Everybody]]:
    made: list[Everybody] = []

    def gather(prefix: str) -> Everybody:
        made.append(Everybody(stormy, prefix))
        return made[-1]

    yield gather
    for each in made:
        each.go_home()


def answers(check: Callable[[], Any]) -> Callable[[], Any]:
    """The centre may be away for a moment."""

    def ask() -> Any:
        try:
            return check()
        except httpx.HTTPError:
            return None

    return ask


def parts(centre: Centre) -> dict[str, Any]:
    return dict(httpx.get(f"{centre.base}/health", timeout=10).json()["parts"])


def nothing_left(centre: Centre) -> bool:
    said = str(parts(centre))
    return "'detail': '0 calls'" in said and "'detail': '0 legs" in said


def check_record(leader: Person, item: dict[str, Any]) -> None:
    """Its segments follow each other without a gap from its beginning to its end, and nobody still takes part."""
    whole = leader.get(f"/interactions/{item['id']}")
    segments = whole["segments"]
    if segments:
        assert segments[0]["started_at"] == whole["started_at"]
        for one, following in pairwise(segments):
            assert one["ended_at"] == following["started_at"], whole["trail_no"]
        assert segments[-1]["ended_at"] is not None, whole["trail_no"]
    for one in whole["participants"]:
        assert one["left_at"] is not None, f"{one['role']} still takes part in {whole['trail_no']}"


@pytest.mark.parametrize("dies", ["core", "media-1", "postgres", "trunk", "phones"])
def test_nothing_untrue_is_left_when_it_dies_among_calls_in_every_state(
    stormy: Centre, everybody: Callable[[str], Everybody], dies: str
) -> None:
    prefix = f"137{list(TRUTHS).index(dies)}000"
    crowd = everybody(prefix)
    eventually(answers(crowd.in_every_state), 60, every=0.3)
    crowd.act()
    if dies == "trunk":
        crowd.callers.kill()
    elif dies == "phones":
        crowd.phones.kill()
    else:
        stormy.kill(dies)
    if dies != "trunk":
        reports = crowd.callers.over(STAY + 60)
        assert all(isinstance(each, dict) and (each["ended_by"] or not each["answered"]) for each in reports), reports
    eventually(answers(lambda: httpx.get(f"{stormy.base}/health", timeout=10).status_code == 200), 60)

    def all_over() -> list[dict[str, Any]] | None:
        items = crowd.interactions()
        return items if items and all(item["state"] == "closed" for item in items) else None

    # A customer who vanished is asked after ten silent seconds and given up 32 s later; a wrap-up ends by itself.
    items = eventually(answers(all_over), 150, every=0.5)
    assert {item["end_reason"] for item in items} <= TRUTHS[dies]
    assert len(items) >= CALLS * MOST
    for item in items:
        check_record(crowd.leader, item)
    eventually(answers(lambda: nothing_left(stormy)), 60)
    for number, agent in crowd.agents.items():
        state = eventually(answers(agent.state))
        assert state["state"] not in IN_CONTACT, f"{number} is a ghost: {state}"
    for queue in crowd.leader.get("/queues")["items"]:
        live = crowd.leader.get(f"/queues/{queue['id']}/live")
        assert (live["waiting"], live["talking"]) == (0, 0), queue["code"]
