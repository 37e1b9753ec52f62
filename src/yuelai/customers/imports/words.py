"""What the words and figures in a cell mean. Every function returns None for what it cannot read."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from yuelai.customers.names import fold

NOTHING = frozenset(
    {"-", "--", "—", "/", "\\", "无", "暂无", "不详", "空", "null", "(null)", "none", "n/a", "na", "nil"}
)
"""What people and programs write where there is nothing."""

SPREADSHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})

GENDERS = {
    **dict.fromkeys(("男", "男性", "先生", "m", "male", "man", "mr", "mr.", "1"), "male"),
    **dict.fromkeys(("女", "女性", "女士", "小姐", "f", "female", "woman", "ms", "ms.", "mrs", "mrs.", "2"), "female"),
    # GB/T 2261.1: 0 unknown, 9 not stated
    **dict.fromkeys(("未知", "保密", "其他", "unknown", "other", "0", "9"), ""),
}
KINDS = {
    **dict.fromkeys(("个人", "自然人", "个人客户", "私人", "person", "personal", "individual", "private"), "person"),
    **dict.fromkeys(
        ("企业", "公司", "单位", "法人", "企业客户", "集团", "政企", "company", "corporate", "business", "organisation",
         "organization", "enterprise"),
        "company",
    ),
}  # fmt: skip
CLASSES = {
    **dict.fromkeys(("normal", "普通", "普通客户", "一般", "标准", "ordinary", "standard"), "normal"),
    **dict.fromkeys(("silver", "银", "银卡", "白银"), "silver"),
    **dict.fromkeys(("gold", "金", "金卡", "黄金"), "gold"),
    **dict.fromkeys(("vip", "贵宾", "贵宾客户", "大客户"), "vip"),
}
TRUTHS = {
    **dict.fromkeys(("是", "有", "对", "yes", "y", "true", "t", "1", "√"), True),
    **dict.fromkeys(("否", "没有", "无", "错", "no", "n", "false", "f", "0", "×"), False),
}

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月?)(?:[T\s]+\d{1,2}:\d{2}.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+?\d{1,3}")


def day(text: str) -> date | None:
    """Read a date with its year first, or last where day and month cannot be taken for one another.

    Year and month alone are the first of the month.
    """
    found = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is not None:
        year, month, day_ = (int(part or 1) for part in found.groups())
    else:
        found = _DAY_FIRST.fullmatch(text)
        if found is None:
            return None
        first, second, year = map(int, found.groups())
        if first <= 12 and second <= 12 and first != second:
            return None
        month, day_ = (first, second) if first <= 12 else (second, first)
    try:
        return date(year, month, day_)
    except ValueError:
        return None


def birth_year(text: str) -> int | None:
    """Read a year, or the year of a date."""
    year = text.removesuffix("年").removesuffix(".0")
    if year.isascii() and year.isdigit() and len(year) == 4:
        return int(year)
    whole = day(text)
    return whole.year if whole is not None else None


def damaged(text: str) -> bool:
    """Return whether a spreadsheet has turned a long number into `1.38E+10`: its last digits are gone."""
    return _SCIENTIFIC.fullmatch(text) is not None


def custom(text: str, type_: str, choices: dict[str, str]) -> Any:
    """Read the value of a field of a tenant's own; `choices` are codes by their folded names and codes."""
    if type_ == "number":
        plain = text.replace(",", "").replace("，", "")
        if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,6})?", plain):
            return None
        return float(plain) if "." in plain else int(plain)
    if type_ == "date":
        read = day(text)
        return read.isoformat() if read is not None else None
    if type_ == "bool":
        return TRUTHS.get(fold(text))
    if type_ == "choice":
        return choices.get(fold(text))
    return text if len(text) <= 1000 else None
