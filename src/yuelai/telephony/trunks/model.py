"""What trunks and routes are, and which trunks a call takes in which order. Pure: no clock, no chance of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Any
from uuid import UUID

from yuelai.media.ports import LegOptions, Srtp
from yuelai.telephony.trunks.numbers import HOME, Rewriting, Rule, routed

_AS_IT_IS = Rewriting()


@dataclass(frozen=True)
class CallerPolicy:
    """Which number a trunk is shown; see `schemas.CallerPolicy`."""

    default: str = ""
    allowed: tuple[str, ...] = ()
    trusted: bool = False


_ANY_NUMBER = CallerPolicy()


@dataclass(frozen=True)
class Trunk:
    """The configuration of one trunk; passwords are opened already, and never printed."""

    id: UUID
    code: str
    name: str
    name_en: str = ""
    kind: str = "carrier"
    direction: str = "both"
    active: bool = True
    transport: str = "auto"
    host: str = ""
    port: int | None = None
    outbound_proxy: str = ""
    sources: tuple[IPv4Network | IPv6Network, ...] = ()
    certificate_name: str = ""
    peer_username: str = ""
    peer_secret: str = field(default="", repr=False)
    register: bool = False
    username: str = ""
    secret: str = field(default="", repr=False)
    domain: str = ""
    expires: int = 3600
    max_channels_in: int = 0
    max_channels_out: int = 0
    max_channels_total: int = 0
    max_cps: int = 0
    priority: int = 1
    weight: int = 10
    country: str = HOME
    called_in: Rewriting = _AS_IT_IS
    caller_in: Rewriting = _AS_IT_IS
    called_out: Rewriting = _AS_IT_IS
    caller_out: Rewriting = _AS_IT_IS
    caller_policy: CallerPolicy = _ANY_NUMBER
    codecs: tuple[str, ...] = ()
    srtp: Srtp = Srtp.ACCEPT
    options_seconds: int = 30
    rates: Mapping[str, int] = field(default_factory=dict)
    """Millionths of the currency's unit a minute, by prefix."""
    trouble: str = ""
    """Why it cannot work as configured, found when it was read: its password cannot be opened."""

    def rate(self, digits: str) -> int | None:
        """What a minute to these digits costs: the longest prefix counts; None when nothing is known."""
        for length in range(len(digits), -1, -1):
            if digits[:length] in self.rates:
                return self.rates[digits[:length]]
        return None

    @property
    def sound(self) -> LegOptions:
        """What its sound is to be like."""
        return LegOptions(codecs=self.codecs, srtp=self.srtp)

    @property
    def calls_in(self) -> bool:
        return self.active and self.direction != "out"

    @property
    def calls_out(self) -> bool:
        return self.active and self.direction != "in"


_PLAIN = (
    "id", "code", "name", "name_en", "kind", "direction", "active", "transport", "host", "port", "outbound_proxy",
    "certificate_name", "peer_username", "register", "username", "domain", "expires", "max_channels_in",
    "max_channels_out", "max_channels_total", "max_cps", "priority", "weight", "country", "options_seconds",
)  # fmt: skip


def trunk_of(row: Mapping[str, Any], secret: str = "", peer_secret: str = "", trouble: str = "") -> Trunk:
    """Make a trunk of its row (`repository.all_trunks`)."""
    policy = row["caller_policy"]
    return Trunk(
        **{name: row[name] for name in _PLAIN},
        sources=tuple(row["sources"]),
        secret=secret,
        peer_secret=peer_secret,
        called_in=_rewriting(row["number_in"], "called"),
        caller_in=_rewriting(row["number_in"], "caller"),
        called_out=_rewriting(row["number_out"], "called"),
        caller_out=_rewriting(row["number_out"], "caller"),
        caller_policy=CallerPolicy(
            policy.get("default", ""), tuple(policy.get("allowed", ())), bool(policy.get("trusted"))
        ),
        codecs=tuple(row["codecs"]),
        srtp=Srtp(row["srtp"]),
        rates={rate["prefix"]: rate["per_minute_micro"] for rate in row["rates"]},
        trouble=trouble,
    )


def _rewriting(both: Mapping[str, Any], which: str) -> Rewriting:
    said = both.get(which, {})
    rules = tuple(Rule(rule["prefix"], rule["strip"], rule["add"]) for rule in said.get("rules", ()))
    return Rewriting(rules, said.get("format", "as_is"))


@dataclass(frozen=True)
class Hours:
    """Local time, days from 1 (Monday). What closes before it opens goes on past midnight."""

    days: frozenset[int]
    opens: str
    closes: str

    def hold(self, now: datetime) -> bool:
        at, day = now.strftime("%H:%M"), now.isoweekday()
        if self.opens <= self.closes:
            return day in self.days and self.opens <= at < self.closes
        before = 7 if day == 1 else day - 1
        return (day in self.days and at >= self.opens) or (before in self.days and at < self.closes)


