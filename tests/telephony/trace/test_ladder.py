from __future__ import annotations

import re
from xml.etree import ElementTree

from tests.telephony.trace.messages import CARRIER, PHONE, SDP, answered, message
from yuelai.telephony.hops import Hop
from yuelai.telephony.trace.ladder import MOST_ARROWS, ladder, parties
from yuelai.telephony.trace.segments import Traced

SVG = "{http://www.w3.org/2000/svg}"


def traced(*sent: tuple[Hop, bytes, bool]) -> list[Traced]:
    return [
        Traced(1000.0 + index / 8, out, str(hop), re.findall(rb"Call-ID: (.*)\r", data)[0].decode(), data)
        for index, (hop, data, out) in enumerate(sent)
    ]


def arrows(svg: str) -> list[tuple[str, bool, list[str]]]:
    """Each arrow's class, whether it points to the right, and its words."""
    found = []
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        (line,) = group.iter(f"{SVG}line")
        words = [text.text or "" for text in group.iter(f"{SVG}text")]
        found.append((group.get("class", ""), float(line.get("x2", 0)) > float(line.get("x1", 0)), words))
    return found


def heads(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [text.text or "" for text in root.iter(f"{SVG}text") if text.get("class") == "name"]


def test_a_call_is_drawn_with_the_caller_to_the_left_of_us() -> None:
    svg = ladder(traced(*answered()), "192.0.2.1:5060", language="en")
    assert heads(svg) == ["13800000001", "悦来 Yuelai"]
    found = arrows(svg)
    assert [right for _, right, _ in found] == [True, False, False, False, True, True, False]
    assert [words[1] for _, _, words in found] == [
        "INVITE (SDP)", "100 Trying", "180 Ringing", "200 OK (SDP)", "ACK", "BYE", "200 OK",
    ]  # fmt: skip
    assert [kind.split()[1] for kind, _, _ in found] == ["request", "wait", "wait", "ok", "request", "request", "ok"]
    assert [words[0] for _, _, words in found][:3] == ["+0.000 s", "+0.125 s", "+0.250 s"]


def test_further_parties_stand_to_the_right_and_each_dialog_has_its_letter() -> None:
    inward = answered()
    outward = [
        (PHONE, message("INVITE sip:8001@192.0.2.77 SIP/2.0", call_id="two", recipient="8001", body=SDP), True),
        (PHONE, message("SIP/2.0 486 Busy Here", call_id="two", recipient="8001", to_tag=";tag=t"), False),
    ]
    sent = traced(*inward[:2], *outward)
    assert [(party.hop, party.name) for party in parties(sent)] == [
        (str(CARRIER), "13800000001"), ("", ""), (str(PHONE), "8001"),
    ]  # fmt: skip
    found = arrows(ladder(sent, "us"))
    assert [right for _, right, _ in found] == [True, False, True, False]
    assert [words[2][0] for _, _, words in found] == ["A", "A", "B", "B"]
    assert found[3][0] == "arrow bad"


def test_what_is_sent_again_is_marked() -> None:
    call = answered()
    found = arrows(ladder(traced(call[0], call[0], call[0], call[1]), "us", language="en"))
    assert ["again" in kind for kind, _, _ in found] == [False, True, True, False]
    assert found[2][2][2].endswith("retransmission ×2")


def test_nothing_a_peer_sends_becomes_markup() -> None:
    evil = message(
        'INVITE"><script>alert(1)</script> sip:x SIP/2.0', call_id="<b>&\x01", sender='"><img/onerror=1', body=SDP
    )
    reason = message('SIP/2.0 486 </text><a href="javascript:1">\x00\x0b', call_id="<b>&\x01")
    svg = ladder(traced((CARRIER, evil, False), (CARRIER, reason, True)), "us")
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {"svg", "style", "rect", "text", "title", "line", "g", "path"}
    assert not [name for element in ElementTree.fromstring(svg).iter() for name in element.attrib if name[:2] == "on"]


def test_a_long_call_is_cut_and_an_empty_one_says_so() -> None:
    call = answered()[0]
    svg = ladder(traced(*[call] * (MOST_ARROWS + 5)), "us", language="zh")
    assert len(arrows(svg)) == MOST_ARROWS
    assert "另有 5 条消息" in svg
    assert "没有消息" in ladder([], "us", language="zh")
