import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.web import FakeCore, Site, add_person
from yuelai.entrypoints.web import events
from yuelai.identity.model import Principal
from yuelai.platform.ids import SAMPLE_TENANT

EVERYBODY = frozenset({"everybody"})


class Page:
    """What a screen does: takes the snapshot, applies the changes, checks their numbers."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.docs, self.number, self.snapshots = socket, dict[str, Any](), 0, 0
        self.mark: dict[str, Any] = {}
        self.core_was: list[bool] = []

    async def take(self) -> dict[str, Any]:
        """Take one message that is no heartbeat."""
        while True:
            message: dict[str, Any] = json.loads(await asyncio.wait_for(self.socket.recv(), 5))
            if message["type"] in ("snapshot", "resumed"):
                self.mark, self.number = {"epoch": message["epoch"], "seq": message["seq"]}, 0
                self.snapshots += message["type"] == "snapshot"
                if message["type"] == "snapshot":
                    self.docs = message["docs"]
                else:
                    for key, value in message["changes"].items():
                        self._set(key, value)
            elif message["type"] == "change":
                self.number += 1
                assert message["n"] == self.number
                self.mark["seq"] = message["seq"]
                self._set(message["key"], message["value"])
            elif message["type"] == "core":
                self.core_was.append(message["up"])
            else:
                continue
            return message

    def _set(self, key: str, value: Any) -> None:
        if value is None:
            self.docs.pop(key, None)
        else:
            self.docs[key] = value

    async def until(self, wanted: dict[str, Any]) -> None:
        while self.docs != wanted:
            await self.take()


async def closed_with(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await asyncio.wait_for(socket.recv(), 5)
    return closed.value.rcvd.code if closed.value.rcvd else None


async def open_page(site: Site, username: str) -> Page:
    socket = await connect(site.ws("/ws/events"))
    await socket.send(json.dumps({"token": await site.sign_in(username)}))
    return Page(socket)


@pytest.fixture
async def agent(site: Site, core: FakeCore) -> Principal:
    await site.app.state.core.connected.wait()
    return await add_person(site.database, "agent01", "agent", number="8001")


async def test_an_old_snapshot_and_the_changes_make_the_fresh_one(site: Site, core: FakeCore, agent: Principal) -> None:
    own = frozenset({f"person:{agent.person_id}"})
    core.store.put("queue/1", {"waiting": 0}, EVERYBODY)
    core.store.put("interaction/1", {"state": "ring"}, own)
    core.store.put("interaction/2", {"state": "talk"}, frozenset({"person:somebody else"}))
    page = await open_page(site, "agent01")
    assert (await page.take())["docs"] == {"queue/1": {"waiting": 0}, "interaction/1": {"state": "ring"}}
    core.store.put("queue/1", {"waiting": 3}, EVERYBODY)
    core.store.put("interaction/2", {"state": "hold"}, frozenset({"person:somebody else"}))
    core.store.put("agent/1", {"state": "ready"}, EVERYBODY)
    core.store.remove("interaction/1")
    fresh = core.store.snapshot(EVERYBODY | own)
    assert set(fresh) == {"queue/1", "agent/1"}
    await page.until(fresh)
    await page.socket.close()


async def test_core_is_told_who_watches(site: Site, core: FakeCore, agent: Principal) -> None:
    page = await open_page(site, "agent01")
    await page.take()
    assert [Principal.from_message(each) for each in core.subscribers] == [agent]
    await page.socket.close()


async def test_a_change_that_overtakes_the_snapshot_is_not_lost(site: Site, core: FakeCore, agent: Principal) -> None:
    core.store.put("queue/1", {"waiting": 0}, EVERYBODY)
    core.overtake = lambda: core.store.put("queue/1", {"waiting": 1}, EVERYBODY)
    page = await open_page(site, "agent01")
    assert (await page.take())["docs"] == {"queue/1": {"waiting": 0}}
    await page.until({"queue/1": {"waiting": 1}})
    await page.socket.close()


async def test_after_a_restart_of_core_the_page_gets_a_fresh_snapshot(
    site: Site, core: FakeCore, agent: Principal
) -> None:
    core.store.put("queue/1", {"waiting": 5}, EVERYBODY)
    core.store.put("interaction/1", {"state": "talk"}, EVERYBODY)
    page = await open_page(site, "agent01")
    await page.take()
    await core.stop()
    assert (await page.take()) == {"type": "core", "up": False}
    restarted = FakeCore(core.path)
    restarted.store.put("queue/1", {"waiting": 0}, EVERYBODY)
    await restarted.start()
    await page.until({"queue/1": {"waiting": 0}})
    assert page.snapshots == 2
    assert page.core_was == [False, True], "said once, and taken back before the snapshot"
    restarted.store.put("queue/1", {"waiting": 1}, EVERYBODY)
    await page.until({"queue/1": {"waiting": 1}})
    await page.socket.close()
    await restarted.stop()


async def test_a_page_may_come_before_core_does(site: Site, home: Any) -> None:
    await add_person(site.database, "agent01", "agent")
    page = await open_page(site, "agent01")
    assert (await page.take()) == {"type": "core", "up": False}
    core = FakeCore(site.settings.socket("core"))
    core.store.put("queue/1", {"waiting": 2}, EVERYBODY)
    await core.start()
    await page.until({"queue/1": {"waiting": 2}})
    assert page.core_was == [False, True]
    await page.socket.close()
    await core.stop()


async def test_core_hears_when_a_page_goes_away(site: Site, core: FakeCore, agent: Principal) -> None:
    page = await open_page(site, "agent01")
    await page.take()
    await page.socket.close()
    for _ in range(200):
        if core.unsubscribed:
            break
        await asyncio.sleep(0.01)
    assert len(core.unsubscribed) == 1
    assert site.app.state.link.changes == {}


async def test_the_time_comes_at_once_and_then_with_the_heartbeat(
    site: Site, core: FakeCore, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)
    page = await open_page(site, "agent01")
    times = []
    while len(times) < 3:
        message = json.loads(await asyncio.wait_for(page.socket.recv(), 5))
        if message["type"] == "time":
            times.append(message["now"])
    assert times == sorted(times)
    assert all(each.endswith("Z") for each in times)
    await page.socket.close()


async def test_somebody_who_does_not_read_is_dropped_and_may_come_back(
    site: Site, core: FakeCore, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "OUTBOX_LIMIT", 50)
    slow = await connect(site.ws("/ws/events"), max_queue=1)
    await slow.send(json.dumps({"token": await site.sign_in("agent01")}))
    quick = await open_page(site, "agent01")
    await quick.take()
    # Far more than the sockets' buffers hold, in pieces that the quick one keeps up with.
    filler = "x" * 200_000
    for number in range(400):
        core.store.put("queue/1", {"number": number, "filler": filler}, EVERYBODY)
        while quick.docs.get("queue/1", {}).get("number") != number:
            await quick.take()
        if len(site.app.state.link.changes) == 1:
            break
    assert len(site.app.state.link.changes) == 1, "the slow one is still there"
    await quick.socket.close()
    assert await closed_with(slow) == 1013


async def test_signing_out_ends_the_live_view(
    site: Site, core: FakeCore, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)
    token = await site.sign_in("agent01")
    socket = await connect(site.ws("/ws/events"))
    await socket.send(json.dumps({"token": token}))
    await Page(socket).take()
    await site.http.delete("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert await closed_with(socket) == 4401


@pytest.mark.parametrize("first", ['{"token": "made up"}', "{}", "no JSON", "[]", '{"token": 5}', b"\xff\x00"])
async def test_without_a_session_nothing_is_shown(site: Site, first: str | bytes) -> None:
    async with connect(site.ws("/ws/events")) as socket:
        await socket.send(first)
        assert await closed_with(socket) == 4401


async def test_who_says_nothing_is_sent_away(bare_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "FIRST_MESSAGE_SECONDS", 0.05)
    async with connect(bare_site.ws("/ws/events")) as socket:
        assert await closed_with(socket) == 4401


async def test_a_page_from_elsewhere_cannot_open_the_live_view(bare_site: Site) -> None:
    for path, subprotocols in (("/ws/events", None), ("/ws/sip", ["sip"])):
        with pytest.raises(Exception, match="403"):
            await connect(bare_site.ws(path), origin="http://evil.example", subprotocols=subprotocols)  # type: ignore[arg-type]
        own = f"http://127.0.0.1:{bare_site.port}"
        await (await connect(bare_site.ws(path), origin=own, subprotocols=subprotocols)).close()  # type: ignore[arg-type]


async def cut(page: Page, core: FakeCore) -> None:
    await page.socket.close()
    async with asyncio.timeout(5):
        while not core.unsubscribed:
            await asyncio.sleep(0.01)


async def come_back(site: Site, username: str, page: Page, mark: Any) -> None:
    page.socket = await connect(site.ws("/ws/events"))
    await page.socket.send(json.dumps({"token": await site.sign_in(username), "resume": mark}))


async def test_a_page_that_was_cut_off_gets_only_what_it_missed(site: Site, core: FakeCore, agent: Principal) -> None:
    core.store.put("queue/1", {"waiting": 0}, EVERYBODY)
    core.store.put("queue/2", {"waiting": 0}, EVERYBODY)
    page = await open_page(site, "agent01")
    await page.take()
    core.store.put("queue/2", {"waiting": 1}, EVERYBODY)
    await page.take()
    await cut(page, core)
    core.store.put("queue/1", {"waiting": 5}, EVERYBODY)
    core.store.remove("queue/2")
    core.store.put("interaction/2", {"state": "talk"}, frozenset({"person:somebody else"}))
    await come_back(site, "agent01", page, page.mark)
    message = await page.take()
    assert (message["type"], message["changes"]) == ("resumed", {"queue/1": {"waiting": 5}, "queue/2": None})
    assert page.docs == {"queue/1": {"waiting": 5}}
    core.store.put("queue/1", {"waiting": 6}, EVERYBODY)
    await page.until({"queue/1": {"waiting": 6}})
    await page.socket.close()


@pytest.mark.parametrize(
    "mark",
    [{"epoch": "of another life", "seq": 1}, {"epoch": 5, "seq": "x"}, {"epoch": "", "seq": 2**80}, "nonsense", [], {}],
)
async def test_what_cannot_be_resumed_begins_anew(site: Site, core: FakeCore, agent: Principal, mark: Any) -> None:
    core.store.put("queue/1", {"waiting": 3}, EVERYBODY)
    page = Page(None)  # type: ignore[arg-type]
    await come_back(site, "agent01", page, mark)
    assert (await page.take())["type"] == "snapshot"
    assert page.docs == {"queue/1": {"waiting": 3}}
    await page.socket.close()


async def test_a_right_that_is_taken_away_is_gone_from_the_screen(
    site: Site, core: FakeCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.05)
    await site.app.state.core.connected.wait()
    leader = await add_person(site.database, "leader01", "agent", "leader")
    core.store.put("queue/1", {"waiting": 3}, EVERYBODY)
    core.store.put("agent/1", {"state": "ready"}, frozenset({"supervision.view"}))
    page = await open_page(site, "leader01")
    assert set((await page.take())["docs"]) == {"queue/1", "agent/1"}
    async with site.database.transaction(None) as conn:
        await conn.execute("DELETE FROM grants WHERE person_id = $1 AND role = 'leader'", leader.person_id)
    assert (await page.take())["type"] == "snapshot"
    assert set(page.docs) == {"queue/1"}
    core.store.put("agent/1", {"state": "busy"}, frozenset({"supervision.view"}))
    core.store.put("queue/1", {"waiting": 4}, EVERYBODY)
    await page.until({"queue/1": {"waiting": 4}})
    await page.socket.close()


async def test_a_page_may_ask_for_its_session_to_be_looked_at_again(
    site: Site, core: FakeCore, agent: Principal
) -> None:
    page = await open_page(site, "agent01")
    await page.take()
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO grants (person_id, tenant_id, role) VALUES ($1, $2, 'leader')", agent.person_id, SAMPLE_TENANT
        )
    await page.socket.send("{}")
    assert (await page.take())["type"] == "snapshot"
    assert "supervision.view" in core.subscribers[-1]["permissions"]
    await page.socket.close()
