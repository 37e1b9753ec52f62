"""Contacts as a test wants them, in the place of core and the customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from yuelai.identity.model import Principal
from yuelai.interactions.errors import NoSuchInteraction
from yuelai.knowledge.model import Contact
from yuelai.knowledge.samples import samples
from yuelai.platform.ids import new_id


@dataclass
class Played:
    """Contacts as the test wants them."""

    contacts: dict[UUID, Contact] = field(default_factory=dict)
    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def add(self, sample: str = "gold", **more: Any) -> UUID:
        id_, now = new_id(), datetime.now(UTC)
        self.contacts[id_] = replace(samples(now)[sample], id=id_, **more)
        return id_

    async def contact(self, principal: Principal, interaction_id: UUID) -> Contact:
        if interaction_id not in self.contacts:
            raise NoSuchInteraction()
        return replace(
            self.contacts[interaction_id], now=datetime.now(UTC), agent=(principal.number or "", principal.name)
        )

    async def note(self, principal: Principal, interaction_id: UUID, kind: str, data: Mapping[str, str | int]) -> None:
        self.lines.append((kind, dict(data)))
