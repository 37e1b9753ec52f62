"""How soon the customer's name is on the agent's screen: from the INVITE at the trunk to the paint in Chromium.

    make bench-pop ROWS=10000000

Fills a PostgreSQL with customers (as `make bench-customers` does: some two minutes and 2.5 GB a million), runs a whole
centre on it with one agent in headless Chromium, and calls from customers' numbers by a flow that leads to the queue at
once. A mutation observer in the page takes the time in the first task after the frame with the name. The same again
with a business system that hangs. Beside them, in the same run: the SIP stack's own answers, and how soon a change of
the agent's own state is painted. Writes its table into docs/reference/performance.md with `--write`.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import customer_load
import customer_rows
import httpx
from playwright.sync_api import Page, expect
from pop_centre import PopCentre, Trunk
from tables import write_between

from customers import server_running
from tests.support.centre import Person, eventually
from tests.support.chromium import chromium
from yuelai.platform.migrations.runner import migrate

WARM_UP = 10
PATIENCE = 15.0
WATCH = """
() => {
  const painted = (window.__painted = []);
  const shown = {};
  const after = (what, text) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => painted.push([what, text, (performance.timeOrigin + performance.now()) / 1000]);
      port2.postMessage(0);
    });
  const look = () => {
    const found = {
      name: document.querySelector('[data-testid=customer-name]')?.textContent ?? '',
      state: document.querySelector('[data-testid=agent-state]')?.dataset.state ?? '',
      trouble: document.querySelector('[data-testid=trouble]') ? 'told' : '',
    };
    for (const [what, text] of Object.entries(found)) {
      if (shown[what] !== text) {
        shown[what] = text;
        if (text) after(what, text);
      }
    }
  };
  const options = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(look).observe(document.body, options);
  look();
}
"""


@dataclass
class Times:
    """Milliseconds."""

    name: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    options: list[float] = field(default_factory=list)
    state: list[float] = field(default_factory=list)
    told: int = 0
    """Calls in which what is missing was said."""


class Desk:
    """One agent in a browser."""

    def __init__(self, page: Page, centre: PopCentre, agent: Person) -> None:
        self._page, self._agent, self._trunk = page, agent, Trunk(centre.sip_port)
        self._ahead = 0.0

    def measure(self, rng: random.Random, count: int, calls: int) -> Times:
        times = Times()
        for number in range(WARM_UP + calls):
            if number % 20 == 0:
                self._ahead = self._difference()
                print(f"  call {number} of {WARM_UP + calls}", flush=True)
            one = self._call(rng.randrange(count))
            if number >= WARM_UP:
                for name, value in one.items():
                    getattr(times, name).append(value) if name != "told" else None
                times.told += int(one["told"])
        return times

    def _call(self, customer: int) -> dict[str, float]:
        options = self._trunk.options() * 1000
        self._forget()
        call = self._trunk.invite(customer_rows.mobile(customer))
        name, at = self._painted("name")
        found = {"options": options, "name": (at - call.sent) * 1000}
        eventually(lambda: call.answered is not None, PATIENCE)
        assert call.answered is not None
        found["answer"] = (call.answered - call.sent) * 1000
        told = self._page.locator("[data-testid=trouble]").count() > 0 or self._soon_told()
        self._trunk.hang_up(call)
        self._painted("state", "ready")
        known = self._agent.get("/customers", phone=customer_rows.mobile(customer))["items"]
        assert name in [card["name"] for card in known], (name, known)
        self._forget()
        self._agent.be("busy", reason="break")
        self._painted("state", "busy")
        self._forget()
        began = time.time()
        self._agent.be("ready", "browser")
        found["state"] = (self._painted("state", "ready")[1] - began) * 1000
        return {**found, "told": float(told)}

    def _soon_told(self) -> bool:
        """Whether something is said to be missing once everything has been answered or given up."""
        waiting = "() => [...document.querySelectorAll('.box-rows')].every((one) => one.dataset.state !== 'waiting')"
        with contextlib.suppress(AssertionError):
            eventually(lambda: self._page.evaluate(waiting), 5, 0.02)
        return self._page.locator("[data-testid=trouble]").count() > 0

    def _forget(self) -> None:
        self._page.evaluate("() => { window.__painted.length = 0 }")

    def _painted(self, what: str, text: str | None = None) -> tuple[str, float]:
        def found() -> tuple[str, float] | None:
            seen: list[Any] = self._page.evaluate("() => window.__painted")
            fitting = [(name, at) for kind, name, at in seen if kind == what and text in (None, name)]
            return fitting[0] if fitting else None

        name, at = eventually(found, PATIENCE, 0.03)
        return str(name), float(at) - self._ahead

    def _difference(self) -> float:
        """Return by how many seconds the page's clock is ahead of ours, by the quickest of ten questions."""
        best = (float("inf"), 0.0)
        for _ in range(10):
            before = time.time()
            there = self._page.evaluate("() => (performance.timeOrigin + performance.now()) / 1000")
            after = time.time()
            best = min(best, (after - before, float(there) - (before + after) / 2))
        return best[1]


