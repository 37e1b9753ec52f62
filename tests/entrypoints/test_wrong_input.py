"""Wrong input of every kind, at every operation: a problem document with a stable code, never silence or a 5xx."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support.web import FakeCore, Site, add_person
from yuelai.entrypoints.web.openapi import PUBLIC
from yuelai.identity.permissions import ROLES
from yuelai.platform.ids import new_id

pytestmark = pytest.mark.timeout(180)

# Files come in here, bounded by themselves.
UPLOADS = {"/api/v1/customers/imports"}
SIGNS_OUT = {("delete", "/api/v1/session")}


@pytest.fixture
async def admin(site: Site, core: FakeCore) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may do everything, so that nothing is refused for want of a right."""
    await add_person(site.database, "boss", *ROLES, number="9001")
    client = await site.client("boss")
    client.timeout = httpx.Timeout(30)
    yield client
    await client.aclose()


async def operations(site: Site) -> list[tuple[str, str, dict[str, Any]]]:
    document = (await site.http.get("/api/openapi.json")).json()
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/") and (method, path) not in SIGNS_OUT
    ]


def fill(path: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: str(new_id()), path)


def code(answer: httpx.Response) -> str:
    assert answer.headers["content-type"].startswith("application/problem+json"), (answer.request.url, answer.text)
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return str(problem["code"])


async def test_broken_json_and_bodies_that_are_too_long(site: Site, admin: httpx.AsyncClient) -> None:
    takers = [(m, p) for m, p, o in await operations(site) if "requestBody" in o and p not in UPLOADS]
    assert len(takers) > 40
    for method, path in takers:
        headers = {"content-type": "application/json"}
        for body in (b'{"name": ', b"\xff\xfe", b"[" * 100_000):
            answer = await admin.request(method, fill(path), content=body, headers=headers)
            # What cannot even be read to its end is a bad request.
            assert (answer.status_code, code(answer)) in ((422, "invalid_request"), (400, "bad_request")), (
                method,
                path,
                body[:10],
            )
    for method, path in takers[:5]:
        long = b'{"name": "' + b"x" * 10_000_000 + b'"}'
        answer = await admin.request(method, fill(path), content=long, headers=headers)
        assert (answer.status_code, code(answer)) == (413, "body_too_large"), (method, path)


async def test_cursors_that_no_list_gave_out(site: Site, admin: httpx.AsyncClient) -> None:
    lists = [
        p for m, p, o in await operations(site) if any(each["name"] == "cursor" for each in o.get("parameters", ()))
    ]
    assert len(lists) >= 6
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    for path in lists:
        for cursor in ("x", "AAAA", "k6Fh", "-" * 400, "💥"):
            answer = await admin.get(fill(path), params={"cursor": cursor, "q": "王", "from": yesterday})
            assert (answer.status_code, code(answer)) in ((400, "bad_cursor"), (404, code(answer))), (path, cursor)


async def test_ids_that_nothing_has_and_ids_that_are_none(site: Site, admin: httpx.AsyncClient) -> None:
    asked = 0
    for method, path, _ in await operations(site):
        # What goes on now is core's to answer, which only plays here.
        if "{" not in path or method != "get" or path.endswith("/live") or "/takes/" in path:
            continue
        answer = await admin.get(fill(path))
        assert (answer.status_code, code(answer)) == (422, "invalid_request") or answer.status_code == 404, path
        for none in ("1", "x" * 300, "%00", "..%2f..%2fetc"):
            answer = await admin.get(re.sub(r"\{[^}]*\}", none, path))
            assert 400 <= answer.status_code < 500 or answer.status_code == 503, (path, none, answer.text)
            code(answer)
        asked += 1
    assert asked >= 12


async def test_a_session_that_is_over_is_told_so_everywhere(site: Site, admin: httpx.AsyncClient) -> None:
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE sessions SET expires_at = now() - $1::interval", timedelta(seconds=1))
    for method, path, operation in await operations(site):
        if operation["x-permission"] == PUBLIC:
            continue
        answer = await admin.request(method, fill(path), json={} if method in ("post", "put", "patch") else None)
        assert (answer.status_code, code(answer)) == (401, "not_signed_in"), (method, path)
    for token in ("yl_x", "x" * 5000, "é"):
        headers = {"Authorization": f"Bearer {token}".encode()}
        answer = await site.http.get("/api/v1/customers", headers=headers)
        assert (answer.status_code, code(answer)) == (401, "not_signed_in"), token[:10]
