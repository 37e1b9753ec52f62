"""Guesses of passwords as fast as they can be made: `python -m tests.support.flood PORT SECONDS NAME…`.

Each guess answers a challenge that was really given, from one of many ports of 127.0.0.1. At the end it prints how many
were sent, and how many of them were let in.
"""

from __future__ import annotations

import itertools
import secrets
import socket
import sys
import time

from tests.support.plain import authorize, challenge
from yuelai.wire.sip import PeerError, Response, parse_datagram

PORTS = 50
BURST = 20


def register(source: tuple[str, int], server: int, name: str, number: int, credentials: str = "") -> bytes:
    lines = [
        f"REGISTER sip:127.0.0.1:{server} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:{source[1]};branch=z9hG4bKflood{secrets.token_hex(4)}{number};rport",
        f"From: <sip:{name}@127.0.0.1>;tag=f{number}",
        f"To: <sip:{name}@127.0.0.1>",
        f"Call-ID: flood-{source[1]}-{number}",
        f"CSeq: {number + 1} REGISTER",
        f"Contact: <sip:{name}@127.0.0.1:{source[1]}>",
        "User-Agent: Yealink SIP-T46U",
        *([credentials] if credentials else []),
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def main(server: int, seconds: float, names: list[str]) -> None:
    sockets = []
    for _ in range(PORTS):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        sockets.append(sock)
    asked: dict[str, str] = {}
    sent = let_in = 0
    numbers, end = itertools.count(), time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(BURST):
            number = next(numbers)
            sock, name = sockets[number % PORTS], names[number % len(names)]
            here = sock.getsockname()
            uri = f"sip:127.0.0.1:{server}"
            guess = authorize(asked, "REGISTER", uri, name, f"guess{number}") if asked and number % 10 else ""
            sock.sendto(register(here, server, name, number, guess), ("127.0.0.1", server))
            sent += 1
        for sock in sockets:
            try:
                heard = parse_datagram(sock.recv(65_535))
            except (BlockingIOError, ConnectionRefusedError, PeerError):
                continue
            if isinstance(heard, Response) and heard.status == 401:
                asked = challenge(heard)
            let_in += isinstance(heard, Response) and heard.status == 200
        time.sleep(0.005)
    sys.stdout.write(f"{sent} {let_in}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
