"""What the customer hears while nobody speaks to them: music, and in the queue a word now and then."""

from __future__ import annotations

from yuelai.channels.voice.services import VoiceServices
from yuelai.platform.ids import LegId, new_id


class Hearing:
    """Belongs to one leg."""

    def __init__(self, services: VoiceServices, leg: LegId) -> None:
        self._services, self._leg = services, leg

    async def wait(self, language: str) -> None:
        """Music in the queue, with an announcement after each round of it."""
        await self._loop(language, "hold_music", "all_busy")

    async def music(self, language: str) -> None:
        """Music on hold."""
        await self._loop(language, "hold_music")

    async def quiet(self) -> None:
        await self._services.media.stop(self._leg)

    async def _loop(self, language: str, *prompts: str) -> None:
        files = [self._services.prompt(name, language) for name in prompts]
        await self._services.media.play(self._leg, new_id(), files, loop=True)
