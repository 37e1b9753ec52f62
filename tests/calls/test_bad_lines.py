"""Messages that come thrice, cross each other, or are no messages: one call at most, and nothing stays."""

from __future__ import annotations

import re
import socket
import time
import uuid
from collections.abc import Iterator

import pytest

from tests.support.centre import Centre, eventually

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(120)]

SDP = "\r\n".join(
    [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        "m=audio 9 RTP/AVP 8 101",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000",
        "",
    ]
)


class Line:
    """A trunk's socket, with SIP written by hand."""

    def __init__(self, centre: Centre, caller: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(5)
        self.server = ("127.0.0.1", centre.sip_port)
        self.port = self.socket.getsockname()[1]
        self.caller, self.call_id, self.tag = caller, uuid.uuid4().hex, uuid.uuid4().hex[:8]
        self.branch = f"z9hG4bK{uuid.uuid4().hex}"
        self.to = f"<sip:10000@127.0.0.1:{centre.sip_port}>"
        self.target = f"sip:10000@127.0.0.1:{centre.sip_port}"

    def send(self, method: str, *, cseq: int = 1, body: str = "", branch: str | None = None) -> None:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        text = (
            f"{method} {self.target} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch or self.branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{self.caller}@127.0.0.1:{self.port}>;tag={self.tag}\r\n"
            f"To: {self.to}\r\nCall-ID: {self.call_id}\r\nCSeq: {cseq} {method}\r\n"
            f"Contact: <sip:{self.caller}@127.0.0.1:{self.port}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        self.socket.sendto(text.encode(), self.server)

    def receive(self) -> tuple[str, str]:
        """Return the next message's first line and whole text."""
        text = self.socket.recv(65535).decode()
        return text.split("\r\n", 1)[0], text

    def until(self, pattern: str, timeout: float = 10) -> str:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            first, text = self.receive()
            if re.match(pattern, first):
                return text
        raise AssertionError(f"no {pattern}")

    def establish(self, text: str) -> None:
        """Acknowledge a 200."""
        self.to = re.search(r"^To: *(.*?)\r$", text, re.M | re.I)[1]  # type: ignore[index]
        self.target = re.search(r"^Contact: *<(.*?)>", text, re.M | re.I)[1]  # type: ignore[index]
        self.send("ACK", branch=f"z9hG4bK{uuid.uuid4().hex}")


@pytest.fixture
def line(centre: Centre) -> Iterator[Line]:
    made = Line(centre, f"135{uuid.uuid4().int % 10**8:08}")
    yield made
    made.socket.close()


def no_calls(centre: Centre) -> bool:
    return "0 calls" in centre.person("leader01").http.get("/health").text


def test_three_copies_of_an_invite_are_one_call(centre: Centre, line: Line) -> None:
    for _ in range(3):
        line.send("INVITE", body=SDP)
    line.establish(line.until(r"SIP/2.0 200"))
    time.sleep(0.5)
    line.send("INVITE", body=SDP)  # a late fourth copy
    leader = centre.person("leader01")
    assert len(eventually(lambda: leader.interactions(ani=line.caller))) == 1
    line.send("BYE", cseq=2, branch=f"z9hG4bK{uuid.uuid4().hex}")
    line.until(r"SIP/2.0 200")
    assert leader.interaction(ani=line.caller)["end_reason"] == "customer_hung_up"
    assert len(leader.interactions(ani=line.caller)) == 1
    assert eventually(lambda: no_calls(centre))


@pytest.mark.parametrize("milliseconds", [0, 3, 6, 12, 25])
def test_a_cancel_that_crosses_the_200_leaves_nothing(centre: Centre, line: Line, milliseconds: int) -> None:
    line.send("INVITE", body=SDP)
    time.sleep(milliseconds / 1000)
    line.send("CANCEL")
    text = line.until(r"SIP/2.0 (200|487)")
    while re.search(r"^CSeq: *1 CANCEL", text, re.M | re.I):
        text = line.until(r"SIP/2.0 (200|487)")
    if text.startswith("SIP/2.0 200"):
        line.establish(text)
        line.send("BYE", cseq=2, branch=f"z9hG4bK{uuid.uuid4().hex}")
        line.until(r"SIP/2.0 200")
    else:
        line.to = re.search(r"^To: *(.*?)\r$", text, re.M | re.I)[1]  # type: ignore[index]
        line.send("ACK")
    assert eventually(lambda: no_calls(centre))
    leader = centre.person("leader01")
    # A call given up before we looked at it is none; whatever there was is over.
    assert eventually(lambda: all(one["state"] == "closed" for one in leader.interactions(ani=line.caller)))


def test_noise_on_the_sip_port_hurts_nobody(centre: Centre, line: Line) -> None:
    for noise in (b"", b"\r\n\r\n", b"\x00" * 1400, b"INVITE", b"INVITE sip:10000@x SIP/2.0\r\n\r\n", b"A" * 60000):
        line.socket.sendto(noise, line.server)
    line.send("OPTIONS")
    assert line.until(r"SIP/2.0 200")
