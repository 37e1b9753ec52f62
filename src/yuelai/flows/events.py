"""Facts about which flow answers which number, what flows say, and how contacts went through them."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("access_number.changed")
@dataclass(frozen=True, kw_only=True)
class AccessNumberChanged(Fact):
    """The number was given to the tenant, leads to another flow, or is no longer answered."""

    number: str


@fact("flow.published")
@dataclass(frozen=True, kw_only=True)
class FlowPublished(Fact):
    """New contacts get this version from now on; null: the tenant's own flow is gone."""

    code: str
    version: int | None


@fact("flow.walked")
@dataclass(frozen=True, kw_only=True)
class FlowWalked(Fact):
    """A contact went through a flow, from `nodes[0]` to `last`; `outcome` and the rest as `model.Walked` has them, each
    of `businesses` as `[code, outcome]`. `walk` is 1, and one more for each flow it was sent to before."""

    walk_id: UUID
    interaction_id: UUID
    code: str
    version: int
    nodes: list[str]
    outcome: str
    last: str
    mistakes: dict[str, int]
    seconds: float
    depth: int = 0
    walk: int = 1
    businesses: list[list[str]] = field(default_factory=list)
