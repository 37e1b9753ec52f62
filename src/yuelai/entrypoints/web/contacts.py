"""Contacts and customers as scripts and offers see them (`knowledge.ports.Contacts`), put together from their rooms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from starlette.datastructures import State

from yuelai.customers import service as customers
from yuelai.customers.errors import UnknownCustomer
from yuelai.customers.finding import names
from yuelai.customers.finding import service as finding
from yuelai.customers.finding.candidates import EVERYBODY
from yuelai.customers.finding.surnames import READINGS
from yuelai.customers.parts import consents
from yuelai.identity.errors import Forbidden
from yuelai.identity.model import Principal
from yuelai.interactions import service as interactions
from yuelai.interactions import taking_part, trail
from yuelai.interactions.errors import NoSuchInteraction
from yuelai.knowledge.model import Contact, Customer, Past, Words
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.routing.dispositions import service as dispositions

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

log = structlog.get_logger()

LONGEST = 1.5
"""Seconds that what is known of a customer may take; a script is read without it rather than late."""
COMPLAINED = timedelta(days=7)
"""Until there are cases that are closed, a complaint is taken to be open for so long."""
_CHANNELS = {"voice": "phone", "mail": "email", "message": "sms"}
"""As consents name them."""


class DeskContacts:
    """`state` is the application's, whose connections are made when it starts."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def _database(self) -> Database:
        database = self._state.database
        assert isinstance(database, Database)
        return database

    async def contact(self, principal: Principal, interaction_id: UUID) -> Contact:
        now = SystemClock().now()
        part = await taking_part.required(self._database, self._state.core, principal, interaction_id)
        async with self._database.transaction(principal.tenant_id) as conn:
            try:
                page: dict[str, Any] = await interactions.one(conn, principal, interaction_id)
            except (NoSuchInteraction, Forbidden):
                page = {}  # it has only just begun: PostgreSQL hears of it a little later
        customer_id = part.customer_id or (UUID(page["card"]["id"]) if page.get("card") else None)
        channel = str(page.get("channel") or "voice")
        known, late = None, False
        if customer_id is not None:
            try:
                async with asyncio.timeout(LONGEST):
                    known = await self._known(principal, customer_id, channel, now, interaction_id)
            except TimeoutError:
                log.warning("customer_facts_late", interaction_id=str(interaction_id))
            except Refusal:
                pass  # erased, or gone: nothing is known any more
            late = known is None
        queue = page.get("queue") or {}
        steps = page.get("path") or []
        return Contact(
            interaction_id,
            str(page.get("state") or ""),
            channel,
            queue.get("code"),
            (queue.get("name") or "", ""),
            page.get("match") or ("one" if customer_id else None),
            tuple(step["key"] for step in steps if step["key"]),
            tuple(
                step["choice"] or step["label"] for step in steps if step["key"] and (step["choice"] or step["label"])
            ),
            customer_id,
            known,
            late,
            any(line["kind"] == "business_submitted" for line in page.get("trail", ())),
            (principal.number or "", principal.name),
            now,
        )

    async def customer(self, principal: Principal, number: str) -> Customer:
        if not principal.may("customers.read"):
            raise Forbidden(permission="customers.read")
        async with self._database.transaction(principal.tenant_id) as conn:
            found, _ = await finding.page(conn, principal.tenant_id, number, filters=EVERYBODY, cursor=None, limit=5)
        wanted = number.replace(" ", "").lower()
        card = next((one for one in found if one["no"].lower() == wanted), None)
        if card is None:
            raise UnknownCustomer()
        return await self._known(principal, UUID(card["id"]), "voice", SystemClock().now(), None)

    async def note(self, principal: Principal, interaction_id: UUID, kind: str, data: Mapping[str, str | int]) -> None:
        try:
            await trail.note(self._state.core, principal, interaction_id, kind, data)
        except Refusal as refusal:
            log.warning("trail_line_lost", interaction_id=str(interaction_id), kind=kind, code=refusal.code)

    async def _known(
        self, principal: Principal, customer_id: UUID, channel: str, now: datetime, but: UUID | None
    ) -> Customer:
        async with self._database.transaction(principal.tenant_id) as conn:
            view = await customers.overview(conn, principal.tenant_id, customer_id)
            wanted = _CHANNELS.get(channel, channel)
            marketing = await consents.may_contact(conn, principal.tenant_id, customer_id, wanted, "marketing")
            past: Sequence[dict[str, Any]] = ()
            if principal.may("customers.read"):
                past = await interactions.contact_history(conn, principal, view["ids"])
            outcomes = await _disposition_names(conn, principal)
        card, products, bills = view["card"], view["products"], view["bills"]
        standing = [one for one in products if one["status"] not in ("closed", "cancelled", "ended")]
        begun = [date.fromisoformat(str(one["since"])[:10]) for one in products]
        before = [one for one in past if one["id"] != but]
        return Customer(
            tuple(view["ids"]),
            card["name"],
            honorific(card["name"], card["kind"], card["gender"]),
            card["kind"],
            card["class"],
            tuple(card["tags"]),
            tuple(card["warnings"]),
            tuple(dict.fromkeys(one["code"] for one in standing)),
            tuple(one["name"] for one in standing),
            _months(min(begun), now.date()) if begun else None,
            sum(one["balance_minor"] for one in view["accounts"]) if view["accounts"] else None,
            bills[0]["currency"] if bills else "CNY",
            _by_month(bills),
            marketing,
            _complains(card["warnings"], before, now),
            tuple(_past(one, outcomes) for one in before),
        )


