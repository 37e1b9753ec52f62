"""Why a recording cannot be had."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal, Unavailable


class NoSuchRecording(NotFound):
    """There is no such recording, or it is not yours to hear."""

    code = "no_such_recording"


class StillCapturing(Conflict):
    """The call is still being recorded; it can be heard once it is over."""

    code = "recording_not_complete"


class RecordingErased(Refusal):
    """This recording was erased together with the customer's personal data."""

    status = 410
    code = "recording_erased"


class RecordingDamaged(Refusal):
    """The file of this recording is missing, was changed, or is shorter than it was."""

    status = 500
    code = "recording_damaged"


class KeyMissing(Unavailable):
    """The master key that opens this recording is not at hand."""

    code = "master_key_missing"


class RangeNotSatisfiable(Refusal):
    """The range asked for lies outside the recording."""

    status = 416
    code = "range_not_satisfiable"
