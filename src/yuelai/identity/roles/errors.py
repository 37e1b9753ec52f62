"""What is refused about rights."""

from __future__ import annotations

from yuelai.platform.errors import Refusal


class CannotGrant(Refusal):
    """Nobody can give rights that they do not have themselves."""

    status = 403
    code = "cannot_grant"


class Outranked(Refusal):
    """This person has rights that you lack; somebody who has them must do this."""

    status = 403
    code = "outranked"


class LastAdministrator(Refusal):
    """This is the last administrator of a tenant; make another one first."""

    status = 409
    code = "last_administrator"
