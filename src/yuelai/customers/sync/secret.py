"""What a source is to be shown so that it answers: a header, sealed under the master key, never told again."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from uuid import UUID

from yuelai.customers.errors import KeysMissing
from yuelai.customers.sync.errors import BadSource
from yuelai.platform.config import Settings
from yuelai.platform.key_file import BadKeyFile
from yuelai.platform.rewrap import SealedColumn
from yuelai.platform.secrets import CannotOpen, Secrets

DEFAULT_HEADER = "Authorization"
_PURPOSE = "source secret"
# RFC 9110, 5.1 and 5.6.2: a token; those that frame a message or lead it elsewhere are not to be chosen.
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
_OURS = {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "accept",
         "accept-encoding", "proxy-authorization"}  # fmt: skip
# RFC 9110, 5.5, without what is obsolete.
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")

SEALED = SealedColumn(
    name="secrets of sources",
    table="customer_sources",
    column="secret",
    key=("id",),
    purpose=_PURPOSE,
    bound=lambda row: row["id"].bytes,
)


def check(header: str, secret: str | None) -> None:
    """Raises `BadSource`, which does not repeat the secret."""
    if not _NAME.fullmatch(header) or header.lower() in _OURS:
        raise BadSource("This header cannot be chosen.")
    if secret and not _VALUE.fullmatch(secret):
        raise BadSource("A secret has letters, digits and signs of ASCII only.")


async def seal(settings: Settings, source_id: UUID, secret: str) -> bytes:
    """Raises `KeysMissing`."""
    return (await _secrets(settings)).seal(_PURPOSE, source_id.bytes, secret.encode())


async def headers(settings: Settings, source: Any) -> dict[str, str]:
    """Return what a source is shown: nothing where no secret was given. Raises `KeysMissing`."""
    if not source["secret"]:
        return {}
    try:
        plain = (await _secrets(settings)).open(_PURPOSE, source["id"].bytes, source["secret"])
    except CannotOpen:
        raise KeysMissing() from None
    return {source["auth_header"]: plain.decode()}


async def _secrets(settings: Settings) -> Secrets:
    try:
        return await asyncio.to_thread(Secrets.load, settings)
    except BadKeyFile:
        raise KeysMissing() from None
