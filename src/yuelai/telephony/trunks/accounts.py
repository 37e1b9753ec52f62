"""Peers of trunks that sign in here, beside the telephones."""

from __future__ import annotations

from typing import Protocol

from yuelai.telephony.auth import REALM
from yuelai.telephony.ports import Credential, CredentialStore


class Accounts(Protocol):
    def credential(self, username: str, realm: str) -> Credential | None: ...


class TrunkCredentials:
    """Implements `ports.CredentialStore`: telephones first, so that no trunk can take a telephone's name."""

    def __init__(self, phones: CredentialStore, trunks: Accounts) -> None:
        self._phones, self._trunks = phones, trunks

    async def credential(self, username: str) -> Credential | None:
        found = await self._phones.credential(username)
        return found if found is not None else self._trunks.credential(username, REALM)
