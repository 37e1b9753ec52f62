"""What routing refuses."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


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


class AgentNotFree(Conflict):
    """The agent is not there, or has a call in hand."""

    code = "agent_not_free"


class NoSuchContact(NotFound):
    """This contact is in nobody's hands."""

    code = "no_such_contact"


class NoWrapup(Conflict):
    """There is no wrap-up that could be made longer."""

    code = "no_wrapup"


class WrapupTooLong(Conflict):
    """The wrap-up has been made longer as often as the queue allows."""

    code = "wrapup_too_long"


class QueueCodeTaken(Conflict):
    """There is a queue of this code already."""

    code = "code_taken"


class NoSuchMember(NotFound):
    """This person is not somebody of this tenant, or does not serve the queue."""

    code = "no_such_member"


class SpanUnfit(Refusal):
    """The time asked for has to end after it begins, and may be 93 days long at most."""

    status = 422
    code = "span_unfit"


class UnknownSkill(Refusal):
    """There is no such skill."""

    status = 422
    code = "unknown_skill"


class SkillTwice(Refusal):
    """The same skill is required twice, or preferred twice."""

    status = 422
    code = "skill_twice"


class UnknownCalendar(Refusal):
    """There is no such calendar."""

    status = 422
    code = "unknown_calendar"


class UnknownPrompt(Refusal):
    """There is no such prompt."""

    status = 422
    code = "unknown_prompt"


class NoSuchTarget(Refusal):
    """The queue that contacts are to overflow to does not exist, or is closed."""

    status = 422
    code = "no_such_target"


class OverflowCircle(Refusal):
    """These queues would send contacts to each other in a circle."""

    status = 422
    code = "overflow_circle"
