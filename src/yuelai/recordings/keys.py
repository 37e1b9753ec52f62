"""The master key, and the keys of recordings wrapped by it.

The key file has one line for each version, `NUMBER BASE64`, 32 bytes each. The highest number wraps new keys; the
others stay so that older recordings open. Turning the key over is adding a line.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yuelai.platform.config import Settings, private_folder
from yuelai.recordings.errors import KeyMissing

_NONCE = 12


class BadKeyFile(Exception):
    """The master key file cannot be used. Told to the operator, who must put it right before anything starts."""


@dataclass(frozen=True)
class RecordingKey:
    """A fresh key of 32 bytes for one file, and how it is stored."""

    plain: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)
    version: int


class MasterKeys:
    def __init__(self, versions: Mapping[int, bytes]) -> None:
        self._versions = dict(versions)
        self.current = max(versions)

    @classmethod
    def load(cls, settings: Settings, *, create: bool = False) -> MasterKeys:
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

    def new(self, recording_id: UUID) -> RecordingKey:
        """Make a key for one recording."""
        plain, nonce = os.urandom(32), os.urandom(_NONCE)
        sealed = AESGCM(self._versions[self.current]).encrypt(nonce, plain, _bound(recording_id, self.current))
        return RecordingKey(plain, nonce + sealed, self.current)

    def unwrap(self, recording_id: UUID, wrapped: bytes, version: int) -> bytes:
        """Return the recording's key. Raises KeyMissing: no such version here, or another master key wrapped it."""
        try:
            cipher = AESGCM(self._versions[version])
            return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound(recording_id, version))
        except (KeyError, ValueError, InvalidTag):
            raise KeyMissing() from None


def _bound(recording_id: UUID, version: int) -> bytes:
    # A wrapped key copied to another row must not open there.
    return b"yuelai recording key" + recording_id.bytes + version.to_bytes(4, "big")


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
