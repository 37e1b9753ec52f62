"""SUBSCRIBE and MESSAGE: who may, how much of it, and how long. Nobody is let in without digest (RFC 3261 §22.2).

States are looked at twice a second as long as somebody watches: a lamp may be that late, and whoever changes a call
need not know of lamps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Gauge

from yuelai.telephony.auth import Authenticator, Verdict
from yuelai.telephony.dialog import DialogKey, dialog_of_invite
from yuelai.telephony.hops import behind_nat
from yuelai.telephony.layer import ServerTransaction
from yuelai.telephony.leg import SipLeg
from yuelai.telephony.subscriptions.messages import Messages
from yuelai.telephony.subscriptions.packages import SUMMARY, TYPES, Picture
from yuelai.telephony.subscriptions.pictures import pictures
from yuelai.telephony.subscriptions.subscription import Subscription
from yuelai.telephony.timers import Timer
from yuelai.wire.sip import PeerError, Request
from yuelai.wire.sip.events import Event, event_of
from yuelai.wire.sip.text import parse_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yuelai.telephony.ports import Destination
    from yuelai.telephony.useragent import UserAgent

log = structlog.get_logger()

LOOK_SECONDS = 0.5
SHORTEST, LONGEST, USUAL = 60, 3600, 3600
"""Seconds a subscription may be granted, and is without a wish."""
MOST, MOST_OF_ONE = 20_000, 250
"""Subscriptions at once, of all and of one watcher: a desk with two side cars of lamps has 120."""
MOST_UNDECIDED = 100

_STANDING = Gauge("yuelai_sip_subscriptions", "Subscriptions of phones that stand", ["package"])


class Subscriptions:
    """Registers for SUBSCRIBE and MESSAGE with the user agent; `outside` is the dispatcher's table."""

    def __init__(
        self,
        ua: UserAgent,
        authenticator: Authenticator,
        places: Callable[[str], Sequence[Destination]],
        outside: dict[str, Callable[[ServerTransaction], None]],
    ) -> None:
        self._ua, self._authenticator, self._places = ua, authenticator, places
        self._held: dict[DialogKey, Subscription] = {}
        self._watchers: Counter[str] = Counter()
        self._look_timer: Timer | None = None
        self._undecided = 0
        self.messages = Messages(ua, places)
        ua.understand("SUBSCRIBE", within=_no_subscription_here)
        ua.understand("MESSAGE", within=self.messages.within)
        outside["SUBSCRIBE"] = lambda transaction: self._admit(transaction, self._subscribe)
        outside["MESSAGE"] = lambda transaction: self._admit(transaction, self.messages.take)

    def __len__(self) -> int:
        return len(self._held)

    # --- who asks ---------------------------------------------------------------------------------------------------

    def _admit(self, transaction: ServerTransaction, then: Callable[[ServerTransaction, str], None]) -> None:
        if self._undecided >= MOST_UNDECIDED:
            transaction.refuse(503, retry_after="5")
            return
        self._undecided += 1
        self._ua.spawn(self._decide(transaction, then))

    async def _decide(self, transaction: ServerTransaction, then: Callable[[ServerTransaction, str], None]) -> None:
        try:
            found = await self._authenticator.check(transaction.request, transaction.source)
            if isinstance(found, Verdict):
                self._refuse(transaction, found)
            else:
                then(transaction, found.user)
        except PeerError:
            transaction.refuse(400)
        except Exception:
            transaction.refuse(500)
            raise
        finally:
            self._undecided -= 1

    def _refuse(self, transaction: ServerTransaction, verdict: Verdict) -> None:
        if verdict is Verdict.BLOCKED:
            transaction.refuse(503, retry_after="60")
        elif verdict is Verdict.DENIED:
            transaction.refuse(403)
        else:
            request, source = transaction.request, transaction.source
            response = request.response(407, tag=transaction.tag)
            for value in self._authenticator.challenges(source, request, stale=verdict is Verdict.STALE):
                response.add("proxy-authenticate", value)
            transaction.answer_once(response)

    # --- SUBSCRIBE --------------------------------------------------------------------------------------------------

    def _subscribe(self, transaction: ServerTransaction, watcher: str) -> None:
        request = transaction.request
        event = event_of(request)
        if event is None or event.package not in TYPES:
            transaction.refuse(489, allow_events=", ".join(TYPES))
            return
        if request.get("accept") is not None and not request.accepts(TYPES[event.package]):
            transaction.refuse(406)
            return
        seconds = _wished(request)
        if 0 < seconds < SHORTEST:
            transaction.refuse(423, min_expires=str(SHORTEST))
        elif request.to.tag is not None:
            self._refresh(transaction, watcher, event, min(seconds, LONGEST))
        else:
            self._begin(transaction, watcher, event, min(seconds, LONGEST))

    def _begin(self, transaction: ServerTransaction, watcher: str, event: Event, seconds: int) -> None:
        request, source = transaction.request, transaction.source
        watched = request.uri.user.partition(";")[0]
        if not watched or (event.package == SUMMARY and watched != watcher):
            transaction.refuse(404 if not watched else 403)
            return
        if len(self._held) >= MOST or self._watchers[watcher] >= MOST_OF_ONE:
            transaction.refuse(503, retry_after="60")
            return
        dialog = dialog_of_invite(request, source, transaction.tag, symmetric=behind_nat(request.via, source))
        dialog.user = watcher
        held = Subscription(self._ua, dialog, event, watcher, watched, self._closed)
        self._held[dialog.key] = held
        self._watchers[watcher] += 1
        _STANDING.labels(event.package).inc()
        self._grant(transaction, held, seconds)

    def _refresh(self, transaction: ServerTransaction, watcher: str, event: Event, seconds: int) -> None:
        request = transaction.request
        held = self._held.get((request.call_id, request.to.tag or "", request.from_.tag or ""))
        if held is None or held.watcher != watcher or (held.event.package, held.event.id) != (event.package, event.id):
            transaction.refuse(481)
            return
        dialog = held.dialog
        if dialog.remote_cseq is not None and request.cseq.number <= dialog.remote_cseq:
            transaction.refuse(500, retry_after="1")
            return
        dialog.remote_cseq, dialog.hop = request.cseq.number, transaction.source
        dialog.take_target(request)
        self._grant(transaction, held, seconds)

    def _grant(self, transaction: ServerTransaction, held: Subscription, seconds: int) -> None:
        held.until = self._ua.timers.now + seconds
        response = self._ua.dialog_response(transaction.request, 200, held.dialog)
        response.add("expires", seconds)
        transaction.respond(response)
        picture = self._pictures({held.watched})[held.watched]
        if seconds:
            held.show(picture, anyway=True)
            self._look_later()
        else:
            held.terminate(picture, "timeout")  # its own wish, or only to look once (RFC 6665 §4.4.3)
            self._closed(held)

    # --- how it goes on ---------------------------------------------------------------------------------------------

    def _pictures(self, users: set[str]) -> dict[str, Picture]:
        return pictures(self._ua, lambda user: bool(self._places(user)), users)

    def _look_later(self) -> None:
        if self._look_timer is None and self._held:
            self._look_timer = self._ua.timers.after(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._look_timer = None
        now = self._ua.timers.now
        seen = self._pictures({held.watched for held in self._held.values()})
        for held in list(self._held.values()):
            if held.until <= now:
                held.terminate(seen[held.watched], "timeout")
                self._closed(held)
            else:
                held.show(seen[held.watched])
        self._look_later()

    def _closed(self, held: Subscription) -> None:
        if self._held.pop(held.dialog.key, None) is not None:
            _STANDING.labels(held.event.package).dec()
            self._watchers[held.watcher] -= 1
            if self._watchers[held.watcher] <= 0:
                del self._watchers[held.watcher]


def _wished(request: Request) -> int:
    value = request.get("expires")
    return USUAL if value is None else parse_number(value, 2**32 - 1, "Expires")


def _no_subscription_here(leg: SipLeg, transaction: ServerTransaction) -> None:
    """Within a call's dialog nothing can be subscribed to (RFC 6665 §4.5.2 asks for dialogs of their own)."""
    transaction.refuse(403)
