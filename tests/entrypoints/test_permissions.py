"""Every endpoint × every role, asked for real: who lacks the permission is refused, who has it is not."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.support.web import FakeCore, Site, add_person
from yuelai.entrypoints.web.openapi import PUBLIC, SIGNED_IN
from yuelai.identity.permissions import ROLES
from yuelai.platform.ids import new_id

ROOT = Path(__file__).parents[2]

# The one ends the session it is asked with, the other is slow and open to all.
NOT_ASKED = {("delete", "/api/v1/session"), ("get", "/metrics")}


def fill(path: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: str(new_id()), path)


async def ask(client: Any, method: str, path: str) -> tuple[int, str]:
    answer = await client.request(method, fill(path), json={} if method in ("post", "put", "patch") else None)
    is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return answer.status_code, answer.json()["code"] if is_problem else ""


@pytest.mark.timeout(300)
async def test_each_role_reaches_exactly_what_its_permissions_say(site: Site, core: FakeCore) -> None:
    document = (await site.http.get("/api/openapi.json")).json()
    operations = [
        (method, path, operation["x-permission"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if (method, path) not in NOT_ASKED
    ]
    assert len(operations) > 60
    wrong: list[str] = []
    for method, path, permission in operations:
        status, code = await ask(site.http, method, path)
        if (permission != PUBLIC) != ((status, code) == (401, "not_signed_in")):
            wrong.append(f"nobody: {method} {path} answers {status} {code}, declared {permission}")
    for place, (role, permissions) in enumerate(ROLES.items()):
        await add_person(site.database, f"one.{role}", role, number=f"{9000 + place}")
        client = await site.client(f"one.{role}")
        client.timeout = 30
        for method, path, permission in operations:
            status, code = await ask(client, method, path)
            may = permission in (PUBLIC, SIGNED_IN) or permission in permissions
            refused = (status, code) == (403, "forbidden")
            if refused == may or status == 500 or (status == 401 and permission != PUBLIC):
                wrong.append(f"{role}: {method} {path} answers {status} {code}, declared {permission}")
        await client.aclose()
    assert wrong == []


async def test_somebody_without_any_role_reaches_nothing(site: Site, core: FakeCore) -> None:
    person = await add_person(site.database, "guest", "agent")
    client = await site.client("guest")
    async with site.database.transaction(None) as conn:
        await conn.execute("DELETE FROM grants WHERE person_id = $1", person.person_id)
    document = (await site.http.get("/api/openapi.json")).json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["x-permission"] not in (PUBLIC, SIGNED_IN):
                status, code = await ask(client, method, path)
                assert status in (401, 403), (method, path, status, code)
    await client.aclose()


def test_the_page_of_permissions_is_what_the_endpoints_say() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "permission_matrix.py"))
    assert made["PAGE"].read_text() == made["page"](), "stale: run tools/permission_matrix.py"
