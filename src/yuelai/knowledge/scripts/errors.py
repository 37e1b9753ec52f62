"""What scripts refuse."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class NoSuchScript(NotFound):
    """There is no such script."""

    code = "no_such_script"


class NoSuchVersion(NotFound):
    """The script was never published in this version."""

    code = "no_such_version"


class NoSuchRun(NotFound):
    """The script is not being followed in this contact."""

    code = "no_such_run"


class ScriptCodeTaken(Conflict):
    """There is a script of this code already."""

    code = "code_taken"


class DraftChanged(Conflict):
    """Somebody else has changed the draft meanwhile; read it again."""

    code = "draft_changed"


class ScriptBroken(Refusal):
    """The draft has faults; mend them before it is published."""

    status = 422
    code = "script_broken"


class NotPublished(Conflict):
    """The script has not been published, or was taken back."""

    code = "not_published"


class RunMovedOn(Conflict):
    """The script stands at another step by now."""

    code = "run_moved_on"


class RunOver(Conflict):
    """The script has been followed to its end."""

    code = "run_over"


class NoSuchBranch(Refusal):
    """The step has no such answer."""

    status = 422
    code = "no_such_branch"


class TooManyScripts(Refusal):
    """A tenant has no more than 500 scripts; delete old ones first."""

    status = 422
    code = "too_many_scripts"
