"""What incoming and dialled legs share: one owner, one end, and the requests within the dialog."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import structlog

from yuelai.platform.ids import LegId, new_id
from yuelai.telephony import digits
from yuelai.telephony.dialog import Dialog
from yuelai.telephony.errors import WrongState
from yuelai.telephony.grace import Grace
from yuelai.telephony.hops import UdpHop
from yuelai.telephony.journalled import Journalled
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.liveness import Liveness
from yuelai.telephony.negotiation import Negotiation
from yuelai.telephony.ports import Confirmed, Ended, LegEvent, Listener, Reanswered
from yuelai.telephony.reasons import cause, cause_of
from yuelai.telephony.repeat import OkRepeater
from yuelai.telephony.session import SessionTimer
from yuelai.wire.sip import Request, Response

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent

log = structlog.get_logger()


class LegState(StrEnum):
    OFFERED = "offered"
    """Incoming, no final response yet."""
    DIALLING = "dialling"
    """Ours, no 2xx yet."""
    JOURNALLING = "journalling"
    """Decided (to answer, or to acknowledge) and waiting for the journal."""
    ACCEPTED = "accepted"
    """Incoming, 200 sent, no ACK yet."""
    CONFIRMED = "confirmed"
    ENDED = "ended"


class SipLeg:
    """Implements `ports.Leg` together with its two subclasses."""

    dialled: ClassVar[bool]
    """True for a leg of our own making."""

    __slots__ = (
        "__weakref__", "_bye_on_ack", "_listener", "_offered", "_repeater", "_state", "_unacknowledged", "_untold",
        "account", "browser", "called", "caller", "carried", "correlation", "dialog", "grace", "id", "joins",
        "journalled", "liveness", "media", "negotiation", "peer", "replaces", "session", "since", "stood", "trunk",
        "trunk_id", "ua",
    )  # fmt: skip

    def __init__(
        self,
        ua: UserAgent,
        state: LegState,
        *,
        caller: str,
        called: str,
        trunk: bool,
        browser: bool,
        trunk_id: UUID | None = None,
        carried: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.id = LegId(new_id())
        self.ua, self._state = ua, state
        self.caller, self.called, self.trunk, self.browser = caller, called, trunk, browser
        self.trunk_id = trunk_id
        self.carried: Mapping[str, tuple[str, ...]] = carried or {}
        self.replaces: LegId | None = None
        self.joins: LegId | None = None
        self.dialog: Dialog | None = None
        self.account: UUID | None = None
        self.correlation: UUID | None = None
        self.negotiation = Negotiation(self)
        self.liveness = Liveness(self, ua.idle_seconds)
        self.session = SessionTimer(self)
        self.since = ua.timers.now
        """When it came into the state it is in (monotonic seconds)."""
        self.stood = False
        """True from the moment the call stood, also when it is over."""
        self.media = ""
        self.peer: LegId | None = None
        self._listener: Listener | None = None
        self._untold: list[LegEvent] = []
        self._repeater: OkRepeater | None = None
        self._unacknowledged = 0
        self.journalled = Journalled(self)
        self._offered = False
        self._bye_on_ack: str | None = None
        """Set when a BYE is to follow the ACK; its Reason."""
        self.grace = Grace(self)
        ua.legs[self.id] = self

    @property
    def state(self) -> LegState:
        return self._state

    @state.setter
    def state(self, state: LegState) -> None:
        self._state, self.since = state, self.ua.timers.now

    @property
    def unacknowledged(self) -> bool:
        """True while the ACK to a 200 of ours has not come."""
        return self._repeater is not None

    @property
    def pending(self) -> ServerTransaction | None:
        """The INVITE that its owner has not answered yet."""
        return None

    @property
    def unowned(self) -> bool:
        """True while nobody listens."""
        return self._listener is None

    @property
    def waiting(self) -> bool:
        """True while an answer to a call of ours may still come."""
        return False

    @property
    def offer(self) -> str | None:
        return None

    @property
    def call_id(self) -> str:
        """The dialog's Call-ID; before there is one, that of the first INVITE."""
        return self.dialog.call_id if self.dialog is not None else ""

    @property
    def standing(self) -> bool:
        return self.state is LegState.CONFIRMED

    @property
    def agreed(self) -> bool:
        """True when offer and answer have been exchanged reliably, so that there may be a new offer (RFC 3311 §5.1)."""
        return self.standing

    @property
    def offering(self) -> Dialog | None:
        """The dialog that a new offer of ours goes into."""
        return self.dialog

    @property
    def busy(self) -> bool:
        """True while an offer of the first INVITE is still open."""
        return False

    def dialog_for(self, request: Request) -> Dialog | None:
        """Return the dialog that a request of the other side belongs to; a forked call has several early ones."""
        return self.dialog

    def listen(self, listener: Listener) -> None:
        self._listener = listener
        untold, self._untold = self._untold, []
        for event in untold:
            listener(event)

    def emit(self, event: LegEvent) -> None:
        """Tell the owner. A listener that raises is our bug, and must not break the signalling of other legs."""
        if self._listener is None:
            self._untold.append(event)
            return
        try:
            self._listener(event)
        except Exception:
            log.exception("leg_listener_failed", leg=str(self.id))

    def need(self, *states: LegState) -> None:
        if self.state not in states:
            raise WrongState(f"the leg is {self.state}")

    async def ringing(self, sdp: str | None = None, *, status: int = 180) -> None:
        raise WrongState("only an incoming leg can ring back")

    async def redirect(self, *uris: str) -> None:
        raise WrongState("only an incoming leg can be redirected")

    async def answer(self, sdp: str) -> None:
        raise WrongState("only an incoming leg can be answered")

    async def accept(self, sdp: str) -> None:
        self.negotiation.accept(sdp)

    async def refuse_offer(self, status: int = 488) -> None:
        self.negotiation.refuse(status)

    async def reoffer(self, sdp: str) -> str:
        """Send a re-INVITE with a new offer and return the answer. Raises OfferRefused, WrongState."""
        return await self.negotiation.reoffer(sdp)

    async def refer(self, target: str, *, replaces: LegId | None = None) -> int:
        if self.ua.referrals is None:
            raise WrongState("nothing here refers")
        return await self.ua.referrals.refer(self, target, replaces=replaces)

    async def digit(self, digit: str, milliseconds: int = 160) -> None:
        """Send a key by INFO; whether the other side takes it is not waited for. Raises WrongState."""
        self.need(LegState.CONFIRMED)
        digits.send(self, digit, milliseconds)

    def suspect(self) -> None:
        """Its sound has stopped: ask whether it is still there; `Ended` follows if not."""
        self.liveness.suspect()

    async def hangup(self, status: int = 480, reason: str = "", *, cause: str = "") -> None:
        self.hang_up("local", status, reason, cause)

    def hang_up(self, by: str, status: int, reason: str, why: str = "") -> None:
        """End a leg whatever its state; what remains to be sent is sent without its owner. `why` is a Reason field
        (RFC 3326); without one it follows from status and reason."""
        state = self.state
        if state is LegState.ENDED:
            return
        why = why or (cause(status, reason) if reason else "")
        self.end(by, status, reason)
        if state is LegState.CONFIRMED:
            self.bye(why)
        elif state is LegState.ACCEPTED:
            # A BYE may not overtake the ACK (§15): it follows the ACK, or its absence.
            self._bye_on_ack = why
        else:
            self.abandon(state, status, reason, why)

    def abandon(self, state: LegState, status: int, reason: str, why: str) -> None:
        """Give up a leg that never stood. Ended has been told already."""
        raise NotImplementedError

    def released(self, status: int) -> None:
        """The leg has ended: let go of what it held besides its dialog."""

    def end(self, by: str, status: int, reason: str, *, cause: str = "", contacts: tuple[str, ...] = ()) -> None:
        """Tell `Ended` once, and forget the leg; its dialog may live on until the last request is answered."""
        if self.state is LegState.ENDED:
            return
        self.state = LegState.ENDED
        self.negotiation.abort()
        self.liveness.stop()
        self.session.stop()
        self.grace.stop()
        self.ua.legs.pop(self.id, None)
        self.released(status)
        self.journalled.end()
        log.info("leg_ended", leg=str(self.id), by=by, status=status, reason=reason)
        self.ua.observe_ended(self, status, reason)
        self.emit(Ended(self.id, by, status, reason, cause, contacts))

    async def journal(self) -> bool:
        """Make the dialog safe. Returns False when the leg ended meanwhile (the entry is then closed again)."""
        return await self.journalled.begin()

    def stand(self) -> None:
        self.state = LegState.CONFIRMED
        self.stood = True
        self.liveness.start()
        self.session.start()

    def target_changed(self, dialog: Dialog) -> None:
        """The other side is to be reached elsewhere from now on: the journal is told, and nobody waits for it."""
        if dialog is self.dialog:
            self.ua.locate(dialog)
            self.described()

    def described(self) -> None:
        """What a resumed dialog would need to know has changed."""
        self.journalled.changed()

    def keep(self, dialog: Dialog) -> None:
        """Hear requests within this dialog from now on."""
        self.dialog = dialog
        self.ua.dialogs[dialog.key] = self
        self.ua.locate(dialog)

    def drop(self) -> None:
        """The dialog is over on the wire too."""
        self.stop_repeating()
        if self.dialog is not None and self.ua.dialogs.get(self.dialog.key) is self:
            del self.ua.dialogs[self.dialog.key]

    def ok(self, request: Request, dialog: Dialog) -> Response:
        """Return the 200 to an INVITE or UPDATE of the peer's, without a description yet. Raises PeerError."""
        response = self.ua.dialog_response(request, 200, dialog)
        response.add("supported", self.ua.supported(reliable=True))
        self.session.agree(request, response)
        return response

    def bye(self, why: str = "") -> None:
        assert self.dialog is not None
        self.stop_repeating()
        self.ua.bye(self.dialog, self.drop, cause=why)

    def repeat_ok(self, transaction: ServerTransaction, ok: Response, *, offered: bool = False) -> None:
        """Send a 200 to an INVITE, again and again until its ACK; without one the call is over (§13.3.1.4).

        `offered` says that the description in it is an offer of ours to a re-INVITE that held none."""
        self.stop_repeating()
        self._offered = offered
        transaction.respond(ok)
        self._unacknowledged = ok.cseq.number
        self._repeater = OkRepeater(self.ua.timers, transaction.repeat, self._never_acknowledged)

    def stop_repeating(self) -> None:
        if self._repeater is not None:
            self._repeater.stop()
            self._repeater = None

    def _never_acknowledged(self) -> None:
        self.end("system", 408, "no ACK")
        self.bye()

    def on_ack(self, ack: Request) -> None:
        """The ACK to a 2xx of ours (§13.3.1.4)."""
        if self._repeater is None or ack.cseq.number != self._unacknowledged:
            return
        self.stop_repeating()
        if self._bye_on_ack is not None:
            why, self._bye_on_ack = self._bye_on_ack, None
            self.bye(why)
        elif self.state is LegState.ACCEPTED:
            self.stand()
            self.acknowledged(ack)
        elif self.standing and self._offered:
            self._offered = False
            if (answer := ack.sdp) is not None:
                self.emit(Reanswered(self.id, answer))

    def acknowledged(self, ack: Request) -> None:
        """The ACK that makes the call stand."""
        self.emit(Confirmed(self.id, None))

    def on_request(self, transaction: ServerTransaction) -> None:
        """A request within the dialog (§12.2.2)."""
        request = transaction.request
        dialog = self.dialog_for(request)
        if dialog is None:
            transaction.refuse(481)
            return
        number, method = request.cseq.number, request.method
        if dialog.remote_cseq is not None and number <= dialog.remote_cseq:
            transaction.refuse(500, retry_after="1")
            return
        dialog.remote_cseq = number
        if dialog.symmetric and transaction.source != dialog.hop and isinstance(dialog.hop, UdpHop):
            dialog.hop = transaction.source  # its NAT has given it another port
            self.described()
        self.liveness.heard()
        if method == "BYE":
            self._on_bye(transaction)
        elif self.state is LegState.ENDED:
            transaction.refuse(481)
        elif method in ("INVITE", "UPDATE"):
            self.negotiation.on_offer(transaction, dialog)
        elif method == "PRACK":
            self.on_prack(transaction)
        elif method == "INFO":
            digits.take(self, transaction)
        elif method in self.ua.in_dialog:
            self.ua.in_dialog[method](self, transaction)
        else:
            transaction.respond(self.ua.describe(request, transaction.tag))

    def on_prack(self, transaction: ServerTransaction) -> None:
        transaction.refuse(481)  # we sent nothing that asks for it

    def _on_bye(self, transaction: ServerTransaction) -> None:
        if self.state is LegState.DIALLING:
            transaction.refuse(481)  # who is called ends an early dialog by a final response (§15)
            return
        request, state = transaction.request, self.state
        transaction.respond(request.response(200))
        self.end("remote", 0, "bye", cause=cause_of(request))
        if state in (LegState.OFFERED, LegState.JOURNALLING):
            # A caller may end its early dialog by BYE (§15); the INVITE still needs a final response.
            self.abandon(state, 487, "", "")
        self._bye_on_ack = None
        self.drop()

    def on_cancelled(self, why: str = "") -> None:
        """The INVITE of an incoming leg was taken back; `why` is the Reason of the CANCEL."""

    def lose_flow(self) -> None:
        """The browser's connection is gone: a standing call waits for it to come back, anything else is over."""
        if self.state in (LegState.CONFIRMED, LegState.ACCEPTED):
            self.grace.begin()
        elif self.state in (LegState.OFFERED, LegState.JOURNALLING):
            self.hang_up("system", 503, "connection lost")

    def forgotten(self, status: int) -> None:
        """The peer has said that there is no such call."""
        self.end("system", status, "peer does not know the call")
        self.drop()

    def lost(self, status: int) -> None:
        """A request within the dialog was answered as if there were none (§12.2.1.2): end with a BYE."""
        self.hang_up("system", status, "dialog lost")
