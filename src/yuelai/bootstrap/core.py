"""The core process: all realtime state of the centre, wired together, rebuilt at start and handed over at the end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
import uvloop

from yuelai.bootstrap import colleagues, sending
from yuelai.bootstrap.adapters import CustomerDirectory, FlowDirectory, SipCredentials
from yuelai.bootstrap.callbacks import CallbackRows, CallsOut
from yuelai.bootstrap.dialogs import DialogKeeper
from yuelai.bootstrap.directory import LiveDirectory
from yuelai.bootstrap.flow_walks import WalkKeeper
from yuelai.bootstrap.hours import QueueHours
from yuelai.bootstrap.lookups import Outside
from yuelai.bootstrap.outside import OutsideCalls
from yuelai.bootstrap.prompts import OwnPrompts, Recording, Speaking
from yuelai.bootstrap.proof import Proof
from yuelai.bootstrap.registrations import RegistrationKeeper
from yuelai.bootstrap.relations import CustomerRelations
from yuelai.bootstrap.requests import Requests
from yuelai.bootstrap.seats import Seats
from yuelai.bootstrap.station_calls import StationCalls
from yuelai.bootstrap.trunks import LiveTrunks
from yuelai.bootstrap.wrapups import checked
from yuelai.calendars import repository as calendar_tables
from yuelai.calendars.live import Calendars
from yuelai.channels.callback import repository as callback_tables
from yuelai.channels.callback.keeper import Keeper
from yuelai.channels.switch import Channels
from yuelai.channels.voice.channel import VoiceChannel
from yuelai.channels.voice.outgoing_calls import OutgoingCalls
from yuelai.channels.voice.services import VoiceServices
from yuelai.channels.voice.speech import prompt_path
from yuelai.channels.voice.takes import Takes
from yuelai.connectors.order97.client import Order97
from yuelai.connectors.tmforum.client import TmForum
from yuelai.customers.events import CustomerCreated, CustomersImported
from yuelai.customers.view.service import Sources
from yuelai.flows.walks import tables as walk_tables
from yuelai.identity.credentials import PostgresCredentialStore
from yuelai.interactions import repository as interaction_tables
from yuelai.interactions.numbering import TrailNumbers
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.interactions.restart import records_to_close
from yuelai.media.asr.chosen import recogniser
from yuelai.media.client import EmbeddedMediaEngine
from yuelai.media.tts.chosen import speaker
from yuelai.messages.sealing import Sealing
from yuelai.platform import garbage
from yuelai.platform.bus import Bus
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.health import Health, Part
from yuelai.platform.ipc import IpcServer, Peer
from yuelai.platform.journal import Journal
from yuelai.platform.live import LiveStore
from yuelai.platform.outbox import Relay
from yuelai.platform.overflow import Overflow
from yuelai.platform.ownership import Ownership
from yuelai.platform.projector import Projector
from yuelai.recordings import repository as recording_tables
from yuelai.recordings.service import Recordings
from yuelai.routing import repository as routing_tables
from yuelai.routing.dispositions import tables as disposition_tables
from yuelai.routing.dispositions.known import KnownDispositions
from yuelai.routing.driver import RoutingDriver
from yuelai.telephony import repository as telephony_tables
from yuelai.telephony.guards.keeper import GuardKeeper
from yuelai.telephony.service import SipTelephony
from yuelai.telephony.trace.keeping import Traces
from yuelai.telephony.trunks.accounts import TrunkCredentials
from yuelai.telephony.trunks.trial import Trials

log = structlog.get_logger()

COALESCED_SECONDS = 0.1
"""Changes of one live document within this time are one message to a screen that it is not addressed to."""
DOMAIN = "centre"
"""The routing domain: one for now, as all agents and queues may meet."""
GIVE_UP_SECONDS = 10.0
"""How long core may take to end when its disk has failed."""


def run_core(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Its socket answers once calls are taken.

    Ends with exit code 1 when the journal's disk has failed; then it is to be started anew.
    """
    if not uvloop.run(serve(settings)):
        raise SystemExit(1)


async def serve(settings: Settings) -> bool:
    """Return true when it was asked to end, false when it cannot go on."""
    stop, last_resort = asyncio.Event(), threading.Timer(GIVE_UP_SECONDS, os._exit, (1,))
    last_resort.daemon = True
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        journal, ownership = await start(settings, stack)
        garbage.settle(loop)
        await _first(stop, journal.broken, ownership.lost)
        fit = not journal.broken.is_set() and not ownership.lost.is_set()
        if journal.broken.is_set():
            log.critical("core_stops", reason="the journal cannot be written: nothing can be decided; to start anew")
            last_resort.start()  # even the way out may be stuck on that disk
        elif ownership.lost.is_set():
            log.critical("core_stops", reason="another process has taken over; to wait until it is needed")
            last_resort.start()
        else:
            log.info("core_stopping")
    last_resort.cancel()
    return fit


