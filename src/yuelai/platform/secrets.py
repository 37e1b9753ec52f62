"""Small secrets kept in the database, sealed under the master key: one's loss without the other tells nothing.

The key file has one line for each version, `NUMBER BASE64`, 32 bytes each. The highest number seals; the others stay
so that what was sealed before opens. Each purpose has a key of its own, derived from the master key (HKDF, RFC 5869).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yuelai.platform.config import Settings, private_folder

_NONCE = 12
_VERSION = 4


class BadKeyFile(Exception):
    """The master key file cannot be used. Told to the operator, who must put it right."""


class CannotOpen(Exception):
    """The secret was sealed under a key that is not here, for another purpose or row, or it was changed since."""


class Secrets:
    """Seals and opens; `purpose` is a static name, e.g. `totp`, and `bound` the row a secret belongs to."""

    def __init__(self, versions: Mapping[int, bytes]) -> None:
        self._versions = dict(versions)
        self.current = max(versions)

    @classmethod
    def load(cls, settings: Settings, *, create: bool = True) -> Secrets:
        """Read `settings.master_key_file`, or the one in home; with `create` an absent one in home is made (0600).

        Raises BadKeyFile: unreadable, readable by others, malformed; or absent and not to be made.
        """
        path = settings.master_key_file or settings.folder / "keys" / "master.key"
        if create and settings.master_key_file is None and not path.exists():
            _create(path)
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise BadKeyFile(f"{path} can be read by others; make it 0600")
            lines = path.read_text("ascii").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadKeyFile(f"cannot read the master key {path}: {error}") from None
        versions = dict(_parse(line, path) for line in lines if line.strip())
        if not versions:
            raise BadKeyFile(f"{path} is empty")
        return cls(versions)

    def seal(self, purpose: str, bound: bytes, plain: bytes) -> bytes:
        """Return version, nonce and ciphertext (AES-256-GCM), to be stored as one value."""
        version, nonce = self.current.to_bytes(_VERSION, "big"), os.urandom(_NONCE)
        return version + nonce + self._cipher(purpose, self.current).encrypt(nonce, plain, version + bound)

    def open(self, purpose: str, bound: bytes, sealed: bytes) -> bytes:
        """Raises CannotOpen."""
        version, nonce = sealed[:_VERSION], sealed[_VERSION : _VERSION + _NONCE]
        try:
            cipher = self._cipher(purpose, int.from_bytes(version, "big"))
            return cipher.decrypt(nonce, sealed[_VERSION + _NONCE :], version + bound)
        except (KeyError, ValueError, InvalidTag):
            raise CannotOpen(purpose) from None

    def _cipher(self, purpose: str, version: int) -> AESGCM:
        derived = HKDF(SHA256(), 32, salt=None, info=b"yuelai secret " + purpose.encode())
        return AESGCM(derived.derive(self._versions[version]))


def _parse(line: str, path: Path) -> tuple[int, bytes]:
    number, _, text = line.strip().partition(" ")
    try:
        key = base64.b64decode(text.strip(), validate=True)
        if len(key) == 32:
            return int(number), key
    except (ValueError, binascii.Error):
        pass
    raise BadKeyFile(f"{path} must have lines `NUMBER BASE64` with 32 bytes each")


def _create(path: Path) -> None:
    """Two processes may start at once: whoever links first has made the key, whole."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, f"1 {base64.b64encode(os.urandom(32)).decode()}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
