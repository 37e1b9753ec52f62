"""Damaged messages thrown at a running stack by UDP, TCP and WebSocket: it goes on answering, and keeps nothing."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.fuzz import seeds
from tests.fuzz.mutation import Mutator
from tests.fuzz.target import SPEED
from yuelai.telephony.liveness import IDLE_SECONDS, RETICENCE
from yuelai.wire.errors import PeerError
from yuelai.wire.sip import Request, Response, StreamParser, parse_datagram

ROOT = Path(__file__).parents[2]
PATIENCE = 10.0
"""Seconds until an OPTIONS without an answer means that nobody lives there."""
EMPTY_SECONDS = 2 * IDLE_SECONDS * RETICENCE / SPEED
"""Seconds until nothing may be left: a call whose two sides are gone, and neither of which ever said what it allows, is
asked after ten times as long as others; then comes the time in which it may answer."""
BURST = 40
FIGURES = ("rss", "calls", "blocks", "heap")
"""What a report holds beside what is to go away."""
MOST_GROWTH = 4 * 1024 * 1024
"""Bytes in use that a target may have more at the end than when half of all inputs had come, empty both times: lists of
sources, names and nonces that are bounded still fill. The process as a whole grows more, by what lies free between."""
MOST_BLOCKS = 30_000
"""The same in small blocks of Python's own."""
MOST_RSS = 48 * 1024 * 1024

_numbers = itertools.count()


class NotAlive(AssertionError):
    """The target does not answer, or said on standard error what went wrong."""


class Messages:
    """Messages to throw: most belong to calls and dialogs that really stand, so that they come far."""

    def __init__(self, number: int, transport: str, port: int = 5099) -> None:
        """`port` is where requests of the target go, as Via and Contact say."""
        self._port = port
        self._dice = random.Random(number)
        self._mutator = Mutator(seeds.MESSAGES, number)
        self._transport = transport
        self._dialogs: deque[tuple[str, str, str]] = deque(maxlen=30)
        self._calls: deque[tuple[str, str, str]] = deque(maxlen=30)

    def heard(self, response: Response) -> bytes | None:
        """Remember the dialogs that the target made; return the ACK that most of its answers to INVITE get."""
        with contextlib.suppress(PeerError):
            tags = response.from_.tag, response.to.tag
            if response.cseq.method == "INVITE" and response.status < 300 and tags[0] and tags[1]:
                self._dialogs.append((response.call_id, tags[0], tags[1]))
                if response.status >= 200 and self._dice.random() < 0.8:
                    return seeds.request(
                        "ACK", call_id=response.call_id, from_tag=tags[0], to_tag=tags[1], cseq=response.cseq.number,
                        branch=f"ack{next(_numbers)}", transport=self._transport, port=self._port,
                    )  # fmt: skip
        return None

    def answers(self, request: Request) -> list[bytes]:
        """What we say to a request of the target's: several answers, no answer, damaged ones."""
        dice, found = self._dice, []
        for status in dice.choice(
            ((), (200,), (100, 180, 200), (183, 486), (401,), (302,), (200, 200), (503,), (491,))
        ):
            reply = request.response(status, tag=f"a{dice.randrange(3)}")
            reply.add("contact", f"<sip:peer@127.0.0.1:{self._port}>")
            for name in dice.sample(("record-route", "rseq", "require", "session-expires", "retry-after"), 2):
                reply.add(
                    name, {"record-route": f"<sip:127.0.0.1:{self._port};lr>", "require": "100rel"}.get(name, "90")
                )
            if status == 401:
                reply.add("www-authenticate", 'Digest realm="yuelai", nonce="n", qop="auth"')
            if request.method == "INVITE" and dice.random() < 0.8:
                reply.set_body("application/sdp", seeds.SDP)
            data = reply.to_bytes()
            found.append(data if dice.random() < 0.5 else self._mutator.damage(data))
        return found

    def make(self) -> bytes:
        dice, fate = self._dice, self._dice.random()
        if fate < 0.35:
            return self._mutator.make()
        number = f"{self._transport}{next(_numbers)}"
        if fate < 0.6 or not self._dialogs:
            call = (f"{number}@fuzz", f"f{number}", "")
            method = dice.choice(("INVITE", "INVITE", "INVITE", *seeds.METHODS))
            branch = number
            self._calls.append((*call[:2], branch))
        elif fate < 0.7:
            call_id, tag, branch = dice.choice(self._calls)
            call, method = (call_id, tag, ""), dice.choice(("CANCEL", "ACK", "INVITE"))
        else:
            call, branch = dice.choice(self._dialogs), number
            method = dice.choice(seeds.METHODS)
        whole = seeds.request(
            method, dice.choice(seeds.BODIES), call_id=call[0], from_tag=call[1], to_tag=call[2], branch=branch,
            cseq=dice.randrange(1, 9), transport=self._transport, port=self._port, user=dice.choice(("10000", "8001")),
        )  # fmt: skip
        return whole if dice.random() < 0.3 else self._mutator.damage(whole)


