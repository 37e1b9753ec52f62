"""What is refused about dispositions."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class NoSuchDisposition(NotFound):
    """There is no such disposition."""

    code = "no_such_disposition"


class DispositionCodeTaken(Conflict):
    """There is a disposition of this code already."""

    code = "code_taken"


class DispositionInUse(Conflict):
    """Others stand below it; delete those first, or switch it off instead."""

    code = "in_use"


class TwoLevels(Refusal):
    """Dispositions stand on two levels: below one that stands below nothing, and without others below itself."""

    status = 422
    code = "two_levels"


class UnknownDisposition(Refusal):
    """This cannot be chosen for the contact: its tenant or its queue does not have it."""

    status = 422
    code = "unknown_disposition"


class NoteNeeded(Refusal):
    """With this disposition a note is to be written."""

    status = 422
    code = "note_needed"


class UnknownQueue(Refusal):
    """There is no such queue."""

    status = 422
    code = "unknown_queue"
