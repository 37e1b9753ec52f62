"""What trunks refuse."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal, Unavailable


class NoSuchTrunk(NotFound):
    """There is no such trunk."""

    code = "no_such_trunk"


class NoSuchRoute(NotFound):
    """There is no such route."""

    code = "no_such_route"


class TrunkCodeTaken(Conflict):
    """There is a trunk of this code already."""

    code = "code_taken"


class PeerNameTaken(Conflict):
    """Another trunk's peer signs in by this name already."""

    code = "peer_username_taken"


class ChangedMeanwhile(Conflict):
    """Somebody else has changed it meanwhile; look at it again."""

    code = "changed_meanwhile"


class BadTrunk(Refusal):
    """The trunk cannot work like this."""

    status = 422
    code = "bad_trunk"


class BadRoute(Refusal):
    """The route names a trunk that does not exist, or one twice."""

    status = 422
    code = "bad_route"


class KeysMissing(Unavailable):
    """The keys that open the passwords of trunks cannot be read."""

    code = "keys_missing"


class NoTrunk(Conflict):
    """No trunk can carry this call."""

    code = "no_trunk"

    def __init__(self, reason: str) -> None:
        """`reason` is no_route, no_trunk, unreachable, inbound_only or inactive."""
        super().__init__(f"No trunk can carry this call: {reason}", reason=reason)


class TrunksFull(Unavailable):
    """Every trunk that could carry this call is at its limit."""

    code = "trunks_full"


class TestCallUnderWay(Conflict):
    """A test call through this trunk is under way."""

    __test__ = False  # no test of ours, whatever its name
    code = "test_call_under_way"
