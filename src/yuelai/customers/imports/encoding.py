"""Which encoding a text file is in, by decoding all of it: a guess from its beginning would fail in its middle."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from yuelai.customers.imports.errors import NotATable, UnreadableEncoding

CHUNK = 1024 * 1024
# Chinese text in GB18030 may begin with a few bytes that are UTF-8 by accident, but hardly with this many characters.
_CONVINCING = 12
# Text has no control characters save tab and line ends; DEL and C1 occur in what was mangled long ago, and are let be.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls); save it as .xlsx or CSV",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"GIF8": "a GIF picture",
    b"7z\xbc\xaf": "a 7z archive",
}


def is_workbook(path: Path) -> bool:
    """Return whether the file begins like a zip archive, as every XLSX does."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def detect(path: Path) -> str:
    """Return `utf-8`, `utf-8-sig`, `utf-16` (by its mark), `utf-16-le`, `utf-16-be` or `gb18030`.

    Raises `UnreadableEncoding` with `line` and byte `offset` of the first place that cannot be read, and `NotATable`.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise NotATable(f"The file is {what}.")
    if head.startswith(codecs.BOM_UTF8):
        return _sure(path, "utf-8-sig")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _sure(path, "utf-16")
    silent = _utf16_without_mark(head)
    if silent is not None:
        return _sure(path, silent)
    utf8 = _decode(path, "utf-8")
    if utf8 is None:
        return "utf-8"
    if utf8.characters >= _CONVINCING or utf8.control:
        raise utf8.refusal("utf-8")
    gb18030 = _decode(path, "gb18030")
    if gb18030 is None:
        return "gb18030"
    further = max((gb18030, "gb18030"), (utf8, "utf-8"), key=lambda each: each[0].offset)
    raise further[0].refusal(further[1])


class _Trouble:
    """Where decoding came to its end. `characters` counts those beyond ASCII that were read before it."""

    def __init__(self, offset: int, line: int, characters: int, *, control: bool) -> None:
        self.offset, self.line, self.characters, self.control = offset, line, characters, control

    def refusal(self, encoding: str) -> UnreadableEncoding:
        what = "a control character" if self.control else f"no {encoding.upper()} text"
        return UnreadableEncoding(
            f"Line {self.line}, byte {self.offset}: {what}. Save the file as CSV in UTF-8.",
            line=self.line,
            offset=self.offset,
            encoding=encoding,
        )


def _sure(path: Path, encoding: str) -> str:
    trouble = _decode(path, encoding)
    if trouble is not None:
        raise trouble.refusal(encoding)
    return encoding


def _decode(path: Path, encoding: str) -> _Trouble | None:
    """Decode the whole file a piece at a time; return where it fails."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    consumed, line, characters = 0, 1, 0
    with path.open("rb") as file:
        while True:
            piece = file.read(CHUNK)
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "ignore")
                beyond = sum(character > "\x7f" for character in good)
                return _Trouble(
                    consumed - waiting + error.start, line + good.count("\n"), characters + beyond, control=False
                )
            control = _CONTROL.search(text)
            if control is not None:
                before = text[: control.start()]
                narrow = encoding.removesuffix("-sig")
                offset = consumed - waiting + len(before.encode("utf-16-le" if narrow == "utf-16" else narrow))
                return _Trouble(offset, line + before.count("\n"), characters, control=True)
            if not piece:
                return None
            consumed += len(piece)
            line += text.count("\n")
            if characters < _CONVINCING and not text.isascii():
                characters += sum(character > "\x7f" for character in text)


def _utf16_without_mark(head: bytes) -> str | None:
    """Tell by where the zero bytes of commas, digits and line ends are."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    least = max(2, len(head) // 20)
    if odd >= least and even == 0:
        return "utf-16-le"
    if even >= least and odd == 0:
        return "utf-16-be"
    return None
