"""Reads capture files; `media.capture` describes their format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yuelai.media.capture import (
    HEAD_SIZE,
    HEADER_SIZE,
    MAX_BODY,
    TAG,
    Entry,
    Head,
    Header,
    NotACapture,
    unseal,
)


class Tampered(Exception):
    """What stands in the file is not what was written: changed, moved, left out, or under another key."""


@dataclass(frozen=True)
class Found:
    """What a file holds. `duration_ms` can be heard; `whole` tells that the end mark was reached."""

    duration_ms: int
    bytes: int
    whole: bool


@dataclass(frozen=True)
class Chunk:
    """`until` is where it ends, in ms since the recording began."""

    until: int
    entries: list[Entry]


class CaptureFile:
    """A capture opened for reading. Use as a context. It may still be growing: what was there at opening is read."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Raises OSError, and Tampered when this is no capture at all."""
        self._cipher = AESGCM(key)
        self._file: BinaryIO = path.open("rb")
        self.damage: str | None = None
        """What does not add up in the order of the chunks; those before it can be heard."""
        try:
            self.header = Header.parse(self._file.read(HEADER_SIZE))
            self._heads = list(self._scan())
        except NotACapture as error:
            self._file.close()
            raise Tampered(str(error)) from None
        except BaseException:
            self._file.close()
            raise
        self.duration_ms = self._heads[-1][1].until if self._heads else 0
        """Up to the end of the last whole chunk."""
        self.whole = bool(self._heads) and self._heads[-1][1].end and self.damage is None

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> CaptureFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _scan(self) -> Iterator[tuple[int, Head]]:
        """Yield where each sealed body begins, and its head."""
        size = self._file.seek(0, 2)
        position, index, until = HEADER_SIZE, 0, 0
        while position + HEAD_SIZE <= size:
            self._file.seek(position)
            head = Head.parse(self._file.read(HEAD_SIZE))
            if not TAG < head.length <= MAX_BODY or head.index != index or head.until < until or head.flags > 1:
                self.damage = f"chunk {index} has no true head"
                return
            body, position = position + HEAD_SIZE, position + HEAD_SIZE + head.length
            if position > size:
                return
            yield body, head
            if head.end:
                if position != size:
                    self.damage = "something stands behind the end mark"
                return
            index, until = index + 1, head.until

    def chunks(self) -> Iterator[Chunk]:
        """Yield all chunks. Raises Tampered at the first that is not true."""
        for body, head in self._heads:
            self._file.seek(body)
            try:
                entries = unseal(self._cipher, self.header, head, self._file.read(head.length))
            except InvalidTag:
                raise Tampered(f"chunk {head.index} was changed") from None
            yield Chunk(head.until, entries)


def examine(path: Path, key: bytes) -> Found:
    """Read a whole file and return what of it is true: up to a cut-off, or up to a chunk that was tampered with.

    Raises Tampered when it is no capture at all, and OSError.
    """
    with CaptureFile(path, key) as file:
        found = Found(0, HEADER_SIZE, False)
        try:
            for (body, head), chunk in zip(file._heads, file.chunks(), strict=True):
                found = Found(chunk.until, body + head.length, False)
        except Tampered:
            return found
        return Found(found.duration_ms, found.bytes, file.whole)
