"""What following other systems refuses."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class UnknownSource(NotFound):
    """There is no such source."""

    code = "unknown_source"


class UnknownConflict(NotFound):
    """There is no such conflict."""

    code = "unknown_conflict"


class AlreadyDecided(Conflict):
    """Somebody has decided this conflict."""

    code = "already_decided"


class SourceExists(Conflict):
    """There is a source with this code."""

    code = "source_exists"


class BadSource(Refusal):
    """The source cannot be as it is described."""

    status = 422
    code = "bad_source"
