"""What flows look up while a customer listens, over the rooms and the business system that know it.

Which there are, with their arguments and answers, is in `flows.lookups`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from yuelai.bootstrap.sending import MessageLookUps, Sending
from yuelai.bootstrap.services import ServiceLookUps
from yuelai.bootstrap.services import system_of as _system
from yuelai.channels.ports import Callbacks, Closing, Owed
from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, Declined, NotSent, OutcomeUnknown
from yuelai.connectors.order97.client import Order97
from yuelai.connectors.tmforum.client import TmForum
from yuelai.customers import service as customers
from yuelai.customers.pins import guesses
from yuelai.customers.pins import service as pins
from yuelai.customers.view import service as view
from yuelai.flows import ports as flows
from yuelai.platform.clock import Clock, SystemClock
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal

log = structlog.get_logger()

SECONDS = 2.0
"""For a whole look-up: a customer listens to silence meanwhile."""
BALANCE_SECONDS = 1.2
"""For the business system to say what there is; then our own tables are read."""
AFTERWARDS_SECONDS = 0.2
"""For what is nice to say once a payment is made."""
CALLBACK_QUEUE = "general"
WRONG_CARDS = ("card_wrong", "card_used")
"""Why a recharge card is refused that somebody may have guessed."""

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Outside:
    """What look-ups ask beside our own tables; unset where there is nobody to ask."""

    sources: view.Sources = field(default_factory=view.Sources)
    callbacks: Callbacks | None = None
    orders: Order97 | None = None
    messages: Sending | None = None


class BusinessLookUp:
    """`flows.ports.LookUp` of one contact. `contact` has `interaction_id` and `customer` where they are known,
    `language` says which one the customer speaks by now."""

    def __init__(
        self,
        database: Database,
        tenant_id: UUID,
        closing_of: Callable[[UUID, str], Closing | None] | None = None,
        outside: Outside | None = None,
        contact: Mapping[str, Any] | None = None,
        *,
        language: Callable[[], str] = lambda: "zh-CN",
        clock: Clock | None = None,
    ) -> None:
        self._language = language
        self._database, self._tenant_id, self._closing_of = database, tenant_id, closing_of
        self._outside, self._contact = outside or Outside(), contact or {}
        self._clock = clock or SystemClock()
        self._kinds: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[Answer]]] = {
            "hours": self._hours,
            "balance": self._balance,
            "bss.account": self._account,
            "bss.bill": self._bill,
            "bss.payments": self._payments,
            "bss.order": self._order,
            "bss.outage": self._outage,
            "bss.pay": self._pay,
            "bss.new_order": self._new_order,
            "identity.pin": self._pin,
            "callback.book": self._book,
            **ServiceLookUps(
                self._asked, self._anybody, self._outside.orders, language=language, clock=self._clock
            ).kinds,
            **MessageLookUps(
                database, tenant_id, self._outside.messages, self._contact, language=language, clock=self._clock
            ).kinds,
        }

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        look = self._kinds.get(name)
        if look is None:
            raise flows.LookUpFailed(f"no such look-up: {name}", sent=False)
        try:
            async with asyncio.timeout(SECONDS):
                return await look(arguments)
        except flows.LookUpFailed:
            raise
        except (CircuitOpen, NotSent) as error:
            raise flows.LookUpFailed(str(error), sent=False) from error
        except (Refusal, KeyError, ValueError, TimeoutError) as error:
            raise flows.LookUpFailed(str(error) or type(error).__name__) from error
        except Exception as error:
            # A customer is on the line: what is our own fault is as if nobody had answered.
            log.exception("look_up_broke", name=name)
            raise flows.LookUpFailed(type(error).__name__) from error

    async def _hours(self, arguments: Mapping[str, Any]) -> Answer:
        if self._closing_of is None:
            raise flows.LookUpFailed("no hours are kept")
        closing = self._closing_of(self._tenant_id, str(arguments.get("queue")))
        return {"open": closing is None, "holiday": closing is not None and closing.holiday}

    async def _balance(self, arguments: Mapping[str, Any]) -> Answer:
        """What the business system has of the customer; where it does not say in time, our own tables as they are."""
        try:
            async with asyncio.timeout(BALANCE_SECONDS):
                return await self._balance_there(arguments)
        except (flows.LookUpFailed, ConnectorFailed, TimeoutError):
            return await self._balance_here(arguments)

    async def _balance_there(self, arguments: Mapping[str, Any]) -> Answer:
        asked = await self._asked(arguments)
        system = _system(asked)
        accounts, bills = await asyncio.gather(system.accounts(asked.numbers), system.bills(asked.numbers))
        if not accounts:
            raise flows.LookUpFailed("the customer has no account")
        currency = accounts[0]["currency"]
        bill = next((one for one in bills if one["currency"] == currency), None)
        return {
            "minor": sum(one["balance_minor"] for one in accounts if one["currency"] == currency),
            "currency": currency,
            "bill_minor": bill["total_minor"] if bill else None,
            "bill_month": bill["month"] if bill else None,
        }

    async def _balance_here(self, arguments: Mapping[str, Any]) -> Answer:
        async with self._database.transaction(self._tenant_id) as conn:
            balance = await customers.balance(conn, _customer(arguments))
        if balance is None:
            raise flows.LookUpFailed("the customer has no account")
        return asdict(balance)

    # --- the business system ----------------------------------------------------------------------------------------

    async def _account(self, arguments: Mapping[str, Any]) -> Answer:
        """The first account. What is owed is what bills past their day come to, less what is there."""
        asked = await self._asked(arguments)
        accounts, bills = await asyncio.gather(self._items(asked, "accounts"), self._items(asked, "bills"))
        if not accounts:
            raise flows.LookUpFailed("the customer has no account")
        account = accounts[0]
        today = self._clock.now().date().isoformat()
        overdue = sum(
            bill["total_minor"]
            for bill in bills
            if bill["paid_on"] is None and bill["due_on"] < today and bill["account_id"] in ("", account["id"])
        )
        return {
            "account_id": account["id"],
            "no": account["no"],
            "balance_minor": account["balance_minor"],
            "arrears_minor": max(0, overdue - account["balance_minor"]),
            "status": account["status"],
        }

    async def _bill(self, arguments: Mapping[str, Any]) -> Answer:
        """`month` is null where there is no bill."""
        asked = await self._asked(arguments)
        if arguments.get("which") == "current":
            accounts = await self._items(asked, "accounts")
            system = _system(asked)
            found = await system.unbilled([account["id"] for account in accounts])
            month = self._clock.now().date().replace(day=1).isoformat()
            answer = {"month": month, "total_minor": found["total_minor"], "due_on": None, "paid": False}
            return answer | {"lines": found["lines"]}
        bills = await self._items(asked, "bills")
        if not bills:
            return {"month": None, "total_minor": None, "due_on": None, "paid": None, "lines": []}
        bill = bills[0]
        paid = bill["paid_on"] is not None
        return {name: bill[name] for name in ("month", "total_minor", "due_on", "lines")} | {"paid": paid}

    async def _payments(self, arguments: Mapping[str, Any]) -> Answer:
        found = await self._items(await self._asked(arguments), "payments")
        last = found[0] if found else {}
        return {
            "count": len(found),
            "last_on": last.get("paid_on"),
            "last_minor": last.get("amount_minor"),
            "last_method": last.get("method"),
        }

    async def _order(self, arguments: Mapping[str, Any]) -> Answer:
        """The newest order, or the one whose number has these digits."""
        found = await self._items(await self._asked(arguments), "orders")
        if (wanted := arguments.get("order_no")) is not None:
            found = [order for order in found if _digits(order["no"]) == _digits(str(wanted)) != ""]
        last = found[0] if found else {}
        at = last.get("ordered_at")
        at = datetime.fromisoformat(at) if isinstance(at, str) else at
        return {
            "count": len(found),
            "no": last.get("no"),
            "status": last.get("status"),
            "ordered_on": at.astimezone().date().isoformat() if at is not None else None,
            "subject": last.get("subject"),
        }

    async def _outage(self, arguments: Mapping[str, Any]) -> Answer:
        asked = await self._asked(arguments)
        found = await _system(asked).outages(asked.numbers)
        if not found:
            return {"outage": False, "area": None, "until": None}
        until = found[0]["until"]
        # Said as it stands, so it has to stand in the hearer's time.
        local = datetime.fromisoformat(until).astimezone().isoformat() if until else None
        return {"outage": True, "area": found[0]["area"], "until": local}

    async def _pay(self, arguments: Mapping[str, Any]) -> Answer:
        """A refusal is an answer, `reason` its cause; what nobody knows the outcome of raises `LookUpFailed`. Cards may
        be wrong so often only (`customers.pins.guesses`), then the reason is `locked` and nobody is asked."""
        asked = await self._asked(arguments, sent=False)
        if arguments.get("card") is None:
            return await self._paid(asked, arguments)
        guess = await guesses.begin(self._database, self._tenant_id, _customer(arguments), "card", clock=self._clock)
        if guess is None:
            return {"ok": False, "paid_minor": 0, "balance_minor": None, "reason": "locked"}
        wrong = True  # who is called off in the middle does not know whether the card was looked at
        try:
            answer = await self._paid(asked, arguments)
            wrong = answer["reason"] in WRONG_CARDS
            return answer
        except Exception as error:
            # Nor is it known here, unless it certainly was not.
            wrong = getattr(error, "sent", True) and not isinstance(error, CircuitOpen | NotSent)
            raise
        finally:
            if not wrong:
                await self._take_back(guess)

    async def _take_back(self, guess: guesses.Guess) -> None:
        try:
            await guesses.take_back(self._database, guess)
        except Exception:
            # The payment stands all the same; the guess counts for half an hour.
            log.exception("guess_not_taken_back")

    async def _paid(self, asked: view.Business, arguments: Mapping[str, Any]) -> Answer:
        system, account = _system(asked), str(arguments["account_id"])
        card, amount = arguments.get("card"), arguments.get("amount_minor")
        try:
            payment = await system.pay(
                asked.numbers,
                account,
                str(arguments["key"]),
                amount_minor=int(amount) if amount is not None else None,
                card=str(card) if card is not None else None,
            )
        except Declined as refusal:
            return {"ok": False, "paid_minor": 0, "balance_minor": None, "reason": refusal.reason or "declined"}
        except (CircuitOpen, NotSent, OutcomeUnknown):
            raise
        except ConnectorFailed as error:
            # It failed, says so, and has nothing of the kind.
            raise flows.LookUpFailed(str(error), sent=False) from error
        return {
            "ok": True,
            "paid_minor": payment["amount_minor"],
            "balance_minor": await self._balance_after(asked, account),
            "reason": None,
        }

    async def _balance_after(self, asked: view.Business, account: str) -> int | None:
        """Return what is in the account now; None when that takes too long to say."""
        try:
            async with asyncio.timeout(AFTERWARDS_SECONDS):
                accounts = await self._items(asked, "accounts")
        except (ConnectorFailed, TimeoutError):
            return None
        return next((one["balance_minor"] for one in accounts if one["id"] == account), None)

    async def _new_order(self, arguments: Mapping[str, Any]) -> Answer:
        asked = await self._asked(arguments, sent=False)
        order = await _system(asked).order(asked.numbers[0], str(arguments["product"]), str(arguments["key"]))
        return {"no": order["no"]}

    async def _asked(self, arguments: Mapping[str, Any], *, sent: bool = True) -> view.Business:
        """`sent` is what a failure says of it: before a payment nothing has been sent yet."""
        try:
            return await view.business(self._database, self._tenant_id, _customer(arguments), self._outside.sources)
        except Refusal as error:
            raise flows.LookUpFailed(str(error), sent=sent) from error

    async def _anybody(self) -> TmForum:
        """Return the system to ask for what is no customer's."""
        system = await view.system(self._database, self._tenant_id, self._outside.sources)
        if system is not None:
            return system
        raise flows.LookUpFailed("no business system is asked for this tenant", sent=False)

    async def _items(self, asked: view.Business, name: str) -> list[dict[str, Any]]:
        return await view.items(self._database, self._tenant_id, asked, name)

    # --- ourselves --------------------------------------------------------------------------------------------------

    async def _pin(self, arguments: Mapping[str, Any]) -> Answer:
        pin = str(arguments["pin"])
        return asdict(await pins.check(self._database, self._tenant_id, _customer(arguments), pin, clock=self._clock))

    async def _book(self, arguments: Mapping[str, Any]) -> Answer:
        if self._outside.callbacks is None:
            raise flows.LookUpFailed("nobody calls back")
        card, interaction = self._contact.get("customer"), self._contact.get("interaction_id")
        owed = Owed(
            self._tenant_id,
            str(arguments["number"]),
            CALLBACK_QUEUE,
            self._clock.now(),
            interaction_id=UUID(str(interaction)) if interaction else None,
            customer_id=UUID(str(card["id"])) if card else None,
            language=self._language(),
        )
        await self._outside.callbacks.book(owed)
        return {"ok": True}


def _customer(arguments: Mapping[str, Any]) -> UUID:
    return UUID(str(arguments["customer_id"]))


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isascii() and each.isdigit()).lstrip("0")
