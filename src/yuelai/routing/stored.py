"""A queue's settings between what PostgreSQL keeps and what the engine reads.

What is kept may come from a newer version: a rule or a word that this one does not know is left out and logged, for it
must not keep the centre from starting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

import structlog

from yuelai.routing.matching import STRATEGIES
from yuelai.routing.model import Queue
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen, SkillWish, Treatment

log = structlog.get_logger()

_TREATMENT = {field.name for field in fields(Treatment)}


def queue_of(row: Mapping[str, Any], skills: Iterable[SkillWish]) -> Queue:
    """Return the queue of a row with its columns as names; `skills` are its wishes in their order."""
    values = dict(row)
    if values["strategy"] not in STRATEGIES:
        log.warning("unknown_strategy", queue=values["code"], strategy=values["strategy"])
        values["strategy"] = "longest_idle"
    values["skills"] = tuple(skills)
    values["overflows"] = tuple(overflows_of(values["overflows"], values["code"]))
    values["treatment"] = treatment_of(values["treatment"])
    return Queue(**values)


def wish_of(row: Mapping[str, Any]) -> SkillWish:
    return SkillWish(
        skill_id=row["skill_id"],
        level=row["level"],
        required=row["required"],
        relax_after=row["relax_after"],
        relax_to=row["relax_to"],
    )


def treatment_of(kept: Mapping[str, Any]) -> Treatment:
    """Return the defaults with what was set otherwise."""
    known = {name: value for name, value in kept.items() if name in _TREATMENT}
    if "comfort" in known:
        known["comfort"] = tuple(known["comfort"])
    return Treatment(**known)


def plain(treatment: Treatment) -> dict[str, Any]:
    """Return it as JSON has it."""
    return {**asdict(treatment), "comfort": list(treatment.comfort)}


def unusual(treatment: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is not as usual, which alone is kept: a better default is then everybody's."""
    usual = plain(Treatment())
    return {name: value for name, value in treatment.items() if value != usual.get(name)}


def overflows_of(kept: Iterable[Mapping[str, Any]], queue: str) -> Iterable[Overflow]:
    """Give the rules in their order; `queue` is whose they are, for the log."""
    for rule in kept:
        try:
            yield Overflow(
                OverflowWhen(rule["when"]), OverflowTo(rule["to"]), float(rule.get("limit", 0)), rule.get("target", "")
            )
        except (KeyError, ValueError):
            log.warning("unknown_overflow", queue=queue, rule=dict(rule))
