"""What a leg costs the embedded media engine: `python bench/media_tick.py [--seconds N]`.

Legs are bridged in pairs over real UDP sockets, one of each pair is recorded, as in calls of a centre. Printed are
CPU milliseconds for one leg and one second, and their ratio to a baseline of the same run: receiving, decoding,
encoding and sending the same frames, which any engine has to do. Machines differ; the ratio is what can be compared.
"""

from __future__ import annotations

import argparse
import socket
import tempfile
import time
from pathlib import Path

import numpy as np

from yuelai.media.embedded.engine import Engine
from yuelai.media.embedded.frames import FRAME
from yuelai.media.ports import LegKind
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId, RecordingId, new_id
from yuelai.wire.g711 import DECODE, ENCODE, Law
from yuelai.wire.rtp import RtpPacket
from yuelai.wire.sdp import parse_sdp

LEGS = (10, 50, 100)


class Peer:
    """A phone's socket: sends what it is given, throws away what it hears."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.setblocking(False)
        self.target = ("127.0.0.1", 0)

    @property
    def offer(self) -> str:
        port = self.sock.getsockname()[1]
        head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        return f"{head}m=audio {port} RTP/AVP 8\r\n"

    def exchange(self, tick: int, payload: bytes) -> int:
        """Send one frame; return how many were heard since the last one."""
        packet = RtpPacket(8, tick & 0xFFFF, tick * FRAME, 1, payload)
        self.sock.sendto(bytes(packet), self.target)
        heard = 0
        try:
            while self.sock.recv(2048):
                heard += 1
        except BlockingIOError:
            return heard


def engine_cost(legs: int, ticks: int, sound: np.ndarray, home: Path) -> float:
    """Return CPU seconds spent in `ticks` ticks, recordings included."""
    engine = Engine(Settings(home=home, rtp_ports="50000-59999"))
    peers, ids = [Peer() for _ in range(legs)], [LegId(new_id()) for _ in range(legs)]
    for peer, leg in zip(peers, ids, strict=True):
        answer = engine.create_leg(leg, LegKind.PLAIN, lambda _: None, peer.offer)
        peer.target = "127.0.0.1", parse_sdp(answer).audio.port
    for one, other in zip(ids[::2], ids[1::2], strict=True):
        engine.bridge(one, other)
        recording = RecordingId(new_id())
        engine.record(recording, one, home / str(recording), bytes(32))
    spent = heard = 0
    frames = [bytes(row) for row in sound]
    for tick in range(ticks):
        for number, peer in enumerate(peers):
            heard += peer.exchange(tick, frames[number])
        before = time.process_time()
        engine.tick()
        if tick % 50 == 49:
            # The thread that seals and writes counts too.
            engine._writer.submit(int).result()
        spent += time.process_time() - before
    engine.shut_down()
    for peer in peers:
        peer.sock.close()
    assert heard >= legs * (ticks - 3), "packets were lost: the figures would be too good"
    return float(spent)


def baseline_cost(ticks: int, sound: np.ndarray) -> float:
    """Return CPU seconds of receiving, decoding, encoding and sending the same frames `ticks` times, and no more."""
    peers = [Peer() for _ in sound]
    legs = [Peer() for _ in sound]
    for peer, leg in zip(peers, legs, strict=True):
        peer.target, leg.target = leg.sock.getsockname(), peer.sock.getsockname()
    spent, frames = 0.0, [bytes(row) for row in sound]
    for tick in range(ticks):
        for number, peer in enumerate(peers):
            peer.exchange(tick, frames[number])
        before = time.process_time()
        codes = b"".join([leg.sock.recv(2048)[12:] for leg in legs])
        samples = DECODE[Law.PCMA].take(np.frombuffer(codes, np.uint8))
        out = ENCODE[Law.PCMA].take(samples.view(np.uint16)).tobytes()
        for number, leg in enumerate(legs):
            leg.sock.sendto(out[number * FRAME : (number + 1) * FRAME], leg.target)
        spent += time.process_time() - before
    for each in (*peers, *legs):
        each.sock.close()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10, help="of sound for each number of legs")
    ticks = parser.parse_args().seconds * 50
    print(f"{'legs':>5} {'CPU ms/leg-second':>18} {'baseline':>9} {'ratio':>7} {'legs a core':>12}")
    for legs in LEGS:
        sound = np.random.default_rng(1).integers(0, 256, (legs, FRAME), np.uint8)
        with tempfile.TemporaryDirectory() as folder:
            spent = engine_cost(legs, ticks, sound, Path(folder))
        base = baseline_cost(ticks, sound)
        each = 1000 * spent / legs / (ticks / 50)
        base_each = 1000 * base / legs / (ticks / 50)
        print(f"{legs:>5} {each:>18.2f} {base_each:>9.3f} {each / base_each:>7.1f} {1000 / each:>12.0f}")


if __name__ == "__main__":
    main()
