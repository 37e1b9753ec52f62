"""What flows write to customers, and what their contacts' trails tell of it.

Taking a message is one transaction: when the look-up has answered, it will be sent, whatever dies meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from yuelai.customers.codes import service as codes
from yuelai.flows import ports as flows
from yuelai.interactions.events import TrailNoted
from yuelai.interactions.recorder import Append
from yuelai.messages import service as messages
from yuelai.messages.events import MessageChanged
from yuelai.messages.model import Outgoing, Taken
from yuelai.messages.sealing import Sealing
from yuelai.messages.templates import CODE
from yuelai.platform.clock import Clock
from yuelai.platform.db import Connection, Database
from yuelai.platform.facts import Fact, Record
from yuelai.platform.outbox_followers import Follower

log = structlog.get_logger()

Answer = Mapping[str, Any]

_REMEMBERED = 1000
"""Lines that are not written again when the transaction of their batch fails."""


@dataclass(frozen=True)
class Sending:
    """What taking messages needs. `provider`: there is somebody to send them."""

    sealing: Sealing
    provider: bool


class MessageLookUps:
    """`messages.send`, `identity.send_code` and `identity.code` of one contact, as `kinds`."""

    def __init__(
        self,
        database: Database,
        tenant_id: UUID,
        sending: Sending | None,
        contact: Mapping[str, Any],
        *,
        language: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._database, self._tenant_id, self._sending, self._contact = database, tenant_id, sending, contact
        self._language, self._clock = language, clock
        self.kinds: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[Answer]]] = {
            "messages.send": self._send,
            "identity.send_code": self._send_code,
            "identity.code": self._code,
        }

    async def _send(self, arguments: Mapping[str, Any]) -> Answer:
        """`to` is a number in any written form. A refusal is an answer, `reason` its cause."""
        sending = self._there()
        template, values = str(arguments["template"]), arguments.get("values") or {}
        if template == CODE or not isinstance(values, Mapping):
            return asdict(Taken(ok=False, reason="template" if template == CODE else "values"))
        wanted = self._wanted(f"flow/{arguments['key']}", str(arguments.get("to") or ""), template, values, arguments)
        async with self._database.transaction(self._tenant_id) as conn:
            taken = await messages.send(
                conn, self._tenant_id, wanted, sending.sealing, provider=sending.provider, now=self._clock.now()
            )
        return asdict(taken)

    async def _send_code(self, arguments: Mapping[str, Any]) -> Answer:
        """To the customer's own mobile telephone by their record, whoever calls from where. The code and its message
        are kept together or not at all."""
        sending = self._there()
        customer, key, code = UUID(str(arguments["customer_id"])), f"code/{arguments['key']}", codes.fresh()
        hash_ = await codes.hashed(code)
        now = self._clock.now()
        try:
            async with self._database.transaction(self._tenant_id) as conn:
                numbers = await codes.numbers(conn, self._tenant_id, customer)
                to = next((number for number in numbers if messages.mobile(number)), None)
                if to is None:
                    return _not_sent("number")
                given = await codes.give(conn, self._tenant_id, customer, key, hash_, now)
                if given.locked:
                    return _not_sent("locked")
                if not given.again:
                    wanted = self._wanted(key, to, CODE, {"code": code}, arguments)
                    taken = await messages.send(
                        conn, self._tenant_id, wanted, sending.sealing, provider=sending.provider, now=now
                    )
                    if not taken.ok:
                        # Nobody will be told this code, so the one before it goes on opening.
                        raise _Refused(taken.reason or "")
        except _Refused as refused:
            return _not_sent(str(refused))
        return {"ok": True, "to_last4": to[-4:], "reason": None}

    async def _code(self, arguments: Mapping[str, Any]) -> Answer:
        customer, code = UUID(str(arguments["customer_id"])), str(arguments["code"])
        return asdict(await codes.check(self._database, self._tenant_id, customer, code, clock=self._clock))

    def _there(self) -> Sending:
        if self._sending is None:
            raise flows.LookUpFailed("nobody sends messages", sent=False)
        return self._sending

    def _wanted(
        self, key: str, to: str, template: str, values: Mapping[str, Any], arguments: Mapping[str, Any]
    ) -> Outgoing:
        card, interaction = self._contact.get("customer"), self._contact.get("interaction_id")
        customer = arguments.get("customer_id") or (card["id"] if card else None)
        return Outgoing(
            key,
            to,
            template,
            values,
            self._language(),
            UUID(str(interaction)) if interaction else None,
            UUID(str(customer)) if customer else None,
        )


class _Refused(Exception):
    """Takes back what the transaction did."""


def _not_sent(reason: str) -> Answer:
    return {"ok": False, "to_last4": None, "reason": reason}


def trails(database: Database, append: Append) -> Follower:
    """Write what becomes of messages on the trails of their contacts, those that are over included. None is missed; of
    those that were written when core died one may be there twice."""
    written: deque[tuple[UUID, str, datetime]] = deque(maxlen=_REMEMBERED)

    async def changed(conn: Connection, fact: Fact) -> None:
        assert isinstance(fact, MessageChanged)
        which = (fact.message_id, fact.state, fact.at)
        if fact.interaction_id is None or which in written:
            return
        data = {"message": str(fact.message_id), "template": fact.template, "state": fact.state}
        if fact.reason:
            data["reason"] = fact.reason
        note = TrailNoted(
            at=fact.at,
            tenant_id=fact.tenant_id,
            interaction_id=fact.interaction_id,
            kind="message",
            actor="system",
            data=data,
        )
        await append(Record(note))
        written.append(which)

    return Follower(database, "message trails", {MessageChanged: changed})
