"""One row of a file into what customers keep, or the reason why not. Pure, and called a million times in a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from yuelai.customers import identities, idnumbers, phones
from yuelai.customers.bulk.model import Incoming
from yuelai.customers.errors import NotAnIdentity, NotAnIdNumber
from yuelai.customers.imports import words
from yuelai.customers.imports.fields import CUSTOM
from yuelai.customers.imports.model import Broken, Record, Rejection
from yuelai.customers.names import fold

# Letters, digits and the space in full width become plain; Chinese punctuation stays as it is.
_WIDTHS = {
    code: code - 0xFEE0 for start, end in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(start, end + 1)
} | {0x3000: 0x20, 0x00A0: 0x20, 0xFEFF: None, 0x200B: None}  # fmt: skip
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BETWEEN = re.compile(r"[、,，;；|\n]+|\s{2,}")
_BETWEEN_PHONES = re.compile(r"[、,，;；|/\n或]+")
_MOST_VALUES = 20

MESSAGES = {
    "record_too_long": "The record is longer than a megabyte.",
    "line_too_long": "The line is longer than a megabyte.",
    "unclosed_quote": "A quotation mark opens here and is never closed.",
    "unreadable_record": "The record cannot be read.",
    "wrong_number_of_columns": "The row has another number of cells than the header.",
    "control_character": "The cell has a character that is no text.",
    "spreadsheet_error": "The spreadsheet shows an error in this cell.",
    "number_damaged": "A spreadsheet has cut off the last digits of this number; format the column as text.",
    "too_long": "The text is too long.",
    "too_many_values": "There are too many values in this cell.",
    "not_a_phone_number": "This is no complete phone number.",
    "bad_email": "This is no mail address.",
    "bad_gender": "This is no gender that is known here.",
    "bad_kind": "This is neither a person nor a company.",
    "bad_birth_year": "This is no year of birth.",
    "bad_date": "This is no date; write 2026-01-31.",
    "bad_id_number": "The number of this document is wrong: its check digit or its length.",
    "unknown_class": "There is no such class of customers.",
    "unknown_manager": "Nobody has this work number.",
    "bad_value": "The value does not suit the field.",
    "bad_customer_number": "Customer numbers have up to 40 letters and digits.",
    "key_missing": "The cell of the key is empty.",
    "name_missing": "A new customer needs a name.",
}


@dataclass(frozen=True)
class Context:
    """What the tenant knows: classes by folded name and code, managers by work number, its own fields by code."""

    classes: Mapping[str, str] = field(default_factory=dict)
    managers: Mapping[str, UUID] = field(default_factory=dict)
    custom: Mapping[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    this_year: int = 2026


class _Bad(Exception):
    def __init__(self, code: str) -> None:
        self.code = code


_Put = Callable[[Incoming, str], None]


class Normaliser:
    """Made once a run. `mapping` is `{column: field}` as `check_mapping` returns it."""

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, str], key: str, context: Context) -> None:
        self._width = len(columns)
        self._key = key
        self._context = context
        self._plan = [
            (place, column, self._put(mapping[column])) for place, column in enumerate(columns) if mapping.get(column)
        ]
        self._fields = dict(mapping)
        self._key_column = next((column for column in columns if mapping.get(column) == key), None)

    def row(self, record: Record | Broken) -> Incoming | Rejection:
        """Return the row, or the first thing wrong with it."""
        if isinstance(record, Broken):
            return Rejection(record.line, None, record.code, None, MESSAGES[record.code])
        line, cells = record.line, record.cells
        short, beyond = len(cells) < self._width, cells[self._width :]
        if short or (beyond and any(cell.strip() for cell in beyond)):
            return _rejection(line, None, "wrong_number_of_columns", None)
        row = Incoming(line)
        for place, column, put in self._plan:
            raw = cells[place]
            if not raw:
                continue
            if _UNSTORABLE.search(raw):
                return _rejection(line, column, "control_character", mask(raw))
            text = raw.strip() if raw.isascii() else raw.translate(_WIDTHS).strip()
            if not text or text.lower() in words.NOTHING:
                continue
            if text[0] == "#" and text in words.SPREADSHEET_ERRORS:
                return _rejection(line, column, "spreadsheet_error", text)
            try:
                put(row, text)
            except _Bad as bad:
                return _rejection(line, column, bad.code, mask(text))
        if not self._keyed(row):
            return _rejection(line, self._key_column, "key_missing", None)
        return row

    def _keyed(self, row: Incoming) -> bool:
        return self._key == "none" or bool(row.keys(self._key))

    def _put(self, name: str) -> _Put:
        if name.startswith(CUSTOM):
            code = name.removeprefix(CUSTOM)
            type_, choices = self._context.custom[code]

            def put_custom(row: Incoming, text: str) -> None:
                value = words.custom(text, type_, choices)
                if value is None:
                    raise _Bad("bad_value")
                row.custom[code] = value

            return put_custom
        if name.startswith("address."):
            kind = name.removeprefix("address.")

            def put_address(row: Incoming, text: str) -> None:
                row.addresses.append((kind, _text(text, 500)))

            return put_address
        plain: dict[str, _Put] = {
            "name": self._name, "no": self._no, "kind": self._kind, "gender": self._gender,
            "birth_year": self._birth_year, "class": self._class, "id_number": self._id_number, "since": self._since,
            "manager": self._manager, "phone": self._phone, "email": self._email, "wechat": self._wechat,
            "account": self._account, "tags": self._tags, "warnings": self._warnings,
        }  # fmt: skip
        return plain[name]

    def _name(self, row: Incoming, text: str) -> None:
        row.name = _text(text, 200)

    def _no(self, row: Incoming, text: str) -> None:
        if words.damaged(text):
            raise _Bad("number_damaged")
        if not re.fullmatch(r"[A-Za-z0-9_\-]{1,40}", text):
            raise _Bad("bad_customer_number")
        row.no = text.upper()

    def _kind(self, row: Incoming, text: str) -> None:
        row.kind = _known(words.KINDS, text, "bad_kind")

    def _gender(self, row: Incoming, text: str) -> None:
        row.gender = _known(words.GENDERS, text, "bad_gender") or None

    def _birth_year(self, row: Incoming, text: str) -> None:
        year = words.birth_year(text)
        if year is None or not 1850 <= year <= self._context.this_year:
            raise _Bad("bad_birth_year")
        row.birth_year = year

    def _class(self, row: Incoming, text: str) -> None:
        folded = fold(text)
        found = self._context.classes.get(folded) or words.CLASSES.get(folded)
        if found is None:
            raise _Bad("unknown_class")
        row.class_ = found

    def _id_number(self, row: Incoming, text: str) -> None:
        if words.damaged(text):
            raise _Bad("number_damaged")
        try:
            row.id_number = idnumbers.normalised(text)
        except NotAnIdNumber:
            raise _Bad("bad_id_number") from None

    def _since(self, row: Incoming, text: str) -> None:
        row.since = words.day(text)
        if row.since is None or not 1850 <= row.since.year <= 2200:
            raise _Bad("bad_date")

    def _manager(self, row: Incoming, text: str) -> None:
        row.manager_id = self._context.managers.get(text.removesuffix(".0"))
        if row.manager_id is None:
            raise _Bad("unknown_manager")

    def _phone(self, row: Incoming, text: str) -> None:
        if words.damaged(text):
            raise _Bad("number_damaged")
        whole = phones.normalise(text)
        if whole is not None:
            _identity(row, "phone", whole, text)
            return
        for part in _parts(text, _BETWEEN_PHONES):
            e164 = phones.normalise(part)
            # Spaces stand within numbers more often than between them.
            several = [(part, e164)] if e164 else [(each, phones.normalise(each)) for each in part.split()]
            for raw, value in several:
                if value is None:
                    raise _Bad("not_a_phone_number")
                _identity(row, "phone", value, raw)

    def _email(self, row: Incoming, text: str) -> None:
        for part in _parts(text, _BETWEEN):
            _identity(row, "email", _value("email", part, "bad_email"), part)

    def _wechat(self, row: Incoming, text: str) -> None:
        _identity(row, "wechat", _value("wechat", text, "bad_value"), text)

    def _account(self, row: Incoming, text: str) -> None:
        if words.damaged(text):
            raise _Bad("number_damaged")
        for part in _parts(text, _BETWEEN):
            _identity(row, "account", _value("account", part, "bad_value"), part)

    def _tags(self, row: Incoming, text: str) -> None:
        for part in _parts(text, _BETWEEN):
            tag = _text(part, 40)
            if tag not in row.tags:
                row.tags.append(tag)

    def _warnings(self, row: Incoming, text: str) -> None:
        warning = _text(text, 200)
        if warning not in row.warnings:
            row.warnings.append(warning)


def mask(text: str) -> str:
    """Return enough of a cell to find it in the file, too little to be of use: two characters in five, at most four."""
    shown = min(4, len(text) * 2 // 5)
    start, end = (shown + 1) // 2, shown // 2
    return f"{text[:start]}{'*' * min(8, len(text) - shown)}{text[len(text) - end :]}"


def _rejection(line: int, column: str | None, code: str, value: str | None) -> Rejection:
    return Rejection(line, column, code, value and value.replace("\x00", "\ufffd"), MESSAGES[code])


def _text(text: str, longest: int) -> str:
    plain = " ".join(text.split())
    if len(plain) > longest:
        raise _Bad("too_long")
    return plain


def _known(known: Mapping[str, str], text: str, code: str) -> str:
    try:
        return known[fold(text)]
    except KeyError:
        raise _Bad(code) from None


def _parts(text: str, between: re.Pattern[str]) -> list[str]:
    parts = [part for each in between.split(text) if (part := each.strip())]
    if len(parts) > _MOST_VALUES:
        raise _Bad("too_many_values")
    return parts


def _value(kind: str, text: str, code: str) -> str:
    try:
        return identities.normalised(kind, text)
    except NotAnIdentity:
        raise _Bad(code) from None


def _identity(row: Incoming, kind: str, value: str, raw: str) -> None:
    if all((kind, value) != known[:2] for known in row.identities):
        row.identities.append((kind, value, raw))