async def _first(*events: asyncio.Event) -> None:
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def start(settings: Settings, stack: contextlib.AsyncExitStack) -> tuple[Journal, Ownership]:
    """Build everything in the order it needs each other; the stack takes it down in reverse.

    Returns the journal and the ownership, without which nothing may go on.
    """

    def later(close: Callable[[], Awaitable[None]]) -> None:
        stack.push_async_callback(close)

    clock, loop = SystemClock(), asyncio.get_running_loop()
    live = LiveStore(partial(loop.call_later, COALESCED_SECONDS))
    database = await Database.open(settings)
    later(database.close)
    journal = await Journal.open(settings.folder / "journal", owner="core")
    later(journal.close)
    admit = partial(journal.append, urgent=False)
    overflow = Overflow(journal.append)
    later(overflow.close)
    append = overflow.append
    ownership = Ownership(database, DOMAIN, journal.key)
    journal.epoch = await ownership.take()
    later(ownership.close)
    projector = Projector(journal, database, ownership.oldest_valid)
    for room in (interaction_tables, routing_tables, recording_tables, telephony_tables, callback_tables, walk_tables):
        for kind, handler in room.PROJECTIONS.items():
            projector.register(kind, handler)
    await projector.start()
    later(projector.close)
    # What the last life of this process decided must be in PostgreSQL before its state is read from there.
    await projector.caught_up()

    media = EmbeddedMediaEngine(settings)
    await media.start(wait=None)
    later(media.disconnect)
    speech = speaker(settings)
    later(speech.close)
    ear = recogniser(settings)
    if ear is not None:
        later(ear.close)
    prompts = OwnPrompts(settings.folder)
    flows = FlowDirectory(database, speech, prompts)
    flows.walks = WalkKeeper(admit, clock)
    later(flows.walks.close)
    trunks = LiveTrunks(database, settings, clock, live)
    async with database.transaction(None) as conn:
        await interaction_tables.make_partitions(conn, clock.now())
        left_open = await interaction_tables.open_interactions(conn)
        standing = await telephony_tables.open_dialogs(conn)
        phones = await telephony_tables.kept_registrations(conn)
        directory = await routing_tables.load_directory(conn, clock.now())
        await flows.load(conn)
        calendars = Calendars(await calendar_tables.load_calendars(conn))
        dispositions = KnownDispositions(await disposition_tables.load_dispositions(conn))
        await trunks.load(conn)
    dialogs = DialogKeeper(append, clock, directory.operator, standing)
    registrations = RegistrationKeeper(admit, append, clock, directory.operator)
    phone_credentials = SipCredentials(PostgresCredentialStore(database, clock))
    credentials = TrunkCredentials(phone_credentials, trunks.trunks)
    telephony = SipTelephony(settings, clock, credentials, dialogs, registrations)
    if settings.sip_trace_hours:
        traces = await Traces.open(settings, database, clock, directory.operator)
        later(traces.close)
        telephony.trace(traces.writer)

    numbers = TrailNumbers()
    await _resume_numbers(database, clock, numbers)
    channels = Channels()
    routing = RoutingDriver(
        append,
        clock,
        live,
        lambda routing_signal: None if keeper.on_signal(routing_signal) else channels.on_signal(routing_signal),
        channels.on_wrapup_over,
    )
    later(routing.close)
    hours = QueueHours(calendars, routing, clock)
    flows.closing_of = hours.closing_of
    recordings = Recordings(settings, database, media, append, clock)
    customers = CustomerDirectory(database)
    keeper = Keeper(append, clock, routing, customers, CallbackRows(database), calendars, admit=admit)
    business = TmForum(settings.bss_url, settings.bss_key) if settings.bss_url else None
    if business is not None:
        later(business.close)
    orders = Order97(settings.order97_url) if settings.order97_url else None
    if orders is not None:
        later(orders.close)
    messages = sending.Sending(Sealing(settings), settings.smsc_url is not None)
    flows.outside = Outside(Sources(business, settings.bss_tenant), keeper, orders, messages)
    services = VoiceServices(
        clock=clock,
        media=media,
        telephony=telephony,
        routing=routing,
        flows=flows,
        customers=customers,
        capture=recordings,
        prompt=prompt_path,
        own_prompt=prompts.path,
        new_recorder=lambda: InteractionRecorder(append, clock, live, numbers, admit=admit),
        sound=trunks.trunks.sound,
        callbacks=keeper,
        outside=OutsideCalls(trunks.trunks, telephony.guards.toll),
        hours=hours,
        relations=CustomerRelations(database),
        recogniser=ear,
    )
    voice = VoiceChannel(services)
    channels.add(voice)
    telephony.guards.overload.taking_up = voice.taking_up

    if left_open:
        await journal.append(*records_to_close(left_open, clock.now()))
    await recordings.recover()
    routing.is_closed = lambda queue, now: not calendars.is_open(queue.calendar_id, now)
    await routing.load(directory.agents, directory.queues)
    seats = Seats(
        routing,
        telephony,
        {agent.number: agent.id for agent in directory.agents},
        live=live,
        clock=clock,
        lost_seconds=settings.seat_lost_seconds,
    )
    telephony.on_registrations(seats.changed)
    telephony.watch.count_on(seats.counted_on)
    stations = StationCalls(
        telephony,
        media,
        telephony.timers,
        trunks.trunks,
        telephony.guards.toll,
        voice.on_call,
        lambda number: flows.entry(number) is not None,
        host=settings.advertised_address,
        music=[prompt_path("hold_music", "zh-CN")],
        names={agent.number: agent.name for agent in directory.agents},
        private=seats.private,
        inward=telephony.inward,
    )
    async with database.transaction(None) as conn:
        await stations.direct.load(conn)
    telephony.on_call(stations.take)
    bus = Bus()
    guarding = GuardKeeper(database, clock, bus, telephony.guards, directory.operator)
    await guarding.start()
    later(guarding.close)
    bus.subscribe(CustomerCreated, lambda created: channels.customer_created(created.tenant_id))
    bus.subscribe(CustomersImported, lambda imported: channels.customer_created(imported.tenant_id))
    colleagues.follow(bus, live)
    trails = sending.trails(database, append)
    await trails.start()
    later(trails.close)
    following = LiveDirectory(database, clock, bus, routing, flows, seats, stations, calendars, dispositions)
    await following.start()
    later(following.close)
    await trunks.start(bus)
    relay = Relay(database, bus)
    await relay.start()
    later(relay.close)

    health = Health()
    health.add("journal", lambda: _journal_health(journal, overflow, projector))
    health.add("media", lambda: _media_health(media))
    health.add("calls", lambda: _count(channels, stations))
    requests = Requests(clock, live, routing, channels, telephony, health.report, projector.retry, seats)
    trials = Trials(trunks.trunks, telephony, media, clock)
    calls_out = CallsOut(database, bus, keeper, OutgoingCalls(services, voice, flows.number_of), flows)
    handlers = {**requests.handlers, **trunks.handlers(trials), **calls_out.handlers}
    handlers["flow.running"] = flows.running.answer
    handlers["flow.live"] = flows.running.answer_live
    handlers["prompt.speak"] = Speaking(speech).answer
    takes = Takes(media, telephony, clock, prompt_path, partial(seats.private, by="takes"))
    handlers |= Recording(database, settings.folder, takes, routing, telephony.registrations).handlers
    handlers["interaction.wrapup"] = checked(live, dispositions, handlers["interaction.wrapup"])
    server = IpcServer(settings.socket("core"), handlers, requests.events, on_connect=partial(_own, ownership))

    await telephony.start()
    later(telephony.close)
    telephony.carry(trunks.trunks)
    later(trunks.close)
    await calls_out.start()
    later(calls_out.close)
    later(channels.close)
    later(stations.close)
    later(takes.close)
    await telephony.end_restored(standing)
    restored = telephony.restore_registrations(phones)
    seats.start()
    later(seats.close)
    proof = Proof(routing, channels)
    proof.start()
    later(proof.close)
    await server.start()
    later(server.close)
    log.info("core_ready", restored_dialogs=len(standing), restored_phones=restored, closed_interactions=len(left_open))
    return journal, ownership


