"""Small secrets kept in the database, sealed under the master key: one's loss without the other tells nothing.

Each purpose has a key of its own, derived from the master key (HKDF, RFC 5869); what is sealed begins with the version
of the master key that opens it.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yuelai.platform.config import Settings
from yuelai.platform.key_file import KeyFile, KeyStore

_NONCE = 12
_VERSION = 4


class CannotOpen(Exception):
    """The secret was sealed under a key that is not here, for another purpose or row, or it was changed since."""


class Secrets:
    """Seals and opens; `purpose` is a static name, e.g. `totp`, and `bound` the row a secret belongs to.

    To be kept for the life of a process: a new version of the key is taken up at the next use.
    """

    def __init__(self, store: KeyStore) -> None:
        self._store = store

    @classmethod
    def load(cls, settings: Settings, *, create: bool = True) -> Secrets:
        """Use the settings' key file; with `create` an absent one in home is made.

        Raises BadKeyFile: unreadable, readable by others, malformed; or absent and not to be made.
        """
        store = KeyFile.of(settings, create=create)
        store.keys()
        return cls(store)

    @property
    def current(self) -> int:
        """The version that seals."""
        return max(self._store.keys())

    def seal(self, purpose: str, bound: bytes, plain: bytes) -> bytes:
        """Return version, nonce and ciphertext (AES-256-GCM), to be stored as one value."""
        keys = self._store.keys()
        number, nonce = max(keys), os.urandom(_NONCE)
        version = prefix(number)
        return version + nonce + _cipher(purpose, keys[number]).encrypt(nonce, plain, version + bound)

    def open(self, purpose: str, bound: bytes, sealed: bytes) -> bytes:
        """Raises CannotOpen."""
        version, nonce = sealed[:_VERSION], sealed[_VERSION : _VERSION + _NONCE]
        try:
            cipher = _cipher(purpose, self._store.keys()[version_of(sealed)])
            return cipher.decrypt(nonce, sealed[_VERSION + _NONCE :], version + bound)
        except (KeyError, ValueError, InvalidTag):
            raise CannotOpen(purpose) from None


def version_of(sealed: bytes) -> int:
    """Return the version of the master key that something was sealed under."""
    return int.from_bytes(sealed[:_VERSION], "big")


def prefix(version: int) -> bytes:
    """Return how everything sealed under a version begins; in the order of bytes, older versions come first."""
    return version.to_bytes(_VERSION, "big")


def _cipher(purpose: str, key: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"yuelai secret " + purpose.encode()).derive(key))