def honorific(name: str, kind: str, gender: str | None) -> Words:
    """Return how one addresses somebody: surname and title; the whole name where that cannot be known."""
    titles = {"female": ("女士", "Ms"), "male": ("先生", "Mr"), "F": ("女士", "Ms"), "M": ("先生", "Mr")}
    title = titles.get(gender or "")
    if kind != "person" or title is None or not name:
        return name, name
    if not "一" <= name[0] <= "鿿":
        return f"{name.split()[-1]}{title[0]}", f"{title[1]} {name.split()[-1]}"
    surname = name[:2] if len(name) > 2 and (name[:2] in READINGS or name[:2] in _DOUBLE) else name[0]
    read = next((term for kind, term in names.terms(surname) if kind == names.PINYIN), surname)
    return f"{surname}{title[0]}", f"{title[1]} {read.title()}"


_DOUBLE = frozenset({"欧阳", "上官", "司马", "诸葛", "司徒", "东方", "慕容", "独孤", "南宫", "公孙", "端木", "轩辕"})


async def _disposition_names(conn: Connection, principal: Principal) -> dict[str, Words]:
    return {one["code"]: (one["name"], one["name_en"]) for one in await dispositions.dispositions(conn, principal)}


def _past(one: Mapping[str, Any], outcomes: Mapping[str, Words]) -> Past:
    code = one["disposition"]
    queue = one["queue"] or {}
    subject = outcomes.get(code or "", ("", ""))
    return Past(one["started_at"], queue.get("code"), code, (subject[0], subject[1].lower()))


def _complains(warnings: Sequence[str], past: Sequence[Mapping[str, Any]], now: datetime) -> bool:
    recent = (one for one in past if one["started_at"] > now - COMPLAINED)
    return any("投诉处理中" in line for line in warnings) or any(
        (one["disposition"] or "").startswith("complaint") for one in recent
    )


def _months(since: date, today: date) -> int:
    return max(0, (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day))


def _by_month(bills: Sequence[Mapping[str, Any]]) -> tuple[tuple[date, int], ...]:
    totals: dict[date, int] = {}
    for bill in bills:
        month = date.fromisoformat(str(bill["month"])[:10])
        totals[month] = totals.get(month, 0) + bill["total_minor"]
    return tuple(sorted(totals.items(), reverse=True))
