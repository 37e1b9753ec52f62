"""Calls over HTTP, from files that core's writer really wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from tests.support.web import Site, add_person, add_tenant
from tests.telephony.trace.messages import PHONE, answered, message
from yuelai.platform.clock import SystemClock
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.key_file import KeyFile
from yuelai.platform.rewrap import rewrap
from yuelai.platform.secrets import Secrets
from yuelai.telephony.trace import keys
from yuelai.telephony.trace.keeping import FOLDER, Traces
from yuelai.telephony.trace.segments import SUFFIX

CALLS = "/api/v1/sip/calls"


class Leg:
    """As much of one as traces ask for."""

    def __init__(self, caller: str, called: str, *, dialled: bool, correlation: object = None) -> None:
        self.id, self.caller, self.called, self.dialled = new_id(), caller, called, dialled
        self.correlation, self.trunk_id, self.account = correlation, None, SAMPLE_TENANT


@asynccontextmanager
async def traces(site: Site) -> AsyncIterator[Traces]:
    Secrets.load(site.settings)
    opened = await Traces.open(site.settings, site.database, SystemClock(), SAMPLE_TENANT)
    try:
        yield opened
    finally:
        await opened.close()


def feed(opened: Traces, call_id: str, leg: Leg | None = None, upto: int = 7) -> None:
    for hop, data, sent in answered(call_id)[:upto]:
        opened.writer.tap(hop, data, sent)
        if leg is not None and data.startswith(b"INVITE"):

            class Invite:
                @staticmethod
                def get(_name: str) -> str:
                    return call_id

            opened.writer.began(leg, Invite)  # type: ignore[arg-type]


@pytest.fixture
async def admin(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    await add_person(site.database, "root", "admin")
    async with await site.client("root") as client:
        yield client


async def listed(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(CALLS, params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_call_is_listed_and_all_legs_of_its_matter_are_shown_together(
    site: Site, admin: httpx.AsyncClient
) -> None:
    matter = new_id()
    async with traces(site) as opened:
        feed(opened, "in", Leg("13800000001", "10000", dialled=False, correlation=matter))
        feed(opened, "other")
        out = Leg("13800000001", "8001", dialled=True, correlation=matter)
        invite = message("INVITE sip:8001@192.0.2.77 SIP/2.0", call_id="out", recipient="8001")
        opened.writer.tap(PHONE, invite, True)
        opened.writer.began(out, type("Invite", (), {"get": staticmethod(lambda _name: "out")}))  # type: ignore[arg-type]
        opened.writer.tap(PHONE, message("SIP/2.0 486 Busy Here", call_id="out"), False)
    items = await listed(admin, correlation=str(matter))
    assert [(item["direction"], item["to_user"], item["status"]) for item in items] == [
        ("out", "8001", 486), ("in", "10000", 200),
    ]  # fmt: skip
    assert items[0]["account"]
    answer = await admin.get(f"{CALLS}/{items[1]['id']}/messages")
    body = answer.json()
    assert [each["call_id"] for each in body["items"]] == ["in"] * 7 + ["out"] * 2
    assert body["items"][0]["start_line"] == "INVITE sip:10000@192.0.2.1 SIP/2.0"
    assert (body["items"][0]["sender"], body["items"][0]["recipient"]) == ("udp:192.0.2.10:5060", "local")
    assert (body["cut"], body["damaged"]) == (False, 0)
    drawn = await admin.get(f"{CALLS}/{items[0]['id']}/ladder.svg", params={"language": "en"})
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert len([g for g in ElementTree.fromstring(drawn.text).iter() if g.get("data-index")]) == 9
    captured = await admin.get(f"{CALLS}/{items[0]['id']}/pcap")
    assert captured.content[:4] == b"\xa1\xb2\xc3\xd4"
    assert "attachment" in captured.headers["content-disposition"]


async def test_calls_are_found_by_number_time_and_how_they_went(site: Site, admin: httpx.AsyncClient) -> None:
    async with traces(site) as opened:
        feed(opened, "a")
        feed(opened, "b", upto=4)
        feed(opened, "c", upto=1)
        opened.writer.tap(PHONE, message("INVITE sip:10000@x SIP/2.0", call_id="d", sender="+8613912345678"), False)
        opened.writer.tap(PHONE, message("SIP/2.0 403 Forbidden", call_id="d"), True)
        feed(opened, "e", upto=1)
        opened.writer.tap(PHONE, message("SIP/2.0 487 Request Terminated", call_id="e"), True)

    async def found(**params: Any) -> str:
        return "".join(sorted(item["call_id"] for item in await listed(admin, **params)))

    assert await found() == "abcde"
    assert await found(number="13912345678") == "d"
    assert await found(number="5678") == "d"
    assert await found(number="1391") == ""
    assert await found(number="%") == ""
    assert await found(status="standing") == "bc"
    assert await found(status="answered") == "ab"
    assert await found(status="failed") == "d"
    assert await found(status="cancelled") == "e"
    assert await found(status="403") == "d"
    assert await found(status="4xx") == "de"
    assert await found(to="2020-01-01T00:00:00Z") == ""
    assert await found(direction="out") == ""
    assert (await admin.get(CALLS, params={"status": "nonsense"})).status_code == 422


async def test_a_long_list_is_read_page_by_page(site: Site, admin: httpx.AsyncClient) -> None:
    async with traces(site) as opened:
        for number in range(25):
            feed(opened, f"c{number}", upto=1)
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        answer = await admin.get(CALLS, params={"limit": 10} | ({"cursor": cursor} if cursor else {}))
        seen += [item["call_id"] for item in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
    assert cursor is None
    assert len(set(seen)) == 25


async def test_who_looked_at_a_call_is_in_the_audit_trail(site: Site, admin: httpx.AsyncClient) -> None:
    async with traces(site) as opened:
        feed(opened, "a")
    (item,) = await listed(admin)
    for what in ("messages", "ladder.svg", "pcap"):
        assert (await admin.get(f"{CALLS}/{item['id']}/{what}")).status_code == 200
    lines = (await admin.get("/api/v1/audit", params={"action": "sip_call.read"})).json()["items"]
    assert {line["data"]["as"] for line in lines} == {"messages", "ladder", "pcap"}
    assert {line["object"] for line in lines} == {f"sip_call/{item['id']}"}
    assert lines[0]["person"]["username"] == "root"


async def test_only_the_operators_administrators_see_traces(site: Site, admin: httpx.AsyncClient) -> None:
    async with traces(site) as opened:
        feed(opened, "a")
    (item,) = await listed(admin)
    await add_person(site.database, "lee", "leader")
    await add_person(site.database, "their", "admin", tenant=await add_tenant(site.database, "client"))
    for username in ("lee", "their"):
        async with await site.client(username) as client:
            for path in (
                CALLS,
                f"{CALLS}/{item['id']}",
                f"{CALLS}/{item['id']}/messages",
                f"{CALLS}/{item['id']}/pcap",
            ):
                assert (await client.get(path)).status_code == 403
    assert (await admin.get(f"{CALLS}/{new_id()}/messages")).json()["code"] == "no_such_call"


async def test_secrets_are_neither_in_the_answer_nor_readable_in_the_file(site: Site, admin: httpx.AsyncClient) -> None:
    more = 'Proxy-Authorization: Digest username="8001", response="badc0ffee0ddf00d"\r\n'
    async with traces(site) as opened:
        opened.writer.tap(PHONE, message("INVITE sip:10000@x SIP/2.0", call_id="s", more=more), False)
    (item,) = await listed(admin)
    text = (await admin.get(f"{CALLS}/{item['id']}/messages")).json()["items"][0]["text"]
    assert "badc0ffee0ddf00d" not in text
    assert 'username="8001"' in text
    for file in (site.settings.folder / FOLDER).glob(f"*{SUFFIX}"):
        assert b"INVITE" not in file.read_bytes()


async def test_a_call_that_stood_at_a_restart_goes_on_in_the_same_line(site: Site, admin: httpx.AsyncClient) -> None:
    async with traces(site) as opened:
        feed(opened, "a", upto=5)
    async with traces(site) as opened:
        for hop, data, sent in answered("a")[5:]:
            opened.writer.tap(hop, data, sent)
    (item,) = await listed(admin)
    assert (item["status"], item["ended_by"]) == (200, "remote")
    assert len((await admin.get(f"{CALLS}/{item['id']}/messages")).json()["items"]) == 7


async def test_tampered_traces_are_said_to_be_damaged(site: Site, admin: httpx.AsyncClient) -> None:
    async with traces(site) as opened:
        feed(opened, "a")
    for file in (site.settings.folder / FOLDER).glob(f"*{SUFFIX}"):
        data = bytearray(file.read_bytes())
        data[-1] ^= 1
        file.write_bytes(data)
    (item,) = await listed(admin)
    body = (await admin.get(f"{CALLS}/{item['id']}/messages")).json()
    assert (body["items"], body["damaged"]) == ([], 1)


async def test_lines_wait_while_the_database_is_away(site: Site, admin: httpx.AsyncClient) -> None:
    async with traces(site) as opened:
        real, opened._database = opened._database, _Away()  # type: ignore[assignment]
        feed(opened, "a")
        await asyncio.sleep(1.2)
        opened._database = real
    assert [item["call_id"] for item in await listed(admin)] == ["a"]


async def test_a_turned_over_master_key_still_opens_what_was_written_before(
    site: Site, admin: httpx.AsyncClient
) -> None:
    async with traces(site) as opened:
        feed(opened, "a")
    KeyFile.of(site.settings).add()
    secrets = Secrets.load(site.settings)
    assert await rewrap(site.database, secrets, [keys.SEALED]) == 1
    (item,) = await listed(admin)
    assert len((await admin.get(f"{CALLS}/{item['id']}/messages")).json()["items"]) == 7


class _Away:
    def transaction(self, _tenant: object) -> Any:
        raise Unavailable("away")
