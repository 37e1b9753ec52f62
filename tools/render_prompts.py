"""Render `src/yuelai/prompts/prompts.yaml` into telephone sound: {language}/{id}.opus, mono, of 8 kHz.

    pip install --require-hashes -r requirements-voice.lock     # into an environment that has Yuelai
    (cd /tmp && npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz)     # for the callers of the demo
    python tools/render_prompts.py --voices /tmp/package/voices [--missing] [--language CODE] [--only ID ...]

The voice is Kokoro-82M (src/yuelai/prompts/LICENCE.md). Music and tones are made here as well, from sines, so that no
licence but ours is on them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from yuelai.media.tts import ogg
from yuelai.media.tts.kokoro import SPEEDS, Kokoro, Sound, telephone
from yuelai.media.tts.phonemes import English, Mandarin, Phonemes

PROMPTS = Path(__file__).resolve().parents[1] / "src" / "yuelai" / "prompts"
RATE = 8000
MUSIC_PEAK = 10 ** (-12 / 20)
MUSIC_BITS = 32_000
"""Bits a second of Opus; voices need fewer."""


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


# Sound


def peaking(sound: Sound, peak: float) -> Sound:
    return sound / np.abs(sound).max() * peak


def write(path: Path, sound: Sound, bits: int = ogg.BITS) -> None:
    """The same sound makes the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        ogg.write(file, np.round(sound * 32767).astype(np.int16), bits)


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
    parser.add_argument("--voices", type=Path, help="folder voices/ of the npm package kokoro-js 1.2.1")
    parser.add_argument("--only", nargs="*", help="ids to render; all without it")
    parser.add_argument("--language", choices=["zh-CN", "en"], help="only this one; both without it")
    parser.add_argument("--missing", action="store_true", help="leave files that are there alone")
    arguments = parser.parse_args()

    def wanted(id_: str, path: Path) -> bool:
        return not (arguments.only and id_ not in arguments.only) and not (arguments.missing and path.exists())

    for id_, (make, peak) in SYNTHETIC.items():
        path = PROMPTS / "common" / f"{id_}.opus"
        if wanted(id_, path):
            write(path, peaking(make(), peak), MUSIC_BITS)
    document = yaml.safe_load((PROMPTS / "prompts.yaml").read_text(encoding="utf-8"))
    spoken_here = (e for e in entries(document) if arguments.language in (None, e.language))
    todo = [e for e in spoken_here if wanted(e.id, PROMPTS / e.language / f"{e.id}.opus")]
    if not todo:
        return
    phonemes: dict[str, Phonemes] = {"zh-CN": Mandarin(), "en": English(strict=True)}
    kokoro = Kokoro(arguments.voices)
    for entry in todo:
        sounds = entry.phonemes or phonemes[entry.language](entry.say)
        if entry.piece and entry.language == "zh-CN":
            sounds += "."
        if unknown := kokoro.unknown(sounds):
            raise SystemExit(f"{entry.id}: {sounds!r} has phonemes the model does not know: {unknown}")
        spoken = kokoro.speak(sounds, entry.voice, SPEEDS[entry.language])
        write(PROMPTS / entry.language / f"{entry.id}.opus", telephone(spoken))
        print(f"{entry.language} {entry.id} [{sounds}]", file=sys.stderr)


if __name__ == "__main__":
    main()
