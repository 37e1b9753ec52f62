"""TM Forum's resources read into our shapes; pure.

Resources may hold much more, and leave out nearly everything: what is missing is taken as nothing said, what is there
and of another form raises `TypeError`, `ValueError`, `KeyError` or `AttributeError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from yuelai.connectors.tmforum.model import (
    Account,
    Bill,
    BillLine,
    Detail,
    Item,
    Offering,
    Order,
    Organisation,
    Outage,
    Outlet,
    Payment,
    Product,
    Ticket,
    Unbilled,
)

Resource = Mapping[str, Any]

_PRODUCT = {
    "created": "open", "pendingactive": "open", "active": "active", "suspended": "suspended",
    "pendingterminate": "active", "terminated": "cancelled", "cancelled": "cancelled", "aborted": "cancelled",
}  # fmt: skip
_ORDER = {"completed": "done", "cancelled": "cancelled", "rejected": "cancelled", "failed": "cancelled"}
_SETTLED = "settled"
_CATEGORIES = frozenset({"plan", "broadband", "extra", "usage", "discount"})


def money(amount: Resource | None) -> tuple[int, str]:
    """Return minor units and currency of TM Forum's Money, `{"unit": "CNY", "value": 48.6}`."""
    if amount is None:
        return 0, "CNY"
    value = Decimal(str(amount["value"])) * 100
    return int(value.to_integral_value(ROUND_HALF_UP)), str(amount.get("unit") or "CNY")


def are_of(found: Iterable[Resource], asked: Mapping[str, str]) -> bool:
    """Return whether each resource that says whom or what it refers to names one of the ids asked for.

    `asked` are query parameters; those of the form `relatedParty.id` are ids parted by commas (TMF630 part 1).
    """
    for each in found:
        for parameter, value in asked.items():
            attribute, _, rest = parameter.partition(".")
            named = each.get(attribute)
            if rest != "id" or not named:
                continue
            references = named if isinstance(named, list) else [named]
            if {str(reference["id"]) for reference in references}.isdisjoint(value.split(",")):
                return False
    return True


def accounts(found: Iterable[Resource], buckets: Iterable[Resource]) -> list[Account]:
    """Of TMF666 `billingAccount` and TMF654 `bucket`: what is left in an account's monetary buckets goes before the
    balance that the account itself names."""
    left: dict[str, tuple[int, str]] = {}
    for bucket in buckets:
        holder = bucket.get("partyAccount")
        if bucket.get("usageType") != "monetary" or holder is None:
            continue
        value = bucket["remainingValue"]
        minor, currency = money({"value": value["amount"], "unit": value.get("units")})
        left[str(holder["id"])] = (left.get(str(holder["id"]), (0, currency))[0] + minor, currency)
    read: list[Account] = []
    for each in found:
        named = [balance["amount"] for balance in each.get("accountBalance") or ()]
        minor, currency = left.get(str(each["id"])) or money(named[0] if named else None)
        read.append(
            {
                "id": str(each["id"]),
                "no": str(each.get("name") or each["id"]),
                "kind": str(each.get("accountType") or "postpaid"),
                "balance_minor": minor,
                "currency": currency,
                "status": str(each.get("state") or "active").lower(),
            }
        )
    return sorted(read, key=lambda account: account["no"])


def bills(found: Iterable[Resource], rates: Iterable[Resource]) -> list[Bill]:
    """Of TMF678 `customerBill` and `appliedCustomerBillingRate`; the newest month first."""
    lines: dict[str, list[BillLine]] = {}
    for rate in rates:
        amount, _ = money(rate.get("taxIncludedAmount"))
        label = str(rate.get("name") or rate.get("description") or "")
        lines.setdefault(str(rate["bill"]["id"]), []).append({"label": label, "amount_minor": amount})
    read: list[Bill] = []
    for each in found:
        total, currency = money(each.get("taxIncludedAmount") or each.get("amountDue"))
        began = _day(each["billingPeriod"]["startDateTime"])
        settled = str(each.get("state") or "").lower() == _SETTLED
        read.append(
            {
                "id": str(each["id"]),
                "account_id": str((each.get("billingAccount") or {}).get("id") or ""),
                "month": f"{began[:7]}-01",
                "total_minor": total,
                "currency": currency,
                "due_on": _day(each["paymentDueDate"]),
                "paid_on": _day(each.get("lastUpdate") or each["paymentDueDate"]) if settled else None,
                "lines": lines.get(str(each["id"]), []),
            }
        )
    return sorted(read, key=lambda bill: (bill["month"], bill["id"]), reverse=True)


