"""Requests from the wire to whom they concern (RFC 3261 §8.2, in its order), and a clear no to the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from yuelai.telephony.admission import FULL, Admission, Caller, dialled_user
from yuelai.telephony.auth import Authenticator, Verdict, has_credentials
from yuelai.telephony.dialog import dialog_of_invite
from yuelai.telephony.hops import FlowHop, behind_nat
from yuelai.telephony.incoming import IncomingLeg
from yuelai.telephony.layer import Refused, ServerTransaction
from yuelai.telephony.leg import SipLeg
from yuelai.telephony.ports import Leg
from yuelai.telephony.reasons import cause_of
from yuelai.telephony.registrar import Registrar
from yuelai.telephony.replaces import resolve
from yuelai.telephony.session import SHORTEST_SESSION, too_brief
from yuelai.telephony.useragent import UserAgent
from yuelai.wire.sip import METHODS, PeerError, Request

log = structlog.get_logger()

CallHandler = Callable[[Leg], Awaitable[None]]

MOST_LEGS = 4_000
MOST_UNDECIDED = 300
"""INVITEs and REGISTERs being looked at; past it we are slower than they come, and say so (RFC 3261 §21.5.4)."""


class Dispatcher:
    """Implements `layer.Above`."""

    def __init__(self, ua: UserAgent, registrar: Registrar, authenticator: Authenticator, admission: Admission) -> None:
        self._ua, self._registrar = ua, registrar
        self._authenticator, self._admission = authenticator, admission
        self._undecided = 0
        self.most_legs, self.most_undecided = MOST_LEGS, MOST_UNDECIDED
        self.handler: CallHandler | None = None
        self.closing = False
        self.outside: dict[str, Callable[[ServerTransaction], None]] = {}
        """Whoever takes requests of a method outside any dialog (SUBSCRIBE, MESSAGE, REFER …)."""

    def on_request(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        method = request.method
        if method not in self._ua.methods:
            # 405 is for methods that exist (§8.2.1), 501 for what nobody has heard of (§21.5.2).
            transaction.turn_away(405 if method in METHODS else 501, allow=self._ua.allow)
        elif not (request.uri.is_sip or request.uri.scheme == "tel"):
            transaction.turn_away(416)
        elif unknown := [tag for tag in _required(request) if tag not in self._ua.extensions]:
            transaction.turn_away(420, unsupported=", ".join(unknown))
        elif request.to.tag is not None and method != "REGISTER":
            self._within_dialog(transaction)
        elif request.get("max-forwards") == "0" and method == "INVITE":
            transaction.turn_away(483)  # we are a back-to-back user agent (RFC 7332 §3)
        elif method == "OPTIONS":
            transaction.answer_once(self._ua.describe(request, transaction.tag))
        elif method in ("INVITE", "REGISTER"):
            self._admit(transaction)
        elif method in self.outside:
            self.outside[method](transaction)
        else:
            transaction.turn_away(481)

    def _within_dialog(self, transaction: ServerTransaction) -> None:
        leg = self._leg_of(transaction.request)
        if leg is None and transaction.request.method in self.outside:
            self.outside[transaction.request.method](transaction)  # a subscription's own dialog
            return
        if leg is None:
            transaction.turn_away(481)
        elif self._elsewhere(leg, transaction):
            if self._undecided >= self.most_undecided:
                transaction.turn_away(503, retry_after="5")
                return
            self._undecided += 1
            self._ua.spawn(self._prove(leg, transaction))
        else:
            self._hand_to(leg, transaction)

    def _hand_to(self, leg: SipLeg, transaction: ServerTransaction) -> None:
        try:
            leg.on_request(transaction)
        except PeerError:
            transaction.refuse(400)

    def _elsewhere(self, leg: SipLeg, transaction: ServerTransaction) -> bool:
        """True for a request in a phone's call that comes from where that phone was not heard before."""
        dialog, source = leg.dialog_for(transaction.request), transaction.source
        if dialog is None or not dialog.user or source == dialog.hop:
            return False
        if not isinstance(source, FlowHop) and not isinstance(dialog.hop, FlowHop) and source.host == dialog.hop.host:
            return False
        binding = self._registrar.at(source)
        return binding is None or binding.user != dialog.user

    async def _prove(self, leg: SipLeg, transaction: ServerTransaction) -> None:
        """Tags are all that names a call, and whoever sees packets go by can read them: one who speaks from another
        place must have the phone's password to hang its call up, turn it elsewhere, or transfer it at its cost."""
        try:
            found = await self._authenticator.check(transaction.request, transaction.source)
            dialog = leg.dialog_for(transaction.request)
            if isinstance(found, Verdict):
                self._refuse(transaction, found)
            elif dialog is None or found.user != dialog.user:
                transaction.turn_away(403)
            else:
                self._hand_to(leg, transaction)
        except Exception:
            transaction.refuse(500)
            raise
        finally:
            self._undecided -= 1

    def _leg_of(self, request: Request) -> SipLeg | None:
        return self._ua.dialogs.get((request.call_id, request.to.tag or "", request.from_.tag or ""))

    def knows(self, request: Request) -> bool:
        return self._leg_of(request) is not None

    def on_ack(self, ack: Request) -> None:
        leg = self._leg_of(ack)
        if leg is not None:
            leg.on_ack(ack)

    def on_cancel(self, transaction: ServerTransaction, cancel: Request) -> None:
        invite = transaction.request
        leg = self._ua.dialogs.get((invite.call_id, invite.to.tag or transaction.tag, invite.from_.tag or ""))
        if leg is None:
            transaction.refuse(487)  # still being admitted
        elif invite.to.tag is None:
            leg.on_cancelled(cause_of(cancel))
        else:
            leg.negotiation.cancelled(transaction)

    def _admit(self, transaction: ServerTransaction) -> None:
        full = self._undecided >= self.most_undecided
        if transaction.request.method == "INVITE":
            full = (
                full or self.closing or self.handler is None or len(self._ua.legs) + self._undecided >= self.most_legs
            )
        if full:
            transaction.turn_away(503, retry_after="5")
            return
        self._undecided += 1
        self._ua.spawn(self._decide(transaction))

    async def _decide(self, transaction: ServerTransaction) -> None:
        try:
            if transaction.request.method == "REGISTER":
                await self._register(transaction)
            else:
                if has_credentials(transaction.request):
                    transaction.respond(transaction.request.response(100))
                await self._invite(transaction)
        except PeerError as error:
            if transaction.answered:
                return
            request = transaction.request
            transaction.respond(request.response(400, f"Bad Request ({error})", tag=transaction.tag))
        except Exception:
            transaction.refuse(500)
            raise
        finally:
            self._undecided -= 1

    async def _register(self, transaction: ServerTransaction) -> None:
        request, source = transaction.request, transaction.source
        found = await self._authenticator.check(request, source)
        if isinstance(found, Verdict):
            self._refuse(transaction, found)
        elif request.to.uri.user != found.user:
            transaction.refuse(403)
        else:
            transaction.respond(self._registrar.process(request, found.user, source, transaction.tag))

    def _refuse(self, transaction: ServerTransaction, verdict: Verdict) -> None:
        if verdict is Verdict.BLOCKED:
            transaction.turn_away(503, retry_after="60")
        elif verdict is Verdict.DENIED:
            transaction.turn_away(403)
        else:
            register = transaction.request.method == "REGISTER"
            response = transaction.request.response(401 if register else 407, tag=transaction.tag)
            for value in self._authenticator.challenges(
                transaction.source, transaction.request, stale=verdict is Verdict.STALE
            ):
                response.add("www-authenticate" if register else "proxy-authenticate", value)
            # Nothing is kept of strangers, and nothing repeated to whom they only pretend to be.
            transaction.answer_once(response)

    async def _invite(self, transaction: ServerTransaction) -> None:
        request, source = transaction.request, transaction.source
        if request.body and request.sdp is None:
            transaction.turn_away(415, accept="application/sdp")
            return
        if not request.accepts("application/sdp"):
            transaction.turn_away(406)
            return
        if too_brief(request):
            transaction.turn_away(422, min_se=str(SHORTEST_SESSION))
            return
        dialog = dialog_of_invite(request, source, transaction.tag, symmetric=behind_nat(request.via, source))
        caller = await self._admission.caller(request, source)
        if transaction.answered:
            return  # cancelled meanwhile
        if not isinstance(caller, Caller):
            self._refuse(transaction, caller)
            return
        if not has_credentials(request):
            transaction.respond(request.response(100))
        called = caller.called or dialled_user(request.uri)
        if not called:
            transaction.refuse(404)
            return
        place = resolve(request, self._ua.dialogs, self._ua.legs)
        if isinstance(place, Refused):
            transaction.refuse(place.status)
            return
        dialog.user, dialog.instance = caller.user, caller.instance
        if not self._ua.reachable(source):
            transaction.refuse(480)  # they went away while we looked: it reaches nobody, and ends the transaction
            return
        if caller.capacity is not None and not caller.capacity.enter():
            transaction.refuse(503, **(FULL if caller.trunk else {"retry_after": "5"}))
            return
        leg = IncomingLeg(
            self._ua, transaction, dialog,
            caller=caller.number, called=called, trunk=caller.trunk, browser=isinstance(source, FlowHop),
            trunk_id=caller.trunk_id, capacity=caller.capacity,
        )  # fmt: skip
        leg.replaces, leg.joins = place
        self._ua.observe_began(leg, request)
        self._ua.spawn(self._hand_over(leg))

    async def _hand_over(self, leg: IncomingLeg) -> None:
        """Give the call to its owner; one that fails must not leave the caller without an answer."""
        assert self.handler is not None
        try:
            await self.handler(leg)
        except Exception:
            leg.hang_up("system", 500, "")
            raise


def _required(request: Request) -> list[str]:
    return request.options("require") + request.options("proxy-require")
