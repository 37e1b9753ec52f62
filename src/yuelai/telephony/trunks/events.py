"""Facts about trunks: that the configuration is different, never what it says."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("trunk.changed")
@dataclass(frozen=True, kw_only=True)
class TrunkChanged(Fact):
    """A trunk is new, different or gone; without `trunk_id` it is the routes that have changed."""

    trunk_id: UUID | None = None
