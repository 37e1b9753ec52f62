"""Live screens: a store of small documents, and for each viewer a snapshot followed by changes.

A change replaces one whole document (`value`) or removes it (`None`), so that applying the changes to an old
snapshot always gives the fresh one. What a viewer may see is decided by the audiences of a document's views, nowhere
else. Each change of the store has a number; a viewer who was away names the last one it has (`Mark`) and is given what
it missed, as long as the store remembers.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import structlog

log = structlog.get_logger()

Document = dict[str, Any]
Audience = frozenset[str]

REMEMBERED = 10_000
"""Changes of the store for which somebody who was away need not take a whole snapshot."""


def permitted(tenant_id: UUID, *permissions: str) -> str:
    """The group of those who have all these permissions over the whole tenant; see `bootstrap.audiences`."""
    return f"perm:{'+'.join(sorted(permissions))}@{tenant_id}"


@dataclass(frozen=True)
class Place:
    """Where somebody works for a tenant: some see only people of certain groups or sites."""

    groups: frozenset[UUID] = frozenset()
    site: UUID | None = None


NOWHERE = Place()


def watching(tenant_id: UUID, place: Place, *permissions: str) -> Audience:
    """The audience of those whose permissions at the tenant reach somebody of this place."""
    whole = permitted(tenant_id, *permissions)
    return frozenset({whole}) | within(whole, place.groups, [place.site] if place.site else [])


def within(whole: str, groups: Sequence[UUID] | frozenset[UUID], sites: Sequence[UUID] | frozenset[UUID]) -> Audience:
    """The parts of a `permitted` group for permissions that reach some groups and sites only."""
    return frozenset({*(f"{whole}/group:{id_}" for id_ in groups), *(f"{whole}/site:{id_}" for id_ in sites)})


@dataclass(frozen=True)
class View:
    """One document as one audience sees it."""

    audience: Audience
    value: Document


class Mark(NamedTuple):
    """How far a viewer has followed: everything up to `seq` of the life `epoch` of the store, under the same rights."""

    epoch: str
    seq: int


@dataclass(frozen=True)
class Change:
    """`number` counts from 1 for each subscription without gaps. Whoever has this change has all up to `seq`."""

    number: int
    key: str
    value: Document | None
    seq: int


class Start(NamedTuple):
    """What a subscription begins with: the whole snapshot, or what was missed since the mark it came with."""

    mark: Mark
    resumed: bool
    documents: dict[str, Document | None]


@dataclass(eq=False)
class Subscription:
    """A viewer. `groups` are the audiences it belongs to; `own` is the one whose documents are delivered at once."""

    groups: Audience
    deliver: Callable[[Change], None]
    own: str | None = None
    _number: int = 0
    _pending: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """By key, the first change not delivered yet and whether the viewer saw the document before it; the order is that
    of the last changes."""

    def view(self, views: Sequence[View]) -> View | None:
        """Return what this viewer sees of a document: the first view that is for it."""
        return next((view for view in views if not self.groups.isdisjoint(view.audience)), None)

    def addresses(self, *views: View | None) -> bool:
        return self.own is not None and any(view is not None and self.own in view.audience for view in views)

    def send(self, key: str, value: Document | None, upto: int) -> None:
        """What cannot be delivered is passed over: it stops neither other changes, nor other viewers, nor whoever
        changed the document."""
        try:
            self.deliver(Change(self._number + 1, key, value, upto))
        except Exception:
            log.exception("live_change_not_delivered", key=key)
        else:
            self._number += 1

    def delay(self, key: str, version: int, saw: bool) -> None:
        self._pending[key] = self._pending.pop(key, (version, saw))

    def holds_back(self, key: str) -> bool:
        return key in self._pending

    def now(self, key: str, value: Document | None, version: int) -> None:
        """Deliver ahead of what waits. The mark stays before what waits."""
        overtaken = self._pending.pop(key, None)
        if value is None and overtaken is not None and not overtaken[1]:
            return
        waiting = min((first for first, _ in self._pending.values()), default=version + 1)
        self.send(key, value, waiting - 1)

    def flush(self, current: Callable[[str], Sequence[View]], version: int) -> None:
        """Deliver the last value of everything that waits."""
        waiting, self._pending = list(self._pending.items()), {}
        marks, upto = [], version
        for _, (first, _) in reversed(waiting):
            marks.append(upto)
            upto = min(upto, first - 1)
        for (key, (_, saw)), mark in zip(waiting, reversed(marks), strict=True):
            view = self.view(current(key))
            if view is not None or saw:
                self.send(key, view.value if view else None, mark)

    @property
    def waits(self) -> bool:
        return bool(self._pending)


class LiveStore:
    """`later` calls a function after the time within which changes of one document become one message; without it
    every change is delivered at once. `remembered` is how many changes back a viewer may resume."""

    def __init__(
        self, later: Callable[[Callable[[], None]], object] | None = None, *, remembered: int = REMEMBERED
    ) -> None:
        self._later, self._flushing = later, False
        self._documents: dict[str, tuple[View, ...]] = {}
        self._subscriptions: set[Subscription] = set()
        self._epoch = secrets.token_hex(6)
        self._version = 0
        self._history: deque[tuple[int, str, tuple[Audience, ...]]] = deque(maxlen=remembered)
        """The last changes: number, key, and who saw the document before."""

    def get(self, key: str) -> Document | None:
        """Return a document's first view."""
        views = self._documents.get(key)
        return views[0].value if views else None

    def put(self, key: str, value: Document, audience: Audience) -> None:
        """Set a document; a viewer who has just lost sight of it is told it is gone. The value must not be mutated."""
        self.show(key, [View(audience, value)])

    def show(self, key: str, views: Sequence[View]) -> None:
        """Set a document that not everybody sees alike: each viewer gets the first view that is for it."""
        self._change(key, tuple(views))

    def remove(self, key: str) -> None:
        if key in self._documents:
            self._change(key, ())

    def _change(self, key: str, after: tuple[View, ...]) -> None:
        before = self._documents.get(key, ())
        if before == after:
            return
        if after:
            self._documents[key] = after
        else:
            del self._documents[key]
        self._version += 1
        self._history.append((self._version, key, tuple(view.audience for view in before)))
        for subscription in self._subscriptions:
            self._tell(subscription, key, before, after)

    def _tell(self, subscription: Subscription, key: str, before: Sequence[View], after: Sequence[View]) -> None:
        was, is_ = subscription.view(before), subscription.view(after)
        if (was.value if was else None) == (is_.value if is_ else None):
            # Nothing new to see; but what has become the viewer's own does not wait any longer.
            if is_ is not None and subscription.addresses(is_) and subscription.holds_back(key):
                subscription.now(key, is_.value, self._version)
            return
        if self._later is None or subscription.addresses(was, is_):
            subscription.now(key, is_.value if is_ else None, self._version)
            return
        subscription.delay(key, self._version, was is not None)
        if not self._flushing:
            self._flushing = True
            self._later(self.flush)

    def flush(self) -> None:
        """Deliver what has waited to be joined with further changes."""
        self._flushing = False
        for subscription in list(self._subscriptions):
            if subscription.waits:
                subscription.flush(lambda key: self._documents.get(key, ()), self._version)

    def snapshot(self, groups: Audience) -> dict[str, Document]:
        viewer = Subscription(groups, lambda change: None)
        seen = ((key, viewer.view(views)) for key, views in self._documents.items())
        return {key: view.value for key, view in seen if view is not None}

    def missed(self, groups: Audience, mark: Mark) -> dict[str, Document | None] | None:
        """Return what changed for these groups since the mark, None when that is no longer known."""
        oldest = self._history[0][0] if self._history else self._version + 1
        if mark.epoch != self._epoch_of(groups) or not oldest - 1 <= mark.seq <= self._version:
            return None
        # Whoever saw a document at any time since may have been told of it ahead of the mark.
        seen_by: dict[str, list[Audience]] = {}
        for version, key, audiences in reversed(self._history):
            if version <= mark.seq:
                break
            seen_by.setdefault(key, []).extend(audiences)
        viewer, found = Subscription(groups, lambda change: None), dict[str, Document | None]()
        for key, saw in seen_by.items():
            view = viewer.view(self._documents.get(key, ()))
            if view is not None or any(not groups.isdisjoint(audience) for audience in saw):
                found[key] = view.value if view else None
        return found

    def subscribe(
        self,
        groups: Audience,
        deliver: Callable[[Change], None],
        *,
        own: str | None = None,
        since: Mark | None = None,
    ) -> tuple[Subscription, Start]:
        """Return the subscription and what its changes build on: what was missed `since`, or else the snapshot."""
        subscription = Subscription(groups, deliver, own)
        missed = self.missed(groups, since) if since is not None else None
        documents = dict[str, Document | None](self.snapshot(groups)) if missed is None else missed
        self._subscriptions.add(subscription)
        return subscription, Start(Mark(self._epoch_of(groups), self._version), missed is not None, documents)

    def unsubscribe(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    def _epoch_of(self, groups: Audience) -> str:
        """Somebody whose rights have changed sees other documents: nothing of before can be resumed."""
        return f"{self._epoch}.{hashlib.sha256(chr(10).join(sorted(groups)).encode()).hexdigest()[:12]}"
