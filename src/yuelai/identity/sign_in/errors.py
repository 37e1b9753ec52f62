"""What signing in refuses."""

from __future__ import annotations

import math

from yuelai.platform.errors import Refusal


class Locked(Refusal):
    """Too many failed attempts: nobody can sign in under this name for a while, unless an administrator ends it."""

    status = 423
    code = "locked"

    def __init__(self, seconds: float) -> None:
        super().__init__(None, retry_after=max(1, math.ceil(seconds)))


class OtpRequired(Refusal):
    """The password is right; a code from the second factor is needed, too."""

    status = 401
    code = "otp_required"


class OtpWrong(Refusal):
    """The code is wrong, too old, or was used before."""

    status = 401
    code = "otp_wrong"


class CodeWrong(Refusal):
    """The code does not belong to this secret: is the telephone's clock right?"""

    # Not 401: the session itself is sound.
    status = 422
    code = "otp_wrong"


class TotpAlreadyOn(Refusal):
    """A second factor is on already; take it off first."""

    status = 409
    code = "totp_already_on"


class TotpNotBegun(Refusal):
    """No second factor waits to be confirmed; begin anew."""

    status = 409
    code = "totp_not_begun"


class FactorUnreadable(Refusal):
    """The second factor was sealed under a master key that is not here; an administrator can take it off."""

    status = 503
    code = "second_factor_unreadable"


class PasswordChangeRequired(Refusal):
    """The password must be changed first."""

    status = 403
    code = "password_change_required"


class EmailTaken(Refusal):
    """Somebody else has this e-mail address; by it people are known to those who sign them in."""

    status = 409
    code = "email_taken"


class NoPassword(Refusal):
    """This person has no password of their own: they sign in elsewhere."""

    status = 409
    code = "no_password"


class NoGrantThere(Refusal):
    """You have no role at that tenant."""

    status = 403
    code = "no_grant_there"


class SessionNeeded(Refusal):
    """This needs somebody who has signed in; a token cannot do it."""

    status = 403
    code = "session_needed"


class NoSuchProvider(Refusal):
    """There is no such provider."""

    status = 404
    code = "no_such_provider"


class ProviderFailed(Refusal):
    """Signing in at the provider did not succeed: it refused, or did not answer as it should."""

    status = 401
    code = "oidc_failed"


class NotOneOfUs(Refusal):
    """The provider knows you, but you are not one of the people here; ask your administrator."""

    status = 403
    code = "oidc_unknown_person"


class TicketInvalid(Refusal):
    """Signing in took too long, was finished before, or began in another browser; begin anew."""

    status = 401
    code = "ticket_invalid"
