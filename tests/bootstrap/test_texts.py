"""What flows say in free words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from yuelai.bootstrap.adapters import FlowDirectory
from yuelai.bootstrap.prompts import OwnPrompts
from yuelai.channels.voice.speech import prompt_path
from yuelai.flows.ports import CannotSay, Digits, Money, Number, Prompt, Text, Utterance
from yuelai.media.tts import VoiceFailed
from yuelai.media.tts.speaker import Speaker
from yuelai.platform.ids import SAMPLE_TENANT


class Voice:
    engine = "hum"
    broken = False

    async def synthesise(self, text: str, language: str, voice: str, speed: float) -> np.ndarray:
        if self.broken:
            raise VoiceFailed("the voice has died")
        return np.full(8000, 1000, np.int16)

    async def close(self) -> None:
        pass


def flows(voice: Voice | None, folder: Path) -> FlowDirectory:
    database: Any = None
    return FlowDirectory(database, Speaker(voice, folder), OwnPrompts(folder))


async def test_a_text_is_spoken_among_prompts(tmp_path: Path) -> None:
    said = [Prompt("balance_is"), Text("今天天气很好"), Digits("7")]
    first, spoken, last = await flows(Voice(), tmp_path).files(SAMPLE_TENANT, said, "zh-CN")
    assert (first, last) == (prompt_path("balance_is", "zh-CN"), prompt_path("number_7", "zh-CN"))
    assert spoken.parent == tmp_path


@pytest.mark.parametrize("said", [Number(10**12), Money(1, "USD"), Digits("7x"), Prompt("nowhere")])
async def test_what_has_no_sound_is_named(tmp_path: Path, said: Utterance) -> None:
    with pytest.raises(CannotSay) as error:
        await flows(None, tmp_path).files(SAMPLE_TENANT, [Prompt("balance_is"), said], "zh-CN")
    assert error.value.utterance is said


@pytest.mark.parametrize("broken", [False, True])
async def test_without_a_voice_another_prompt_is_said_instead(tmp_path: Path, broken: bool) -> None:
    voice = Voice() if broken else None
    if voice is not None:
        voice.broken = True
    directory = flows(voice, tmp_path)
    assert await directory.files(SAMPLE_TENANT, [Text("hello")], "en") == [prompt_path("not_available", "en")]
    said = await directory.files(SAMPLE_TENANT, [Text("hello", otherwise="please_wait")], "en")
    assert said == [prompt_path("please_wait", "en")]
