"""Self-service by keys in a whole centre: what callers are told of their business, and what becomes of its troubles."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest
import pytest_asyncio

from tests.calls.people import nothing_left, soon
from tests.support.bss import bss_of
from tests.support.centre import Centre, Person
from tests.support.heard import Sound, was_heard
from yuelai.channels.voice import speech
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.call import Call
from yuelai.entrypoints.caller.useragent import UserAgent
from yuelai.entrypoints.simulator.callers import numbers
from yuelai.media.embedded.files import read

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(240)]

WANG, CHEN = "13800000001", "13800000003"
CARD, USED_CARD = "600010000001", "600090000001"


@pytest_asyncio.fixture(autouse=True)
async def clean(centre: Centre) -> AsyncIterator[None]:
    await asyncio.to_thread(leader_of, centre)
    yield
    await asyncio.to_thread(bss_of, centre, "ok")
    await nothing_left(centre)


@dataclass
class Visit:
    """One call: the nodes it passed, and the whole contact. `heard` is what it heard."""

    nodes: list[str]
    contact: dict[str, Any]
    heard: Sound

    @property
    def reason(self) -> str:
        return str(self.contact["end_reason"])


@lru_cache(maxsize=1)
def leader_of(centre: Centre) -> Person:
    """Signed in once: who does so at every look is slowed down."""
    return centre.person("leader01")


def nodes_of(contact: dict[str, Any]) -> list[str]:
    return [line["data"]["node"] for line in contact["trail"] if line["kind"] == "flow" and "node" in line["data"]]


async def contact_of(centre: Centre, number: str, since: str = "") -> dict[str, Any]:
    leader = await asyncio.to_thread(leader_of, centre)
    (item,) = await soon(lambda: [one for one in leader.interactions(ani=number) if one["id"] > since][:1])
    return dict(await asyncio.to_thread(lambda: leader.get(f"/interactions/{item['id']}")))


async def newest(centre: Centre, number: str) -> str:
    leader = await asyncio.to_thread(leader_of, centre)
    items = await asyncio.to_thread(lambda: leader.interactions(ani=number))
    return max((one["id"] for one in items), default="")


@dataclass
class Line:
    """A call that stands. `since` is the contact before it."""

    centre: Centre
    number: str
    since: str
    call: Call

    async def press(self, keys: str) -> None:
        try:
            await self.call.sound.press(keys)
        except asyncio.CancelledError:
            if not self.call.ended.is_set():
                raise
            # Hung up on while it pressed: say where.
            raise AssertionError(nodes_of(await contact_of(self.centre, self.number, self.since))) from None

    async def at(self, *nodes: str, seconds: float = 40) -> None:
        """Wait until the contact has come to one of these nodes."""
        passed: list[str] = []
        try:
            async with asyncio.timeout(seconds):
                while not set(nodes) & set(passed):
                    with contextlib.suppress(TimeoutError):
                        passed = nodes_of(await contact_of(self.centre, self.number, self.since))
                    await asyncio.sleep(0.3)
        except TimeoutError:
            raise AssertionError((nodes, passed)) from None

    async def over(self, hold: float) -> Visit:
        """Stay for so many seconds, hang up, and return what there was, once it is closed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.call.ended.wait(), hold)
        if not self.call.ended.is_set():
            await self.call.hangup()
        heard = np.concatenate(self.call.sound._kept or [np.zeros(0)]).astype(float)
        async with asyncio.timeout(20):
            while (contact := await contact_of(self.centre, self.number, self.since))["state"] != "closed":
                await asyncio.sleep(0.2)
        return Visit(nodes_of(contact), contact, heard)


@asynccontextmanager
async def line(centre: Centre, number: str) -> AsyncIterator[Line]:
    since = await newest(centre, number)
    agent = await UserAgent.open(("127.0.0.1", centre.sip_port), user=number)
    try:
        call = await agent.invite("10000", keep_sound=True)
        await asyncio.wait_for(call.final.wait(), 20)
        assert call.status == 200
        await asyncio.wait_for(call.sound.audible.wait(), 10)
        await asyncio.sleep(0.5)
        yield Line(centre, number, since, call)
    finally:
        await agent.close()


