"""Facts about dispositions."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.platform.facts import Fact, fact


@fact("dispositions.changed")
@dataclass(frozen=True, kw_only=True)
class DispositionsChanged(Fact):
    """What the tenant's agents can choose in the wrap-up is different."""
