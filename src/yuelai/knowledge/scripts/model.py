"""A script as plain values: steps with branches, and when it suggests itself. The first step is where it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_BRANCHES = 9
"""One for each digit."""
MOST_STEPS = 40


@dataclass(frozen=True)
class Effect:
    """What a branch does besides going on: `business` opens a kind of business, `result` is how the script came out."""

    kind: str
    code: str


@dataclass(frozen=True)
class Branch:
    """An answer. `next` is a step; None ends the script."""

    label: str
    label_en: str = ""
    next: str | None = None
    effect: Effect | None = None


@dataclass(frozen=True)
class Step:
    """What is read aloud. A step without branches is the last one."""

    id: str
    text: str
    text_en: str = ""
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Entry:
    """When the script suggests itself: each list that is not empty must hold what the contact has. `dispositions` are
    of the customer's last contact; `keys` is what was pressed in self-service, from the beginning, e.g. `2>1`."""

    queues: tuple[str, ...] = ()
    dispositions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    keys: str = ""

    @property
    def empty(self) -> bool:
        return not (self.queues or self.dispositions or self.classes or self.matches or self.keys)


@dataclass(frozen=True)
class Script:
    steps: tuple[Step, ...]
    entry: Entry = field(default_factory=Entry)

    def step(self, id_: str) -> Step | None:
        return next((step for step in self.steps if step.id == id_), None)

    def place(self, id_: str) -> int:
        """Return the step's number, from 1; 0 when there is none."""
        return next((number for number, step in enumerate(self.steps, 1) if step.id == id_), 0)


def script_of(body: Mapping[str, Any]) -> Script:
    """Return a script from its stored form."""
    entry = body.get("entry") or {}
    return Script(
        tuple(
            Step(
                step["id"],
                step["text"],
                step.get("text_en", ""),
                tuple(_branch(branch) for branch in step.get("branches", ())),
            )
            for step in body["steps"]
        ),
        Entry(
            tuple(entry.get("queues", ())),
            tuple(entry.get("dispositions", ())),
            tuple(entry.get("classes", ())),
            tuple(entry.get("matches", ())),
            entry.get("keys", ""),
        ),
    )


def _branch(branch: Mapping[str, Any]) -> Branch:
    effect = branch.get("effect")
    return Branch(
        branch["label"],
        branch.get("label_en", ""),
        branch.get("next"),
        Effect(effect["kind"], effect["code"]) if effect else None,
    )