async def visit(centre: Centre, number: str, keys: str, *until: str, hold: float = 3.0) -> Visit:
    """Call, press keys, wait for a node where one is named, stay for `hold` and hang up."""
    async with line(centre, number) as standing:
        await standing.press(keys)
        if until:
            await standing.at(*until)
        return await standing.over(hold)


async def together(*visits: Coroutine[Any, Any, Visit]) -> list[Visit]:
    """Return what became of visits at the same time. When one fails the others hang up: nobody stays in a queue."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each) for each in visits]
    return [task.result() for task in tasks]


def callers(count: int) -> list[str]:
    """Return mobile numbers of customers whom the sample has nothing special about."""
    return numbers(count + 20)[20:]


def port_of(centre: Centre, word: str, option: str) -> int:
    (process,) = centre.processes(word)
    command = process.cmdline()
    return int(command[command.index(option) + 1])


def texts(centre: Centre, number: str) -> list[str]:
    """Return what was written to a number, the newest last."""
    port = port_of(centre, "yuelai smsc", "--http-port")
    found = httpx.get(f"http://127.0.0.1:{port}/messages", params={"to": f"86{number}"}).json()["items"]
    return [one["text"] for one in reversed(found)]


def balance(centre: Centre) -> int:
    """Return what the business system has in 王芳's account now, in fen."""
    base = f"http://127.0.0.1:{port_of(centre, 'yuelai bss', '--port')}/tmf-api"
    found = httpx.get(f"{base}/prepayBalanceManagement/v4/bucket", params={"relatedParty.id": "C000000001"}).json()
    return round(float(found[0]["remainingValue"]["amount"]) * 100)


TOLD = {
    "1": {"say_balance", "say_balance_and_bill"},
    "41": {"bill_paid", "bill_open", "no_bill"},
    "42": {"say_current"},
    "43": {"say_payment", "no_payments"},
    "451": {"order_open", "order_done", "order_cancelled", "no_orders"},
    "46": {"say_arrears", "no_arrears"},
    "612": {"say_tariff"},
    "62": {"outlet_open", "outlet_closed"},
    "63874#": {"say_number"},
    "641": {"degrees"},
    "642": {"say_time"},
}


async def test_every_business_is_told_and_whoever_hangs_up_then_was_served(centre: Centre) -> None:
    found = await together(
        *(visit(centre, number, keys, hold=26) for keys, number in zip(TOLD, callers(len(TOLD)), strict=True)),
        visit(centre, CHEN, "2", "say_outage_until", hold=20),
    )
    for keys, one in zip([*TOLD, "2"], found, strict=True):
        assert TOLD.get(keys, {"say_outage_until"}) & set(one.nodes), (keys, one.nodes)
        assert one.reason == "served", (keys, one.nodes)
        assert not any(line["kind"] == "queue" for line in one.contact["trail"])


async def by_card(centre: Centre) -> Visit:
    async with line(centre, WANG) as standing:
        await standing.press("441135790#")
        await asyncio.sleep(4)
        await standing.press("246810#")
        await standing.at("verified_now")
        await standing.press(f"1{CARD}#")
        await standing.at("say_paid_and_balance")
        return await standing.over(5)


async def by_code(centre: Centre, number: str) -> Visit:
    """Somebody without a PIN is led to a code, which comes as a text message."""
    before = len(texts(centre, number))
    async with line(centre, number) as standing:
        await standing.press("441123456#")
        await standing.at("no_pin")
        text = (await soon(lambda: texts(centre, number)[before:], 30))[-1]
        code = re.search(r"(?<!\d)\d{6}(?!\d)", text)
        assert code is not None, text
        await asyncio.sleep(2)
        await standing.press(code[0])
        await standing.at("verified_now")
        await standing.press(f"1{USED_CARD}#")
        await standing.at("card_used")
        found = await standing.over(1)
    assert code[0] not in json.dumps(found.contact["trail"])
    return found


