"""Live screens: a store of small documents, and for each viewer a snapshot followed by numbered changes.

A change replaces one whole document (`value`) or removes it (`None`), so that applying the changes to an old
snapshot always gives the fresh one. What a viewer may see is decided by the document's audience, nowhere else.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Document = dict[str, Any]


def permitted(tenant_id: UUID, *permissions: str) -> str:
    """The group of those who have all these permissions at the tenant; `bootstrap.requests` says who is in it."""
    return f"perm:{'+'.join(sorted(permissions))}@{tenant_id}"


@dataclass(frozen=True)
class Change:
    """`seq` counts from 1 for each subscription without gaps."""

    seq: int
    key: str
    value: Document | None


@dataclass(eq=False)
class Subscription:
    """A viewer. `groups` are the audiences it belongs to, e.g. `{"person:…", "perm:supervision.view@…"}`."""

    groups: frozenset[Hashable]
    deliver: Callable[[Change], None]
    visible: set[str] = field(default_factory=set)
    _seq: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def send(self, key: str, value: Document | None) -> None:
        self.deliver(Change(next(self._seq), key, value))


class LiveStore:
    def __init__(self) -> None:
        self._documents: dict[str, tuple[frozenset[Hashable], Document]] = {}
        self._subscriptions: set[Subscription] = set()

    def get(self, key: str) -> Document | None:
        held = self._documents.get(key)
        return held[1] if held else None

    def put(self, key: str, value: Document, audience: frozenset[Hashable]) -> None:
        """Set a document; a viewer who has just lost sight of it is told it is gone. The value must not be mutated."""
        self._documents[key] = (audience, value)
        for subscription in self._subscriptions:
            if subscription.groups & audience:
                subscription.visible.add(key)
                subscription.send(key, value)
            elif key in subscription.visible:
                subscription.visible.discard(key)
                subscription.send(key, None)

    def remove(self, key: str) -> None:
        if self._documents.pop(key, None) is None:
            return
        for subscription in self._subscriptions:
            if key in subscription.visible:
                subscription.visible.discard(key)
                subscription.send(key, None)

    def snapshot(self, groups: frozenset[Hashable]) -> dict[str, Document]:
        return {key: value for key, (audience, value) in self._documents.items() if audience & groups}

    def subscribe(
        self, groups: frozenset[Hashable], deliver: Callable[[Change], None]
    ) -> tuple[Subscription, dict[str, Document]]:
        """Return the subscription and the snapshot its numbered changes build on."""
        subscription = Subscription(groups, deliver)
        snapshot = self.snapshot(groups)
        subscription.visible.update(snapshot)
        self._subscriptions.add(subscription)
        return subscription, snapshot

    def unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)
