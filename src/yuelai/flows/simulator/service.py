"""A document made ready to be tried out: checked, with the flows it walks into and whoever is to call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from yuelai.customers import service as customers
from yuelai.flows import documents, loader, service, tables
from yuelai.flows.errors import FlowInvalid
from yuelai.flows.model import Flow
from yuelai.flows.places import is_local
from yuelai.flows.prompts.usage import prompts_of
from yuelai.flows.simulator.held import Simulations
from yuelai.flows.simulator.lookups import Answers, SimulatedLookUp
from yuelai.flows.simulator.simulation import Simulation
from yuelai.flows.simulator.words import Texts, Understands, contained
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.ids import new_id
from yuelai.routing.prompts import sentences
from yuelai.sounds import service as sounds

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def begin(
    database: Database,
    principal: Principal,
    held: Simulations,
    document: Mapping[str, Any],
    *,
    ani: str,
    at: datetime,
    language: str,
    channel: str,
    answers: Answers,
    understands: Understands = contained,
) -> Simulation:
    """Try a document out as somebody who calls from `ani`. Raises `FlowInvalid`, `DocumentUnfit`,
    `TooManySimulations`."""
    documents.fit(answers)
    async with database.transaction(principal.tenant_id) as conn:
        named = documents.named(documents.fit(document), "draft", 1, "draft")
        found = await service.faults(conn, principal, named)
        if found:
            raise FlowInvalid(found)
        texts = await sounds.texts(conn, principal.tenant_id)
        within = _reached(named, await service.published(conn, principal.tenant_id))
        caller = await _caller(conn, principal, ani)
    flow, flows = await asyncio.to_thread(_built, named, within)
    simulation = Simulation(
        new_id(), principal.tenant_id, principal.person_id, language, understands, _of(texts, named, within)
    )
    held.hold(simulation)
    lookup = SimulatedLookUp(database, principal, answers, lambda: at + timedelta(seconds=simulation.seconds))
    context = {
        "ani": ani,
        "dnis": "",
        "channel": channel,
        "tenant_id": str(principal.tenant_id),
        "interaction_id": str(simulation.id),
        "walk": 1,
        **caller,
    }
    await simulation.begin(flow, flows, lookup, context)
    return simulation


def _reached(document: Mapping[str, Any], published: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the published flows that the document leads into, and those they lead into."""
    found: dict[str, Mapping[str, Any]] = {}
    open_ = list(documents.walked_within(document))
    while open_:
        code = open_.pop()
        if code in published and code not in found:
            found[code] = published[code]
            open_.extend(documents.walked_within(published[code]))
    return found


def _of(texts: Texts, document: Mapping[str, Any], within: Mapping[str, Mapping[str, Any]]) -> Texts:
    """Return the words of the prompts that may be said: what the flows name, and what the system says by itself."""
    names = set(sentences()).union(*(prompts_of(each) for each in (document, *within.values())))
    return {name: words for name, words in texts.items() if name in names}


def _built(document: Mapping[str, Any], within: Mapping[str, Mapping[str, Any]]) -> tuple[Flow, dict[str, Flow]]:
    flows = {}
    for code, each in within.items():
        try:
            flows[code] = loader.load(each)
        except FlowInvalid:
            continue
    return loader.load(document), flows


async def _caller(conn: Connection, principal: Principal, ani: str) -> dict[str, Any]:
    """Return who is known by the number, to those who may see customers."""
    if not ani:
        return {"customer": None, "match": "withheld"}
    if not principal.may("customers.read"):
        return {"customer": None, "match": "new"}
    match = await customers.identify(conn, principal.tenant_id, ani)
    if match.kind != "one":
        return {"customer": None, "match": match.kind}
    card = match.customers[0]
    local = is_local(card, await tables.places(conn, principal.tenant_id))
    return {"customer": {**card, "local": local}, "match": match.kind}