async def test_a_card_pays_after_the_right_pin_or_a_code_and_three_wrong_pins_lock(centre: Centre) -> None:
    before = balance(centre)
    paid, _, locked = await together(
        by_card(centre),
        by_code(centre, callers(20)[-1]),
        visit(centre, CHEN, "441135791#,,,135792#,,,135793#", "pin_locked", hold=6),
    )
    assert paid.reason == "served"
    assert balance(centre) == before + 5000
    again = await visit(centre, CHEN, "441975310#", "pin_locked", hold=1)  # the right one does not open any more
    for one in (paid, locked, again):
        text = json.dumps([entry["data"] for entry in one.contact["trail"]])
        assert not any(secret in text for secret in ("246810", "135790", "135793", "975310", CARD))
    assert "pay_menu" not in locked.nodes + again.nodes


async def ordered(centre: Centre) -> Visit:
    async with line(centre, WANG) as standing:
        await standing.press("4521246810#")
        await standing.at("verified_now")
        await standing.press("51")
        await standing.at("order_taken", "order_held")
        return await standing.over(14)  # a number of ten digits is read out


async def reported(centre: Centre, number: str) -> Visit:
    async with line(centre, number) as standing:
        await standing.press("211")  # of CHEN's area a fault is known: this is another one
        await standing.at("fault_taken_until")
        await standing.press("9")
        await standing.at("number_sent")
        return await standing.over(3)


async def amount_paid(centre: Centre) -> Visit:
    async with line(centre, WANG) as standing:
        await standing.press("441246810#")
        await standing.at("verified_now")
        await standing.press("212*50#")
        await asyncio.sleep(3)
        await standing.press("1")
        await standing.at("say_amount_and_balance", "say_amount")
        return await standing.over(5)


async def complained(centre: Centre, number: str) -> Visit:
    """They leave a message, keep it and hear that it is kept; it is owed by who answers complaints."""
    async with line(centre, number) as standing:
        await standing.press("31")
        await standing.at("complaint_menu")
        await asyncio.sleep(len(read(speech.prompt_path("leave_message", "zh-CN"))) / 8000 + 2)
        standing.call.sound.speak(sources.files([speech.prompt_path("demo_caller_1", "zh-CN")]))
        await asyncio.sleep(4)
        await standing.press("#")
        await asyncio.sleep(3)
        await standing.press("1")
        await standing.at("message_kept")
        found = await standing.over(5)
    leader = await asyncio.to_thread(leader_of, centre)
    items = await asyncio.to_thread(lambda: leader.get("/callbacks")["items"])
    (owed,) = (item for item in items if item["interaction_id"] == found.contact["id"])
    assert (owed["kind"], owed["queue"]["code"]) == ("voicemail", "complaint")
    # Nobody of the other tests is to be rung about it.
    done = {"version": owed["version"], "state": "done"}
    await asyncio.to_thread(lambda: leader.http.patch(f"/api/v1/callbacks/{owed['id']}", json=done))
    return found


async def test_an_order_a_fault_and_an_amount_are_taken(centre: Centre) -> None:
    before, sent = balance(centre), len(texts(centre, CHEN))
    order, fault, complaint = await together(
        ordered(centre), reported(centre, CHEN), complained(centre, callers(34)[-1])
    )
    amount = await amount_paid(centre)
    assert [one.reason for one in (order, fault, complaint, amount)] == ["served"] * 4
    assert balance(centre) == before + 1250
    text = (await soon(lambda: texts(centre, CHEN)[sent:]))[-1]
    assert re.search(r"112\d{6}", text), text


MENU_SECONDS = (
    6
    + 6
    + sum(
        len(read(speech.prompt_path(name, "zh-CN"))) / 8000
        for name in ("greeting", "main_menu", "menu_more", "menu_services", "menu_language", "no_input")
    )
)
"""Until whoever presses nothing has been told so, and some more for a busy machine."""


