"""Refusals: what the outside did wrong, as RFC 9457 problem documents. Our own bugs stay plain exceptions."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A request that is answered with a clear no. Subclass once per reason; the docstring is the message."""

    status: int = 400
    code: str = "refused"

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        self.detail = detail or (type(self).__doc__ or self.code).strip()
        self.extra = extra
        super().__init__(self.detail)

    def problem(self) -> dict[str, Any]:
        """Return the RFC 9457 document; `code` is stable, `detail` is for people."""
        return {
            "type": f"urn:yuelai:problem:{self.code}",
            "title": (type(self).__doc__ or self.code).strip().split("\n")[0],
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }


class NotFound(Refusal):
    """There is no such thing, or it is not yours to see."""

    status = 404
    code = "not_found"


class Conflict(Refusal):
    """The thing has moved on; this cannot be done in its present state."""

    status = 409
    code = "conflict"


class Unavailable(Refusal):
    """A part this needs does not answer at the moment; try again."""

    status = 503
    code = "unavailable"


class RemoteRefusal(Refusal):
    """A refusal that another process of the centre gave; carries its status and code through."""

    def __init__(self, problem: dict[str, Any]) -> None:
        known = {"type", "title", "status", "code", "detail"}
        super().__init__(str(problem.get("detail", "")), **{k: v for k, v in problem.items() if k not in known})
        self._problem = problem
        self.status, self.code = int(problem.get("status", self.status)), str(problem.get("code", self.code))

    def problem(self) -> dict[str, Any]:
        return self._problem
