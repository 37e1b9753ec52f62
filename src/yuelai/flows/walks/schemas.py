"""Figures of flows over HTTP."""

from __future__ import annotations

from pydantic import BaseModel


class NodeTraffic(BaseModel):
    """`entered`: times it was come to; `left`: contacts that went away there; `mistakes`: wrong or missing answers;
    `given_up`: times that too many of them led on to the flow's handler."""

    entered: int
    left: int
    mistakes: int
    given_up: int


class EdgeTraffic(BaseModel):
    one: str
    other: str
    count: int


class Traffic(BaseModel):
    """Walks that ended in the period. `repeated_within_day`: of the contacts that were served those whose caller came
    again within a day; null where there are too many to look after."""

    walks: int
    served: int
    unserved: int
    queue: int
    transfer: int
    left: int
    failed: int
    share_served: float
    repeated_within_day: int | None
    nodes: dict[str, NodeTraffic]
    edges: list[EdgeTraffic]
