"""What the business system knows of nobody in particular: offerings, outlets, the directory 114, the information line.

Pure: what changes with the day is made from the day.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yuelai.entrypoints.sample import places

Resource = dict[str, Any]

OPEN, CLOSED = "09:00", "18:00"
"""Of outlets, every day, in the town's time."""
_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")


@dataclass(frozen=True)
class Organisation:
    """`spelt` is its pinyin with a blank between syllables, `category` what somebody may ask for who knows no name."""

    name: str
    spelt: str
    category: str
    number: str

    @property
    def abbreviation(self) -> str:
        return "".join(syllable[0] for syllable in self.spelt.split())


CITY = "杭州市"
ORGANISATIONS: tuple[Organisation, ...] = (
    Organisation("市第一人民医院", "shi di yi ren min yi yuan", "hospital", "057187065701"),
    Organisation("市中医院", "shi zhong yi yuan", "hospital", "057185827888"),
    Organisation("儿童医院", "er tong yi yuan", "hospital", "057188873114"),
    Organisation("火车东站", "huo che dong zhan", "station", "057156720222"),
    Organisation("萧山机场", "xiao shan ji chang", "station", "057196299000"),
    Organisation("客运中心", "ke yun zhong xin", "station", "057187650678"),
    Organisation("自来水公司", "zi lai shui gong si", "utility", "057187826789"),
    Organisation("天然气公司", "tian ran qi gong si", "utility", "057187009777"),
    Organisation("供电公司", "gong dian gong si", "utility", "057187221188"),
    Organisation("图书馆", "tu shu guan", "culture", "057186535047"),
    Organisation("博物馆", "bo wu guan", "culture", "057187960980"),
    Organisation("大剧院", "da ju yuan", "culture", "057186853888"),
    Organisation("出入境管理局", "chu ru jing guan li ju", "office", "057187280600"),
    Organisation("公积金中心", "gong ji jin zhong xin", "office", "057187017890"),
    Organisation("车管所", "che guan suo", "office", "057187071122"),
    Organisation("邮政局", "you zheng ju", "office", "057187071185"),
    Organisation("出租汽车公司", "chu zu qi che gong si", "taxi", "057128811111"),
    Organisation("西湖宾馆", "xi hu bin guan", "hotel", "057187979888"),
)
"""The sample's town; names and numbers are made up."""

WEATHER = ("sunny", "cloudy", "overcast", "light_rain", "heavy_rain", "snow", "fog", "wind")
_WEATHER_WORDS = ("晴", "多云", "阴", "小雨", "大雨", "雪", "雾", "大风")
_WARMTH = (5, 7, 12, 18, 23, 26, 31, 31, 26, 20, 14, 8)
"""Mean degrees Celsius of the town's months at noon."""


def keys_of(spelt: str) -> str:
    """Return the keys of a telephone that spell this (ITU-T E.161): `tu shu guan` is 887484826."""
    return "".join(letter for letter in spelt.lower() if letter.isascii() and letter.isalpha()).translate(_KEYS)


def offerings(ids: Sequence[str] = ()) -> list[Resource]:
    """Return what can be ordered (TMF620), all or those of these codes."""
    found = []
    for category, rows in (("mobile", places.PLANS), ("broadband", places.BROADBAND), ("extra", places.EXTRAS)):
        for code, name, price in rows:
            if ids and code not in ids:
                continue
            found.append(
                {
                    "id": code,
                    "name": name,
                    "lifecycleStatus": "Active",
                    "isSellable": True,
                    "category": [{"id": category, "name": category}],
                    "productOfferingPrice": [
                        {
                            "name": "monthly",
                            "priceType": "recurring",
                            "recurringChargePeriodType": "month",
                            "price": {"unit": "CNY", "value": price / 100},
                        }
                    ],
                }
            )
    return found


def outlets(areas: Sequence[str] = (), area_code: str = "") -> list[Resource]:
    """Return outlets (TMF674): of these districts, of the city of an area code, or all."""
    found = []
    for _, city, code, districts in places.PLACES:
        for number, district in enumerate(districts):
            place = f"{city}{district}"
            if (areas and place not in areas) or (area_code and code != area_code):
                continue
            rest = f"88{int(code):04d}{number + 1:02d}"
            found.append(
                {
                    "id": f"{code}-{number + 1}",
                    "name": f"{district.removesuffix('区')}营业厅",
                    "status": "active",
                    "place": [{"id": place, "role": "location", "@referredType": "GeographicArea"}],
                    "siteAddress": f"{place}{places.STREETS[(number * 3) % len(places.STREETS)]} {10 + number * 7} 号",
                    "contactMedium": [{"mediumType": "phone", "characteristic": {"phoneNumber": f"{code}{rest}"}}],
                    "calendar": [
                        {"day": "daily", "status": "open", "hourPeriod": [{"startHour": OPEN, "endHour": CLOSED}]}
                    ],
                    "areaCode": code,
                }
            )
    return found


def organisations(keypad: str) -> list[Resource]:
    """Return who is meant by keys (TMF632): the first letters of a name's syllables, the beginning of its spelling, or
    a category by name. Nobody is meant by one key alone."""
    wanted = keypad.strip()
    return [
        {
            "id": one.number,
            "name": f"{CITY}{one.name}",
            "organizationType": one.category,
            "contactMedium": [{"mediumType": "phone", "characteristic": {"phoneNumber": one.number}}],
        }
        for one in ORGANISATIONS
        if one.category == wanted
        or (len(wanted) > 1 and keys_of(one.abbreviation) == wanted)
        or (len(wanted) > 3 and keys_of(one.spelt).startswith(wanted))
    ]


def information(codes: Iterable[str], now: datetime) -> list[Resource]:
    """Return items of the information line at a moment in the town's time: weather, time, numbers drawn."""
    made = {"weather": _weather, "time": _time, "draw": _draw}
    return [made[code](now) for code in codes if code in made]


def _weather(now: datetime) -> Resource:
    rng = _of_day(now.date(), "weather")
    kind = rng.choices(range(len(WEATHER)), (30, 25, 15, 14, 6, 1 if now.month in (12, 1, 2) else 0, 4, 5))[0]
    high = _WARMTH[now.month - 1] + rng.randint(-4, 4)
    low = high - rng.randint(4, 9)
    text = f"{CITY}{now.month}月{now.day}日{_WEATHER_WORDS[kind]}，最高气温{high}度，最低气温{low}度。"
    return {"id": "weather", "at": now.isoformat(), "kind": WEATHER[kind], "high": high, "low": low, "text": text}


def _time(now: datetime) -> Resource:
    return {"id": "time", "at": now.isoformat(), "text": f"现在是{now:%H:%M}。"}


def _draw(now: datetime) -> Resource:
    drawn = "".join(str(_of_day(now.date(), f"draw{place}").randrange(10)) for place in range(5))
    return {"id": "draw", "at": now.isoformat(), "digits": drawn, "text": f"今日开奖号码{drawn}。"}


def _of_day(day: date, what: str) -> random.Random:
    return random.Random(f"{day:%Y%m%d} {what}")  # noqa: S311