def payments(found: Iterable[Resource]) -> list[Payment]:
    """Of TMF676 `payment`; the newest first."""
    read: list[Payment] = []
    for each in found:
        minor, currency = money(each.get("totalAmount") or each.get("amount"))
        method = each.get("paymentMethod") or {}
        read.append(
            {
                "id": str(each["id"]),
                "account_id": str((each.get("account") or {}).get("id") or ""),
                "paid_on": _day(each["paymentDate"]),
                "amount_minor": minor,
                "currency": currency,
                "method": str(method.get("name") or method.get("@type") or ""),
                "status": str(each.get("status") or "done").lower(),
            }
        )
    return sorted(read, key=lambda payment: (payment["paid_on"], payment["id"]), reverse=True)


def products(found: Iterable[Resource]) -> list[Product]:
    """Of TMF637 `product`; the newest first. Its number is the characteristic `number` or `msisdn`."""
    read: list[Product] = []
    for each in found:
        recurring = [price for price in each.get("productPrice") or () if price.get("priceType") == "recurring"]
        minor, currency = money(recurring[0]["price"]["taxIncludedAmount"] if recurring else None)
        numbers = [
            str(one["value"])
            for one in each.get("productCharacteristic") or ()
            if one.get("name") in ("number", "msisdn") and one.get("value")
        ]
        status = str(each.get("status") or "active")
        offering = each.get("productOffering") or {}
        read.append(
            {
                "id": str(each["id"]),
                "code": str(offering.get("id") or ""),
                "name": str(each.get("name") or offering.get("name") or ""),
                "number": numbers[0] if numbers else None,
                "status": _PRODUCT.get(status.lower(), status),
                "price_minor": minor,
                "currency": currency,
                "since": _day(each["startDate"]),
            }
        )
    return sorted(read, key=lambda product: product["since"], reverse=True)


def orders(found: Iterable[Resource]) -> list[Order]:
    """Of TMF622 `productOrder`; the newest first."""
    read: list[Order] = []
    for each in found:
        at = datetime.fromisoformat(str(each["orderDate"]))
        read.append(
            {
                "id": str(each["id"]),
                "no": str(each.get("externalId") or each["id"]),
                "subject": str(each.get("description") or each.get("category") or ""),
                "status": _ORDER.get(str(each.get("state") or "").lower(), "open"),
                "ordered_at": at.isoformat(),
            }
        )
    return sorted(read, key=lambda order: order["ordered_at"], reverse=True)


def unbilled(rates: Iterable[Resource]) -> Unbilled:
    """Of TMF678 `appliedCustomerBillingRate` that are in no bill yet."""
    read: Unbilled = {"total_minor": 0, "currency": "CNY", "lines": []}
    for rate in rates:
        if rate.get("isBilled"):
            continue
        minor, read["currency"] = money(rate["taxIncludedAmount"])
        read["lines"].append({"label": str(rate.get("name") or rate.get("description") or ""), "amount_minor": minor})
        read["total_minor"] += minor
    return read


def places(services: Iterable[Resource]) -> list[str]:
    """Return the ids of the places where services are, of TMF638 `service`, each once."""
    found = [str(place["id"]) for each in services for place in each.get("place") or ()]
    return list(dict.fromkeys(found))


def outages(alarms: Iterable[Resource]) -> list[Outage]:
    """Of TMF642 `alarm`: those that stand and take something away from customers; the newest first. When it should be
    over is `expectedClearedTime`, which not every system tells."""
    read: list[Outage] = []
    for each in alarms:
        if str(each.get("state") or "raised").lower() == "cleared" or each.get("alarmClearedTime"):
            continue
        if each.get("serviceAffecting") is False:
            continue
        named = [str(place.get("name") or place["id"]) for place in each.get("place") or ()]
        until = each.get("expectedClearedTime")
        read.append(
            {
                "id": str(each["id"]),
                "area": named[0] if named else "",
                "since": datetime.fromisoformat(str(each["alarmRaisedTime"])).isoformat(),
                "until": None if until is None else datetime.fromisoformat(str(until)).isoformat(),
            }
        )
    return sorted(read, key=lambda outage: outage["since"], reverse=True)


