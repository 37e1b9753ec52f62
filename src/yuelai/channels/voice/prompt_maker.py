"""What makes prompts of what people send, for every process that takes them."""

from __future__ import annotations

from yuelai.media.tts.ports import StudioFull, UnfitSound
from yuelai.media.tts.studio import MOST_WAITING, Made, Studio
from yuelai.sounds.errors import SoundUnfit, StudioBusy


class PromptMaker:
    """`sounds.ports.Maker` by media's studio."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._studio = Studio(most_waiting)

    def admit(self) -> None:
        if self._studio.full:
            raise StudioBusy()

    async def make(self, source: bytes) -> Made:
        try:
            return await self._studio.make(source)
        except UnfitSound as error:
            raise SoundUnfit(str(error), reason=error.code) from None
        except StudioFull:
            raise StudioBusy() from None
