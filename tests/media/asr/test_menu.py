"""What was meant of a menu: recognisers' own mistakes are forgiven, everything else is asked again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.media.asr import menu
from yuelai.media.asr.menu import MAX_TEXT, choose, ranking

MANDARIN = {
    "1": ["余额", "话费"],
    "2": ["账单", "明细"],
    "3": ["故障", "报修"],
    "4": ["投诉"],
    "5": ["充值", "缴费"],
    "6": ["充值记录"],
    "7": ["营业厅"],
    "8": ["订单", "进度"],
    "0": ["人工", "客服"],
}
ENGLISH = {
    "1": ["balance"],
    "2": ["bill", "statement"],
    "5": ["top up", "payment"],
    "8": ["order"],
    "9": ["password", "PIN"],
    "0": ["agent", "operator"],
}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("余额", "1"),
        # Written in homophones, or in the other script.
        ("鱼鹅。", "1"),
        ("餘額", "1"),
        ("帐单", "2"),
        ("定单", "8"),
        # zh as z, in as ing, l as n, f as h, eng as en.
        ("故脏", "3"),
        ("冲资", "5"),
        ("应业厅", "7"),
        ("银业听", "7"),
        ("仁公", "0"),
        ("头树", "4"),
        ("花费", "1"),
        ("发费", "1"),
        # With fillers, and a word put in between.
        ("喂你好，我想查一下我这个月的话费到底是多少", "1"),
        ("那个，嗯，投诉吧", "4"),
        ("帮我转一下人工服务谢谢", "0"),
        ("订的单", "8"),
        # The longer word holds the shorter one.
        ("充值", "5"),
        ("我要查充值记录", "6"),
        # What is not wanted.
        ("不要余额，要账单", "2"),
        ("不是投诉，是报修", "3"),
        # Keys said aloud.
        ("一", "1"),
        ("请按2。", "2"),
        ("选第三个吧", "3"),
        ("零", "0"),
    ],
)
def test_mandarin_is_understood_as_it_sounds(said: str, key: str) -> None:
    assert choose(said, MANDARIN, "zh-CN") == key


@pytest.mark.parametrize(
    "said",
    [
        "",
        "嗯",
        "。。。",
        "你好你好",
        "今天天气怎么样",
        "我听不清楚",
        "字幕由志愿者提供",
        "浪费",
        "学费",
        "余额和账单",
        "不要余额",
        "不想查余额",
        "九",
        "井号键",
        "我买了一个东西",
        "thank you",
    ],
)
def test_what_fits_nothing_or_two_things_is_asked_again(said: str) -> None:
    assert choose(said, MANDARIN, "zh-CN") is None


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Balance.", "1"),
        ("What's my ballance please?", "1"),
        ("I'd like to pay my bill", "2"),
        ("bills", "2"),
        ("topup", "5"),
        ("top-up", "5"),
        ("Older.", "8"),
        ("pin", "9"),
        ("an agent, please", "0"),
        ("not the bill, the balance", "1"),
        ("one", "1"),
        ("press 2", "2"),
        ("0", "0"),
        ("", None),
        ("Thank you for watching.", None),
        ("What?", None),
        ("my bill or my balance", None),
        ("not my bill", None),
        ("seven", None),
    ],
)
def test_english_is_understood_by_its_letters(said: str, key: str | None) -> None:
    assert choose(said, ENGLISH, "en") == key


def test_keys_with_names_are_heard_where_the_menu_has_them() -> None:
    menu = {"#": ["返回"], "*": ["重听"]}
    assert choose("井号键", menu, "zh-CN") == "#"
    assert choose("*", menu, "zh-CN") == "*"
    assert choose("pound key", {"#": ["back"]}, "en") == "#"


def test_the_ranking_says_how_well_each_choice_fits_and_where() -> None:
    best, second, *_ = ranking("我要查余额", MANDARIN, "zh-CN")
    assert (best.key, best.word, best.likeness, best.begin, best.end) == ("1", "余额", 1.0, 3, 5)
    assert second.likeness < 0.7


def test_two_choices_that_sound_alike_are_asked_again() -> None:
    assert choose("订单", {"1": ["订单"], "2": ["定单"]}, "zh-CN") is None
    assert choose("金额", {"1": ["金额"], "2": ["精额"]}, "zh-CN") is None, "in and ing are too near to tell"


def test_a_story_is_cut_and_not_searched() -> None:
    assert choose("呃" * MAX_TEXT + "余额", MANDARIN, "zh-CN") is None


def test_what_callers_say_is_not_remembered_without_end() -> None:
    for comparing in (menu._sounds_like, menu._reads_like):
        assert comparing.cache_info().maxsize == menu.MAX_COMPARED


WORDS = st.sampled_from([(key, word) for key, words in MANDARIN.items() for word in words])


@given(WORDS, st.sampled_from(["", "我要", "查一下", "你好，"]), st.sampled_from(["", "吧", "谢谢", "。"]))
def test_every_word_of_the_menu_is_understood_whatever_is_around_it(
    word: tuple[str, str], before: str, after: str
) -> None:
    assert choose(before + word[1] + after, MANDARIN, "zh-CN") == word[0]


@given(st.text(max_size=60), st.sampled_from(["zh-CN", "en"]))
def test_whatever_was_heard_the_answer_is_a_key_or_none(said: str, language: str) -> None:
    menu = MANDARIN if language == "zh-CN" else ENGLISH
    assert choose(said, menu, language) in (None, *menu)
    assert choose(said, {}, language) is None
