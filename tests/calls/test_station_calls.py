"""Seats of a whole centre call each other, and nobody calls outside for nothing."""

from __future__ import annotations

import pytest

from tests.support.agents import phone
from tests.support.centre import Centre, free_sip_port
from tests.support.sipp import Sipp, register

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(180)]


def dials(centre: Centre, number: str, scenario: str = "phone_calls", **words: str) -> Sipp:
    """Let the phone of seat 8005 dial a number."""
    port = free_sip_port()
    register(centre.sip_port, "8005", "demo", port)
    all_words = {"CALLER": "8005", "PASSWORD": "demo", "sip:10000@": f"sip:{number}@", **words}
    return Sipp(scenario, centre.sip_port, port=port, words=all_words)


def test_a_seat_calls_another_seat(centre: Centre) -> None:
    with phone(centre, "8006") as answers:
        dials(centre, "8006").wait()
        answers.wait()


@pytest.mark.parametrize(("number", "status"), [("8019", "480"), ("nobody", "404"), ("0019001234567", "403")])
def test_numbers_that_lead_nowhere_or_cost_too_much_are_refused(centre: Centre, number: str, status: str) -> None:
    dials(centre, number, "phone_is_refused", STATUS=status).wait()
