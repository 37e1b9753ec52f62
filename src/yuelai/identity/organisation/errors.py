"""What is refused about the organisation."""

from __future__ import annotations

from yuelai.platform.errors import Refusal


class CodeTaken(Refusal):
    """There is one with this code already."""

    status = 409
    code = "code_taken"


class InUse(Refusal):
    """It is still in use: people, grants or others hang on it."""

    status = 409
    code = "in_use"


class Builtin(Refusal):
    """This role is built in; make another one instead."""

    status = 409
    code = "builtin"


class SiteOrder(Refusal):
    """A site stands below one of a higher kind: a county below a city or province, a city below a province."""

    status = 409
    code = "site_order"


class UnknownReference(Refusal):
    """Something this refers to does not exist here."""

    status = 422
    code = "unknown_reference"


class UnknownPermission(Refusal):
    """There is no such permission."""

    status = 422
    code = "unknown_permission"


class OperatorsOwn(Refusal):
    """The operator's own tenant cannot be closed."""

    status = 409
    code = "operators_own"
