"""What a flow needs from the world: a dialogue with the customer and look-ups. Each channel brings its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol


@dataclass(frozen=True)
class Prompt:
    """A named prompt, recorded or rendered ahead."""

    name: str


@dataclass(frozen=True)
class Money:
    """An amount in minor units (分, cents) to be spoken."""

    minor: int
    currency: str = "CNY"


@dataclass(frozen=True)
class Digits:
    """Spoken one by one."""

    digits: str


@dataclass(frozen=True)
class Number:
    value: int


@dataclass(frozen=True)
class Instant:
    """A date (and time if `clock`) to be spoken."""

    at: datetime
    clock: bool = False


@dataclass(frozen=True)
class Text:
    """Free text, spoken by a voice; the prompt `otherwise` where there is none, or it fails."""

    text: str
    otherwise: str = "not_available"


Utterance = Prompt | Money | Digits | Number | Instant | Text


class Left(Exception):
    """The customer has left; the flow ends."""


class CannotSay(Exception):
    """There is no sound for this one; nothing has been said."""

    def __init__(self, utterance: Utterance) -> None:
        super().__init__(utterance)
        self.utterance = utterance


@dataclass(frozen=True)
class Collected:
    """Keys pressed; empty when nothing came in time. `terminated` when a terminator ended it, and which one that was.
    `spoken` is what the customer said or wrote instead, `digits` then the key it means."""

    digits: str
    terminated: bool = False
    spoken: str = ""
    terminator: str = ""


@dataclass(frozen=True)
class Recorded:
    """A message was left, `seconds` long; 0: none was."""

    seconds: float


class Dialogue(Protocol):
    """One customer in one flow. Every verb raises `Left` once the customer has gone."""

    @property
    def language(self) -> str:
        """`zh-CN` or `en`."""
        ...

    async def say(
        self, utterances: Sequence[Utterance], *, interruptible: bool = True, by_speech: bool = False
    ) -> bool:
        """Say it, to the end or until a key is pressed, and with `by_speech` until the customer speaks; keys are kept
        for the next `collect` either way. Where they are there already nothing is said, unless it is not
        `interruptible`. Return whether it was said to its end. Raises `CannotSay`, as `collect` does."""
        ...

    async def collect(
        self,
        utterances: Sequence[Utterance],
        *,
        maximum: int,
        first_timeout: float,
        next_timeout: float = 3.0,
        terminators: str = "",
        words: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> Collected:
        """Say it, interrupted by the first key; then take up to `maximum` keys. Time-outs in seconds. `words` are, by
        key, what may be said or written instead; a dialogue that understands no words passes over them."""
        ...

    async def record(self, queue: str, maximum_seconds: int) -> Recorded:
        """Take a message for the queue, by its code. It is kept at once, also of a customer who goes meanwhile and has
        said enough; where nothing can be recorded there is none."""
        ...

    async def set_language(self, language: str) -> None: ...

    async def consented(self, given: bool) -> None:
        """The customer agrees to being recorded, or does not: then nothing of the contact is recorded."""
        ...

    async def served(self, so_far: bool = True) -> None:
        """The customer has got what they came for, and may hang up; with `so_far` false they have come to something
        else meanwhile, of which that is not true yet."""
        ...

    async def step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        """Write a step to the service trail. Secret digits are never in `data`."""
        ...


class LookUp(Protocol):
    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask a business system. Raises `LookUpFailed` on time-out or refusal; the flow takes its fallback exit."""
        ...


class LookUpFailed(Exception):
    """The business system did not answer in time, or refused. With `sent` false it is certain that nothing has been
    changed there: it was not even asked, say."""

    def __init__(self, *why: object, sent: bool = True) -> None:
        super().__init__(*why)
        self.sent = sent


@dataclass(frozen=True)
class ToQueue:
    """The customer wants, or is sent to, an agent. `attributes` go along (language, topic, collected data)."""

    queue: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class HangUp:
    """Self-service is done; `served` is true when the customer got what they came for."""

    served: bool


@dataclass(frozen=True)
class ToNumber:
    """The customer is sent to a number outside, as it is dialled."""

    number: str


Outcome = ToQueue | HangUp | ToNumber
