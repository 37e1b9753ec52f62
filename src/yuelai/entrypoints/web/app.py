"""The web application: the rooms' endpoints, the two web sockets and the screens, and what surrounds them all."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.routing import BaseRoute

import yuelai.businesses.drafts.endpoints
import yuelai.businesses.endpoints
import yuelai.calendars.endpoints
import yuelai.channels.callback.endpoints
import yuelai.colleagues.bulletins.endpoints
import yuelai.colleagues.chats.endpoints
import yuelai.colleagues.endpoints
import yuelai.colleagues.handovers.endpoints
import yuelai.customers.routers
import yuelai.flows.endpoints
import yuelai.flows.number_endpoints
import yuelai.flows.prompts.endpoints
import yuelai.flows.simulator.endpoints
import yuelai.flows.walks.endpoints
import yuelai.identity.audit.endpoints
import yuelai.identity.endpoints
import yuelai.identity.organisation.endpoints
import yuelai.identity.people.endpoints
import yuelai.identity.roles.endpoints
import yuelai.identity.sign_in.endpoints
import yuelai.identity.sign_in.oidc_endpoints
import yuelai.identity.tenants.endpoints
import yuelai.identity.tokens.endpoints
import yuelai.interactions.candidate_endpoints
import yuelai.interactions.endpoints
import yuelai.interactions.verbs
import yuelai.knowledge.offers.desk_endpoints
import yuelai.knowledge.offers.endpoints
import yuelai.knowledge.scripts.desk_endpoints
import yuelai.knowledge.scripts.endpoints
import yuelai.messages.endpoints
import yuelai.recordings.endpoints
import yuelai.routing.agents.directory_endpoints
import yuelai.routing.agents.endpoints
import yuelai.routing.dispositions.endpoints
import yuelai.routing.endpoints
import yuelai.telephony.guards.endpoints
import yuelai.telephony.trace.endpoints
import yuelai.telephony.trunks.endpoints
from yuelai import __version__
from yuelai.businesses.personal import BusinessesPersonalData
from yuelai.channels.callback.personal import CallbacksPersonalData
from yuelai.channels.callback.service import open_of
from yuelai.channels.voice.prompt_maker import PromptMaker
from yuelai.colleagues.personal import ColleaguesPersonalData
from yuelai.connectors.tmforum.client import TmForum
from yuelai.customers.imports.uploads import FORM_BYTES
from yuelai.entrypoints.web import console, events, health, problems, rights, sip, system, trial
from yuelai.entrypoints.web.contacts import DeskContacts
from yuelai.entrypoints.web.corelink import CoreLink
from yuelai.entrypoints.web.middleware import BodyLimit, Measure, RateLimit, RequestId, SecurityHeaders
from yuelai.entrypoints.web.openapi import document
from yuelai.flows.prompts.endpoints import FORM_BYTES as PROMPT_FORM_BYTES
from yuelai.identity.access import public
from yuelai.identity.sessions import Sessions
from yuelai.interactions.personal import InteractionsPersonalData
from yuelai.interactions.service import contact_history, may_read
from yuelai.media import shares
from yuelai.media.asr.menu import choose
from yuelai.messages.personal import MessagesPersonalData
from yuelai.messages.sealing import Sealing
from yuelai.platform.bus import Bus
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient
from yuelai.platform.outbox import Listener
from yuelai.recordings.personal import RecordingsPersonalData

MAX_BODY = 1024 * 1024
"""Of a request, in bytes."""
LARGE_BODIES = {("POST", "/api/v1/customers/imports"): FORM_BYTES, ("PUT", "/api/v1/prompts/"): PROMPT_FORM_BYTES}
"""Written to disk as they come."""

ROUTERS: tuple[APIRouter, ...] = (
    yuelai.identity.endpoints.router,
    yuelai.identity.sign_in.endpoints.router,
    yuelai.identity.sign_in.oidc_endpoints.router,
    yuelai.identity.tokens.endpoints.router,
    yuelai.identity.audit.endpoints.router,
    yuelai.identity.people.endpoints.router,
    yuelai.identity.roles.endpoints.router,
    yuelai.identity.organisation.endpoints.router,
    yuelai.identity.tenants.endpoints.router,
    yuelai.customers.routers.router,
    yuelai.interactions.endpoints.router,
    yuelai.interactions.verbs.router,
    yuelai.interactions.candidate_endpoints.router,
    yuelai.messages.endpoints.router,
    yuelai.routing.endpoints.router,
    yuelai.routing.dispositions.endpoints.router,
    yuelai.calendars.endpoints.router,
    yuelai.businesses.endpoints.router,
    yuelai.businesses.drafts.endpoints.router,
    yuelai.colleagues.endpoints.router,
    yuelai.colleagues.bulletins.endpoints.router,
    yuelai.colleagues.chats.endpoints.router,
    yuelai.colleagues.handovers.endpoints.router,
    yuelai.routing.agents.endpoints.router,
    yuelai.routing.agents.directory_endpoints.router,
    yuelai.channels.callback.endpoints.router,
    yuelai.flows.number_endpoints.router,
    yuelai.flows.prompts.endpoints.router,
    yuelai.flows.simulator.endpoints.router,
    yuelai.flows.walks.endpoints.router,
    yuelai.flows.endpoints.router,
    yuelai.recordings.endpoints.router,
    yuelai.telephony.trunks.endpoints.router,
    yuelai.telephony.guards.endpoints.router,
    yuelai.telephony.trace.endpoints.router,
    yuelai.knowledge.scripts.endpoints.router,
    yuelai.knowledge.scripts.desk_endpoints.router,
    yuelai.knowledge.offers.endpoints.router,
    yuelai.knowledge.offers.desk_endpoints.router,
    health.router,
    system.router,
    events.router,
    sip.router,
    trial.router,
    console.router,  # takes every path, hence comes last
)


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return what all rooms offer, put together once for a process: that takes longer than all else about an app."""
    responses: dict[int | str, dict[str, Any]] = {
        "default": {"description": "RFC 9457 problem document", "content": {problems.MEDIA_TYPE: {}}}
    }
    everything = APIRouter(responses=responses)
    for router in ROUTERS:
        everything.include_router(router)
    return tuple(everything.routes)


