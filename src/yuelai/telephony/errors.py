"""Refusals of telephony."""

from __future__ import annotations

from yuelai.platform.errors import Conflict, Refusal


class WrongState(Conflict):
    """The leg is not in a state for this."""

    code = "leg_wrong_state"


class NotRegistered(Conflict):
    """No phone of this kind is registered for the user."""

    code = "not_registered"


class OfferRefused(Refusal):
    """The other side refused the new session description; the call goes on as it was."""

    status = 409
    code = "offer_refused"
