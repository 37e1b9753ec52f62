"""Menus that listen: a word answers as a key does, keys always count, and a bad ear harms nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from tests.channels.world import Away, Sound
from tests.media.asr.test_listening import WORD, Ear, pieces
from yuelai.channels.voice import dialogue as dialogue_module
from yuelai.channels.voice.dialogue import VoiceDialogue
from yuelai.media.asr import RecogniserFailed
from yuelai.media.ports import Barge, TapFrame
from yuelai.platform.ids import LegId, new_id

WORDS = {"1": ["余额", "话费"], "4": ["投诉"]}


class Tapped(Sound):
    """Hands on what `say` is given."""

    def __init__(self) -> None:
        super().__init__()
        self.taps: dict[UUID, Callable[[TapFrame], None]] = {}

    async def tap(self, tap: UUID, leg: LegId, sink: Callable[[TapFrame], None], **_: Any) -> None:
        self.taps[tap] = sink

    async def untap(self, tap: UUID) -> None:
        self.taps.pop(tap, None)

    def say(self, sound: np.ndarray = WORD) -> None:
        for tap, sink in list(self.taps.items()):
            for n, piece in enumerate(pieces(sound)):
                sink(TapFrame(tap, 20 * n, piece))


async def no_step(node: str, kind: str, data: Mapping[str, Any]) -> None: ...


@pytest.fixture
def sound() -> Tapped:
    return Tapped()


def dialogue(sound: Tapped, ear: Ear | None) -> VoiceDialogue:
    leg = LegId(new_id())
    sound.open[leg] = lambda event: None

    async def files(said: Any, language: str) -> list[Path]:
        return [Path("x.opus")]

    return VoiceDialogue(sound, leg, files, no_step, Away, "zh-CN", recogniser=ear)  # type: ignore[arg-type]


async def listened(sound: Tapped) -> None:
    while not (sound.taps and "play" in sound.verbs()):
        await asyncio.sleep(0)


async def test_a_word_answers_in_the_middle_of_the_prompt(sound: Tapped) -> None:
    talk = dialogue(sound, Ear("我想查一下鱼鹅"))
    asking = asyncio.ensure_future(talk.collect(["menu"], maximum=1, first_timeout=5, words=WORDS))
    await listened(sound)
    assert [*sound.barges.values()] == [(Barge.KEY, Barge.SPEECH)]
    sound.say()
    keys = await asyncio.wait_for(asking, 1)
    assert (keys.digits, keys.spoken, keys.terminated) == ("1", "我想查一下鱼鹅", False)
    assert sound.verbs() == ["play", "stop"]
    assert sound.taps == {}


async def test_a_key_goes_before_words(sound: Tapped) -> None:
    ear = Ear("投诉")
    ear.free.clear()
    talk = dialogue(sound, ear)
    asking = asyncio.ensure_future(talk.collect(["menu"], maximum=1, first_timeout=5, words=WORDS))
    await listened(sound)
    sound.say()
    talk.key("1")
    keys = await asyncio.wait_for(asking, 1)
    assert (keys.digits, keys.spoken) == ("1", "")
    assert sound.taps == {}


async def test_keys_typed_ahead_are_not_listened_over(sound: Tapped) -> None:
    talk = dialogue(sound, Ear())
    talk.key("4")
    assert (await talk.collect(["menu"], maximum=1, first_timeout=1, words=WORDS)).digits == "4"
    assert sound.taps == {}
    assert "play" not in sound.verbs()


@pytest.mark.parametrize("heard", ["今天天气怎么样", RecogniserFailed("no answer")])
async def test_what_is_not_understood_is_silence(sound: Tapped, heard: Any) -> None:
    talk = dialogue(sound, Ear(heard))
    asking = asyncio.ensure_future(talk.collect([], maximum=1, first_timeout=0.2, words=WORDS))
    while not sound.taps:
        await asyncio.sleep(0)
    sound.say()
    keys = await asyncio.wait_for(asking, 2)
    assert (keys.digits, keys.spoken) == ("", "")


async def test_who_still_speaks_when_the_time_is_over_is_heard_out(sound: Tapped) -> None:
    talk = dialogue(sound, Ear("投诉"))
    asking = asyncio.ensure_future(talk.collect([], maximum=1, first_timeout=0.1, words=WORDS))
    while not sound.taps:
        await asyncio.sleep(0)
    sound.say(WORD[:8000])
    await asyncio.sleep(0.2)
    assert not asking.done()
    sound.say(WORD[8000:])
    assert (await asyncio.wait_for(asking, 2)).digits == "4"


async def test_a_recogniser_that_hangs_is_not_waited_for_for_long(
    sound: Tapped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue_module, "PATIENCE", 0.3)
    ear = Ear("投诉")
    ear.free.clear()
    talk = dialogue(sound, ear)
    asking = asyncio.ensure_future(talk.collect([], maximum=1, first_timeout=0.1, words=WORDS))
    while not sound.taps:
        await asyncio.sleep(0)
    sound.say()
    assert (await asyncio.wait_for(asking, 2)).digits == ""
    assert sound.taps == {}


async def test_a_caller_who_leaves_is_listened_to_no_more(sound: Tapped) -> None:
    talk = dialogue(sound, Ear())
    asking = asyncio.ensure_future(talk.collect(["menu"], maximum=1, first_timeout=5, words=WORDS))
    await listened(sound)
    talk.leave()
    with pytest.raises(Away):
        await asyncio.wait_for(asking, 1)
    assert sound.taps == {}


@pytest.mark.parametrize(("ear", "words"), [(None, WORDS), (Ear(), {})])
async def test_without_an_ear_or_words_only_keys_break_in(sound: Tapped, ear: Ear | None, words: Any) -> None:
    talk = dialogue(sound, ear)
    asking = asyncio.ensure_future(talk.collect(["menu"], maximum=1, first_timeout=5, words=words))
    while "play" not in sound.verbs():
        await asyncio.sleep(0)
    assert [*sound.barges.values()] == [(Barge.KEY,)]
    assert sound.taps == {}
    talk.key("1")
    assert (await asyncio.wait_for(asking, 1)).digits == "1"
