"""What the business system has of its customers, as TM Forum's resources; pure, from the sample's seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from yuelai.entrypoints.sample.generate import Customer, Generator

Resource = dict[str, Any]

_ORDER_STATES = {"open": "inProgress", "done": "completed", "cancelled": "cancelled"}
_METHODS = ("direct_debit", "wallet", "card", "cash")


class Books:
    """Customers are known by their numbers, C000000001 on, as the centre's sample has them.

    With `anybody`, numbers beyond those are answered for with somebody else's books, so that a bench with millions has
    something to read.
    """

    def __init__(self, today: date, count: int, *, anybody: bool = False) -> None:
        generator = Generator(today)
        self._everybody = [*generator.special(), *generator.others(count)]
        self._anybody = anybody

    def resources(self, resource: str, parties: Sequence[str]) -> list[Resource]:
        """Return the resources of these customers; unknown ones have none. Raises KeyError for another resource."""
        make = RESOURCES[resource]
        found: list[Resource] = []
        for party in parties:
            customer = self._customer(party)
            if customer is not None:
                found.extend(make(customer, party))
        return found

    def rates(self, bills: Sequence[str]) -> list[Resource]:
        """Return the lines of bills, which are known by customer and month."""
        found: list[Resource] = []
        for bill in bills:
            party, _, month = bill.partition("-")
            customer = self._customer(party)
            for _, _, began, _, _, _, lines in customer.bills if customer else ():
                if began.strftime("%Y%m") == month:
                    found.extend(
                        {
                            "id": f"{bill}-{place}",
                            "name": line["label"],
                            "taxIncludedAmount": _money(int(line["amount_minor"])),
                            "bill": {"id": bill},
                        }
                        for place, line in enumerate(lines)
                    )
        return found

    def _customer(self, party: str) -> Customer | None:
        if not party.startswith("C") or not party[1:].isascii() or not party[1:].isdecimal():
            return None
        place = int(party[1:]) - 1
        if self._anybody and place >= len(self._everybody):
            place %= len(self._everybody)
        return self._everybody[place] if 0 <= place < len(self._everybody) else None


def _accounts(customer: Customer, party: str) -> list[Resource]:
    return [
        {
            "id": no,
            "name": no,
            "accountType": kind,
            "state": "active",
            "accountBalance": [{"balanceType": "receivable", "amount": _money(balance)}],
            "relatedParty": _party(party),
        }
        for _, no, kind, balance in customer.accounts
    ]


def _buckets(customer: Customer, party: str) -> list[Resource]:
    return [
        {
            "id": f"B-{no}",
            "usageType": "monetary",
            "status": "active",
            "remainingValue": {"amount": balance / 100, "units": "CNY"},
            "partyAccount": {"id": no},
            "relatedParty": _party(party),
        }
        for _, no, _, balance in customer.accounts
    ]


def _bills(customer: Customer, party: str) -> list[Resource]:
    found = []
    for _, account, month, total, due, paid, _ in customer.bills:
        owed = 0 if paid else total
        found.append(
            {
                "id": _bill_id(party, month),
                "billNo": _bill_id(party, month),
                "billDate": _instant(_next_month(month)),
                "billingPeriod": {"startDateTime": _instant(month), "endDateTime": _instant(_next_month(month))},
                "taxIncludedAmount": _money(total),
                "amountDue": _money(total),
                "remainingAmount": _money(owed),
                "paymentDueDate": _instant(due),
                "state": "settled" if paid else "sent",
                "lastUpdate": _instant(paid or _next_month(month)),
                "billingAccount": {"id": _account_no(customer, account)},
                "relatedParty": _party(party),
            }
        )
    return found


def _payments(customer: Customer, party: str) -> list[Resource]:
    method = _METHODS[int(party[1:]) % len(_METHODS)]
    return [
        {
            "id": f"P{_bill_id(party, month)}",
            "paymentDate": _instant(paid),
            "totalAmount": _money(total),
            "amount": _money(total),
            "paymentMethod": {"name": method, "@type": method},
            "status": "done",
            "account": {"id": _account_no(customer, account)},
            "payer": {"id": party},
        }
        for _, account, month, total, _, paid, _ in customer.bills
        if paid is not None
    ]


def _products(customer: Customer, party: str) -> list[Resource]:
    return [
        {
            "id": str(id_),
            "name": name,
            "status": "active",
            "startDate": _instant(since),
            "productOffering": {"id": code, "name": name},
            "productPrice": [
                {
                    "priceType": "recurring",
                    "recurringChargePeriod": "month",
                    "price": {"taxIncludedAmount": _money(price)},
                }
            ],
            "productCharacteristic": [{"name": "number", "value": number}] if number else [],
            "billingAccount": {"id": _account_no(customer, account)},
            "relatedParty": _party(party),
        }
        for id_, account, code, name, number, price, since in customer.products
    ]


def _orders(customer: Customer, party: str) -> list[Resource]:
    return [
        {
            "id": str(id_),
            "externalId": no,
            "description": subject,
            "state": _ORDER_STATES[status],
            "orderDate": ordered.isoformat(),
            "relatedParty": _party(party),
        }
        for id_, no, subject, status, ordered in customer.orders
    ]


RESOURCES: Mapping[str, Callable[[Customer, str], list[Resource]]] = {
    "accountManagement/v4/billingAccount": _accounts,
    "prepayBalanceManagement/v4/bucket": _buckets,
    "customerBillManagement/v4/customerBill": _bills,
    "paymentManagement/v4/payment": _payments,
    "productInventory/v4/product": _products,
    "productOrderingManagement/v4/productOrder": _orders,
}
"""TMF666, TMF654, TMF678, TMF676, TMF637 and TMF622."""


def _bill_id(party: str, month: date) -> str:
    return f"{party}-{month:%Y%m}"


def _account_no(customer: Customer, account: Any) -> str:
    return next(no for id_, no, _, _ in customer.accounts if id_ == account)


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _party(party: str) -> list[Resource]:
    return [{"id": party, "role": "customer", "@referredType": "Customer"}]


def _money(minor: int) -> Resource:
    return {"unit": "CNY", "value": minor / 100}


def _instant(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()
