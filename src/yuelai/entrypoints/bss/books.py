"""What the business system has of its customers at the start, as TM Forum's resources; pure, from the sample's seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from yuelai.entrypoints.sample import places
from yuelai.entrypoints.sample.generate import Customer, Generator

Resource = dict[str, Any]

_ORDER_STATES = {"open": "inProgress", "done": "completed", "cancelled": "cancelled"}
_METHODS = ("direct_debit", "wallet", "card", "cash")
_OFFERED = {code: name for code, name, _ in (*places.PLANS, *places.BROADBAND, *places.EXTRAS)}
_CATEGORIES = {
    "plan": {name for _, name, _ in places.PLANS},
    "broadband": {name for _, name, _ in places.BROADBAND},
    "extra": {name for _, name, _ in places.EXTRAS},
    "usage": {"套餐外通话"},
    "discount": {"优惠减免"},
}
OUT_OF_ORDER = "杭州市滨江区"
"""Where something is broken all day, so that a caller from there can be told."""
_REPAIRED = time(10)
"""Of the next day, in UTC."""


class Books:
    """Customers are known by their numbers, C000000001 on, as the centre's sample has them.

    With `anybody`, numbers beyond those are answered for with somebody else's books, so that a bench with millions has
    something to read.
    """

    def __init__(
        self, today: date, count: int, *, anybody: bool = False, day: Callable[[], date] | None = None
    ) -> None:
        """`day` is what day it is by now, for what must not grow old while the system runs; `today` without it."""
        generator = Generator(today)
        self._everybody = [*generator.special(), *generator.others(count)]
        self._anybody = anybody
        self._day = day or (lambda: today)
        self._holders = {no: place for place, one in enumerate(self._everybody) for _, no, _, _ in one.accounts}

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
                            "characteristic": [{"name": "category", "value": category_of(line["label"])}],
                            "taxIncludedAmount": money(int(line["amount_minor"])),
                            "bill": {"id": bill},
                        }
                        for place, line in enumerate(lines)
                    )
        return found

    def unbilled(self, accounts: Sequence[str]) -> list[Resource]:
        """Return what has come up this month on these accounts and is in no bill yet (TMF678, `isBilled`)."""
        found: list[Resource] = []
        for account in accounts:
            place = self._holders.get(account)
            if place is None:
                continue
            customer = self._everybody[place]
            of_account = next(id_ for id_, no, _, _ in customer.accounts if no == account)
            lines = [(name, price) for _, holder, _, name, _, price, _ in customer.products if holder == of_account]
            lines.append(("套餐外通话", self._day().day * (10 + place % 7 * 10)))
            found.extend(
                {
                    "id": f"{account}-{number}",
                    "name": name,
                    "characteristic": [{"name": "category", "value": category_of(name)}],
                    "date": instant(self._day()),
                    "isBilled": False,
                    "taxIncludedAmount": money(price),
                    "billingAccount": {"id": account},
                }
                for number, (name, price) in enumerate(lines)
            )
        return found

    def alarms(self, areas: Sequence[str]) -> list[Resource]:
        """Return what is broken in these areas (TMF642), with the time at which it should be repaired."""
        if OUT_OF_ORDER not in areas:
            return []
        return [
            {
                "id": f"OUT-{self._day():%Y%m%d}",
                "@type": "OutageAlarm",
                "@baseType": "Alarm",
                "state": "raised",
                "alarmType": "communicationsAlarm",
                "perceivedSeverity": "major",
                "probableCause": "cableCut",
                "serviceAffecting": True,
                "plannedOutageIndicator": "unplanned",
                "alarmRaisedTime": instant(self._day()),
                "expectedClearedTime": datetime.combine(self._day() + timedelta(days=1), _REPAIRED, UTC).isoformat(),
                "place": [{"id": OUT_OF_ORDER, "name": OUT_OF_ORDER, "@referredType": "GeographicArea"}],
            }
        ]

    def account_of(self, party: str, account: str) -> int | None:
        """Return the balance in fen, from the seed, of the customer's account; None when it is not theirs."""
        customer = self._customer(party)
        return next((held for _, no, _, held in customer.accounts if no == account), None) if customer else None

    def offers(self, product: str) -> str | None:
        """Return the name of what can be ordered under that code."""
        return _OFFERED.get(product)

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
            "accountBalance": [{"balanceType": "receivable", "amount": money(balance)}],
            "relatedParty": party_of(party),
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
            "relatedParty": party_of(party),
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
                "billDate": instant(_next_month(month)),
                "billingPeriod": {"startDateTime": instant(month), "endDateTime": instant(_next_month(month))},
                "taxIncludedAmount": money(total),
                "amountDue": money(total),
                "remainingAmount": money(owed),
                "paymentDueDate": instant(due),
                "state": "settled" if paid else "sent",
                "lastUpdate": instant(paid or _next_month(month)),
                "billingAccount": {"id": _account_no(customer, account)},
                "relatedParty": party_of(party),
            }
        )
    return found


def _payments(customer: Customer, party: str) -> list[Resource]:
    method = _METHODS[int(party[1:]) % len(_METHODS)]
    return [
        {
            "id": f"P{_bill_id(party, month)}",
            "paymentDate": instant(paid),
            "totalAmount": money(total),
            "amount": money(total),
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
            "startDate": instant(since),
            "productOffering": {"id": code, "name": name},
            "productPrice": [
                {
                    "priceType": "recurring",
                    "recurringChargePeriod": "month",
                    "price": {"taxIncludedAmount": money(price)},
                }
            ],
            "productCharacteristic": [{"name": "number", "value": number}] if number else [],
            "billingAccount": {"id": _account_no(customer, account)},
            "relatedParty": party_of(party),
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
            "relatedParty": party_of(party),
        }
        for id_, no, subject, status, ordered in customer.orders
    ]


def _services(customer: Customer, party: str) -> list[Resource]:
    return [
        {
            "id": f"S{id_}",
            "name": name,
            "state": "active",
            "startDate": instant(since),
            "place": [{"id": area(customer.address), "role": "installation", "@referredType": "GeographicArea"}],
            "relatedParty": party_of(party),
        }
        for id_, _, _, name, _, _, since in customer.products
    ]


def area(address: str) -> str:
    """Return city and district of an address: 杭州市滨江区."""
    found = re.match(r"(?:[^省市]+省)?([^市]+市.+?[区县市])", address)
    return found[1] if found else ""


RESOURCES: Mapping[str, Callable[[Customer, str], list[Resource]]] = {
    "accountManagement/v4/billingAccount": _accounts,
    "prepayBalanceManagement/v4/bucket": _buckets,
    "customerBillManagement/v4/customerBill": _bills,
    "paymentManagement/v4/payment": _payments,
    "productInventory/v4/product": _products,
    "productOrderingManagement/v4/productOrder": _orders,
    "serviceInventory/v4/service": _services,
}
"""TMF666, TMF654, TMF678, TMF676, TMF637, TMF622 and TMF638."""


def category_of(label: str) -> str:
    """Return what kind of line of a bill this is: plan, broadband, extra, usage, discount or other."""
    for category, names in _CATEGORIES.items():
        if label in names:
            return category
    return "other"


def _bill_id(party: str, month: date) -> str:
    return f"{party}-{month:%Y%m}"


def _account_no(customer: Customer, account: Any) -> str:
    return next(no for id_, no, _, _ in customer.accounts if id_ == account)


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def party_of(party: str) -> list[Resource]:
    return [{"id": party, "role": "customer", "@referredType": "Customer"}]


def money(minor: int) -> Resource:
    return {"unit": "CNY", "value": minor / 100}


def instant(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat()
