"""The business system over HTTP: TM Forum's APIs and, where allowed, a way to make it slow, failing, silent or mad."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from yuelai.entrypoints.bss import order97, town
from yuelai.entrypoints.bss.books import RESOURCES, Books, Resource, money
from yuelai.entrypoints.bss.ledger import Ledger, Refused

Mode = Literal["ok", "slow", "failing", "hanging", "lost", "rubbish"]
MOST = 100
MOST_BODY = 64 * 1024
_RATES = "customerBillManagement/v4/appliedCustomerBillingRate"
_ALARMS = "alarmManagement/v4/alarm"
_PAYMENTS = "paymentManagement/v4/payment"
_ORDERS = "productOrderingManagement/v4/productOrder"
_ACCOUNTS = "accountManagement/v4/billingAccount"
_BUCKETS = "prepayBalanceManagement/v4/bucket"
_OFFERINGS = "productCatalogManagement/v4/productOffering"
_OUTLETS = "geographicSiteManagement/v4/geographicSite"
_ORGANISATIONS = "partyManagement/v4/organization"
_TICKETS = "troubleTicket/v4/troubleTicket"
_INFORMATION = "informationLine/v1/item"
_ORDER97 = "order97"
_MAD: Mapping[str, Any] = {
    "id": 7,
    "accountBalance": "moon",
    "bill": 7,
    "billingPeriod": "soon",
    "paymentDate": "never",
    "orderDate": "never",
    "startDate": "never",
    "alarmRaisedTime": "never",
    "taxIncludedAmount": {"value": "many"},
    "place": 7,
    "status": [],
    "productOfferingPrice": 7,
    "contactMedium": 7,
    "expectedResolutionDate": "never",
    "at": "never",
}
_RUBBISH = (msgspec.json.encode([_MAD]), msgspec.json.encode({"answer": 42}), b"<html><h1>It works!</h1>")


@dataclass
class Behaviour:
    """`seconds` is how long a slow answer takes; a hanging one comes when the mode changes. `only` is the API it is
    about, `paymentManagement` for one; empty for all.

    What is posted to a slow, hanging or mad system is done all the same: only the answer is not as it should be. One
    whose answers are `lost` tells those who read everything, and those who post nothing.
    """

    mode: Mode = "ok"
    seconds: float = 1.0
    only: str = ""
    moving: asyncio.Event = field(default_factory=asyncio.Event)
    rubbish: itertools.cycle[bytes] = field(default_factory=lambda: itertools.cycle(_RUBBISH))

    def change(self, mode: Mode, seconds: float, only: str) -> None:
        # Whoever waits from before is let go first: each waits for the event that it found.
        self.moving.set()
        self.mode, self.seconds, self.only, self.moving = mode, seconds, only, asyncio.Event()

    def of(self, path: str, *, posted: bool) -> Mode:
        if self.only and path.split("/")[0] != self.only:
            return "ok"
        if self.mode == "lost":
            return "hanging" if posted else "ok"
        return self.mode


def application(make: Callable[[], Books], *, control: bool = False) -> Starlette:
    """Make the application. It serves at once; who asks before `make` has returned (some seconds, in a thread) waits.

    `control` is for demos and tests: `PUT /control`, from this machine alone.
    """
    behaviour = Behaviour()
    making: list[asyncio.Task[tuple[Books, Ledger]]] = []

    def made() -> tuple[Books, Ledger]:
        books = make()
        return books, Ledger(books)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        making.append(asyncio.create_task(asyncio.to_thread(made)))
        yield

    async def resources(request: Request) -> Response:
        path = request.path_params["path"]
        mode = behaviour.of(path, posted=request.method == "POST")
        if mode == "failing":
            return JSONResponse({"code": "1", "reason": "Internal error"}, 500)
        books, ledger = await asyncio.shield(making[0])
        if request.method == "POST":
            answer = _posted(ledger, path, await _body(request))
        else:
            answer = _found(books, ledger, path, request.query_params)
        if mode == "slow":
            await asyncio.sleep(behaviour.seconds)
        elif mode == "hanging":
            await behaviour.moving.wait()
        elif mode == "rubbish":
            return Response(next(behaviour.rubbish), media_type="application/json")
        return answer

    async def old_orders(request: Request) -> Response:
        mode = behaviour.of(_ORDER97, posted=True)
        if mode == "failing":
            return _xml(order97.broken())
        _, ledger = await asyncio.shield(making[0])
        answer = order97.answer(ledger, await _taken(request) or b"", datetime.now(UTC))
        if mode == "slow":
            await asyncio.sleep(behaviour.seconds)
        elif mode == "hanging":
            await behaviour.moving.wait()
        elif mode == "rubbish":
            return _xml(next(behaviour.rubbish))
        return _xml(answer)

    async def told(request: Request) -> Response:
        if request.client is None or not _is_loopback(request.client.host):
            return JSONResponse({"reason": "from this machine only"}, 403)
        if request.method == "PUT":
            try:
                wanted: Any = msgspec.json.decode(await request.body())
                mode, seconds = wanted["mode"], float(wanted.get("seconds", behaviour.seconds))
                only = wanted.get("only", "")
                if mode not in get_args(Mode) or not 0 <= seconds <= 60 or not isinstance(only, str):
                    raise ValueError(mode)
            except (ValueError, TypeError, KeyError, AttributeError, msgspec.DecodeError):
                return JSONResponse({"reason": f"mode is one of {', '.join(get_args(Mode))}, seconds 0 to 60"}, 400)
            behaviour.change(mode, seconds, only)
        return JSONResponse({"mode": behaviour.mode, "seconds": behaviour.seconds, "only": behaviour.only})

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "up"})

    routes = [
        Route("/tmf-api/{path:path}", resources, methods=["GET", "POST"]),
        Route(f"/{_ORDER97}", old_orders, methods=["POST"]),
        Route("/health", health),
    ]
    if control:
        routes.append(Route("/control", told, methods=["GET", "PUT"]))
    return Starlette(routes=routes, lifespan=lifespan)


def _found(books: Books, ledger: Ledger, path: str, query: Mapping[str, str]) -> Response:
    parties = _several(query.get("relatedParty.id") or query.get("payer.id", ""))
    key = query.get("externalId", "")
    if path == _RATES and query.get("isBilled") == "false":
        found = books.unbilled(_several(query.get("billingAccount.id", "")))
    elif path == _RATES:
        found = books.rates(_several(query.get("bill.id", "")))
    elif path == _ALARMS:
        found = books.alarms(_several(query.get("place.id", "")))
    elif path == _PAYMENTS:
        found = ledger.payments(parties, key) + ([] if key else books.resources(path, parties))
    elif path == _ORDERS:
        before = books.resources(path, parties)
        found = ledger.orders(parties, key) + [one for one in before if key in ("", one["externalId"])]
    elif path == _TICKETS:
        found = ledger.tickets(parties, key)
    elif path == _OFFERINGS:
        found = town.offerings(_several(query.get("id", "")))
    elif path == _OUTLETS:
        found = town.outlets(_several(query.get("place.id", "")), query.get("areaCode", ""))
    elif path == _ORGANISATIONS:
        found = town.organisations(query.get("keypad", "")[:MOST])
    elif path == _INFORMATION:
        found = town.information(_several(query.get("id", "")), datetime.now().astimezone())
    elif path in RESOURCES:
        found = [_with_paid(ledger, path, one) for one in books.resources(path, parties)]
    else:
        return JSONResponse({"code": "60", "reason": "Resource not found"}, 404)
    return JSONResponse(found[: _limit(query.get("limit"))], headers={"X-Total-Count": str(len(found))})


def _with_paid(ledger: Ledger, path: str, one: Resource) -> Resource:
    if path == _ACCOUNTS and (paid := ledger.paid(one["id"])):
        held = round(one["accountBalance"][0]["amount"]["value"] * 100)
        return one | {"accountBalance": [{"balanceType": "receivable", "amount": money(held + paid)}]}
    if path == _BUCKETS and (paid := ledger.paid(one["partyAccount"]["id"])):
        held = round(one["remainingValue"]["amount"] * 100)
        return one | {"remainingValue": {"amount": (held + paid) / 100, "units": "CNY"}}
    return one


def _posted(ledger: Ledger, path: str, body: Any) -> Response:
    take = {_PAYMENTS: ledger.pay, _ORDERS: ledger.order, _TICKETS: ledger.report}.get(path)
    if take is None:
        return JSONResponse({"code": "60", "reason": "Resource not found"}, 404)
    try:
        return JSONResponse(take(body, datetime.now(UTC)), 201)
    except Refused as refusal:
        return JSONResponse({"code": refusal.code, "reason": refusal.reason}, refusal.status)


async def _taken(request: Request) -> bytes | None:
    """Return what was posted, None where that is too long."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MOST_BODY:
            return None
    return bytes(taken)


async def _body(request: Request) -> Any:
    """Return the JSON that was posted, None where there is none, or too much."""
    try:
        return msgspec.json.decode(await _taken(request) or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _xml(body: bytes) -> Response:
    return Response(body, media_type=f"text/xml; charset={order97.ENCODING}")


def _several(value: str) -> list[str]:
    return [one for one in value.split(",") if one][:MOST]


def _limit(value: str | None) -> int:
    with contextlib.suppress(TypeError, ValueError):
        return max(0, min(int(value or MOST), MOST))
    return MOST


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
