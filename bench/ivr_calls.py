"""Many calls in self-service at a time, on a whole centre (`make bench-ivr`).

The customers are sipp, what they hear and press is a process of its own (`ivr_ears.py`), everything else are the
processes of `yuelai serve` with PostgreSQL and 10,000 customers, without a business system: each call is answered by
the flow of 10000, looked up by the number that calls, hears its menus, walks them by keys in the middle of what is
said, and hangs up. Asked twice in one run, with few calls at a time and with many:

prompt    from the 200 on the wire to the first packet of the prompt at the customer, and to the first sound in it
cost      processor time of core and of media while so many calls stand, and of all processes for a call
failed    calls that were refused, failed, heard nothing, or whose keys were not understood

Machines differ and this one is shared: ratios count. `spin` is a fixed piece of Python, timed beside each question.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from ivr_ears import AUDIBLE
from queue_centre import BenchCentre, bench_centre, customers
from queue_peers import Peer
from sip_peers import last_row, spin
from tables import write_between

from tests.support.centre import free_sip_port
from yuelai.channels.voice.speech import prompt_path
from yuelai.media.embedded.files import read

ACCESS_NUMBER = "10000"
SCRIPTS = (
    "2.5:6 4.5:4 7:2 14:# 16:5",
    "1.5:1 9:# 12:6 15:1 17:2",
    "3:9 7:# 9:6 11:4 14:1",
    "2:5 5:6 7:4 9:3 16:#",
)
"""Keys and the seconds they are pressed after, most of them while something is said: information, a tariff, the
balance, a wrong one, English."""
FIRST_PORT = 45_000
"""Beyond those of the centre's own sound."""


@dataclass(frozen=True)
class Heard:
    """Milliseconds from the 200 of each call, sorted."""

    packet: list[float]
    sound: list[float]
    silent: int
    """Calls that were answered and heard no packet."""
    pressed: int


@dataclass(frozen=True)
class Load:
    at_once: int
    stay: float
    begun: int
    failed: int
    refused: int
    repeats: int
    heard: Heard
    understood: int
    """Keys on the trails."""
    cpu: dict[str, float]
    """Seconds of processor time for each second, by kind of process, while that many calls stood."""
    a_call: float
    """Milliseconds of all processes for a call, until its last fact is in PostgreSQL."""
    spin: float


# --- customers -------------------------------------------------------------------------------------------------------


class Ears:
    """`count` ports from `base` on."""

    def __init__(self, base: int, count: int) -> None:
        command = [sys.executable, str(Path(__file__).with_name("ivr_ears.py")), str(base), str(count), *SCRIPTS]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        if self.process.stdout.readline() != "ready\n":
            raise SystemExit("nobody can listen at these ports")

    def close(self) -> list[dict[str, Any]]:
        self.process.send_signal(signal.SIGTERM)
        told, _ = self.process.communicate(timeout=20)
        legs: list[dict[str, Any]] = json.loads(told)
        return legs


class Callers(Peer):
    """`calls` customers, `at_once` at most; each stays `stay` seconds unless the centre hangs up first."""

    def __init__(
        self, server: int, known: Sequence[str], ports: Sequence[int], *, at_once: int, calls: int, stay: float
    ) -> None:
        self.rows = [f"{known[number % len(known)]};{ports[number % at_once]}" for number in range(calls)]
        super().__init__(
            "ivr_caller", free_sip_port(), f"127.0.0.1:{server}", "-s", ACCESS_NUMBER,
            "-r", f"{max(1, round(10 * at_once / stay))}", "-rp", "10000", "-m", str(calls), "-l", str(at_once),
            "-timeout", "300", "-recv_timeout", "60000", "-trace_shortmsg", "-cid_str", "%u@bench",
            rows=self.rows, STAY=f"{stay * 1000:.0f}",
        )  # fmt: skip

    def answered(self) -> Iterator[tuple[float, int]]:
        """Yield when a call's 200 came, in seconds since 1970, and at which port the customer listens."""
        [file] = self.folder.glob("*_shortmessages.log")
        seen = set[str]()
        for line in file.read_text().splitlines():
            fields = line.split("\t")
            if len(fields) < 7 or fields[3] != "R" or not fields[-1].startswith("SIP/2.0 200"):
                continue
            call = fields[4]
            if call not in seen and "INVITE" in fields[5]:
                seen.add(call)
                yield float(fields[2]), int(self.rows[int(call.partition("@")[0]) - 1].split(";")[1])


def heard(answered: Sequence[tuple[float, int]], legs: Sequence[dict[str, Any]]) -> Heard:
    """Put together what each customer's ears had after which 200: the first leg at the port from then on."""
    at_port: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for leg in sorted(legs, key=lambda one: one["first"]):
        at_port[leg["port"]].append(leg)
    packet, sound, silent = list[float](), list[float](), 0
    for at, port in answered:
        # A packet may overtake its 200 by a moment: they go by different sockets.
        leg = next((one for one in at_port[port] if -0.05 < one["first"] - at < 5.0), None)
        if leg is None:
            silent += 1
            continue
        at_port[port].remove(leg)
        packet.append((leg["first"] - at) * 1000)
        if leg["sound"]:
            sound.append((leg["sound"] - at) * 1000)
    return Heard(sorted(packet), sorted(sound), silent, sum(leg["pressed"] for leg in legs))


# --- a load ----------------------------------------------------------------------------------------------------------


