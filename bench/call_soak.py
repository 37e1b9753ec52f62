"""Half an hour of mixed calls at a whole centre (`make soak-calls`): everything anybody may do, at random, and faults.

Customers (our own SIP and RTP) call with any wish and hang up at any moment. Agents at telephones answer, decline, miss
calls, hang up; at the screen they hold, ask colleagues, confer, send customers on to queues and colleagues, wrap up or
let the time run out. Every minute something breaks: a media worker is killed, the telephones of half of the agents are
cut off without a word, or all customers are. At the end nobody calls any more; then no call, leg, dialog nor open fact
may be left, the facts of each interaction must fit together, all agents must be out of contacts, and processes, memory
and file descriptors be where they were after a third of the time.

Ends with status 1 when something is not as it should be.
"""

from __future__ import annotations

import argparse
import atexit
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
from queue_centre import BenchCentre, bench_centre

from tests.support.settled import KINDS, ROLES, SUMMARY, WRONG

AGENTS = 14
LINES = 12
FAULT_EVERY = 60.0
AFTER_FAULT = 20.0
"""Seconds in which what asks may be told that something is away."""
QUIET_SECONDS = 240.0
"""In which everything must be over once nobody calls: a silent phone is asked after a while and waited for."""
GROWTH = 1.25, 8_000_000
"""Memory of a process at the end is at most so many times what it was, or so many bytes more."""
MORE_FILES = 12
VERBS = (
    "hold", "retrieve", "hangup", "consult", "consult/cancel", "consult/complete", "conference", "alternate", "leave",
    "transfer", "keys", "notes", "pause-recording", "resume-recording",
)  # fmt: skip
FITTING = {
    "talking": ("consult", "consult", "consult", "transfer", "hold", "leave", "keys", "notes", "pause-recording"),
    "hold": ("retrieve", "retrieve", "consult", "transfer"),
    "consult": ("consult/complete", "consult/complete", "conference", "alternate", "consult/cancel", "leave"),
}
"""What an agent may do in a state, and does more often than not."""


class People:
    """A process of `soak_people.py`."""

    def __init__(self, centre: BenchCentre, *arguments: str) -> None:
        what, *rest = arguments
        command = [sys.executable, str(Path(__file__).with_name("soak_people.py")), what, str(centre.sip_port), *rest]
        folder = Path(__file__).resolve().parent.parent
        environment = {**os.environ, "PYTHONPATH": f"{folder}/src{os.pathsep}{folder}"}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        atexit.register(self._process.kill)

    def registered(self) -> None:
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def stop(self) -> str:
        """Ask them to stop; return what they say."""
        self._process.send_signal(signal.SIGTERM)
        try:
            out, _ = self._process.communicate(timeout=90)
        except subprocess.TimeoutExpired:
            self.kill()
            return "had to be killed"
        return out.strip()

    def kill(self) -> None:
        """Gone without a word."""
        self._process.kill()
        self._process.wait()


class Soak:
    def __init__(self, centre: BenchCentre, seed: int) -> None:
        self.centre, self.rng, self.seed = centre, random.Random(seed), seed
        half = len(centre.numbers) // 2
        self._desks = (centre.numbers[:half], centre.numbers[half:])
        self.phones = [self._phones(0), self._phones(1)]
        for people in self.phones:
            people.registered()
        centre.sign_in()
        self.callers = self._callers()
        self.asked: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._trouble_until = 0.0

    def _phones(self, half: int) -> People:
        return People(self.centre, "phones", str(self.rng.randrange(10**6)), *self._desks[half])

    def _callers(self) -> People:
        return People(self.centre, "callers", str(LINES), str(self.rng.randrange(10**6)))

    # --- what agents do at the screen ---

    def act(self) -> None:
        """Some agent looks at their state and does one of the things that may be done in it, fitting or not."""
        person = self.rng.choice(self.centre.people)
        try:
            state = person.state()
            contact = state["interaction_id"]
            if state["state"] in ("busy", "offline"):
                self._tell("state", person.be("ready", "phone"))
            elif state["state"] == "wrapup" and contact and self.rng.random() < 0.5:
                body = {"disposition": self.rng.choice(("followup", "inquiry_plan", None)), "note": "…"}
                self._post(person, f"{contact}/wrapup", body)
            elif state["state"] in ("talking", "hold", "consult", "ringing") and contact:
                verb, verbs_body = self._verb(state["state"])
                self._post(person, f"{contact}/{verb}", verbs_body)
        except httpx.HTTPError as error:
            self._failed(repr(error))

    def _verb(self, state: str) -> tuple[str, dict[str, Any] | None]:
        """Mostly what fits."""
        colleague = {"agent": self.rng.choice(self.centre.numbers)}
        elsewhere: dict[str, str] = self.rng.choice((colleague, {"queue": "general"}, {"number": colleague["agent"]}))
        bodies: dict[str, dict[str, Any]] = {
            "consult": {"to": elsewhere if self.rng.random() < 0.3 else colleague},
            "transfer": {"to": elsewhere, "note": "…"},
            "keys": {"digits": "12#"},
            "notes": {"text": "…"},
        }
        fitting = FITTING.get(state, ())
        verb = self.rng.choice(fitting if fitting and self.rng.random() < 0.75 else VERBS)
        return verb, bodies.get(verb)

    def _post(self, person: Any, path: str, body: dict[str, Any] | None) -> None:
        verb = path.partition("/")[2]
        self._tell(verb, person.http.post(f"/api/v1/interactions/{path}", json=body))

    def _tell(self, verb: str, answer: httpx.Response) -> None:
        self.asked[f"{verb} {answer.status_code}"] += 1
        if answer.status_code >= 500:
            self._failed(f"{verb}: {answer.status_code} {answer.text[:200]}")

    def _failed(self, what: str) -> None:
        if time.monotonic() > self._trouble_until:
            self.wrong.append(what)
            print("  not as it should be:", what, flush=True)

    # --- what breaks ---

    def fault(self) -> str:
        self._trouble_until = time.monotonic() + AFTER_FAULT
        what = self.rng.choice(("media-1", "media-2", "phones", "phones", "callers"))
        if what == "phones":
            half = self.rng.randrange(2)
            self.phones[half].kill()
            self.phones[half] = self._phones(half)
        elif what == "callers":
            self.callers.kill()
            self.callers = self._callers()
        else:
            with suppress(ValueError, psutil.NoSuchProcess):  # it is not back yet from the last time
                self.centre.kill(what)
        return what

    # --- what is counted ---

    def used(self) -> dict[str, tuple[int, int]]:
        """Bytes of their own and file descriptors, by process."""
        found = {}
        for kind in ("core", "web", "worker 1", "media --worker 1", "media --worker 2"):
            for process in self.centre.processes(f"run {kind}"):
                with suppress(psutil.NoSuchProcess):
                    found[kind] = int(process.memory_full_info().uss), process.num_fds()
        return found

    def still(self) -> str:
        """What still stands, empty when all is quiet."""
        try:
            parts = httpx.get(f"{self.centre.base}/health", timeout=10).json()["parts"]
        except httpx.HTTPError as error:
            return repr(error)
        bad = [f"{name}: {part['detail']}" for name, part in parts.items() if not part["ok"]]
        busy = [f"{n}: {parts[n]['detail']}" for n in ("calls", "media") if not parts[n]["detail"].startswith("0 ")]
        states = Counter(person.state()["state"] for person in self.centre.people)
        agents = [f"{n} agents {state}" for state, n in states.items() if state not in ("ready", "busy", "offline")]
        return "; ".join(bad + busy + agents)


