"""What is wrong with a flow, said so that its designer finds the place."""

from __future__ import annotations

from dataclasses import dataclass

from yuelai.platform.errors import Conflict, NotFound, Refusal


@dataclass(frozen=True)
class Problem:
    """`node` is the broken node's name, empty for the flow as a whole."""

    node: str
    code: str
    detail: str

    def __str__(self) -> str:
        return f"node {self.node}: {self.detail}" if self.node else self.detail


class FlowInvalid(Refusal):
    """The flow cannot be published; each problem names its node."""

    status = 422
    code = "flow_invalid"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        listed = [{"node": one.node, "code": one.code, "detail": one.detail} for one in problems]
        super().__init__("; ".join(str(one) for one in problems), problems=listed)


class NoSuchFlow(Refusal):
    """There is no flow of this name."""

    status = 422
    code = "no_such_flow"


class NoSuchAccessNumber(NotFound):
    """This number is not answered here."""

    code = "no_such_access_number"


class NumberTaken(Conflict):
    """This number is in use already; choose another one."""

    code = "number_taken"
