"""What goes wrong with other systems, and what is not asked of them at all."""

from __future__ import annotations

from yuelai.platform.errors import Refusal


class HostNotAllowed(Refusal):
    """The administrator has not allowed this system to be asked (`YUELAI_CONNECTOR_HOSTS`)."""

    status = 422
    code = "host_not_allowed"


class ConnectorFailed(Refusal):
    """The other system did not answer as it should."""

    status = 502
    code = "connector_failed"


class CircuitOpen(ConnectorFailed):
    """The other system failed several times in a row and is left alone for a while."""

    status = 503
    code = "circuit_open"


class TooLate(ConnectorFailed):
    """The other system did not answer in time."""

    status = 504
    code = "connector_late"


class NotSent(ConnectorFailed):
    """The other system could not be reached: nothing was asked of it."""

    status = 503
    code = "not_sent"


class Declined(ConnectorFailed):
    """The other system says no."""

    status = 422
    code = "declined"

    def __init__(self, detail: str | None = None, *, reason: str = "", **extra: object) -> None:
        self.reason = reason
        """The other system's own code for it, empty when it names none."""
        super().__init__(detail, reason=reason, **extra)


class OutcomeUnknown(ConnectorFailed):
    """The other system may have done what was asked of it, or not; ask again by the same key, never by another."""

    status = 504
    code = "outcome_unknown"
