"""Prompts of tenants' own: made of what people send, and found by core before the shipped ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from yuelai.bootstrap.asking import principal_of
from yuelai.channels.voice.speech import Unspeakable, prompt_path
from yuelai.media.ports import MediaError
from yuelai.media.tts import ports as media
from yuelai.media.tts.speaker import Speaker
from yuelai.media.tts.studio import Made, Studio
from yuelai.platform.db import Connection
from yuelai.platform.ipc import Peer
from yuelai.sounds import files, shipped, tables
from yuelai.sounds.errors import NoVoice, SoundUnfit, VoiceAway

Key = tuple[str, str]
"""Name and language."""


class Speaking:
    """Core's answer to who wants a text spoken: no other process writes into the speaker's folder."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    async def answer(self, peer: Peer, params: dict[str, Any]) -> Any:
        """Raises `NoVoice`, `VoiceAway`."""
        principal_of(params)
        try:
            file = await self._speaker.file(str(params["text"]), str(params["language"]))
        except media.NoVoice:
            raise NoVoice() from None
        except MediaError as error:
            raise VoiceAway(str(error)) from None
        return {"file": str(file)}


class PromptMaker:
    """`sounds.ports.Maker` by media's studio."""

    def __init__(self) -> None:
        self._studio = Studio()

    async def make(self, source: bytes) -> Made:
        try:
            return await self._studio.make(source)
        except MediaError as error:
            raise SoundUnfit(str(error), reason=str(error)) from None


@dataclass(frozen=True)
class OwnPrompt:
    """`file` is None where there are only words."""

    text: str
    file: Path | None


class OwnPrompts:
    """What is in force now, of all tenants. A file never changes: what plays is not touched by a new version."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._of: Mapping[UUID, Mapping[Key, OwnPrompt]] = MappingProxyType({})

    async def load(self, conn: Connection) -> None:
        """Take over what PostgreSQL has now."""
        of: dict[UUID, dict[Key, OwnPrompt]] = {}
        for row in await tables.in_force(conn):
            tenant = row["tenant_id"]
            file = files.path(self._home, tenant, row["file_id"]) if row["file_id"] is not None else None
            of.setdefault(tenant, {})[row["name"], row["language"]] = OwnPrompt(row["text"], file)
        self._of = of

    def of(self, tenant_id: UUID | None, name: str, language: str) -> OwnPrompt | None:
        return self._of.get(tenant_id, {}).get((name, language)) if tenant_id is not None else None

    def path(self, tenant_id: UUID | None, name: str, language: str) -> Path:
        """Return the tenant's own sound, else the shipped one, else its own in the other language: who calls would
        rather hear that than nothing.

        Raises `Unspeakable`.
        """
        own = self.of(tenant_id, name, language)
        if own is not None and own.file is not None:
            return own.file
        try:
            return prompt_path(name, language)
        except Unspeakable:
            for other in shipped.LANGUAGES:
                found = self.of(tenant_id, name, other)
                if found is not None and found.file is not None:
                    return found.file
            raise

    def words(self, tenant_id: UUID | None, name: str, language: str) -> str:
        """Return what a voice is to speak, as there are words of the tenant's own and no sound of it; else nothing."""
        own = self.of(tenant_id, name, language)
        return own.text if own is not None and own.file is None else ""
