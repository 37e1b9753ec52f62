"""Figures of flows over HTTP."""

from __future__ import annotations

from datetime import datetime

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


class FlowRate(BaseModel):
    """Contacts of one flow, business and period, each null unless it was asked for; what is meant by the figures stands
    in docs/reference/self-service-rates.md. `contained` is null of businesses, `repeated_within_day` where there
    are too many to look after."""

    flow: str | None
    business: str | None
    start: datetime | None
    contacts: int
    served: int
    queue: int
    transfer: int
    left: int
    failed: int
    unserved: int
    share_served: float
    contained: int | None
    repeated_within_day: int | None


class FlowRateList(BaseModel):
    items: list[FlowRate]


class NodeLive(BaseModel):
    """`longest_seconds`: how long the one of them has been there who came first."""

    contacts: int
    longest_seconds: float


class FlowLive(BaseModel):
    """Contacts in all versions of the flow, those included that were led into it from another one."""

    at: datetime
    running: int
    nodes: dict[str, NodeLive]
