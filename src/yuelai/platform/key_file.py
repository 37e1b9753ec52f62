"""Where the master key is kept: a file with one line for each version, `NUMBER BASE64`, 32 bytes each.

The highest number seals; the others stay so that what was sealed before opens. Running processes notice a changed file
at the next use, so a version can be added while calls are served.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import structlog

from yuelai.platform.config import Settings, private_folder

log = structlog.get_logger()

KEY_BYTES = 32
_VERSIONS = range(1, 2**32)


class BadKeyFile(Exception):
    """The master key file cannot be used. Told to the operator, who must put it right."""


class KeyStore(Protocol):
    """The port behind which a key management service can stand: what it gives are keys it has unwrapped for us."""

    def keys(self) -> Mapping[int, bytes]:
        """Return every version, 32 bytes each, as they are now. Asked at each use: to be quick, and never empty."""
        ...

    def add(self) -> int:
        """Make a version higher than all others, and return its number once it is safe."""
        ...

    def remove(self, version: int) -> None:
        """Forget a version for good."""
        ...


class KeyFile:
    """The key in a file of ours alone (0600). One that becomes unreadable later leaves what was read in use."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark: tuple[int, ...] = ()
        self._keys: Mapping[int, bytes] = MappingProxyType({})
        self._trouble = ""

    @classmethod
    def of(cls, settings: Settings, *, create: bool = False) -> KeyFile:
        """Give `settings.master_key_file`, or the one in home; with `create` an absent one in home is made."""
        file = cls(settings.master_key_file or settings.folder / "keys" / "master.key")
        if create and settings.master_key_file is None and not file.path.exists():
            _create(file.path)
        return file

    def keys(self) -> Mapping[int, bytes]:
        """Return `{version: key}`. Raises BadKeyFile: absent, readable by others, malformed, and never read before."""
        try:
            found = self.path.stat()
            # Any change of content or rights changes the time of the inode.
            mark = (found.st_ino, found.st_ctime_ns, found.st_size)
            if mark != self._mark:
                self._keys, self._mark = MappingProxyType(_read(self.path)), mark
            self._trouble = ""
        except (OSError, BadKeyFile) as error:
            if not self._keys:
                raise error if isinstance(error, BadKeyFile) else _unreadable(self.path, error) from None
            # A call's recording must not end because somebody is at work on the file.
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.error("master_key_unreadable", file=str(self.path), error=self._trouble, in_use="what was read")
        return self._keys

    @property
    def changed_at(self) -> datetime:
        """When the file was written last. Raises OSError."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    def add(self) -> int:
        """Write one more version; on disk, whole, before this returns. Raises BadKeyFile."""
        with self._changing() as keys:
            version = max(keys) + 1
            keys[version] = os.urandom(KEY_BYTES)
        return version

    def remove(self, version: int) -> None:
        """Raises BadKeyFile; KeyError for one that is not there, ValueError for the one that seals."""
        with self._changing() as keys:
            if version == max(keys):
                raise ValueError(f"version {version} is the one that seals")
            del keys[version]

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[int, bytes]]:
        """Read, let change, and put the new file in the place of the old one; one process at a time."""
        path = self.path.resolve()
        try:
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise _unreadable(path, error) from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            keys = _read(path)
            yield keys
            try:
                _replace(path, keys)
                os.fsync(folder)
            except OSError as error:
                raise BadKeyFile(f"cannot write the master key {path}: {error}") from None
        finally:
            os.close(folder)


class FixedKeys:
    """Keys that are given, e.g. by a test."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = dict(keys)

    def keys(self) -> Mapping[int, bytes]:
        return self._keys

    def add(self) -> int:
        version = max(self._keys) + 1
        self._keys[version] = os.urandom(KEY_BYTES)
        return version

    def remove(self, version: int) -> None:
        del self._keys[version]


def _read(path: Path) -> dict[int, bytes]:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadKeyFile(f"{path} can be read by others; make it 0600")
        lines = path.read_text("ascii").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None
    keys: dict[int, bytes] = {}
    for line in lines:
        if line.strip():
            version, key = _parse(line, path)
            if version in keys:
                raise BadKeyFile(f"{path} has version {version} twice")
            keys[version] = key
    if not keys:
        raise BadKeyFile(f"{path} is empty")
    return keys


def _unreadable(path: Path, error: Exception) -> BadKeyFile:
    return BadKeyFile(f"cannot read the master key {path}: {error}")


def _parse(line: str, path: Path) -> tuple[int, bytes]:
    number, _, text = line.strip().partition(" ")
    try:
        key = base64.b64decode(text.strip(), validate=True)
        if len(key) == KEY_BYTES and int(number) in _VERSIONS:
            return int(number), key
    except (ValueError, binascii.Error):
        pass
    raise BadKeyFile(f"{path} must have lines `NUMBER BASE64` with {KEY_BYTES} bytes each")


def _text(keys: Mapping[int, bytes]) -> bytes:
    return "".join(f"{version} {base64.b64encode(keys[version]).decode()}\n" for version in sorted(keys)).encode()


def _replace(path: Path, keys: Mapping[int, bytes]) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)  # of somebody who was killed while writing
    before = path.stat()
    _write(draft, _text(keys))
    if os.geteuid() == 0:
        # Root may turn the key over for a centre that runs as somebody else, who must still be able to read it.
        os.chown(draft, before.st_uid, before.st_gid)
    draft.replace(path)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: Path) -> None:
    """Two processes may start at once: whoever links first has made the key, whole."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write(draft, _text({1: os.urandom(KEY_BYTES)}))
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
