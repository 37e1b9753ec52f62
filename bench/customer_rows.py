"""Customers by the million, as lines of COPY: pure, the same ones each time, made in pieces by any number of processes.

Of every customer: one mobile number, one address, one account; half have a fixed line, two fifths a mail address,
three tenths a messaging id and as many another number: 2.5 identities each. Surnames and places are as unevenly
spread as real ones, so that some searches have a million answers. Every hundredth customer has half a year of bills.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, chain

from yuelai.customers.finding.names import terms
from yuelai.entrypoints.sample import places
from yuelai.platform.ids import SAMPLE_TENANT

COLUMNS: dict[str, tuple[str, ...]] = {
    "customers": ("id", "tenant_id", "no", "name", "kind", "gender", "birth_year", "class", "since"),
    "customer_identities": ("tenant_id", "customer_id", "kind", "value", "raw"),
    "customer_addresses": ("tenant_id", "customer_id", "region", "text"),
    "accounts": ("id", "tenant_id", "customer_id", "no", "kind", "balance_minor"),
    "products": ("id", "tenant_id", "customer_id", "account_id", "code", "name", "number", "price_minor", "since"),
    "bills": ("id", "tenant_id", "customer_id", "account_id", "month", "total_minor", "due_on"),
    "orders": ("id", "tenant_id", "customer_id", "no", "subject", "status", "ordered_at"),
    "customer_name_terms": ("tenant_id", "kind", "term", "name"),
}

WHOLE = 100
"""Every so many customers one has products, bills and orders."""

GIVEN = tuple(dict.fromkeys(
    "".join(chain(*zip(places.FEMALE, places.MALE, strict=False)))
    + "安邦宝保昌畅朝成诚春达大丹德东栋恩发凡芬丰峰锋凤福富钢光广贵国海翰豪和恒洪"
    "虹厚欢焕吉季冀坚江姣金锦进京景敬炯巨君俊珂可坤兰岚乐蕾礼力立莉廉良亮林凌灵领隆露路璐茂美民铭沐楠年培沛奇琦启千"
    "乾茜庆秋全群仁荣蓉如若森山珊善尚少绍生胜世仕树帅双爽顺思松素遂泰天田庭同彤万望威维卫蔚文武希熙夏仙贤祥晓笑心新"
    "星兴雄旭轩学勋亚妍岩研彦阳洋尧叶一依义艺逸毅银盈颖永友有余雨语育裕元媛远月岳云允韵增展彰兆哲真振正之芝知志智中忠"
    "钟舟珠竹卓紫宗祖佐"
))  # fmt: skip
_WEIGHTS = list(accumulate(1 / (rank + 5) ** 1.15 for rank in range(len(GIVEN))))
_SURNAMES = list(accumulate(places.SURNAME_WEIGHTS))
_PLACES = [(p, c, code, d) for p, c, code, ds in places.PLACES for d in ds]
_PLACE_WEIGHTS = list(accumulate(1 / (rank + 5) for rank in range(len(_PLACES))))
ROADS = [
    f"{first}{second}{end}"
    for first in "文解人中建和新延学滨花长黄友青天环东西南北"
    for second in "三放民山设平华安院河园江谊年一"
    for end in ("路", "街", "大道")
]
_ESTATES = [
    f"{first}{second}"
    for first in ("翠苑", "锦绣", "阳光", "金色", "湖畔", "桂花", "绿洲", "江南", "书香", "御景", "东方", "怡和")
    for second in ("小区", "花园", "家园", "公寓", "一期", "二期", "名邸", "新村")
]
_PREFIXES = ("138", "139", "150", "158", "177", "186", "188", "136", "135", "133")
_CLASSES = list(accumulate((85, 9, 5, 1)))
_BORN = date(2008, 1, 1)
_TENANT = str(SAMPLE_TENANT)


def customer_id(number: int) -> str:
    """Return a UUIDv7 (RFC 9562 §5.7) whose time is `number` milliseconds into 2025."""
    mixed = number * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    return _uuid(number, mixed)


def _uuid(number: int, mixed: int) -> str:
    return f"{1_735_689_600_000 + number:012x}7{mixed >> 52:03x}8{mixed & 0xFFFFFFFFFFFFFFF:015x}"


def mobile(number: int) -> str:
    """Return the mobile number of a customer as people write it; no two have the same."""
    # A congruence of full period over 10^8: a − 1 is a multiple of 4 and of 5, c is coprime to 10.
    digits = (number % 10**8 * 21 + 24_691_357) % 10**8
    return f"{_PREFIXES[number % 10]}{digits:08d}"


def account(number: int) -> str:
    return f"A{number:011d}"


def piece(start: int, stop: int) -> Iterator[tuple[str, int, bytes]]:
    """Return the customers numbered from `start` to before `stop`: table, rows and lines of COPY."""
    rng, count = random.Random(start), stop - start
    surnames = rng.choices(places.SURNAMES, cum_weights=_SURNAMES, k=count)
    first = rng.choices(GIVEN, cum_weights=_WEIGHTS, k=count)
    second = rng.choices(GIVEN, cum_weights=_WEIGHTS, k=count)
    classes = rng.choices(("normal", "silver", "gold", "vip"), cum_weights=_CLASSES, k=count)
    where = rng.choices(_PLACES, cum_weights=_PLACE_WEIGHTS, k=count)
    roads, estates = rng.choices(ROADS, k=count), rng.choices(_ESTATES, k=count)
    people: list[str] = []
    identities: list[str] = []
    addresses: list[str] = []
    accounts: list[str] = []
    for i, number in enumerate(range(start, stop)):
        if number % 7 == 0:
            second[i] = ""
        id_ = customer_id(number)
        province, city, area, district = where[i]
        since = _BORN + timedelta(days=number % 6000)
        if number % 25:
            gender = "female" if number % 2 else "male"
            people.append(
                f"{id_}\t{_TENANT}\tC{number:09d}\t{surnames[i]}{first[i]}{second[i]}\tperson\t{gender}\t"
                f"{1945 + number % 62}\t{classes[i]}\t{since}\n"
            )
        else:
            trade = places.COMPANY_TRADES[number // 25 % len(places.COMPANY_TRADES)]
            name = f"{city[:-1]}{first[i]}{second[i] or first[-i]}{trade}有限公司"
            people.append(f"{id_}\t{_TENANT}\tC{number:09d}\t{name}\tcompany\t\\N\t\\N\t{classes[i]}\t{since}\n")
        phone, prefix = mobile(number), f"{_TENANT}\t{id_}\t"
        identities.append(f"{prefix}phone\t+86{phone}\t{phone}\n")
        if number % 2 == 0:
            line = f"{area}8{number * 7919 % 10**7:07d}"
            identities.append(f"{prefix}phone\t+86{line[1:]}\t{line}\n")
        tail = number % 10
        if tail < 4:
            mail = f"user{number:08d}@example.com"
            identities.append(f"{prefix}email\t{mail}\t{mail}\n")
        if tail >= 7:
            identities.append(f"{prefix}wechat\twx_{number:08x}\twx_{number:08x}\n")
        if 4 <= tail < 7:
            identities.append(f"{prefix}other\tM{number * 31 % 10**10:010d}\tM{number * 31 % 10**10:010d}\n")
        region = f"{province}{city}{district}"
        addresses.append(
            f"{prefix}{region}\t{region}{roads[i]} {number % 399 + 1} 号{estates[i]} {number % 30 + 1} 幢 "
            f"{number // 30 % 25 + 1}{number % 4 + 1:02d} 室\n"
        )
        accounts.append(f"{_account_id(number)}\t{prefix}{account(number)}\tprepaid\t{number % 30_000 - 5_000}\n")
    for table, lines in (
        ("customers", people),
        ("customer_identities", identities),
        ("customer_addresses", addresses),
        ("accounts", accounts),
    ):
        yield table, len(lines), "".join(lines).encode()
    yield from _belongings(start, stop)


def _account_id(number: int) -> str:
    return _uuid(number, number * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF)


def _belongings(start: int, stop: int) -> Iterator[tuple[str, int, bytes]]:
    products: list[str] = []
    bills: list[str] = []
    orders: list[str] = []
    for number in range(-(-start // WHOLE) * WHOLE, stop, WHOLE):
        id_, mine = customer_id(number), _account_id(number)
        for place, (code, name, price) in enumerate((places.PLANS[number % 5], places.BROADBAND[number % 3])):
            products.append(
                f"{_uuid(number, place + 1)}\t{_TENANT}\t{id_}\t{mine}\t{code}\t{name}\t\\N\t{price}\t2024-05-01\n"
            )
        for month in range(1, 7):
            bills.append(f"{_uuid(number, month)}\t{_TENANT}\t{id_}\t{mine}\t2026-{month:02d}-01\t{9900 + month}\t"
                         f"2026-{month + 1:02d}-20\n")  # fmt: skip
        orders.append(f"{_uuid(number, 9)}\t{_TENANT}\t{id_}\tO{number:011d}\t{places.ORDER_SUBJECTS[number % 6]}\t"
                      "done\t2026-03-01\n")  # fmt: skip
    for table, lines in (("products", products), ("bills", bills), ("orders", orders)):
        if lines:
            yield table, len(lines), "".join(lines).encode()


def name_terms(names: list[str]) -> tuple[int, bytes]:
    """Return the dictionary's rows of names, and how many they are."""
    lines = [f"{_TENANT}\t{kind}\t{term}\t{name}\n" for name in names for kind, term in terms(name)]
    return len(lines), "".join(lines).encode()
