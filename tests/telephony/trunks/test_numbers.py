"""Numbers as carriers write them, and as the centre knows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.customers.phones import normalise
from yuelai.telephony.trunks.numbers import Rewriting, Rule, e164, formed, incoming, outgoing, routed, ruled

AS_NATIONAL, AS_E164, AS_00 = Rewriting((), "national"), Rewriting((), "e164"), Rewriting((), "international00")


@pytest.mark.parametrize(
    ("dialled", "public"),
    [
        ("13800000001", "+8613800000001"),
        ("013800000001", "+8613800000001"),
        ("8613800000001", "+8613800000001"),
        ("+8613800000001", "+8613800000001"),
        ("008613800000001", "+8613800000001"),
        ("19912345678", "+8619912345678"),
        ("057188886666", "+8657188886666"),
        ("02112345678", "+862112345678"),
        ("01065551234", "+861065551234"),
        ("4001234567", "+864001234567"),
        ("8008101234", "+868008101234"),
        ("0012015550123", "+12015550123"),
        ("+85261234567", "+85261234567"),
        ("1795113800000001", "+8613800000001"),
        ("17951057188886666", "+8657188886666"),
        ("12593057188886666", "+8657188886666"),
        ("0085212345678", "+85212345678"),  # of no plan that we know, and still Hong Kong's
        ("+85212345678", "+85212345678"),
        ("+8612345678901", None),
        ("95588", None),
        ("10000", None),
        ("110", None),
        ("8001", None),
        ("88886666", None),
        ("+8610000", None),
        ("0000", None),
        ("", None),
        ("anonymous", None),
        ("1" * 33, None),
        ("１３８００００００01", None),
    ],
)
def test_what_is_dialled_is_a_public_number_or_it_is_not(dialled: str, public: str | None) -> None:
    assert e164(dialled) == public


@pytest.mark.parametrize(
    ("number", "national", "e164_form", "international"),
    [
        ("13800000001", "13800000001", "+8613800000001", "008613800000001"),
        ("+8657188886666", "057188886666", "+8657188886666", "008657188886666"),
        ("4001234567", "4001234567", "+864001234567", "00864001234567"),
        ("+12015550123", "0012015550123", "+12015550123", "0012015550123"),
        ("10000", "10000", "10000", "10000"),
        ("95588", "95588", "95588", "95588"),
        ("8001", "8001", "8001", "8001"),
    ],
)
def test_each_form_of_a_number(number: str, national: str, e164_form: str, international: str) -> None:
    assert formed(number, "national") == national
    assert formed(number, "e164") == e164_form
    assert formed(number, "international00") == international
    assert formed(number, "as_is") == number


def test_a_number_is_at_home_in_the_trunks_country() -> None:
    assert formed("+442079460018", "national", "GB") == "02079460018"
    assert formed("+8613800000001", "national", "GB") == "008613800000001"
    assert e164("02079460018", "GB") == "+442079460018"


@pytest.mark.parametrize(
    ("given_", "rewriting", "known"),
    [
        ("+8613800000001", AS_NATIONAL, "13800000001"),
        ("013800000001", AS_NATIONAL, "13800000001"),
        ("8657188886666", AS_NATIONAL, "057188886666"),
        ("13800000001", Rewriting(), "13800000001"),
        ("10000", AS_E164, "10000"),
        # An office PBX puts a 9 in front, and calls the centre by its extension.
        ("9013800000001", Rewriting((Rule("9", 1),), "national"), "13800000001"),
        ("700", Rewriting((Rule("7", 3, "10000"),)), "10000"),
        ("", Rewriting((Rule("", 0, "9"),), "national"), ""),
    ],
)
def test_what_a_trunk_brings_is_written_as_the_centre_knows_it(given_: str, rewriting: Rewriting, known: str) -> None:
    assert incoming(given_, rewriting) == known


@pytest.mark.parametrize(
    ("number", "rewriting", "sent"),
    [
        ("13800000001", AS_E164, "+8613800000001"),
        ("+8613800000001", AS_NATIONAL, "13800000001"),
        ("057188886666", AS_00, "008657188886666"),
        # By the carrier's cheap code, but short numbers without it.
        ("+8613800000001", Rewriting((Rule("1", 0, "17951"), Rule("10", 0)), "national"), "1795113800000001"),
        ("10000", Rewriting((Rule("1", 0, "17951"), Rule("10", 0)), "national"), "10000"),
        ("057188886666", Rewriting((Rule("+86", 3, "0"),), "e164"), "057188886666"),
    ],
)
def test_what_leaves_is_written_as_the_trunk_wants_it(number: str, rewriting: Rewriting, sent: str) -> None:
    assert outgoing(number, rewriting) == sent


def test_the_rule_of_the_longest_prefix_counts_and_of_two_alike_the_first() -> None:
    rules = (Rule("0", 1, "A"), Rule("00", 2, "B"), Rule("00", 2, "C"))
    assert [ruled(number, rules) for number in ("0571", "001", "1")] == ["A571", "B1", "1"]


def test_routes_look_at_the_number_without_plus() -> None:
    assert [routed(number) for number in ("13800000001", "0012015550123", "10000")] == [
        "8613800000001",
        "12015550123",
        "10000",
    ]


@given(st.text(alphabet="0123456789+*# a", max_size=40))
def test_nothing_that_is_dialled_breaks_it(text: str) -> None:
    public = e164(text)
    assert public is None or (public.startswith("+") and public[1:].isdigit())
    for form in ("as_is", "e164", "national", "international00"):
        again = formed(text, form)
        assert again == text or public is not None
        assert formed(again, form) == again


@given(st.from_regex(r"1[3-9]\d{9}|0(10|2[0-9])[2-8]\d{7}", fullmatch=True))
def test_what_the_centre_knows_finds_the_same_customer(number: str) -> None:
    """Customers are kept in E.164 by rules of their own; both must agree wherever both know the number."""
    public = e164(number)
    if public is not None:
        assert normalise(formed(number, "national")) == public == normalise(number)


def test_a_number_abroad_that_no_plan_has_yet_keeps_its_country() -> None:
    assert [routed(number) for number in ("0085212345678", "0044999", "00")] == ["85212345678", "44999", "00"]
