"""What offers refuse."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class NoSuchOffer(NotFound):
    """There is no such offer."""

    code = "no_such_offer"


class NoSuchShowing(NotFound):
    """Nothing like that was offered in this contact."""

    code = "no_such_showing"


class OfferCodeTaken(Conflict):
    """There is an offer of this code already."""

    code = "code_taken"


class NotTheMoment(Conflict):
    """This is not what is to be offered in this contact now."""

    code = "not_the_moment"


class UnknownPlaces(Refusal):
    """The text has places that cannot be filled in."""

    status = 422
    code = "unknown_places"


class TooManyOffers(Refusal):
    """A tenant has no more than 200 offers; delete old ones first."""

    status = 422
    code = "too_many_offers"
