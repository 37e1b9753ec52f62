"""Asking a business support system by TM Forum's Open APIs (v4), about customers by their numbers.

Resources are filtered by attributes of what they refer to (TMF630 part 1, filtering), several values by commas.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx

from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, Declined, NotSent, OutcomeUnknown
from yuelai.connectors.hosts import AllowedHosts
from yuelai.connectors.http import JsonConnector
from yuelai.connectors.tmforum import reading
from yuelai.connectors.tmforum.model import (
    Account,
    Bill,
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
from yuelai.platform.clock import Clock, SystemClock

SECONDS = 1.5
"""For an answer: an agent waits for it with a customer on the line."""
WRITE_SECONDS, ASK_AGAIN_SECONDS = 1.2, 0.5
"""For what changes something there, and to ask what came of it when that was not enough."""
FAILURES, REST_SECONDS = 3, 5.0
"""After so many in a row the system is left alone for a while; one page asks more."""
CACHE_SECONDS = 10.0
"""Long enough for a colleague who is asked about the same customer, short enough for what was just paid."""
MOST_CACHED = 2_000
MOST_BYTES = 2 * 1024 * 1024
BILLS, LISTED = 12, 50
NOT_DONE = frozenset({401, 403, 404, 405, 429, 500, 501})
"""Statuses after which a system that knows nothing of it has not done it. A gateway's 502, 503 or 504 is none of them:
what is behind it may be at work still."""

_ACCOUNTS = "accountManagement/v4/billingAccount"
_BUCKETS = "prepayBalanceManagement/v4/bucket"
_BILLS = "customerBillManagement/v4/customerBill"
_RATES = "customerBillManagement/v4/appliedCustomerBillingRate"
_PAYMENTS = "paymentManagement/v4/payment"
_PRODUCTS = "productInventory/v4/product"
_ORDERS = "productOrderingManagement/v4/productOrder"
_SERVICES = "serviceInventory/v4/service"
_ALARMS = "alarmManagement/v4/alarm"
_OFFERINGS = "productCatalogManagement/v4/productOffering"
_OUTLETS = "geographicSiteManagement/v4/geographicSite"
_ORGANISATIONS = "partyManagement/v4/organization"
_TICKETS = "troubleTicket/v4/troubleTicket"
_INFORMATION = "informationLine/v1/item"
"""No API of TM Forum's: weather and the like, `GET …/item?id=weather` → `[{id, at, text, …}]`."""
_PAID = frozenset({"done", "completed", "accepted", "settled"})
_NOT_PAID = frozenset({"failed", "rejected", "declined", "cancelled"})

T = TypeVar("T")


