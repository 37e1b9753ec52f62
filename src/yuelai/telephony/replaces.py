"""Which leg of ours a call wants to take the place of (RFC 3891), or to join (RFC 3911)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.platform.ids import LegId
from yuelai.telephony.dialog import DialogKey
from yuelai.telephony.layer import Refused
from yuelai.wire.sip import PeerError, Request
from yuelai.wire.sip.transfer import DialogRef, join_of, replaces_of

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

Dialogs = Mapping[DialogKey, "SipLeg"]
Legs = Mapping[LegId, "SipLeg"]
_PICKUP = "pickup-"
_SECRET = secrets.token_bytes(16)


def leg_of(dialogs: Dialogs, ref: DialogRef) -> SipLeg | None:
    """Return the leg whose dialog is meant, the tags as we see them."""
    return dialogs.get((ref.call_id, ref.to_tag, ref.from_tag))


def pickup_of(leg: SipLeg) -> DialogRef:
    """Return what watchers are told a ringing leg's dialog is called.

    It is good for taking the call there and for nothing else, and only while it rings. Whoever knows a dialog's true
    name and tags can hang it up, turn its sound elsewhere, transfer it, join it: also when it is answered later.
    """
    tags = hashlib.blake2b(leg.id.bytes, key=_SECRET, digest_size=16).hexdigest()
    return DialogRef(f"{_PICKUP}{leg.id.hex}", tags[:16], tags[16:], early_only=True)


def _ringing(legs: Legs, ref: DialogRef) -> SipLeg | None:
    """Return the leg that `pickup_of` has named, as long as it rings."""
    if not ref.call_id.startswith(_PICKUP):
        return None
    try:
        leg = legs.get(LegId(UUID(hex=ref.call_id.removeprefix(_PICKUP))))
    except ValueError:
        return None
    if leg is None or not leg.dialled or leg.state != "dialling":
        return None
    named = pickup_of(leg)
    return leg if (named.to_tag, named.from_tag) == (ref.to_tag, ref.from_tag) else None


def resolve(invite: Request, dialogs: Dialogs, legs: Legs) -> tuple[LegId | None, LegId | None] | Refused:
    """Return the legs that an INVITE replaces and joins, or how it is refused (RFC 3891 §3, RFC 3911 §4).

    400 malformed, or both; 481 no such dialog, or one that rings at somebody we did not call; 603 one that has ended;
    486 one that was answered though only a ringing one was wanted.
    """
    try:
        replaces, joins = replaces_of(invite), join_of(invite)
    except PeerError:
        return Refused(400)
    ref = replaces or joins
    if ref is None:
        return None, None
    leg = leg_of(dialogs, ref) or (_ringing(legs, ref) if replaces is not None else None)
    if leg is None:
        return Refused(481)
    if leg.state == "ended":
        return Refused(603)
    if leg.standing and ref.early_only:
        return Refused(486)
    if not leg.standing and not leg.dialled:
        return Refused(481)
    return (leg.id, None) if replaces is not None else (None, leg.id)
