import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.customers.finding.names import ENDING, INITIALS, LONGEST, PINYIN, WHOLE, terms
from yuelai.customers.names import fold


def of(kind: int, name: str) -> list[str]:
    return [term for each, term in terms(name) if each == kind]


def test_a_name_is_kept_from_each_character_and_each_word_on() -> None:
    assert (of(WHOLE, "王小芳"), of(ENDING, "王小芳")) == (["王小芳"], ["小芳", "芳"])
    assert (of(WHOLE, "Li  Lei"), of(ENDING, "Li  Lei")) == (["li lei"], ["lei"])
    assert of(ENDING, "杭州 Acme 公司") == ["州 acme 公司", "acme 公司", "公司", "司"]
    assert terms("…") == [(WHOLE, "...")]


@pytest.mark.parametrize(
    ("name", "initials", "pinyin"),
    [
        ("王芳", ["wf"], ["wangfang"]),
        ("单小芳", ["sxf", "dxf"], ["shanxiaofang", "danxiaofang"]),
        ("曾国华", ["zgh", "cgh"], ["zengguohua", "cengguohua"]),
        ("欧阳娜", ["oyn"], ["ouyangna"]),
        ("尉迟恭", ["ycg", "wcg"], ["yuchigong", "weichigong"]),
        ("吕布", ["lb"], ["lvbu", "lubu"]),
        ("重庆A公司", ["cqags", "zqags"][:1], ["chongqingagongsi"]),
        ("Li Lei", [], []),
    ],
)
def test_chinese_names_are_known_by_how_they_are_said(name: str, initials: list[str], pinyin: list[str]) -> None:
    assert (of(INITIALS, name), of(PINYIN, name)) == (initials, pinyin)


@given(
    name=st.text(alphabet="王小芳李强欧阳 单", min_size=1, max_size=8).filter(str.strip),
    start=st.integers(0, 7),
    length=st.integers(1, 8),
)
def test_any_piece_of_a_chinese_name_begins_one_of_its_terms(name: str, start: int, length: int) -> None:
    piece = fold(name[start : start + length])
    if piece:
        assert any(term.startswith(piece) for kind, term in terms(name) if kind in (WHOLE, ENDING))


@given(st.text())
def test_whatever_the_name_its_terms_are_few_and_short(name: str) -> None:
    found = terms(name)
    assert len(set(found)) == len(found) <= 6 + len(fold(name))
    assert all(len(term) <= LONGEST and "\0" not in term for _, term in found)
