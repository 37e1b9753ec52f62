"""What a queue may be set to, beyond what each value says of itself: everything it names must be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.routing import prompts, tables
from yuelai.routing.errors import (
    NoSuchTarget,
    OverflowCircle,
    SkillTwice,
    UnknownCalendar,
    UnknownPrompt,
    UnknownSkill,
)
from yuelai.routing.settings import OverflowTo, OverflowWhen
from yuelai.sounds import service as sounds

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def check(conn: Connection, tenant_id: UUID, code: str, settings: Mapping[str, Any]) -> None:
    """Raises `UnknownSkill`, `SkillTwice`, `UnknownCalendar`, `UnknownPrompt`, `NoSuchTarget`, `OverflowCircle`.

    `settings` are those that are new of the queue with this code, as `queue_schemas` dumps them.
    """
    if skills := settings.get("skills"):
        await _skills(conn, tenant_id, skills)
    if (calendar := settings.get("calendar_id")) and not await tables.has_calendar(conn, tenant_id, calendar):
        raise UnknownCalendar()
    if treatment := settings.get("treatment"):
        await _treatment(conn, tenant_id, treatment)
    if overflows := settings.get("overflows"):
        await _overflows(conn, tenant_id, code, overflows)


async def _skills(conn: Connection, tenant_id: UUID, wishes: Iterable[Mapping[str, Any]]) -> None:
    wanted = [(wish["skill_id"], wish["required"]) for wish in wishes]
    if len(set(wanted)) < len(wanted):
        raise SkillTwice()
    known = await tables.known_skills(conn, tenant_id, [skill for skill, _ in wanted])
    for skill, _ in wanted:
        if skill not in known:
            raise UnknownSkill(skill_id=str(skill))


async def _treatment(conn: Connection, tenant_id: UUID, treatment: Mapping[str, Any]) -> None:
    if treatment["music"] not in prompts.music():
        raise UnknownPrompt(prompt=treatment["music"])
    for name in (treatment["notice"], treatment["greeting"], *treatment["comfort"]):
        await _sentence(conn, tenant_id, name)


async def _sentence(conn: Connection, tenant_id: UUID, name: str) -> None:
    if name and name not in prompts.sentences() and name not in await sounds.texts(conn, tenant_id):
        raise UnknownPrompt(prompt=name)


async def _overflows(conn: Connection, tenant_id: UUID, code: str, rules: Sequence[Mapping[str, Any]]) -> None:
    # Two queues that are changed at once could close a circle that neither of the two sees.
    await tables.lock(conn, tenant_id)
    queues = await tables.overflows_of(conn, tenant_id)
    open_codes = {row["code"] for row in queues if row["active"]}
    ways = {row["code"]: _instead(row["overflows"]) for row in queues}
    for rule in rules:
        if rule["to"] == OverflowTo.MESSAGE:
            await _sentence(conn, tenant_id, rule["target"])
        if rule["to"] != OverflowTo.QUEUE:
            continue
        target: str = rule["target"]
        if target == code:
            raise OverflowCircle(queues=[code, code])
        if target not in open_codes:
            raise NoSuchTarget(queue=target)
    if circle := _circle({**ways, code: _instead(rules)}, code):
        raise OverflowCircle(queues=circle)


def _instead(rules: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the queues to which the rules send somebody instead; those that help after a wait are none."""
    return {rule["target"] for rule in rules if rule["to"] == OverflowTo.QUEUE and rule["when"] != OverflowWhen.WAIT}


def _circle(ways: Mapping[str, Iterable[str]], start: str) -> list[str]:
    """Return the queues on a way from `start` back to it; nothing when there is none.

    Only rules that send a contact elsewhere *instead* can make it go round; queues that help each other after a wait
    cannot.
    """
    seen, open_ = set[str](), [[start]]
    while open_:
        trail = open_.pop()
        for target in ways.get(trail[-1], ()):
            if target == start:
                return [*trail, start]
            if target not in seen:
                seen.add(target)
                open_.append([*trail, target])
    return []