def _own(ownership: Ownership, peer: Peer) -> None:
    """Whoever asks something of us shall ask us, and nobody who has been succeeded."""
    peer.fence = ownership.check
    peer.tell_epoch(ownership.epoch)


async def _resume_numbers(database: Database, clock: SystemClock, numbers: TrailNumbers) -> None:
    day = numbers.local_date(clock.now())
    async with database.transaction(None) as conn:
        numbers.resume(day, await interaction_tables.last_trail_numbers(conn, day))


async def _journal_health(journal: Journal, overflow: Overflow, projector: Projector) -> Part:
    if overflow.waiting:
        return Part(False, f"takes nothing: new calls are refused, {overflow.waiting} facts of others wait in memory")
    if not journal.accepts_new_work:
        return Part(False, "nearly full: new calls are refused")
    return await projector.health()


async def _media_health(media: EmbeddedMediaEngine) -> Part:
    away = [worker.name for worker in media.workers if not worker.usable]
    if away:
        return Part(False, f"{', '.join(away)} does not answer; its calls have ended or will, others go on")
    capacity = await media.capacity()
    return Part(True, f"{capacity.legs} legs, {capacity.load:.0%} of the time used, room for {capacity.room}")


async def _count(channels: Channels, stations: StationCalls) -> Part:
    return Part(True, f"{len(channels) + len(stations)} calls")
