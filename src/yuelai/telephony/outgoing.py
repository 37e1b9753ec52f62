"""A leg that we dialled: stages of destinations, one INVITE to each, and a dialog for each tag that answers
(RFC 3261 §13.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from yuelai.telephony.attempt import Attempt
from yuelai.telephony.codecs import fitted
from yuelai.telephony.dialog import Dialog, DialogKey
from yuelai.telephony.errors import WrongState
from yuelai.telephony.invitation import Fork, Invitation
from yuelai.telephony.leg import LegState, SipLeg
from yuelai.telephony.ports import Answered, Destination, Ringing
from yuelai.telephony.reasons import COMPLETED_ELSEWHERE
from yuelai.telephony.stages import MOST_REDIRECTS, Failure, best, contacts_of, followed, mendable
from yuelai.telephony.timers import Timer
from yuelai.telephony.tokens import new_call_id, new_tag
from yuelai.wire.sip import Address, PeerError, Request, Response, Uri, parse_address

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent

log = structlog.get_logger()

LONGEST_RINGING = 300.0
"""Seconds a call of ours may last without an answer when its owner names no limit."""
OWNER_SECONDS = 20.0
"""How long the owner may think about an offer that came with a 2xx; its ACK waits for that."""


class OutgoingLeg(SipLeg):
    dialled = True

    __slots__ = (
        "_attempts", "_caller_name", "_early", "_failures", "_first_call_id", "_headers", "_owing", "_redirects",
        "_sdp", "_stages", "_timeout", "_winner", "_won",
    )  # fmt: skip

    def __init__(
        self,
        ua: UserAgent,
        stages: Sequence[Sequence[Destination]],
        *,
        caller: str,
        called: str,
        browser: bool,
    ) -> None:
        super().__init__(ua, LegState.DIALLING, caller=caller, called=called, trunk=False, browser=browser)
        self._stages = [list(stage) for stage in stages]
        self._sdp: str | None = None
        self._caller_name = self._first_call_id = ""
        self._headers: Mapping[str, str] = {}
        self._attempts: list[Attempt] = []
        """Those of the stage that is being called."""
        self._failures: list[Failure] = []
        self._redirects = MOST_REDIRECTS
        self._timeout: Timer | None = None
        self._early: dict[DialogKey, Fork] = {}
        """Early dialogs that requests may come in."""
        self._won: Attempt | None = None
        """The one that was answered."""
        self._winner: tuple[Invitation, Fork] | None = None
        """Until its ACK has been sent."""
        self._owing = False
        """True while the ACK waits for the owner's answer to the offer in the 2xx."""

    def dial(
        self, sdp: str | None, caller_name: str, headers: Mapping[str, str], *, timeout: float | None = None
    ) -> None:
        """Send the INVITEs. Nothing is told to the owner before this returns."""
        self.negotiation.local = self._sdp = sdp
        self._caller_name, self._headers = caller_name, headers
        self._timeout = self.ua.timers.after(
            LONGEST_RINGING if timeout is None else timeout, lambda: self.hang_up("system", 408, "no answer")
        )
        if any(self._stages):
            self._next_stage()
        else:
            self._fail_soon(503, "nowhere to call")

    def _fail_soon(self, status: int, reason: str) -> None:
        self.ua.timers.after(0, lambda: self._give_up(Failure("system", status, reason)))

    def _next_stage(self) -> None:
        while not (stage := self._stages.pop(0)):
            pass
        self._attempts = []
        try:
            self._attempts = [Attempt(self, place, self._invite(place)) for place in stage]
        except (PeerError, ValueError) as error:
            log.warning("sip_destination_malformed", why=str(error))
            self._fail_soon(502, "malformed destination")
            return
        for attempt in list(self._attempts):
            attempt.start()

    def _invite(self, place: Destination) -> Request:
        """Return the INVITE but for Via, Contact and CSeq (§13.2.1)."""
        host, ua = self.ua.host, self.ua
        if place.sender is not None:
            sender = parse_address(place.sender)
        else:
            sender = Address(Uri("sip", self.caller or "anonymous", host), self._caller_name, {})
        sender.params["tag"] = new_tag()
        invite = Request("INVITE", place.uri)
        for route in place.route:
            invite.add("route", route)
        invite.add("max-forwards", self._headers.get("max-forwards", "70"))
        invite.add("from", sender)
        invite.add("to", place.recipient or f"<{Uri('sip', self.called, host)}>")
        invite.add("call-id", new_call_id())
        invite.add("supported", ua.supported(reliable=self._sdp is not None))
        self.session.ask(invite)
        own = {name.lower() for name in place.headers} | {"max-forwards"}
        for name, value in self._headers.items():
            if name.lower() not in own:
                invite.add(name, value)
        for name, value in place.headers.items():
            invite.add(name, value)
        if self._sdp is not None:
            invite.set_body("application/sdp", fitted(self._sdp, place))
        return invite

    def began(self, invite: Request, place: Destination) -> None:
        self.trunk_id = place.trunk_id
        if not self._first_call_id:
            self._first_call_id = invite.call_id
        self.ua.observe_began(self, invite)

    @property
    def call_id(self) -> str:
        return super().call_id or self._first_call_id

    def dialog_for(self, request: Request) -> Dialog | None:
        fork = self._early.get((request.call_id, request.to.tag or "", request.from_.tag or ""))
        return fork.dialog if fork is not None else self.dialog

    @property
    def waiting(self) -> bool:
        return self._timeout is not None or any(attempt.failure is None for attempt in self._attempts)

    @property
    def offering(self) -> Dialog | None:
        agreed = [fork.dialog for fork in self._early.values() if fork.agreed]
        return self.dialog or (agreed[0] if len(agreed) == 1 else None)

    @property
    def agreed(self) -> bool:
        return self.standing or any(fork.agreed for fork in self._early.values())

    def on_ringing(self, attempt: Attempt, fork: Fork | None, response: Response) -> None:
        if self.state is not LegState.DIALLING:
            return
        if fork is not None and (key := fork.dialog.key) not in self._early:
            self._early[key] = fork
            self.ua.dialogs[key] = self
        self.trunk_id = attempt.place.trunk_id or self.trunk_id
        self.emit(Ringing(self.id, response.status, response.sdp))

    def on_ok(self, attempt: Attempt, invitation: Invitation, fork: Fork, response: Response) -> None:
        sdp = response.sdp or (fork.sdp if self._sdp is not None else None)
        if self.state is not LegState.DIALLING or sdp is None or attempt not in self._attempts:
            # Cancelled too late, another contact or another fork was first, or nothing to talk with.
            invitation.acknowledge(fork)
            self._forget_early(fork)
            cause = COMPLETED_ELSEWHERE if self._won is not None else ""
            self.ua.bye(fork.dialog, lambda: self._lost(attempt), cause=cause)
            if self.state is LegState.DIALLING and attempt.failure is None and attempt in self._attempts:
                attempt.failure = Failure("system", 488, "answer without description")
                self.on_attempt_failed(attempt, None)
            return
        self._won, self._winner = attempt, (invitation, fork)
        self.state = LegState.JOURNALLING
        self._stop_timeout()
        for other in self._attempts:
            if other is not attempt:
                other.cancel(COMPLETED_ELSEWHERE)
        attempt.settle(invitation)
        self._leave_early(but=fork)
        self.trunk_id = attempt.place.trunk_id
        self.keep(fork.dialog)
        self.session.agreed(response)
        self.ua.spawn(self._confirm(sdp))

    def _lost(self, attempt: Attempt) -> None:
        """A 2xx that was not wanted has been undone on the wire."""
        if self._won is not attempt:
            attempt.release(487)

    async def _confirm(self, sdp: str) -> None:
        assert self._winner is not None
        invitation, fork = self._winner
        safe = await self.journal()
        if not safe or self._sdp is not None:
            invitation.acknowledge(fork)
        if not safe:
            self.bye()
            return
        self.stand()
        if self._sdp is not None:
            self._forget_the_way()
        else:
            self._owing = True
            self._timeout = self.ua.timers.after(
                OWNER_SECONDS, lambda: self.hang_up("system", 488, "the offer was not answered")
            )
        self.emit(Answered(self.id, sdp))

    async def accept(self, sdp: str) -> None:
        if self._owing:
            self.negotiation.local = sdp
            self._pay(sdp)
        else:
            await super().accept(sdp)

    async def reoffer(self, sdp: str) -> str:
        if self._owing:
            raise WrongState("their offer waits for an answer")
        return await super().reoffer(sdp)

    def _pay(self, sdp: str | None = None) -> None:
        """Send the ACK that waited."""
        if self._owing and self._winner is not None:
            self._owing = False
            self._stop_timeout()
            invitation, fork = self._winner
            invitation.acknowledge(fork, sdp)
            self._forget_the_way()

    def _forget_the_way(self) -> None:
        """The call stands for an hour; how it was reached is not needed so long."""
        self._winner = None
        self._attempts, self._stages, self._failures, self._headers = [], [], [], {}
        if self._won is not None:
            self._won.forget_the_way()

    @property
    def busy(self) -> bool:
        return self._owing

    def _stop_timeout(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None

    def _leave_early(self, but: Fork | None = None) -> None:
        for fork in list(self._early.values()):
            if fork is not but:
                self._forget_early(fork)
        self._early.clear()

    def _forget_early(self, fork: Fork) -> None:
        key = fork.dialog.key
        self._early.pop(key, None)
        self.negotiation.gone(fork.dialog)
        if self.ua.dialogs.get(key) is self and (self.dialog is None or self.dialog.key != key):
            del self.ua.dialogs[key]

    def on_attempt_failed(self, attempt: Attempt, response: Response | None) -> None:
        failure = attempt.failure
        assert failure is not None
        if attempt.invitation is not None:
            for fork in attempt.invitation.forks.values():
                if not fork.answered:
                    self._forget_early(fork)
        if self.state is not LegState.DIALLING or attempt not in self._attempts:
            return
        if response is not None and 300 <= failure.status < 400:
            self._redirected(attempt, response)
        if failure.status >= 600:
            # A global failure ends the search everywhere (§16.7, step 5).
            self._give_up(failure)
        elif all(other.failure is not None for other in self._attempts):
            self._stage_failed()

    def _redirected(self, attempt: Attempt, response: Response) -> None:
        """§8.1.3.4: the contacts become the next stage, as far as they may be followed."""
        assert attempt.failure is not None
        contacts = contacts_of(response)
        places = followed(attempt.place, contacts, self.ua.is_own, self._redirects)
        if places:
            self._redirects -= len(places)
            self._stages.insert(0, places)
            attempt.failure = replace(attempt.failure, by="system", status=480)
        else:
            attempt.failure = replace(attempt.failure, contacts=tuple(str(uri) for uri in contacts))

    def _stage_failed(self) -> None:
        failures = [(a.failure, a.place) for a in self._attempts if a.failure is not None]
        self._failures += [failure for failure, _ in failures]
        if any(self._stages) and all(mendable(failure, place) for failure, place in failures):
            self._next_stage()
        else:
            self._give_up(best(self._failures))

    def _give_up(self, failure: Failure) -> None:
        self.end(failure.by, failure.status, failure.reason, cause=failure.cause, contacts=failure.contacts)
        for attempt in self._attempts:
            attempt.cancel()

    def abandon(self, state: LegState, status: int, reason: str, why: str) -> None:
        for attempt in self._attempts:
            if attempt.failure is None and attempt is not self._won:
                attempt.cancel(why)

    def released(self, status: int) -> None:
        self._stop_timeout()
        self._leave_early()
        if self._won is not None:
            self._won.release(200 if self.stood else status)

    def bye(self, why: str = "") -> None:
        self._pay()
        super().bye(why)

    def drop(self) -> None:
        self._pay()
        super().drop()
