"""Identity numbers in the database: sealed so that only we read them, and indexed so that equal ones are found.

Each tenant has two random keys, kept sealed under the master key (`platform.secrets`): one for AES-GCM, bound to the
customer's id so that a sealed number copied to another row does not open there; one for HMAC-SHA-256, the blind index.
A new master key means sealing these two anew, not every customer.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.requests import HTTPConnection

from yuelai.customers.errors import KeysMissing
from yuelai.platform.config import Settings
from yuelai.platform.key_file import BadKeyFile
from yuelai.platform.rewrap import SealedColumn
from yuelai.platform.secrets import CannotOpen, Secrets
from yuelai.platform.web import settings

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

log = structlog.get_logger()

_PURPOSE = "customer keys"
_NONCE = 12


@dataclass(frozen=True)
class Sealed:
    """What is stored of an identity number."""

    sealed: bytes
    index: bytes


@dataclass(frozen=True)
class TenantKeys:
    seal_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)

    def seal(self, customer_id: UUID, number: str) -> Sealed:
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self.seal_key).encrypt(nonce, number.encode(), customer_id.bytes)
        return Sealed(nonce + sealed, self.index(number))

    def open(self, customer_id: UUID, sealed: bytes) -> str:
        """Raises `KeysMissing` for what was sealed under other keys or for another customer."""
        try:
            return AESGCM(self.seal_key).decrypt(sealed[:_NONCE], sealed[_NONCE:], customer_id.bytes).decode()
        except (InvalidTag, ValueError):
            raise KeysMissing() from None

    def index(self, number: str) -> bytes:
        """Return what equal numbers have in common, and nobody can find without the key. Normalise it first."""
        return hmac.new(self.index_key, number.encode(), hashlib.sha256).digest()


class Vault:
    """Gives the tenants' keys. The master key is read when the first one is asked for, so that a centre whose key
    file is damaged still serves everything else."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secrets: Secrets | None = None

    async def keys(self, conn: Connection, tenant_id: UUID) -> TenantKeys:
        """Raises `KeysMissing`."""
        if self._secrets is None:
            try:
                self._secrets = await asyncio.to_thread(Secrets.load, self._settings)
            except BadKeyFile as error:
                log.error("master_key_unusable", error=str(error))
                raise KeysMissing() from None
        return await tenant_keys(conn, self._secrets, tenant_id)


async def tenant_keys(conn: Connection, secrets: Secrets, tenant_id: UUID) -> TenantKeys:
    """Return the tenant's keys, made when it has none yet. Raises `KeysMissing`: sealed under another master key."""
    stored = await _stored(conn, tenant_id)
    if len(stored) < 2:
        rows = [
            (tenant_id, purpose, secrets.seal(_PURPOSE, _bound(tenant_id, purpose), os.urandom(32)))
            for purpose in ("seal", "index")
        ]
        # Two may be first at once: the later one waits for the earlier one's commit and takes what is there then.
        await conn.executemany(
            "INSERT INTO customer_keys (tenant_id, purpose, wrapped_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            rows,
        )
        stored = await _stored(conn, tenant_id)
    try:
        opened = {name: secrets.open(_PURPOSE, _bound(tenant_id, name), wrapped) for name, wrapped in stored.items()}
    except CannotOpen:
        raise KeysMissing() from None
    return TenantKeys(opened["seal"], opened["index"])


async def _stored(conn: Connection, tenant_id: UUID) -> dict[str, bytes]:
    rows = await conn.fetch("SELECT purpose, wrapped_key FROM customer_keys WHERE tenant_id = $1", tenant_id)
    return {row["purpose"]: row["wrapped_key"] for row in rows}


def _bound(tenant_id: UUID, purpose: str) -> bytes:
    return tenant_id.bytes + purpose.encode()


SEALED = SealedColumn(
    name="keys of customers' numbers",
    table="customer_keys",
    column="wrapped_key",
    key=("tenant_id", "purpose"),
    purpose=_PURPOSE,
    bound=lambda row: _bound(row["tenant_id"], row["purpose"]),
)


def vault(request: HTTPConnection) -> Vault:
    """What endpoints ask for: `Depends(vault)`; one for the process, for the key file is read once."""
    held = getattr(request.app.state, "customer_vault", None)
    if held is None:
        held = request.app.state.customer_vault = Vault(settings(request))
    assert isinstance(held, Vault)
    return held
