"""What guards refuse."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class NoSuchBan(NotFound):
    """This address is not banned."""

    code = "no_such_ban"


class NoSuchRule(NotFound):
    """There is no such rule."""

    code = "no_such_rule"


class NetworkTaken(Conflict):
    """There is a rule for this network already."""

    code = "network_taken"


class ChangedMeanwhile(Conflict):
    """Somebody else has changed it meanwhile; look at it again."""

    code = "changed_meanwhile"


class BadTollRule(Refusal):
    """The rule says nothing that could be kept to; `field` names what is wrong."""

    status = 422
    code = "bad_toll_rule"
