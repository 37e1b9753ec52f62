"""What the business system was told since it began: payments, recharge cards used, orders, faults. In memory, pure.

Whoever posts says by which name of their own (`externalId`): the same name again gives the first answer, and changes
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from yuelai.entrypoints.bss.books import Books, Resource, money, party_of

CARDS: Mapping[str, int] = {
    **{f"60001000{number:04d}": 5_000 for number in range(1, 31)},
    **{f"60002000{number:04d}": 10_000 for number in range(1, 31)},
}
"""Recharge cards of the demo, and what they are worth in fen."""
USED_CARD = "600090000001"
"""One that somebody has used before."""
MOST_MINOR = 1_000_000
"""The most that one payment may be of, in fen."""
MENDED_AFTER = timedelta(hours=24)
"""How soon what is reported should be mended."""
FAULTS = ("broadband", "line", "mobile", "tv", "other")
"""Kinds of fault that are taken."""


class Refused(Exception):
    """`status` is HTTP's, `code` what the other side may rely on."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        self.status, self.code, self.reason = status, code, reason
        super().__init__(reason)


class Ledger:
    def __init__(self, books: Books) -> None:
        self._books = books
        self._payments: dict[str, tuple[Any, Resource]] = {}
        self._orders: dict[str, tuple[Any, Resource]] = {}
        self._taken: dict[str, tuple[Any, dict[str, str]]] = {}
        self._tickets: dict[str, tuple[Any, Resource]] = {}
        self._used = {USED_CARD}
        self._paid: dict[str, int] = {}

    def pay(self, body: Any, now: datetime) -> Resource:
        """Apply a payment (TMF676) once, and return it. Raises `Refused`."""
        key = _text(body, "externalId")
        if (held := self._again(self._payments, key, body)) is not None:
            return held
        payer, account = _id(body, "payer"), _id(body, "account")
        if self._books.account_of(payer, account) is None:
            raise Refused(422, "account_unknown", "The payer has no such account.")
        method = body.get("paymentMethod") or {}
        code = method.get("code") if isinstance(method, Mapping) else None
        minor = self._worth(str(code)) if code is not None else _amount(body)
        if code is not None:
            self._used.add(str(code))
        self._paid[account] = self._paid.get(account, 0) + minor
        kind = "voucher" if code is not None else "wallet"
        payment: Resource = {
            "id": f"P{len(self._payments) + 1:06d}",
            "externalId": key,
            "paymentDate": now.astimezone(UTC).isoformat(),
            "amount": money(minor),
            "totalAmount": money(minor),
            "paymentMethod": {"name": kind, "@type": kind},
            "status": "done",
            "account": {"id": account},
            "payer": {"id": payer},
        }
        self._payments[key] = (body, payment)
        return payment

    def order(self, body: Any, now: datetime) -> Resource:
        """Take an order (TMF622) once, and return it. Raises `Refused`."""
        key = _text(body, "externalId")
        if (held := self._again(self._orders, key, body)) is not None:
            return held
        parties, items = body.get("relatedParty"), body.get("productOrderItem")
        if not (isinstance(parties, list) and len(parties) == 1 and isinstance(items, list) and len(items) == 1):
            raise Refused(400, "bad_request", "One customer orders one thing.")
        party = _text(parties[0], "id")
        if not self._books.resources("accountManagement/v4/billingAccount", [party]):
            raise Refused(422, "customer_unknown", "There is no such customer.")
        name = self._books.offers(_id(items[0], "productOffering"))
        if name is None:
            raise Refused(422, "product_unknown", "This cannot be ordered.")
        number = len(self._orders) + 1
        order: Resource = {
            "id": f"N{number:06d}",
            "externalId": key,
            "description": name,
            "state": "acknowledged",
            "orderDate": now.astimezone(UTC).isoformat(),
            "relatedParty": party_of(party),
        }
        self._orders[key] = (body, order)
        return order

    def take(self, number: str, party: str, product: str, now: datetime) -> dict[str, str]:
        """Take an order from the old interface once, by its own number; it stands among the others then. Raises
        `Refused`."""
        wanted = (party, product)
        if number in self._taken:
            before, answer = self._taken[number]
            if before != wanted:
                raise Refused(409, "another_of_this_name", "Something else was ordered by this number.")
            return answer
        held = self._books.resources("productInventory/v4/product", [party])
        if any(one["productOffering"]["id"] == product for one in held):
            raise Refused(422, "held", "The customer has it.")
        no = f"97{len(self._taken) + 1:08d}"
        order = self.order(
            {
                "externalId": no,
                "relatedParty": [{"id": party or "-"}],
                "productOrderItem": [{"productOffering": {"id": product or "-"}}],
            },
            now,
        )
        answer = {"ORDER_NO": no, "PROD_NAME": str(order["description"]), "STATE": "10A"}
        self._taken[number] = (wanted, answer)
        return answer

    def taken(self, number: str) -> dict[str, str] | None:
        """Return what was answered to an order of the old interface."""
        held = self._taken.get(number)
        return held[1] if held else None

    def report(self, body: Any, now: datetime) -> Resource:
        """Take a fault report (TMF621) once, and return it. Raises `Refused`."""
        key = _text(body, "externalId")
        if (held := self._again(self._tickets, key, body)) is not None:
            return held
        parties, kind = body.get("relatedParty"), _text(body, "ticketType")
        if not isinstance(parties, list) or len(parties) != 1:
            raise Refused(400, "bad_request", "One customer reports a fault.")
        party = _text(parties[0], "id")
        if not self._books.resources("accountManagement/v4/billingAccount", [party]):
            raise Refused(422, "customer_unknown", "There is no such customer.")
        if kind not in FAULTS:
            raise Refused(422, "kind_unknown", f"A fault is one of {', '.join(FAULTS)}.")
        now = now.astimezone(UTC).replace(microsecond=0)
        ticket: Resource = {
            "id": f"112{len(self._tickets) + 1:06d}",
            "externalId": key,
            "ticketType": kind,
            "name": kind,
            "status": "acknowledged",
            "creationDate": now.isoformat(),
            "expectedResolutionDate": (now.replace(minute=0, second=0) + MENDED_AFTER).isoformat(),
            "relatedParty": party_of(party),
        }
        self._tickets[key] = (body, ticket)
        return ticket

    def tickets(self, parties: Sequence[str], key: str = "") -> list[Resource]:
        """Return the fault reports of these customers, or the one of that name of theirs; the newest first."""
        found = [ticket for _, ticket in reversed(self._tickets.values())]
        return [one for one in found if one["relatedParty"][0]["id"] in parties and key in ("", one["externalId"])]

    def payments(self, parties: Sequence[str], key: str = "") -> list[Resource]:
        """Return the payments of these customers, or the one of that name of theirs; the newest first."""
        found = [payment for _, payment in reversed(self._payments.values())]
        return [one for one in found if one["payer"]["id"] in parties and key in ("", one["externalId"])]

    def orders(self, parties: Sequence[str], key: str = "") -> list[Resource]:
        found = [order for _, order in reversed(self._orders.values())]
        return [one for one in found if one["relatedParty"][0]["id"] in parties and key in ("", one["externalId"])]

    def paid(self, account: str) -> int:
        """Return what was paid into an account since the beginning, in fen."""
        return self._paid.get(account, 0)

    def _worth(self, card: str) -> int:
        if card in self._used:
            raise Refused(422, "card_used", "This card has been used.")
        if card not in CARDS:
            raise Refused(422, "card_wrong", "There is no such card.")
        return CARDS[card]

    @staticmethod
    def _again(held: Mapping[str, tuple[Any, Resource]], key: str, body: Any) -> Resource | None:
        if key not in held:
            return None
        before, answer = held[key]
        if before != body:
            raise Refused(409, "another_of_this_name", "Something else was posted by this externalId.")
        return answer


def _text(body: Any, name: str) -> str:
    value = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise Refused(400, "bad_request", f"{name} is missing.")
    return value


def _id(body: Any, name: str) -> str:
    return _text(body.get(name) if isinstance(body, Mapping) else None, "id")


def _amount(body: Mapping[str, Any]) -> int:
    try:
        value = Decimal(str(body["amount"]["value"])) * 100
        minor = int(value.to_integral_value(ROUND_HALF_UP))
    except (ArithmeticError, KeyError, TypeError, ValueError):
        raise Refused(400, "bad_request", "amount is missing.") from None
    if not 0 < minor <= MOST_MINOR:
        raise Refused(422, "amount_refused", f"An amount is of 0.01 to {MOST_MINOR // 100}.")
    return minor
