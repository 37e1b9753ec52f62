"""The look-ups that flows may ask, for those who draw them: names, arguments and the fields of the answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LookUpKind:
    name: str
    arguments: tuple[str, ...]
    answer: tuple[str, ...]


KINDS = (
    LookUpKind("hours", ("queue",), ("open", "holiday")),
    LookUpKind("balance", ("customer_id",), ("minor", "currency", "bill_minor", "bill_month")),
    LookUpKind("bss.account", ("customer_id",), ("account_id", "no", "balance_minor", "arrears_minor", "status")),
    LookUpKind("bss.bill", ("customer_id", "which"), ("month", "total_minor", "due_on", "paid", "lines")),
    LookUpKind("bss.payments", ("customer_id",), ("count", "last_on", "last_minor", "last_method")),
    LookUpKind("bss.order", ("customer_id", "order_no"), ("count", "no", "status", "ordered_on", "subject")),
    LookUpKind("bss.outage", ("customer_id",), ("outage", "area", "until")),
    LookUpKind(
        "bss.pay",
        ("account_id", "customer_id", "amount_minor", "card", "key"),
        ("ok", "paid_minor", "balance_minor", "reason"),
    ),
    LookUpKind(
        "bss.details",
        ("customer_id", "month"),
        (
            *("count", "total_minor", "lines", "text", "plan_minor", "broadband_minor", "extra_minor", "usage_minor"),
            *("discount_minor", "other_minor"),
        ),
    ),
    LookUpKind("bss.tariffs", (), ("count", "offers", "text")),
    LookUpKind("bss.tariff", ("code",), ("found", "name", "price_minor", "text")),
    LookUpKind("bss.outlets", ("customer_id", "area_code"), ("count", "name", "address", "phone", "open", "text")),
    LookUpKind("bss.order97", ("customer_id", "service", "key"), ("ok", "no", "reason")),
    LookUpKind("bss.fault", ("customer_id", "kind", "key"), ("ok", "no", "until")),
    LookUpKind("directory", ("digits",), ("count", "name", "number")),
    LookUpKind("information", ("code",), ("found", "text", "at", "kind", "high", "low", "digits")),
    LookUpKind("bss.new_order", ("customer_id", "product", "key"), ("no",)),
    LookUpKind("identity.pin", ("customer_id", "pin"), ("ok", "locked", "left", "reason")),
    LookUpKind("identity.send_code", ("customer_id", "key"), ("ok", "to_last4", "reason")),
    LookUpKind("identity.code", ("customer_id", "code"), ("ok", "locked", "left")),
    LookUpKind("messages.send", ("template", "to", "values", "customer_id", "key"), ("ok", "reason")),
    LookUpKind("callback.book", ("number",), ("ok",)),
)
