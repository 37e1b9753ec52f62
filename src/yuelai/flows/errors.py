"""What is wrong with a flow, said so that its designer finds the place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from yuelai.platform.errors import Conflict, NotFound, Refusal


@dataclass(frozen=True)
class Problem:
    """`node` is the broken node's name, empty for the flow as a whole; `exit` the way out of it that is wrong, such as
    `next`, `choices.1` or `cases.0`. A flow with warnings alone may be published."""

    node: str
    code: str
    message: str
    exit: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"node {self.node}: {self.message}" if self.node else self.message


class FlowInvalid(Refusal):
    """The flow cannot be published; each problem names its node."""

    status = 422
    code = "flow_invalid"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(one) for one in problems), problems=[asdict(one) for one in problems])


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
