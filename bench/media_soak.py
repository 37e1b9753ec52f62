"""A long run of sound: `make soak-media`. Calls come, are joined, held, recorded, tapped, muted, and go, at random.

200 calls stand at a time; each leg says a tone of its own that is not listened to here (the contract tests do that).
Looked at are what must not grow: the worker's memory, its file descriptors, its ports and the files it leaves. Two
figures count: after the last call has gone they are what they were before the first one, and during the second half of
the run memory does not rise.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import struct
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import media_load

from media import Worker
from yuelai.media.client import EmbeddedMediaEngine
from yuelai.media.ports import KeyMode, LegKind, LegOptions, MediaError, Side, TapFrame, Tone
from yuelai.platform.ids import LegId, RecordingId, new_id
from yuelai.wire.sdp import parse_sdp

PROMPTS = Path(__file__).resolve().parents[1] / "src" / "yuelai" / "prompts" / "common"


@dataclass
class Call:
    legs: list[LegId] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    recordings: list[RecordingId] = field(default_factory=list)
    taps: list[object] = field(default_factory=list)


class Soak:
    def __init__(self, worker: Worker, engine: EmbeddedMediaEngine, seed: int) -> None:
        self._worker, self._engine, self._random = worker, engine, random.Random(seed)
        self._sock = media_load.open_socket()
        self.calls: list[Call] = []
        self.made = self.acts = self.refused = self.heard = 0
        self._music = sorted(PROMPTS.glob("hold_music.*"))
        self._tick = 0

    # What the parties say and hear

    async def speak(self) -> None:
        """Send a frame of every leg each 20 ms, and count what comes back."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        self._sock.setblocking(False)
        while True:
            self._tick += 1
            header = struct.pack("!BBHI", 0x80, 8, self._tick & 0xFFFF, (self._tick * 160) & 0xFFFFFFFF)
            for number, port in enumerate([port for call in self.calls for port in call.targets]):
                if self._random.random() > 0.01:  # a link loses something
                    packet = header + struct.pack("!I", port) + bytes([0xD5 - number % 8]) * 160
                    try:
                        self._sock.sendto(packet, ("127.0.0.1", port))
                    except OSError:
                        continue
                if number % 50 == 0:
                    await asyncio.sleep(0)
            try:
                while self._sock.recv(2048):
                    self.heard += 1
            except BlockingIOError:
                pass
            await asyncio.sleep(max(0.001, begun + self._tick * 0.02 - loop.time()))

    # What happens to calls

    async def arrive(self) -> None:
        call = Call()
        parties = self._random.choice((1, 2, 2, 2, 2, 3))
        for _ in range(parties):
            await self._join(call)
        for number, one in enumerate(call.legs):
            for other in call.legs[number + 1 :]:
                await self._engine.bridge(one, other)
        self.calls.append(call)
        self.made += 1

    async def _join(self, call: Call) -> None:
        leg = LegId(new_id())
        options = LegOptions(
            keys=self._random.choice(list(KeyMode)), tones=self._random.random() < 0.2,
            detect=frozenset(Tone) if self._random.random() < 0.2 else frozenset(), speech=self._random.random() < 0.2,
        )  # fmt: skip
        answer = await self._engine.create_leg(
            leg, LegKind.PLAIN, lambda _: None, offer=media_load.description(self._sock), options=options,
            beside=call.legs[0] if call.legs else None,
        )  # fmt: skip
        call.legs.append(leg)
        call.targets.append(parse_sdp(answer).audio.port)

    async def leave(self, call: Call) -> None:
        self.calls.remove(call)
        for recording in call.recordings:
            await self._engine.stop_recording(recording)
        for leg in call.legs:
            await self._engine.close(leg)

    async def act(self, call: Call) -> None:
        """Do one thing that may happen to a call."""
        leg = self._random.choice(call.legs)
        acts: list[Callable[[Call, LegId], Awaitable[None]]] = [
            self._hold, self._mute, self._play, self._record, self._tap, self._keys, self._third, self._part,
        ]  # fmt: skip
        await self._random.choice(acts)(call, leg)
        self.acts += 1

    async def _hold(self, call: Call, leg: LegId) -> None:
        await self._engine.hold(leg, self._random.random() < 0.5)

    async def _mute(self, call: Call, leg: LegId) -> None:
        await self._engine.mute(leg, self._random.random() < 0.5)

    async def _play(self, call: Call, leg: LegId) -> None:
        await self._engine.play(leg, new_id(), self._music, loop=self._random.random() < 0.5, gain=0.5)
        if self._random.random() < 0.5:
            await asyncio.sleep(0)
            await self._engine.stop(leg)

    async def _record(self, call: Call, leg: LegId) -> None:
        if call.recordings:
            await self._engine.stop_recording(call.recordings.pop())
            return
        recording = RecordingId(new_id())
        await self._engine.record(
            recording, leg, self._worker.settings.folder / "recordings" / f"{recording}.yrec", os.urandom(32)
        )
        call.recordings.append(recording)

    async def _tap(self, call: Call, leg: LegId) -> None:
        tap = new_id()
        rate = self._random.choice((8000, 16000))
        await self._engine.tap(tap, leg, _ignore, side=self._random.choice(list(Side)), rate=rate)
        if self._random.random() < 0.7:
            await self._engine.untap(tap)

    async def _keys(self, call: Call, leg: LegId) -> None:
        await self._engine.send_keys(leg, "12#")

    async def _third(self, call: Call, leg: LegId) -> None:
        if len(call.legs) < 4:
            await self._join(call)
            await self._engine.bridge(leg, call.legs[-1])

    async def _part(self, call: Call, leg: LegId) -> None:
        if len(call.legs) > 2 and leg is not call.legs[0]:
            where = call.legs.index(leg)
            for recording in call.recordings:
                await self._engine.stop_recording(recording)
            call.recordings.clear()
            await self._engine.close(leg)
            del call.legs[where], call.targets[where]

    async def run(self, calls: int, seconds: float) -> list[tuple[float, int]]:
        """Keep about so many calls up for so long; return (time, resident bytes) once a while."""
        ends, memory, looked = time.monotonic() + seconds, list[tuple[float, int]](), 0.0
        while time.monotonic() < ends:
            try:
                if len(self.calls) < calls and self._random.random() < 0.7:
                    await self.arrive()
                elif self.calls and self._random.random() < 0.15:
                    await self.leave(self._random.choice(self.calls))
                elif self.calls:
                    await self.act(self._random.choice(self.calls))
            except MediaError as error:
                self.refused += 1
                if self.refused < 5:
                    print("refused:", error)
            if time.monotonic() - looked > 10:
                looked = time.monotonic()
                memory.append((looked, self._worker.usage.memory_info().rss))
            # Fill quickly, then some twenty things a second.
            await asyncio.sleep(0.002 if len(self.calls) < calls * 0.8 else 0.05)
        while self.calls:
            await self.leave(self.calls[0])
        return memory

    def close(self) -> None:
        self._sock.close()


