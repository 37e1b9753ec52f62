"""The passwords of trunks: sealed under the master key, each bound to its trunk, never told again."""

from __future__ import annotations

import asyncio
from uuid import UUID

from yuelai.platform.config import Settings
from yuelai.platform.key_file import BadKeyFile
from yuelai.platform.rewrap import SealedColumn
from yuelai.platform.secrets import CannotOpen, Secrets
from yuelai.telephony.trunks.errors import KeysMissing

OURS, THEIRS = "trunk secret", "trunk peer secret"
"""Purposes: what we show there, and what the peer has to show here."""

SEALED = tuple(
    SealedColumn(
        name=name,
        table="trunks",
        column=column,
        key=("id",),
        purpose=purpose,
        bound=lambda row: row["id"].bytes,
    )
    for name, column, purpose in (
        ("passwords at trunks", "secret", OURS),
        ("passwords of trunks' peers", "peer_secret", THEIRS),
    )
)


async def keys(settings: Settings) -> Secrets:
    """Raises `KeysMissing`."""
    try:
        return await asyncio.to_thread(Secrets.load, settings)
    except BadKeyFile:
        raise KeysMissing() from None


async def seal(settings: Settings, purpose: str, trunk_id: UUID, plain: str) -> bytes:
    """Return nothing for nothing. Raises `KeysMissing`."""
    return (await keys(settings)).seal(purpose, trunk_id.bytes, plain.encode()) if plain else b""


def unseal(secrets: Secrets, purpose: str, trunk_id: UUID, sealed: bytes) -> str:
    """Raises `KeysMissing` for one that was sealed under another key or for another trunk."""
    try:
        return secrets.open(purpose, trunk_id.bytes, sealed).decode() if sealed else ""
    except CannotOpen:
        raise KeysMissing() from None
