import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.customers.masking import mask_address
from yuelai.customers.names import fold, parts


def test_a_name_is_kept_from_each_character_and_each_word_on() -> None:
    assert parts("王小芳") == ["王小芳", "小芳", "芳"]
    assert parts("Li  Lei") == ["li lei", "lei"]
    assert parts("杭州 Acme 公司") == ["杭州 acme 公司", "州 acme 公司", "acme 公司", "公司", "司"]
    assert parts("ＡＢ") == ["ab"]
    assert parts("…") == ["..."]


@given(
    name=st.text(alphabet="王小芳李强欧阳", min_size=1, max_size=8),
    start=st.integers(0, 7),
    length=st.integers(1, 8),
)
def test_any_piece_of_a_chinese_name_begins_one_of_its_parts(name: str, start: int, length: int) -> None:
    piece = fold(name[start : start + length])
    if piece:
        assert any(part.startswith(piece) for part in parts(name))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("浙江省杭州市西湖区文三路 138 号 402 室", "浙江省杭州市西湖区****"),
        ("北京市海淀区中关村大街 1 号", "北京市海淀区****"),
        ("广西壮族自治区南宁市青秀区民族大道 3 号", "广西壮族自治区南宁市青秀区****"),
        ("文三路 138 号", "文三****"),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_shown_down_to_its_district(address: str | None, shown: str | None) -> None:
    assert mask_address(address) == shown
