"""The few things of a message that traces need, read off its bytes without parsing it: once for each message."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD = re.compile(
    rb"^(call-id|i|from|f|to|t|cseq|via|v|user-agent|server|reason)[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_LONG = {b"i": "call-id", b"f": "from", b"t": "to", b"v": "via"}
_USER = re.compile(r"(?:sips?|tel):(?:([^@;>\s]*)@)?([^;>\s]*)", re.IGNORECASE)
_TAG = re.compile(r";\s*tag\s*=", re.IGNORECASE)
_BRANCH = re.compile(r";\s*branch\s*=\s*([^;,\s]+)", re.IGNORECASE)
_TEXT = re.compile(r'text\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
LONGEST = 255
"""Characters kept of any value."""


@dataclass(frozen=True, slots=True)
class Glance:
    """`method` is empty in a response, whose CSeq names it: `about`. Values may be empty, whatever the peer sent."""

    method: str
    status: int
    phrase: str
    call_id: str
    about: str
    sequence: int
    sender: str
    recipient: str
    to_tag: bool
    branch: str
    agent: str
    reason: str


def glance(data: bytes) -> Glance:
    """Read what is there; never raises."""
    head = data.lstrip(b"\r\n").partition(b"\r\n\r\n")[0]
    first, _, rest = head.partition(b"\n")
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(rest):
        key = _LONG.get(name.lower()) or name.lower().decode()
        if key not in found:
            found[key] = _text(value)
    line = _text(first)
    method, status, phrase = "", 0, ""
    if line[:8].upper() == "SIP/2.0 ":
        code, _, phrase = line[8:].partition(" ")
        status = int(code) if len(code) == 3 and code.isascii() and code.isdigit() else 0
    else:
        method = line.partition(" ")[0]
    number, _, about = found.get("cseq", "").partition(" ")
    branch = _BRANCH.search(found.get("via", ""))
    reason = _TEXT.search(found.get("reason", ""))
    return Glance(
        method=method[:20],
        status=status,
        phrase=phrase[:LONGEST],
        call_id=found.get("call-id", "")[:LONGEST],
        about=about.strip()[:20],
        sequence=int(number) if number.isascii() and number.isdigit() and len(number) < 11 else 0,
        sender=_user(found.get("from", "")),
        recipient=_user(found.get("to", "")),
        to_tag=_TAG.search(found.get("to", "")) is not None,
        branch=branch[1][:LONGEST] if branch else "",
        agent=(found.get("user-agent") or found.get("server", ""))[:LONGEST],
        reason=(reason[1] if reason else found.get("reason", ""))[:LONGEST],
    )


def _text(value: bytes) -> str:
    return presentable(value.decode("utf-8", "replace"))


def presentable(text: str) -> str:
    """Return it as one line that PostgreSQL and JSON can hold, whatever a peer made of it."""
    if text.isprintable() and text.isascii():
        return text.strip()
    text = " ".join(text.encode("utf-8", "replace").decode().split())
    return "".join(letter for letter in text if letter >= " " and letter != "\x7f")


def _user(value: str) -> str:
    found = _USER.search(value)
    return (found[1] or found[2] or "")[:LONGEST] if found else ""
