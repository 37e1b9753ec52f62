"""What messages say and how they travel, without a network."""

from __future__ import annotations

import pytest
from aiosmpplib.codec import GSM7BitCodec
from hypothesis import given
from hypothesis import strategies as st

from yuelai.messages import encoding, templates
from yuelai.messages.encoding import MOST_PARTS, TooLong, pieces
from yuelai.messages.templates import LANGUAGES, TEMPLATES, BadTemplate, BadValues, words


def joined(text: str, reference: int = 7) -> str:
    """What a telephone makes of the parts."""
    found = pieces(text, reference)
    if len(found) > 1:
        assert [piece.data[:6] for piece in found] == [
            bytes((5, 0, 3, reference & 0xFF, len(found), number)) for number in range(1, len(found) + 1)
        ]
    assert all(piece.headed == (len(found) > 1) for piece in found)
    bodies = [piece.data[6:] if piece.headed else piece.data for piece in found]
    for piece, body in zip(found, bodies, strict=True):
        assert len(body) <= ((134 if piece.headed else 140) if piece.unicode else (153 if piece.headed else 160))
    return "".join(b.decode("utf-16-be") if found[0].unicode else GSM7BitCodec().decode(b)[0] for b in bodies)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("您" * 70, 1),
        ("您" * 71, 2),
        ("您" * 134, 2),
        ("您" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 159 + "ß您", 3),
    ],
)
def test_a_text_takes_as_many_parts_as_the_standard_says(text: str, parts: int) -> None:
    assert (len(pieces(text, 1)), encoding.count(text)) == (parts, parts)
    assert joined(text) == text


def test_letters_of_two_halves_are_never_cut() -> None:
    for before in range(3):
        assert joined("a" * before + "€" * 200) == "a" * before + "€" * 200
        assert joined("您" * before + "😀" * 100) == "您" * before + "😀" * 100


def test_longer_than_ten_parts_is_not_sent() -> None:
    assert len(pieces("您" * 67 * MOST_PARTS, 1)) == MOST_PARTS
    with pytest.raises(TooLong):
        pieces("您" * (67 * MOST_PARTS + 1), 1)


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("aZ09 €{}[]~^|\\@£è\n您好😀"), st.characters(codec="utf-8")), max_size=300
    )
)
def test_whatever_is_written_arrives(text: str) -> None:
    assert joined(text, 300) == text


EXAMPLES = {
    "code": {"code": "246810"},
    "bill_details": {"text": "10月合计128.50元"},
    "tariff": {"text": "59元套餐"},
    "outlet": {"text": "西湖营业厅，文三路1号"},
    "order_received": {"no": "N100"},
    "fault_received": {"no": "F7", "until": "18:00"},
}


def test_every_template_says_its_values_in_every_language_and_fits() -> None:
    assert set(EXAMPLES) == set(TEMPLATES)
    for template, values in EXAMPLES.items():
        for language in LANGUAGES:
            said = words(template, language, values)
            assert all(value in said for value in values.values()), said
            assert "{" not in said
            longest = {name: "您" * most for name, most in TEMPLATES[template].values.items()}
            assert encoding.count(words(template, language, longest)) <= MOST_PARTS


def test_a_language_there_is_not_is_spoken_to_in_chinese() -> None:
    assert words("order_received", "fr", {"no": 7}) == words("order_received", "zh-CN", {"no": "7"})


def test_what_need_not_be_said_leaves_its_sentence_out() -> None:
    assert words("fault_received", "zh-CN", {"no": "F7", "until": None}) == "您的报障已受理，单号F7。"
    assert words("fault_received", "en", {"no": "F7"}).endswith("is F7.")


@pytest.mark.parametrize(
    "values",
    [{}, {"no": ""}, {"no": None}, {"no": "1", "more": "2"}, {"no": True}, {"no": 1.5}, {"no": "7" * 41}, {"no": "\n"}],
)
def test_values_that_are_missing_unknown_or_senseless_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(BadValues):
        words("order_received", "zh-CN", values)


def test_there_is_no_other_template() -> None:
    with pytest.raises(BadTemplate):
        words("advertising", "zh-CN", {})


def test_what_is_filled_in_is_never_read_as_a_template() -> None:
    assert "{text}{0}" in words("tariff", "en", {"text": "{text}{0}"})
    assert templates.words("tariff", "en", {"text": "a\nb\x00c"}).endswith("a b c")
