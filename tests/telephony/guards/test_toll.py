"""Which numbers may be called, by whom, when, and how much of it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from uuid import UUID

import pytest

from yuelai.platform.clock import VirtualClock
from yuelai.platform.ids import new_id
from yuelai.telephony.guards import Caller, Denial, Ticket, Toll, TollRule
from yuelai.telephony.guards.destinations import Class, classify
from yuelai.telephony.guards.toll import Action, Counted, Limits

CHINA = timezone(timedelta(hours=8))
SEAT, OTHER = Caller("8001"), Caller("8002")
HOME, ABROAD, DEAR = "13812345678", "0044 20 7946 0958".replace(" ", ""), "+881612345678"


@pytest.mark.parametrize(
    ("number", "kind", "country"),
    [
        ("110", Class.EMERGENCY, "CN"), ("120", Class.EMERGENCY, "CN"), ("0571119", Class.EMERGENCY, "CN"),
        ("010110", Class.EMERGENCY, "CN"), ("13812345678", Class.MOBILE, "CN"), ("+8613812345678", Class.MOBILE, "CN"),
        ("008613812345678", Class.MOBILE, "CN"), ("057187654321", Class.FIXED, "CN"), ("10086", Class.SERVICE, "CN"),
        ("95588", Class.SERVICE, "CN"), ("12345", Class.SERVICE, "CN"), ("4008123123", Class.SHARED_COST, "CN"),
        ("8008101234", Class.TOLL_FREE, "CN"), ("16885678", Class.PREMIUM, "CN"), ("01016885678", Class.PREMIUM, "CN"),
        ("17401234567", Class.SATELLITE, "CN"), ("13491234567", Class.SATELLITE, "CN"),
        ("+442079460958", Class.INTERNATIONAL, "GB"), ("00442079460958", Class.INTERNATIONAL, "GB"),
        ("+85221234567", Class.INTERNATIONAL, "HK"), ("+449012345678", Class.PREMIUM, "GB"),
        ("+19005551234", Class.PREMIUM, "US"), ("+881612345678", Class.SATELLITE, ""),
        ("+870776123456", Class.SATELLITE, ""), ("00882161234567", Class.SATELLITE, ""),
        ("+979123456789", Class.PREMIUM, ""),
        ("+3725101234567890", Class.INTERNATIONAL, "EE"), ("99999999999999999999", Class.UNKNOWN, ""),
        ("8001", Class.UNKNOWN, "CN"), ("", Class.UNKNOWN, ""), ("anna", Class.UNKNOWN, ""), ("+", Class.UNKNOWN, ""),
        ("١٢٣٤", Class.UNKNOWN, ""),
    ],
)  # fmt: skip
def test_every_number_has_a_class(number: str, kind: Class, country: str) -> None:
    found = classify(number)
    assert (found.kind, found.country) == (kind, country)


def rule(
    action: Action = Action.LIMIT, *, position: int = 10, limits: Limits | None = None, **fields: object
) -> TollRule:
    return TollRule(new_id(), "rule", position, action, limits=limits or Limits(), **fields)  # type: ignore[arg-type]


class Centre:
    """At noon of a Thursday in China."""

    def __init__(self, *rules: TollRule) -> None:
        self.clock = VirtualClock(datetime(2026, 1, 1, 4, tzinfo=UTC))
        self.toll = Toll(self.clock, CHINA)
        self.toll.apply(rules)

    def denied(self, number: str, caller: Caller = SEAT) -> Denial | None:
        return self.toll.check(caller, number).denied

    def call(self, number: str = HOME, caller: Caller = SEAT) -> Ticket:
        _, ticket = self.toll.begin(caller, number)
        assert ticket is not None
        return ticket


def test_without_rules_home_is_allowed_and_what_is_dear_is_not() -> None:
    centre = Centre()
    assert [centre.denied(number) for number in (HOME, "10086", "120", "4008123123")] == [None] * 4
    for number in (ABROAD, DEAR, "+449012345678", "16885678", "99999999999999999999"):
        assert centre.denied(number) is Denial.DESTINATION


def test_the_first_rule_that_fits_decides() -> None:
    centre = Centre(
        rule(Action.DENY, position=1, countries=("GB",), prefixes=("4470",)),
        rule(Action.ALLOW, position=2, classes=(Class.INTERNATIONAL,), countries=("GB", "HK"), seats=("8001",)),
        rule(Action.DENY, position=3, classes=(Class.MOBILE,), seats=("8002",)),
    )
    assert centre.denied(ABROAD) is None
    assert centre.denied(ABROAD, OTHER) is Denial.DESTINATION
    assert centre.denied("+33123456789") is Denial.DESTINATION
    assert centre.denied("+447012345678") is Denial.DESTINATION
    assert centre.denied(HOME) is None
    assert centre.denied(HOME, OTHER) is Denial.DESTINATION


def test_an_emergency_call_is_never_refused() -> None:
    centre = Centre(rule(Action.DENY, position=1), rule(limits=Limits(0, 0, 0, 0), counted=Counted.ALL))
    assert centre.denied("119") is None
    assert centre.denied("0571120") is None
    assert centre.denied(HOME) is Denial.DESTINATION


def test_nights_and_weekends_have_rules_of_their_own() -> None:
    night = rule(Action.DENY, position=1, hours=(time(20), time(7)))
    weekend = rule(Action.DENY, position=2, weekdays=(6, 7))
    centre = Centre(night, weekend)
    assert centre.denied(HOME) is None
    centre.clock.advance(8 * 3600)  # 20:00
    assert centre.denied(HOME) is Denial.DESTINATION
    centre.clock.advance(11 * 3600 - 1)
    assert centre.denied(HOME) is Denial.DESTINATION
    centre.clock.advance(1)  # 7:00 on Friday
    assert centre.denied(HOME) is None
    centre.clock.advance(86400)
    assert centre.denied(HOME) is Denial.DESTINATION


def test_calls_at_once_and_calls_a_minute_are_counted_for_each_seat() -> None:
    centre = Centre(rule(limits=Limits(concurrent=2)), rule(limits=Limits(per_minute=3)))
    first, _ = centre.call(), centre.call()
    assert centre.denied(HOME) is Denial.CONCURRENT
    assert centre.denied(HOME, OTHER) is None
    first.over(0)
    first.over(0)
    centre.call().over(10)
    assert centre.denied(HOME) is Denial.RATE
    centre.clock.advance(60)
    assert centre.denied(HOME) is None


def test_minutes_and_spend_of_a_day_are_borne_until_midnight() -> None:
    centre = Centre(rule(limits=Limits(minutes_day=10, spend_day=2_000_000)))
    ticket = centre.call()
    assert ticket.seconds == 600
    ticket.over(480, per_minute_micro=100_000)
    assert centre.call().seconds == 120
    assert centre.denied(HOME) is None
    centre.call().over(61, per_minute_micro=600_000)  # two minutes have begun
    assert centre.denied(HOME) is Denial.SPEND
    centre.call(caller=OTHER).over(600)
    assert centre.denied(HOME, OTHER) is Denial.MINUTES
    centre.clock.advance(12 * 3600)
    assert centre.denied(HOME) is centre.denied(HOME, OTHER) is None


def test_a_limit_may_be_everybodys_or_a_trunks() -> None:
    pbx, carrier = UUID(int=1), UUID(int=2)
    everybody = rule(limits=Limits(concurrent=3), counted=Counted.ALL)
    trunks = rule(limits=Limits(concurrent=1), counted=Counted.TRUNK, trunks=(pbx, carrier))
    centre = Centre(everybody, trunks)
    centre.call(caller=Caller(trunk=pbx))
    assert centre.denied(HOME, Caller(trunk=pbx)) is Denial.CONCURRENT
    centre.call(caller=Caller(trunk=carrier))
    centre.call()
    assert centre.denied(HOME, OTHER) is Denial.CONCURRENT


def test_what_was_used_today_is_kept_over_a_restart() -> None:
    limit = rule(limits=Limits(minutes_day=10))
    centre, again = Centre(limit), Centre(limit)
    centre.call().over(300)
    (usage,) = centre.toll.changes()
    assert (usage.subject, usage.calls, usage.seconds) == ("8001", 1, 300)
    assert centre.toll.changes() == []
    again.toll.restore([usage])
    assert again.call().seconds == 300
    tomorrow = Centre(limit)
    tomorrow.clock.advance(86400)
    tomorrow.toll.restore([usage])
    assert tomorrow.call().seconds == 600


def test_a_rule_that_is_changed_goes_on_counting_and_one_that_is_gone_does_not() -> None:
    limit = rule(limits=Limits(concurrent=1))
    centre = Centre(limit)
    ticket = centre.call()
    centre.toll.apply([limit, rule(limits=Limits(per_minute=100))])
    assert centre.denied(HOME) is Denial.CONCURRENT
    centre.toll.apply([])
    assert centre.denied(HOME) is None
    ticket.over(10)
    assert centre.toll.changes() == []


def test_a_call_over_midnight_counts_on_the_new_day() -> None:
    centre = Centre(rule(limits=Limits(concurrent=1, minutes_day=10)))
    ticket = centre.call()
    centre.clock.advance(12 * 3600 + 60)
    assert centre.denied(HOME) is Denial.CONCURRENT
    ticket.over(540)
    assert centre.call().seconds == 60


@pytest.mark.parametrize("code", ["17951", "17909", "12593"])
@pytest.mark.parametrize("number", ["00882123456789", "0088216123456", "008524567890", "01012345678", "13800000001"])
def test_a_carriers_code_in_front_makes_no_number_another_kind(code: str, number: str) -> None:
    assert classify(code + number) == classify(number)
