"""Registering at a trunk (RFC 3261 §10.2): with digest, refreshed before it ends, again after failures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import structlog

from yuelai.telephony.trunks import metrics
from yuelai.telephony.trunks.line import Line
from yuelai.telephony.trunks.state import State, Trouble
from yuelai.wire.sip import PeerError, Request, Response, Uri
from yuelai.wire.sip.text import parse_number

log = structlog.get_logger()

FIRST_RETRY, LONGEST_RETRY = 2.0, 120.0
"""Seconds between tries when the registrar cannot be reached or fails; doubled each time (RFC 5626 §4.5)."""
FIRST_REFUSED, LONGEST_REFUSED = 30.0, 1800.0
"""Seconds between tries with a password that is refused: no reason to be locked out there."""
LONGEST_EXPIRES = 86_400


class Registration:
    def __init__(self, line: Line, dice: Random) -> None:
        self._line, self._dice = line, dice
        self._request: Request | None = None
        self._cseq = 0
        self._expires = 0
        self._round = 0
        self._retry = FIRST_RETRY
        self._refused = FIRST_REFUSED
        self._stop_next: Callable[[], None] = lambda: None
        self._stop_expiry: Callable[[], None] = lambda: None
        self._registered = False

    def start(self) -> None:
        self._cancel()
        trunk = self._line.trunk
        if trunk.active and trunk.register and not trunk.trouble:
            self._expires = trunk.expires
            self._retry, self._refused = FIRST_RETRY, FIRST_REFUSED
            self._request = None
            self._try()

    def leave(self) -> None:
        """Stop without a word."""
        self._cancel()

    def stop(self) -> None:
        """Take the registration back if there is one; nobody waits for the answer."""
        self._cancel()
        if self._registered and self._request is not None and self._line.hops:
            self._registered = False
            self._line.send(self._next_request(0), lambda _response: None, lambda _trouble, _status: None)

    def _cancel(self) -> None:
        self._round += 1
        self._stop_next()
        self._stop_expiry()

    def _try(self) -> None:
        self._round += 1
        number = self._round
        self._line.find(lambda hops: self._found(number))

    def _found(self, number: int) -> None:
        if number != self._round:
            return
        if not self._line.hops:
            self._failed(number, self._line.why(503), 503)
            return
        self._line.send(
            self._next_request(self._expires),
            lambda response: self._told(number, response),
            lambda trouble, status: self._failed(number, trouble, status),
        )

    def _next_request(self, expires: int) -> Request:
        """One Call-ID for all of them, and a CSeq that rises (§10.2.4)."""
        line = self._line
        domain = line.domain
        request = line.request("REGISTER", Uri("sip", "", domain), Uri("sip", line.trunk.username, domain))
        if self._request is not None:
            request.set("call-id", self._request.call_id)
            request.set("from", str(self._request.from_))
            request.set("cseq", f"{max(self._cseq, self._request.cseq.number) + 1} REGISTER")
        request.add("contact", f"{line.contact(line.hops[0])};expires={expires}")
        request.add("expires", expires)
        request.add("allow", line.ua.allow)
        request.add("supported", "path")
        self._request = request
        return request

    def _told(self, number: int, response: Response) -> None:
        if response.status < 200 or number != self._round:
            return
        self._cseq = response.cseq.number
        status = response.status
        if status < 300:
            self._ok(response)
        elif status == 423 and (wanted := _seconds(response.get("min-expires"))) and wanted > self._expires:
            self._expires = min(wanted, LONGEST_EXPIRES)
            self._try()
        elif status in (401, 403, 407):
            text = f"trunk {self._line.trunk.code} does not accept our user name and password ({status})"
            self._turned_away(Trouble("wrong_password", text))
        elif status in (404, 405, 416, 604) or status // 100 == 6:
            text = f"trunk {self._line.trunk.code} refuses our registration ({status} {response.reason})"
            self._turned_away(Trouble("registration_refused", text))
        else:
            text = f"trunk {self._line.trunk.code} cannot register us now ({status} {response.reason})"
            self._again(Trouble("failing", text), _seconds(response.get("retry-after")) or 0)

    def _ok(self, response: Response) -> None:
        line = self._line
        seconds = _granted(response, line.mark, self._expires)
        self._registered = True
        self._retry, self._refused = FIRST_RETRY, FIRST_REFUSED
        metrics.registered(line.trunk.code, "ok")
        self._stop_expiry()
        self._stop_expiry = line.after(seconds, self._over)
        self._stop_next()
        self._stop_next = line.after(seconds * (0.8 + 0.1 * self._dice.random()), self._try)
        line.state.registration(State.UP, until=line.ua.clock.now() + timedelta(seconds=seconds))

    def _over(self) -> None:
        self._registered = False
        self._line.state.expired()

    def _turned_away(self, trouble: Trouble) -> None:
        metrics.registered(self._line.trunk.code, "refused")
        self._registered = False
        self._stop_expiry()
        self._line.state.registration(State.REFUSED, trouble)
        self._later(self._refused)
        self._refused = min(2 * self._refused, LONGEST_REFUSED)

    def _failed(self, number: int, trouble: Trouble, status: int) -> None:
        if number == self._round:
            self._again(trouble, 0)

    def _again(self, trouble: Trouble, at_least: int) -> None:
        """A registration that stands goes on until its end."""
        metrics.registered(self._line.trunk.code, "failed")
        self._line.state.registration(State.REGISTERING, trouble)
        self._later(max(self._retry, float(min(at_least, 3600))))
        self._retry = min(2 * self._retry, LONGEST_RETRY)

    def _later(self, seconds: float) -> None:
        self._stop_next()
        self._stop_next = self._line.after(seconds * (1 + 0.1 * self._dice.random()), self._try)


def _seconds(text: str | None) -> int | None:
    try:
        return parse_number((text or "").split("(")[0].split(";")[0].strip(), 2**32 - 1, "seconds")
    except PeerError:
        return None


def _granted(response: Response, mark: str, asked: int) -> int:
    """Return how long our contact is kept: what the 200 says of it, else for all, else what was asked (§10.2.4)."""
    found: int | None = None
    try:
        for address in response.addresses("contact"):
            if address.uri.params.get("line") == mark:
                found = _seconds(address.params.get("expires"))
    except PeerError as error:
        log.info("trunk_contacts_unreadable", why=str(error))
    if found is None:
        found = _seconds(response.get("expires"))
    return max(10, min(found if found is not None else asked, LONGEST_EXPIRES))
