"""The file of a backup: a ZIP whose last member, `manifest.json`, names every other one with its size and SHA-256."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from yuelai.platform.backup.errors import RestoreFailed

FORMAT = 1
MANIFEST = "manifest.json"
BLOCK = 1 << 20


class Member(msgspec.Struct):
    bytes: int
    sha256: str


class Manifest(msgspec.Struct):
    """`rows` is the number of rows of each table, `keys` the fingerprint of each version of the master key."""

    format: int
    version: str
    made_at: str
    revision: str
    rows: dict[str, int]
    keys: dict[str, str]
    members: dict[str, Member] = {}


def blocks(path: Path, size: int | None = None) -> Iterator[bytes]:
    """Yield a file's content, of one that grows only the first `size` bytes."""
    with path.open("rb") as file:
        left = path.stat().st_size if size is None else size
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block


class Writer:
    """Writes beside the target and puts the whole file in its place at `finish`; `abandon` leaves nothing behind."""

    def __init__(self, path: Path) -> None:
        self.path, self._draft = path, path.with_name(f".{path.name}.{os.getpid()}.part")
        self._file = os.fdopen(os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._members: dict[str, Member] = {}

    def add(self, name: str, content: Iterable[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as member:
            for block in content:
                member.write(block)
                digest.update(block)
                size += len(block)
        self._members[name] = Member(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> int:
        """Write the manifest and put the file in its place; return its size in bytes."""
        manifest.members = self._members
        self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._file.close()
        self._draft.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return size

    def abandon(self) -> None:
        self._draft.unlink(missing_ok=True)
        with contextlib.suppress(OSError, ValueError):
            self._zip.close()
        self._file.close()


class Reader:
    """Opens a backup. Raises RestoreFailed for a file that is none, is cut short, or is of a newer program."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = msgspec.json.decode(self._zip.read(MANIFEST), type=Manifest)
        except FileNotFoundError:
            raise RestoreFailed(f"{path} does not exist") from None
        except (zipfile.BadZipFile, KeyError, OSError, msgspec.MsgspecError) as error:
            raise RestoreFailed(f"{path} is no whole backup: {error}") from None
        if self.manifest.format > FORMAT:
            raise RestoreFailed(f"{path} was made by a newer version ({self.manifest.version})")

    def names(self, prefix: str) -> list[str]:
        return [name for name in self.manifest.members if name.startswith(prefix)]

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a member's content; raises RestoreFailed at its end if it is not what was written."""
        digest, size, expected = hashlib.sha256(), 0, self.manifest.members[name]
        try:
            with self._zip.open(name) as member:
                while block := member.read(BLOCK):
                    digest.update(block)
                    size += len(block)
                    yield block
        except (zipfile.BadZipFile, KeyError, OSError) as error:
            raise RestoreFailed(f"{name} in the backup cannot be read: {error}") from None
        if size != expected.bytes or digest.hexdigest() != expected.sha256:
            raise RestoreFailed(f"{name} in the backup is spoilt")

    def verify(self) -> None:
        """Read everything once. Raises RestoreFailed."""
        for name in self.manifest.members:
            for _ in self.blocks(name):
                pass

    def extract(self, name: str, target: Path) -> None:
        """Write one member to a file that is not there yet, 0600."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for block in self.blocks(name):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        self._zip.close()


def inside(folder: Path, name: str) -> Path:
    """Return where a member's relative path leads. Raises RestoreFailed for one that leads out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise RestoreFailed(f"the backup holds a file with a forbidden name: {name!r}")
    return folder.joinpath(*path.parts)


def summary(manifest: Manifest) -> dict[str, Any]:
    """Return what an operator wants to know of a backup."""
    return {
        "made_at": manifest.made_at,
        "version": manifest.version,
        "revision": manifest.revision,
        "rows": sum(manifest.rows.values()),
        "files": len(manifest.members),
        "bytes": sum(member.bytes for member in manifest.members.values()),
    }
