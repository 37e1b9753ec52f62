"""Orders by the old interface: the demo's, and one that is slow, broken or odd."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from tests.connectors.server import BusinessSystem, json_answer
from tests.support.bss import RunningBss, running_bss
from tests.support.centre import free_port
from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, Declined, NotSent, OutcomeUnknown
from yuelai.connectors.order97 import messages
from yuelai.connectors.order97.client import Order97
from yuelai.connectors.tmforum.client import TmForum

LI = "C000000002"


@pytest.fixture
async def bss() -> AsyncIterator[RunningBss]:
    async with running_bss(today=date(2026, 3, 15), count=3) as running:
        yield running


@pytest.fixture
async def client(bss: RunningBss) -> AsyncIterator[Order97]:
    made = Order97(f"http://127.0.0.1:{bss.port}/order97")
    yield made
    await made.close()


@pytest.fixture
async def product(bss: RunningBss) -> str:
    system = TmForum(bss.url)
    held = {one["code"] for one in await system.products([LI])}
    await system.close()
    return next(code for code in ("cloud", "tv", "ringback") if code not in held)


async def test_an_order_of_one_key_is_taken_once_and_its_number_returned(client: Order97, product: str) -> None:
    no = await client.order(LI, product, "contact/order/" + "x" * 90)
    assert (len(no), no[:2]) == (10, "97")
    assert await client.order(LI, product, "contact/order/" + "x" * 90) == no
    assert await client.order("C000000003", "cloud", "another") != no


@pytest.mark.parametrize(
    ("party", "wanted", "reason"),
    [("C999999999", "tv", "customer_unknown"), (LI, "moon", "product_unknown"), (LI, "mobile-99", "held")],
)
async def test_a_refusal_says_why(client: Order97, party: str, wanted: str, reason: str) -> None:
    for _ in range(5):  # no trouble of the system, however often
        with pytest.raises(Declined) as refusal:
            await client.order(party, wanted, "k")
        assert refusal.value.reason == reason


async def test_an_order_whose_answer_is_lost_is_found_by_its_number(
    bss: RunningBss, client: Order97, product: str
) -> None:
    await bss.behave("hanging", only="order97")
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        await client.order(LI, product, "k1")
    assert time.monotonic() - began < 2.0
    await bss.behave("ok")
    first = await client.order(LI, product, "k1")
    assert await client.order(LI, product, "k1") == first


@pytest.mark.parametrize("mode", ["failing", "rubbish"])
async def test_troubles_are_never_an_order_and_then_it_is_left_alone(
    bss: RunningBss, client: Order97, product: str, mode: str
) -> None:
    await bss.behave(mode, only="order97")
    for _ in range(2):
        with pytest.raises(ConnectorFailed):
            await client.order(LI, product, "k1")
    with pytest.raises(CircuitOpen):
        await client.order(LI, product, "k1")


async def test_what_cannot_be_reached_was_certainly_not_asked(product: str) -> None:
    client = Order97(f"http://127.0.0.1:{free_port()}/order97")
    with pytest.raises(NotSent):
        await client.order(LI, product, "k1")
    await client.close()


def answered(number: str, code: str, order: str = "") -> bytes:
    body = f"<BODY><ORDER_NO>{order}</ORDER_NO></BODY>"
    head = f"<HEAD><SEQ_NO>{number}</SEQ_NO><RET_CODE>{code}</RET_CODE><RET_MSG>受理</RET_MSG></HEAD>"
    return f'<?xml version="1.0" encoding="GB18030"?><RESPONSE>{head}{body}</RESPONSE>'.encode("gb18030")


@pytest.mark.parametrize(
    "body",
    [answered("another", "0000", "9700000001"), answered("k1", "0000"), answered("k1", "77"), b"", b"<RESPONSE/>"],
)
async def test_what_is_no_answer_to_this_order_is_not_believed(body: bytes) -> None:
    odd = BusinessSystem(lambda path, query: json_answer(body))
    await odd.start()
    client = Order97(f"{odd.url}/order97")
    with pytest.raises(OutcomeUnknown):
        await client.order(LI, "tv", "k1")
    await client.close()
    await odd.stop()


async def test_after_no_answer_it_is_asked_what_it_has(product: str) -> None:
    answers = [answered("", "9999"), answered("k1", "0000", "9700000007")]
    odd = BusinessSystem(lambda path, query: json_answer(answers.pop(0)))
    await odd.start()
    client = Order97(f"{odd.url}/order97")
    assert await client.order(LI, product, "k1") == "9700000007"
    assert [b"ORDER_QRY" in body for body in odd.bodies] == [False, True]
    await client.close()
    await odd.stop()


def test_a_request_is_in_its_own_encoding_and_holds_nothing_that_xml_cannot() -> None:
    made = messages.request("ORDER_ADD", "k", datetime(2026, 3, 1, tzinfo=UTC), {"REMARK": "王芳<&>\x00\ud800"})
    assert "王芳&lt;&amp;&gt;</REMARK>".encode("gb18030") in made


def test_a_request_says_when_in_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        made = messages.request("ORDER_ADD", "k", datetime(2026, 2, 28, 16, tzinfo=UTC), {})
    finally:
        monkeypatch.undo()
        time.tzset()
    assert b"<REQ_TIME>20260301000000</REQ_TIME>" in made


@pytest.mark.parametrize(
    "body", [b"<!DOCTYPE a [<!ENTITY b 'c'>]><RESPONSE><HEAD><RET_CODE>&b;</RET_CODE></HEAD></RESPONSE>", b"\xff\xff"]
)
def test_an_answer_with_entities_or_no_text_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        messages.answer(body)
