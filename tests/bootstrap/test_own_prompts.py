"""Callers of a tenant hear its own prompts before the shipped ones, from the moment they change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bootstrap.test_texts import Voice
from tests.support.web import add_person, add_tenant
from yuelai.bootstrap.adapters import FlowDirectory
from yuelai.bootstrap.directory import FOLLOWED
from yuelai.bootstrap.prompts import OwnPrompts
from yuelai.channels.voice.speech import prompt_path
from yuelai.flows.ports import CannotSay, Prompt
from yuelai.identity.model import Principal
from yuelai.media.tts.speaker import Speaker
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.sounds import files, service
from yuelai.sounds.events import PromptChanged


@dataclass(frozen=True)
class Sound:
    opus: bytes = b"OggS"
    seconds: float = 1.0
    warnings: tuple[str, ...] = ()


class World:
    def __init__(self, database: Database, home: Path, writer: Principal) -> None:
        self.database, self.home, self.writer, self.prompts = database, home, writer, OwnPrompts(home)

    async def keep(self, name: str, language: str, text: str, *, sound: bool = True) -> None:
        file_id = files.write(self.home, self.writer.tenant_id, b"OggS") if sound else None
        async with self.database.transaction(self.writer.tenant_id) as conn:
            await service.keep(conn, self.writer, name, language, text, Sound() if sound else None, file_id, "file")
        await self.load()

    async def load(self) -> None:
        async with self.database.transaction(None) as conn:
            await self.prompts.load(conn)

    async def heard(self, name: str, language: str, voice: Any = None) -> Path:
        directory = FlowDirectory(self.database, Speaker(voice, self.home / "tts"), self.prompts)
        (file,) = await directory.files(SAMPLE_TENANT, [Prompt(name)], language)
        return file


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path, await add_person(database, "editor", "editor"))


async def test_the_tenants_own_goes_before_the_shipped_one(world: World) -> None:
    await world.load()
    assert await world.heard("goodbye", "zh-CN") == prompt_path("goodbye", "zh-CN")
    await world.keep("goodbye", "zh-CN", "回头见")
    own = await world.heard("goodbye", "zh-CN")
    assert own.is_relative_to(world.home / "prompts" / str(SAMPLE_TENANT))
    assert await world.heard("goodbye", "en") == prompt_path("goodbye", "en")
    other = await add_tenant(world.database, "other")
    assert world.prompts.path(other, "goodbye", "zh-CN") == prompt_path("goodbye", "zh-CN")
    async with world.database.transaction(SAMPLE_TENANT) as conn:
        await service.remove(conn, world.writer, "goodbye", "zh-CN")
    await world.load()
    assert await world.heard("goodbye", "zh-CN") == prompt_path("goodbye", "zh-CN")
    assert own.is_file()  # a call may be playing it still


async def test_words_without_a_sound_are_spoken_where_there_is_a_voice(world: World) -> None:
    await world.keep("goodbye", "zh-CN", "回头见", sound=False)
    assert (await world.heard("goodbye", "zh-CN", Voice())).parent == world.home / "tts"
    assert await world.heard("goodbye", "zh-CN") == prompt_path("goodbye", "zh-CN")


async def test_a_language_nobody_recorded_hears_the_other_one(world: World) -> None:
    await world.keep("spring_offer", "zh-CN", "春季优惠")
    assert await world.heard("spring_offer", "en") == await world.heard("spring_offer", "zh-CN")
    await world.keep("spring_offer", "en", "Spring offer", sound=False)
    assert (await world.heard("spring_offer", "en", Voice())).parent == world.home / "tts"
    with pytest.raises(CannotSay):
        await world.heard("nothing_of_that_name", "en")


def test_core_follows() -> None:
    assert PromptChanged in FOLLOWED
