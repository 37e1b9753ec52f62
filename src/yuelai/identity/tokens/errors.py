"""What is refused about API tokens."""

from __future__ import annotations

from yuelai.platform.errors import Refusal


class ExpiresInThePast(Refusal):
    """The token would have expired already."""

    status = 422
    code = "expires_in_the_past"
