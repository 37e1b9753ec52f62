"""Sounds to be heard: keys, signals, noise and voices. int16 in scale, 8 kHz; levels in dB below the loudest sine."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

import yuelai
from yuelai.media.embedded.files import read
from yuelai.media.embedded.hearing import Heard, Hearing
from yuelai.media.ports import Tone
from yuelai.wire.dtmf import KEYS, TONES
from yuelai.wire.g711 import Law, decode, encode

FRAME, RATE = 160, 8000
PROMPTS = Path(yuelai.__file__).parent / "prompts"

Random = np.random.Generator
Sound = np.ndarray


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE))


def tone(seconds: float, *frequencies: float, level: float = -20.0, random: Random | None = None) -> Sound:
    """Sines of this level each, of any phase."""
    time = np.arange(round(seconds * RATE)) / RATE
    phases = random.uniform(0, 2 * np.pi, len(frequencies)) if random is not None else np.zeros(len(frequencies))
    waves = [np.sin(2 * np.pi * f * time + phase) for f, phase in zip(frequencies, phases, strict=True)]
    return np.asarray(sum(waves) * 32767 * 10 ** (level / 20))


def rounds(seconds: float, on: float, off: float, *frequencies: float, level: float = -20.0) -> Sound:
    """On and off by turns."""
    count = int(seconds / (on + off)) + 1
    return np.concatenate([tone(on, *frequencies, level=level), silence(off)] * count)[: round(seconds * RATE)]


def noisy(sound: Sound, snr: float, random: Random, level: float = -20.0) -> Sound:
    """Add white noise `snr` dB below a sine of this level."""
    power = (32767 * 10 ** (level / 20)) ** 2 / 2 * 10 ** (-snr / 10)
    return sound + random.normal(0, np.sqrt(power), len(sound))


def press(key: str, seconds: float, random: Random, *, level: float, twist: float = 0.0, off: float = 0.0) -> Sound:
    """One key; the high tone is `twist` dB louder, and each is up to `off` of its frequency beside it."""
    low, high = (frequency * (1 + random.uniform(-off, off)) for frequency in TONES[key])
    return tone(seconds, low, level=level, random=random) + tone(seconds, high, level=level + twist, random=random)


def dialled(random: Random, keys: str, *, snr: float, on: tuple[float, float], gap: tuple[float, float]) -> Sound:
    """Keys as some phone or other sends them."""
    level, twist = random.uniform(-28, -10), random.uniform(-7, 3.5)
    parts = [silence(random.uniform(0.02, 0.06))]
    for key in keys:
        parts.append(press(key, random.uniform(*on), random, level=level, twist=twist, off=0.015))
        parts.append(silence(random.uniform(*gap)))
    return noisy(np.concatenate(parts), snr, random, level)


def numbers(random: Random, count: int) -> list[str]:
    return ["".join(random.choice(list(KEYS), random.integers(4, 13))) for _ in range(count)]


def beside_each_other(sounds: Sequence[Sound]) -> np.ndarray:
    """int16 (rows, samples): a sound a row, with silence until the longest has ended, and half a second more."""
    length = -(-max(map(len, sounds)) // FRAME) * FRAME + RATE // 2
    rows = np.zeros((len(sounds), length), np.int16)
    for row, sound in zip(rows, sounds, strict=True):
        row[: len(sound)] = np.clip(np.round(sound), -32768, 32767)
    return rows


def through(law: Law, rows: np.ndarray) -> np.ndarray:
    """What G.711 leaves of it."""
    return decode(encode(rows, law), law).reshape(rows.shape)


def listen(
    rows: np.ndarray, *, tones: bool = False, detect: Iterable[Tone] = (), speech: bool = False
) -> list[list[tuple[float, Heard]]]:
    """Return what is heard in each row, and when (seconds)."""
    hearing = Hearing()
    slots = np.arange(len(rows))
    for slot in slots:
        hearing.want(slot, tones=tones, detect=frozenset(detect), speech=speech)
    found: list[list[tuple[float, Heard]]] = [[] for _ in rows]
    for start in range(0, rows.shape[1] - FRAME + 1, FRAME):
        for heard in hearing.hear(slots, rows[:, start : start + FRAME]):
            found[heard.slot].append(((start + FRAME) / RATE, heard))
    return found


@functools.cache
def prompts(language: str) -> tuple[Sound, ...]:
    """What we say ourselves."""
    return tuple(read(file) for file in sorted((PROMPTS / language).iterdir()) if file.suffix in (".opus", ".wav"))


@functools.cache
def voices(seconds: float = 660.0) -> np.ndarray:
    """Chinese and English as voices high and low, quick and slow, loud and soft: rows of 20 s, `seconds` in all."""
    spoken = np.concatenate([*prompts("zh-CN"), *prompts("en")])
    length, rows, random = 20 * RATE, [], np.random.default_rng(7)
    quickness = (1.0, 0.85, 1.15, 0.95, 1.3, 1.05)
    while len(rows) * 20 < seconds:
        quick = quickness[len(rows) % len(quickness)]
        start = random.integers(0, len(spoken) - int(length * quick) - 2)
        piece = spoken[start : start + int(length * quick) + 2]
        row = np.interp(np.arange(length) * quick, np.arange(len(piece)), piece)
        rows.append(row * 10 ** (random.uniform(-20, 10) / 20))
    return beside_each_other(rows)
