"""Texts become files once, whole, and within bounds."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest

from yuelai.media.embedded.files import read
from yuelai.media.ports import MediaError
from yuelai.media.tts import NoVoice, VoiceFailed
from yuelai.media.tts.speaker import Speaker


class Voice:
    """Says every text as a tone, 0.1 s a letter, when it is let."""

    engine = "tones-1"

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str, float]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.mute = self.broken = False

    async def synthesise(self, text: str, language: str, voice: str, speed: float) -> np.ndarray:
        self.said.append((text, language, voice, speed))
        await self.free.wait()
        if self.broken:
            raise VoiceFailed("the voice has died")
        tone = 8000 * np.sin(np.arange(800 * len(text)) * 0.4)
        return np.zeros(800, np.int16) if self.mute else tone.astype(np.int16)

    async def close(self) -> None:
        pass


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def speaker(voice: Voice, tmp_path: Path) -> Speaker:
    return Speaker(voice, tmp_path / "tts")


async def test_a_text_is_made_once_and_kept_as_opus(speaker: Speaker, voice: Voice) -> None:
    file = await speaker.file("你好", "zh-CN")
    assert file.suffix == ".opus"
    assert len(read(file)) == 1600
    assert await speaker.file(" 你好\n", "zh-CN") == file
    assert voice.said == [("你好", "zh-CN", "", 1.0)]
    assert file.stat().st_mode & 0o777 == 0o600


async def test_the_voice_is_given_words_and_what_sounds_alike_is_one_file(speaker: Speaker, voice: Voice) -> None:
    file = await speaker.file("余额1,048.60元", "zh-CN")
    assert await speaker.file("余额¥1048.6", "zh-CN") == file
    assert await speaker.file("余额一千零四十八元六角", "zh-CN") == file
    assert voice.said == [("余额一千零四十八元六角", "zh-CN", "", 1.0)]
    await speaker.file("Call 10000 at 9:05", "en")
    assert voice.said[-1][0] == "Call one zero zero zero zero at nine oh five"


async def test_every_circumstance_of_the_sound_makes_another_file(speaker: Speaker) -> None:
    files = {
        await speaker.file("hello", "en"),
        await speaker.file("hello!", "en"),
        await speaker.file("hello", "zh-CN"),
        await speaker.file("hello", "en", voice="alloy"),
        await speaker.file("hello", "en", speed=1.2),
    }
    assert len(files) == 5


async def test_speed_keeps_within_what_can_be_understood(speaker: Speaker, voice: Voice) -> None:
    await speaker.file("a", "en", speed=99)
    await speaker.file("a", "en", speed=0)
    assert [said[3] for said in voice.said] == [2.0, 0.5]


async def test_a_restart_finds_what_was_spoken_and_clears_what_was_left_half(
    speaker: Speaker, voice: Voice, tmp_path: Path
) -> None:
    file = await speaker.file("hello", "en")
    (tmp_path / "tts" / "x.half").write_bytes(b"OggS")
    assert await Speaker(voice, tmp_path / "tts").file("hello", "en") == file
    assert len(voice.said) == 1
    assert os.listdir(tmp_path / "tts") == [file.name]


async def test_two_that_want_the_same_wait_for_one_making(speaker: Speaker, voice: Voice) -> None:
    voice.free.clear()
    first, *others = [asyncio.ensure_future(speaker.file("hello", "en")) for _ in range(5)]
    while not voice.said:
        await asyncio.sleep(0.001)
    first.cancel()
    voice.free.set()
    assert len(set(await asyncio.gather(*others))) == 1
    assert len(voice.said) == 1


async def test_the_least_recently_spoken_goes_when_there_is_no_room(voice: Voice, tmp_path: Path) -> None:
    measure = Speaker(voice, tmp_path / "measure")
    size = (await measure.file("aaaaaaaaaa", "en")).stat().st_size
    speaker = Speaker(voice, tmp_path / "tts", limit=size * 5 // 2)
    first, second = await speaker.file("aaaaaaaaaa", "en"), await speaker.file("bbbbbbbbbb", "en")
    written = first.stat().st_mtime_ns
    await speaker.file("aaaaaaaaaa", "en")
    assert first.stat().st_mtime_ns == written, "a player would read it anew"
    third = await speaker.file("cccccccccc", "en")
    assert {path.name for path in (tmp_path / "tts").iterdir()} == {first.name, third.name}
    assert await Speaker(voice, tmp_path / "tts", limit=size * 5 // 2).file("aaaaaaaaaa", "en") == first
    assert not second.exists()


async def test_a_file_that_somebody_removed_is_made_again(speaker: Speaker, voice: Voice) -> None:
    file = await speaker.file("hello", "en")
    file.unlink()
    assert (await speaker.file("hello", "en")).is_file()
    assert len(voice.said) == 2


async def test_what_failed_is_not_kept_and_may_go_well_the_next_time(speaker: Speaker, voice: Voice) -> None:
    voice.broken = True
    with pytest.raises(VoiceFailed, match="died"):
        await speaker.file("hello", "en")
    voice.broken, voice.mute = False, True
    with pytest.raises(VoiceFailed, match="no sound"):
        await speaker.file("hello", "en")
    voice.mute = False
    assert (await speaker.file("hello", "en")).is_file()


async def test_a_disk_that_takes_nothing_is_told_of(voice: Voice, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaError):
        await Speaker(voice, tmp_path / "file" / "tts").file("hello", "en")


@pytest.mark.parametrize("text", ["", "  \n", "a" * 1001])
async def test_texts_have_bounds(speaker: Speaker, voice: Voice, text: str) -> None:
    with pytest.raises(VoiceFailed, match="1 to 1000"):
        await speaker.file(text, "en")
    assert voice.said == []


async def test_a_crowd_is_refused(speaker: Speaker, voice: Voice) -> None:
    voice.free.clear()
    crowd = [asyncio.ensure_future(speaker.file(f"text {n}", "en")) for n in range(32)]
    while len(voice.said) < 32:
        await asyncio.sleep(0.001)
    with pytest.raises(VoiceFailed, match="too many"):
        await speaker.file("one more", "en")
    voice.free.set()
    assert len(set(await asyncio.gather(*crowd))) == 32


async def test_without_a_voice_it_says_how_to_get_one(tmp_path: Path) -> None:
    speaker = Speaker(None, tmp_path)
    assert not speaker.available
    with pytest.raises(NoVoice, match=r"yuelai\[voice\]"):
        await speaker.file("hello", "en")
