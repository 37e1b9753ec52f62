"""What the interactions room refuses."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class IllegalStep(Conflict):
    """This cannot happen to the interaction in its present state."""

    code = "illegal_step"


class NoSuchInteraction(NotFound):
    """There is no such interaction, or it is not yours to see."""

    code = "no_such_interaction"


class ContactStands(Conflict):
    """A contact of this customer has not been closed yet; wait for its end."""

    code = "contact_stands"


class TooManyExports(Refusal):
    """Others are being exported at the moment; try again when one of them is done."""

    status = 429
    code = "too_many_exports"


class BadSpan(Refusal):
    """The end of the time must lie after its beginning."""

    status = 422
    code = "bad_span"


class BadLine(Refusal):
    """This cannot stand as a line of the service trail."""

    status = 422
    code = "bad_trail_line"


class TooManyComparisons(Refusal):
    """So many answers have been compared that this looks like guessing; wait a little."""

    status = 429
    code = "too_many_comparisons"
