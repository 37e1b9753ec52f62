"""What deciding costs in a big centre, and whether every promise holds over a whole day of it (`make bench-routing`).

5,000 agents, 300 queues, each agent in several of them. A day of 25 contacts a second with 180 s of handling (90 % of
the agents' time), then five minutes of 200 contacts a second. All in virtual time: what passes is the processor time of
`engine.decide`. A decision is one event told to the engine, with all that follows from it.

The baseline is the plainest engine in the same run: for each contact it looks at all agents, for each free agent at all
contacts that wait, without any index (`scan`).
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from tables import write_between

from tests.routing.day import Day, Tally, centre
from yuelai.platform import garbage


def scan(seconds: float) -> float:
    """Return decisions a second of the plainest engine: no order is kept, each decision looks at everything.

    5,000 agents at 90 % occupancy: of those of a queue (83), the one idle longest; of all waiting, the first for an
    agent's five queues.
    """
    chance = random.Random(5)
    queues, people = centre(5000, 300, 5, chance)
    idle = {one.id: chance.random() for one in people if chance.random() < 0.1}
    waiting = [(chance.random(), chance.choice(queues).id) for _ in range(200)]
    done, began = 0, time.thread_time()
    while time.thread_time() - began < seconds:
        queue = chance.choice(queues)
        min((idle[one.id] for one in people if one.id in idle and queue.id in one.levels), default=None)
        agent = chance.choice(people)
        min((at for at, queue_id in waiting if queue_id in agent.levels), default=None)
        done += 2
    return done / (time.thread_time() - began)


def spin() -> float:
    """Milliseconds of a fixed piece of Python: how fast this machine is just now."""
    began = time.thread_time()
    sum(number * number for number in range(1_000_000))
    return (time.thread_time() - began) * 1000


@dataclass(frozen=True)
class Figures:
    name: str
    tally: Tally
    per_second: float
    p50: float
    p99: float
    most: float

    @classmethod
    def of(cls, name: str, tally: Tally) -> Figures:
        spent = sorted(tally.spent)
        return cls(
            name, tally, len(spent) / sum(spent), spent[len(spent) // 2] * 1000, spent[int(len(spent) * 0.99)] * 1000,
            spent[-1] * 1000,
        )  # fmt: skip

    def row(self, beside: str) -> str:
        waits = self.tally.waits or [0.0]
        served = (
            f"{self.tally.came} contacts, {self.tally.served} served, {self.tally.gave_up} gave up, "
            f"mean wait {statistics.fmean(waits):.1f} s"
        )
        return (
            f"| {self.name} | {self.per_second:,.0f}/s | {self.p50:.3f} / {self.p99:.3f} / {self.most:.1f} ms "
            f"| {served}; {beside} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=24.0, help="of the day, simulated")
    parser.add_argument("--write", action="store_true", help="into docs/reference/performance.md")
    asked = parser.parse_args()
    baseline = scan(5.0)
    # 25/s × 180 s = 4,500 agents: 150 s of talk on average beside 30 s of wrap-up, ringing included in neither.
    day = Day(5000, 300, seed=1, handling=146.5, patience=300.0)
    gc.collect()
    gc.freeze()
    gc.set_threshold(garbage.YOUNG, garbage.MIDDLE, garbage.NEVER)  # as core does, by `platform.garbage`
    day.run(1200, 25.0)  # the first contacts find an empty centre
    day.tally = Tally(came=day.tally.came)
    before, rows = day.tally.came, [f"{datetime.now(UTC):%Y-%m-%d}, spin {spin():.0f} ms:", ""]
    checks = 0
    while day.at < asked.hours * 3600 + 1200:
        day.run(min(1800.0, asked.hours * 3600 + 1200 - day.at), 25.0)
        day.check()
        checks += 1
        done = len(day.tally.spent)
        print(f"{day.at / 3600:.1f} h, {done:,} decisions, {done / sum(day.tally.spent):,.0f}/s", flush=True)
    whole = Figures.of(f"{asked.hours:g} h of 25 contacts/s", day.tally)
    busy = sum(bool(one.work) for one in day.state.agents.values()) / day.agents
    came = day.tally.came
    whole.tally.came -= before
    day.tally = Tally(came=came)
    day.run(300, 200.0)
    day.check()
    flood = Figures.of("5 min of 200 contacts/s on top", day.tally)
    flood.tally.came -= came
    rows += ["| what | decisions | p50 / p99 / most | beside it |", "|---|---|---|---|"]
    rows.append(
        whole.row(f"{busy:.0%} of agents busy at its end; {checks + 1} times every promise was checked by scan")
    )
    rows.append(flood.row(f"{len(day.state.contacts):,} contacts in hand at its end"))
    rows.append(f"| baseline: a scan without indexes | {baseline:,.0f}/s | | aim: 20,000/s, p99 1 ms |")
    text = "\n".join([*rows, ""])
    print(text)
    if asked.write:
        write_between("bench-routing", text)


if __name__ == "__main__":
    main()
