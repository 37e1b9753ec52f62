"""A menu that listens: utterances are cut from the sound, what fits is taken, what fails is as if nothing were said."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import numpy as np
import pytest

from yuelai.media.asr import Heard, RecogniserFailed
from yuelai.media.asr import listening as listening_module
from yuelai.media.asr.listening import LONGEST, Listening, Utterances
from yuelai.media.asr.menu import MAX_TEXT
from yuelai.media.ports import MediaEngine, MediaError, TapFrame
from yuelai.platform.ids import LegId, new_id

WORDS = {"1": ["余额", "话费"], "4": ["投诉"]}


def voice(seconds: float, level: float = 0.2) -> np.ndarray:
    """Vowels as a detector of voices believes them: a gliding pitch with formants."""
    t = np.arange(round(seconds * 8000)) / 8000
    pitch = 2 * np.pi * (140 * t + 3 * np.sin(2 * np.pi * 3 * t))
    sound = sum(np.sin(k * pitch) * np.exp(-(((140 * k - 700) / 500) ** 2)) for k in range(1, 24))
    return (32768 * level * sound / 4).astype(np.int16)


def silence(seconds: float) -> np.ndarray:
    return np.random.default_rng(8).normal(0, 20, round(seconds * 8000)).astype(np.int16)


def pieces(sound: np.ndarray) -> list[bytes]:
    return [sound[at : at + 160].astype("<i2").tobytes() for at in range(0, len(sound) - 159, 160)]


def cut(sound: np.ndarray) -> list[float]:
    cutting = Utterances()
    return [len(said) / 8000 for piece in pieces(sound) if (said := cutting.feed(piece)) is not None]


def test_an_utterance_is_cut_out_whole_with_a_little_before_and_the_pause_after() -> None:
    (seconds,) = cut(np.concatenate([silence(2), voice(1), silence(2)]))
    assert 1.6 <= seconds <= 2.2


def test_a_short_pause_within_is_part_of_it_and_a_long_one_parts_two() -> None:
    assert len(cut(np.concatenate([silence(1), voice(0.6), silence(0.4), voice(0.6), silence(2)]))) == 1
    assert len(cut(np.concatenate([silence(1), voice(0.6), silence(1.2), voice(0.6), silence(2)]))) == 2


@pytest.mark.parametrize("sound", [silence(3), np.zeros(24000, np.int16), voice(2, level=0.002)])
def test_a_quiet_line_says_nothing(sound: np.ndarray) -> None:
    assert cut(sound) == []


def test_a_click_is_no_word() -> None:
    sound = silence(2)
    sound[8000:8200] = 20000
    assert cut(sound) == []


def test_whoever_talks_on_is_cut_off() -> None:
    first, *_ = cut(np.concatenate([voice(12), silence(2)]))
    assert first == LONGEST * 0.02


def test_pieces_of_another_length_are_passed_over() -> None:
    assert Utterances().feed(b"\0" * 7) is None


class Tapped:
    """An engine with one tap."""

    def __init__(self) -> None:
        self.sink: Callable[[TapFrame], None] | None = None
        self.refuses = False

    async def tap(self, tap: UUID, leg: LegId, sink: Callable[[TapFrame], None], **_: Any) -> None:
        if self.refuses:
            raise MediaError("no such leg")
        self.sink = sink

    async def untap(self, tap: UUID) -> None:
        self.sink = None

    def say(self, sound: np.ndarray, at_ms: int = 0) -> None:
        assert self.sink is not None
        for n, piece in enumerate(pieces(sound)):
            self.sink(TapFrame(new_id(), at_ms + 20 * n, piece))


class Ear:
    engine = "test"

    def __init__(self, *texts: str | Exception) -> None:
        self.texts = list(texts)
        self.asked: list[tuple[int, str, Sequence[str]]] = []
        self.free = asyncio.Event()
        self.free.set()

    async def recognise(self, samples: Any, language: str, hints: Sequence[str] = ()) -> Heard:
        self.asked.append((len(samples), language, hints))
        await self.free.wait()
        text = self.texts.pop(0)
        if isinstance(text, Exception):
            raise text
        return Heard(text)

    async def close(self) -> None: ...


WORD = np.concatenate([silence(0.5), voice(0.8), silence(1)])


def listening(engine: Tapped, ear: Ear) -> Listening:
    return Listening(cast(MediaEngine, engine), LegId(new_id()), ear, WORDS, "zh-CN")


async def test_what_fits_is_understood_and_the_words_are_hinted() -> None:
    engine, ear = Tapped(), Ear("我想查一下鱼鹅")
    async with listening(engine, ear) as menu:
        assert not menu.busy
        engine.say(WORD)
        await asyncio.wait_for(menu.understood.wait(), 1)
        assert (menu.key, menu.text, menu.missed) == ("1", "我想查一下鱼鹅", 0)
    assert ear.asked[0][1:] == ("zh-CN", ["余额", "话费", "投诉"])
    assert engine.sink is None


async def test_what_fits_nothing_is_passed_over_and_the_next_may_fit() -> None:
    engine, ear = Tapped(), Ear("今天天气怎么样", RecogniserFailed("no answer"), "投诉")
    async with listening(engine, ear) as menu:
        for _ in range(3):
            engine.say(WORD)
            await asyncio.sleep(0.01)
        await asyncio.wait_for(menu.understood.wait(), 1)
        assert (menu.key, menu.missed) == ("4", 1)


async def test_words_are_compared_beside_the_calls_and_a_story_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, bool]] = []
    free = threading.Event()

    def slow(said: str, choices: Mapping[str, Sequence[str]], language: str) -> str | None:
        compared.append((said, threading.current_thread() is threading.main_thread()))
        free.wait(5)
        return "4"

    monkeypatch.setattr(listening_module, "choose", slow)
    engine, ear = Tapped(), Ear("投诉" * 5000)
    async with listening(engine, ear) as menu:
        engine.say(WORD)
        while not compared:
            await asyncio.sleep(0)
        assert menu.busy, "and the loop goes on meanwhile"
        free.set()
        await asyncio.wait_for(menu.understood.wait(), 1)
        assert (menu.key, menu.text) == ("4", "投诉" * (MAX_TEXT // 2))
    assert compared == [("投诉" * (MAX_TEXT // 2), False)]


async def test_it_is_busy_while_somebody_speaks_and_while_it_is_recognised() -> None:
    engine, ear = Tapped(), Ear("嗯")
    ear.free.clear()
    async with listening(engine, ear) as menu:
        engine.say(WORD[: 8000 * 1])
        assert menu.busy
        engine.say(WORD[8000 * 1 :])
        await asyncio.sleep(0.01)
        assert menu.busy
        ear.free.set()
        await asyncio.sleep(0.01)
        assert not menu.busy


async def test_what_is_said_while_a_slow_recogniser_works_is_bounded() -> None:
    engine, ear = Tapped(), Ear(*["嗯"] * 9)
    ear.free.clear()
    async with listening(engine, ear):
        for _ in range(9):
            engine.say(WORD)
            await asyncio.sleep(0)
        ear.free.set()
        await asyncio.sleep(0.05)
    assert len(ear.asked) <= 3


async def test_a_telephone_that_sends_no_silence_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening_module, "STALLED", 0.05)
    engine, ear = Tapped(), Ear("余额")
    async with listening(engine, ear) as menu:
        engine.say(WORD[: 8000 * 13 // 10])
        await asyncio.wait_for(menu.understood.wait(), 1)
        assert not menu.busy


async def test_a_gap_in_the_sound_is_a_pause() -> None:
    engine, ear = Tapped(), Ear("嗯", "余额")
    said = WORD[: 8000 * 13 // 10]
    async with listening(engine, ear) as menu:
        engine.say(said)
        await asyncio.sleep(0)
        engine.say(said, at_ms=5000)
        await asyncio.sleep(0.01)
        assert (len(ear.asked), menu.missed) == (1, 1)


async def test_its_end_does_not_wait_for_the_recogniser() -> None:
    engine, ear = Tapped(), Ear("余额")
    ear.free.clear()
    async with asyncio.timeout(1), listening(engine, ear):
        engine.say(WORD)
        await asyncio.sleep(0.01)
    assert engine.sink is None


async def test_without_a_tap_nothing_is_heard_and_nothing_breaks() -> None:
    engine = Tapped()
    engine.refuses = True
    async with listening(engine, Ear()) as menu:
        assert not menu.busy
