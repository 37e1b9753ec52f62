"""One request of ours until its final answer: again with credentials when they are asked for, and at the next address
when one fails (RFC 3261 §8.1.3, §22.2; RFC 3263 §4.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import structlog

from yuelai.telephony.client_auth import MOST_ANSWERS, ClientAuth
from yuelai.telephony.dialog import Dialog
from yuelai.telephony.hops import Hop
from yuelai.telephony.layer import FailureHandler, ResponseHandler
from yuelai.wire.sip import PeerError, Request, Response

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent

log = structlog.get_logger()


class Exchange:
    """Each try is a copy of `request` with the next CSeq that `count` gives; the first keeps the one it has.

    `told` hears every response that counts (its CSeq tells which try it is for), `failed` the last hop's failure.
    """

    __slots__ = ("_answers", "_auth", "_count", "_failed", "_hops", "_request", "_told", "_ua")

    def __init__(
        self,
        ua: UserAgent,
        request: Request,
        hops: Sequence[Hop],
        auth: ClientAuth | None,
        count: Callable[[], int],
        told: ResponseHandler,
        failed: FailureHandler,
    ) -> None:
        self._ua, self._request, self._hops, self._auth = ua, request, list(hops), auth
        self._count, self._told, self._failed = count, told, failed
        self._answers = 0

    def send(self) -> None:
        """Send it to the first hop that is left. Raises PeerError for a challenge that cannot be answered."""
        request = self._request
        copy = Request(request.method, request.target, list(request.fields), request.body)
        if self._auth is not None:
            self._auth.sign(copy)
        self._ua.send_to(self._hops[0], copy, self._heard, self._broken)

    def _heard(self, response: Response) -> None:
        if response.status in (401, 407) and self._again(response):
            return
        if response.status == 503 and len(self._hops) > 1:
            self._next_hop()
        else:
            self._told(response)

    def _again(self, response: Response) -> bool:
        if self._auth is None or self._answers >= MOST_ANSWERS or not self._auth.learn(response):
            return False
        self._answers += 1
        self._request.set("cseq", f"{self._count()} {self._request.method}")
        try:
            self.send()
        except PeerError:
            return False
        return True

    def _broken(self, status: int, reason: str) -> None:
        if len(self._hops) > 1:
            self._next_hop()
        else:
            self._failed(status, reason)

    def _next_hop(self) -> None:
        log.info("sip_hop_failed", hop=str(self._hops[0]), method=self._request.method)
        self._hops = self._hops[1:]
        self.send()


def within(
    ua: UserAgent, dialog: Dialog, request: Request, hop: Hop, told: ResponseHandler, failed: FailureHandler
) -> None:
    """Send a request within a dialog whose other side may ask for credentials."""

    def count() -> int:
        dialog.local_cseq += 1
        return dialog.local_cseq

    Exchange(ua, request, (hop,), dialog.auth, count, told, failed).send()
