"""Texts as they are said: what a reader makes of the words is the number that was written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.media.tts import words
from tests.media.tts.words import Written
from yuelai.media.tts import counting
from yuelai.media.tts.spoken import in_words

HARD_MANDARIN = """
    余额0.05元 = 余额五分
    10.00元 = 十元
    0.00元 = 零元
    100005 = 十万零五
    100005元 = 十万零五元
    20000 = 两万
    2,000 = 两千
    1,000,001 = 一百万零一
    账户余额为10005.06元 = 账户余额为一万零五元零六分
    0.2元 = 两角
    2元 = 两元
    2个 = 两个
    第2个 = 第二个
    2点 = 两点
    2月2日 = 二月二日
    12个 = 十二个
    102个 = 一百零二个
    -0.5元 = 负五角
    0.125元/分钟 = 零点一二五元每分钟
    3.5万元 = 三点五万元
    2万 = 两万
    2月29日 = 二月二十九日
    2028-02-29 = 二零二八年二月二十九日
    2026-02-30 = 二零二六，零二，三零
    1999年 = 一九九九年
    2000年 = 二零零零年
    26年 = 二十六年
    2年 = 两年
    2026-11 = 二零二六年十一月
    12月05日08点05分 = 十二月五日八点零五分
    2026-11-23 15:30 = 二零二六年十一月二十三日 十五点三十分
    2026-11-23T15:30 = 二零二六年十一月二十三日十五点三十分
    00:00 = 零点整
    24:00 = 二十四点整
    02:02 = 两点零二分
    12:05:09 = 十二点零五分零九秒
    8:30-17:30 = 八点三十分到十七点三十分
    11月1日-11月30日 = 十一月一日到十一月三十日
    3-5天 = 三到五天
    10~20元 = 十到二十元
    8.5% = 百分之八点五
    100% = 百分之百
    -3% = 负百分之三
    5%-10% = 百分之五到百分之十
    3.14 = 三点一四
    138 0000 0001 = 幺三八，零零零零，零零零幺
    13800000001 = 幺三八，零零零零，零零零幺
    138****0001 = 幺三八，星星星星，零零零幺
    +86 138 0000 0001 = 加八六，幺三八，零零零零，零零零幺
    0571-88126620 = 零五七幺，八八幺二六六二零
    请拨10000。 = 请拨幺零零零零。
    10000元 = 一万元
    10,000 = 一万
    积分10000 = 积分一万
    共10000次 = 共一万次
    尾号1234 = 尾号幺二三四
    验证码：654321 = 验证码：六五四三二幺
    请按1 = 请按一
    订单号YL20261123001 = 订单号YL二零二六，幺幺二三，零零幺
    工单20261123000012 = 工单二零二六，幺幺二三，零零零零，幺二
    007 = 零零七
    A座201室 = A座二零幺室
    20:00-次日8:00 = 二十点整到次日八点整
    ¥99/月 = 九十九元每月
    0571-8812 6620 = 零五七幺，八八幺二，六六二零
    6222 0210 0100 1234 567 = 六二二二，零二幺零，零幺零零，幺二三四，五六七
    3-2-101室 = 三，二，幺零幺室
    5G = 五G
    192.168.0.1 = 幺九二点幺六八点零点幺
    １２３元 = 一百二十三元
    您本月共12笔，合计2,000.5元。 = 您本月共十二笔，合计两千元五角。
"""

HARD_ENGLISH = """
    ¥0.05 = five fen
    10.00 yuan = ten yuan
    1,234.5元 = one thousand two hundred and thirty four yuan and fifty fen
    1 yuan = one yuan
    -¥5 = minus five yuan
    $1.01 = one dollar and one cent
    0.15 yuan/minute = fifteen fen per minute
    1.234 yuan = one point two three four yuan
    100005 = one hundred thousand and five
    20000 = twenty thousand
    2,000 = two thousand
    1,000,001 = one million and one
    2026-11-23 = November twenty third, twenty twenty six
    Nov 23 = November twenty third
    the 23rd of May 2008 = the twenty third of May, two thousand and eight
    at 5 p.m. = at five p m
    ¥99/month = ninety nine yuan per month
    agent 1001 = agent one zero zero one
    2月29日 = February twenty ninth
    2026年11月23日 = November twenty third, twenty twenty six
    2026-02-30 = two zero two six, zero two, three zero
    2026-11-23 15:30 = November twenty third, twenty twenty six, fifteen thirty
    2026-11-23T15:30 = November twenty third, twenty twenty six, fifteen thirty
    in 2026 = in twenty twenty six
    since 1905 = since nineteen oh five
    2026 calls = two thousand and twenty six calls
    00:00 = midnight
    24:00 = midnight
    12:00 am = twelve a m
    9:00 = nine o'clock
    3:05 pm = three oh five p m
    8:30-17:30 = eight thirty to seventeen thirty
    3-5 days = three to five days
    8.5% = eight point five percent
    138 0000 0001 = one three eight, zero zero zero zero, zero zero zero one
    138****0001 = one three eight, star star star star, zero zero zero one
    0571-88126620 = zero five seven one, eight eight one two six six two zero
    call 10000. = call one zero zero zero zero.
    10000 points = ten thousand points
    order 12345 = order one two three four five
    paid 500 = paid five hundred
    order YL20261123001 = order YL two zero two six, one one two three, zero zero one
    card ending in 1234 = card ending in one two three four
    press 1 = press one
    21st = twenty first
    112th = one hundred and twelfth
    5G = five G
    007 = zero zero seven
