"""What a worker says it has room for follows what its legs have been seen to cost."""

from __future__ import annotations

import pytest

from yuelai.media.embedded.gauge import LIKELY_COST, Gauge
from yuelai.media.ports import MediaFull

BEAT = 0.5


Instant = tuple[float, float]
"""Seconds of the clock and of the processor."""


def run(gauge: Gauge, share: float, legs: int, seconds: float, since: Instant = (0.0, 0.0)) -> Instant:
    """Let a worker use this share of its core for so long."""
    at, used = since
    for _ in range(int(seconds / BEAT)):
        at, used = at + BEAT, used + BEAT * share
        gauge.beat(at, used, legs)
    return at, used


def test_an_idle_worker_tells_a_guess_and_a_busy_one_what_it_measured() -> None:
    gauge = Gauge(0, 5000)
    since = run(gauge, 0.0, 0, 10)
    assert gauge.room(0) == int(0.8 / LIKELY_COST)
    since = run(gauge, 0.4, 800, 30, since)
    assert 0.39 < gauge.load <= 0.4
    # Half is used by 800: about as many more, and a little less as the guess still counts.
    assert 680 <= gauge.room(800) <= 800
    run(gauge, 0.4, 100, 30, since)
    assert 120 <= gauge.room(100) <= 150  # dearer legs: browsers, or many mixed ones


def test_ports_and_the_operators_bound_count_as_well() -> None:
    gauge = Gauge(0, 20)
    run(gauge, 0.0, 0, 5)
    assert gauge.room(15) == 5
    assert Gauge(10, 5000).room(7) == 3
    assert Gauge(10, 5000).room(12) == 0


def test_who_is_full_stays_so_until_it_has_eased() -> None:
    gauge = Gauge(0, 5000)
    since = run(gauge, 0.85, 500, 20)
    assert gauge.room(500) == 0
    with pytest.raises(MediaFull):
        gauge.admit(500, joins=False)
    gauge.admit(500, joins=True)
    assert gauge.refused == 1
    since = run(gauge, 0.75, 480, 20, since)
    assert gauge.room(480) == 0  # no coming and going at the bound
    run(gauge, 0.6, 400, 20, since)
    assert gauge.room(400) > 50


def test_beyond_the_last_bound_nobody_joins_either() -> None:
    gauge = Gauge(0, 5000)
    run(gauge, 0.99, 700, 20)
    with pytest.raises(MediaFull):
        gauge.admit(700, joins=True)
    small = Gauge(4, 5000)
    for legs in range(4):
        small.admit(legs, joins=False)
    for legs in range(4, 7):
        small.admit(legs, joins=True)
    with pytest.raises(MediaFull):
        small.admit(7, joins=True)


def test_legs_made_since_the_last_look_count() -> None:
    gauge = Gauge(0, 5000)
    run(gauge, 0.79, 700, 20)
    room = gauge.room(700)
    assert room < 20
    for made in range(room):
        gauge.admit(700 + made, joins=False)
    with pytest.raises(MediaFull):
        gauge.admit(700 + room, joins=False)


def test_a_share_beyond_a_whole_core_is_none() -> None:
    gauge = Gauge(0, 100)
    gauge.beat(1.0, 0.0, 0)
    gauge.beat(1.1, 5.0, 0)
    assert gauge.load <= 1.0
