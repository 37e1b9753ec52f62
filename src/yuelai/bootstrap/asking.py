"""What a request of the web process has to say, and how it is told that it does not."""

from __future__ import annotations

from typing import Any

from yuelai.identity.model import Principal
from yuelai.platform.errors import Refusal


class BadRequest(Refusal):
    """The request is not one core understands."""

    status = 400
    code = "bad_request"


def principal_of(params: dict[str, Any]) -> Principal:
    """Raises `BadRequest` when the request does not say who asks."""
    try:
        return Principal.from_message(params["principal"])
    except (KeyError, ValueError, TypeError):
        raise BadRequest("the request does not say who asks") from None
