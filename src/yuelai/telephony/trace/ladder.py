"""Draws a call: a line for each party, an arrow for each message, downwards in time (SVG).

Colours are CSS variables of the screens with fallbacks for a file of its own, light and dark. Everything that came
over the wire is escaped. Arrows carry their number in `data-index`, so that a screen can show the message behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from yuelai.telephony.trace.glance import Glance, glance
from yuelai.telephony.trace.segments import Traced

MOST_ARROWS = 600
_TOP, _ROW, _TIME, _COLUMN, _MARGIN, _SIDE = 76, 44, 84, 216, 12, 80
"""Pixels; three parties, the usual number, are as wide as the sheet they are shown in."""
_WORDS = {
    "zh": {
        "again": "重发",
        "more": "另有 {} 条消息，请下载 pcap 查看",
        "none": "没有消息",
        "browser": "浏览器",
        "title": "SIP 信令梯形图",
    },
    "en": {
        "again": "retransmission",
        "more": "{} more messages: download the pcap",
        "none": "no messages",
        "browser": "browser",
        "title": "SIP ladder",
    },
}
_STYLE = """
.yl-ladder{--l-text:var(--ladder-text,#18202e);--l-weak:var(--ladder-weak,#626c7e);--l-line:var(--ladder-line,#c3c9d2);
--l-request:var(--ladder-request,#1d56c9);--l-ok:var(--ladder-ok,#08704f);--l-wait:var(--ladder-wait,#626c7e);
--l-move:var(--ladder-move,#6a3da8);--l-bad:var(--ladder-bad,#b42a20);--l-paper:var(--ladder-paper,transparent);
font-family:"Segoe UI","SF Pro Text","PingFang SC","Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif;
font-size:13px;font-variant-numeric:tabular-nums}
@media (prefers-color-scheme:dark){svg.yl-ladder:root{--l-text:#e4e8ee;--l-weak:#929cac;--l-line:#3a4252;
--l-request:#86aefa;--l-ok:#52c79a;--l-wait:#929cac;--l-move:#bfa1f0;--l-bad:#f58c80;--l-paper:#171c25}}
.yl-ladder .paper{fill:var(--l-paper)}.yl-ladder text{fill:var(--l-text)}
.yl-ladder .weak{fill:var(--l-weak);font-size:12px}
.yl-ladder .life{stroke:var(--l-line);stroke-width:1}.yl-ladder .name{font-weight:600}
.yl-ladder .request{color:var(--l-request)}.yl-ladder .ok{color:var(--l-ok)}.yl-ladder .wait{color:var(--l-wait)}
.yl-ladder .move{color:var(--l-move)}.yl-ladder .bad{color:var(--l-bad)}
.yl-ladder .arrow line{stroke:currentColor;stroke-width:1.5}.yl-ladder .arrow path{fill:currentColor}
.yl-ladder .arrow .what{fill:currentColor;font-weight:600}.yl-ladder .again line{stroke-dasharray:5 4}
.yl-ladder .again{opacity:.75}
.yl-ladder .hit{fill:transparent}
"""


@dataclass(frozen=True)
class Party:
    """A column: another end by its hop, with the number or name it calls itself; `""` is us."""

    hop: str
    name: str


def parties(messages: Sequence[Traced]) -> list[Party]:
    """Return the columns from left to right: who called first, then we, then the others as they came."""
    names: dict[str, str] = {}
    for message in messages:
        seen = glance(message.data)
        name = names.setdefault(message.hop, "")
        if not name and seen.method == "INVITE" and not seen.to_tag:
            names[message.hop] = seen.recipient if message.sent else seen.sender
    columns = [Party(hop, name) for hop, name in names.items()]
    return [*columns[:1], Party("", ""), *columns[1:]]


def ladder(messages: Sequence[Traced], here: str, *, language: str = "zh") -> str:
    """Return the drawing as a whole SVG file. `here` is our address."""
    words = _WORDS.get(language, _WORDS["en"])
    columns = parties(messages)
    shown = messages[:MOST_ARROWS]
    places = {party.hop: _TIME + _MARGIN + _SIDE + index * _COLUMN for index, party in enumerate(columns)}
    width = _TIME + 2 * (_MARGIN + _SIDE) + (len(columns) - 1) * _COLUMN
    foot = _TOP + 8 + len(shown) * _ROW
    height = foot + 16 + (24 if len(messages) > len(shown) or not messages else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="yl-ladder" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="group" aria-label={quoteattr(words["title"])}>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
    ]
    for party in columns:
        parts.append(_head(party, places[party.hop], here, foot, words))
    calls: dict[str, str] = {}
    said: dict[tuple[str, bool, bytes], int] = {}
    start = messages[0].at if messages else 0.0
    for index, message in enumerate(shown):
        key = (message.hop, message.sent, message.data)
        again = said[key] = said.get(key, 0) + 1
        call = calls.setdefault(message.call_id, _letter(len(calls)))
        ends = (places[""], places[message.hop]) if message.sent else (places[message.hop], places[""])
        y = _TOP + 26 + index * _ROW
        parts.append(_arrow(index, message, ends, y, width, message.at - start, call, again, words))
    if len(messages) > len(shown):
        parts.append(_note(words["more"].format(len(messages) - len(shown)), foot + 18))
    elif not messages:
        parts.append(_note(words["none"], foot + 18))
    return "".join([*parts, "</svg>"])


def _head(party: Party, x: int, here: str, foot: int, words: dict[str, str]) -> str:
    name, address = ("悦来 Yuelai", here) if not party.hop else (party.name, _place(party.hop, words))
    middle = f'x="{x}" text-anchor="middle"'
    return (
        f'<text {middle} y="26" class="name">{_safe(name, 24)}<title>{_safe(name)}</title></text>'
        f'<text {middle} y="46" class="weak">{_safe(address, 36)}<title>{_safe(address)}</title></text>'
        f'<line class="life" x1="{x}" y1="58" x2="{x}" y2="{foot}"/>'
    )


def _place(hop: str, words: dict[str, str]) -> str:
    kind, _, address = hop.partition(":")
    return words["browser"] if kind == "flow" else f"{address} {kind.upper()}"


def _arrow(
    index: int,
    message: Traced,
    ends: tuple[int, int],
    y: int,
    width: int,
    seconds: float,
    call: str,
    again: int,
    words: dict[str, str],
) -> str:
    seen = glance(message.data)
    what = seen.method or f"{seen.status} {seen.phrase}"
    below = f"{call} · {seen.about or seen.method} {seen.sequence}"
    if _has_sdp(message.data):
        what += " (SDP)"
    if again > 1:
        below += f" · {words['again']} ×{again - 1}"
    start, end = ends
    tip = -8 if end > start else 8
    kind = _kind(seen)
    what, below = _cut(_clean(what), 32), _cut(_clean(below), 36)
    return (
        f'<g class="arrow {kind}{" again" if again > 1 else ""}" data-index="{index}" tabindex="0" role="button">'
        f'<rect class="hit" x="0" y="{y - 22}" width="{width}" height="{_ROW}"/>'
        f'<text x="{_TIME - 12}" y="{y + 4}" text-anchor="end" class="weak">+{seconds:.3f} s</text> '
        f'<line x1="{start}" y1="{y}" x2="{end + tip}" y2="{y}"/>'
        f'<path d="M{end} {y}l{tip} -4.5v9z"/>'
        f'<text x="{(start + end) // 2}" y="{y - 6}" text-anchor="middle" class="what">{escape(what)}</text> '
        f'<text x="{(start + end) // 2}" y="{y + 15}" text-anchor="middle" class="weak">{escape(below)}</text>'
        "</g>"
    )


def _kind(seen: Glance) -> str:
    if seen.method:
        return "request"
    return ("wait", "ok", "move", "bad", "bad", "bad")[min(max(seen.status // 100, 1), 6) - 1]


def _has_sdp(data: bytes) -> bool:
    return b"\r\n\r\nv=0" in data


def _note(text: str, y: int) -> str:
    return f'<text x="{_MARGIN}" y="{y}" class="weak">{escape(text)}</text>'


def _letter(number: int) -> str:
    """A, B, … Z, then numbers: which dialog of several an arrow belongs to."""
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _clean(text: str) -> str:
    """XML 1.0 has no place for most control characters (§2.2)."""
    return "".join(letter for letter in text if letter >= " " and letter not in "\x7f\ufffe\uffff")


def _safe(text: str, longest: int = 200) -> str:
    return escape(_cut(_clean(text), longest))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