def create_app(settings: Settings, *, webroot: Path | None = None) -> FastAPI:
    """Make the application. It serves while PostgreSQL, core or the others are away, and says so where it matters.

    `webroot` is the folder of the built console; unset, where the installation has it.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = app.state
        state.database = await Database.open(settings)
        state.sessions = Sessions(state.database, settings=settings)
        state.link = CoreLink(settings.socket("core"))
        state.core = state.link.client
        state.media = {name: IpcClient(settings.socket(name)) for name in shares.roles(settings)}
        state.worker = IpcClient(settings.socket("worker"))
        state.business_system = TmForum(settings.bss_url, settings.bss_key) if settings.bss_url else None
        clients = (state.core, *state.media.values(), state.worker)
        for client in clients:
            await client.start(wait=None)
        bus = Bus()
        rights.follow(bus, state.sessions)
        listener = Listener(state.database, bus)
        await listener.start()
        try:
            yield
        finally:
            await listener.close()
            for client in clients:
                await client.close()
            if state.business_system is not None:
                await state.business_system.close()
            await state.database.close()

    app = FastAPI(
        title="Yuelai 悦来",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings, app.state.webroot = settings, webroot
    app.state.contact_history, app.state.open_callbacks = contact_history, open_of
    app.state.seen_contacts, app.state.understands = may_read, choose
    app.state.knowledge_contacts = DeskContacts(app.state)
    app.state.personal_data = (
        RecordingsPersonalData(settings),
        BusinessesPersonalData(),
        MessagesPersonalData(Sealing(settings)),
        ColleaguesPersonalData(),  # before interactions forget whose they were
        InteractionsPersonalData(),
        CallbacksPersonalData(),
    )
    app.state.prompt_maker = PromptMaker()
    problems.install(app)

    @app.get("/api/openapi.json", include_in_schema=False, dependencies=[Depends(public)])
    async def openapi(request: Request) -> JSONResponse:
        return JSONResponse(document(request.app))

    app.router.routes.extend(_routes())
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, longest=MAX_BODY, others=LARGE_BODIES)
    app.add_middleware(Measure)
    app.add_middleware(RateLimit)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestId)
    return app
