import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts

from tests.support.web import FakeCore, Site, add_person
from yuelai.entrypoints.web.app import MAX_BODY, create_app
from yuelai.entrypoints.web.limits import Bucket, Buckets
from yuelai.identity.access import declarations
from yuelai.platform.config import Settings
from yuelai.platform.ids import new_id
from yuelai.platform.ipc import IpcServer


def test_every_endpoint_says_who_may_use_it(home: Path) -> None:
    app = create_app(Settings(home=home))
    declared = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        assert isinstance(route, APIRoute | APIWebSocketRoute), f"{route} cannot declare anything"
        methods = ",".join(sorted(getattr(route, "methods", None) or ["WS"]))
        declared[f"{methods} {route.path}"] = list(declarations(route.dependant))
    assert [path for path, said in declared.items() if not said] == []
    assert declared["GET /api/v1/customers"] == ["customers.read"]
    assert declared["POST /api/v1/customers"] == ["customers.write"]
    assert declared["GET /api/v1/agents/me/sip"] == ["agent.work"]
    assert declared["GET /api/v1/session"] == ["signed in"]
    assert declared["GET /api/v1/interactions"] == ["interactions.read"]
    # Nobody makes something public without saying so here.
    assert {path for path, said in declared.items() if said == ["public"]} == {
        "POST /api/v1/session",
        "GET /api/v1/session/oidc",
        "GET /api/v1/session/oidc/{code}/start",
        "GET /api/v1/session/oidc/{code}/callback",
        "POST /api/v1/session/oidc",
        "GET /health",
        "GET /metrics",
        "GET /api/openapi.json",
        "WS /ws/events",
        "WS /ws/sip",
        "GET,HEAD /{path:screen}",
        # They answer in the demo alone (test_trial.py).
        "GET /api/v1/try/customers",
        "POST /api/v1/try/calls",
        "GET /api/v1/try/calls/{visit_id}",
        "POST /api/v1/try/calls/{visit_id}/keys",
        "DELETE /api/v1/try/calls/{visit_id}",
    }


async def test_without_a_session_nothing_of_the_api_answers(bare_site: Site) -> None:
    document = (await bare_site.http.get("/api/openapi.json")).json()
    asked = 0
    for path, operations in document["paths"].items():
        for method in operations:
            if path in ("/health", "/metrics") or (path, method) == ("/api/v1/session", "post") or "/oidc" in path:
                continue
            if path.startswith("/api/v1/try/"):
                continue
            answer = await bare_site.http.request(method, re.sub(r"{\w+}", str(new_id()), path), json={})
            assert answer.status_code == 401, (method, path, answer.text)
            asked += 1
    assert asked >= 10


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_unknown_paths_of_the_api_get_a_problem_document(bare_site: Site, method: str) -> None:
    answer = await bare_site.http.request(method, "/api/v1/nothing-here")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_is_told_apart_from_an_unknown_path(bare_site: Site) -> None:
    answer = await bare_site.http.put("/api/v1/session")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) <= {"GET", "POST", "DELETE"}


async def test_an_invalid_request_names_its_fields_and_keeps_what_was_sent_to_itself(bare_site: Site) -> None:
    answer = await bare_site.http.post("/api/v1/session", json={"username": "", "password": "s3cret" * 300})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert {each["field"] for each in answer.json()["errors"]} == {"username", "password"}
    assert "s3cret" not in answer.text
    broken = await bare_site.http.post("/api/v1/session", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 422


async def test_a_body_that_is_too_long_is_refused(bare_site: Site) -> None:
    answer = await bare_site.http.post("/api/v1/session", content=b"x" * (MAX_BODY + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * (MAX_BODY // 10)

    answer = await bare_site.http.post("/api/v1/session", content=unannounced())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_mistake_of_ours_is_an_answer_without_details(home: Path) -> None:
    app = create_app(Settings(home=home))

    @app.get("/api/v1/broken")
    async def broken() -> None:
        raise RuntimeError("secret detail")

    # Before the console's route, which takes every path.
    app.router.routes.insert(0, app.router.routes.pop())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/api/v1/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret detail" not in answer.text


async def test_every_answer_carries_the_security_headers(bare_site: Site) -> None:
    for path in ("/api/v1/session", "/health", "/", "/nothing"):
        headers = (await bare_site.http.get(path)).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["script-src"] == "'self'"
        assert policy["connect-src"] == "'self' ws: wss:"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert (await bare_site.http.get("/api/v1/session")).headers["cache-control"] == "no-store"


async def test_health_says_which_part_does_not_serve(site: Site) -> None:
    answer = await site.http.get("/health")
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert parts["postgres"]["ok"] is True
    assert parts["core"]["ok"] is False


async def test_health_is_good_when_every_part_serves(site: Site, core: FakeCore) -> None:
    async def health(*_: object) -> dict[str, object]:
        return {"ok": True, "parts": {}}

    others = [IpcServer(site.settings.socket(role), {"health": health}) for role in ("media-1", "worker")]
    for server in others:
        await server.start()
    for client in (site.app.state.core, site.app.state.media["media-1"], site.app.state.worker):
        await client.connected.wait()
    answer = await site.http.get("/health")
    assert answer.status_code == 200, answer.text
    assert set(answer.json()["parts"]) == {"web", "postgres", "core", "media-1", "worker", "routing"}
    for server in others:
        await server.close()


async def test_a_part_that_reports_trouble_makes_health_bad(site: Site, core: FakeCore) -> None:
    async def trouble(*_: object) -> dict[str, object]:
        return {"ok": False, "parts": {"jobs": {"ok": False, "detail": "the database is away"}}}

    worker = IpcServer(site.settings.socket("worker"), {"health": trouble})
    await worker.start()
    await site.app.state.worker.connected.wait()
    answer = await site.http.get("/health")
    assert answer.status_code == 503
    assert answer.json()["parts"]["jobs"] == {"ok": False, "detail": "the database is away"}
    await worker.close()


async def test_measurements_are_counted_by_route_and_not_by_path(site: Site) -> None:
    await add_person(site.database, "agent01", "agent")
    client = await site.client("agent01")
    parts = "yuelai_http_requests_total{", 'route="/api/v1/customers/{customer_id:uuid}/overview"', 'status="404"'

    async def counted() -> tuple[float, str]:
        text = (await site.http.get("/metrics")).text
        wanted = [line for line in text.splitlines() if all(part in line for part in parts)]
        return sum(float(line.split()[-1]) for line in wanted), text

    # The counters belong to the process, which other tests share.
    before, _ = await counted()
    await client.get("/api/v1/customers/01900000-0000-7000-8000-00000000abcd/overview")
    after, text = await counted()
    assert after == before + 1
    assert "00000000abcd" not in text


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    bucket = Bucket(rate=10, burst=5, now=0)
    assert [bucket.take(0) for _ in range(6)] == [True] * 5 + [False]
    assert bucket.take(0.05) is False
    assert bucket.take(0.1) is True
    assert [bucket.take(100) for _ in range(6)] == [True] * 5 + [False]


def test_each_address_has_a_bucket_of_its_own() -> None:
    buckets = Buckets(rate=1, burst=1, capacity=2)
    assert [buckets.take(key, 0) for key in ("a", "a", "b")] == [True, False, True]
    # "a" was heard of longest ago: it makes place for "c" and begins anew.
    assert [buckets.take(key, 0) for key in ("c", "b", "a")] == [True, False, True]
