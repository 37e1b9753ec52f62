"""Ports of one room bound to the services of another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from yuelai.bootstrap.areas import Areas
from yuelai.bootstrap.flow_versions import FlowVersions, RunningFlows, Standing
from yuelai.bootstrap.flow_walks import WalkKeeper
from yuelai.bootstrap.lookups import BusinessLookUp, Outside
from yuelai.bootstrap.prompts import OwnPrompts
from yuelai.channels.ports import Closing, Entry, FlowOutcome, Identified
from yuelai.channels.voice import speech
from yuelai.customers import service as customers
from yuelai.flows import ports as flows
from yuelai.flows import repository as numbers
from yuelai.flows.model import Flow, Walked
from yuelai.flows.runtime import run
from yuelai.identity.credentials import PostgresCredentialStore
from yuelai.interactions import service as interactions
from yuelai.interactions.model import Tenant
from yuelai.media.ports import MediaError
from yuelai.media.tts.speaker import Speaker
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Connection, Database
from yuelai.platform.ids import TenantId
from yuelai.telephony.ports import Credential

log = structlog.get_logger()


class CustomerDirectory:
    """`channels.ports.Customers` over the customers room."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def identify(self, tenant_id: UUID, ani: str) -> Identified:
        async with self._database.transaction(tenant_id) as conn:
            match = await customers.identify(conn, tenant_id, ani)
            known = [UUID(str(card["id"])) for card in match.customers] if match.kind == "one" else []
            previous = await interactions.previous_of(conn, tenant_id, ani, known, SystemClock().now())
        return Identified(match.kind, list(match.customers), previous)

    async def card(self, tenant_id: UUID, customer_id: UUID) -> Mapping[str, Any]:
        async with self._database.transaction(tenant_id) as conn:
            return await customers.card(conn, tenant_id, customer_id)


class SipCredentials:
    """`telephony.ports.CredentialStore` over identity's."""

    def __init__(self, store: PostgresCredentialStore) -> None:
        self._store = store

    async def credential(self, username: str) -> Credential | None:
        found = await self._store.credential(username)
        return None if found is None else Credential(found.user, found.ha1_md5, found.ha1_sha256)


class FlowDirectory:
    """`channels.ports.Flows`: which flow serves which access number of which tenant, and how its words sound."""

    left: type[Exception] = flows.Left

    def __init__(self, database: Database, speaker: Speaker, prompts: OwnPrompts) -> None:
        self._database, self._speaker, self._prompts = database, speaker, prompts
        self.closing_of: Callable[[UUID, str], Closing | None] | None = None
        """Why a tenant's queue of that code is closed now, None while it is open; unset where nobody knows hours."""
        self.outside = Outside()
        """Whom look-ups ask beside our own tables."""
        self.running = RunningFlows()
        self.walks: WalkKeeper | None = None
        """Who keeps how contacts went through flows; unset where nobody counts."""
        self._versions = FlowVersions()
        self._areas = Areas()
        self._entries: Mapping[str, Entry] = {}

    async def load(self, conn: Connection) -> None:
        """Take over numbers and flows as PostgreSQL has them now."""
        await self._versions.load(conn)
        await self._areas.load(conn)
        await self._prompts.load(conn)
        entries = {}
        for row in await numbers.answered(conn):
            flow = self._versions.flows(row["tenant_id"]).get(row["flow"])
            if flow is not None:
                tenant = Tenant(TenantId(row["tenant_id"]), row["code"], row["name"])
                entries[row["number"]] = Entry(tenant, flow, early=flow.early)
            else:
                log.error("access_number_without_flow", number=row["number"], flow=row["flow"])
        self._entries = entries

    def entry(self, called: str) -> Entry | None:
        return self._entries.get(called)

    def number_of(self, tenant_id: UUID) -> str:
        """Return the number that a tenant's customers know it by: its first one, empty when it has none."""
        return min((number for number, entry in self._entries.items() if entry.tenant.id == tenant_id), default="")

    async def run(self, entry: Entry, dialogue: Any, context: Mapping[str, Any]) -> FlowOutcome:
        flow: Flow = entry.flow
        context = {**context, "customer": self._areas.with_local(entry.tenant.id, context.get("customer"))}
        lookup = BusinessLookUp(
            self._database, entry.tenant.id, self.closing_of, self.outside, context, language=lambda: dialogue.language
        )
        with self.running.within(entry.tenant.id, flow) as standing:
            outcome = await run(
                flow,
                dialogue,
                lookup,
                context,
                flows=self._versions.flows(entry.tenant.id),
                on_walked=partial(self._on_walked, entry.tenant.id, context, standing),
                watch=standing.began,
            )
        if isinstance(outcome, flows.ToQueue):
            return FlowOutcome(queue=outcome.queue, attributes=outcome.attributes)
        if isinstance(outcome, flows.ToNumber):
            return FlowOutcome(number=outcome.number)
        return FlowOutcome(served=outcome.served)

    def _on_walked(self, tenant_id: UUID, context: Mapping[str, Any], standing: Standing, walked: Walked) -> None:
        standing.ended(walked)
        if self.walks is not None and "interaction_id" in context:
            interaction = UUID(str(context["interaction_id"]))
            self.walks.keep(tenant_id, interaction, int(context.get("walk", 1)), walked)

    async def files(self, tenant_id: UUID, utterances: Sequence[Any], language: str) -> list[Path]:
        """Raises `flows.CannotSay` for the first that there is no sound for."""
        found = list[Path]()
        for each in utterances:
            try:
                found += await self._sound(tenant_id, each, language)
            except speech.Unspeakable as error:
                raise flows.CannotSay(each) from error
        return found

    async def _sound(self, tenant_id: UUID, utterance: flows.Utterance, language: str) -> list[Path]:
        if isinstance(utterance, flows.Text):
            return [await self._spoken(tenant_id, utterance.text, utterance.otherwise, language)]
        if isinstance(utterance, flows.Prompt):
            # There may be words of the tenant's own that nobody has recorded.
            words = self._prompts.words(tenant_id, utterance.name, language)
            return [await self._spoken(tenant_id, words, utterance.name, language)]
        return [speech.prompt_path(name, language) for name in _names(utterance, language)]

    async def _spoken(self, tenant_id: UUID, text: str, otherwise: str, language: str) -> Path:
        """Return the text spoken by a voice; the prompt `otherwise` where there is no text, or no voice."""
        if text:
            try:
                return await self._speaker.file(text, language)
            except MediaError as error:
                log.warning("text_not_spoken", reason=str(error), instead=otherwise)
        return self._prompts.path(tenant_id, otherwise, language)


def _names(utterance: flows.Utterance, language: str) -> list[str]:
    match utterance:
        case flows.Prompt(name):
            return [name]
        case flows.Money(minor, currency):
            return speech.money(minor, currency, language)
        case flows.Digits(digits):
            return speech.digits(digits, language)
        case flows.Number(value):
            return speech.number(value, language)
        case flows.Instant(at, clock):
            return speech.instant(at, language, clock=clock)
    raise TypeError(f"cannot say {utterance!r}")
