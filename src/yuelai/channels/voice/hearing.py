"""What the customer hears while nobody speaks to them: the connecting prompt, announcements, music."""

from __future__ import annotations

from uuid import UUID

from yuelai.channels.voice.services import VoiceServices
from yuelai.platform.ids import LegId, new_id


class Hearing:
    """Belongs to one leg. Music starts when the prompt before it has ended."""

    def __init__(self, services: VoiceServices, leg: LegId) -> None:
        self._services, self._leg = services, leg
        self._language = "zh-CN"
        self._prompt: UUID | None = None

    async def wait(self, language: str) -> None:
        """Say that a colleague is being sought; then music with an announcement each round."""
        self._language = language
        self._prompt = play = new_id()
        await self._services.media.play(self._leg, play, [self._services.prompt("connecting", language)])

    async def play_ended(self, play: UUID, finished: bool) -> None:
        if play != self._prompt:
            return
        self._prompt = None
        if finished:
            files = [self._services.prompt(name, self._language) for name in ("all_busy", "hold_music")]
            await self._services.media.play(self._leg, new_id(), files, loop=True)

    async def music(self, language: str) -> None:
        self._prompt = None
        files = [self._services.prompt("hold_music", language)]
        await self._services.media.play(self._leg, new_id(), files, loop=True)

    async def quiet(self) -> None:
        self._prompt = None
        await self._services.media.stop(self._leg)
