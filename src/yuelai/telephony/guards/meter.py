"""Calls that count against toll limits: begun, over, and how much of the day is used up; bounded, and kept."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from uuid import UUID

import structlog
from prometheus_client import Counter

from yuelai.platform.clock import Clock
from yuelai.telephony.guards.toll import Caller, Limits, TollRule, TollRules, Used, Verdict

log = structlog.get_logger()

MOST = 50_000
"""Counts kept at once; there are as many as limits times seats."""
MINUTE = 60.0

_DECIDED = Counter(
    "yuelai_sip_guard_toll_total", "Calls to numbers outside by what the toll rules said", ["class", "said"]
)

Key = tuple[UUID, str]
"""Rule and subject."""


@dataclass
class _Count:
    begun: deque[float] = field(default_factory=deque)
    concurrent: int = 0
    seconds: int = 0
    spend: int = 0
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What a limit has counted on a day, to be kept; `spend` in millionths of the currency's unit."""

    day: date
    rule_id: UUID
    subject: str
    calls: int
    seconds: int
    spend: int


class Ticket:
    """One call that was allowed: say now and then how long it has lasted, and once when it is over."""

    def __init__(self, meter: Toll, keys: tuple[Key, ...], verdict: Verdict) -> None:
        self._meter, self._keys, self._open = meter, keys, True
        self.seconds = verdict.seconds
        """How long it may last before a limit of the day is reached; None: as long as it likes."""
        self._seconds = self._minutes = 0

    def so_far(self, seconds: float, *, per_minute_micro: int = 0) -> bool:
        """Count what has been talked in all until now; false when a limit of the day is used up, by this call and all
        others, and it has to end. So many long calls at once do not get each as much as there is for all of them, and
        what they have used is not forgotten when we die."""
        if self._open:
            talked, self._seconds = round(max(seconds, 0.0)) - self._seconds, round(max(seconds, 0.0))
            minutes = int(-(-max(seconds, 0.0) // 60))  # carriers count minutes that have begun
            begun, self._minutes = minutes - self._minutes, minutes
            self._meter.talked(self._keys, talked, begun * per_minute_micro)
        return not self._open or self._meter.holds(self._keys)

    def over(self, seconds: float, *, per_minute_micro: int = 0) -> None:
        """`seconds` of talk, 0 when nobody answered, at a price a minute in millionths of the currency's unit."""
        if self._open:
            self.so_far(seconds, per_minute_micro=per_minute_micro)
            self._open = False
            self._meter.over(self._keys)


class Toll:
    """`check` asks only; `begin` counts the call and gives its ticket. Days and hours are those of `zone`, by default
    this machine's."""

    def __init__(self, clock: Clock, zone: tzinfo | None = None) -> None:
        self._clock = clock
        self._zone = zone
        self.rules = TollRules()
        self._counts: OrderedDict[Key, _Count] = OrderedDict()
        self._changed: set[Key] = set()
        self._day = self.today()

    def today(self) -> date:
        return self._now().date()

    def _now(self) -> datetime:
        return self._clock.now().astimezone(self._zone)

    def apply(self, rules: Iterable[TollRule]) -> None:
        """Put these rules in the place of those that hold; what was counted for those that stay stays."""
        self.rules = TollRules(rules)
        known = {rule.id for rule in self.rules.rules}
        for key in [key for key in self._counts if key[0] not in known]:
            del self._counts[key]
            self._changed.discard(key)

    def check(self, caller: Caller, number: str) -> Verdict:
        """May this call be made? Counts nothing."""
        self._turn_day()
        return self.rules.decide(caller, number, self._now(), self._used)

    def begin(self, caller: Caller, number: str) -> tuple[Verdict, Ticket | None]:
        """Check and count a call that is now being made; without a ticket it is denied."""
        verdict = self.check(caller, number)
        said = str(verdict.denied or "allowed")
        _DECIDED.labels(str(verdict.where.kind), said).inc()
        if verdict.denied is not None:
            rule = verdict.rule.name if verdict.rule is not None else ""
            log.warning("toll_denied", seat=caller.seat, why=said, kind=str(verdict.where.kind), rule=rule)
            return verdict, None
        now = self._clock.monotonic()
        keys = tuple((rule.id, subject) for rule, subject in verdict.counts)
        for key in keys:
            count = self._count(key)
            count.begun.append(now)
            count.concurrent += 1
            count.calls += 1
            self._changed.add(key)
        return verdict, Ticket(self, keys, verdict)

    def talked(self, keys: tuple[Key, ...], seconds: int, spend: int) -> None:
        """So much more has been used by a call."""
        self._turn_day()
        for key in keys:
            count = self._counts.get(key)
            if count is not None and (seconds or spend):
                count.seconds += seconds
                count.spend += spend
                self._changed.add(key)

    def holds(self, keys: tuple[Key, ...]) -> bool:
        """True while a call that counts against these may go on."""
        rules = {rule.id: rule.limits for rule in self.rules.rules}
        return not any(
            key[0] in rules and (count := self._counts.get(key)) is not None and _used_up(count, rules[key[0]])
            for key in keys
        )

    def over(self, keys: tuple[Key, ...]) -> None:
        self._turn_day()
        for key in keys:
            count = self._counts.get(key)
            if count is not None:
                count.concurrent = max(0, count.concurrent - 1)
                self._changed.add(key)

    def _count(self, key: Key) -> _Count:
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = _Count()
            if len(self._counts) > MOST:
                self._forget_one()
        return count

    def _forget_one(self) -> None:
        """Make room: the oldest that has no call up."""
        for key, count in self._counts.items():
            if count.concurrent == 0:
                del self._counts[key]
                return

    def _used(self, rule: TollRule, subject: str) -> Used:
        count = self._counts.get((rule.id, subject))
        if count is None:
            return Used()
        since = self._clock.monotonic() - MINUTE
        while count.begun and count.begun[0] <= since:
            count.begun.popleft()
        return Used(count.concurrent, len(count.begun), count.seconds, count.spend)

    def _turn_day(self) -> None:
        """A new day begins with nothing used; calls that are up stay up."""
        today = self.today()
        if today == self._day:
            return
        self._day = today
        self._changed.clear()
        for key in list(self._counts):
            count = self._counts[key]
            count.seconds = count.spend = count.calls = 0
            if count.concurrent == 0 and not count.begun:
                del self._counts[key]

    def changes(self) -> list[Usage]:
        """Return what was counted since the last time, in whole sums of the day."""
        self._turn_day()
        changed, self._changed = self._changed, set()
        found = [(key, self._counts[key]) for key in changed if key in self._counts]
        return [Usage(self._day, key[0], key[1], c.calls, c.seconds, c.spend) for key, c in found]

    def unkept(self, usages: Iterable[Usage]) -> None:
        """These could not be written."""
        self._changed.update((usage.rule_id, usage.subject) for usage in usages if usage.day == self._day)

    def restore(self, usages: Iterable[Usage]) -> None:
        """Go on where an earlier life was; other days count no more."""
        self._turn_day()
        for usage in usages:
            if usage.day == self._day:
                count = self._count((usage.rule_id, usage.subject))
                count.calls, count.seconds, count.spend = usage.calls, usage.seconds, usage.spend


def _used_up(count: _Count, most: Limits) -> bool:
    minutes = most.minutes_day is not None and count.seconds >= most.minutes_day * 60
    return minutes or (most.spend_day is not None and count.spend >= most.spend_day)
