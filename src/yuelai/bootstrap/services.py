"""What flows look up of services: details of bills, tariffs, outlets, the directory, the information line; and what
they order and report. `bootstrap.lookups` has them among the others, with their time-outs and failures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, Declined, NotSent, OutcomeUnknown
from yuelai.connectors.order97.client import Order97
from yuelai.connectors.tmforum.client import TmForum
from yuelai.connectors.tmforum.model import Detail, Outlet
from yuelai.customers.view.service import Business
from yuelai.flows.ports import LookUpFailed
from yuelai.platform.clock import Clock

LONGEST_TEXT = 480
"""Characters of what is told by a text message."""
CATEGORIES = ("plan", "broadband", "extra", "usage", "discount", "other")

Answer = Mapping[str, Any]
Arguments = Mapping[str, Any]


class ServiceLookUps:
    """`asked` says where to ask about the customer of some arguments, `anybody` whom for what is no customer's; both
    raise `LookUpFailed`."""

    def __init__(
        self,
        asked: Callable[[Arguments], Awaitable[Business]],
        anybody: Callable[[], Awaitable[TmForum]],
        orders: Order97 | None,
        *,
        language: Callable[[], str],
        clock: Clock,
    ) -> None:
        self._asked, self._anybody, self._orders = asked, anybody, orders
        self._language, self._clock = language, clock
        self.kinds: Mapping[str, Callable[[Arguments], Awaitable[Answer]]] = {
            "bss.details": self._details,
            "bss.tariffs": self._tariffs,
            "bss.tariff": self._tariff,
            "bss.outlets": self._outlets,
            "bss.order97": self._order97,
            "bss.fault": self._fault,
            "directory": self._directory,
            "information": self._information,
        }

    async def _details(self, arguments: Arguments) -> Answer:
        """Of the newest bill, or the one of `month` (2026-02). Beside the lines there is a sum for each category."""
        asked = await self._asked(arguments)
        system, month = system_of(asked), arguments.get("month")
        bills = [bill for bill in await system.bills(asked.numbers) if not month or bill["month"][:7] == str(month)[:7]]
        lines = await system.details(bills[0]["id"]) if bills else []
        total = bills[0]["total_minor"] if bills else None
        answer: dict[str, Any] = {
            "count": len(lines),
            "total_minor": total,
            "lines": [{"label": line["label"], "amount_minor": line["amount_minor"]} for line in lines],
            "text": self._bill_text(bills[0]["month"], lines, bills[0]["total_minor"]) if bills else "",
        }
        for category in CATEGORIES:
            amounts = [line["amount_minor"] for line in lines if line["category"] == category]
            answer[f"{category}_minor"] = sum(amounts) if amounts else None
        return answer

    def _bill_text(self, month: str, lines: Sequence[Detail], total: int) -> str:
        if self._english:
            head, tail = f"Bill {month[:7]}: ", f"; total {_yuan(total)} yuan."
            said = [f"{line['label']} {_yuan(line['amount_minor'])}" for line in lines]
            return _fitting(head, said, "; ", tail)
        year, _, rest = month.partition("-")
        head, tail = f"{year}年{int(rest[:2])}月账单：", f"；合计{_yuan(total)}元。"
        return _fitting(head, [f"{line['label']}{_yuan(line['amount_minor'])}元" for line in lines], "；", tail)

    async def _tariffs(self, _: Arguments) -> Answer:
        found = await (await self._anybody()).offerings()
        offers = [{name: one[name] for name in ("code", "name", "price_minor")} for one in found]
        said = [self._offer_text(one["name"], one["price_minor"]) for one in found]
        return {"count": len(offers), "offers": offers, "text": _fitting("", said, "；", "")}

    async def _tariff(self, arguments: Arguments) -> Answer:
        found = await (await self._anybody()).offerings(str(arguments["code"]))
        if not found:
            return {"found": False, "name": None, "price_minor": None, "text": ""}
        name, price = found[0]["name"], found[0]["price_minor"]
        return {"found": True, "name": name, "price_minor": price, "text": self._offer_text(name, price)}

    def _offer_text(self, name: str, price: int) -> str:
        text = f"{name}, {_yuan(price)} yuan a month" if self._english else f"{name}，每月{_yuan(price)}元"
        return text[:LONGEST_TEXT]

    async def _outlets(self, arguments: Arguments) -> Answer:
        """The first outlet where the customer's services are, or of an area code."""
        area = str(arguments.get("area_code") or "")
        if arguments.get("customer_id") and not area:
            asked = await self._asked(arguments)
            found = await system_of(asked).outlets(asked.numbers)
        else:
            found = await (await self._anybody()).outlets(area_code=area)
        nothing = {"count": 0, "name": None, "address": None, "phone": None, "open": None, "text": ""}
        return {"count": len(found), **self._outlet(found[0])} if found else nothing

    def _outlet(self, one: Outlet) -> dict[str, Any]:
        now = f"{self._clock.now().astimezone():%H:%M}"
        hours = f"{one['opens']}-{one['closes']}" if one["opens"] else ""
        parts = [one["name"], one["address"], one["phone"], hours]
        text = (", " if self._english else "，").join(part for part in parts if part)
        return {
            "name": one["name"],
            "address": one["address"],
            "phone": one["phone"],
            "open": one["opens"] <= now < one["closes"] if one["opens"] else None,
            "text": text[:LONGEST_TEXT],
        }

    async def _directory(self, arguments: Arguments) -> Answer:
        found = await (await self._anybody()).organisations(str(arguments["digits"]))
        first = found[0] if found else {"name": None, "number": None}
        return {"count": len(found), "name": first["name"], "number": first["number"]}

    async def _information(self, arguments: Arguments) -> Answer:
        found = await (await self._anybody()).information(str(arguments["code"]))
        if found is None:
            return {"found": False, "text": "", "at": None, "kind": "", "high": None, "low": None, "digits": ""}
        shown = {name: found[name] for name in ("at", "kind", "high", "low", "digits")}
        return {"found": True, "text": found["text"][:LONGEST_TEXT], **shown}

    async def _order97(self, arguments: Arguments) -> Answer:
        """A refusal is an answer, `reason` its cause; what nobody knows the outcome of raises `LookUpFailed`."""
        asked = await self._asked(arguments)
        system_of(asked)
        if self._orders is None:
            raise LookUpFailed("no order interface is asked", sent=False)
        try:
            no = await self._orders.order(asked.numbers[0], str(arguments["service"]), str(arguments["key"]))
        except Declined as refusal:
            return {"ok": False, "no": None, "reason": refusal.reason or "declined"}
        except (CircuitOpen, NotSent, OutcomeUnknown):
            raise
        except ConnectorFailed as error:
            raise LookUpFailed(str(error), sent=False) from error
        return {"ok": True, "no": no, "reason": None}

    async def _fault(self, arguments: Arguments) -> Answer:
        asked = await self._asked(arguments)
        system = system_of(asked)
        try:
            ticket = await system.report(asked.numbers[0], str(arguments["kind"]), str(arguments["key"]))
        except Declined:
            return {"ok": False, "no": None, "until": None}
        until = ticket["until"]
        local = datetime.fromisoformat(until).astimezone().isoformat() if until else None
        return {"ok": True, "no": ticket["id"], "until": local}

    @property
    def _english(self) -> bool:
        return self._language() == "en"


def system_of(asked: Business) -> TmForum:
    """Return the system that is asked about a customer. Raises `LookUpFailed`."""
    if asked.system is None:
        raise LookUpFailed("no business system is asked for this tenant", sent=False)
    return asked.system


def _yuan(minor: int) -> str:
    sign, minor = "-" if minor < 0 else "", abs(minor)
    return f"{sign}{minor // 100}.{minor % 100:02d}"


def _fitting(head: str, parts: Sequence[str], between: str, tail: str) -> str:
    """Return as many parts as there is room for, and whether that is all."""
    for count in range(len(parts), -1, -1):
        text = head + between.join([*parts[:count], *(["…"] if count < len(parts) else [])]) + tail
        if len(text) <= LONGEST_TEXT:
            return text
    return head[:LONGEST_TEXT]
