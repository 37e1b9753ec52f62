"""One agent with grants at two tenants serves both in turn; neither's data leaks to the other's people."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.calls.test_a_call_is_served import finish_wrapup, phone
from tests.support.centre import Centre, Person, eventually
from yuelai.entrypoints.sample.second_tenant import EAST, SHARED_NAME
from yuelai.platform.ids import SAMPLE_TENANT

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(180)]

CALLER = "13800000001"


class Screen:
    """Somebody's live view: everything that was ever sent to it, and what it shows."""

    def __init__(self, socket: ClientConnection, person: Person) -> None:
        self.heard: list[str] = []
        self.documents: dict[str, Any] = {}
        self._socket = socket
        self._socket.send(json.dumps({"token": person.session["token"]}))
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        for text in self._socket:
            message = json.loads(text)
            self.heard.append(json.dumps(message, ensure_ascii=False))
            if message["type"] == "snapshot":
                self.documents = message["docs"]
            elif message["type"] == "change":
                self.documents = {**self.documents, message["key"]: message["value"]}

    def ever(self, words: str) -> bool:
        return any(words in text for text in self.heard)

    def close(self) -> None:
        self._socket.close()
        self._thread.join()


def held(screen: Screen) -> Callable[[], dict[str, Any] | None]:
    """The contact in talk that the agent's own screen shows."""

    def look() -> dict[str, Any] | None:
        shown = [value for key, value in screen.documents.items() if key.startswith("interaction/") and value]
        return next((one for one in shown if one["state"] == "talk" and one["customer"]), None)

    return look


def test_one_agent_serves_two_tenants_in_turn_and_neither_hears_of_the_other(centre: Centre) -> None:
    agent = centre.person("agent01")
    leaders = {SAMPLE_TENANT: centre.person("leader01"), EAST: centre.person("eastleader")}
    served: dict[Any, dict[str, Any]] = {}
    with ExitStack() as stack:
        sipp = stack.enter_context(phone(centre, "8001", calls=2))
        url = centre.base.replace("http", "ws") + "/ws/events"
        mine, *screens = [
            Screen(stack.enter_context(connect(url, max_size=None)), person) for person in (agent, *leaders.values())
        ]
        theirs = dict(zip(leaders, screens, strict=True))
        for screen in (mine, *screens):
            stack.callback(screen.close)
        agent.be_ready("phone")
        for tenant, number, keys in ((SAMPLE_TENANT, "10000", ("--dtmf", "0")), (EAST, "10020", ())):
            calling = centre.call("--from", CALLER, "--to", number, *keys, "--hold", "6")
            served[tenant] = eventually(held(mine), 30)
            calling.communicate(timeout=60)
            finish_wrapup(agent)
            eventually(lambda: agent.state()["state"] == "ready")
        sipp.wait()
        agent.be("offline")
    names = {SAMPLE_TENANT: "王芳", EAST: SHARED_NAME}
    codes = {SAMPLE_TENANT: "main", EAST: "east"}
    for tenant, leader in leaders.items():
        other = EAST if tenant == SAMPLE_TENANT else SAMPLE_TENANT
        # The screen pop: the same number, each tenant's own customer.
        assert served[tenant]["customer"]["name"] == names[tenant]
        assert served[tenant]["tenant"]["code"] == codes[tenant]
        # What leaders heard while it happened.
        assert theirs[tenant].ever(served[tenant]["id"])
        for words in (served[other]["id"], names[other], str(other)):
            assert not theirs[tenant].ever(words), f"{words} on the screen of {codes[tenant]}"
        assert theirs[tenant].ever(f'"agent/{agent.session["person"]["id"]}"'), "the agent's state is shown to both"
        # What leaders find afterwards.
        found = leader.interaction(ani=CALLER)
        assert (found["id"], found["customer"]["name"], found["disposition"]) == (
            served[tenant]["id"], names[tenant], "followup"
        )  # fmt: skip
        assert [segment["kind"] for segment in found["segments"]] == ["ivr", "queue", "ring", "talk", "wrapup"]
        everything = [item["id"] for item in leader.interactions(limit=100)]
        assert served[tenant]["id"] in everything
        assert served[other]["id"] not in everything
        (recording,) = found["recordings"]
        assert leader.http.get(f"/api/v1/recordings/{recording['id']}/audio").status_code == 200
        assert leaders[other].http.get(f"/api/v1/recordings/{recording['id']}/audio").status_code == 404
        assert leaders[other].http.get(f"/api/v1/interactions/{found['id']}").status_code == 404
        customer = found["customer"]["id"]
        assert leader.http.get(f"/api/v1/customers/{customer}/overview").status_code == 200
        assert leader.http.get(f"/api/v1/customers/{customer}/export").status_code == 200
        for path in (f"/customers/{customer}", f"/customers/{customer}/overview", f"/customers/{customer}/export"):
            assert leaders[other].http.get(f"/api/v1{path}").status_code == 404, path
        assert [one["name"] for one in leader.get("/customers", phone=CALLER)["items"]] == [names[tenant]]
        queues = {queue["code"] for queue in leader.get("/queues")["items"]}
        ours = {"general", "fault", "complaint", "business", "vip", "english"}
        assert queues == (ours if tenant == SAMPLE_TENANT else {"power"})


def test_the_agent_acts_at_the_contacts_tenant_and_a_leader_of_one_tenant_cannot_at_the_other(centre: Centre) -> None:
    agent, east_leader = centre.person("agent01"), centre.person("eastleader")
    there = {"Yuelai-Tenant": str(EAST)}
    found = agent.http.get("/api/v1/customers", params={"phone": CALLER}, headers=there).json()["items"]
    assert [card["name"] for card in found] == [SHARED_NAME]
    assert agent.get("/customers", phone=CALLER)["items"][0]["name"] == "王芳"
    refused = east_leader.http.get("/api/v1/customers", headers={"Yuelai-Tenant": str(SAMPLE_TENANT)})
    assert (refused.status_code, refused.json()["code"]) == (403, "no_grant_there")


def test_a_number_answers_as_soon_as_it_is_given_a_flow_and_no_more_when_it_is_taken_away(centre: Centre) -> None:
    admin = centre.person("admin")

    def dialled() -> int:
        return int(centre.called("--from", "13900005555", "--to", "10077", "--hold", "1")["calls"][0]["status"])

    assert dialled() == 404
    assert admin.http.put("/api/v1/access-numbers/10077", json={"flow": "main"}).status_code == 200
    eventually(lambda: dialled() == 200, 20)
    assert admin.http.delete("/api/v1/access-numbers/10077").status_code == 204
    eventually(lambda: dialled() == 404, 20)
    assert centre.person("leader01").interaction(ani="13900005555")["dnis"] == "10077"
