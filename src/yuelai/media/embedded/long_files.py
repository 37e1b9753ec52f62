"""`python -m yuelai.media.embedded.long_files PATH`: a long file is read by a process of its own.

A thread that decodes takes the interpreter's lock thousands of times a second. For a prompt that is over in
milliseconds; for minutes of music every packet of every call would wait its turn behind it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from yuelai.media.embedded import files
from yuelai.media.ports import MediaError
from yuelai.wire.g711 import Samples

TIMEOUT = 60.0
"""Seconds; half an hour of stereo Opus takes about 15."""

_REFUSED = 3
"""The exit status when the refusal stands on stderr."""


def read_apart(path: Path) -> Samples:
    """`files.read` for long ones; to be called in a thread, which only waits. Raises MediaError as that does."""
    command = [sys.executable, "-m", __name__, str(path)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise MediaError(f"cannot play {path.name}: reading it takes too long") from None
    except OSError as error:
        raise MediaError(f"cannot play {path.name}: {error.strerror}") from None
    if done.returncode == _REFUSED:
        raise MediaError(done.stderr.decode(errors="replace"))
    if done.returncode != 0:
        raise MediaError(f"cannot play {path.name}: its reader ended with {done.returncode}")
    return np.frombuffer(done.stdout, np.int16)


def main(path: Path) -> int:
    os.nice(10)
    try:
        sound = files.read(path)
    except MediaError as error:
        sys.stderr.write(str(error))
        return _REFUSED
    sys.stdout.buffer.write(sound.tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
