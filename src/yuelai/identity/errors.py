"""What identity refuses."""

from __future__ import annotations

from yuelai.platform.errors import Refusal


class NotSignedIn(Refusal):
    """Sign in first: the session is missing, over or revoked."""

    status = 401
    code = "not_signed_in"


class WrongCredentials(Refusal):
    """The user name or the password is wrong."""

    status = 401
    code = "wrong_credentials"


class Forbidden(Refusal):
    """Your role does not allow this."""

    status = 403
    code = "forbidden"


class TooManyAttempts(Refusal):
    """Too many attempts; wait before the next one."""

    status = 429
    code = "too_many_attempts"

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(None, retry_after=max(1, round(retry_after)))


class NoNumber(Refusal):
    """This person has no work number, hence no phone."""

    status = 409
    code = "no_number"


class WeakPassword(Refusal):
    """The new password is too short, too common, or one of the last ones."""

    status = 422
    code = "weak_password"