def options(transport: str) -> tuple[bytes, str]:
    """A request that must be answered, and its Call-ID."""
    call_id = f"alive{next(_numbers)}@fuzz"
    return seeds.request("OPTIONS", call_id=call_id, branch=call_id[:-5], transport=transport), call_id


class Way(Protocol):
    """One transport: throws a burst and returns when the target has answered after it."""

    def burst(self, size: int) -> None: ...

    def close(self) -> None: ...


class UdpWay:
    """Also the peer whom the target calls: what it asks is answered, as damaged as all else."""

    def __init__(self, number: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.5)
        self.port = int(self._socket.getsockname()[1])
        self._messages = Messages(number, "UDP", self.port)
        self.answered = 0

    def connect(self, port: int) -> None:
        self._socket.connect(("127.0.0.1", port))

    def burst(self, size: int) -> None:
        for _ in range(size):
            with contextlib.suppress(OSError):  # too long for a datagram, or an ICMP message of before
                self._socket.send(self._messages.make())
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            request, call_id = options("UDP")
            self._socket.send(request)
            if self._answered(call_id):
                return
        raise NotAlive("no answer by UDP")

    def _answered(self, call_id: str) -> bool:
        while True:
            try:
                data = self._socket.recv(65_535)
            except TimeoutError:
                return False
            except OSError:
                continue
            with contextlib.suppress(PeerError):
                message = parse_datagram(data)
                if isinstance(message, Response):
                    if (ack := self._messages.heard(message)) is not None:
                        self._socket.send(ack)
                    if message.get("call-id") == call_id:
                        return True
                elif message.method != "ACK":
                    for reply in self._messages.answers(message):
                        with contextlib.suppress(OSError):
                            self._socket.send(reply)
                            self.answered += 1

    def close(self) -> None:
        self._socket.close()


class TcpWay:
    """A connection a burst, in pieces that end anywhere; the target may close it, then another must be answered."""

    def __init__(self, port: int, number: int) -> None:
        self._messages, self._port = Messages(number, "TCP"), port
        self._dice = random.Random(number)

    def burst(self, size: int) -> None:
        thrown = 0
        while thrown < size:
            thrown += self._connection(size - thrown)
        request, call_id = options("TCP")
        with self._connect() as fresh:
            fresh.sendall(request)
            if not self._listen(fresh, call_id, PATIENCE):
                raise NotAlive("no answer by TCP")

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)

    def _connection(self, most: int) -> int:
        thrown = 0
        with self._connect() as connection, contextlib.suppress(OSError):
            for _ in range(min(most, self._dice.choice((1, 2, 4, 10)))):
                thrown += 1
                data, start = self._messages.make(), 0
                while start < len(data):
                    end = start + self._dice.choice((7, 100, 1500, 70_000))
                    connection.sendall(data[start:end])
                    start = end
            request, call_id = options("TCP")
            connection.sendall(request)
            self._listen(connection, call_id, 0.05)
        return thrown

    def _listen(self, connection: socket.socket, call_id: str, seconds: float) -> bool:
        connection.settimeout(seconds)
        parser = StreamParser()
        try:
            while data := connection.recv(65_535):
                for message in parser.feed(data):
                    if isinstance(message, Response):
                        if (ack := self._messages.heard(message)) is not None:
                            connection.sendall(ack)
                        if message.get("call-id") == call_id:
                            return True
        except (OSError, PeerError):
            return False
        return False

    def close(self) -> None: ...


class WsWay:
    def __init__(self, port: int, number: int) -> None:
        self._messages, self._port = Messages(number, "WS"), port
        self._dice = random.Random(number)
        self._open = contextlib.ExitStack()
        self._socket: ClientConnection | None = None

    def burst(self, size: int) -> None:
        if self._socket is None or self._dice.random() < 0.05:
            self.close()
            self._open = contextlib.ExitStack()
            self._socket = self._open.enter_context(connect(f"ws://127.0.0.1:{self._port}/", proxy=None))
        try:
            for _ in range(size):
                data = self._messages.make()
                text = self._dice.random() < 0.5
                self._socket.send(data.decode("utf-8", "replace") if text else data)
            request, call_id = options("WS")
            self._socket.send(request)
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                heard = self._socket.recv(timeout=PATIENCE)
                with contextlib.suppress(PeerError):
                    message = parse_datagram(heard.encode() if isinstance(heard, str) else heard)
                    if isinstance(message, Response):
                        if (ack := self._messages.heard(message)) is not None:
                            self._socket.send(ack)
                        if message.get("call-id") == call_id:
                            return
        except (TimeoutError, ConnectionClosed):
            pass
        raise NotAlive("no answer by WebSocket")

    def close(self) -> None:
        self._open.close()


