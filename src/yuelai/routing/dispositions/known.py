"""The dispositions of all tenants in core's memory, asked when a wrap-up is closed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from yuelai.routing.dispositions.errors import NoteNeeded, UnknownDisposition


@dataclass(frozen=True)
class Disposition:
    """`queues` are those it can be chosen in; none: all. One that stands below another can be chosen only where that
    one can."""

    tenant_id: UUID
    code: str
    needs_note: bool
    queues: frozenset[UUID]


class KnownDispositions:
    def __init__(self, dispositions: Iterable[Disposition] = ()) -> None:
        self._known: Mapping[tuple[UUID, str], Disposition] = {}
        self.follow(dispositions)

    def follow(self, dispositions: Iterable[Disposition]) -> None:
        """Take over all that can be chosen from now on."""
        self._known = {(one.tenant_id, one.code): one for one in dispositions}

    def check(self, tenant_id: UUID, queue_id: UUID | None, code: str | None, note: str) -> None:
        """Raises `UnknownDisposition`, `NoteNeeded`. A wrap-up without any disposition is no error, and a contact that
        came by no queue may have all."""
        if not code:
            return
        found = self._known.get((tenant_id, code))
        if found is None or (queue_id is not None and found.queues and queue_id not in found.queues):
            raise UnknownDisposition(disposition=code)
        if found.needs_note and not note.strip():
            raise NoteNeeded(disposition=code)
