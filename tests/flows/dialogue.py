"""A dialogue that plays a script: what the customer presses each time they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yuelai.flows.ports import Collected, Left, Prompt, Recorded, Utterance
from yuelai.flows.walk import NO_WORDS

SILENCE = ""
GOES = "goes"


class ScriptedDialogue:
    """`answers` are taken one for each question; after them the customer leaves. `GOES` leaves at that question."""

    def __init__(self, answers: Iterable[str], *, language: str = "zh-CN") -> None:
        self._answers = iter(answers)
        self.language = language
        self.said: list[Utterance] = []
        self.broken_into: list[str] = []
        """What may cut short each thing said: nothing, `key`, `speech`."""
        self.consents: list[bool] = []
        self.messages: list[tuple[str, int]] = []
        self.serves: list[bool] = []
        self.steps: list[tuple[str, str, Mapping[str, Any]]] = []

    async def say(
        self, utterances: Sequence[Utterance], *, interruptible: bool = True, by_speech: bool = False
    ) -> bool:
        self.said.extend(utterances)
        self.broken_into.append(" ".join(["key"] * interruptible + ["speech"] * by_speech))
        return True

    async def collect(
        self,
        utterances: Sequence[Utterance],
        *,
        maximum: int,
        first_timeout: float,
        next_timeout: float = 3.0,
        terminators: str = "",
        words: Mapping[str, Sequence[str]] = NO_WORDS,
    ) -> Collected:
        self.said.extend(utterances)
        answer = next(self._answers, GOES)
        if answer == GOES:
            raise Left
        for key, said in words.items():
            if answer in said:
                return Collected(key, spoken=answer)
        digits = answer[:maximum]
        for terminator in terminators:
            if terminator in digits:
                return Collected(digits.split(terminator)[0], terminated=True, terminator=terminator)
        return Collected(digits)

    async def record(self, queue: str, maximum_seconds: int) -> Recorded:
        """The answer is how many seconds are said."""
        self.messages.append((queue, maximum_seconds))
        answer = next(self._answers, GOES)
        if answer == GOES:
            raise Left
        return Recorded(float(answer or 0))

    async def set_language(self, language: str) -> None:
        self.language = language

    async def consented(self, given: bool) -> None:
        self.consents.append(given)

    async def served(self, so_far: bool = True) -> None:
        self.serves.append(so_far)

    async def step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        self.steps.append((node, kind, data))

    @property
    def prompts(self) -> list[str]:
        return [one.name for one in self.said if isinstance(one, Prompt)]

    @property
    def path(self) -> list[str]:
        return [node for node, _, _ in self.steps]
