"""Why a call cannot be shown."""

from __future__ import annotations

from yuelai.platform.errors import Refusal


class NoSuchCall(Refusal):
    """There is no such call, or its time is over."""

    status = 404
    code = "no_such_call"


class TraceKeyMissing(Refusal):
    """The master key is not here, hence no messages can be read."""

    status = 503
    code = "trace_key_missing"
