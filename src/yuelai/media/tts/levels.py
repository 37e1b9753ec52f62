"""Sound made fit for a telephone: its band, its ends, and each as loud as the next (ADR 25)."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.files import decode
from yuelai.media.tts.ports import UnfitSound
from yuelai.wire.g711 import Samples

Sound = npt.NDArray[np.float64]
"""Samples in [-1, 1], shape (n,)."""

RATE = 8000
VOICE_LEVEL = 10 ** (-18 / 20)
"""Of the frames in which the voice speaks, so that each text is as loud as the next."""
PEAK = 10 ** (-3 / 20)
KEEP = 0.060
"""Seconds of quiet kept before and after a voice."""
SHORTEST, LONGEST = 0.2, 300.0
"""Seconds of a recorded prompt, its quiet ends cut off."""
MAX_BYTES = 48 * 1024 * 1024
"""Of its file: four minutes of stereo at 48 kHz and 16 bits are 46 MB."""
FAINT = 10 ** (-55 / 20)
"""What is never louder than this is no voice."""


def recorded_prompt(file: BinaryIO, name: str) -> Samples:
    """Make a prompt of a recording in any format that can be played: int16 (samples,) at 8 kHz, in the telephone's
    band, quiet ends cut, as loud as the prompts that come with us. Takes some 3 ms of a core for a second of it.

    Raises UnfitSound; MediaError for a file that cannot be read.
    """
    if file.seek(0, 2) > MAX_BYTES:
        raise UnfitSound(f"{name} is larger than {MAX_BYTES // 1024**2} MB", "large")
    file.seek(0)
    return fit(decode(file, name), name)


def fit(samples: Samples, name: str) -> Samples:
    """`recorded_prompt` for int16 (samples,) at 8 kHz, such as are recorded over a telephone."""
    if len(samples) > (LONGEST + 60) * RATE:
        raise UnfitSound(f"{name} is longer than {LONGEST:.0f} s", "long")
    if not len(samples):
        raise UnfitSound(f"nothing is heard in {name}", "nothing")
    sound = samples / 32768.0
    # The filter needs room at both ends, and a microphone's offset would begin there with a click.
    narrow = band_pass(np.pad(sound - sound.mean(), RATE // 10), RATE)
    if np.abs(narrow).max() < FAINT:
        raise UnfitSound(f"nothing is heard in {name}", "nothing")
    cut = trim(narrow, RATE)
    spoken = len(cut) / RATE - 2 * KEEP
    if spoken < SHORTEST:
        raise UnfitSound(f"what is heard in {name} is shorter than {SHORTEST} s", "short")
    if spoken > LONGEST:
        raise UnfitSound(f"{name} is longer than {LONGEST:.0f} s", "long")
    return np.round(even(cut) * 32767).astype(np.int16)


def band_pass(sound: Sound, rate: int, low: float = 300.0, high: float = 3400.0) -> Sound:
    """The telephone's band, by a windowed-sinc filter of linear phase (transition about 100 Hz)."""
    half = round(rate * 0.02)
    n = np.arange(-half, half + 1)
    taps = 2 * high / rate * np.sinc(2 * high / rate * n) - 2 * low / rate * np.sinc(2 * low / rate * n)
    narrow: Sound = np.convolve(sound, taps * np.blackman(len(n)), mode="same")
    return narrow


def trim(sound: Sound, rate: int) -> Sound:
    """Cut quiet ends (45 dB under the loudest 10 ms), keep 60 ms of them and fade the cut."""
    frame = rate // 100
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    level = np.sqrt((frames**2).mean(axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (-45 / 20))
    keep = round(KEEP * rate)
    padded = np.concatenate([np.zeros(keep), sound, np.zeros(keep)])
    cut = padded[loud[0] * frame : (loud[-1] + 1) * frame + 2 * keep].copy()
    fade = np.linspace(0, 1, rate // 100)
    cut[: len(fade)] *= fade
    cut[-len(fade) :] *= fade[::-1]
    return cut


def even(sound: Sound) -> Sound:
    """Bring a voice at 8 kHz to VOICE_LEVEL; what would then be over PEAK is held down for the 10 ms around it."""
    frame = RATE // 50
    power = (sound[: len(sound) // frame * frame].reshape(-1, frame) ** 2).mean(axis=1)
    spoken = power[power > power.max() * 10 ** (-30 / 10)].mean()
    loud = sound * VOICE_LEVEL / np.sqrt(spoken)
    # The least gain of a window, averaged over the same window, is never more than what the sample in it may have.
    window = RATE // 100 + 1
    gain = np.pad(np.minimum(1, PEAK / np.maximum(np.abs(loud), PEAK)), window - 1, constant_values=1.0)
    least = np.lib.stride_tricks.sliding_window_view(gain, window).min(axis=1)
    held: Sound = loud * np.convolve(least, np.full(window, 1 / window), mode="valid")
    return held
