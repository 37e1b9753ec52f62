"""Agents at the desk, each a page in Chromium, who serve whatever comes: with the keys, as a person would."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.centre import Centre

LOOK = 0.05
"""Seconds between two looks at all pages."""


@dataclass
class Agent:
    """One at a page. `due` is when the next thing is done (monotonic seconds), `troubles` what the page complained of,
    `story` all states seen, each with its moment."""

    username: str
    page: Page
    due: float = 0.0
    served: int = 0
    state: str = ""
    held: bool = False
    troubles: list[str] = field(default_factory=list)
    story: list[tuple[float, str]] = field(default_factory=list)

    def heap(self) -> float:
        """Bytes of the page's JavaScript that are in use once what nobody needs has been collected."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.enable")
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        session.detach()
        return float(metrics["JSHeapUsedSize"])


class Crew:
    """Serves calls until told that no more come. Talks, holds and wrap-ups are of random length from a fixed seed."""

    def __init__(self, agents: Sequence[Agent], *, talk: tuple[float, float], seed: int = 1) -> None:
        self.agents = agents
        self._talk = talk
        self._began = time.monotonic()
        self._random = random.Random(seed)

    @property
    def served(self) -> int:
        return sum(agent.served for agent in self.agents)

    @property
    def idle(self) -> bool:
        return all(agent.state == "ready" for agent in self.agents)

    def work(self, until: float) -> None:
        """Serve until that moment (monotonic seconds)."""
        while time.monotonic() < until:
            for agent in self.agents:
                self._look(agent)
            self.agents[0].page.wait_for_timeout(LOOK * 1000)

    def _look(self, agent: Agent) -> None:
        state = agent.page.get_by_test_id("agent-state").get_attribute("data-state") or ""
        now = time.monotonic()
        if state != agent.state:
            agent.state, agent.due = state, now + self._pause(state)
            agent.story.append((round(now - self._began, 1), state))
        if now < agent.due:
            return
        agent.due = now + 1.0
        keys = agent.page.keyboard
        if state == "ringing":
            keys.press("F2")
        elif state == "hold":
            keys.press("F4")
        elif state == "talking":
            if not agent.held and self._random.random() < 0.3:
                agent.held = True
                keys.press("F4")
            else:
                agent.held = False
                keys.press("Shift+F2")
        elif state == "wrapup":
            self._wrap_up(agent)

    def _wrap_up(self, agent: Agent) -> None:
        dispositions = agent.page.get_by_test_id("wrapup-form").get_by_role("radio")
        if not dispositions.count():
            return
        dispositions.first.click(timeout=2000)
        agent.page.keyboard.press("Control+Enter")
        agent.served += 1
        agent.due += 2.0

    def _pause(self, state: str) -> float:
        if state == "talking":
            return self._random.uniform(*self._talk)
        return self._random.uniform(0.1, 0.6)


def _open(context: BrowserContext, centre: Centre, username: str) -> Agent:
    page = context.new_page()
    agent = Agent(username, page)
    page.on("pageerror", lambda error: agent.troubles.append(str(error)))
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill(username)
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=20000)
    centre.person(username).be_ready("browser")
    return agent


@contextmanager
def crew(
    browser: Browser, centre: Centre, usernames: Sequence[str], *, talk: tuple[float, float] = (1.0, 3.0)
) -> Iterator[Crew]:
    """Agents signed in and ready, each in a context of its own."""
    contexts = [browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN") for _ in usernames]
    try:
        yield Crew(
            [_open(*each) for each in zip(contexts, [centre] * len(contexts), usernames, strict=True)], talk=talk
        )
    finally:
        for username in usernames:
            centre.person(username).be("offline")
        for context in contexts:
            context.close()


COUNTED = """
SELECT p.number AS number, count(DISTINCT s.interaction_id) AS answered
FROM people p JOIN interaction_segments s ON s.agent_id = p.id AND s.kind = 'talk'
GROUP BY p.number
"""
"""What agents' figures must say, from the records that are kept."""


def counted(centre: Centre) -> dict[str, int]:
    """Contacts that each agent has spoken in, by number."""
    return {row["number"]: row["answered"] for row in centre.ask(COUNTED)}


def told(centre: Centre, usernames: Sequence[str]) -> dict[str, int]:
    """What the centre tells these agents of today, by number."""
    states = [centre.person(username).state() for username in usernames]
    return {state["number"]: state["today"]["answered"] for state in states}
