"""What messages say is kept sealed under the master key: a one-time code, or somebody's bill, is nobody's to read."""

from __future__ import annotations

import asyncio
from uuid import UUID

from yuelai.platform.config import Settings
from yuelai.platform.rewrap import SealedColumn
from yuelai.platform.secrets import CannotOpen, Secrets

_PURPOSE = "message words"

SEALED = SealedColumn(
    name="words of messages",
    table="messages",
    column="words",
    key=("id",),
    purpose=_PURPOSE,
    bound=lambda row: row["id"].bytes,
    version="key_version",
)


class Sealing:
    """Seals and opens words. The master key is read at the first use, so that who has no use for it needs none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secrets: Secrets | None = None

    async def seal(self, message_id: UUID, words: str) -> tuple[bytes, int]:
        """Return what is sealed, and under which version of the key. Raises `platform.key_file.BadKeyFile`."""
        sealed = (await self._keys()).seal(_PURPOSE, message_id.bytes, words.encode())
        return sealed, int.from_bytes(sealed[:4])

    async def open(self, message_id: UUID, sealed: bytes) -> str | None:
        """Return None for what is gone, or was sealed under a key that is not here. Raises `BadKeyFile`."""
        if not sealed:
            return None
        try:
            return (await self._keys()).open(_PURPOSE, message_id.bytes, sealed).decode()
        except CannotOpen:
            return None

    async def _keys(self) -> Secrets:
        if self._secrets is None:
            self._secrets = await asyncio.to_thread(Secrets.load, self._settings)
        return self._secrets
