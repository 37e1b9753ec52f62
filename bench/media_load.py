"""Telephones by the thousand for the benches of sound: one socket, one process, batched system calls.

`python bench/media_load.py` is started by the benches with the socket inherited and a `Spec` as JSON on its standard
input; it prints a `Result`. Linux on a 64-bit machine only: `sendmmsg` and `recvmmsg` are called by their C layout.
"""

from __future__ import annotations

import ctypes
import json
import socket
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

FRAME, GROUPS, PERIOD = 160, 20, 0.02
PACKET = 12 + FRAME
BATCH = 512
BUFFER = 64 * 2**20
"""Bytes the kernel may hold for us: what is lost is then lost by the engine."""

_MESSAGE = np.dtype(
    [
        ("name", "u8"), ("name_length", "u4"), ("pad0", "u4"), ("vector", "u8"), ("vectors", "u8"),
        ("control", "u8"), ("control_length", "u8"), ("flags", "i4"), ("pad1", "u4"), ("length", "u4"), ("pad2", "u4"),
    ]
)  # fmt: skip
"""struct mmsghdr."""
_VECTOR = np.dtype([("base", "u8"), ("length", "u8")])
"""struct iovec."""
_ADDRESS = 16
"""Bytes of struct sockaddr_in."""
_DONT_WAIT = 0x40
_RCVBUFFORCE = 33


@dataclass(frozen=True)
class Spec:
    """Who is sent to: `targets` are ports on loopback, one a leg. The first `settle` seconds do not count."""

    fd: int
    targets: list[int]
    seconds: float
    settle: float = 2.0
    payload_type: int = 8


@dataclass(frozen=True)
class Result:
    """What all legs heard together. `gap_p99_ms`: between two packets of one leg, 99 % came within so much of 20 ms."""

    sent: int
    received: int
    lost: int
    legs_heard: int
    gap_p99_ms: float
    late_ticks: int
    """Groups of packets that the load itself sent more than 5 ms late: then the load is not to be believed."""

    @property
    def loss(self) -> float:
        return self.lost / max(1, self.received + self.lost)


def open_socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    for option, size in ((_RCVBUFFORCE, BUFFER), (socket.SO_SNDBUF, 4 * 2**20)):
        try:
            sock.setsockopt(socket.SOL_SOCKET, option, size)
        except PermissionError:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    return sock


def description(sock: socket.socket, payload_type: int = 8) -> str:
    """Return the offer of one leg; all legs of a load have the same address."""
    port = sock.getsockname()[1]
    head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    return f"{head}m=audio {port} RTP/AVP {payload_type}\r\na=sendrecv\r\n"


def start(sock: socket.socket, targets: list[int], seconds: float, settle: float = 2.0) -> subprocess.Popen[str]:
    spec = Spec(sock.fileno(), targets, seconds, settle)
    command = [sys.executable, str(Path(__file__).resolve())]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[sock.fileno()]
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(spec)))
    process.stdin.close()
    return process


def result(process: subprocess.Popen[str]) -> Result:
    """Wait for the load to end."""
    assert process.stdout is not None
    answer = process.stdout.read()
    if process.wait() != 0:
        raise RuntimeError("the load failed")
    return Result(**json.loads(answer))


class Sending:
    """All packets of one group, ready in memory; each call sends the next frame of each of its legs."""

    def __init__(self, targets: list[int], first: int, payload_type: int) -> None:
        count = len(targets)
        self.packets = np.zeros((count, PACKET), np.uint8)
        self.packets[:, 0], self.packets[:, 1] = 0x80, payload_type
        self.packets[:, 8:12] = (np.arange(first + 1, first + 1 + count).astype(">u4")).view(np.uint8).reshape(-1, 4)
        # Soft noise: silence would be a special case somewhere.
        self.packets[:, 12:] = np.random.default_rng(first).integers(0xD0, 0xDA, (count, FRAME), np.uint8)
        self._addresses = np.zeros((count, _ADDRESS), np.uint8)
        for row, port in enumerate(targets):
            name = struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton("127.0.0.1")
            self._addresses[row, : len(name)] = np.frombuffer(name, np.uint8)
        self._vectors, self._messages = np.zeros(count, _VECTOR), np.zeros(count, _MESSAGE)
        rows = np.arange(count, dtype=np.uint64)
        self._vectors["base"] = self.packets.ctypes.data + rows * PACKET
        self._vectors["length"] = PACKET
        self._messages["name"] = self._addresses.ctypes.data + rows * _ADDRESS
        self._messages["name_length"] = _ADDRESS
        self._messages["vector"] = self._vectors.ctypes.data + rows * _VECTOR.itemsize
        self._messages["vectors"] = 1
        self.tick = 0

    def send(self, libc: ctypes.CDLL, fd: int) -> int:
        count = len(self.packets)
        self.packets[:, 2:4] = np.frombuffer(struct.pack("!H", self.tick & 0xFFFF), np.uint8)
        stamp = struct.pack("!I", (self.tick * FRAME) & 0xFFFFFFFF)
        self.packets[:, 4:8] = np.frombuffer(stamp, np.uint8)
        self.tick += 1
        sent = 0
        while sent < count:
            where = self._messages.ctypes.data + sent * _MESSAGE.itemsize
            step = libc.sendmmsg(fd, ctypes.c_void_p(where), min(BATCH, count - sent), 0)
            if step <= 0:
                break
            sent += step
        return sent


