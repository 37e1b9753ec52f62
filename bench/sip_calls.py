"""What a call costs the SIP stack: sipp → back-to-back user agent → sipp (`make bench-sip`).

Both halves of each call are ours: two dialogs, each journalled before it stands. Media is not touched (the description
is handed from one leg to the other). Four questions, each answered beside a baseline of the same run:

cost      processor milliseconds a call at a steady rate; baseline: the same calls from sipp to sipp without us
standing  bytes of memory for each pair of dialogs
peak      the highest rate that is served whole
overload  three times that: what is still served, how fast the rest is told 503, how long until all is well again

Machines differ and this one is shared: ratios count. `spin` is a fixed piece of Python, timed beside each question.
"""

from __future__ import annotations

import argparse
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sip_peers import Callee, Callers, Outcome, Switch, spin
from tables import write_between


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def centre(*options: str) -> Iterator[tuple[Switch, Callee]]:
    port, target = free_port(), free_port()
    callee = Callee(target)
    switch = Switch(port, target, *options)
    try:
        yield switch, callee
    finally:
        switch.stop()
        callee.stop()


@dataclass(frozen=True)
class Cost:
    rate: float
    outcome: Outcome
    milliseconds: float
    """Of our processor time for each call."""
    baseline: float
    """Of both sipps' for the same calls without us."""
    spin: float
    """Milliseconds of the fixed piece of Python."""


def cost(rate: float, seconds: float, *options: str) -> Cost:
    calls = int(rate * seconds)
    target = free_port()
    callee = Callee(target)
    time.sleep(0.5)
    before = callee.cpu
    direct = Callers(target, free_port(), rate=rate, calls=calls, talk=1.0).wait()
    baseline = (direct.cpu + callee.cpu - before) / calls
    callee.stop()
    with centre(*options) as (switch, _):
        Callers(switch.port, free_port(), rate=rate / 2, calls=int(rate), talk=0.2).wait()  # caches are warm
        before = switch.cpu
        outcome = Callers(switch.port, free_port(), rate=rate, calls=calls, talk=1.0).wait()
        spent = (switch.cpu - before) / calls
    return Cost(rate, outcome, spent * 1000, baseline * 1000, spin() * 1000)


@dataclass(frozen=True)
class Standing:
    pairs: int
    bytes: float
    outcome: Outcome


def standing(pairs: int, *options: str) -> Standing:
    """So many calls at once, looked at when all stand and their transactions are over."""
    with centre(*options) as (switch, _):
        Callers(switch.port, free_port(), rate=50, calls=100, talk=0.2).wait()
        time.sleep(1)
        before = switch.memory
        rate, talk = 100.0, pairs / 100.0 + 45.0
        callers = Callers(switch.port, free_port(), rate=rate, calls=pairs, talk=talk)
        time.sleep(pairs / rate + 40.0)
        held = switch.memory - before
        return Standing(pairs, held / pairs, callers.wait())


def served_whole(switch: Switch, rate: float, seconds: float = 8.0) -> bool:
    outcome = Callers(switch.port, free_port(), rate=rate, calls=int(rate * seconds), talk=1.0).wait()
    print(f"    {rate:.0f}/s: {outcome}", flush=True)
    return outcome.failed == 0 and outcome.refused == 0 and outcome.slow == 0


def peak(start: float, step: float, *options: str) -> float:
    """The highest rate at which every call is served within a second, found in steps."""
    best = 0.0
    with centre(*options) as (switch, _):
        rate = start
        while served_whole(switch, rate):
            best, rate = rate, rate + step
            time.sleep(2)
    return best


@dataclass(frozen=True)
class Overload:
    peak: float
    goodput: float
    """Calls served a second while three times the peak was offered."""
    outcome: Outcome
    recovery: float
    """Seconds after the flood until a rate of half the peak is served whole."""


def overload(peak_rate: float, seconds: float, *options: str) -> Overload:
    with centre(*options) as (switch, _):
        rate = peak_rate * 3
        flood = Callers(switch.port, free_port(), rate=rate, calls=int(rate * seconds), talk=1.0)
        result: list[Outcome] = []
        waiter = threading.Thread(target=lambda: result.append(flood.wait()))
        began = time.monotonic()
        waiter.start()
        time.sleep(seconds)
        flooded = time.monotonic() - began
        ended = time.monotonic()
        recovery = float("inf")
        while time.monotonic() - ended < 60:
            gentle = Callers(switch.port, free_port(), rate=peak_rate / 2, calls=int(peak_rate / 2), talk=0.2).wait()
            if gentle.failed == 0 and gentle.refused == 0 and gentle.slow == 0:
                recovery = max(0.0, time.monotonic() - ended - 1.2)
                break
        waiter.join()
        [outcome] = result
        return Overload(peak_rate, outcome.served / flooded, outcome, recovery)


def table(costs: list[Cost], held: Standing | None, flood: Overload | None) -> str:
    rows: list[tuple[str, str, str, str]] = []
    for c in costs:
        beside = f"sipp to sipp {c.baseline:.2f} ms, ratio {c.milliseconds / c.baseline:.1f}; spin {c.spin:.0f} ms"
        rows.append((f"processor time a call, {c.rate:.0f} calls/s", f"{c.milliseconds:.2f} ms", beside, "1.5 ms"))
        seen = f"{c.outcome.failed}, {c.outcome.refused}, {c.outcome.repeats}"
        rows.append((f"failed, refused, repeated of {c.outcome.begun} calls", seen, "", "0, 0, 0"))
    if held is not None:
        rows.append((f"memory of a pair of dialogs, {held.pairs} pairs", f"{held.bytes / 1000:.1f} kB", "", "20 kB"))
    if flood is not None:
        o = flood.outcome
        beside = (
            f"{flood.goodput / flood.peak:.0%} of the peak; of {o.begun} calls {o.served} served, {o.refused} refused, "
            f"{o.failed} failed; {o.slow} answers took a second or more"
        )
        rows.append((f"served at three times the peak of {flood.peak:.0f}/s", f"{flood.goodput:.0f}/s", beside, "80 %"))
        rows.append(("all well again after the flood", f"{flood.recovery:.1f} s", "", "5 s"))
    head = [f"{datetime.now(UTC):%Y-%m-%d}:", "", "| what | figure | beside it | aim |", "|---|---|---|---|"]
    return "\n".join([*head, *("| " + " | ".join(row) + " |" for row in rows), ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=200.0, help="calls a second of the first question")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--pairs", type=int, default=1500)
    parser.add_argument("--only", choices=["cost", "standing", "overload"])
    parser.add_argument("--peak", type=float, help="do not look for the peak, take this")
    parser.add_argument("--write", action="store_true", help="into docs/reference/performance.md")
    parser.add_argument("--option", action="append", default=[], help="handed to the switch")
    asked = parser.parse_args()
    costs: list[Cost] = []
    held = flood = None
    if asked.only in (None, "cost"):
        costs = [cost(asked.rate, asked.seconds, *asked.option)]
        print(table(costs, None, None), flush=True)
    if asked.only in (None, "standing"):
        held = standing(asked.pairs, *asked.option)
        print(table([], held, None), flush=True)
    if asked.only in (None, "overload"):
        highest = asked.peak or peak(asked.rate, 50.0, *asked.option)
        flood = overload(highest, asked.seconds, *asked.option)
    text = table(costs, held, flood)
    print(text)
    if asked.write:
        write_between("bench-sip", text)


if __name__ == "__main__":
    main()
