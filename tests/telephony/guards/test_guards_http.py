"""Bans and rules over HTTP, and how core takes them over and keeps what it counts."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.support.web import Site, add_person
from yuelai.platform.bus import Bus
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.telephony.guards import Caller, Denial, Guards, Offence
from yuelai.telephony.guards import repository as tables
from yuelai.telephony.guards.events import SipRulesChanged
from yuelai.telephony.guards.keeper import GuardKeeper
from yuelai.telephony.hops import UdpHop

BANS, ACCESS, TOLL = "/api/v1/sip/bans", "/api/v1/sip/access-rules", "/api/v1/sip/toll-rules"
SCANNER = "198.51.100.9"
HELLO = b"OPTIONS sip:x SIP/2.0\r\n\r\n"


async def boss(site: Site) -> Any:
    await add_person(site.database, "boss", "admin")
    return await site.client("boss")


async def centre(database: Database) -> tuple[GuardKeeper, Guards, Bus]:
    guards, bus = Guards(SystemClock(), lambda hop, data: True), Bus()
    async with database.transaction(None) as conn:
        operator = await conn.fetchval("SELECT id FROM tenants WHERE is_operator")
    keeper = GuardKeeper(database, SystemClock(), bus, guards, operator)
    await keeper.read()
    return keeper, guards, bus


def hears(guards: Guards, host: str) -> bool:
    return guards.admits(UdpHop(host, 5060), HELLO)


async def test_an_address_is_shut_out_and_let_in_again_by_hand(site: Site) -> None:
    client = await boss(site)
    made = await client.post(BANS, json={"address": SCANNER, "minutes": 5, "reason": "nuisance"})
    assert made.status_code == 201, made.text
    assert (made.json()["reason"], made.json()["note"], made.json()["stands"]) == ("manual", "nuisance", True)
    keeper, guards, _ = await centre(site.database)
    assert not hears(guards, SCANNER)
    again = (await client.post(BANS, json={"address": SCANNER})).json()
    assert again["strikes"] == 2
    assert [ban["address"] for ban in (await client.get(BANS)).json()["items"]] == [SCANNER]
    await keeper.write()
    assert (await client.delete(f"{BANS}/{SCANNER}")).status_code == 204
    assert (await client.delete(f"{BANS}/{SCANNER}")).json()["code"] == "no_such_ban"
    hears(guards, SCANNER)
    await keeper.write()
    await keeper.read()
    assert hears(guards, SCANNER)
    assert (await client.get(BANS)).json()["items"] == []
    async with site.database.transaction(None) as conn:
        actions = await conn.fetch("SELECT action FROM audit WHERE action LIKE 'sip_ban.%' ORDER BY at")
        told = await conn.fetchval("SELECT count(*) FROM outbox WHERE type = $1", SipRulesChanged.type)
    assert [row["action"] for row in actions] == ["sip_ban.added", "sip_ban.added", "sip_ban.removed"]
    assert told == 3


async def test_an_ipv6_address_is_shut_out_with_its_neighbours(site: Site) -> None:
    client = await boss(site)
    made = (await client.post(BANS, json={"address": "2001:db8:1:2:3::4"})).json()
    assert made["address"] == "2001:db8:1:2::"
    _, guards, _ = await centre(site.database)
    assert not hears(guards, "2001:db8:1:2:ffff::1")
    assert (await client.delete(f"{BANS}/2001:db8:1:2:9::9")).status_code == 204


@pytest.mark.parametrize("address", ["", "nonsense", "198.51.100.0/24", "1.2.3"])
async def test_what_is_no_address_is_not_shut_out(site: Site, address: str) -> None:
    client = await boss(site)
    assert (await client.post(BANS, json={"address": address})).status_code == 422


async def test_bans_that_core_made_are_listed_by_pages_and_survive_it(site: Site) -> None:
    client = await boss(site)
    keeper, guards, _ = await centre(site.database)
    for number in range(5):
        guards.bans.ban(f"198.51.100.{number}", Offence.GUESSING, note=f"{number}")
    hears(guards, "198.51.100.3")
    await keeper.write()
    first = (await client.get(BANS, params={"limit": 3})).json()
    second = (await client.get(BANS, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [ban["note"] for ban in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]
    assert second["next_cursor"] is None
    assert {ban["note"]: ban["hits"] for ban in first["items"]}["3"] == 1
    assert (await client.get(BANS, params={"cursor": "x"})).json()["code"] == "bad_cursor"
    _, reborn, _ = await centre(site.database)
    assert not hears(reborn, "198.51.100.2")
    assert reborn.bans.ban("198.51.100.2", Offence.GUESSING).strikes == 2


async def test_a_ban_made_while_rules_are_read_is_not_lost(site: Site) -> None:
    keeper, guards, _ = await centre(site.database)
    guards.bans.ban(SCANNER, Offence.PROBING)
    await keeper.read()
    assert not hears(guards, SCANNER)


async def test_networks_are_denied_and_allowed_and_core_follows(site: Site) -> None:
    client = await boss(site)
    keeper, guards, bus = await centre(site.database)
    await keeper.start()
    try:
        made = (await client.post(ACCESS, json={"network": "198.51.100.7/24", "action": "deny"})).json()
        assert (made["network"], made["version"], made["active"]) == ("198.51.100.0/24", 1, True)
        await client.post(ACCESS, json={"network": "198.51.100.9", "action": "allow", "note": "us"})
        taken = await client.post(ACCESS, json={"network": "198.51.100.0/24", "action": "allow"})
        assert (taken.status_code, taken.json()["code"]) == (409, "network_taken")
        await follow(site.database, bus)
        async with asyncio.timeout(5):
            while hears(guards, "198.51.100.1"):
                await asyncio.sleep(0.02)
        assert hears(guards, SCANNER)
        place = f"{ACCESS}/{made['id']}"
        changed = await client.patch(place, json={"version": 1, "active": False})
        assert (changed.json()["active"], changed.json()["action"], changed.json()["version"]) == (False, "deny", 2)
        assert (await client.patch(place, json={"version": 1, "note": "x"})).json()["code"] == "changed_meanwhile"
        await keeper.read()
        assert hears(guards, "198.51.100.1")
        assert [rule["network"] for rule in (await client.get(ACCESS)).json()["items"]] == [
            "198.51.100.0/24",
            "198.51.100.9/32",
        ]
        assert (await client.delete(place)).status_code == 204
        assert (await client.patch(place, json={"version": 2})).json()["code"] == "no_such_rule"
    finally:
        await keeper.close()


async def follow(database: Database, bus: Bus) -> None:
    """What core's relay does: publish what the outbox says."""
    async with database.transaction(None) as conn:
        row = await conn.fetchrow("SELECT tenant_id FROM sip_access_rules")
    assert row is not None
    bus.publish(SipRulesChanged(at=SystemClock().now(), tenant_id=row["tenant_id"]))


