"""`python -m yuelai.media.tts.making`: a file that somebody sent becomes a prompt; `studio` is who asks for it.

The decoders have had their holes. They run apart from everything else, without the environment and its secrets, without
files or sockets of their own, within bounds of time and memory, and are told which format to expect: some demuxers
follow names inside a file to further files and addresses.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys

import numpy as np

from yuelai.media.embedded.files import TooLong, decode_as
from yuelai.media.ports import MediaError
from yuelai.media.tts import ogg
from yuelai.media.tts.levels import LONGEST, RATE, fit
from yuelai.media.tts.ports import UnfitSound
from yuelai.media.tts.studio import MOST_BYTES, REFUSED, Made
from yuelai.wire.g711 import Samples

PROCESSOR_SECONDS = 30
MEMORY_BYTES = 2 * 1024**3
"""Of addresses, most of them the libraries'."""

FULL = 32440
"""Three samples on end that are as loud as that (-0.1 dB of full scale) were cut off."""
CLIPPED_SHARE = 0.0005
QUIET = 10 ** (-42 / 20)
"""A voice below that is brought up by more than 24 dB, and the noise behind it as well."""

_OPTIONS = {"mov": {"enable_drefs": "0", "use_absolute_path": "0"}}


def kind_of(head: bytes) -> str:
    """Tell the format by its first twelve bytes; empty for one that is not taken."""
    if head[:4] in (b"RIFF", b"RF64"):
        return "wav"
    if head[:4] in (b"OggS", b"fLaC"):
        return {b"OggS": "ogg", b"fLaC": "flac"}[head[:4]]
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    # MPEG audio begins with a tag or with eleven bits that are set.
    return "mp3" if head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0") else ""


def made(source: bytes) -> Made:
    """What the process does. Raises UnfitSound."""
    kind = kind_of(source[:12])
    if not kind:
        raise UnfitSound("the file is neither WAV, MP3, Ogg, FLAC, M4A nor WebM", "format")
    try:
        sound = decode_as(kind, io.BytesIO(source), "the file", options=_OPTIONS.get(kind), longest=LONGEST + 60)
    except MediaError as error:
        why = str(error).removeprefix("cannot play the file: ")
        raise UnfitSound(why, "long" if isinstance(error, TooLong) else "damaged") from None
    fitted = fit(sound, "the file")
    file = io.BytesIO()
    ogg.write(file, fitted)
    return Made(file.getvalue(), len(fitted) / RATE, warnings_of(sound))


def warnings_of(sound: Samples) -> tuple[str, ...]:
    """Tell what no levelling mends, of int16 (samples,) at 8 kHz as they were recorded."""
    found = []
    full = np.abs(sound.astype(np.int32)) >= FULL
    if np.count_nonzero(full[:-2] & full[1:-1] & full[2:]) > max(8, CLIPPED_SHARE * len(sound)):
        found.append("clipped")
    frames = (sound[: len(sound) // 160 * 160].astype(np.float64) / 32768).reshape(-1, 160)
    power = (frames**2).mean(axis=1)
    if power[power >= power.max() * 10 ** (-30 / 10)].mean() < QUIET**2:
        found.append("quiet")
    return tuple(found)


def confine() -> None:
    """Leave this process what decoding takes, and nothing else, for good."""
    # What libraries load only as they are used has to be there before.
    silence = io.BytesIO()
    ogg.write(silence, np.zeros(RATE, np.int16))
    decode_as("ogg", silence, "silence", longest=LONGEST)
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # With the three that are open there is none left for a file, a socket, or the libraries of another program.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def main() -> int:
    confine()
    source = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        done = made(source)
    except UnfitSound as error:
        sys.stdout.buffer.write(json.dumps({"why": str(error), "code": error.code}).encode())
        return REFUSED
    except MemoryError:
        return 1
    head = json.dumps({"seconds": round(done.seconds, 3), "warnings": done.warnings})
    sys.stdout.buffer.write(head.encode() + b"\n" + done.opus)
    return 0


if __name__ == "__main__":
    sys.exit(main())
