"""What is refused about people."""

from __future__ import annotations

from yuelai.platform.errors import Refusal


class NoSuchPerson(Refusal):
    """There is no such person, or they are not yours to see."""

    status = 404
    code = "not_found"


class UsernameTaken(Refusal):
    """Somebody has this user name already; names are unique in the whole installation."""

    status = 409
    code = "username_taken"


class NumberTaken(Refusal):
    """Somebody has this work number already; numbers are unique in the whole installation."""

    status = 409
    code = "number_taken"


class ChangedMeanwhile(Refusal):
    """Somebody else has changed this since you looked at it; look again."""

    status = 409
    code = "changed_meanwhile"


class KnownElsewhere(Refusal):
    """This person works for others too: their name, number, password and account are the operator's to change."""

    status = 403
    code = "known_elsewhere"


class AlreadyHere(Refusal):
    """This person has a role here already."""

    status = 409
    code = "already_here"
