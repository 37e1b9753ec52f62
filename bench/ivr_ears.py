"""What customers in self-service hear and press: a process that listens at many ports and answers with keys.

It is given a base port, how many even ports from there on, and scripts of keys with the seconds after the first packet,
which the ports take in turn: `ivr_ears.py 40000 200 "3:6 9:4 13:1" "3:1"`. On SIGTERM it prints JSON, an entry for each
leg (by its SSRC) that came to a port: `Leg`.
"""

from __future__ import annotations

import heapq
import json
import select
import signal
import socket
import sys
import time
from dataclasses import asdict, dataclass

from yuelai.wire.dtmf import KEYS, TelephoneEvent
from yuelai.wire.g711 import DECODE, Law
from yuelai.wire.rtp import RtpPacket

EVENTS = 101
"""Payload type, as the scenario offers it."""
AUDIBLE = 300
"""Of a sample at 16-bit scale."""
QUIET = bytes(value for value in range(256) if abs(int(DECODE[Law.PCMA][value])) <= AUDIBLE)
"""PCMA of what nobody hears."""
GONE_SECONDS = 0.5
"""Who has heard nothing for so long has hung up and presses nothing more."""


@dataclass
class Leg:
    """`first` packet and first `sound` in seconds since 1970, `sound` 0 when there was none."""

    port: int
    first: float
    sound: float = 0.0
    last: float = 0.0
    packets: int = 0
    pressed: int = 0


class Ears:
    def __init__(self, base: int, count: int, scripts: list[list[tuple[float, str]]]) -> None:
        self._scripts, self._poll = scripts, select.epoll()
        self._sockets: dict[int, tuple[socket.socket, int]] = {}
        self.legs: dict[tuple[int, bytes], Leg] = {}
        self._due: list[tuple[float, int, str, tuple[int, bytes], tuple[str, int]]] = []
        self._presses = 0
        self.open = True
        for number in range(count):
            ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            ear.bind(("127.0.0.1", base + 2 * number))
            ear.setblocking(False)
            self._sockets[ear.fileno()] = (ear, number)
            self._poll.register(ear, select.EPOLLIN)

    def listen(self) -> None:
        while self.open:
            wait = max(0.0, self._due[0][0] - time.time()) if self._due else 0.2
            for number, _ in self._poll.poll(min(wait, 0.2)):
                self._hear(*self._sockets[number])
            while self._due and self._due[0][0] <= time.time():
                self._press(*heapq.heappop(self._due)[2:])

    def _hear(self, ear: socket.socket, number: int) -> None:
        while True:
            try:
                data, peer = ear.recvfrom(2048)
            except BlockingIOError:
                return
            now, key = time.time(), (number, data[8:12])
            leg = self.legs.get(key)
            if leg is None:
                leg = self.legs[key] = Leg(ear.getsockname()[1], now)
                for after, digit in self._scripts[number % len(self._scripts)]:
                    self._presses += 1
                    heapq.heappush(self._due, (now + after, self._presses, digit, key, peer))
            leg.packets += 1
            leg.last = now
            if not leg.sound and data[12:].translate(None, QUIET):
                leg.sound = now

    def _press(self, digit: str, key: tuple[int, bytes], peer: tuple[str, int]) -> None:
        """A key of 100 ms, all at once: what counts are its packets, and when the first of them arrives."""
        leg = self.legs[key]
        if time.time() - leg.last > GONE_SECONDS:
            return
        leg.pressed += 1
        ear = next(ear for ear, number in self._sockets.values() if number == key[0])
        for at in range(8):
            event = TelephoneEvent(KEYS.index(digit), at > 4, min(at + 1, 5) * 160)
            packet = RtpPacket(EVENTS, leg.pressed * 8 + at, leg.pressed * 8000, key[0] + 1, bytes(event), at == 0)
            ear.sendto(bytes(packet), peer)


def main() -> None:
    base, count, *texts = sys.argv[1:]
    scripts = [[(float(at), digit) for at, _, digit in (one.partition(":") for one in text.split())] for text in texts]
    ears = Ears(int(base), int(count), scripts)

    def close(*_: object) -> None:
        ears.open = False

    signal.signal(signal.SIGTERM, close)
    print("ready", flush=True)
    ears.listen()
    print(json.dumps([asdict(leg) for leg in ears.legs.values()]), flush=True)


if __name__ == "__main__":
    main()
