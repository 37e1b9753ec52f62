"""What messages say: the templates that ship with the program, in every language, and their values checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("zh-CN", "en")
CODE = "code"
"""The template of one-time codes: sent by who makes them, and by nobody else."""


class BadTemplate(ValueError):
    """There is no such template."""


class BadValues(ValueError):
    """A value is missing, unknown, too long or no text."""


@dataclass(frozen=True)
class Template:
    """`values` are the longest lengths of what is filled in; those in `optional` may be left out, together with the
    sentence they stand in (`more`, by language)."""

    words: Mapping[str, str]
    values: Mapping[str, int]
    optional: frozenset[str] = frozenset()
    more: Mapping[str, Mapping[str, str]] | None = None


_TEXT = {"text": 480}

TEMPLATES: Mapping[str, Template] = {
    CODE: Template(
        {
            "zh-CN": "您的验证码是{code}，5分钟内有效。请勿告诉任何人，客服人员也不会向您索要。",
            "en": "Your code is {code}, good for 5 minutes. Tell it to nobody: our staff never ask for it.",
        },
        {"code": 6},
    ),
    "bill_details": Template({"zh-CN": "您的账单：{text}", "en": "Your bill: {text}"}, _TEXT),
    "tariff": Template({"zh-CN": "您查询的资费：{text}", "en": "The tariff you asked for: {text}"}, _TEXT),
    "outlet": Template({"zh-CN": "您查询的营业网点：{text}", "en": "The outlet you asked for: {text}"}, _TEXT),
    "order_received": Template(
        {
            "zh-CN": "您的申请已受理，受理单号{no}。您可随时来电查询办理进度。",
            "en": "We have your order, its number is {no}. Call us at any time to hear how it stands.",
        },
        {"no": 40},
    ),
    "fault_received": Template(
        {
            "zh-CN": "您的报障已受理，单号{no}。{until}",
            "en": "We have your fault report, its number is {no}.{until}",
        },
        {"no": 40, "until": 40},
        frozenset({"until"}),
        {"until": {"zh-CN": "预计{until}前修复。", "en": " It should be mended by {until}."}},
    ),
}


def words(template: str, language: str, values: Mapping[str, Any]) -> str:
    """Return the filled in text; a language there is not is spoken to in Chinese.

    Whole numbers count as texts. Raises `BadTemplate`, `BadValues`.
    """
    held = TEMPLATES.get(template)
    if held is None:
        raise BadTemplate(template)
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    given = {name: value for name, value in values.items() if value not in (None, "") or name not in held.optional}
    if set(given) - set(held.values) or set(held.values) - set(given) - held.optional:
        raise BadValues(f"{template} takes {', '.join(held.values)}")
    filled = {name: _plain(name, value, held.values[name]) for name, value in given.items()}
    for name in held.optional:
        around = (held.more or {}).get(name, {}).get(spoken, "{" + name + "}")
        filled[name] = around.format(**{name: filled[name]}) if name in filled else ""
    return held.words[spoken].format(**filled)


def _plain(name: str, value: Any, longest: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadValues(f"{name} is neither a text nor a whole number")
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)).strip()
    if not 1 <= len(text) <= longest:
        raise BadValues(f"{name} has 1 to {longest} characters")
    return text
