import pytest

from yuelai.customers.masking import mask_address
from yuelai.customers.names import fold


def test_names_are_compared_without_width_case_and_gaps() -> None:
    assert fold(" Ｌi  LEI ") == "li lei"
    assert fold("王 芳") == "王芳"
    assert fold("杭州 Acme 公司") == "杭州 acme 公司"
    assert fold("王\0芳") == "王芳"


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
