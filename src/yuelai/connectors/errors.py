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
