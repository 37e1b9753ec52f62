"""The keys of recordings: each file has its own, kept in its row sealed under the master key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.platform.config import Settings
from yuelai.platform.rewrap import Batch, SealedColumn
from yuelai.platform.secrets import CannotOpen, Secrets, version_of
from yuelai.recordings.errors import KeyMissing
from yuelai.recordings.events import RecordingStarted

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_PURPOSE = "recording key"


@dataclass(frozen=True)
class RecordingKey:
    """A fresh key of 32 bytes for one file, and how it is stored."""

    plain: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)

    @property
    def version(self) -> int:
        """Of the master key."""
        return version_of(self.wrapped)


class RecordingKeys:
    """To be kept for the life of a process: a new version of the master key is taken up at the next use."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    @classmethod
    def load(cls, settings: Settings, *, create: bool = False) -> RecordingKeys:
        """With `create` an absent master key in home is made. Raises BadKeyFile."""
        return cls(Secrets.load(settings, create=create))

    def new(self, recording_id: UUID) -> RecordingKey:
        """Make a key for one recording."""
        plain = os.urandom(32)
        # A wrapped key copied to another row must not open there.
        return RecordingKey(plain, self._secrets.seal(_PURPOSE, recording_id.bytes, plain))

    def unwrap(self, recording_id: UUID, wrapped: bytes) -> bytes:
        """Return the recording's key. Raises KeyMissing: its version is not here, or another master key wrapped it."""
        try:
            return self._secrets.open(_PURPOSE, recording_id.bytes, wrapped)
        except CannotOpen:
            raise KeyMissing() from None


SEALED = SealedColumn(
    name="recordings",
    table="recordings",
    column="wrapped_key",
    key=("id",),
    purpose=_PURPOSE,
    bound=lambda row: row["id"].bytes,
    version="key_version",
)


class ParkedKeys:
    """Keys in facts that could not be applied: they come into `recordings` once these are tried again."""

    name = "parked facts of recordings"

    async def count(self, conn: Connection) -> Mapping[int, int]:
        rows = await conn.fetch(
            "SELECT (fact->>'key_version')::int AS version, count(*) AS n FROM journal_parked "
            "WHERE type = $1 GROUP BY 1",
            RecordingStarted.type,
        )
        return {row["version"]: row["n"] for row in rows}

    async def anew(self, conn: Connection, secrets: Secrets, after: tuple[Any, ...] | None, limit: int) -> Batch:
        """Facts are never changed."""
        return Batch(0, 0, None)
