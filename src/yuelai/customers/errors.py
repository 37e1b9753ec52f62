"""What customers refuses."""

from __future__ import annotations

from yuelai.platform.errors import NotFound, Refusal


class UnknownCustomer(NotFound):
    """There is no such customer."""

    code = "unknown_customer"


class Erased(Refusal):
    """The personal data of this customer was erased; only the figures remain."""

    status = 410
    code = "erased"


class NotAPhoneNumber(Refusal):
    """This is not a complete phone number; give it with its area code."""

    status = 422
    code = "not_a_phone_number"


class NothingToSearch(Refusal):
    """Give a phone number or a search text."""

    status = 422
    code = "nothing_to_search"
