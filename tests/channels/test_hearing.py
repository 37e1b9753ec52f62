"""Music of one's own queue, announcements over it, and quiet when somebody speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from tests.channels.world import Sound
from yuelai.channels.voice import hearing as hearing_module
from yuelai.channels.voice.hearing import BENEATH, Hearing
from yuelai.channels.voice.music import SharedMusic
from yuelai.media.ports import MediaError
from yuelai.platform.ids import LegId, new_id


class House:
    def __init__(self) -> None:
        self.sound = Sound()
        self.services: Any = SimpleNamespace(media=self.sound, prompt=lambda name, language: f"{language}/{name}")
        self.services.music = SharedMusic(self.sound, self.services.prompt)
        self.tasks: list[asyncio.Task[None]] = []

    def caller(self) -> tuple[LegId, Hearing]:
        leg = LegId(new_id())
        self.sound.open[leg] = lambda event: None
        return leg, Hearing(self.services, leg, self.spawn)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self.tasks.append(asyncio.ensure_future(work))
        return self.tasks[-1]

    def told(self, *verbs: str) -> list[tuple[Any, ...]]:
        return [told for told in self.sound.told if told[0] in verbs]

    async def until(self, count: int, verb: str) -> None:
        async with asyncio.timeout(5):
            while len(self.told(verb)) < count:
                await asyncio.sleep(0.001)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    yield house
    for task in house.tasks:
        task.cancel()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing_module, "FIRST_WORD", 0.01)
    monkeypatch.setattr(hearing_module, "BETWEEN_WORDS", 0.01)


async def test_callers_of_one_queue_hear_one_music_and_of_another_queue_another(house: House) -> None:
    (ann, hers), (bob, his), (eve, other) = (house.caller() for _ in range(3))
    queue = uuid4()
    await asyncio.gather(hers.wait(queue, "zh-CN"), his.wait(queue, "zh-CN"), other.wait(uuid4(), "en"))
    made = {told[1]: told[2] for told in house.told("music")}
    assert sorted(map(str, made.values())) == ["['en/queue_music']", "['zh-CN/queue_music']"]
    source_of = {told[2]: told[1] for told in house.told("route")}
    assert source_of[ann] == source_of[bob] != source_of[eve]
    assert house.told("play") == []


async def test_who_is_on_hold_hears_other_music_and_then_nothing(house: House) -> None:
    ann, hers = house.caller()
    await hers.music("zh-CN")
    ((_, source, files),) = house.told("music")
    assert files == ["zh-CN/hold_music"]
    await hers.quiet()
    assert house.told("route", "stop") == [("route", source, ann, 1.0), ("route", source, ann, 0.0), ("stop", ann)]


@pytest.mark.usefixtures("impatient")
async def test_announcements_are_spoken_over_the_music_one_after_the_other(house: House) -> None:
    ann, hers = house.caller()
    await hers.wait("queue", "en")
    for count, word in ((1, "all_busy"), (2, "still_busy"), (3, "still_busy")):
        await house.until(count, "play")
        _, leg, play, files = house.told("play")[-1]
        assert (leg, files) == (ann, [f"en/{word}"])
        assert house.told("route")[-1][3] == BENEATH
        await asyncio.sleep(0.03)
        assert len(house.told("play")) == count, "the next one waits for this one's end"
        routes = len(house.told("route"))
        hers.play_ended(new_id())
        hers.play_ended(play)
        await house.until(routes + 1, "route")
        assert house.told("route")[routes][3] == 1.0


@pytest.mark.usefixtures("impatient")
async def test_nothing_is_announced_to_who_is_served(house: House) -> None:
    _, hers = house.caller()
    await hers.wait("queue", "en")
    await house.until(1, "play")
    await hers.quiet()
    before = len(house.sound.told)
    await asyncio.sleep(0.05)
    assert len(house.sound.told) == before
    assert all(task.done() for task in house.tasks)


@pytest.mark.usefixtures("impatient")
async def test_announcements_end_with_the_leg(house: House) -> None:
    ann, hers = house.caller()
    await hers.wait("queue", "en")
    await house.sound.close(ann)
    async with asyncio.timeout(5):
        await house.tasks[0]
    assert house.told("play") == []


async def test_music_that_cannot_be_made_is_tried_again_by_the_next(house: House) -> None:
    _, hers = house.caller()
    house.sound.deaf = {"music"}
    with pytest.raises(MediaError):
        await hers.music("en")
    house.sound.deaf = set()
    await hers.music("en")
    assert len(house.told("music")) == 1
