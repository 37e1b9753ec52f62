"""Interactions over HTTP, with core played by the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.interactions.book import Book
from tests.support.web import Site, add_person
from yuelai.identity.model import Principal
from yuelai.interactions.errors import IllegalStep
from yuelai.platform.ids import new_id
from yuelai.platform.ipc import IpcServer, Peer

VERBS = (
    "hold", "retrieve", "hangup", "rejoin", "pause_recording", "resume_recording", "note", "wrapup", "customer",
)  # fmt: skip


@pytest.fixture
async def asked(site: Site) -> AsyncIterator[list[tuple[str, dict[str, Any]]]]:
    """What core was asked."""
    heard: list[tuple[str, dict[str, Any]]] = []

    def handler(verb: str) -> Any:
        async def answer(peer: Peer, params: dict[str, Any]) -> dict[str, Any]:
            if verb == "retrieve":
                raise IllegalStep("nobody is on hold")
            heard.append((verb, params))
            return {}

        return answer

    server = IpcServer(site.settings.socket("core"), {f"interaction.{verb}": handler(verb) for verb in VERBS})
    await server.start()
    await site.app.state.core.connected.wait()
    yield heard
    await server.close()


@pytest.fixture
async def agent(site: Site) -> Principal:
    return await add_person(site.database, "agent01", "agent", number="8001")


@pytest.fixture
async def client(site: Site, agent: Principal) -> AsyncIterator[httpx.AsyncClient]:
    async with await site.client("agent01") as opened:
        yield opened


async def test_a_list_and_a_page_have_the_documented_shape(
    site: Site, agent: Principal, client: httpx.AsyncClient
) -> None:
    book = Book()
    recorder = await book.served(agent.person_id, new_id())
    await book.project(site.database)
    answer = await client.get("/api/v1/interactions", params={"ani": "138 0000 0001", "from": "2026-01-01T00:00:00"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["next_cursor"] is None
    (item,) = body["items"]
    assert set(item) >= {
        "id", "trail_no", "channel", "direction", "state", "ani", "dnis", "started_at", "ended_at", "end_reason",
        "customer", "match", "queue", "agent", "wait_seconds", "talk_seconds", "disposition", "recordings",
    }  # fmt: skip
    assert (item["trail_no"], item["agent"]["number"], item["talk_seconds"]) == ("T0304-00001", "8001", 90.0)
    page = (await client.get(f"/api/v1/interactions/{recorder.interaction.id}")).json()
    assert [one["kind"] for one in page["segments"]] == ["ivr", "queue", "ring", "talk", "hold", "talk", "wrapup"]
    assert {"trail", "candidates", "card", "note"} <= set(page)
    assert page["note"] == "客户满意"


async def test_what_changes_a_call_is_asked_of_core_in_the_agents_name(
    client: httpx.AsyncClient, agent: Principal, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    id_, customer = new_id(), new_id()
    path = f"/api/v1/interactions/{id_}"
    answers = [
        await client.post(f"{path}/hold"),
        await client.post(f"{path}/hangup"),
        await client.post(f"{path}/rejoin"),
        await client.post(f"{path}/notes", json={"text": " 三楼 "}),
        await client.post(f"{path}/wrapup", json={"disposition": "solved", "note": "好"}),
        await client.put(f"{path}/customer", json={"customer_id": str(customer)}),
    ]
    assert [answer.status_code for answer in answers] == [204] * 6
    assert [verb for verb, _ in asked] == ["hold", "hangup", "rejoin", "note", "wrapup", "customer"]
    for _, params in asked:
        assert params["interaction_id"] == str(id_)
        assert params["principal"]["person_id"] == str(agent.person_id)
    assert asked[3][1]["text"] == "三楼"
    assert (asked[4][1]["disposition"], asked[4][1]["note"]) == ("solved", "好")
    assert asked[5][1]["customer_id"] == str(customer)


async def test_a_refusal_of_core_reaches_the_screen_as_it_is(
    client: httpx.AsyncClient, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    answer = await client.post(f"/api/v1/interactions/{new_id()}/retrieve")
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
        409, "illegal_step", "nobody is on hold",
    )  # fmt: skip


async def test_who_paused_a_recording_stands_in_the_audit_trail(
    site: Site, client: httpx.AsyncClient, agent: Principal, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    id_ = new_id()
    for verb in ("pause", "resume"):
        assert (await client.post(f"/api/v1/interactions/{id_}/{verb}-recording")).status_code == 204
    assert [verb for verb, _ in asked] == ["pause_recording", "resume_recording"]
    async with site.database.transaction(None) as conn:
        lines = await conn.fetch(
            "SELECT person_id, action, object FROM audit WHERE action LIKE 'recording.%' ORDER BY id"
        )
    assert [tuple(line) for line in lines] == [
        (agent.person_id, f"recording.{what}", f"interaction/{id_}") for what in ("paused", "resumed")
    ]


async def test_a_pause_that_core_could_not_make_stands_there_as_wanted(site: Site, client: httpx.AsyncClient) -> None:
    assert (await client.post(f"/api/v1/interactions/{new_id()}/pause-recording")).status_code == 503
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'recording.paused'") == 1


async def test_without_core_a_call_cannot_be_changed_but_lists_still_work(client: httpx.AsyncClient) -> None:
    assert (await client.post(f"/api/v1/interactions/{new_id()}/hold")).status_code == 503
    assert (await client.get("/api/v1/interactions")).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/interactions?limit=0", 422),
        ("/api/v1/interactions?from=yesterday", 422),
        ("/api/v1/interactions?cursor=x", 400),
        ("/api/v1/interactions/no-id", 422),
        ("/api/v1/interactions/01900000-0000-7000-8000-00000000dead", 404),
    ],
)
async def test_bad_questions_get_clear_answers(client: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert answer.json()["code"]


async def test_notes_must_say_something(client: httpx.AsyncClient, asked: list[tuple[str, dict[str, Any]]]) -> None:
    for body in ({"text": "  "}, {}, {"text": "x", "colour": "red"}):
        assert (await client.post(f"/api/v1/interactions/{new_id()}/notes", json=body)).status_code == 422
    assert asked == []


async def test_nobody_comes_in_without_signing_in(site: Site) -> None:
    assert (await site.http.get("/api/v1/interactions")).status_code == 401