class Hearing:
    """Counts what comes, by the port it comes from."""

    def __init__(self, targets: list[int]) -> None:
        self.leg = np.full(65536, -1, np.int32)
        self.leg[targets] = np.arange(len(targets))
        self.packets = np.zeros((BATCH, 2048), np.uint8)
        self._addresses = np.zeros((BATCH, _ADDRESS), np.uint8)
        vectors, self._messages = np.zeros(BATCH, _VECTOR), np.zeros(BATCH, _MESSAGE)
        self._vectors = vectors
        rows = np.arange(BATCH, dtype=np.uint64)
        vectors["base"], vectors["length"] = self.packets.ctypes.data + rows * 2048, 2048
        self._messages["name"] = self._addresses.ctypes.data + rows * _ADDRESS
        self._messages["vector"] = vectors.ctypes.data + rows * _VECTOR.itemsize
        self._messages["vectors"] = 1
        self.forget(len(targets))

    def forget(self, legs: int) -> None:
        self.count = np.zeros(legs, np.int64)
        self.first, self.highest = np.full(legs, -1, np.int64), np.zeros(legs, np.int64)
        self.heard_at = np.zeros(legs)
        self.deviations: list[np.ndarray] = []

    def drain(self, libc: ctypes.CDLL, fd: int) -> None:
        while True:
            self._messages["name_length"] = _ADDRESS
            count = libc.recvmmsg(fd, ctypes.c_void_p(self._messages.ctypes.data), BATCH, _DONT_WAIT, None)
            if count <= 0:
                return
            self._take(count, time.monotonic())
            if count < BATCH:
                return

    def _take(self, count: int, now: float) -> None:
        # RTCP has a type where RTP has its payload type (RFC 5761 §4).
        kind = self.packets[:count, 1]
        sound = (kind < 192) | (kind > 223)
        ports = self._addresses[:count, 2].astype(np.int64) * 256 + self._addresses[:count, 3]
        legs = self.leg[ports]
        sound &= legs >= 0
        legs = legs[sound]
        sequence = self.packets[:count, 2].astype(np.int64) * 256 + self.packets[:count, 3]
        sequence = sequence[sound]
        new = self.first[legs] < 0
        self.first[legs[new]] = sequence[new]
        np.add.at(self.count, legs, 1)
        np.maximum.at(self.highest, legs, (sequence - self.first[legs]) & 0xFFFF)
        gaps = now - self.heard_at[legs]
        self.deviations.append(np.abs(gaps[self.heard_at[legs] > 0] - PERIOD))
        self.heard_at[legs] = now


def run(spec: Spec) -> Result:
    libc = ctypes.CDLL(None, use_errno=True)
    groups = []
    for number in range(GROUPS):
        mine = spec.targets[number::GROUPS]
        if mine:
            groups.append(Sending(mine, number * 100_000, spec.payload_type))
    hearing, sent, late = Hearing(spec.targets), 0, 0
    step = PERIOD / len(groups)
    begun, turn, counting = time.monotonic(), 0, False
    while True:
        now = time.monotonic()
        if not counting and now - begun >= spec.settle:
            hearing.forget(len(spec.targets))
            counting, sent, late = True, 0, 0
        if now - begun >= spec.settle + spec.seconds:
            break
        due = begun + turn * step
        if now < due:
            time.sleep(due - now)
        elif now - due > 0.005:
            late += 1
        sent += groups[turn % len(groups)].send(libc, spec.fd)
        hearing.drain(libc, spec.fd)
        turn += 1
    received, heard = int(hearing.count.sum()), hearing.count > 0
    expected = int((hearing.highest[heard] + 1).sum())
    deviations = np.concatenate(hearing.deviations) if hearing.deviations else np.zeros(1)
    return Result(
        sent, received, max(0, expected - received), int(heard.sum()),
        round(float(np.percentile(deviations, 99)) * 1000, 2), late,
    )  # fmt: skip


if __name__ == "__main__":
    json.dump(asdict(run(Spec(**json.load(sys.stdin)))), sys.stdout)
