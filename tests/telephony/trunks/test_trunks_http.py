"""Trunks and routes over HTTP: set up, changed, taken away, and their passwords never told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.ids import new_id
from yuelai.platform.secrets import Secrets
from yuelai.telephony.trunks import secret
from yuelai.telephony.trunks.errors import KeysMissing
from yuelai.telephony.trunks.events import TrunkChanged

TRUNKS, ROUTES = "/api/v1/trunks", "/api/v1/call-routes"

CARRIER: dict[str, Any] = {
    "code": "east",
    "name": "东方电信",
    "host": "sip.example.com",
    "port": 5070,
    "transport": "tcp",
    "register": True,
    "username": "057188880000",
    "secret": "pä ss",
    "sources": ["192.0.2.7", "2001:db8::/48"],
    "max_channels_total": 30,
    "number_out": {"called": {"rules": [{"prefix": "1", "strip": 0, "add": "179"}], "format": "national"}},
    "caller_policy": {"default": "057188880000", "allowed": ["0571"], "trusted": True},
    "codecs": ["PCMA", "PCMU"],
    "rates": [{"prefix": "86", "per_minute_micro": 90_000}, {"prefix": "", "per_minute_micro": 700_000}],
}


async def boss(site: Site) -> Any:
    await add_person(site.database, "boss", "admin")
    return await site.client("boss")


async def facts(site: Site) -> list[str | None]:
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT fact FROM outbox WHERE type = $1 ORDER BY id", TrunkChanged.type)
    return [row["fact"]["trunk_id"] for row in rows]


async def test_a_trunk_is_made_changed_and_taken_away(site: Site) -> None:
    client = await boss(site)
    made = (await client.post(TRUNKS, json=CARRIER)).json()
    assert made["has_secret"]
    assert not made["has_peer_secret"]
    assert made["version"] == 1
    assert made["register"] is True
    assert made["sources"] == ["192.0.2.7/32", "2001:db8::/48"]
    assert made["rates"][0] == {"prefix": "", "per_minute_micro": 700_000}
    assert made["number_out"]["called"]["rules"] == [{"prefix": "1", "strip": 0, "add": "179"}]
    assert "pä ss" not in str(made)
    assert "secret" not in made

    place = f"{TRUNKS}/{made['id']}"
    changed = await client.patch(place, json={"version": 1, "max_channels_total": 60, "sources": []})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["max_channels_total"], changed.json()["sources"]) == (60, [])
    assert changed.json()["has_secret"]
    assert len(changed.json()["rates"]) == 2
    assert changed.json()["version"] == 2
    late = await client.patch(place, json={"version": 1, "weight": 3})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    huge = await client.patch(place, json={"version": 2**40, "weight": 3})
    assert (huge.status_code, huge.json()["code"]) == (422, "invalid_request")
    assert [one["code"] for one in (await client.get(TRUNKS)).json()["items"]] == ["east"]
    assert (await client.get(place)).json() == changed.json()
    assert (await client.delete(place)).status_code == 204
    assert (await client.get(place)).json()["code"] == "no_such_trunk"
    assert await facts(site) == [made["id"]] * 3
    async with site.database.transaction(None) as conn:
        audited = await conn.fetch("SELECT action, data FROM audit WHERE action LIKE 'trunk.%' ORDER BY at")
        assert await conn.fetchval("SELECT count(*) FROM trunk_rates") == 0
    assert [row["action"] for row in audited] == ["trunk.added", "trunk.changed", "trunk.removed"]
    assert "pä ss" not in str(audited)


async def test_passwords_are_sealed_each_for_its_trunk_and_go_when_taken_back(site: Site) -> None:
    client = await boss(site)
    both = {**CARRIER, "peer_username": "gate", "peer_secret": "theirs"}
    made = (await client.post(TRUNKS, json=both)).json()
    async with site.database.transaction(None) as conn:
        row = await conn.fetchrow("SELECT id, secret, peer_secret FROM trunks")
    assert row is not None
    keys = Secrets.load(site.settings)
    assert secret.unseal(keys, secret.OURS, row["id"], row["secret"]) == "pä ss"
    assert secret.unseal(keys, secret.THEIRS, row["id"], row["peer_secret"]) == "theirs"
    with pytest.raises(KeysMissing):
        secret.unseal(keys, secret.OURS, new_id(), row["secret"])
    with pytest.raises(KeysMissing):
        secret.unseal(keys, secret.OURS, row["id"], row["peer_secret"])
    place = f"{TRUNKS}/{made['id']}"
    gone = await client.patch(place, json={"version": 1, "peer_username": "", "peer_secret": None})
    assert gone.json()["has_peer_secret"] is False
    assert gone.json()["has_secret"] is True


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"secret": None}, "bad_trunk"),
    ({"register": False, "username": "", "host": "", "secret": None}, "bad_trunk"),
    ({"peer_username": "gate"}, "bad_trunk"),
    ({"peer_secret": "x"}, "bad_trunk"),
    ({"rates": [{"prefix": "86", "per_minute_micro": 1}] * 2}, "bad_trunk"),
    ({"options_seconds": 2}, "bad_trunk"),
    ({"sources": ["0.0.0.0/0"]}, "invalid_request"),
    ({"sources": ["nowhere"]}, "invalid_request"),
    ({"host": "a b"}, "invalid_request"),
    ({"outbound_proxy": "10.0.0.1:99999"}, "invalid_request"),
    ({"username": 'a"b'}, "invalid_request"),
    ({"country": "China"}, "invalid_request"),
    ({"unknown": 1}, "invalid_request"),
]


async def test_what_cannot_work_is_refused_by_name(site: Site) -> None:
    client = await boss(site)
    for wrong, code in WRONG:
        refused = await client.post(TRUNKS, json={**CARRIER, **wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, code), (wrong, refused.text)
    assert await facts(site) == []


async def test_codes_and_names_of_peers_are_unique(site: Site) -> None:
    client = await boss(site)
    gate = {"name": "Gate", "peer_username": "gate", "peer_secret": "s", "direction": "in"}
    assert (await client.post(TRUNKS, json={**gate, "code": "a"})).status_code == 201
    assert (await client.post(TRUNKS, json={**gate, "code": "b"})).json()["code"] == "peer_username_taken"
    assert (await client.post(TRUNKS, json={**CARRIER, "code": "a"})).json()["code"] == "code_taken"


async def test_routes_name_trunks_in_their_order(site: Site) -> None:
    client = await boss(site)
    trunk = (await client.post(TRUNKS, json=CARRIER)).json()["id"]
    hours = {"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "18:30"}
    body = {"prefix": "86", "name": "国内", "hours": hours, "trunks": [{"trunk_id": trunk, "priority": 2, "weight": 5}]}
    made = (await client.post(ROUTES, json=body)).json()
    assert made == {**body, "id": made["id"], "active": True, "version": 1}
    place = f"{ROUTES}/{made['id']}"
    changed = (await client.patch(place, json={"version": 1, "trunks": [], "hours": None})).json()
    assert (changed["trunks"], changed["hours"], changed["prefix"], changed["version"]) == ([], None, "86", 2)
    assert (await client.patch(place, json={"version": 1, "name": "x"})).json()["code"] == "changed_meanwhile"
    unknown = await client.patch(place, json={"version": 2, "trunks": [{"trunk_id": str(new_id())}]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "bad_route")
    assert (await client.get(ROUTES)).json()["items"] == [changed]
    assert (await client.delete(place)).status_code == 204
    assert (await client.delete(place)).json()["code"] == "no_such_route"
    assert await facts(site) == [trunk, None, None, None]


async def test_another_tenant_sees_no_trunks_and_agents_may_not_look(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "agent01", "agent", number="8001")
    await add_person(site.database, "eastboss", "admin", tenant=east)
    client = await boss(site)
    made = (await client.post(TRUNKS, json=CARRIER)).json()
    agent, theirs = await site.client("agent01"), await site.client("eastboss")
    for path in (TRUNKS, ROUTES):
        assert (await agent.get(path)).status_code == 403
        assert (await theirs.get(path)).status_code == 403  # trunks are the operator's
    assert (await theirs.patch(f"{TRUNKS}/{made['id']}", json={"version": 1})).status_code == 403


async def test_whom_a_test_call_called_stands_in_the_audit_trail(site: Site) -> None:
    """It is made past the toll rules, so it must at least be known."""
    client = await boss(site)
    made = (await client.post(TRUNKS, json=CARRIER)).json()
    await client.post(f"{TRUNKS}/{made['id']}/test-call", json={"number": "00882123456"})
    async with site.database.transaction(None) as conn:
        data = await conn.fetchval("SELECT data FROM audit WHERE action = 'trunk.test_call'")
    assert data["number"] == "00882123456"
