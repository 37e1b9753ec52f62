"""Every recording is fit to be played to a telephone: format, level, band, ends, and that it is there at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from yuelai.media.embedded import files

PROMPTS = Path(__file__).resolve().parents[2] / "src" / "yuelai" / "prompts"
DOCUMENT: dict[str, Any] = yaml.safe_load((PROMPTS / "prompts.yaml").read_text(encoding="utf-8"))
FILES = sorted(PROMPTS.glob("*/*.opus"))
VOICES = [f for f in FILES if f.parent.name != "common"]
COMMON = {"hold_music", "queue_music", "ringback", "beep"}


def read(path: Path) -> np.ndarray:
    return files.read(path).astype(float) / 32768


def decibels(value: float) -> float:
    return 20 * np.log10(value + 1e-9)


def spoken_level(sound: np.ndarray) -> float:
    """Return dBFS of the 20 ms frames in which the voice speaks."""
    power = (sound[: len(sound) // 160 * 160].reshape(-1, 160) ** 2).mean(axis=1)
    return decibels(np.sqrt(power[power > power.max() / 1000].mean()))


def pieces(language: str) -> dict[str, Any]:
    out = dict(DOCUMENT["pieces"][language])
    for name, series in DOCUMENT["series"][language].items():
        out |= {f"{name}_{n}": text for n, text in enumerate(series["texts"], start=series["from"])}
    return out


def expected() -> set[str]:
    names = {f"common/{id_}" for id_ in COMMON}
    for section in ("sentences", "demo"):
        names |= {f"{language}/{id_}" for id_, texts in DOCUMENT[section].items() for language in texts}
    return names | {f"{language}/{id_}" for language in ("zh-CN", "en") for id_ in pieces(language)}


def text_of(path: Path) -> str:
    language, id_ = path.parent.name, path.stem
    for section in ("sentences", "demo"):
        if id_ in DOCUMENT[section]:
            value = DOCUMENT[section][id_][language]
            break
    else:
        value = pieces(language)[id_]
    return str(value if isinstance(value, str) else value["text"])


def test_there_is_a_recording_of_every_text_and_a_text_of_every_recording() -> None:
    assert {f"{f.parent.name}/{f.stem}" for f in FILES} == expected()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_centre_finds_what_it_has_to_say(language: str) -> None:
    assert len([path for path in VOICES if path.parent.name == language]) >= 250
    for group in ("enter", "card", "pin", "payment", "position", "wait", "callback", "message", "rate", "number"):
        assert [id_ for id_ in DOCUMENT["sentences"] if id_.startswith(f"{group}_")], group


def test_every_sentence_exists_in_both_languages() -> None:
    for id_, texts in {**DOCUMENT["sentences"], **DOCUMENT["demo"]}.items():
        assert set(texts) == {"zh-CN", "en"}, id_


def test_all_recordings_together_stay_small() -> None:
    assert sum(f.stat().st_size for f in FILES) < 8_000_000


@pytest.mark.parametrize("path", VOICES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_voice_is_loud_clean_trimmed_and_in_the_telephone_band(path: Path) -> None:
    sound = read(path)
    assert decibels(np.abs(sound).max()) < -1.5
    assert spoken_level(sound) == pytest.approx(-18, abs=2), "louder or softer than the others"
    level = np.sqrt((sound[: len(sound) // 80 * 80].reshape(-1, 80) ** 2).mean(axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (-40 / 20))
    assert 0.02 <= loud[0] * 0.01 <= 0.15, "quiet before the voice"
    assert 0.02 <= len(level) * 0.01 - (loud[-1] + 1) * 0.01 <= 0.25, "quiet after the voice"
    assert np.abs(sound[[0, -1]]).max() < 0.001, "a click at an end"
    assert (np.diff(np.flatnonzero(np.abs(sound) > 0.999 * np.abs(sound).max())) > 0).sum() < 5, "a flat, clipped top"
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    frequency = np.fft.rfftfreq(len(sound), 1 / 8000)
    assert spectrum[(frequency > 250) & (frequency < 3500)].sum() > 0.98 * spectrum.sum()


@pytest.mark.parametrize("path", VOICES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_voice_takes_as_long_as_its_text_would(path: Path) -> None:
    text, seconds = text_of(path), len(read(path)) / 8000
    # One sentence of each language is in the other: it offers it.
    units = sum(c.isalnum() for c in text) / (4 if text.isascii() else 1)
    assert 0.1 * units < seconds - 0.1 < 0.45 * units + 0.8


@pytest.mark.parametrize("name", ["hold_music", "queue_music"])
def test_music_is_soft_and_loops_without_a_seam(name: str) -> None:
    sound = read(PROMPTS / "common" / f"{name}.opus")
    assert 20 <= len(sound) / 8000 <= 30
    assert decibels(np.abs(sound).max()) == pytest.approx(-12, abs=0.5)
    seam = np.abs(np.diff(np.concatenate([sound[-40:], sound[:40]])))
    assert seam.max() <= np.abs(np.diff(sound)).max()
    level = np.sqrt((sound[: len(sound) // 4000 * 4000].reshape(-1, 4000) ** 2).mean(axis=1))
    assert decibels(level.max()) - decibels(level.min()) < 15, "music that goes away sounds like a lost call"


@pytest.mark.parametrize(("name", "frequency"), [("ringback", 450), ("beep", 1000)])
def test_tones_are_pure(name: str, frequency: int) -> None:
    sound = read(PROMPTS / "common" / f"{name}.opus")
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    bins = np.fft.rfftfreq(len(sound), 1 / 8000)
    assert spectrum[np.abs(bins - frequency) < 40].sum() > 0.98 * spectrum.sum()
