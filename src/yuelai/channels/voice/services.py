"""What every call of the voice channel is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from yuelai.channels.ports import Callbacks, Capture, Customers, Flows, Hours, Outside, Relations
from yuelai.channels.voice.music import SharedMusic
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.media.asr import Recogniser
from yuelai.media.ports import LegOptions, MediaEngine
from yuelai.platform.clock import Clock
from yuelai.routing.driver import RoutingDriver
from yuelai.telephony.ports import Telephony


@dataclass(frozen=True)
class VoiceServices:
    clock: Clock
    media: MediaEngine
    telephony: Telephony
    routing: RoutingDriver
    flows: Flows
    customers: Customers
    capture: Capture
    prompt: Callable[[str, str], Path]
    """The sound file of a prompt that ships with the program, by name and language."""
    new_recorder: Callable[[], InteractionRecorder]
    sound: Callable[[UUID | None], LegOptions] = lambda _trunk: LegOptions()
    """What the sound of a call by a trunk is to be like; None is no trunk."""
    callbacks: Callbacks | None = None
    """Without it nobody is offered a call back, nor to leave a message."""
    hours: Hours | None = None
    relations: Relations | None = None
    outside: Outside | None = None
    """Numbers outside; None: none can be called."""
    own_prompt: Callable[[UUID, str, str], Path] | None = None
    """The same for a tenant, its own prompts before the shipped ones; None: there are only these."""
    recogniser: Recogniser | None = None
    """Without it menus understand keys only."""
    music: SharedMusic = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "music", SharedMusic(self.media, self.prompt))

    def prompt_of(self, tenant_id: UUID, name: str, language: str) -> Path:
        """Return the sound file of a prompt as callers of this tenant hear it. Raises ValueError when there is none."""
        if self.own_prompt is None:
            return self.prompt(name, language)
        return self.own_prompt(tenant_id, name, language)
