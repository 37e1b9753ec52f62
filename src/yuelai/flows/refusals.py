"""What is refused to those who draw flows; what is wrong within a flow is in `errors`."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class UnknownFlow(NotFound):
    """There is no such flow."""

    code = "unknown_flow"


class NoSuchFlowVersion(NotFound):
    """The flow was never published in this version."""

    code = "no_such_version"


class FlowCodeTaken(Conflict):
    """There is a flow of this code already."""

    code = "code_taken"


class FlowDraftChanged(Conflict):
    """Somebody else has changed the draft meanwhile; read it again."""

    code = "draft_changed"


class FlowInUse(Conflict):
    """Numbers or other flows lead to this flow; let them lead elsewhere first."""

    code = "flow_in_use"


class FlowShipped(Conflict):
    """This flow ships with the program; make one of your own from it."""

    code = "flow_shipped"


class TooManyFlows(Refusal):
    """A tenant has no more than 200 flows; delete old ones first."""

    status = 422
    code = "too_many_flows"


class DocumentUnfit(Refusal):
    """This document cannot be kept as a flow."""

    status = 422
    code = "document_unfit"


class FileUnreadable(Refusal):
    """The text is no flow in JSON or YAML."""

    status = 422
    code = "file_unreadable"


class NoSuchSimulation(NotFound):
    """The simulation is over and forgotten, or is somebody else's."""

    code = "no_such_simulation"


class TooManySimulations(Refusal):
    """Too many simulations run at the moment; end one, or wait until one is forgotten."""

    status = 429
    code = "too_many_simulations"


class SimulationOver(Conflict):
    """The simulation has ended, or does not wait for anything."""

    code = "simulation_over"


class PeriodTooLong(Refusal):
    """The period is longer than 93 days, or ends before it begins."""

    status = 422
    code = "period_too_long"
