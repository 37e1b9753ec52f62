"""What makes prompts of sounds, as this room sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Sound(Protocol):
    """Ogg Opus, as loud and as narrow as the shipped prompts; `warnings` are codes: clipped, quiet."""

    @property
    def opus(self) -> bytes: ...

    @property
    def seconds(self) -> float: ...

    @property
    def warnings(self) -> Sequence[str]: ...


class Maker(Protocol):
    def admit(self) -> None:
        """Raises `StudioBusy` while `make` would: to be asked before anything is read."""
        ...

    async def make(self, source: bytes) -> Sound:
        """Make a prompt of a file in any of the usual formats. Raises `SoundUnfit`, whose `reason` is nothing,
        short, long, large, format or damaged, and `StudioBusy`."""
        ...
