"""One subscription of a phone's: its dialog, its time, and one notification at a time (RFC 6665 §4.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from yuelai.telephony.dialog import Dialog
from yuelai.telephony.subscriptions.packages import TYPES, Picture, body
from yuelai.wire.sip import Response
from yuelai.wire.sip.events import Event, SubscriptionState

if TYPE_CHECKING:
    from yuelai.telephony.useragent import UserAgent

GONE = (404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604)
"""Answers to a NOTIFY after which there is no subscription any more (RFC 5057 §5.1)."""


class Subscription:
    """`until` is in seconds of the timers. `closed` is told once, when nobody listens any more."""

    __slots__ = (
        "_closed",
        "_last",
        "_next",
        "_sending",
        "_ua",
        "_version",
        "dialog",
        "event",
        "until",
        "watched",
        "watcher",
    )

    def __init__(
        self,
        ua: UserAgent,
        dialog: Dialog,
        event: Event,
        watcher: str,
        watched: str,
        closed: Callable[[Subscription], None],
    ) -> None:
        self._ua, self.dialog, self.event, self._closed = ua, dialog, event, closed
        self.watcher, self.watched = watcher, watched
        self.until = 0.0
        self._version = 0
        self._last: Picture | None = None
        self._next: tuple[Picture, SubscriptionState] | None = None
        self._sending = False

    def show(self, picture: Picture, *, anyway: bool = False) -> None:
        """Notify of a state, if it is another one than was told last."""
        if anyway or picture != self._last:
            left = max(0, round(self.until - self._ua.timers.now))
            self._put(picture, SubscriptionState("active", left))

    def terminate(self, picture: Picture, reason: str) -> None:
        """The last notification (RFC 6665 §4.2.2)."""
        self._put(picture, SubscriptionState("terminated", reason=reason))

    def _put(self, picture: Picture, state: SubscriptionState) -> None:
        self._last, self._next = picture, (picture, state)
        self._send()

    def _send(self) -> None:
        if self._sending or self._next is None:
            return
        (picture, state), self._next = self._next, None
        package = self.event.package
        notify = self.dialog.request("NOTIFY")
        notify.add("event", self.event)
        notify.add("subscription-state", state)
        notify.add("contact", self._ua.contact(self.dialog.hop))
        notify.set_body(TYPES[package], body(package, picture, self._ua.host, self._version))
        self._version += 1
        self._sending = True
        self._ua.send(self.dialog, notify, self._told, lambda _status, _reason: self._closed(self))

    def _told(self, response: Response) -> None:
        if response.status < 200:
            return
        self._sending = False
        if response.status in GONE:
            self._closed(self)
        else:
            self._send()
