"""Keys by SIP INFO (RFC 6086 §1, as old phones and gateways do it): `application/dtmf-relay` and `application/dtmf`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yuelai.telephony.errors import WrongState
from yuelai.telephony.ports import InfoDigit
from yuelai.telephony.transaction import ServerTransaction

if TYPE_CHECKING:
    from yuelai.telephony.leg import SipLeg


def take(leg: SipLeg, transaction: ServerTransaction) -> None:
    """Digits of old phones: `Signal=5` lines in application/dtmf-relay, or the bare digit in application/dtmf."""
    request = transaction.request
    if request.content_type not in ("application/dtmf-relay", "application/dtmf"):
        # RFC 6086 §4.2.2: an INFO without a package that we cannot read is still answered 200.
        transaction.respond(request.response(200 if not request.body else 415))
        return
    digit = parse_digit(request.body)
    if digit is None:
        transaction.refuse(400)
        return
    transaction.respond(request.response(200))
    leg.emit(InfoDigit(leg.id, digit))


def send(leg: SipLeg, digit: str, milliseconds: int) -> None:
    """Send a key. A peer that does not take it, or says nothing, is none the worse for it."""
    assert leg.dialog is not None
    if parse_digit(digit.encode()) != digit:
        raise WrongState("not a key")
    info = leg.dialog.request("INFO")
    info.set_body("application/dtmf-relay", f"Signal={digit}\r\nDuration={milliseconds}\r\n")
    leg.ua.send(
        leg.dialog,
        info,
        lambda response: leg.lost(481) if response.status == 481 else None,
        lambda _status, _reason: None,
    )


def parse_digit(body: bytes) -> str | None:
    """Return the key of a dtmf-relay body (`Signal= 5`) or of a bare one; None when it holds none."""
    text = body[:200].decode("ascii", "replace").strip()
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip().lower() == "signal":
            text = value.strip()
            break
    names = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}
    digit = names.get(text, text.upper())
    return digit if len(digit) == 1 and digit in "0123456789*#ABCD" else None
