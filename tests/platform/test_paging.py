from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.platform.paging import BadCursor, decode, encode, page


# What PostgreSQL gives out holds neither NUL nor surrogates.
@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    number=st.integers(-(2**63), 2**63 - 1),
    id_=st.uuids(),
)
def test_a_cursor_gives_back_the_sort_key(text: str, number: int, id_: UUID) -> None:
    assert decode(encode((text, number, id_)), str, int, UUID) == (text, number, id_)


def test_instants_keep_their_microseconds() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    assert decode(encode((at,)), datetime) == (at,)


@pytest.mark.parametrize(
    "cursor", ["", "!", "AAAA", "中文", "=", encode((1,)), encode(("a", "b")), encode(("a",))[:-2]]
)
def test_a_cursor_of_another_list_or_none_at_all_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode(cursor, str)


def test_the_last_page_has_no_cursor() -> None:
    assert page([1, 2, 3], 3, lambda row: (row,)) == ([1, 2, 3], None)
    items, cursor = page([1, 2, 3, 4], 3, lambda row: (row,))
    assert items == [1, 2, 3]
    assert cursor is not None
    assert decode(cursor, int) == (3,)
    assert page([], 3, lambda row: (row,)) == ([], None)
