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
    CHANNELS,
    CHUNK,
    CHUNK_SIZE,
    HEAD_SIZE,
    HEADER_SIZE,
    MAX_BODY,
    TAG,
    Head,
    Header,
    NotACapture,
    unseal,
)


class Tampered(Exception):
    """What stands in the file is not what was written: changed, moved, left out, or under another key."""


@dataclass(frozen=True)
class Found:
    """What a file holds. `samples` a channel can be heard; `whole` tells that the end mark was reached."""

    samples: int
    bytes: int
    whole: bool

    @property
    def duration_ms(self) -> int:
        return self.samples * 1000 // CHUNK


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
        self.samples = sum(head.samples for head in self._heads)
        """A channel's, up to the last whole chunk."""
        self.whole = bool(self._heads) and self._heads[-1].end and self.damage is None

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> CaptureFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _scan(self) -> Iterator[Head]:
        size = self._file.seek(0, 2)
        position, index = HEADER_SIZE, 0
        while position + HEAD_SIZE <= size:
            self._file.seek(position)
            head = Head.parse(self._file.read(HEAD_SIZE))
            shape_fits = TAG <= head.length <= MAX_BODY and (head.length - TAG) % CHANNELS == 0
            if not shape_fits or head.index != index or not (head.end or head.length == MAX_BODY):
                self.damage = f"chunk {index} has no true head"
                return
            position += HEAD_SIZE + head.length
            if position > size:
                return
            yield head
            if head.end:
                if position != size:
                    self.damage = "something stands behind the end mark"
                return
            index += 1

    def chunks(self, first: int = 0) -> Iterator[tuple[bytes, bytes]]:
        """Yield both channels of chunk `first` and those after it. Raises Tampered at the first that is not true."""
        for head in self._heads[first:]:
            # All chunks before this one are full, so its place follows from its index.
            self._file.seek(HEADER_SIZE + head.index * CHUNK_SIZE + HEAD_SIZE)
            try:
                yield unseal(self._cipher, self.header, head, self._file.read(head.length))
            except InvalidTag:
                raise Tampered(f"chunk {head.index} was changed") from None


def examine(path: Path, key: bytes) -> Found:
    """Read a whole file and return what of it is true: up to a cut-off, or up to a chunk that was tampered with.

    Raises Tampered when it is no capture at all, and OSError.
    """
    with CaptureFile(path, key) as file:
        samples = good = 0
        try:
            for said, _ in file.chunks():
                samples += len(said)
                good += 1
        except Tampered:
            return Found(samples, HEADER_SIZE + good * CHUNK_SIZE, False)
        size = HEADER_SIZE + good * HEAD_SIZE + good * TAG + samples * CHANNELS
        return Found(samples, size, file.whole)
