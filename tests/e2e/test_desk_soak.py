"""Three agents at their desks serve one call after the other: nothing gets stuck, and all figures agree."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser

from tests.support.centre import Centre, eventually
from tests.support.desk_crew import counted, crew, told
from tests.support.settled import WRONG

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(300)]

CALLS = 9
AGENTS = ("agent11", "agent12", "agent13")


def test_three_desks_serve_call_after_call_and_the_figures_agree(browser: Browser, centre: Centre) -> None:
    recounted = counted(centre)
    with crew(browser, centre, AGENTS) as people:
        before = told(centre, AGENTS)
        callers = centre.call(
            *("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "60", "--hold-from", "digits"),
            *("--count", str(CALLS), "--rate", "0.5"),
        )
        limit = time.monotonic() + 200
        while time.monotonic() < limit and (callers.poll() is None or not people.idle):
            people.work(time.monotonic() + 1)
        assert callers.poll() is not None, "calls are left"
        assert people.idle, [(agent.username, agent.story) for agent in people.agents]
        assert [trouble for agent in people.agents for trouble in agent.troubles] == []
        assert people.served == CALLS
        after = told(centre, AGENTS)
    assert sum(after.values()) - sum(before.values()) == CALLS

    def gained() -> dict[str, int]:
        kept = counted(centre)
        return {number: kept.get(number, 0) - recounted.get(number, 0) for number in after}

    eventually(lambda: gained() == {number: after[number] - before[number] for number in after}, 20)
    for what, query in WRONG.items():
        if "interactions that" not in what:  # recordings may still be finished
            assert centre.ask(query) == [] or "recordings" in what, what
