"""MESSAGE (RFC 3428): short texts from seat to seat, handed on to every device of the one meant; nothing is kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from yuelai.platform.ids import LegId
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.leg import SipLeg
from yuelai.wire.sip import Address, Request, Response, Uri

if TYPE_CHECKING:
    from yuelai.telephony.ports import Destination
    from yuelai.telephony.useragent import UserAgent

TYPES = ("text/plain", "text/html", "message/cpim", "application/im-iscomposing+xml")
LONGEST = 4_000
"""Bytes of one message."""
MOST = 200
"""Messages on their way at once."""


class Messages:
    """`across` tells which leg the other party of a leg's call is on; messages within a call go there."""

    def __init__(self, ua: UserAgent, places: Callable[[str], Sequence[Destination]]) -> None:
        self._ua, self._places = ua, places
        self._under_way = 0
        self.across: Callable[[LegId], LegId | None] = lambda leg: None

    def take(self, transaction: ServerTransaction, sender: str) -> None:
        """One outside any dialog, from somebody who has shown to be `sender`."""
        request = transaction.request
        if not self._readable(transaction):
            return
        user = request.uri.user.partition(";")[0]
        if request.from_.uri.user != sender:
            transaction.refuse(403)
        elif not (places := self._places(user)):
            transaction.refuse(404)
        else:
            _Delivery(self, transaction, len(places)).send(sender, user, places)

    def _readable(self, transaction: ServerTransaction) -> bool:
        request = transaction.request
        if request.content_type not in TYPES:
            transaction.refuse(415, accept=", ".join(TYPES))
        elif len(request.body) > LONGEST:
            transaction.refuse(513)
        elif self._under_way >= MOST:
            transaction.refuse(503, retry_after="5")
        else:
            return True
        return False

    def within(self, leg: SipLeg, transaction: ServerTransaction) -> None:
        """One within a call."""
        if not self._readable(transaction):
            return
        beside = self.across(leg.id)
        other = self._ua.legs.get(beside) if beside is not None else None
        if other is None or other.dialog is None or not other.standing:
            transaction.refuse(480)
            return
        request = other.dialog.request("MESSAGE")
        request.set_body(str(transaction.request.get("content-type")), transaction.request.body)
        delivery = _Delivery(self, transaction, 1)
        self._ua.send(other.dialog, request, delivery.told, delivery.failed)

    def began(self) -> None:
        self._under_way += 1

    def over(self) -> None:
        self._under_way -= 1


class _Delivery:
    """A message that is on its way to several devices: one that takes it is enough."""

    def __init__(self, messages: Messages, transaction: ServerTransaction, count: int) -> None:
        self._messages, self._transaction, self._left = messages, transaction, count
        messages.began()

    def send(self, sender: str, user: str, places: Sequence[Destination]) -> None:
        ua, original = self._messages._ua, self._transaction.request
        for place in places:
            request = Request("MESSAGE", place.uri)
            request.add("max-forwards", 70)
            name = original.from_.name
            request.add("from", Address(Uri("sip", sender, ua.host), name, {"tag": secrets.token_hex(6)}))
            request.add("to", f"<{Uri('sip', user, ua.host)}>")
            for route in place.route:
                request.add("route", route)
            request.add("call-id", secrets.token_hex(16))
            request.add("cseq", "1 MESSAGE")
            request.set_body(str(original.get("content-type")), original.body)
            ua.request(request, place.hops, told=self.told, failed=self.failed)

    def told(self, response: Response) -> None:
        if response.status >= 200:
            self._done(response.status)

    def failed(self, status: int, reason: str) -> None:
        self._done(status)

    def _done(self, status: int) -> None:
        self._left -= 1
        if status < 300:
            self._transaction.refuse(200)
        elif self._left == 0:
            self._transaction.refuse(480 if status in (401, 407, 408) or status < 400 else status)
        if self._left == 0:
            self._messages.over()
