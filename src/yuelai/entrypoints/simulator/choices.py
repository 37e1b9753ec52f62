"""What customers call a centre of this kind for, and how well they get on with its menus: a mix to choose from.

Who gives the same `Random` gets the same callers. Shares are our own guess at an operator's hotline: most want to know
something that a machine knows, a quarter wants somebody to talk to whatever is offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

AGENT = "agent"
"""Wants a person and nothing else."""

WISHES: Mapping[str, int] = {
    "bill": 31,
    "payment": 10,
    "fault": 9,
    "order": 9,
    "tariff": 5,
    "outlet": 4,
    "directory": 5,
    "information": 4,
    "complaint": 3,
    AGENT: 20,
}
"""Of a hundred callers, by the business they call about."""


@dataclass(frozen=True)
class Caller:
    """`wishes` in their order, what they call for first. `slips`: how often of a hundred answers they press what is
    wrong, or nothing; `gives_up`: how often they go at a question instead. `patience` wrong turns (a look-up that
    failed, a mistake) they bear before they want a person. `knows_pin`, and `known` by the number they call from."""

    wishes: tuple[str, ...]
    language: str
    known: bool
    knows_pin: bool
    slips: int
    gives_up: int
    patience: int


def choose(chance: Random) -> Caller:
    """Return who calls next."""
    first = _wish(chance)
    more = (_wish(chance),) if first != AGENT and chance.random() < 0.15 else ()
    old_hand = chance.random() < 0.6
    return Caller(
        wishes=(first, *more),
        language="en" if chance.random() < 0.05 else "zh-CN",
        known=chance.random() < 0.9,
        knows_pin=chance.random() < 0.7,
        slips=2 if old_hand else 8,
        gives_up=1 if old_hand else 3,
        patience=chance.randint(1, 3),
    )


def _wish(chance: Random) -> str:
    [wish] = chance.choices(list(WISHES), list(WISHES.values()))
    return wish
