"""Customers out of a seed: pure, the same ones each time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from yuelai.entrypoints.sample import places

SEED = 20_260_101
_BIRTH_MS = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)


def sample_uuid(rng: random.Random, place: int) -> UUID:
    """Return a UUIDv7 (RFC 9562 §5.7) whose time is `place` milliseconds into the sample's first day."""
    value = (_BIRTH_MS + place) << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62)
    return UUID(int=value)


@dataclass
class Customer:
    """One customer with everything that hangs on them; rows are tuples in the order of `load`'s columns."""

    id: UUID
    name: str
    kind: str
    gender: str | None
    birth_year: int | None
    class_: str
    address: str
    since: date
    warnings: list[str] = field(default_factory=list)
    manager: str | None = None
    identities: list[tuple[str, str, str, str]] = field(default_factory=list)
    """kind, value, raw, role"""
    accounts: list[tuple[UUID, str, str, int]] = field(default_factory=list)
    """id, no, kind, balance in fen"""
    products: list[tuple[UUID, UUID, str, str, str | None, int, date]] = field(default_factory=list)
    """id, account, code, name, number, price in fen, since"""
    bills: list[tuple[UUID, UUID, date, int, date, date | None, list[dict[str, Any]]]] = field(default_factory=list)
    """id, account, month, total in fen, due, paid, lines"""
    orders: list[tuple[UUID, str, str, str, datetime]] = field(default_factory=list)
    """id, no, subject, status, ordered at"""
    tags: list[str] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    relations: list[tuple[UUID, str]] = field(default_factory=list)
    """other customer, what that one is to this one"""
    consents: list[tuple[str, str, bool, datetime, str]] = field(default_factory=list)
    """channel, purpose, allowed, at, source"""
    more_addresses: list[tuple[str, str]] = field(default_factory=list)
    """kind, text; beside `address`"""
    id_number: str | None = None

    def add_identity(self, kind: str, value: str) -> None:
        self.identities.append((kind, value, value, "owner"))

    def add_phone(self, national: str, role: str = "owner") -> None:
        self.identities.append(("phone", f"+86{national.removeprefix('0')}", national, role))


def months_before(today: date, count: int) -> list[date]:
    """Return the first days of the `count` months before this one, latest first."""
    first, months = today.replace(day=1), []
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(first)
    return months