def load(centre: BenchCentre, at_once: int, calls: int, stay: float) -> Load:
    base = FIRST_PORT + 2 * (os.getpid() % 1000)
    ears = Ears(base, at_once)
    known, ports = customers(), [base + 2 * number for number in range(at_once)]
    before, keys_before = centre.cpu(), keys_of(centre)
    callers = Callers(centre.sip_port, known, ports, at_once=at_once, calls=calls, stay=stay)
    # So many stand once the first of them begin to leave.
    time.sleep(stay)
    begun, cpu = time.time(), centre.cpu()
    time.sleep(max(2.0, stay * (calls / at_once - 1) * 0.8))
    spent = {kind: (used - cpu.get(kind, 0.0)) / (time.time() - begun) for kind, used in centre.cpu().items()}
    callers.process.wait(300)
    last, counted = last_row(callers.folder / "stat.csv"), callers.counts()
    legs = ears.close()
    centre.settle()
    after = centre.cpu()
    return Load(
        at_once,
        stay,
        int(last["TotalCallCreated"]),
        int(last["FailedCall(C)"]),
        sum(int(value) for name, value in counted.items() if name.endswith("_503_Recv") and value),
        int(last["Retransmissions(C)"]),
        heard(list(callers.answered()), legs),
        keys_of(centre) - keys_before,
        spent,
        sum(after[kind] - before.get(kind, 0.0) for kind in after) * 1000 / calls,
        spin() * 1000,
    )


def keys_of(centre: BenchCentre) -> int:
    found = centre.ask(
        "SELECT count(*) AS n FROM interaction_trail WHERE kind = 'flow' AND data->>'key' IS NOT NULL "
        "AND data->>'key' <> ''"
    )
    return int(found[0]["n"])


# --- the table -------------------------------------------------------------------------------------------------------


def lead() -> float:
    """Return how many milliseconds of quiet the greeting begins with."""
    samples = read(prompt_path("greeting", "zh-CN"))
    return float(np.argmax(np.abs(samples) > AUDIBLE)) / 8


def quantile(times: Sequence[float], part: float) -> float:
    return times[min(len(times) - 1, int(len(times) * part))] if times else float("nan")


def table(few: Load, many: Load) -> str:
    rows = list[tuple[str, ...]]()

    def beside(*row: str) -> None:
        rows.append((*row, "")[:4])

    for part, name, aim in ((0.5, "p50", ""), (0.99, "p99", "100 ms")):
        one, other = quantile(many.heard.packet, part), quantile(few.heard.packet, part)
        beside(f"200 → first packet, {name}", f"{one:.1f} ms", f"{other:.1f} ms", aim)
    quiet = lead()
    one, other = quantile(many.heard.sound, 0.99) - quiet, quantile(few.heard.sound, 0.99) - quiet
    beside(
        f"200 → its first sound, less the {quiet:.0f} ms of quiet that the file begins with, p99",
        f"{one:.1f} ms", f"{other:.1f} ms", "100 ms",
    )  # fmt: skip
    for kind in ("core", "media", "postgres"):
        one, other = many.cpu.get(kind, 0.0), few.cpu.get(kind, 0.0)
        beside(
            f"processor time of {kind}", f"{one:.0%} of a core, {one * 1000 / many.at_once:.1f} ms a second a call",
            f"{other * 1000 / few.at_once:.1f} ms a second a call",
        )  # fmt: skip
    paid = f"processor time of all processes for a call of {many.stay:.0f} s at most"
    beside(paid, f"{many.a_call:.0f} ms", f"{few.a_call:.0f} ms")
    beside("calls", str(many.begun), str(few.begun))
    beside("calls that failed, were refused, heard nothing", failures(many), failures(few), "0")
    beside("keys pressed, understood", keys(many), keys(few))
    beside("SIP messages repeated; spin", f"{many.repeats}; {many.spin:.0f} ms", f"{few.repeats}; {few.spin:.0f} ms")
    head = [
        f"{datetime.now(UTC):%Y-%m-%d}:",
        "",
        f"| what | {many.at_once} calls at a time | {few.at_once} at a time | aim |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *("| " + " | ".join(row) + " |" for row in rows), ""])


def failures(one: Load) -> str:
    return f"{one.failed}, {one.refused}, {one.heard.silent}"


def keys(one: Load) -> str:
    return f"{one.heard.pressed}, {one.understood}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200, help="at a time")
    parser.add_argument("--few", type=int, default=10, help="at a time, for what is beside it")
    parser.add_argument("--stay", type=float, default=20.0, help="seconds a customer stays")
    parser.add_argument("--rounds", type=float, default=3.0, help="how often all of them are followed by others")
    parser.add_argument("--write", action="store_true", help="into docs/reference/performance.md")
    asked = parser.parse_args()
    with bench_centre(0) as centre:
        load(centre, asked.few, asked.few, 5.0)  # all that is done once
        few = load(centre, asked.few, int(asked.few * asked.rounds), asked.stay)
        print(few, flush=True)
        many = load(centre, asked.calls, int(asked.calls * asked.rounds), asked.stay)
        parked = centre.ask("SELECT count(*) AS n FROM journal_parked")[0]["n"]
        if parked:
            raise SystemExit(f"{parked} facts could not be applied")
    text = table(few, many)
    print(text)
    if asked.write:
        write_between("bench-ivr", text)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
