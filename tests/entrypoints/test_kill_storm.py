"""Every part dies while people work: what was acknowledged is there, each fact is handled, and its effects once."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from tests.support.centre import Centre, Person, eventually, running_centre
from yuelai.customers.events import CustomerCreated
from yuelai.platform.config import Settings
from yuelai.platform.db import Connection, Database
from yuelai.platform.facts import Fact
from yuelai.platform.outbox_followers import Follower
from yuelai.platform.postgres import dsn

pytestmark = [pytest.mark.centre, pytest.mark.timeout(240)]

CLERKS, AGENTS = 6, 2
VICTIMS = ("web", "postgres", "core", "worker", "postgres", "web", "core")
PHONES = itertools.count(13_900_000_000)


@pytest.fixture(scope="module")
def centre() -> Iterator[Centre]:
    with running_centre() as running:
        yield running


class Writer(threading.Thread):
    """Does one thing again and again, whatever it is answered, and keeps what was acknowledged."""

    def __init__(self, centre: Centre, username: str, act: Callable[[httpx.Client, int], Any]) -> None:
        super().__init__(daemon=True)
        self.acknowledged: list[Any] = []
        self.refused = 0
        self.unexpected: list[str] = []
        self._http, self._act = centre.person(username).http, act
        self._told_to_end = threading.Event()

    def run(self) -> None:
        for number in itertools.count():
            if self._told_to_end.is_set():
                return
            try:
                self.acknowledged.append(self._act(self._http, number))
            except httpx.HTTPStatusError as error:
                self.refused += 1
                if error.response.status_code != 503:
                    self.unexpected.append(f"{error.response.status_code} {error.response.text}")
                time.sleep(0.05)
            except httpx.HTTPError:
                self.refused += 1
                time.sleep(0.05)

    def end(self) -> None:
        self._told_to_end.set()
        self.join(20)
        assert not self.is_alive()


def add_customer(http: httpx.Client, number: int) -> str:
    answer = http.post("/api/v1/customers", json={"name": f"风暴{number}", "phones": [str(next(PHONES))]})
    answer.raise_for_status()
    return str(answer.json()["id"])


def change_state(http: httpx.Client, number: int) -> str:
    reason = f"storm {number}"
    http.put("/api/v1/agents/me/state", json={"state": "busy", "reason": reason}).raise_for_status()
    return reason


def database_of(centre: Centre) -> str:
    return dsn(Settings(home=centre.home))


class FollowerThread(threading.Thread):
    """A durable subscriber with a table of its own in the centre's database, which nothing keeps from doubles."""

    def __init__(self, where: str) -> None:
        super().__init__(daemon=True)
        self._where, self._told_to_end = where, threading.Event()
        self.begun = threading.Event()

    def run(self) -> None:
        asyncio.run(self._follow())

    async def _follow(self) -> None:
        async def write_down(conn: Connection, fact: Fact) -> None:
            assert isinstance(fact, CustomerCreated)
            await conn.execute("INSERT INTO storm_handled (customer_id) VALUES ($1)", fact.customer_id)

        database = await Database.open(self._where)
        async with database.transaction(None) as conn:
            await conn.execute("CREATE TABLE storm_handled (customer_id uuid)")
        follower = Follower(database, "storm", {CustomerCreated: write_down})
        await follower.follow()
        self.begun.set()
        await follower.start()
        while not self._told_to_end.is_set():
            await asyncio.sleep(0.1)
        await follower.close()
        while await follower.follow():
            pass
        await database.close()

    def end(self) -> None:
        self._told_to_end.set()
        self.join(20)
        assert not self.is_alive()


def healthy(centre: Centre) -> bool:
    try:
        return httpx.get(f"{centre.base}/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_eight_people_write_while_every_part_is_killed(centre: Centre) -> None:
    follower = FollowerThread(database_of(centre))
    follower.start()
    assert follower.begun.wait(20)
    clerks = [Writer(centre, "clerk01", add_customer) for _ in range(CLERKS)]
    agents = [Writer(centre, f"agent{n:02d}", change_state) for n in range(1, AGENTS + 1)]
    for writer in (*clerks, *agents):
        writer.start()
    for victim in VICTIMS:
        time.sleep(1.0)
        centre.kill(victim)
        eventually(lambda: healthy(centre), 40)
    before = [len(writer.acknowledged) for writer in (*clerks, *agents)]
    time.sleep(0.5)
    for writer in (*clerks, *agents):
        writer.end()
    follower.end()
    after = [len(writer.acknowledged) for writer in (*clerks, *agents)]
    assert all(now > then for now, then in zip(after, before, strict=True)), "somebody could not go on"
    assert sum(writer.refused for writer in clerks) > 0, "the storm touched nobody"
    assert [each for writer in (*clerks, *agents) for each in writer.unexpected] == []

    acknowledged = {customer for writer in clerks for customer in writer.acknowledged}
    found = asyncio.run(what_is_there(database_of(centre)))
    assert len(acknowledged) > 50
    assert acknowledged <= found["customers"].keys(), "an acknowledged customer is gone"
    # Who asked and got no answer may have been heard: but then everything about that customer is there, once.
    assert set(found["audits"].values()) == {1}
    assert found["audits"].keys() == found["customers"].keys()
    assert found["handled"] == dict.fromkeys(found["customers"], 1), "a fact was missed or handled twice"

    for writer, username in zip(agents, ("agent01", "agent02"), strict=True):
        log = found["states"][username]
        assert [reason for reason in log if reason in set(writer.acknowledged)] == writer.acknowledged
        assert len(log) == len(set(log)), "a change of state was applied twice"
        assert Person(centre.base, username).state()["reason"] == log[-1]


async def what_is_there(where: str) -> dict[str, Any]:
    connection = await asyncpg.connect(where)
    try:
        await connection.execute("SELECT set_config('yuelai.tenant_id', '*', false)")
        customers = await connection.fetch("SELECT id::text, 1 FROM customers WHERE name LIKE '风暴%'")
        audits = await connection.fetch(
            "SELECT substr(a.object, 10), count(*) FROM audit a JOIN customers c ON a.object = 'customer/' || c.id "
            "WHERE a.action = 'customer.created' AND c.name LIKE '风暴%' GROUP BY 1"
        )
        handled = await connection.fetch("SELECT customer_id::text, count(*) FROM storm_handled GROUP BY 1")
        states = await connection.fetch(
            "SELECT p.username, array_agg(l.reason ORDER BY l.started_at, l.id) FROM agent_state_log l "
            "JOIN people p ON p.id = l.agent_id WHERE l.reason LIKE 'storm %' GROUP BY 1"
        )
        return {
            "customers": dict(customers),
            "audits": dict(audits),
            "handled": dict(handled),
            "states": dict(states),
        }
    finally:
        await connection.close()
