"""A dialog as the journal keeps it, and what is made of that after a restart."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from yuelai.telephony.dialog import Dialog
from yuelai.telephony.hops import parse_hop
from yuelai.telephony.ports import DialogRecord
from yuelai.wire.sip import parse_address, parse_uri
from yuelai.wire.sip.text import clean

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg

AFTER_RESTART_CSEQ = 1000
"""Added to a journalled CSeq, for requests that were sent after it was written (re-INVITEs, probes)."""


def record_of(leg: SipLeg, now: datetime) -> DialogRecord:
    """The leg must have a dialog."""
    dialog = leg.dialog
    assert dialog is not None
    return DialogRecord(
        leg_id=leg.id,
        at=now,
        call_id=clean(dialog.call_id),
        local=clean(str(dialog.local)),
        remote=clean(str(dialog.remote)),
        local_cseq=dialog.local_cseq,
        remote_cseq=dialog.remote_cseq,
        route_set=tuple(clean(str(route)) for route in dialog.route_set),
        target=clean(str(dialog.target)),
        hop=str(dialog.hop),
        symmetric=dialog.symmetric,
        user=dialog.user,
        instance=clean(dialog.instance),
        account=leg.account,
        role="caller" if leg.dialled else "called",
        origin=clean(origin_of(leg.negotiation.local)),
        media=clean(leg.media),
        peer=leg.peer,
    )


def origin_of(sdp: str | None) -> str:
    """Return the value of `o=`, which holds session id and version (RFC 8866 §5.2); empty without one."""
    start = (sdp or "").find("o=")
    return (sdp or "")[start + 2 :].partition("\n")[0].strip()[:200] if start >= 0 else ""


def dialog_of(record: DialogRecord) -> Dialog:
    """Raises PeerError or ValueError for a record that cannot be read."""
    return Dialog(
        call_id=record.call_id,
        local=parse_address(record.local),
        remote=parse_address(record.remote),
        local_cseq=record.local_cseq + AFTER_RESTART_CSEQ,
        remote_cseq=record.remote_cseq,
        target=parse_uri(record.target),
        hop=parse_hop(record.hop),
        route_set=[parse_address(route) for route in record.route_set],
        symmetric=record.symmetric,
        user=record.user,
        instance=record.instance,
    )
