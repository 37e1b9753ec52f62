"""What a user's phones are doing, read off the legs that stand."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from yuelai.telephony.leg import LegState, SipLeg
from yuelai.telephony.replaces import pickup_of
from yuelai.telephony.subscriptions.packages import Line, Picture

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent


def pictures(ua: UserAgent, registered: Callable[[str], bool], users: Collection[str]) -> dict[str, Picture]:
    """Return the present state of these users, in one pass over all legs."""
    lines: dict[str, list[Line]] = {user: [] for user in users}
    for leg in ua.legs.values():
        user = _user(leg)
        if user in lines:
            lines[user].append(_line(ua, leg))
    return {user: Picture(user, registered(user), tuple(found)) for user, found in lines.items()}


def _user(leg: SipLeg) -> str:
    if leg.dialog is not None:
        return leg.dialog.user
    return leg.called if leg.dialled and leg.trunk_id is None else ""


def _line(ua: UserAgent, leg: SipLeg) -> Line:
    waiting = leg.state in (LegState.OFFERED, LegState.DIALLING)
    key = leg.dialog.key if leg.dialog is not None else next((k for k, held in ua.dialogs.items() if held is leg), None)
    state = ("early" if key is not None else "trying") if waiting else "confirmed"
    if key is None or not waiting or not leg.dialled:
        return Line(leg.id.hex, state, leg.dialled)
    # Named only while it rings there, to be picked up, and not by its true name. What is local there is remote here.
    named = pickup_of(leg)
    return Line(leg.id.hex, state, leg.dialled, named.call_id, local_tag=named.from_tag, remote_tag=named.to_tag)
