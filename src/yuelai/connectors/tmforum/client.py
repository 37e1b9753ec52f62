"""Asking a business support system by TM Forum's Open APIs (v4), about customers by their numbers.

Resources are filtered by attributes of what they refer to (TMF630 part 1, filtering), several values by commas.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx

from yuelai.connectors.errors import ConnectorFailed
from yuelai.connectors.hosts import AllowedHosts
from yuelai.connectors.http import JsonConnector
from yuelai.connectors.tmforum import reading
from yuelai.connectors.tmforum.model import Account, Bill, Order, Payment, Product
from yuelai.platform.clock import Clock, SystemClock

SECONDS = 1.5
"""For an answer: an agent waits for it with a customer on the line."""
FAILURES, REST_SECONDS = 3, 5.0
"""After so many in a row the system is left alone for a while; one page asks more."""
CACHE_SECONDS = 10.0
"""Long enough for a colleague who is asked about the same customer, short enough for what was just paid."""
MOST_CACHED = 2_000
MOST_BYTES = 2 * 1024 * 1024
BILLS, LISTED = 12, 50

_ACCOUNTS = "accountManagement/v4/billingAccount"
_BUCKETS = "prepayBalanceManagement/v4/bucket"
_BILLS = "customerBillManagement/v4/customerBill"
_RATES = "customerBillManagement/v4/appliedCustomerBillingRate"
_PAYMENTS = "paymentManagement/v4/payment"
_PRODUCTS = "productInventory/v4/product"
_ORDERS = "productOrderingManagement/v4/productOrder"

T = TypeVar("T")


class TmForum:
    """One for a process. `url` is where the APIs begin, e.g. `https://bss.example.com/tmf-api`; `key` a bearer token.

    Every method raises `TooLate`, `ConnectorFailed` or `CircuitOpen`; `parties` are the numbers one customer is known
    by there, and a system that knows none of them has nothing of them.
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

    @property
    def host(self) -> str:
        """How the system is named to people."""
        return _host(self._url)

    async def close(self) -> None:
        for task in list(self._asking.values()):
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
                task.add_done_callback(lambda done: self._answered(url, done))
            answer = await asyncio.shield(task)
        if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
            raise ConnectorFailed("Its answer is no list of resources.", host=self.host)
        if not _read(lambda: reading.are_of(answer, params)):
            # A system that passes over a filter it does not know would show one customer another's bills.
            raise ConnectorFailed("Its answer is about somebody else.", host=self.host)
        return answer

    async def _ask(self, url: str) -> Any:
        answer = await self._connector.get(url, headers=self._headers)
        self._cache[url] = (self._clock.monotonic(), answer)
        while len(self._cache) > MOST_CACHED:
            self._cache.popitem(last=False)
        return answer

    def _answered(self, url: str, task: asyncio.Task[Any]) -> None:
        self._asking.pop(url, None)
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
