"""What a queue call costs a whole centre on this machine, with real SIP (`make bench-queue`).

Fifty agents' telephones and the customers are sipp (two processes), everything else are the processes of `yuelai
serve` with PostgreSQL: each call is looked up by the number that calls (10,000 customers), walks a flow that leads to
the queue at once, is given to an agent, rings, is answered, recorded, talked for a moment, hung up by the agent, and is
on record with all its facts. No wrap-up. Peers send no sound of their own; who waits hears music. Three questions:

dispatch  an agent becomes free while customers wait: from the BYE on the wire to the INVITE of the next call for the
          same telephone; beside it the time from the same BYE to its 200
cost      processor time of all our processes for a call at a steady rate, until its last fact is in PostgreSQL and its
          recording is finished; beside it the same calls from sipp to sipp without us
overload  three times the best rate that is served whole: what is still served of it

Machines differ and this one is shared: ratios count. `spin` is a fixed piece of Python, timed beside each question.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from queue_centre import ACCESS_NUMBER, PASSWORD, BenchCentre, bench_centre, customers
from queue_peers import Callers, Customers, Dispatches, Telephones, register
from sip_peers import spin
from tables import write_between

from tests.support.centre import free_sip_port

BRIEFLY = (0.25, 0.35)
"""Seconds of talk where calls a second count."""
TALKS = (2.0, 4.0)
"""Where agents are all busy and customers wait."""
PATIENCE = 2.0
"""Seconds of waiting and talking together after which a customer has had enough: one served later counts as lost."""


class Bench:
    """A centre with its agents ready at telephones."""

    def __init__(self, centre: BenchCentre) -> None:
        self.centre = centre
        self.known = customers()
        self.port = free_sip_port()
        register(centre.sip_port, centre.numbers, PASSWORD, self.port)
        centre.sign_in()

    def call(self, rate: float, calls: int, *, patience: float = PATIENCE, at_once: int = 100_000) -> Callers:
        return Callers(
            self.centre.sip_port, ACCESS_NUMBER, self.known, free_sip_port(),
            rate=rate, calls=calls, patience=patience, at_once=at_once,
        )  # fmt: skip

    def telephones(self, talk: tuple[float, float], *, seen: bool = False) -> Telephones:
        self.centre.settle()
        phones = Telephones(self.port, talk, seen=seen)
        self.centre.everybody_ready()
        return phones

    def warm(self) -> None:
        phones = self.telephones(BRIEFLY)
        self.call(10, 40).wait()
        phones.stop()


def good(outcome: Customers) -> bool:
    """Fewer than one of a hundred was not served."""
    return outcome.begun - outcome.served < 0.01 * outcome.begun


# --- dispatch --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dispatched:
    times: Dispatches
    agents: int
    outcome: Customers


def dispatch(bench: Bench, agents: int, seconds: float) -> Dispatched:
    """All agents talk, as many customers wait, and whoever hangs up gets the next one."""
    phones = bench.telephones(TALKS, seen=True)
    calls = int(seconds * agents / (sum(TALKS) / 2))
    outcome = bench.call(agents, calls, patience=60.0, at_once=2 * agents).wait()
    times = phones.dispatches()
    phones.stop()
    return Dispatched(times, agents, outcome)


# --- cost ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    rate: float
    outcome: Customers
    by_process: dict[str, float]
    """Milliseconds of a call."""
    idle: float
    """Milliseconds a second when nothing happens, which the figure holds, too."""
    generator: float
    baseline: float
    """Of both sipps for a call: here, and of the same calls without us."""
    spin: float

    @property
    def milliseconds(self) -> float:
        return sum(self.by_process.values())


def baseline(bench: Bench, rate: float, calls: int) -> float:
    port = free_sip_port()
    phones = Telephones(port, BRIEFLY)
    time.sleep(0.5)
    direct = Callers(port, "9001", bench.known, free_sip_port(), rate=rate, calls=calls, patience=PATIENCE).wait()
    spent = (direct.cpu + phones.cpu) * 1000 / calls
    phones.stop()
    return spent


def cost(bench: Bench, rate: float, seconds: float) -> Cost:
    calls = int(rate * seconds)
    beside = baseline(bench, rate, calls)
    phones = bench.telephones(BRIEFLY)
    begun = bench.centre.cpu()
    time.sleep(5)
    before = bench.centre.cpu()
    idle = (sum(before.values()) - sum(begun.values())) * 1000 / 5
    phones_before = phones.cpu
    outcome = bench.call(rate, calls).wait()
    bench.centre.settle()
    after = bench.centre.cpu()
    by_process = {kind: (after[kind] - before.get(kind, 0.0)) * 1000 / calls for kind in after}
    generator = (outcome.cpu + phones.cpu - phones_before) * 1000 / calls
    phones.stop()
    return Cost(rate, outcome, by_process, idle, generator, beside, spin() * 1000)


def peak(bench: Bench, start: float, step: float, seconds: float) -> float:
    """The highest rate at which fewer than one of a hundred is not served, found in steps from `start`, up or down."""
    phones = bench.telephones(BRIEFLY)
    best, rate, down = 0.0, start, False
    while rate > 0:
        outcome = bench.call(rate, int(rate * seconds)).wait()
        print(f"    {rate:.0f}/s: {outcome}", flush=True)
        bench.centre.settle()
        bench.centre.everybody_ready()
        if good(outcome):
            best = rate
            if down:
                break
        elif best:
            break
        else:
            down = True
        rate += -step if down else step
    phones.stop()
    return best


# --- overload --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overload:
    best: float
    goodput: float
    """Calls served a second while three times the best rate was offered."""
    outcome: Customers


def overload(bench: Bench, best: float, seconds: float) -> Overload:
    phones = bench.telephones(BRIEFLY, seen=True)
    began = time.time()
    outcome = bench.call(3 * best, int(3 * best * seconds), patience=5.0).wait()
    # The first second is the way up.
    served = [at for at in phones.dispatches().ended_at if began + 1 <= at < began + seconds]
    phones.stop()
    return Overload(best, len(served) / (seconds - 1), outcome)


# --- the table -------------------------------------------------------------------------------------------------------


def quantile(times: Sequence[float], part: float) -> float:
    return times[min(len(times) - 1, int(len(times) * part))] if times else float("nan")


def table(dispatched: Dispatched | None, paid: Cost | None, flood: Overload | None) -> str:
    rows: list[tuple[str, str, str, str]] = []
    if dispatched is not None:
        found, least = dispatched.times.next_call, dispatched.times.answered
        for name, part, aim in (("p50", 0.5, ""), ("p99", 0.99, "20 ms")):
            ms, beside = quantile(found, part), quantile(least, part)
            rows.append((
                f"agent free → INVITE for the next caller, {dispatched.agents} agents busy, {name} of {len(found)}",
                f"{ms:.1f} ms", f"BYE → its 200: {beside:.1f} ms, ratio {ms / beside:.1f}", aim,
            ))  # fmt: skip
    if paid is not None:
        o = paid.outcome
        lost = o.begun - o.served
        rows.append((
            f"queue calls set up at {paid.rate:.0f}/s: not served of {o.begun}", f"{lost / o.begun:.1%}",
            f"{o.refused} refused, {o.gave_up} gave up, {o.failed} failed; {o.repeats} messages repeated",
            "60/s, < 1 %",
        ))  # fmt: skip
        parts = ", ".join(f"{kind} {ms:.1f}" for kind, ms in sorted(paid.by_process.items(), key=lambda p: -p[1]))
        rows.append((
            "processor time a call, all processes", f"{paid.milliseconds:.1f} ms",
            f"{parts}; idle {paid.idle:.0f} ms a second; sipp to sipp {paid.baseline:.2f} ms, ratio "
            f"{paid.milliseconds / paid.baseline:.0f}; generator {paid.generator:.2f} ms; spin {paid.spin:.0f} ms",
            "9 ms",
        ))  # fmt: skip
    if flood is not None:
        o = flood.outcome
        rows.append(("best rate with fewer than 1 % not served", f"{flood.best:.0f}/s", "", "60/s"))
        rows.append((
            "served at three times that", f"{flood.goodput:.0f}/s",
            f"{flood.goodput / flood.best:.0%} of the best; of {o.begun} calls {o.served} served, {o.refused} refused, "
            f"{o.gave_up} gave up, {o.failed} failed",
            "80 %",
        ))  # fmt: skip
    head = [f"{datetime.now(UTC):%Y-%m-%d}:", "", "| what | figure | beside it | aim |", "|---|---|---|---|"]
    return "\n".join([*head, *("| " + " | ".join(row) + " |" for row in rows), ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--rate", type=float, default=60.0, help="calls a second that the looking begins with")
    parser.add_argument("--step", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each question is asked")
    parser.add_argument("--only", choices=["dispatch", "cost", "overload"])
    parser.add_argument("--best", type=float, help="do not look for the best rate, take this")
    parser.add_argument("--write", action="store_true", help="into docs/reference/performance.md")
    asked = parser.parse_args()
    dispatched = paid = flood = None
    best = asked.best
    with bench_centre(asked.agents) as centre:
        bench = Bench(centre)
        bench.warm()
        if asked.only in (None, "dispatch"):
            dispatched = dispatch(bench, asked.agents, asked.seconds * 2)
            print(table(dispatched, None, None), flush=True)
        if asked.only != "dispatch" and best is None:
            best = peak(bench, asked.rate, asked.step, asked.seconds / 2)
        if asked.only in (None, "cost"):
            paid = cost(bench, min(asked.rate, best) or asked.step, asked.seconds)
            print(table(None, paid, None), flush=True)
        if asked.only in (None, "overload") and best:
            flood = overload(bench, best, asked.seconds / 2)
            print(table(None, None, flood), flush=True)
        centre.settle()
        parked = centre.ask("SELECT count(*) AS n FROM journal_parked")[0]["n"]
        if parked:
            raise SystemExit(f"{parked} facts could not be applied")
    text = table(dispatched, paid, flood)
    print(text)
    if asked.write:
        write_between("bench-queue", text)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