def _ignore(_: TapFrame) -> None:
    return None


async def soak(calls: int, minutes: float, seed: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="yl") as folder:
        worker = Worker(Path(folder))
        try:
            engine = EmbeddedMediaEngine(worker.settings)
            await engine.start(wait=20)
            run = Soak(worker, engine, seed)
            speaking = asyncio.ensure_future(run.speak())
            # Everything is loaded and cached once before anything is counted.
            await run.run(20, 15)
            await asyncio.sleep(2)
            before = worker.usage.num_fds(), worker.usage.memory_info().rss
            memory = await run.run(calls, minutes * 60)
            await asyncio.sleep(3)
            after = worker.usage.num_fds(), worker.usage.memory_info().rss
            capacity = await engine.capacity()
            speaking.cancel()
            await engine.disconnect()
            run.close()
        finally:
            worker.end()
        left = list(Path(folder).rglob("*.tmp"))  # noqa: ASYNC240 - everything is over
    half = [used for _, used in memory[len(memory) // 3 :]]
    third = max(1, len(half) // 3)
    early, late = sum(half[:third]) / third, sum(half[-third:]) / third
    print(f"{run.made} calls, {run.acts} things done to them, {run.refused} refused, {run.heard} packets heard")
    print(f"file descriptors: {before[0]} before, {after[0]} after; temporary files left: {len(left)}")
    print(
        f"resident memory: {before[1] / 2**20:.0f} MB before, {after[1] / 2**20:.0f} MB after; "
        f"with {calls} calls up {early / 2**20:.0f} MB after a third of the time, {late / 2**20:.0f} MB at the end"
    )
    print(f"legs {capacity.legs}, recordings {capacity.recordings}")
    good = after[0] == before[0] and not left and capacity.legs == 0 and capacity.recordings == 0 and late < early * 1.1
    print("nothing is left" if good else "SOMETHING IS LEFT")
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    raise SystemExit(0 if asyncio.run(soak(chosen.calls, chosen.minutes, chosen.seed)) else 1)


if __name__ == "__main__":
    main()
