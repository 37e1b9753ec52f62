"""What importing refuses."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class UnknownImport(NotFound):
    """There is no such import."""

    code = "unknown_import"


class WrongState(Conflict):
    """The import is not in a state in which this can be done."""

    code = "wrong_state"


class UnreadableEncoding(Refusal):
    """The file is not a text in UTF-8, UTF-16 or GB18030."""

    status = 422
    code = "unreadable_encoding"


class NotATable(Refusal):
    """The file is neither CSV nor an XLSX workbook."""

    status = 422
    code = "not_a_table"


class UnsafeWorkbook(Refusal):
    """The workbook unpacks to more than is taken here."""

    status = 422
    code = "unsafe_workbook"


class EmptyFile(Refusal):
    """The file is empty."""

    status = 422
    code = "empty_file"


class NoRows(Refusal):
    """The file has no rows below its header."""

    status = 422
    code = "no_rows"


class TooManyColumns(Refusal):
    """The file has more columns than a list of customers can have."""

    status = 422
    code = "too_many_columns"


class BadMapping(Refusal):
    """The mapping names columns or fields that there are not, or one field twice."""

    status = 422
    code = "bad_mapping"


class FileTooLarge(Refusal):
    """The file is larger than what is taken here."""

    status = 413
    code = "file_too_large"


class NoRoom(Refusal):
    """The disk of this installation has no room for the file."""

    status = 507
    code = "no_room"


class BadUpload(Refusal):
    """The request is not a form with one file in the field `file`."""

    status = 422
    code = "bad_upload"