class Generator:
    def __init__(self, today: date) -> None:
        self._rng = random.Random(SEED)  # noqa: S311
        self._today = today
        self._months = months_before(today, 6)
        self._ids = 0

    def new_id(self) -> UUID:
        self._ids += 1
        return sample_uuid(self._rng, self._ids)

    def special(self) -> list[Customer]:
        """The customers that documents and tests know by number."""
        wang = self._person(
            "王芳", "female", 1986, "gold", "浙江省杭州市西湖区文三路 138 号翠苑小区 6 幢 2 单元 402 室"
        )
        li_qiang = self._person("李强", "male", 1979, "silver", "浙江省杭州市拱墅区解放路 21 号锦绣花园 3 幢 501 室")
        li_min = self._person("李敏", "female", 2001, "normal", "浙江省杭州市拱墅区解放路 21 号锦绣花园 3 幢 501 室")
        chen = self._person("陈国华", "male", 1968, "vip", "浙江省杭州市滨江区滨河路 9 号江南春晓 1 幢 1801 室")
        chen.manager = "agent02"
        chen.warnings = ["VIP 客户，由客户经理专人服务"]
        for customer, phone in (
            (wang, "13800000001"),
            (li_qiang, "13800000002"),
            (li_min, "13800000002"),
            (chen, "13800000003"),
        ):
            customer.add_phone(phone)
            self._subscribe(customer, phone, places.PLANS[2], months=6)
        # The amount the balance menu of the sample reads out.
        account, no, kind, _ = wang.accounts[0]
        wang.accounts[0] = (account, no, kind, 4860)
        return [wang, li_qiang, li_min, chen]

    def others(self, count: int) -> Iterator[Customer]:
        rng = self._rng
        phones = self._phones()
        for number in range(count):
            customer = self._company() if rng.random() < 0.04 else self._anybody()
            mobile = next(phones)
            customer.add_phone(mobile)
            if rng.random() < 0.1:
                customer.add_phone(next(phones), "agent" if customer.kind == "company" else "owner")
            if rng.random() < 0.15:
                customer.add_phone(f"{self._area}{rng.randint(2, 8)}{rng.randrange(10**6, 10**7)}")
            if rng.random() < 0.3:
                mail = f"user{number:05d}@example.com"
                customer.identities.append(("email", mail, mail, "owner"))
            if rng.random() < 0.02:
                customer.warnings = [rng.choice(places.WARNINGS)]
            self._subscribe(customer, mobile, rng.choice(places.PLANS), months=6 if number % 3 == 0 else 0)
            yield customer

    def _phones(self) -> Iterator[str]:
        # A congruential walk of full period over 10^8 subscriber numbers (a − 1 is a multiple of 4 and 5, c is coprime
        # to 10): no number comes twice, and none begins with 138 like the special ones.
        value = SEED
        while True:
            value = (value * 21 + 24_691_357) % 10**8
            yield f"1{('39', '50', '58', '77', '86', '88')[value % 6]}{value:08d}"

    def _anybody(self) -> Customer:
        rng = self._rng
        gender = rng.choice(("female", "male"))
        surname = rng.choices(places.SURNAMES, places.SURNAME_WEIGHTS)[0]
        given = places.FEMALE if gender == "female" else places.MALE
        name = surname + "".join(rng.choice(given) for _ in range(1 if rng.random() < 0.3 else 2))
        class_ = rng.choices(("normal", "silver", "gold", "vip"), (85, 9, 5, 1))[0]
        return self._person(name, gender, rng.randint(1945, 2007), class_, self._address())

    def _person(self, name: str, gender: str, birth_year: int, class_: str, address: str) -> Customer:
        since = date(2008, 1, 1) + timedelta(days=self._rng.randrange(6000))
        return Customer(self.new_id(), name, "person", gender, birth_year, class_, address, since)

    def _company(self) -> Customer:
        rng = self._rng
        address = self._address()
        name = f"{self._city}{rng.choice(places.COMPANY_NAMES)}{rng.choice(places.COMPANY_TRADES)}有限公司"
        since = date(2008, 1, 1) + timedelta(days=rng.randrange(6000))
        return Customer(
            self.new_id(), name, "company", None, None, rng.choice(("normal", "silver", "gold")), address, since
        )

    def _address(self) -> str:
        rng = self._rng
        province, city, self._area, districts = rng.choice(places.PLACES)
        self._city = city.removesuffix("市")
        return (
            f"{province}{city}{rng.choice(districts)}{rng.choice(places.STREETS)} {rng.randint(1, 399)} 号"
            f"{rng.choice(places.ESTATES)} {rng.randint(1, 30)} 幢 {rng.randint(1, 25)}{rng.randint(1, 4):02d} 室"
        )

    def _subscribe(self, customer: Customer, phone: str, plan: tuple[str, str, int], *, months: int) -> None:
        rng = self._rng
        account = self.new_id()
        customer.accounts.append((account, f"A{self._ids:09d}", "prepaid", rng.randrange(-5000, 30_000)))
        chosen: list[tuple[str, str, int, str | None]] = [(*plan, phone)]
        if rng.random() < 0.5:
            chosen.append((*rng.choice(places.BROADBAND), None))
        if rng.random() < 0.4:
            chosen.append((*rng.choice(places.EXTRAS), None))
        for code, name, price, number in chosen:
            customer.products.append((self.new_id(), account, code, name, number, price, customer.since))
        for month in self._months[:months]:
            lines = [{"label": name, "amount_minor": price} for _, name, price, _ in chosen]
            if rng.random() < 0.5:
                lines.append({"label": "套餐外通话", "amount_minor": rng.randrange(10, 3000, 10)})
            if rng.random() < 0.2:
                lines.append({"label": "优惠减免", "amount_minor": -rng.choice((500, 1000))})
            total = sum(int(str(line["amount_minor"])) for line in lines)
            due = (month + timedelta(days=32)).replace(day=20)
            paid: date | None = due - timedelta(days=rng.randint(1, 9))
            # Drawn whatever the day is: who comes after must not depend on it.
            owed = month == self._months[0] and rng.random() < 0.15
            if owed or (paid is not None and paid > self._today):
                paid = None
            customer.bills.append((self.new_id(), account, month, total, due, paid, lines))
        if rng.random() < 0.15 or (months and rng.random() < 0.1):
            at = datetime(self._today.year, self._today.month, self._today.day, 2, tzinfo=UTC)
            ordered = at - timedelta(hours=rng.randint(24, 4000))
            status = "done" if (at - ordered).days > 10 else rng.choice(("open", "done", "cancelled"))
            customer.orders.append(
                (self.new_id(), f"O{self._ids:09d}", rng.choice(places.ORDER_SUBJECTS), status, ordered)
            )
