"""Facts about which flow answers which number."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.platform.facts import Fact, fact


@fact("access_number.changed")
@dataclass(frozen=True, kw_only=True)
class AccessNumberChanged(Fact):
    """The number was given to the tenant, leads to another flow, or is no longer answered."""

    number: str
