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
    """The sound file of a prompt, by name and language."""
    new_recorder: Callable[[], InteractionRecorder]
    sound: Callable[[UUID | None], LegOptions] = lambda _trunk: LegOptions()
    """What the sound of a call by a trunk is to be like; None is no trunk."""
    callbacks: Callbacks | None = None
    """Without it nobody is offered a call back, nor to leave a message."""
    hours: Hours | None = None
    relations: Relations | None = None
    outside: Outside | None = None
    """Numbers outside; None: none can be called."""
    recogniser: Recogniser | None = None
    """Without it menus understand keys only."""
    music: SharedMusic = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "music", SharedMusic(self.media, self.prompt))
