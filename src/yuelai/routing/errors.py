"""What routing refuses."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound


class NoSuchAgent(NotFound):
    """This person is not an agent here."""

    code = "no_such_agent"


class NoSuchQueue(NotFound):
    """There is no such queue."""

    code = "no_such_queue"


class SeatNotRegistered(Conflict):
    """Your phone is not registered: start it, or choose the other seat, then become ready."""

    code = "seat_not_registered"


class SeatInUse(Conflict):
    """The seat carries a contact; it can be changed when the contact is over."""

    code = "seat_in_use"


class StateNotYours(Conflict):
    """This state follows from contacts and cannot be chosen; choose ready, busy or offline."""

    code = "state_not_yours"


class AlreadyRouted(Conflict):
    """This contact is in a queue or with an agent already."""

    code = "already_routed"


class OfferGone(Conflict):
    """The offer no longer stands: the contact left, or its ring time was over first."""

    code = "offer_gone"


class QueueCodeTaken(Conflict):
    """There is a queue of this code already."""

    code = "code_taken"


class NoSuchMember(NotFound):
    """This person is not somebody of this tenant, or does not serve the queue."""

    code = "no_such_member"
