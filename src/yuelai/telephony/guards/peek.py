"""What a message is, read off its raw bytes: for decisions that must cost less than parsing it."""

from __future__ import annotations

import re

from yuelai.telephony.hops import FlowHop, Hop, UdpHop, behind_nat, response_hop
from yuelai.wire.sip import PeerError
from yuelai.wire.sip.fields import parse_via
from yuelai.wire.sip.text import split_outside

_TO = re.compile(rb"\r\n(?:to|t)[ \t]*:([^\r\n]*)", re.IGNORECASE)
_FROM = re.compile(rb"\r\n(?:from|f)[ \t]*:([^\r\n]*)", re.IGNORECASE)
_BRANCH = re.compile(rb";[ \t]*branch[ \t]*=[ \t]*([^ \t;,\r\n]+)", re.IGNORECASE)
_AGENT = re.compile(rb"\r\nuser-agent[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
_USERNAME = re.compile(
    rb'\r\n(?:proxy-)?authorization[ \t]*:[ \t]*digest [^\r\n]*?\busername[ \t]*=[ \t]*"([^"\r\n]*)"', re.IGNORECASE
)
_USER = re.compile(rb"sips?:([^@;>:\s]{1,128})[@:]", re.IGNORECASE)
_COPIED = re.compile(rb"(via|v|from|f|to|t|call-id|i|cseq)[ \t]*:[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_LONG = {b"v": b"via", b"f": b"from", b"t": b"to", b"i": b"call-id"}
_TAG = re.compile(rb";[ \t]*tag[ \t]*=", re.IGNORECASE)


def is_request(data: bytes) -> bool:
    return data[:8].upper() != b"SIP/2.0 "


def method(data: bytes) -> bytes:
    return data[:32].partition(b" ")[0]


def begins_call(data: bytes) -> bool:
    """True for an INVITE outside any dialog. One whose To cannot be seen is left to the parser: false."""
    if data[:7] != b"INVITE ":
        return False
    to = _TO.search(data)
    return to is not None and _TAG.search(to[1]) is None


def branch(data: bytes) -> bytes:
    """The first branch: the top Via's, whatever else the head holds; empty when there is none."""
    found = _BRANCH.search(data)
    return found[1] if found else b""


def agent(data: bytes) -> bytes:
    """The beginning of the User-Agent; empty without."""
    found = _AGENT.search(data)
    return found[1][:200] if found else b""


def called_user(data: bytes) -> bytes:
    """The user part of the request URI; empty when it has none."""
    found = _USER.match(data.partition(b"\r\n")[0].partition(b" ")[2])
    return found[1] if found else b""


def names(data: bytes) -> tuple[bytes, bytes]:
    """The user of From, and the name the digest is for; empty where there is none."""
    sender = _FROM.search(data)
    user = _USER.search(sender[1]) if sender else None
    name = _USERNAME.search(data)
    return (user[1] if user else b""), (name[1] if name else b"")


def short_answer(data: bytes, source: Hop, status: bytes, tag: bytes, extra: bytes = b"") -> tuple[Hop, bytes] | None:
    """Answer a request without parsing it (RFC 3261 §8.2.6): the fields every response copies, and nothing looked into
    but the top Via, which says where to. `extra` is whole lines. None for what only the parser understands."""
    head, end, _ = data.partition(b"\r\n\r\n")
    if not end or b"\r\n " in head or b"\r\n\t" in head:
        return None
    if not head.count(b"\r") == head.count(b"\n") == head.count(b"\r\n") or b"\0" in head:
        return None  # nothing that was smuggled in goes out again
    lines, back = [b"SIP/2.0 " + status], None
    seen = 0
    for line in head.split(b"\r\n")[1:]:
        field = _COPIED.match(line)
        if field is None:
            continue
        name, value = field[1].lower(), field[2]
        name = _LONG.get(name, name)
        if name == b"via" and back is None:
            try:
                back, value = _returned(value, source)
            except PeerError:
                return None
        elif name == b"to" and _TAG.search(value) is None:
            value = value.rstrip() + b";tag=" + tag
        if name != b"via":
            seen += 1
        lines.append(name + b": " + value)
    if back is None or seen != 4:
        return None
    return back, b"\r\n".join(lines) + b"\r\n" + extra + b"Content-Length: 0\r\n\r\n"


def _returned(value: bytes, source: Hop) -> tuple[Hop, bytes]:
    """Where the answer goes, and the Via with what RFC 3581 §4 adds to it."""
    text = value.decode("utf-8", "surrogateescape")
    top, *rest = split_outside(text, ",")
    via = parse_via(top)
    if not isinstance(source, FlowHop) and ("rport" in via.params or behind_nat(via, source)):
        via.params["received"] = source.host
        if "rport" in via.params:
            via.params["rport"] = str(source.port)
        text = ", ".join([str(via), *rest])
    hop = response_hop(via, source) if isinstance(source, UdpHop) else source
    return hop, text.encode("utf-8", "surrogateescape")