NIGHT = {
    "name": "夜间不打外线",
    "action": "deny",
    "position": 5,
    "from_time": "22:00",
    "to_time": "07:00",
    "classes": ["mobile", "fixed"],
    "seats": ["8001"],
}


async def test_toll_rules_are_made_changed_and_asked(site: Site) -> None:
    client = await boss(site)
    assert (await check(client, "00442079460958"))["denied"] == "toll_destination"
    allow = {"name": "英国", "action": "allow", "countries": ["GB"], "classes": ["international"]}
    made = (await client.post(TOLL, json=allow)).json()
    decision = await check(client, "00442079460958")
    assert decision == {
        "kind": "international", "country": "GB", "digits": "442079460958", "denied": None,
        "rule": {"id": made["id"], "name": "英国"}, "seconds": None,
    }  # fmt: skip
    assert (await check(client, "120"))["kind"] == "emergency"
    night = (await client.post(TOLL, json=NIGHT)).json()
    assert (night["from_time"], night["to_time"], night["weekdays"]) == ("22:00", "07:00", [])
    changed = await client.patch(f"{TOLL}/{made['id']}", json={"version": 1, "action": "deny", "position": 1})
    assert changed.status_code == 200, changed.text
    assert (await check(client, "00442079460958"))["rule"]["name"] == "英国"
    assert [rule["name"] for rule in (await client.get(TOLL)).json()["items"]] == ["英国", NIGHT["name"]]
    assert (await client.delete(f"{TOLL}/{made['id']}")).status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "limit"},
        {"action": "deny", "max_concurrent": 1},
        {"action": "deny", "from_time": "22:00"},
        {"action": "deny", "classes": ["cheap"]},
        {"action": "deny", "weekdays": [0]},
        {"action": "deny", "countries": ["England"]},
        {"action": "deny", "prefixes": ["+44"]},
        {"action": "deny", "name": ""},
    ],
)
async def test_a_rule_that_could_not_be_kept_to_is_refused(site: Site, wrong: dict[str, Any]) -> None:
    client = await boss(site)
    refused = await client.post(TOLL, json={"name": "x", **wrong})
    assert refused.status_code == 422


async def check(client: Any, number: str, user: str = "8001") -> dict[str, Any]:
    found = await client.post(f"{TOLL}/check", json={"user": user, "number": number})
    assert found.status_code == 200, found.text
    return dict(found.json())


async def test_what_a_limit_has_counted_is_shown_and_survives_core(site: Site) -> None:
    client = await boss(site)
    limit = {"name": "每日一小时", "action": "limit", "max_minutes_day": 60, "max_spend_day_micro": 10**9}
    made = (await client.post(TOLL, json=limit)).json()
    keeper, guards, _ = await centre(site.database)
    _, ticket = guards.toll.begin(Caller("8001"), "13812345678")
    assert ticket is not None
    assert ticket.seconds == 3600
    ticket.over(3000, per_minute_micro=60_000)
    await keeper.write()
    (shown,) = (await client.get(TOLL)).json()["items"]
    assert shown["used_today"] == [{"subject": "8001", "calls": 1, "seconds": 3000, "spend_micro": 3_000_000}]
    assert (await check(client, "13812345678"))["seconds"] == 600
    reborn_keeper, reborn, _ = await centre(site.database)
    await reborn_keeper.start()
    _, ticket = reborn.toll.begin(Caller("8001"), "13812345678")
    assert ticket is not None
    assert ticket.seconds == 600
    ticket.over(600)
    await reborn_keeper.close()
    assert (await check(client, "13812345678"))["denied"] == Denial.MINUTES
    assert (await client.delete(f"{TOLL}/{made['id']}")).status_code == 204


async def test_usage_of_a_rule_that_is_gone_is_not_written(site: Site) -> None:
    client = await boss(site)
    made = (await client.post(TOLL, json={"name": "x", "action": "limit", "max_concurrent": 5})).json()
    keeper, guards, _ = await centre(site.database)
    guards.toll.begin(Caller("8001"), "13812345678")
    await client.delete(f"{TOLL}/{made['id']}")
    await keeper.write()
    async with site.database.transaction(None) as conn:
        assert await tables.usage(conn, guards.toll.today()) == []
        assert await tables.rules(conn, "toll_rules", UUID(int=1)) == []
