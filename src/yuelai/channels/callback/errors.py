"""What is refused about callbacks."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, NotFound, Refusal


class NoSuchCallback(NotFound):
    """There is no such callback, or it is not of your queues."""

    code = "no_such_callback"


class NoNumber(Refusal):
    """There is no number that could be called: it was withheld, or is none."""

    status = 422
    code = "no_number"


class NotOurNumber(Refusal):
    """Customers can be shown numbers of yours only."""

    status = 422
    code = "not_our_number"


class NotWaiting(Conflict):
    """This callback is under way or over; it can be changed only while it waits."""

    code = "callback_not_waiting"


class ChangedMeanwhile(Conflict):
    """Somebody, or the callback itself, was faster: look again before you change it."""

    code = "changed_meanwhile"
