"""What makes prompts of what people send, for every process that takes them."""

from __future__ import annotations

from yuelai.media.ports import MediaError
from yuelai.media.tts.studio import Made, Studio
from yuelai.sounds.errors import SoundUnfit


class PromptMaker:
    """`sounds.ports.Maker` by media's studio."""

    def __init__(self) -> None:
        self._studio = Studio()

    async def make(self, source: bytes) -> Made:
        try:
            return await self._studio.make(source)
        except MediaError as error:
            raise SoundUnfit(str(error), reason=str(error)) from None
