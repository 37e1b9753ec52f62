"""Reading takes time in proportion to what is read: nothing a stranger can write makes it grow faster than that."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from tests.fuzz import seeds
from tests.fuzz.oracle import examine, examine_sdp
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import StreamParser

LIMIT = 2.0
"""Processor seconds, many times what any of these takes: inputs as long as any that is read at all, for which work that
grows with the square of their length would take far longer."""


def message(name: str, value: str) -> bytes:
    whole = seeds.request("INVITE")
    return whole.replace(b"Max-Forwards: 70\r\n", b"Max-Forwards: 70\r\n" + f"{name}: {value}\r\n".encode(), 1)


def spent(work: Callable[[], object]) -> float:
    start = time.thread_time()
    with contextlib.suppress(PeerError):
        work()
    return time.thread_time() - start


@pytest.mark.parametrize(
    "name", ["Contact", "Route", "Via", "Refer-To", "Replaces", "Reason", "History-Info", "Privacy", "Retry-After",
             "WWW-Authenticate", "Authorization", "Accept", "User-to-User", "Warning", "Content-Type", "X"]
)  # fmt: skip
@pytest.mark.parametrize(
    "unit", ['"', '\\"', '"\\', "<", "<>", '"<', ",", ";", ";a=", ",<sip:a@b>", "%41", " ", "\r\n ", "(", "()", "=",
             "a", "<sip:a@b?x=%41&>,", "Digest a=,", "1.", "&a=b", '"",']
)  # fmt: skip
def test_a_field_of_sixteen_thousand_characters(name: str, unit: str) -> None:
    for start in ("", '"', "<sip:a@b?", "Digest "):
        data = message(name, start + unit * (15_000 // len(unit)))
        assert spent(lambda: examine(data)) < LIMIT  # noqa: B023


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\n" * 13_000,
        b"\r\n--x\r\n\r\n" * 6_000,
        b"--x\r\n" + b"a:b\r\n" * 12_000,
        b"\r\n" * 30_000,
        b"--x" * 20_000,
    ],
)
def test_a_multipart_body_of_sixty_thousand_bytes(body: bytes) -> None:
    data = seeds.request("INVITE", ("multipart/mixed;boundary=x", body.decode()))
    assert spent(lambda: examine(data)) < LIMIT


@pytest.mark.parametrize(
    "unit", ["a=rtpmap:8 x/8000\r\n", "m=audio 1 RTP/AVP 0\r\n", "a=x\n", "b=\r\n", "\r", "a=sendonly\r\n"]
)
def test_a_description_of_thirty_thousand_characters(unit: str) -> None:
    text = "v=0\r\n" + unit * (30_000 // len(unit))
    assert spent(lambda: examine_sdp(text)) < LIMIT
    formats = "v=0\r\nm=audio 1 RTP/AVP" + " 8" * 15_000
    assert spent(lambda: examine_sdp(formats)) < LIMIT


@pytest.mark.parametrize(
    "data",
    [
        seeds.request("INVITE", ("text/plain", "x" * 60_000)),
        b"\r\n" * 32_000,
        b"\r" * 16_000,
        b"OPTIONS sip:a@b SIP/2.0\r\n" + b"a: b\r\n" * 2_600,
        b"\r\n\r" * 20_000,
    ],
)
def test_a_stream_that_trickles_in_byte_by_byte(data: bytes) -> None:
    def trickle() -> None:
        parser = StreamParser()
        for at in range(len(data)):
            for _ in parser.feed(data[at : at + 1]):
                pass

    assert spent(trickle) < 0.5
