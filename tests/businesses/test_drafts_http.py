"""Drafts belong to the contact: whoever has it goes on with them, and nobody's keystrokes are lost to another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.businesses.conftest import Contact
from tests.support.web import Site, add_person
from yuelai.businesses.jobs import KEPT, forget_drafts
from yuelai.platform.ids import SAMPLE_TENANT, new_id


@pytest.fixture
async def first(site: Site, contact: Contact) -> httpx.AsyncClient:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    contact.agents.add(agent.person_id)
    return await site.client("agent01")


@pytest.fixture
async def second(site: Site) -> tuple[UUID, httpx.AsyncClient]:
    agent = await add_person(site.database, "agent02", "agent", number="8002")
    return agent.person_id, await site.client("agent02")


def draft(contact: Contact, version: int = 0, form: str = "business:bill_dispute", **values: Any) -> dict[str, Any]:
    return {"interaction_id": str(contact.id), "form": form, "values": values, "version": version}


async def listed(client: httpx.AsyncClient, contact: Contact) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/interactions/{contact.id}/drafts")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_whoever_takes_the_contact_over_goes_on_with_its_drafts(
    contact: Contact, first: httpx.AsyncClient, second: tuple[UUID, httpx.AsyncClient]
) -> None:
    person, colleague = second
    path = f"/api/v1/drafts/{new_id()}"
    made = await first.put(path, json=draft(contact, amount=48.6))
    assert made.status_code == 200, made.text
    assert (made.json()["version"], made.json()["updated_by"]["number"]) == (1, "8001")
    strange = await colleague.get(f"/api/v1/interactions/{contact.id}/drafts")
    assert (strange.status_code, strange.json()["code"]) == (404, "no_such_interaction")
    assert (await colleague.put(path, json=draft(contact, 1, amount=1))).status_code == 404
    assert (await colleague.delete(path)).status_code == 404
    contact.agents = {person}
    (theirs,) = await listed(colleague, contact)
    assert (theirs["values"], theirs["form"]) == ({"amount": 48.6}, "business:bill_dispute")
    changed = await colleague.put(path, json=draft(contact, 1, amount=48.6, wish="refund"))
    assert (changed.json()["version"], changed.json()["updated_by"]["number"]) == (2, "8002")


async def test_who_comes_too_late_is_told_how_the_draft_stands(contact: Contact, first: httpx.AsyncClient) -> None:
    path = f"/api/v1/drafts/{new_id()}"
    await first.put(path, json=draft(contact, wish="explain"))
    await first.put(path, json=draft(contact, 1, wish="refund"))
    late = await first.put(path, json=draft(contact, 1, amount=1))
    assert (late.status_code, late.json()["code"]) == (409, "draft_moved")
    stands = late.json()["draft"]
    assert (stands["version"], stands["values"], stands["updated_by"]["number"]) == (2, {"wish": "refund"}, "8001")
    twice = await first.put(path, json=draft(contact, amount=1))
    assert (twice.status_code, twice.json()["code"]) == (409, "draft_moved"), "one that is new is new once"
    assert (await listed(first, contact))[0]["values"] == {"wish": "refund"}


async def test_a_closed_draft_is_gone_and_can_be_kept_again(contact: Contact, first: httpx.AsyncClient) -> None:
    path = f"/api/v1/drafts/{new_id()}"
    await first.put(path, json=draft(contact, amount=1))
    assert (await first.delete(path)).status_code == 204
    assert await listed(first, contact) == []
    gone = await first.put(path, json=draft(contact, 1, amount=2))
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_draft")
    assert (await first.delete(path)).status_code == 404
    assert (await first.put(path, json=draft(contact, amount=1))).json()["version"] == 1


async def test_a_draft_stays_with_its_contact(contact: Contact, first: httpx.AsyncClient) -> None:
    path = f"/api/v1/drafts/{new_id()}"
    await first.put(path, json=draft(contact, amount=1))
    before, contact.id = contact.id, new_id()
    other = await first.put(path, json=draft(contact, 1, amount=2))
    assert (other.status_code, other.json()["code"]) == (409, "other_contact")
    contact.id = before
    assert (await listed(first, contact))[0]["values"] == {"amount": 1}


async def test_drafts_are_bounded_in_size_and_number(contact: Contact, first: httpx.AsyncClient) -> None:
    long = await first.put(f"/api/v1/drafts/{new_id()}", json=draft(contact, what="字" * 11_000))
    assert (long.status_code, long.json()["code"]) == (413, "draft_too_long")
    for _ in range(50):
        assert (await first.put(f"/api/v1/drafts/{new_id()}", json=draft(contact, a=1))).status_code == 200
    more = await first.put(f"/api/v1/drafts/{new_id()}", json=draft(contact, a=1))
    assert (more.status_code, more.json()["code"]) == (409, "too_many_drafts")
    for wrong in ({"form": "No!"}, {"values": []}, {"version": -1}, {"colour": "red"}):
        body = {**draft(contact), **wrong}
        assert (await first.put(f"/api/v1/drafts/{new_id()}", json=body)).status_code == 422, wrong


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else "x"


@pytest.mark.parametrize(
    "values", [{"a": nested(400)}, {"a": nested(4)}, {"a": "nul\0"}, {"nul\0": 1}, {"a": [0] * 6000}]
)
async def test_what_cannot_be_kept_is_refused_and_spoils_nothing(
    contact: Contact, first: httpx.AsyncClient, values: dict[str, Any]
) -> None:
    refused = await first.put(f"/api/v1/drafts/{new_id()}", json=draft(contact, **values))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert await listed(first, contact) == []


async def test_what_nobody_touches_for_a_month_is_forgotten(
    site: Site, contact: Contact, first: httpx.AsyncClient
) -> None:
    for form in ("note", "wrapup"):
        await first.put(f"/api/v1/drafts/{new_id()}", json=draft(contact, form=form, v="x"))
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("UPDATE drafts SET updated_at = now() - $1::interval WHERE form = 'note'", KEPT)
        await conn.execute("UPDATE drafts SET updated_at = now() - $1::interval WHERE form = 'wrapup'",
                           KEPT - timedelta(hours=1))  # fmt: skip
    await forget_drafts(site.database, {})
    assert [one["form"] for one in await listed(first, contact)] == ["wrapup"]
