"""Prompts and keys: what interrupts what, and that nothing pressed is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.channels.world import Away, Sound
from yuelai.channels.voice.dialogue import VoiceDialogue
from yuelai.media.ports import Barge
from yuelai.platform.ids import LegId, new_id


async def no_step(node: str, kind: str, data: Mapping[str, Any]) -> None: ...


@pytest.fixture
def sound() -> Sound:
    return Sound()


@pytest.fixture
def dialogue(sound: Sound) -> VoiceDialogue:
    leg = LegId(new_id())
    sound.open[leg] = lambda event: None

    async def files(said: Any, language: str) -> list[Path]:
        return [Path("x.opus")]

    return VoiceDialogue(sound, leg, files, no_step, Away, "zh-CN")


def playing(sound: Sound) -> Any:
    return [told[2] for told in sound.told if told[0] == "play"][-1]


async def test_a_key_cuts_a_prompt_short_and_is_kept_for_the_question(sound: Sound, dialogue: VoiceDialogue) -> None:
    saying = asyncio.ensure_future(dialogue.say(["greeting"]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    dialogue.key("1")
    await asyncio.wait_for(saying, 1)
    assert sound.verbs() == ["play", "stop"]
    assert (await dialogue.collect(["menu"], maximum=1, first_timeout=1)).digits == "1"


@pytest.mark.parametrize(
    ("ahead", "ends", "heard"),
    [("", True, True), ("", False, False), ("", None, False), ("1", None, False)],
)
async def test_saying_tells_whether_it_was_said_to_its_end(
    sound: Sound, dialogue: VoiceDialogue, ahead: str, ends: bool | None, heard: bool
) -> None:
    """`ends` is how the engine ends it: finished, broken into by a key, or not before we stop it."""
    if ahead:
        dialogue.key(ahead)
    saying = asyncio.ensure_future(dialogue.say(["balance"]))
    await asyncio.sleep(0.01)
    if not heard and not ahead:
        dialogue.key("1")
    if ends is not None:
        dialogue.play_ended(playing(sound), ends)
    assert await asyncio.wait_for(saying, 1) is heard


async def test_what_cannot_be_broken_into_was_said_whatever_is_pressed(sound: Sound, dialogue: VoiceDialogue) -> None:
    dialogue.key("1")
    saying = asyncio.ensure_future(dialogue.say(["notice"], interruptible=False))
    await asyncio.sleep(0.01)
    dialogue.key("2")
    dialogue.play_ended(playing(sound), True)
    assert await asyncio.wait_for(saying, 1)


async def test_a_notice_is_heard_to_its_end(sound: Sound, dialogue: VoiceDialogue) -> None:
    saying = asyncio.ensure_future(dialogue.say(["notice"], interruptible=False))
    await asyncio.sleep(0.01)
    dialogue.key("1")
    await asyncio.sleep(0.01)
    assert not saying.done()
    dialogue.play_ended(playing(sound))
    await asyncio.wait_for(saying, 1)


async def test_keys_typed_ahead_answer_without_a_word(sound: Sound, dialogue: VoiceDialogue) -> None:
    for digit in "12#":
        dialogue.key(digit)
    await dialogue.say(["greeting"])
    keys = await dialogue.collect(["account"], maximum=9, first_timeout=1, terminators="#")
    assert (keys.digits, keys.terminated) == ("12", True)
    assert "play" not in sound.verbs()


async def test_silence_after_a_prompt_is_an_empty_answer(sound: Sound, dialogue: VoiceDialogue) -> None:
    asking = asyncio.ensure_future(dialogue.collect(["menu"], maximum=1, first_timeout=0.02))
    await asyncio.sleep(0.05)
    assert not asking.done(), "the time-out counts from the end of the prompt"
    dialogue.play_ended(playing(sound))
    assert (await asyncio.wait_for(asking, 1)).digits == ""


async def test_a_pause_ends_a_number(dialogue: VoiceDialogue) -> None:
    asking = asyncio.ensure_future(dialogue.collect([], maximum=9, first_timeout=1, next_timeout=0.02))
    await asyncio.sleep(0)
    dialogue.key("4")
    dialogue.key("2")
    assert (await asyncio.wait_for(asking, 1)).digits == "42"


@pytest.mark.parametrize("verb", ["say", "collect"])
async def test_whoever_leaves_ends_every_wait(dialogue: VoiceDialogue, verb: str) -> None:
    waiting = asyncio.ensure_future(
        dialogue.say(["x"]) if verb == "say" else dialogue.collect(["x"], maximum=1, first_timeout=9)
    )
    await asyncio.sleep(0.01)
    dialogue.leave()
    with pytest.raises(Away):
        await asyncio.wait_for(waiting, 1)
    with pytest.raises(Away):
        await dialogue.say(["y"])


@pytest.mark.parametrize(
    ("how", "barge"),
    [
        ({}, [Barge.KEY]),
        ({"interruptible": False}, []),
        ({"by_speech": True}, [Barge.KEY, Barge.SPEECH]),
    ],
)
async def test_the_engine_is_told_what_may_break_in(
    sound: Sound, dialogue: VoiceDialogue, how: dict[str, bool], barge: list[Barge]
) -> None:
    saying = asyncio.ensure_future(dialogue.say(["greeting"], **how))
    await asyncio.sleep(0.01)
    assert list(sound.barges[playing(sound)]) == barge
    dialogue.play_ended(playing(sound))
    await asyncio.wait_for(saying, 1)


async def test_a_prompt_the_engine_has_ended_by_a_key_is_not_stopped_again(
    sound: Sound, dialogue: VoiceDialogue
) -> None:
    saying = asyncio.ensure_future(dialogue.say(["greeting"]))
    await asyncio.sleep(0.01)
    dialogue.key("1")
    dialogue.play_ended(playing(sound))
    await asyncio.wait_for(saying, 1)
    assert sound.verbs() == ["play"]
