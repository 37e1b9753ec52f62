"""The page `/try`: only the demo lets visitors play the customer, and not faster than one can."""

from __future__ import annotations

from typing import Any

from tests.support.web import Site
from yuelai.platform.ids import new_id
from yuelai.platform.ipc import IpcServer, Peer

PATH = "/api/v1/try"


async def test_nobody_is_played_outside_the_demo(site: Site) -> None:
    answers = [
        await site.http.get(f"{PATH}/customers"),
        await site.http.post(f"{PATH}/calls", json={"kind": "known"}),
        await site.http.get(f"{PATH}/calls/{new_id()}"),
        await site.http.post(f"{PATH}/calls/{new_id()}/keys", json={"keys": "0"}),
        await site.http.delete(f"{PATH}/calls/{new_id()}"),
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "not_in_demo")] * 5


async def test_calls_are_placed_by_the_simulator_and_bounded(site: Site) -> None:
    asked: list[str] = []

    async def place(peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
        asked.append(params["kind"])
        return {"id": str(new_id()), "number": "13800000001", "state": "calling", "seconds": 0.0}

    async def customers(peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
        return {"items": [{"number": "", "name": "", "kind": "stranger"}]}

    server = IpcServer(site.settings.socket("simulator"), {"try.call": place, "try.customers": customers})
    await server.start()
    try:
        assert (await site.http.get(f"{PATH}/customers")).json()["items"][0]["kind"] == "stranger"
        answers = [await site.http.post(f"{PATH}/calls", json={"kind": "vip"}) for _ in range(4)]
        assert [one.status_code for one in answers] == [201, 201, 201, 429]
        assert (answers[0].json()["state"], asked) == ("calling", ["vip"] * 3)
        assert answers[3].json()["code"] == "too_many_visits"
        refused = await site.http.post(f"{PATH}/calls", json={"kind": "known", "number": "13812345678"})
        assert refused.status_code == 422
    finally:
        await server.close()
