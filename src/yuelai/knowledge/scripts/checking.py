"""What is wrong with a script, said of the step it is wrong in. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from yuelai.knowledge import words
from yuelai.knowledge.scripts.model import MOST_BRANCHES, Script, Step


@dataclass(frozen=True)
class Fault:
    """`code` is one of no_steps, double_step, empty_text, unknown_place, empty_label, missing_next, too_many_branches,
    unreachable and endless; `branch` counts from 0; `what` names the place or the step that is meant."""

    code: str
    step: str | None = None
    branch: int | None = None
    what: str = ""


def faults(script: Script) -> list[Fault]:
    """Return everything that is wrong, in the order of the steps; none when it can be published."""
    if not script.steps:
        return [Fault("no_steps")]
    reached, ending = _reached(script), _ending(script)
    times = Counter(step.id for step in script.steps)
    found: list[Fault] = []
    for step in script.steps:
        if times[step.id] > 1:
            found.append(Fault("double_step", step.id))
        found += _of_step(script, step)
        if step.id not in reached:
            found.append(Fault("unreachable", step.id))
        elif step.id not in ending:
            found.append(Fault("endless", step.id))
    return found


def _of_step(script: Script, step: Step) -> Iterator[Fault]:
    if not step.text.strip():
        yield Fault("empty_text", step.id)
    for what in dict.fromkeys(words.unknown(step.text) + words.unknown(step.text_en)):
        yield Fault("unknown_place", step.id, what=what)
    if len(step.branches) > MOST_BRANCHES:
        yield Fault("too_many_branches", step.id)
    for number, branch in enumerate(step.branches):
        if not branch.label.strip():
            yield Fault("empty_label", step.id, number)
        if branch.next is not None and script.step(branch.next) is None:
            yield Fault("missing_next", step.id, number, branch.next)


def _reached(script: Script) -> set[str]:
    """Steps that can be come to from the first."""
    seen: set[str] = set()
    waiting = [script.steps[0].id]
    while waiting:
        id_ = waiting.pop()
        step = script.step(id_)
        if id_ not in seen and step is not None:
            seen.add(id_)
            waiting += [branch.next for branch in step.branches if branch.next is not None]
    return seen


def _ending(script: Script) -> set[str]:
    """Steps from which the end can be come to; a next step that is missing is told of by itself."""
    ends: set[str] = set()
    known = {step.id for step in script.steps}
    grew = True
    while grew:
        before = len(ends)
        for step in script.steps:
            ways = [branch.next for branch in step.branches]
            if not ways or any(way is None or way in ends or way not in known for way in ways):
                ends.add(step.id)
        grew = len(ends) > before
    return ends