async def test_what_is_heard_is_what_was_recorded(centre: Centre) -> None:
    someone, other = callers(32)[30:]
    (chinese, menu, english) = await together(
        visit(centre, WANG, "1", "say_balance_and_bill", hold=9),
        visit(centre, someone, "", hold=MENU_SECONDS),
        visit(centre, other, "5,1", "say_balance", "say_balance_and_bill", hold=9),
    )
    for name in ("greeting", "main_menu", "no_input"):
        assert was_heard(menu.heard, speech.prompt_path(name, "zh-CN")), name
    assert was_heard(chinese.heard, speech.prompt_path("balance_is", "zh-CN"))
    for name in speech.money(balance(centre), "CNY", "zh-CN"):
        assert was_heard(chinese.heard, speech.prompt_path(name, "zh-CN")), name
    assert was_heard(english.heard, speech.prompt_path("balance_is", "en"))
    assert not was_heard(chinese.heard, speech.prompt_path("balance_is", "en"))


LEFT: tuple[tuple[str, str, str, str, str], ...] = (
    # Keys, the node on the trail to wait for, what to hang up in, its flow, and how the contact ends.
    ("", "", "greeting", "main", "customer_hung_up"),
    ("4", "who", "account_menu", "main", "customer_hung_up"),
    ("6", "services", "town_menu", "services", "customer_hung_up"),
    ("61", "town_menu", "tariffs_menu", "services", "customer_hung_up"),
    ("63", "town_menu", "letters", "services", "customer_hung_up"),
    ("64", "town_menu", "information_menu", "services", "customer_hung_up"),
    ("3", "complaint", "complaint_menu", "complaint", "customer_hung_up"),
    ("44", "identify", "how", "identify", "customer_hung_up"),
    ("45", "orders", "orders_menu", "orders", "customer_hung_up"),
    ("442", "how", "code", "identify", "customer_hung_up"),
    ("42", "say_current", "say_current", "bills", "customer_hung_up"),
    ("642", "say_time", "say_time", "services", "customer_hung_up"),
)


async def test_hanging_up_at_a_node_ends_the_walk_there(centre: Centre) -> None:
    async def leave(number: str, keys: str, node: str) -> Visit:
        async with line(centre, number) as standing:
            if keys:
                await standing.press(keys)
            if node:
                await standing.at(node)
            return await standing.over(0.4)

    found = await together(
        *(leave(number, keys, node) for number, (keys, node, *_) in zip(callers(60)[40:], LEFT, strict=False))
    )
    for one, (keys, _, last, flow, reason) in zip(found, LEFT, strict=True):
        walked = centre.ask(
            "SELECT code, last, outcome FROM flow_walks WHERE interaction_id = $1 ORDER BY depth DESC",
            UUID(one.contact["id"]),
        )
        assert (walked[0]["code"], walked[0]["last"]) == (flow, last), (keys, one.nodes)
        assert {row["outcome"] for row in walked} == {"left"}, keys
        assert one.reason == reason, keys


async def test_a_business_system_in_trouble_leads_to_an_agent_who_sees_it(centre: Centre) -> None:
    numbers_ = callers(30)[20:]
    for mode, number in (("failing", numbers_[0]), ("hanging", numbers_[1]), ("rubbish", numbers_[2])):
        await asyncio.to_thread(bss_of, centre, mode)

        async def bill(number: str = number) -> Visit:
            async with line(centre, number) as standing:
                await standing.press("41")
                await standing.at("system_down")
                await asyncio.sleep(5)  # a key would cut short what is to be heard
                await standing.press("0")
                await standing.at("to_agent_down")
                return await standing.over(1)

        told, english, fault, ours = await together(
            bill(),
            visit(centre, numbers_[3], "5,41", "system_down", hold=6),
            visit(centre, CHEN, "2", "to_fault_down", hold=1),
            visit(centre, WANG, "1", "say_balance", "say_balance_and_bill", hold=2),
        )
        assert was_heard(told.heard, speech.prompt_path("system_down", "zh-CN")), mode
        assert was_heard(english.heard, speech.prompt_path("system_down", "en")), mode
        assert told.nodes[-1] == "to_agent_down"
        assert fault.nodes[-1] == "to_fault_down"
        assert "lookup_failed" not in ours.nodes, mode