def run(soak: Soak, seconds: float) -> dict[str, tuple[int, int]]:
    """Return what the processes used after a third of the time, the least of some looks."""
    began = time.monotonic()
    next_fault, next_look = began + FAULT_EVERY / 2, began
    first: dict[str, tuple[int, int]] = {}
    while (passed := time.monotonic() - began) < seconds:
        soak.act()
        time.sleep(soak.rng.uniform(0.0, 0.2))
        # No fault at the very end: what is measured then must have come back.
        if time.monotonic() > next_fault and passed < seconds - 30:
            next_fault = time.monotonic() + FAULT_EVERY * soak.rng.uniform(0.7, 1.3)
            print(f"{passed:6.0f} s  {soak.fault()} gone", flush=True)
        if time.monotonic() > next_look:
            next_look = time.monotonic() + max(10.0, seconds / 30)
            used = soak.used()
            shown = ", ".join(f"{kind} {memory / 1e6:.0f} MB {files} files" for kind, (memory, files) in used.items())
            print(f"{passed:6.0f} s  {sum(soak.asked.values())} asked; {shown}", flush=True)
            if passed >= seconds / 3:
                for kind, use in used.items():
                    first.setdefault(kind, use)
    return first


def quiet(soak: Soak) -> str:
    deadline = time.monotonic() + QUIET_SECONDS
    while (left := soak.still()) and time.monotonic() < deadline:
        time.sleep(1.0)
    return left


def verdict(soak: Soak, first: dict[str, tuple[int, int]], left: str) -> list[str]:
    wrong = list(soak.wrong)
    if left:
        wrong.append(f"still there after {QUIET_SECONDS:.0f} s: {left}")
    for what, query in WRONG.items():
        if found := soak.centre.ask(query):
            wrong.append(f"{len(found)} {what}, such as {dict(found[0])}")
    leader = soak.centre.person("leader01")
    for queue in leader.get("/queues")["items"]:
        live = leader.get(f"/queues/{queue['id']}/live")
        if live["waiting"] or live["talking"]:
            wrong.append(f"queue {queue['code']} says {live['waiting']} wait and {live['talking']} talk")
    last = soak.used()
    for kind, (memory, files) in first.items():
        if kind not in last:
            wrong.append(f"{kind} is gone")
            continue
        now, files_now = last[kind]
        print(f"{kind}: {memory / 1e6:.0f} → {now / 1e6:.0f} MB, {files} → {files_now} files")
        if now > memory * GROWTH[0] and now > memory + GROWTH[1]:
            wrong.append(f"{kind} has grown from {memory / 1e6:.0f} to {now / 1e6:.0f} MB")
        if files_now > files + MORE_FILES:
            wrong.append(f"{kind} has {files_now} files open, once {files}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    with bench_centre(AGENTS, wrap_up=3, extra={"YUELAI_MEDIA_WORKERS": "2"}) as centre:
        soak = Soak(centre, asked.seed)
        first = run(soak, asked.minutes * 60)
        print("callers:", soak.callers.stop(), flush=True)
        left = quiet(soak)
        for people in soak.phones:
            print("calls at telephones:", people.stop(), flush=True)
        print("asked:", dict(sorted(soak.asked.items())))
        for query in (SUMMARY, KINDS, ROLES):
            print([tuple(row) for row in centre.ask(query)])
        wrong = verdict(soak, first, left)
    for line in wrong:
        print("WRONG:", line)
    print("all is as it should be" if not wrong else f"{len(wrong)} things are not as they should be")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
