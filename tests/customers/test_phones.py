import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.customers.phones import national, normalise

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
LANDLINES = st.tuples(
    st.sampled_from(["010", "021", "0571", "0755", "0937"]), st.from_regex(r"[2-8][0-9]{7}", fullmatch=True)
)
SEPARATORS = st.sampled_from(["", " ", "-", "  ", ".", "\u2013"])


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("13800000001", "+8613800000001"),
        ("138 0000 0001", "+8613800000001"),
        ("+86 138-0000-0001", "+8613800000001"),
        ("008613800000001", "+8613800000001"),
        ("8613800000001", "+8613800000001"),
        ("013800000001", "+8613800000001"),
        ("tel:+86-138-0000-0001;phone-context=x", "+8613800000001"),
        ("sip:13800000001@10.0.0.1", "+8613800000001"),
        ("0571-8812 6620", "+8657188126620"),
        ("(0571) 88126620", "+8657188126620"),
        ("+86 0571 88126620", "+8657188126620"),
        ("8657188126620", "+8657188126620"),
        ("010 62345678", "+861062345678"),
        ("4008123456", "+864008123456"),
        ("+1 212 555 0100", "+12125550100"),
        ("00442079460000", "+442079460000"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(raw: str, e164: str) -> None:
    assert normalise(raw) == e164


@pytest.mark.parametrize(
    "raw",
    ["8001", "10000", "110", "", "anonymous", "王芳", "88126620", "+", "00", "+0123456789", "12800000001",
     "138000000012", "+86123", "+8613800000", "1380000000a", "++8613800000001", "²³¹³⁸x"],
)  # fmt: skip
def test_what_is_no_public_number_stays_none(raw: str) -> None:
    assert normalise(raw) is None


def test_elsewhere_the_default_country_goes_before_and_the_trunk_zero_away() -> None:
    assert normalise("020 7946 0000", default_country="44") == "+442079460000"
    assert normalise("8001", default_country="44") is None


@given(number=MOBILES, prefix=st.sampled_from(["", "0", "86", "+86", "0086", "+86 ", "tel:+86"]), cuts=SEPARATORS)
def test_every_spelling_of_a_mobile_number_is_one_number(number: str, prefix: str, cuts: str) -> None:
    written = f"{prefix}{number[:3]}{cuts}{number[3:7]}{cuts}{number[7:]}"
    assert normalise(written) == f"+86{number}"


@given(parts=LANDLINES, cuts=SEPARATORS)
def test_every_spelling_of_a_landline_is_one_number(parts: tuple[str, str], cuts: str) -> None:
    area, rest = parts
    expected = f"+86{area[1:]}{rest}"
    assert normalise(f"{area}{cuts}{rest}") == expected
    assert normalise(f"+86{cuts}{area[1:]}{cuts}{rest}") == expected


@given(raw=st.text(max_size=40) | st.from_regex(r"\+?[0-9 \-]{0,20}", fullmatch=True))
def test_what_comes_out_is_e164_and_stays_as_it_is(raw: str) -> None:
    e164 = normalise(raw)
    if e164 is not None:
        assert e164[0] == "+"
        assert e164[1:].isascii()
        assert e164[1:].isdigit()
        assert 7 <= len(e164[1:]) <= 15
        assert normalise(e164) == e164


@given(number=MOBILES | LANDLINES.map("".join))
def test_the_national_form_leads_back_to_the_number(number: str) -> None:
    e164 = normalise(number)
    assert e164 is not None
    assert national(e164) == number
    assert normalise(national(e164)) == e164


def test_foreign_numbers_are_shown_whole() -> None:
    assert national("+12125550100") == "+12125550100"
