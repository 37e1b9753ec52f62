"""A phone with its leg, as the contract tests use them."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from tests.media.rtp_phone import Phone
from yuelai.media.ports import Digit, LegKind, MediaEngine, MediaEvent, PlayEnded
from yuelai.platform.ids import LegId, new_id


def save(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return path


class Party:
    """A phone with its leg and what the engine told of it."""

    def __init__(self, phone: Phone, leg: LegId) -> None:
        self.phone, self.leg = phone, leg
        self.events: list[MediaEvent] = []

    @property
    def digits(self) -> str:
        return "".join(event.digit for event in self.events if isinstance(event, Digit))

    @property
    def plays(self) -> list[PlayEnded]:
        return [event for event in self.events if isinstance(event, PlayEnded)]


async def join(engine: MediaEngine, phone: Phone) -> Party:
    party = Party(phone, LegId(new_id()))
    phone.take(await engine.create_leg(party.leg, LegKind.PLAIN, party.events.append, offer=phone.describe()))
    return party
