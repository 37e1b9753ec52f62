"""What a user's phones are doing, read off the legs that stand."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from yuelai.telephony.leg import LegState, SipLeg
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
    # A dialog is named only while it rings there, to be picked up: whoever knows the name of one that stands could take
    # or join the talk. What is local there is remote here.
    call_id, ours, theirs = key if key is not None and waiting and leg.dialled else ("", "", "")
    return Line(leg.id.hex, state, leg.dialled, call_id, local_tag=theirs, remote_tag=ours)