def details(rates: Iterable[Resource]) -> list[Detail]:
    """Of TMF678 `appliedCustomerBillingRate`: the lines of one bill, by the characteristic `category`."""
    read: list[Detail] = []
    for rate in rates:
        minor, _ = money(rate.get("taxIncludedAmount"))
        named = [str(one["value"]) for one in rate.get("characteristic") or () if one.get("name") == "category"]
        category = named[0] if named and named[0] in _CATEGORIES else "other"
        label = str(rate.get("name") or rate.get("description") or "")
        read.append({"label": label, "amount_minor": minor, "category": category})
    return read


def offerings(found: Iterable[Resource]) -> list[Offering]:
    """Of TMF620 `productOffering`: what can be sold now, with what it costs again and again."""
    read: list[Offering] = []
    for each in found:
        if each.get("isSellable") is False or str(each.get("lifecycleStatus") or "Active").lower() != "active":
            continue
        recurring = [one for one in each.get("productOfferingPrice") or () if one.get("priceType") == "recurring"]
        minor, currency = money(recurring[0]["price"] if recurring else None)
        category = [str(one.get("name") or one["id"]) for one in each.get("category") or ()]
        read.append(
            {
                "code": str(each["id"]),
                "name": str(each["name"]),
                "category": category[0] if category else "",
                "price_minor": minor,
                "currency": currency,
            }
        )
    return read


def outlets(found: Iterable[Resource]) -> list[Outlet]:
    """Of TMF674 `geographicSite`: those in use."""
    read: list[Outlet] = []
    for each in found:
        if str(each.get("status") or "active").lower() != "active":
            continue
        hours = [period for day in each.get("calendar") or () for period in day.get("hourPeriod") or ()]
        read.append(
            {
                "id": str(each["id"]),
                "name": str(each["name"]),
                "address": str(each.get("siteAddress") or each["place"][0].get("name") or each["place"][0]["id"]),
                "phone": _phone(each),
                "opens": str(hours[0]["startHour"]) if hours else "",
                "closes": str(hours[0]["endHour"]) if hours else "",
            }
        )
    return read


def organisations(found: Iterable[Resource]) -> list[Organisation]:
    """Of TMF632 `organization`: those with a telephone."""
    return [{"name": str(each["name"]), "number": _phone(each)} for each in found if _phone(each)]


def tickets(found: Iterable[Resource]) -> list[Ticket]:
    """Of TMF621 `troubleTicket`."""
    read: list[Ticket] = []
    for each in found:
        until = each.get("expectedResolutionDate")
        read.append(
            {
                "id": str(each["id"]),
                "status": str(each.get("status") or "acknowledged").lower(),
                "until": None if until is None else datetime.fromisoformat(str(until)).isoformat(),
            }
        )
    return read


def items(found: Iterable[Resource]) -> list[Item]:
    """Of an information line."""
    return [
        {
            "code": str(each["id"]),
            "text": str(each["text"]),
            "at": datetime.fromisoformat(str(each["at"])).isoformat(),
            "kind": str(each.get("kind") or ""),
            "high": None if each.get("high") is None else int(each["high"]),
            "low": None if each.get("low") is None else int(each["low"]),
            "digits": str(each.get("digits") or ""),
        }
        for each in found
    ]


def _phone(party: Resource) -> str:
    """Return the first telephone number (TMF `ContactMedium`); empty where there is none."""
    for medium in party.get("contactMedium") or ():
        number = (medium.get("characteristic") or {}).get("phoneNumber")
        if medium.get("mediumType") == "phone" and number:
            return str(number)
    return ""


def _day(instant: Any) -> str:
    return datetime.fromisoformat(str(instant)).date().isoformat()
