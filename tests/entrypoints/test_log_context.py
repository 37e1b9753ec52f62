"""Log lines about a request tell which, and whose."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from fastapi import Depends
from fastapi.routing import APIRoute

from tests.support.web import Site, add_person, home, site
from yuelai.identity.access import public, signed_in
from yuelai.identity.model import Principal

__all__ = ["home", "site"]


async def told(principal: Annotated[Principal, Depends(signed_in)]) -> dict[str, Any]:
    return structlog.contextvars.get_contextvars()


async def told_to_anybody(_: Annotated[None, Depends(public)]) -> dict[str, Any]:
    return structlog.contextvars.get_contextvars()


async def test_lines_of_a_request_carry_its_id_and_the_persons_and_of_nobody_else(site: Site) -> None:
    ann, bob = await add_person(site.database, "ann", "agent"), await add_person(site.database, "bob", "agent")
    routes = [APIRoute("/told", told), APIRoute("/told-to-anybody", told_to_anybody)]
    site.app.router.routes[:0] = routes
    async with await site.client("ann") as as_ann, await site.client("bob") as as_bob:
        for client, person in ((as_ann, ann), (as_bob, bob), (as_ann, ann)):
            answer = await client.get("/told", headers={"X-Request-Id": f"request-of-{person.username}"})
            assert answer.json() == {"request_id": f"request-of-{person.username}", "person_id": str(person.person_id)}
            assert list((await client.get("/told-to-anybody")).json()) == ["request_id"]