@dataclass
class Outcome:
    thrown: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    """Answers to requests of the target's own."""
    calls: int = 0
    seconds: float = 0.0
    rss: list[int] = field(default_factory=list)
    """Bytes at the start, after half of the inputs, and at the end, nothing being under way."""
    heap: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)

    def note(self, report: dict[str, int]) -> None:
        self.rss.append(report["rss"])
        self.heap.append(report["heap"])
        self.blocks.append(report["blocks"])
        self.calls = report["calls"]
        self.left = {name: count for name, count in report.items() if count and name not in FIGURES}

    def __str__(self) -> str:
        ways = ", ".join(f"{count:,} by {way}" for way, count in self.thrown.items())
        memory, heap = (" → ".join(f"{size / 2**20:.1f}" for size in sizes) for sizes in (self.rss, self.heap))
        return (
            f"listeners: {ways}, {self.answered:,} answers to what was asked, in {self.seconds:.0f} s; "
            f"{self.calls:,} calls stood; memory {memory} MB, of it in use {heap} MB, blocks {self.blocks}; "
            f"left over {self.left}"
        )


class Process:
    """The target, and what it says."""

    def __init__(self, peer_port: int) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.target", str(peer_port)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline().split()
        if line[:1] != ["ready"]:
            raise NotAlive(self.errors())
        self.sip_port, self.ws_port = int(line[1]), int(line[2])

    def report(self) -> dict[str, int]:
        assert self._process.stdout is not None
        self._process.send_signal(signal.SIGUSR1)
        line = self._process.stdout.readline()
        if not line:
            raise NotAlive(self.errors())
        found: dict[str, int] = json.loads(line)
        return found

    def empty(self, seconds: float = EMPTY_SECONDS) -> dict[str, int]:
        """Wait until nothing is left of any call; return what is, and the memory."""
        deadline = time.monotonic() + seconds
        while True:
            held = self.report()
            if time.monotonic() > deadline or not any(count for name, count in held.items() if name not in FIGURES):
                return held
            time.sleep(0.25)

    def errors(self) -> str:
        """What it has logged, which is to be nothing."""
        self._errors.seek(0)
        return self._errors.read(10_000)

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def target(peer_port: int) -> Iterator[Process]:
    process = Process(peer_port)
    try:
        yield process
    finally:
        process.stop()


def fuzz(udp: int, tcp: int, ws: int, *, number: int = 1) -> Outcome:
    """Throw this many inputs by each transport. Raises NotAlive; AssertionError when something stays behind."""
    outcome, began = Outcome(), time.monotonic()
    wanted = {"UDP": udp, "TCP": tcp, "WebSocket": ws}
    outcome.thrown = dict.fromkeys(wanted, 0)
    peer = UdpWay(number)
    with target(peer.port) as process:
        peer.connect(process.sip_port)
        ways: dict[str, Way] = {
            "UDP": peer,
            "TCP": TcpWay(process.sip_port, number + 1),
            "WebSocket": WsWay(process.ws_port, number + 2),
        }
        outcome.note(process.report())
        while any(outcome.thrown[way] < count for way, count in wanted.items()):
            for name, way in ways.items():
                size = min(BURST, wanted[name] - outcome.thrown[name])
                if size > 0:
                    way.burst(size)
                    outcome.thrown[name] += size
            if said := process.errors():
                raise NotAlive(said)
            if len(outcome.rss) == 1 and sum(outcome.thrown.values()) >= sum(wanted.values()) / 2:
                outcome.note(process.empty())
        outcome.answered = peer.answered
        for way in ways.values():
            way.close()
        held = process.empty()
        outcome.note(held)
        outcome.seconds = time.monotonic() - began
        process.end()
        if said := process.errors():
            raise NotAlive(said)
    assert not outcome.left, f"left over: {outcome.left}"
    for sizes, most in ((outcome.heap, MOST_GROWTH), (outcome.blocks, MOST_BLOCKS), (outcome.rss, MOST_RSS)):
        assert sizes[-1] - sizes[1] < most, f"something is kept: {outcome}"
    return outcome
