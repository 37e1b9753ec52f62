"""A centre with two media workers: the death of one ends its own calls only, and one that is full says so in time."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.calls.test_station_calls import dials
from tests.support.agents import finish_wrapup, phone, ready_agent
from tests.support.centre import Centre, eventually, running_centre

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(180)]

LEGS = 4
"""Most of each worker."""


@pytest.fixture(scope="module")
def pair() -> Iterator[Centre]:
    with running_centre(extra={"YUELAI_MEDIA_WORKERS": "2", "YUELAI_MEDIA_LEGS": str(LEGS)}) as centre:
        yield centre


def figures(centre: Centre, name: str) -> dict[str, float]:
    """Return a figure of /metrics by process."""
    found = {}
    for line in httpx.get(f"{centre.base}/metrics", timeout=5).text.splitlines():
        if line.startswith(f"{name}{{"):
            labels, value = line.removeprefix(f"{name}{{").split("} ")
            found[dict(label.split("=") for label in labels.split(","))["process"].strip('"')] = float(value)
    return found


def callers(centre: Centre, ani: str, count: int, seconds: int) -> subprocess.Popen[str]:
    """Callers who press nothing, listen for so long, and hang up."""
    many = ("--count", str(count), "--rate", "5", "--hold", str(seconds))
    return centre.call("--from", ani, "--to", "10000", *many)


def ends(calls: subprocess.Popen[str]) -> list[dict[str, Any]]:
    return list(json.loads(calls.communicate(timeout=60)[0])["calls"])


def carried(centre: Centre) -> list[float]:
    return sorted(figures(centre, "yuelai_media_legs").values())


def test_a_killed_worker_costs_its_own_calls_and_no_others(pair: Centre) -> None:
    calls = callers(pair, "13600000100", 6, 9)
    eventually(lambda: carried(pair) == [3, 3], 20, every=0.5)
    pair.kill("media-2")
    assert Counter(call["ended_by"] for call in ends(calls)) == {"remote": 3, "local": 3}
    items = eventually(lambda: _closed(pair, "13600000100", 6), 20)
    assert Counter(item["end_reason"] for item in items) == {"failed": 3, "customer_hung_up": 3}
    eventually(lambda: httpx.get(f"{pair.base}/health", timeout=5).status_code == 200, 20, every=0.5)
    parts = httpx.get(f"{pair.base}/health", timeout=5).json()["parts"]
    assert {"media", "media-1", "media-2"} <= set(parts)
    assert parts["media-2"]["detail"].startswith("0 legs, ")
    eventually(lambda: carried(pair) == [0, 0], every=0.5)


def _closed(centre: Centre, ani: str, count: int) -> list[dict[str, Any]] | None:
    items = centre.person("leader01").interactions(ani=ani, limit=50)
    return items if len(items) == count and all(item["state"] == "closed" for item in items) else None


def test_when_all_are_full_new_callers_get_503_and_those_in_the_queue_still_get_an_agent(pair: Centre) -> None:
    with phone(pair, "8001") as telephone, ready_agent(pair, "agent01") as agent:
        waiting = callers(pair, "13600000200", 2 * LEGS - 1, 18)
        eventually(lambda: sum(carried(pair)) == 2 * LEGS - 1, 20, every=0.5)
        last = pair.call("--from", "13600000300", "--to", "10000", "--dtmf", "0", "--hold", "6")
        eventually(lambda: agent.state()["state"] == "talking", 20)
        refused = pair.called("--from", "13600000301", "--to", "10000", "--hold", "1")["calls"][0]
        assert refused["status"] == 503
        assert sum(carried(pair)) == 2 * LEGS + 1
        assert figures(pair, "yuelai_media_refused_total")["core"] >= 1
        dials(
            pair, "8001", "phone_is_refused", STATUS="503"
        ).wait()  # nor do seats get a call of which they hear nothing
        (served,) = ends(last)
        assert served["status"] == 200
        telephone.wait(30)
        finish_wrapup(agent)
        assert {call["ended_by"] for call in ends(waiting)} == {"local"}
    (item,) = pair.person("leader01").interactions(ani="13600000301")
    assert item["end_reason"] == "refused"
    assert pair.called("--from", "13600000302", "--to", "10000", "--hold", "1")["calls"][0]["status"] == 200


def test_a_worker_that_hangs_is_killed_and_started_again(pair: Centre) -> None:
    calls = callers(pair, "13600000400", 2, 18)
    eventually(lambda: carried(pair) == [1, 1], 20, every=0.5)
    (worker,) = pair.processes("run media --worker 1")
    worker.suspend()
    assert Counter(call["ended_by"] for call in ends(calls)) == {"remote": 1, "local": 1}
    eventually(lambda: httpx.get(f"{pair.base}/health", timeout=5).status_code == 200, 20, every=0.5)
    status = pair.person("admin").get("/system/status")
    (part,) = [part for part in status["parts"] if part["name"] == "media-1"]
    assert (part["restarts"], part["last_end"]) == (1, "killed by SIGKILL")
    for name in ("packets_in_total", "packets_out_total", "ticks_total", "tick_late_seconds_count", "leg_mos_count"):
        assert figures(pair, f"yuelai_media_{name}")["media-2"] > 0, name
    assert figures(pair, "yuelai_media_workers_lost_total")["core"] >= 1
