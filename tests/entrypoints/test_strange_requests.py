"""Requests that nobody would write, to every operation of a whole centre: no 5xx, and every refusal says what it is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as for_some

from tests.support.centre import Centre, running_centre

pytestmark = [pytest.mark.centre, pytest.mark.timeout(900)]

EXAMPLES = 5
# They end the session they are asked with; what they are asked for is random anyway.
LEFT_OUT = {("DELETE", "/api/v1/session"), ("PUT", "/api/v1/session/tenant")}


@pytest.fixture(scope="module")
def centre() -> Iterator[Centre]:
    with running_centre() as running:
        yield running


def known_ids(centre: Centre) -> dict[str, list[str]]:
    """Return ids that exist, by the name of the path's parameter, so that requests get past the look-up."""
    admin = centre.person("admin")
    people = [each for each in admin.get("/people", limit=20)["items"] if each["username"] != "admin"]
    return {
        "customer_id": [each["id"] for each in admin.get("/customers", limit=20)["items"]],
        "person_id": [each["id"] for each in people],
        "queue_id": [each["id"] for each in admin.get("/queues")["items"]],
        "site_id": [each["id"] for each in admin.get("/sites")["items"]],
        "group_id": [each["id"] for each in admin.get("/groups")["items"]],
        "skill_id": [each["id"] for each in admin.get("/skills")["items"]],
    }


def test_no_operation_breaks_whatever_it_is_asked(centre: Centre) -> None:
    schema = schemathesis.openapi.from_url(f"{centre.base}/api/openapi.json")
    ids, rng = known_ids(centre), random.Random(1)
    session = {"token": centre.person("admin").session["token"]}
    broken: list[str] = []
    asked = 0

    def once(case: Any) -> None:
        nonlocal asked
        for name in case.path_parameters or {}:
            if ids.get(name) and rng.random() < 0.5:
                case.path_parameters[name] = rng.choice(ids[name])
        answer = case.call(base_url=centre.base, headers={"Authorization": f"Bearer {session['token']}"}, timeout=30)
        asked += 1
        if answer.status_code == 401:
            session["token"] = centre.person("admin").session["token"]
        said = f"{case.method} {answer.request.url} {answer.request.body!r:.300}: "
        if answer.status_code >= 500:
            broken.append(f"{said}{answer.status_code} {answer.text[:300]}")
        elif answer.status_code >= 400:
            kind = "".join(answer.headers.get("content-type", []))
            if not kind.startswith("application/problem+json") or not answer.json().get("code"):
                broken.append(f"{said}{answer.status_code} without a problem document: {kind} {answer.text[:100]}")

    for each in schema.get_all_operations():
        operation = each.ok()
        if (operation.method.upper(), operation.path) in LEFT_OUT:
            continue

        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        @for_some(operation.as_strategy())
        def ask(case: Any) -> None:
            once(case)

        ask()
    assert asked > 400
    assert broken == []