class TmForum:
    """One for a process. `url` is where the APIs begin, e.g. `https://bss.example.com/tmf-api`; `key` a bearer token.

    Every method that reads raises `TooLate`, `ConnectorFailed` or `CircuitOpen`; `parties` are the numbers one customer
    is known by there, and a system that knows none of them has nothing of them.
    """

    def __init__(
        self, url: str, key: str | None = None, *, seconds: float = SECONDS, clock: Clock | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._clock = clock or SystemClock()
        self._connector = JsonConnector(
            AllowedHosts(_host(self._url)),
            seconds=seconds,
            most_bytes=MOST_BYTES,
            failures=FAILURES,
            rest_seconds=REST_SECONDS,
            clock=self._clock,
        )
        self._cache: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Any]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._writes = 0

    @property
    def host(self) -> str:
        """How the system is named to people."""
        return _host(self._url)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await self._connector.close()

    async def accounts(self, parties: Sequence[str]) -> list[Account]:
        asked = _of(parties)
        found, buckets = await asyncio.gather(self._list(_ACCOUNTS, asked), self._list(_BUCKETS, asked))
        return _read(lambda: reading.accounts(found, buckets))

    async def bills(self, parties: Sequence[str]) -> list[Bill]:
        found = await self._list(_BILLS, _of(parties) | {"limit": str(BILLS), "sort": "-billDate"})
        ids = _read(lambda: ",".join(str(bill["id"]) for bill in found))
        rates = await self._list(_RATES, {"bill.id": ids}) if ids else []
        return _read(lambda: reading.bills(found, rates))[:BILLS]

    async def payments(self, parties: Sequence[str]) -> list[Payment]:
        found = await self._list(_PAYMENTS, {"payer.id": ",".join(parties), "limit": str(LISTED)})
        return _read(lambda: reading.payments(found))

    async def products(self, parties: Sequence[str]) -> list[Product]:
        found = await self._list(_PRODUCTS, _of(parties))
        return _read(lambda: reading.products(found))

    async def orders(self, parties: Sequence[str]) -> list[Order]:
        found = await self._list(_ORDERS, _of(parties) | {"limit": str(LISTED), "sort": "-orderDate"})
        return _read(lambda: reading.orders(found))

    async def unbilled(self, accounts: Sequence[str]) -> Unbilled:
        """Return what has come up on these accounts, by their ids, and is in no bill yet."""
        found = await self._list(_RATES, {"billingAccount.id": ",".join(accounts), "isBilled": "false"})
        return _read(lambda: reading.unbilled(found))

    async def outages(self, parties: Sequence[str]) -> list[Outage]:
        """Return what is out of order where the customer's services are."""
        services = await self._list(_SERVICES, _of(parties))
        places = _read(lambda: reading.places(services))
        alarms = await self._list(_ALARMS, {"place.id": ",".join(places), "state": "raised"}) if places else []
        return _read(lambda: reading.outages(alarms))

    async def details(self, bill: str) -> list[Detail]:
        """Return the lines of a bill, by its id."""
        found = await self._list(_RATES, {"bill.id": bill})
        return _read(lambda: reading.details(found))

    async def offerings(self, code: str = "") -> list[Offering]:
        """Return what can be ordered, or the one of that code."""
        found = await self._list(_OFFERINGS, {"id": code} if code else {})
        read = _read(lambda: reading.offerings(found))
        return [one for one in read if one["code"] == code] if code else read

    async def outlets(self, parties: Sequence[str] = (), area_code: str = "") -> list[Outlet]:
        """Return the outlets where a customer's services are; without a customer those of an area code."""
        asked: dict[str, str] = {}
        if parties:
            services = await self._list(_SERVICES, _of(parties))
            if places := _read(lambda: reading.places(services)):
                asked["place.id"] = ",".join(places)
        elif area_code:
            asked["areaCode"] = area_code
        found = await self._list(_OUTLETS, asked) if asked else []
        return _read(lambda: reading.outlets(found))

    async def organisations(self, keypad: str) -> list[Organisation]:
        """Return whose names the keys of a telephone spell, by first letters or from the beginning (TMF632)."""
        found = await self._list(_ORGANISATIONS, {"keypad": keypad})
        return _read(lambda: reading.organisations(found))

    async def information(self, code: str) -> Item | None:
        """Return an item of the information line, None where there is no such one."""
        found = await self._list(_INFORMATION, {"id": code})
        read = _read(lambda: reading.items(found))
        return next((one for one in read if one["code"] == code), None)

    async def report(self, party: str, kind: str, key: str) -> Ticket:
        """Report a fault of the customer's and return its ticket; `key` and refusals are as in `pay`."""
        body = {"externalId": key, "ticketType": kind, "relatedParty": [{"id": party, "role": "customer"}]}

        def read(found: list[dict[str, Any]]) -> Ticket:
            (ticket,) = reading.tickets(found)
            return ticket

        return await self._write(_TICKETS, body, _of([party]), read)

    async def pay(
        self,
        parties: Sequence[str],
        account: str,
        key: str,
        *,
        amount_minor: int | None = None,
        card: str | None = None,
        currency: str = "CNY",
    ) -> Payment:
        """Pay into the customer's account, by a recharge card or so much, and return the payment that was made.

        `key` is its name with the system (TMF676 `externalId`): the same key again pays nothing more. It is posted
        once; where the answer does not come or makes no sense, the system is asked what it has under that key.
        Raises `Declined` (it said no), `CircuitOpen` or `NotSent` (it was not asked), `ConnectorFailed` (it has not
        paid), `OutcomeUnknown`.
        """
        body: dict[str, Any] = {
            "externalId": key,
            "account": {"id": account},
            "payer": {"id": await self._holder(parties, account)},
            "paymentMethod": {"@type": "wallet"} if card is None else {"@type": "voucher", "code": card},
        }
        if amount_minor is not None:
            amount = {"unit": currency, "value": amount_minor / 100}
            body |= {"amount": amount, "totalAmount": amount}

        def read(found: list[dict[str, Any]]) -> Payment:
            (payment,) = reading.payments(found)
            if payment["account_id"] != account or (
                amount_minor is not None and payment["amount_minor"] != amount_minor
            ):
                raise ValueError("another payment")
            return payment

        payment = await self._write(_PAYMENTS, body, {"payer.id": ",".join(parties)}, read)
        if payment["status"] in _NOT_PAID:
            raise Declined(reason=payment["status"])
        if payment["status"] not in _PAID:
            raise OutcomeUnknown()
        return payment

    async def order(self, party: str, product: str, key: str) -> Order:
        """Order a product, by the code of its offering, and return the order; `key` and refusals are as in `pay`."""
        item = {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": product}}
        body = {"externalId": key, "relatedParty": [{"id": party, "role": "customer"}], "productOrderItem": [item]}

        def read(found: list[dict[str, Any]]) -> Order:
            (order,) = reading.orders(found)
            return order

        return await self._write(_ORDERS, body, _of([party]), read)

    async def _holder(self, parties: Sequence[str], account: str) -> str:
        """Return which of the numbers of one customer an account belongs to."""
        if len(parties) == 1:
            return parties[0]
        found = await self._list(_ACCOUNTS, _of(parties))
        named = _read(
            lambda: [str(party["id"]) for each in found if str(each["id"]) == account for party in each["relatedParty"]]
        )
        return next((party for party in named if party in parties), parties[0])

    async def _write(
        self, path: str, body: Mapping[str, Any], of: Mapping[str, str], read: Callable[[list[dict[str, Any]]], T]
    ) -> T:
        """Post it once. What is of no use as an answer is asked for by the key, within the customer's own things."""

        def ours(answer: Any) -> T:
            if not isinstance(answer, dict) or answer.get("externalId") != body["externalId"]:
                raise ConnectorFailed("Its answer is about something else.", host=self.host)
            if not _read(lambda: reading.are_of([answer], of)):
                raise ConnectorFailed("Its answer is about somebody else.", host=self.host)
            return _read(lambda: read([answer]))

        url = f"{self._url}/{path}"
        try:
            posted = await self._connector.post(url, body, headers=self._headers, seconds=WRITE_SECONDS)
            return ours(posted)
        except (Declined, CircuitOpen, NotSent):
            raise
        except ConnectorFailed as error:
            broke = error.extra.get("answered") in NOT_DONE
            held = await self._held(url, of, str(body["externalId"]))
            if held:
                with contextlib.suppress(ConnectorFailed):
                    return ours(held[0])
            elif held is not None and broke:
                raise  # it said that it has not done it, and has nothing of the kind
            raise OutcomeUnknown(host=self.host) from error
        finally:
            self._forget()

    async def _held(self, url: str, of: Mapping[str, str], key: str) -> list[Any] | None:
        """Return what the system has under a key now; None when it does not say."""
        try:
            answer = await self._connector.get(
                url, {**of, "externalId": key}, headers=self._headers, seconds=ASK_AGAIN_SECONDS
            )
        except ConnectorFailed:
            return None
        if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
            return None
        return [each for each in answer if each.get("externalId") == key]

    def _forget(self) -> None:
        """Something may have changed there: nothing read before it counts any more."""
        self._writes += 1
        self._cache.clear()
        self._asking.clear()

    async def _list(self, path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
        url = str(httpx.URL(f"{self._url}/{path}").copy_merge_params(dict(params)))
        held = self._cache.get(url)
        if held is not None and self._clock.monotonic() - held[0] < CACHE_SECONDS:
            answer = held[1]
        else:
            # Who asks for the same meanwhile waits for the same answer; whoever gives up takes it from nobody.
            task = self._asking.get(url)
            if task is None:
                task = self._asking[url] = asyncio.create_task(self._ask(url))
                self._tasks.add(task)
                task.add_done_callback(lambda done: self._answered(url, done))
            answer = await asyncio.shield(task)
        if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
            raise ConnectorFailed("Its answer is no list of resources.", host=self.host)
        if not _read(lambda: reading.are_of(answer, params)):
            # A system that passes over a filter it does not know would show one customer another's bills.
            raise ConnectorFailed("Its answer is about somebody else.", host=self.host)
        return answer

    async def _ask(self, url: str) -> Any:
        writes = self._writes
        answer = await self._connector.get(url, headers=self._headers)
        if writes == self._writes:
            self._cache[url] = (self._clock.monotonic(), answer)
        while len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)
        return answer

    def _answered(self, url: str, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if self._asking.get(url) is task:
            del self._asking[url]
        if not task.cancelled():
            task.exception()  # told to those who wait; nobody may be left to


def _of(parties: Sequence[str]) -> dict[str, str]:
    return {"relatedParty.id": ",".join(parties)}


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        raise ConnectorFailed("Its answer is not as TM Forum describes it.") from error


def _host(url: str) -> str:
    parsed = httpx.URL(url)
    host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
    return f"{host}:{parsed.port}" if parsed.port else host
