"""A file sent with a form (multipart/form-data, RFC 7578), written to disk as it comes in."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from yuelai.customers.imports.errors import BadUpload, FileTooLarge, NoRoom

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_BYTES = 2 * 1024**3
"""Of the file; `FORM_BYTES` of the form around it."""
FORM_BYTES = MOST_BYTES + 64 * 1024
SPARED_BYTES = 512 * 1024**2
"""Stays free on the disk: the database must go on whatever people upload."""
_WRITTEN_AT_ONCE = 1024 * 1024
_LONGEST_NAME = 200


async def receive(content_type: str, stream: AsyncIterator[bytes], target: Path) -> tuple[str, int]:
    """Write the form's field `file` to `target`; return its name and its size. What was written goes when it fails.

    Raises `BadUpload`, `FileTooLarge`, `NoRoom`.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise BadUpload()
    form = _Form(target)
    try:
        parser = MultipartParser(boundary, form.callbacks(), max_header_count=16, max_header_size=4096)
        async for chunk in stream:
            parser.write(chunk)
            if len(form.waiting) >= _WRITTEN_AT_ONCE:
                await form.flush()
        parser.finalize()
        await form.flush()
    except MultipartParseError as error:
        form.give_up()
        raise BadUpload("The form is damaged.") from error
    except ClientDisconnect:
        form.give_up()
        raise BadUpload("The upload broke off.") from None
    except BaseException:
        form.give_up()
        raise
    form.close()
    if form.filename is None or not form.ended:
        form.give_up()
        raise BadUpload()
    return form.filename, form.size


class _Form:
    """Collects the part called `file`; other parts are let pass."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._file: BinaryIO | None = None
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._ours = False
        self.waiting = bytearray()
        self.filename: str | None = None
        self.size = 0
        self.ended = False

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._part_ends,
        }  # fmt: skip

    def _part_begins(self) -> None:
        self._headers, self._ours = {}, False

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if options.get(b"name") != b"file" or b"filename" not in options:
            return
        if self.filename is not None:
            raise BadUpload("The form has several files; send one at a time.")
        self._ours = True
        self.filename = _plain(options[b"filename"])
        self._file = self._target.open("xb")
        self._target.chmod(0o600)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._ours:
            self.size += end - start
            if self.size > MOST_BYTES:
                raise FileTooLarge(most=MOST_BYTES)
            self.waiting += memoryview(data)[start:end]

    def _part_ends(self) -> None:
        self.ended = self.ended or self._ours

    async def flush(self) -> None:
        """Write what has come, away from the event loop: a slow disk must not hold up anybody else's request."""
        piece, self.waiting = self.waiting, bytearray()
        if piece and self._file is not None:
            file = self._file

            def write() -> None:
                if shutil.disk_usage(self._target.parent).free < SPARED_BYTES + len(piece):
                    raise NoRoom()
                file.write(piece)

            await asyncio.to_thread(write)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def give_up(self) -> None:
        if self._file is not None:
            self._file.close()
            with contextlib.suppress(FileNotFoundError):
                self._target.unlink()


def _plain(raw: bytes) -> str:
    """Return the name without folders and without what no name should have (RFC 7578 §4.2: UTF-8)."""
    name = raw.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    name = "".join(character for character in name if character.isprintable()).strip()
    return name[-_LONGEST_NAME:] or "file"
