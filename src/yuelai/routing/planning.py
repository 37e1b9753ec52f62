"""The ladder of a contact: from which second of waiting on who may serve it, or where it goes. Pure.

only agent → preferred agents → full skills, own site → skills relaxed, other sites, overflow queues → voicemail, call
back, message, outside number. It is made once, when the contact comes; each step that takes its turn is an event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yuelai.routing.lanes import Need
from yuelai.routing.model import Queue, Wishes
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen, SkillWish

OUTBOUND_SECONDS = 300.0
"""So long an outbound contact waits until no inbound one does; then it counts like them."""

AWAY = frozenset({OverflowTo.VOICEMAIL, OverflowTo.CALLBACK, OverflowTo.MESSAGE, OverflowTo.NUMBER})
"""Where routing has no part in it any more."""


@dataclass(frozen=True)
class Step:
    """From `after` seconds of waiting on: the `agents` by name, or, when there are none, the members of `queues` who
    meet `need`. With `divert` the contact goes away by that rule. `why` and `data` are told by `StepTaken`."""

    after: float
    why: str
    need: Need
    queues: tuple[UUID, ...]
    agents: tuple[tuple[UUID, str], ...] = ()
    """Each with why: only, last_agent, owner, manager."""
    tier: int = 0
    divert: Overflow | None = None
    data: dict[str, Any] = field(default_factory=dict)


def ladder(
    queue: Queue,
    wishes: Wishes,
    may_come: Callable[[UUID], bool],
    queue_of: Callable[[str], UUID | None],
    *,
    consult: bool = False,
) -> tuple[Step, ...]:
    """Return the steps in their order; the first begins at 0. Only agents who `may_come` are waited for. A
    colleague who is asked waits in the queue only, and is never sent away from it."""
    skills = (*queue.skills, *wishes.skills)
    rules = [rule for rule in queue.overflows if rule.when is OverflowWhen.WAIT]
    first = _Terms(queue, wishes, skills, rules, queue_of)
    steps, begin = _in_person(first, queue, wishes, may_come)
    changes = sorted({begin, *(at for at in first.times() if at > begin)})
    away = min(
        (rule for rule in rules if rule.to in AWAY and not (consult or wishes.stays)),
        key=lambda rule: rule.limit,
        default=None,
    )
    for at in changes:
        if away is not None and at >= away.limit:
            break
        steps.append(first.step(at, "" if at == begin else first.why(at)))
    if away is not None:
        steps = [step for step in steps if step.after < away.limit or step.after == 0]
        data = {"to": away.to.value, "target": away.target}
        steps.append(Step(away.limit, away.to.value, first.need(away.limit), (), divert=away, data=data))
    return tuple(steps)


def _in_person(
    terms: _Terms, queue: Queue, wishes: Wishes, may_come: Callable[[UUID], bool]
) -> tuple[list[Step], float]:
    """Return the steps of agents who are waited for by name, and when everybody's begins."""
    steps: list[Step] = []
    begin = 0.0
    if wishes.only is not None and wishes.only_seconds > 0 and may_come(wishes.only):
        steps.append(terms.named(begin, "only", ((wishes.only, "only"),), wishes.only_seconds))
        begin += wishes.only_seconds
    preferred = tuple(one for one in wishes.preferred if one[0] not in wishes.without and may_come(one[0]))
    if preferred and queue.prefer_seconds > 0:
        steps.append(terms.named(begin, "preferred", preferred, queue.prefer_seconds))
        begin += queue.prefer_seconds
    return steps, begin


class _Terms:
    """What holds at a second of waiting, when nobody is waited for by name."""

    def __init__(
        self,
        queue: Queue,
        wishes: Wishes,
        skills: tuple[SkillWish, ...],
        rules: list[Overflow],
        queue_of: Callable[[str], UUID | None],
    ) -> None:
        self._queue, self._wishes, self._skills = queue, wishes, skills
        self._relaxations = [(wish, at) for wish in skills if (at := _relaxes(wish, queue)) is not None]
        self._site = next((rule.limit for rule in rules if rule.to is OverflowTo.SITE), None)
        self._others = [
            (rule.limit, other, rule.target)
            for rule in rules
            if rule.to is OverflowTo.QUEUE and (other := queue_of(rule.target)) is not None and other != queue.id
        ]

    def times(self) -> Iterable[float]:
        yield from (at for _, at in self._relaxations)
        yield from (limit for limit, _, _ in self._others)
        if self._site is not None and self._wishes.site_id is not None:
            yield self._site
        if self._wishes.outbound:
            yield OUTBOUND_SECONDS

    def why(self, at: float) -> str:
        if any(limit == at for limit, _, _ in self._others):
            return "queue"
        if self._site == at and self._wishes.site_id is not None:
            return "site"
        return "skills" if any(when == at for _, when in self._relaxations) else "outbound"

    def need(self, at: float) -> Need:
        levels: dict[UUID, int] = {}
        for wish in self._skills:
            when = _relaxes(wish, self._queue)
            level = wish.level if when is None or at < when else wish.relax_to
            if level > levels.get(wish.skill_id, 0):
                levels[wish.skill_id] = level
        wishes = self._wishes
        site = wishes.site_id if self._site is not None and at < self._site else None
        return Need(wishes.channel, tuple(sorted(levels.items())) if levels else (), site, wishes.without)

    def step(self, at: float, why: str) -> Step:
        need = self.need(at)
        others = [(other, code) for limit, other, code in self._others if limit <= at]
        data: dict[str, Any] = {}
        if why:
            data = {
                "skills": [{"id": str(skill_id), "level": level} for skill_id, level in need.skills],
                "queues": [code for _, code in others],
                "own_site": need.site is not None,
            }
        queues = (self._queue.id, *(other for other, _ in others))
        return Step(at, why, need, queues, tier=int(self._wishes.outbound and at < OUTBOUND_SECONDS), data=data)

    def named(self, at: float, why: str, agents: tuple[tuple[UUID, str], ...], seconds: float) -> Step:
        data = {"agents": [{"id": str(id_), "why": reason} for id_, reason in agents], "seconds": seconds}
        tier = int(self._wishes.outbound and at < OUTBOUND_SECONDS)
        return Step(at, why, self.need(at), (self._queue.id,), agents, tier, data=data)


def _relaxes(wish: SkillWish, queue: Queue) -> float | None:
    """Return when; what is only preferred does so when the agents preferred would be given up, if it does not say."""
    if wish.relax_after is not None:
        return wish.relax_after
    return None if wish.required else queue.prefer_seconds
