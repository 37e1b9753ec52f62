"""Which numbers may be called by whom, and how much of it: the rules against toll fraud. Pure.

Of the rules that allow or deny, the first that fits decides; without one, what a centre calls every day is allowed.
Every limit that fits must hold. Emergency calls are never refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

from yuelai.telephony.guards.destinations import HOME, Class, Where, classify

ALLOWED_ANYWAY = frozenset({Class.SERVICE, Class.TOLL_FREE, Class.FIXED, Class.MOBILE, Class.SHARED_COST})
"""Without any rule: calls at home at ordinary prices."""


class Action(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    LIMIT = "limit"


class Counted(StrEnum):
    SEAT = "seat"
    TRUNK = "trunk"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit. Spend is in millionths of the currency's unit."""

    concurrent: int | None = None
    per_minute: int | None = None
    minutes_day: int | None = None
    spend_day: int | None = None


@dataclass(frozen=True, slots=True)
class TollRule:
    """Empty tuples fit everything; `weekdays` are 1 Monday to 7 Sunday; `hours` are local, over midnight if need be."""

    id: UUID
    name: str
    position: int
    action: Action
    seats: tuple[str, ...] = ()
    trunks: tuple[UUID, ...] = ()
    classes: tuple[Class, ...] = ()
    countries: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[time, time] | None = None
    counted: Counted = Counted.SEAT
    limits: Limits = Limits()

    def fits(self, caller: Caller, where: Where, now: datetime) -> bool:
        return (
            (not (self.seats or self.trunks) or caller.seat in self.seats or caller.trunk in self.trunks)
            and (not self.classes or where.kind in self.classes)
            and (not self.countries or where.country in self.countries)
            and (not self.prefixes or where.digits.startswith(self.prefixes))
            and (not self.weekdays or now.isoweekday() in self.weekdays)
            and (self.hours is None or _within(now.time(), *self.hours))
        )

    def subject(self, caller: Caller) -> str:
        """Return whom a limit counts this call for; empty for everybody together."""
        if self.counted is Counted.ALL:
            return ""
        if self.counted is Counted.TRUNK or not caller.seat:
            return str(caller.trunk or "")
        return caller.seat


def _within(now: time, start: time, end: time) -> bool:
    return start <= now < end if start <= end else now >= start or now < end


@dataclass(frozen=True, slots=True)
class Caller:
    """A seat by its user's number, or a call that came by a trunk and is to go out again."""

    seat: str = ""
    trunk: UUID | None = None


@dataclass(slots=True)
class Used:
    """What a limit has counted: now, in the last minute, and today."""

    concurrent: int = 0
    last_minute: int = 0
    seconds_day: int = 0
    spend_day: int = 0


class Denial(StrEnum):
    DESTINATION = "toll_destination"
    """This kind of number may not be called by this seat, or not now."""
    CONCURRENT = "toll_concurrent"
    RATE = "toll_rate"
    MINUTES = "toll_minutes"
    SPEND = "toll_spend"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`denied` is None for a call that may be made. `rule` decided, None where no rule had to. `seconds` is how long it
    may last before a limit of the day is reached; None: as long as it likes. `counts` are the limits it counts against.
    """

    where: Where
    denied: Denial | None
    rule: TollRule | None
    seconds: float | None = None
    counts: tuple[tuple[TollRule, str], ...] = ()


class TollRules:
    def __init__(self, rules: Iterable[TollRule] = (), home: str = HOME) -> None:
        self.rules: Sequence[TollRule] = sorted(rules, key=lambda rule: (rule.position, rule.id))
        self._home = home

    def decide(self, caller: Caller, number: str, now: datetime, used: Callable[[TollRule, str], Used]) -> Verdict:
        """May this caller call this number? `now` is local time; `used(rule, subject)` says what was counted."""
        where = classify(number, self._home)
        if where.kind is Class.EMERGENCY:
            return Verdict(where, None, None)
        fitting = [rule for rule in self.rules if rule.fits(caller, where, now)]
        decided = next((rule for rule in fitting if rule.action is not Action.LIMIT), None)
        if decided is not None and decided.action is Action.DENY:
            return Verdict(where, Denial.DESTINATION, decided)
        if decided is None and where.kind not in ALLOWED_ANYWAY:
            return Verdict(where, Denial.DESTINATION, None)
        seconds: float | None = None
        counts = []
        for rule in fitting:
            if rule.action is not Action.LIMIT:
                continue
            subject = rule.subject(caller)
            have, most = used(rule, subject), rule.limits
            if (denied := _exceeded(have, most)) is not None:
                return Verdict(where, denied, rule)
            counts.append((rule, subject))
            if most.minutes_day is not None:
                left = float(most.minutes_day * 60 - have.seconds_day)
                seconds = left if seconds is None else min(seconds, left)
        return Verdict(where, None, decided, seconds, tuple(counts))


def _exceeded(have: Used, most: Limits) -> Denial | None:
    if most.concurrent is not None and have.concurrent >= most.concurrent:
        return Denial.CONCURRENT
    if most.per_minute is not None and have.last_minute >= most.per_minute:
        return Denial.RATE
    if most.minutes_day is not None and have.seconds_day >= most.minutes_day * 60:
        return Denial.MINUTES
    if most.spend_day is not None and have.spend_day >= most.spend_day:
        return Denial.SPEND
    return None