"""


def table(text: str) -> list[tuple[str, str]]:
    return [(line.partition(" = ")[0].strip(), line.partition(" = ")[2]) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("text", "said"), table(HARD_MANDARIN))
def test_mandarin_is_said_as_people_say_it(text: str, said: str) -> None:
    assert in_words(text, "zh-CN") == said


@pytest.mark.parametrize(("text", "said"), table(HARD_ENGLISH))
def test_english_is_said_as_people_say_it(text: str, said: str) -> None:
    assert in_words(text, "en") == said


def wrong(written: list[Written], read: object, language: str) -> list[tuple[str, str]]:
    assert callable(read)
    return [
        (each.text, in_words(each.text, language))
        for each in written
        if read(in_words(each.text, language)) != each.value
    ]


def test_a_hundred_sums_are_read_back_exactly_in_both_languages() -> None:
    assert wrong(words.sums("zh-CN"), words.mandarin_fen, "zh-CN") == []
    assert wrong(words.sums("en"), words.english_fen, "en") == []


def test_a_hundred_dates_and_times_are_read_back_exactly_in_both_languages() -> None:
    assert wrong(words.instants("zh-CN"), lambda said: words.mandarin_instant(said.replace(" ", "")), "zh-CN") == []
    assert wrong(words.instants("en"), words.english_instant, "en") == []


def test_a_hundred_telephone_numbers_are_read_digit_by_digit_in_both_languages() -> None:
    def mandarin(said: str) -> str:
        return "".join(str("零幺二三四五六七八九".index(character)) for character in said.replace("，", ""))

    def english(said: str) -> str:
        return "".join(str(words.english_number(word)) for word in said.replace(",", "").split())

    assert wrong(words.telephones(), mandarin, "zh-CN") == []
    assert wrong(words.telephones(), english, "en") == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_set_says_the_same_within_a_sentence(language: str) -> None:
    before, after = {"zh-CN": ("您好，", "，谢谢。"), "en": ("Hello, ", ", thank you.")}[language]
    for each in [*words.sums(language), *words.instants(language), *words.telephones()]:
        assert in_words(f"{before}{each.text}{after}", language) == before + in_words(each.text, language) + after


@given(st.integers(0, counting.LARGEST))
def test_every_number_is_counted_as_itself(value: int) -> None:
    assert words.mandarin_number(counting.mandarin(value)) == value
    assert words.english_number(counting.english(value)) == value
    assert in_words(f"{value:,}个", "zh-CN") == counting.mandarin(value, measured=True) + "个"
    assert in_words(f"{value:,} calls", "en") == f"{counting.english(value)} calls"


PIECES = st.sampled_from(
    [
        *"0123456789",
        "10000",
        "138",
        "2026",
        *"-/.,:~%*+年月日点分元¥$第个号 ",
        "RMB",
        "yuan",
        "am",
        "May ",
        "按",
        "电话",
        "A",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40), st.sampled_from(["zh-CN", "en"]))
def test_no_figure_is_left_and_saying_it_twice_changes_nothing(text: str, language: str) -> None:
    said = in_words(text, language)
    assert not re.search(r"\d", said)
    assert in_words(said, language) == said


@given(st.text(st.characters(exclude_categories=["Nd"]), max_size=40), st.sampled_from(["zh-CN", "en"]))
def test_a_text_without_figures_is_left_alone(text: str, language: str) -> None:
    assert in_words(text, language) == text


def test_other_languages_are_left_to_the_voice() -> None:
    assert in_words("12 €", "fr") == "12 €"


@pytest.mark.parametrize(
    "text", ["1" * 1000, "1,111" * 200, "1-" * 500, "a-" * 500 + "1", "1:1" * 333, "是 " * 499 + "1"]
)
def test_a_long_text_takes_no_time(text: str) -> None:
    for language in ("zh-CN", "en"):
        assert not re.search(r"\d", in_words(text, language))
