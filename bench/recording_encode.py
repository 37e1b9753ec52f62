"""What it costs to record a second of a call and to finish it: `python bench/recording_encode.py [--seconds N]`.

Both channels are voices of the prompt set, one after the other as people talk. Printed are CPU milliseconds for each
recorded second: of the engine's tick and of its writing thread while the call goes on, and of the worker afterwards, by
the coding of the call; beside it the baseline of the same run, the bare encoder (libopus by PyAV, as we set it) on the
same samples in memory. The last lines say how far the channels stay apart in what is kept, by encoder.
"""

from __future__ import annotations

import argparse
import io
import itertools
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np

from yuelai.media.capture import Coding
from yuelai.media.embedded.codecs import Agreed, encoder
from yuelai.media.embedded.frames import FRAME, RATE
from yuelai.media.embedded.recorder import Recorder
from yuelai.platform.ids import RecordingId, new_id
from yuelai.recordings import opus
from yuelai.recordings.chunks import CaptureFile
from yuelai.recordings.finishing import Task, make
from yuelai.recordings.sound import sound
from yuelai.wire.g711 import Samples

KEY = bytes(range(32))
PROMPTS = Path(__file__).parents[1] / "src" / "yuelai" / "prompts"
NAMES = {Coding.OPUS: "opus"}


def voice(language: str, seconds: int, offset: int) -> Samples:
    """Return int16 (samples,) of prompts with pauses as long as they are, shifted so that two voices take turns."""
    pieces: list[Samples] = [np.zeros(offset, np.int16)]
    length = offset
    for file in itertools.cycle(sorted((PROMPTS / language).glob("*.opus"))[:60]):
        with av.open(str(file)) as container:
            resampler = av.AudioResampler("s16", "mono", RATE)
            found = [out.to_ndarray()[0] for frame in container.decode(audio=0) for out in resampler.resample(frame)]
        said = np.concatenate(found)
        pieces += [said, np.zeros(len(said), np.int16)]
        length += 2 * len(said)
        if length >= seconds * RATE:
            return np.concatenate(pieces)[: seconds * RATE]
    raise AssertionError("unreachable")


def captured(folder: Path, both: Samples, coding: Coding) -> tuple[Task, float, float]:
    """Record it; return the task, and CPU seconds of the tick and of the writing thread."""
    recording, path = RecordingId(new_id()), folder / f"{coding.name}.yrec"
    coder = [encoder(Agreed(NAMES.get(coding, coding.name), int(coding), coding.clock)) for _ in range(2)]
    payloads = [
        [coder[channel].encode(both[at : at + FRAME, channel]) or b"" for channel in range(2)]
        for at in range(0, len(both), FRAME)
    ]
    step = coding.clock // 50
    spent: list[float] = []
    with ThreadPoolExecutor(1) as writer:
        start = writer.submit(time.thread_time).result()
        recorder = Recorder(recording, path, KEY, writer, 0.0)
        for first in range(0, len(payloads), 50):
            before = time.thread_time()
            for tick, payload in enumerate(payloads[first : first + 50], first):
                for channel in range(2):
                    recorder.packet(channel, coding, tick * step, tick * 0.02, payload[channel])
            spent.append(time.thread_time() - before)
            writer.submit(int).result()  # the disk keeps up, as in a call
        duration_ms = recorder.finish(len(payloads) * 0.02).result().duration_ms
        written = writer.submit(time.thread_time).result() - start
    return Task(recording, path, duration_ms, KEY, "opus"), sum(spent), written


def cpu(work: object) -> float:
    """Return CPU seconds of calling it."""
    assert callable(work)
    before = time.process_time()
    work()
    return time.process_time() - before


def laid(task: Task) -> None:
    with CaptureFile(task.capture, KEY) as file:
        for _ in sound(file, task.duration_ms):
            pass


def blocks(both: Samples) -> list[Samples]:
    return [both[at : at + RATE] for at in range(0, len(both), RATE)]


def apart(both: Samples, application: str) -> tuple[float, float, float]:
    """Encode with one voice silenced; return how loud the other is and what leaked (dB of full scale), and CPU ms."""
    alone = both.copy()
    time_ = np.arange(len(both)) / RATE
    alone[:, 0], alone[:, 1] = np.sin(2 * np.pi * 700 * time_) * 8000, np.sin(2 * np.pi * 1100 * time_) * 8000
    options, opus._OPTIONS = opus._OPTIONS, {**opus._OPTIONS, "application": application}
    out = io.BytesIO()
    spent = cpu(lambda: opus.encode(blocks(both), io.BytesIO()))
    opus.encode(blocks(alone[: 5 * RATE]), out)
    opus._OPTIONS = options
    out.seek(0)
    left = np.concatenate(list(opus.decode(out)))[RATE : 3 * RATE, 0]
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(left * np.hanning(len(left)))) / (len(left) / 4) / 32768 + 1e-9)
    return spectrum[1390:1410].max(), spectrum[2190:2210].max(), spent / len(both) * RATE * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    seconds = parser.parse_args().seconds
    both = np.stack([voice("zh-CN", seconds, 0), voice("en", seconds, RATE)], axis=1)
    with tempfile.TemporaryDirectory() as name:
        print(f"{seconds} s of two voices; CPU ms a recorded second")
        bare = min(cpu(lambda: opus.encode(blocks(both), io.BytesIO())) for _ in range(2)) / seconds * 1000
        print(f"baseline: the bare encoder {bare:.2f}")
        for coding in (Coding.PCMA, Coding.G722, Coding.OPUS):
            task, ticked, written = captured(Path(name), both, coding)
            size = task.capture.stat().st_size / seconds
            reading = cpu(lambda task=task: laid(task)) / seconds * 1000
            whole = cpu(lambda task=task: make(task, threading.Event())) / seconds * 1000
            kept = task.part.stat().st_size / seconds
            per = [1000 * spent / seconds for spent in (ticked, written)]
            print(
                f"{coding.name:5} in the tick {per[0]:.3f} ({per[0] * 10:.2f} us a packet), in its thread {per[1]:.3f}"
            )
            print(
                f"      afterwards: laid out {reading:.2f}, finished and proved {whole:.2f}, ratio {whole / bare:.1f}"
            )
            print(f"      bytes: {size:.0f} while it runs, {kept:.0f} kept")
        for application in ("audio", "voip"):
            loud, leaked, spent = apart(both, application)
            print(f"Opus as {application}: {spent:.2f} ms, {leaked - loud:.0f} dB of one voice in the other channel")


if __name__ == "__main__":
    main()