def sign_in(page: Page, centre: PopCentre) -> None:
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill("agent01")
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=30_000)


@contextlib.contextmanager
def business_system() -> Iterator[int]:
    """Run `yuelai bss` with books for everybody; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "yuelai", "bss", "--port", str(port), "--control", "--anybody"]
    process = subprocess.Popen(command)
    try:
        eventually(lambda: _answers(port), 60, 0.2)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False).status_code == 200
    return False


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def row(what: str, values: list[float], aim: str = "") -> str:
    p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
    return f"| {what} | {p50:.1f} ms | {p99:.1f} ms | {max(values):.1f} ms | {aim} |"


def report(count: int, calls: int, well: Times, hanging: Times) -> str:
    aim = "p50 150 ms, p99 400 ms"
    lines = [
        f"{datetime.now(UTC).date()}: {count:,} customers, {calls} calls each.",
        "",
        "| what | p50 | p99 | most | aim |",
        "|---|---|---|---|---|",
        row("INVITE at the trunk → name painted", well.name, aim),
        row("the same, business system hanging", hanging.name, aim),
        row("beside it: INVITE → its 200", well.answer + hanging.answer),
        row("beside it: OPTIONS → its 200", well.options + hanging.options),
        row("beside it: change of the own state → painted", well.state + hanging.state),
        "",
        f"What is missing was said in {hanging.told} of {calls} calls with the business system hanging, in {well.told} "
        "without.",
    ]
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--customers", type=int, default=1_000_000, help="up to ten million")
    arguments.add_argument("--calls", type=int, default=200)
    arguments.add_argument("--home", type=Path, help="keep the database here, and use it when it is filled already")
    arguments.add_argument("--write", action="store_true", help="put the table into docs/reference/performance.md")
    chosen = arguments.parse_args()
    home = chosen.home or Path(tempfile.mkdtemp(prefix="yl"))
    full = home / "filled"
    try:
        if not full.exists():
            with server_running(home) as server:
                migrate(server.dsn())
                print(f"filling a database in {home} with {chosen.customers:,} customers", flush=True)
                customer_load.fill(server.superuser_dsn("yuelai"), chosen.customers)
                full.write_text(str(chosen.customers))
        count = int(full.read_text())
        with business_system() as port, tempfile.TemporaryDirectory() as folder:
            centre = PopCentre(
                home, {"YUELAI_BSS_URL": f"http://127.0.0.1:{port}/tmf-api", "YUELAI_LOG_LEVEL": "warning"}
            )
            centre.start()
            try:
                with chromium(None, Path(folder)) as browser:
                    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
                    sign_in(page, centre)
                    agent = centre.person("agent01")
                    agent.be_ready("browser")
                    page.evaluate(WATCH)
                    desk, rng = Desk(page, centre, agent), random.Random(1)
                    well = desk.measure(rng, count, chosen.calls)
                    control = {"mode": "hanging"}
                    httpx.put(f"http://127.0.0.1:{port}/control", json=control, trust_env=False).raise_for_status()
                    hanging = desk.measure(rng, count, chosen.calls)
            finally:
                centre.stop()
        text = report(count, chosen.calls, well, hanging)
        print(text)
        if chosen.write:
            write_between("bench-pop", text)
    finally:
        if chosen.home is None:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
