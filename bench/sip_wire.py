"""What it costs to read and write SIP: `python bench/sip_wire.py [--rounds N]`.

An INVITE as a carrier sends it and its 200 are read (split only), read and looked at as the stack does (the checks that
every message gets, request URI, Contact), and written. Printed are microseconds and, since machines differ, the ratio
to what the standard library's `email` parser takes for the same head in the same run, which splits fields and no more.
"""

from __future__ import annotations

import argparse
import email.parser
import email.policy
import time
import timeit
from collections.abc import Callable
from functools import partial

from yuelai.wire.sdp import parse_sdp
from yuelai.wire.sip import Request, Response, StreamParser, parse_datagram

SDP = (
    "v=0\r\no=- 20518 0 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n"
    "m=audio 54400 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
)
INVITE = (
    "INVITE sip:10000@203.0.113.5:5060;user=phone SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK-524287-1---a2c1f0;rport\r\nMax-Forwards: 70\r\n"
    "Contact: <sip:+8613800000001@198.51.100.7:5060;transport=udp>\r\nTo: <sip:10000@203.0.113.5;user=phone>\r\n"
    'From: "Zhang San" <sip:+8613800000001@carrier.example;user=phone>;tag=8c3fa1\r\n'
    "Call-ID: 5a9f1b2c3d4e5f60718293a4b5c6d7e8@198.51.100.7\r\nCSeq: 102 INVITE\r\n"
    "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REFER, NOTIFY\r\nSupported: 100rel, timer, replaces\r\n"
    "Session-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\nUser-Agent: Carrier SBC 7.2\r\n"
    "P-Asserted-Identity: <sip:+8613800000001@carrier.example>\r\nContent-Type: application/sdp\r\n"
    f"Content-Length: {len(SDP)}\r\n\r\n{SDP}"
).encode()


def ok() -> bytes:
    """The 200 to the INVITE."""
    invite = parse_datagram(INVITE)
    assert isinstance(invite, Request)
    response = invite.response(200, tag="a1b2c3")
    response.add("contact", "<sip:yuelai@203.0.113.5:5060>")
    response.add("allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE")
    response.set_body("application/sdp", SDP)
    return response.to_bytes()


def streamed(data: bytes) -> list[Request | Response]:
    return list(StreamParser().feed(data))


def looked_at(data: bytes) -> bytes:
    message = parse_datagram(data)
    message.check()
    message.addresses("contact")
    return message.to_bytes()


def best(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the microseconds of processor time of each, the best of fifteen turns: the others were disturbed."""
    found = dict.fromkeys(works, float("inf"))
    for _ in range(15):
        for name, work in works.items():
            took = timeit.timeit(work, number=rounds, timer=time.process_time) / rounds * 1e6
            found[name] = min(found[name], took)
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=1000)
    rounds = words.parse_args().rounds
    standard = email.parser.BytesHeaderParser(policy=email.policy.compat32)
    for name, data in (("INVITE", INVITE), ("200", ok())):
        message, head = parse_datagram(data), data.partition(b"\r\n")[2]
        works: dict[str, Callable[[], object]] = {
            "email's parser of headers": partial(standard.parsebytes, head),
            "split": partial(parse_datagram, data),
            "split from a stream": partial(streamed, data),
            "written": message.to_bytes,
            "read, checked, looked at and written": partial(looked_at, data),
            "description read": partial(parse_sdp, SDP),
        }
        found = best(works, rounds)
        base = next(iter(found.values()))
        print(f"{name}, {len(data)} bytes")
        for what, took in found.items():
            print(f"  {what:<38} {took:6.1f} µs   {took / base:5.2f}")


if __name__ == "__main__":
    main()
