"""Which questions tell the candidates apart, the one that splits them best first; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from yuelai.customers.apart.model import Facts

MOST_ANSWERS = 4


@dataclass(frozen=True)
class Answer:
    """`customers` are those it leaves."""

    value: str
    customers: list[UUID]


@dataclass(frozen=True)
class Question:
    """`kind`: surname, road, product or id_number. `left` is how many candidates remain on average once it has been
    answered. Roads and numbers have no `answers`: what the caller says is compared here and shown to nobody."""

    kind: str
    left: float
    answers: list[Answer]


def questions(candidates: Sequence[Facts]) -> list[Question]:
    """Return those that exclude anybody; of equally good ones the easier to answer comes first."""
    if len(candidates) < 2:
        return []
    asked = [
        _open("surname", {one.id: [one.surname] if one.surname else [] for one in candidates}),
        _hidden("road", {one.id: one.streets for one in candidates}),
        _open("product", {one.id: list(one.products) for one in candidates}),
        _hidden("id_number", {one.id: [one.last] if one.last else [] for one in candidates}),
    ]
    # sorted() is stable: the order above decides among equals.
    return sorted((one for one in asked if one.left < len(candidates)), key=lambda one: one.left)


def _open(kind: str, values: Mapping[UUID, Sequence[str]]) -> Question:
    counted = Counter(value for theirs in values.values() for value in set(theirs))
    # What everybody has tells nobody apart.
    shown = [value for value, count in counted.most_common() if count < len(values)][:MOST_ANSWERS]
    answers = [Answer(value, [id_ for id_, theirs in values.items() if value in theirs]) for value in shown]
    return Question(kind, _left(values), answers)


def _hidden(kind: str, values: Mapping[UUID, Sequence[str]]) -> Question:
    return Question(kind, _left(values), [])


def _left(values: Mapping[UUID, Sequence[str]]) -> float:
    """Each is asked in turn and says what the fewest others would say; of whom nothing is known cannot be excluded."""
    unknown = sum(not theirs for theirs in values.values())
    counted = Counter(value for theirs in values.values() for value in set(theirs))
    remaining = [
        min(counted[value] for value in theirs) + unknown if theirs else len(values) for theirs in values.values()
    ]
    return round(sum(remaining) / len(values), 3)
