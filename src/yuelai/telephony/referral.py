"""Transfers as the wire knows them: REFER (RFC 3515), who asked for it (RFC 3892), and how it goes (RFC 6665).

A REFER that is accepted makes a subscription by itself: each step of the new call is told by a NOTIFY with a line of
SIP, and the final one ends it. One NOTIFY at a time; a step that was overtaken meanwhile is left out. Whoever says so
(RFC 4488) is spared all that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from yuelai.platform.ids import LegId
from yuelai.telephony.errors import WrongState
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.leg import LegState, SipLeg
from yuelai.telephony.ports import Referred
from yuelai.telephony.replaces import leg_of
from yuelai.telephony.timers import Timer
from yuelai.wire.sip import PeerError, Request, Response
from yuelai.wire.sip.events import Event, SubscriptionState, event_of, subscription_state_of
from yuelai.wire.sip.reasons import REASONS
from yuelai.wire.sip.text import clean
from yuelai.wire.sip.transfer import DialogRef, ReferTo, parse_refer_to, refer_to_of

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent

log = structlog.get_logger()

LIFE_SECONDS = 180
"""How long a subscription lives that a REFER made; a new call rings no longer."""
SUBSCRIPTION_LOOK_SECONDS = 20.0
LOOK_SECONDS = 1.0
"""How often whoever waits for the end of a transfer looks whether its leg still stands."""
FRAGMENT = "message/sipfrag;version=2.0"


class SipReferral:
    """Implements `ports.Referral`."""

    def __init__(self, leg: SipLeg, transaction: ServerTransaction, to: ReferTo, replaces: LegId | None) -> None:
        request = transaction.request
        self._leg, self._transaction = leg, transaction
        self.target, self.user, self.replaces = str(to.uri), to.uri.user.partition(";")[0], replaces
        self.referred_by = clean(request.get("referred-by") or "")
        self._silent = (request.get("refer-sub") or "").strip().lower() == "false"
        self._event = Event("refer", str(request.cseq.number))
        self._decided = self._over = self._sending = False
        self._next: int | None = None
        self._last = 0
        self._expiry: Timer | None = None
        self._until = 0.0

    def accept(self) -> None:
        if self._decided:
            return
        self._decided = True
        leg, request = self._leg, self._transaction.request
        if leg.dialog is None or leg.state is LegState.ENDED:
            self._over = True
            self._transaction.refuse(481)
            return
        response = leg.ua.dialog_response(request, 202, leg.dialog)
        if self._silent:
            response.add("refer-sub", "false")
            self._over = True
        self._transaction.respond(response)
        if not self._over:
            self._until = leg.ua.timers.now + LIFE_SECONDS
            self._look()
            self.progress(100)

    def _look(self) -> None:
        """It must not outlive its leg, nor its time."""
        timers = self._leg.ua.timers
        if self._leg.state is LegState.ENDED:
            self._close()
        elif timers.now >= self._until:
            self.progress(408)
        else:
            self._expiry = timers.after(SUBSCRIPTION_LOOK_SECONDS, self._look)

    def refuse(self, status: int = 603) -> None:
        if not self._decided:
            self._decided = self._over = True
            self._transaction.refuse(status)

    def progress(self, status: int) -> None:
        """NOTIFY, unless the leg is over or a final status has been told."""
        if self._over or not self._decided or status <= self._last:
            return
        self._last = status
        if status >= 200:
            self._over = True
            if self._expiry is not None:
                self._expiry.cancel()
        self._next = status
        self._send()

    def _send(self) -> None:
        leg, status = self._leg, self._next
        if self._sending or status is None:
            return
        self._next = None
        if leg.state is LegState.ENDED or leg.dialog is None:
            self._close()
            return
        notify = leg.dialog.request("NOTIFY")
        notify.add("event", self._event)
        left = max(0, round(self._until - leg.ua.timers.now))
        final = status >= 200
        notify.add(
            "subscription-state",
            SubscriptionState("terminated", reason="noresource") if final else SubscriptionState("active", left),
        )
        notify.add("contact", leg.ua.contact(leg.dialog.hop))
        notify.set_body(FRAGMENT, f"SIP/2.0 {status} {REASONS.get(status, 'Unknown')}\r\n")
        self._sending = True
        leg.ua.send(leg.dialog, notify, self._told, lambda _status, _reason: self._close())

    def _told(self, response: Response) -> None:
        if response.status < 200:
            return
        self._sending = False
        if response.status in (408, 481):
            self._close()  # nobody listens (RFC 6665 §4.2.2)
        else:
            self._send()

    def _close(self) -> None:
        self._over, self._sending, self._next = True, False, None
        if self._expiry is not None:
            self._expiry.cancel()


class _Sent:
    """A REFER of ours whose end somebody waits for."""

    def __init__(self, leg: SipLeg, number: int) -> None:
        self.leg, self.number = leg, number
        self.done: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def finish(self, status: int) -> None:
        if not self.done.done():
            self.done.set_result(status)


class Referrals:
    """REFER and its NOTIFY within the dialogs of legs, both ways; made once for a user agent."""

    def __init__(self, ua: UserAgent) -> None:
        self._ua = ua
        ua.referrals = self
        self._sent: dict[LegId, list[_Sent]] = {}
        ua.understand("REFER", "replaces", "join", "norefersub", within=self._on_refer)
        ua.understand("NOTIFY", within=self.on_notify)
        self.other_notify: Callable[[SipLeg, ServerTransaction], None] | None = None
        """Who takes a NOTIFY that is no answer to a REFER of ours."""

    # --- as it comes ------------------------------------------------------------------------------------------------

    def _on_refer(self, leg: SipLeg, transaction: ServerTransaction) -> None:
        request = transaction.request
        if not leg.standing:
            transaction.refuse(491 if leg.state is not LegState.ENDED else 481)
            return
        try:
            to = refer_to_of(request)
            wanted = to.replaces if to is not None else None
        except PeerError:
            transaction.refuse(400)
            return
        if to is None:
            transaction.refuse(400)
        elif not (to.uri.is_sip or to.uri.scheme == "tel"):
            transaction.refuse(416)
        elif to.method != "INVITE":
            transaction.refuse(403)
        else:
            replaces = leg_of(self._ua.dialogs, wanted) if wanted is not None else None
            if wanted is not None and replaces is None:
                transaction.refuse(481)  # a dialog of ours is meant, and there is none
                return
            leg.emit(Referred(leg.id, SipReferral(leg, transaction, to, replaces.id if replaces is not None else None)))

    # --- as we ask it -----------------------------------------------------------------------------------------------

    async def refer(self, leg: SipLeg, target: str, *, replaces: LegId | None = None) -> int:
        """Ask the other side to call `target`, a URI; return how its call went, or the refusal of the REFER itself.

        0 when the leg ended before anything final was told. Raises WrongState when the leg does not stand.
        """
        if not leg.standing or leg.dialog is None:
            raise WrongState("only a standing call can be transferred")
        refer = leg.dialog.request("REFER")
        refer.add("refer-to", self._refer_to(target, replaces))
        refer.add("referred-by", f"<{leg.dialog.local.uri}>")
        refer.add("contact", self._ua.contact(leg.dialog.hop))
        sent = _Sent(leg, refer.cseq.number)
        self._sent.setdefault(leg.id, []).append(sent)

        def told(response: Response) -> None:
            if response.status >= 300:
                sent.finish(response.status)
            elif response.status >= 200 and (response.get("refer-sub") or "").strip().lower() == "false":
                sent.finish(response.status)  # nothing more will be told

        self._ua.send(leg.dialog, refer, told, lambda status, _reason: sent.finish(status))
        watch = self._watch(sent, self._ua.timers.now + LIFE_SECONDS)
        try:
            return await sent.done
        finally:
            watch()
            self._sent[leg.id].remove(sent)
            if not self._sent[leg.id]:
                del self._sent[leg.id]

    def _refer_to(self, target: str, replaces: LegId | None) -> ReferTo:
        to = parse_refer_to(f"<{target}>")
        if replaces is None:
            return to
        other = self._ua.legs.get(replaces)
        key = next((key for key, leg in self._ua.dialogs.items() if leg is other), None)
        if other is None or key is None:
            raise WrongState("the call that shall be replaced has no dialog")
        # Tags as whoever receives the INVITE sees them: what we call remote is its own (RFC 3891 §3).
        ref = DialogRef(key[0], key[2] or "0", key[1] or "0")
        return ReferTo(to.uri, (*to.headers, ("replaces", str(ref))))

    def _watch(self, sent: _Sent, until: float) -> Callable[[], None]:
        """Look after one that waits; return what ends the looking."""
        timer = Timer(None)

        def look() -> None:
            nonlocal timer
            if sent.leg.state is LegState.ENDED:
                sent.finish(0)
            elif self._ua.timers.now >= until:
                sent.finish(408)
            else:
                timer = self._ua.timers.after(LOOK_SECONDS, look)

        look()
        return lambda: timer.cancel()

    def on_notify(self, leg: SipLeg, transaction: ServerTransaction) -> None:
        """How a call goes that we asked for."""
        request = transaction.request
        try:
            event, state = event_of(request), subscription_state_of(request)
        except PeerError:
            transaction.refuse(400)
            return
        waiting = self._sent.get(leg.id, [])
        if event is None or event.package != "refer":
            if self.other_notify is not None:
                self.other_notify(leg, transaction)
            else:
                transaction.refuse(489)
            return
        # The first REFER of a dialog may be told without its number (RFC 3515 §2.4.6).
        sent = next((s for s in waiting if event.id is None or event.id == str(s.number)), None)
        if sent is None:
            transaction.refuse(481)
            return
        transaction.respond(request.response(200, tag=transaction.tag))
        status = fragment_status(request)
        if status is not None and status >= 200:
            sent.finish(status)
        elif state is not None and state.state == "terminated":
            sent.finish(status or 0)


def fragment_status(request: Request) -> int | None:
    """Return the status of a NOTIFY's line of SIP (RFC 3420), None when it cannot be read."""
    line = request.body[:200].decode("utf-8", "replace").partition("\n")[0].split()
    if len(line) < 2 or line[0].upper() != "SIP/2.0" or not (line[1].isascii() and line[1].isdigit()):
        return None
    return int(line[1])
