"""Is a registered phone still there? OPTIONS (RFC 3261 §11) to the phones that somebody counts on.

A phone that loses its power says nothing and stays registered until it expires, which may take an hour; meanwhile
customers would ring at it. So phones that are counted on are asked now and then. Any answer is a sign of life. One that
has answered before and does so no more counts as silent until it is heard again: by an answer, as it is asked on, or
when it registers. A phone that has never answered is left in peace: there are some that do not know the method.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from yuelai.telephony.bindings import Binding
from yuelai.telephony.registrar import Registrar
from yuelai.telephony.useragent import UserAgent
from yuelai.wire.sip import Address, Request, Response, Uri

log = structlog.get_logger()

LOOK_SECONDS = 2.0
EVERY_SECONDS = 25.0
"""How long a phone may be unheard before it is asked."""
SILENT_SECONDS = 10.0
"""The same for one that is silent."""
PATIENCE = 16.0
"""How long an answer may take; with the others it must stay below a minute until a dead phone is noticed."""

_SILENT = Counter("yuelai_sip_phones_silent_total", "Registered phones that did not answer any more")

_WATCHED = Gauge("yuelai_sip_phones_watched", "Phones that are counted on and answer when they are asked")


@dataclass
class _Ear:
    """What is known of one phone. `asked_at` while an answer is waited for."""

    heard_at: float
    asked_at: float | None = None
    answers: bool = False


class PhoneWatch:
    """`changed(user)` after a phone has fallen silent or was heard again."""

    def __init__(self, ua: UserAgent, registrar: Registrar, changed: Callable[[str], None]) -> None:
        self._ua, self._registrar, self._changed = ua, registrar, changed
        self._ears: dict[UUID, _Ear] = {}
        self._users: Callable[[], Iterable[str]] = tuple
        self._started = False

    def count_on(self, users: Callable[[], Iterable[str]]) -> None:
        """Ask the phones of these users from now on."""
        self._users = users
        if not self._started:
            self._started = True
            _WATCHED.set_function(self.watched)
            self._ua.timers.after(LOOK_SECONDS, self._look)

    def bound(self, binding: Binding) -> None:
        """It has registered."""
        ear = self._ears.get(binding.id)
        if ear is not None:
            self._heard(binding, ear)

    def suspect(self, user: str) -> None:
        """A call did not reach the user's phones: ask them now, instead of at their turn."""
        for binding in self._registrar.bindings(user, browser=False):
            ear = self._ears.get(binding.id)
            if ear is not None and ear.asked_at is None:
                self._ask(binding, ear)

    def _look(self) -> None:
        self._ua.timers.after(LOOK_SECONDS, self._look)
        now, seen = self._ua.timers.now, set[UUID]()
        for user in self._users():
            for binding in self._registrar.bindings(user, browser=False):
                if not binding.says_options:
                    continue
                seen.add(binding.id)
                ear = self._ears.setdefault(binding.id, _Ear(now - EVERY_SECONDS))
                if ear.asked_at is not None:
                    if now - ear.asked_at >= PATIENCE:
                        ear.asked_at = None
                        self._missed(binding, ear)
                elif now - ear.heard_at >= (SILENT_SECONDS if binding.silent else EVERY_SECONDS):
                    self._ask(binding, ear)
        for gone in self._ears.keys() - seen:
            del self._ears[gone]

    def watched(self) -> int:
        """Return how many phones that are registered now answer when they are asked."""
        held = (one.id for user in self._users() for one in self._registrar.bindings(user, browser=False))
        return sum(self._ears[id_].answers for id_ in held if id_ in self._ears)

    def _ask(self, binding: Binding, ear: _Ear) -> None:
        now = self._ua.timers.now
        ear.asked_at = now
        hop = binding.hop
        us = Uri("sip", "yuelai", self._ua.host_for(hop), self._ua.port_for(hop))
        request = Request("OPTIONS", str(binding.contact))
        for way in binding.path:
            request.add("route", way)
        request.add("max-forwards", 70)
        request.add("from", Address(us, "", {"tag": secrets.token_hex(6)}))
        request.add("to", Address(binding.contact))
        request.add("call-id", secrets.token_hex(16))
        request.add("cseq", "1 OPTIONS")
        request.add("accept", "application/sdp")
        self._ua.request(
            request,
            binding.hops,
            told=lambda response: self._told(binding, response, now),
            failed=lambda status, _reason: self._failed(binding, status, now),
        )

    def _told(self, binding: Binding, response: Response, asked_at: float) -> None:
        ear = self._ears.get(binding.id)
        if response.status >= 200 and ear is not None:
            if ear.asked_at == asked_at:
                ear.asked_at = None
            ear.answers = True
            self._heard(self._present(binding), ear)

    def _failed(self, binding: Binding, status: int, asked_at: float) -> None:
        """There is no way to it: that is known at once, without waiting."""
        ear = self._ears.get(binding.id)
        if ear is not None and ear.asked_at == asked_at and status != 408:
            ear.asked_at = None
            self._missed(self._present(binding), ear)

    def _present(self, binding: Binding) -> Binding:
        """Return the binding as it is now; it may have been refreshed meanwhile."""
        held = self._registrar.bindings(binding.user, browser=False)
        return next((one for one in held if one.id == binding.id), binding)

    def _heard(self, binding: Binding, ear: _Ear) -> None:
        ear.heard_at = self._ua.timers.now
        if binding.silent:
            binding.silent = False
            log.info("phone_heard_again", user=binding.user)
            self._changed(binding.user)

    def _missed(self, binding: Binding, ear: _Ear) -> None:
        ear.heard_at = self._ua.timers.now  # as far as asking again is concerned
        if ear.answers and not binding.silent:
            binding.silent = True
            _SILENT.inc()
            log.warning("phone_silent", user=binding.user)
            self._changed(binding.user)