@dataclass(frozen=True)
class Share:
    """A trunk's place in a route."""

    trunk_id: UUID
    priority: int = 1
    weight: int = 10


@dataclass(frozen=True)
class Route:
    id: UUID
    prefix: str
    name: str = ""
    active: bool = True
    hours: Hours | None = None
    shares: tuple[Share, ...] = ()
    """Empty: every trunk that calls out, with its own priority and weight."""


def route_of(row: Mapping[str, Any]) -> Route:
    """Make a route of its row (`repository.all_routes`)."""
    hours = row["hours"]
    return Route(
        row["id"],
        row["prefix"],
        row["name"],
        row["active"],
        Hours(frozenset(hours["days"]), hours["opens"], hours["closes"]) if hours else None,
        tuple(Share(UUID(str(each["trunk_id"])), each["priority"], each["weight"]) for each in row["trunks"]),
    )


class Condition(StrEnum):
    """How a trunk is as the choice sees it, the best first."""

    FIT = "fit"
    FULL = "full"
    """At a limit: not tried."""
    SICK = "sick"
    """Down, refused or not registered: tried only when no fit one took the call."""


@dataclass(frozen=True)
class Candidate:
    """One trunk in the order of trying. `why` are codes, see `schemas.Candidate`."""

    trunk: Trunk
    condition: Condition
    cost: int | None
    priority: int
    weight: int
    why: tuple[str, ...]

    @property
    def usable(self) -> bool:
        return self.condition is not Condition.FULL


@dataclass(frozen=True)
class Choice:
    """`error` is no_route, no_trunk or trunks_full when nothing is to be tried."""

    digits: str
    route: Route | None
    candidates: tuple[Candidate, ...]
    error: str | None = None

    @property
    def tried(self) -> list[Candidate]:
        return [] if self.error else [one for one in self.candidates if one.usable]


def route_for(routes: Sequence[Route], digits: str, now: datetime) -> Route | None:
    """Return the active route of the longest prefix whose hours hold; of several alike, one with hours, then the
    oldest. `now` is local."""
    fitting = [
        route
        for route in routes
        if route.active and digits.startswith(route.prefix) and (route.hours is None or route.hours.hold(now))
    ]
    return min(fitting, key=lambda route: (-len(route.prefix), route.hours is None, route.id), default=None)


def choose(
    routes: Sequence[Route],
    trunks: Mapping[UUID, Trunk],
    conditions: Mapping[UUID, Condition],
    number: str,
    now: datetime,
    draw: Callable[[], float],
) -> Choice:
    """Return whom to try in which order: fit before sick, then the cheapest, then by priority, then by lot with the
    weights. Prices that nobody knows are the dearest. `draw` gives numbers in [0, 1); `now` is local."""
    digits = routed(number)
    route = route_for(routes, digits, now)
    if route is None:
        return Choice(digits, None, (), "no_route")
    shares = route.shares or tuple(Share(one.id, one.priority, one.weight) for one in trunks.values())
    drawn: list[tuple[tuple[Any, ...], Candidate]] = []
    prices = [trunks[share.trunk_id].rate(digits) for share in shares if share.trunk_id in trunks]
    cheapest = min((price for price in prices if price is not None), default=None)
    for share in shares:
        trunk = trunks.get(share.trunk_id)
        if trunk is None or not trunk.calls_out:
            continue
        condition, cost = conditions.get(trunk.id, Condition.FIT), trunk.rate(digits)
        why = (*([] if condition is Condition.FIT else [condition.value]), _price(cost, cheapest), "priority", "weight")
        candidate = Candidate(trunk, condition, cost, share.priority, share.weight, why)
        # The smallest of these is each trunk with the odds of its weight (Efraimidis and Spirakis, 2006).
        lot = -math.log(1.0 - draw()) / share.weight
        order = (condition is Condition.SICK, condition is Condition.FULL, cost is None, cost or 0, share.priority, lot)
        drawn.append((order, candidate))
    candidates = tuple(candidate for _, candidate in sorted(drawn, key=lambda entry: (*entry[0], entry[1].trunk.code)))
    if not candidates:
        return Choice(digits, route, (), "no_trunk")
    if not any(one.condition is Condition.FIT for one in candidates) and any(
        one.condition is Condition.FULL for one in candidates
    ):
        return Choice(digits, route, candidates, "trunks_full")
    return Choice(digits, route, candidates)


def _price(cost: int | None, cheapest: int | None) -> str:
    return "no_rate" if cost is None else "cheapest" if cheapest is None or cost <= cheapest else "dearer"
