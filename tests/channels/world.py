"""The voice channel with real routing and interactions, on sound and signalling that only remember what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from yuelai.channels.ports import Entry, FlowOutcome, Identified, NotAllowedOutside, OutsideLine
from yuelai.channels.voice.call import VoiceCall
from yuelai.channels.voice.channel import VoiceChannel
from yuelai.channels.voice.messages import Actor
from yuelai.channels.voice.services import VoiceServices
from yuelai.interactions.document import WATCHES_CALLS
from yuelai.interactions.events import InteractionClosed, InteractionEnded, SegmentStarted
from yuelai.interactions.model import Tenant
from yuelai.interactions.numbering import TrailNumbers
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.media.ports import LegGone, LegKind, LegOptions, MediaError, MediaFull, MediaUnfit, Quality
from yuelai.platform.clock import VirtualClock
from yuelai.platform.facts import Fact, Record
from yuelai.platform.ids import SAMPLE_TENANT, InteractionId, LegId, RecordingId, new_id
from yuelai.platform.journal import JournalBroken
from yuelai.platform.live import LiveStore, permitted
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import Seat
from yuelai.routing.model import AgentRecord, Queue
from yuelai.telephony.errors import NotRegistered, WrongState
from yuelai.telephony.ports import Answered, Confirmed, Ended, LegEvent, Reoffered

OFFER = "v=0"
REOFFER = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na={}\r\n"


TENANT = Tenant(SAMPLE_TENANT, "main", "悦来")


class Sound:
    """A MediaEngine that keeps a list of what it was told, and who hears what after it."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.open: dict[LegId, Callable[[Any], None]] = {}
        self.options: dict[LegId, LegOptions] = {}
        self.joined: set[frozenset[LegId]] = set()
        self.held: set[LegId] = set()
        self.playing: set[LegId] = set()
        self.barges: dict[UUID, Sequence[Any]] = {}
        """What may break into which play."""
        self.sources: set[LegId] = set()
        """Music; it outlives the engine's process, as the client sees to that."""
        self.broken = self.full = self.unfit = False
        self.deaf: set[str] = set()
        """Verbs that fail."""
        self.held_up: asyncio.Event | None = None
        """New legs wait for it."""

    async def create_leg(
        self, leg: LegId, kind: LegKind, listener: Callable[[Any], None], *, offer: str | None = None, **others: Any
    ) -> str:
        if self.held_up is not None:
            await self.held_up.wait()
        if self.broken:
            raise MediaError("no free port")
        if self.full:
            raise MediaFull("at its limit")
        if self.unfit:
            raise MediaUnfit("no common codec")
        self.open[leg] = listener
        self.options[leg] = others.get("options") or LegOptions()
        self.told.append(("create", leg, kind))
        return "v=0 ours"

    async def quality(self, leg: LegId) -> Quality:
        if leg not in self.open:
            raise MediaError("unknown leg")
        return Quality("PCMA", 9.0, 450, 0, 0.0, 0.5, 0, 0, 450, 0.0, 0.5, 20.0, 4.36)

    async def close(self, leg: LegId) -> None:
        self.open.pop(leg, None)
        self.joined = {pair for pair in self.joined if leg not in pair}
        self.held.discard(leg)
        self.playing.discard(leg)

    def __getattr__(self, verb: str) -> Any:
        if verb.startswith("_"):
            raise AttributeError(verb)

        async def tell(leg: LegId, *arguments: Any, **options: Any) -> Any:
            if verb == "music":
                self.sources.add(leg)
            asked = {leg, *(arguments[:1] if verb == "route" else ())}
            if verb in self.deaf or not asked <= {*self.open, *self.sources}:
                raise MediaError(f"{verb} is not possible")
            self.told.append((verb, leg, *arguments))
            if verb == "play":
                self.barges[arguments[0]] = options.get("barge", ())
            self._note(verb, leg, arguments)
            return "v=0 ours"

        return tell

    def _note(self, verb: str, leg: LegId, arguments: tuple[Any, ...]) -> None:
        if verb == "bridge":
            self.joined.add(frozenset({leg, arguments[0]}))
        elif verb == "unbridge":
            self.joined.discard(frozenset({leg, arguments[0]}))
        elif verb == "hold":
            (self.held.add if arguments[0] else self.held.discard)(leg)
        elif verb == "route":
            (self.playing.add if arguments[1] else self.playing.discard)(arguments[0])
        elif verb == "play":
            self.playing.add(leg)
        elif verb == "stop":
            self.playing.discard(leg)

    def hears(self, one: LegId, other: LegId) -> bool:
        """Do they hear each other, and nothing else?"""
        return frozenset({one, other}) in self.joined and not {one, other} & (self.held | self.playing)

    def dies(self) -> None:
        """The engine's process goes away with all its legs."""
        legs, self.open = self.open, {}
        self.joined, self.held, self.playing = set(), set(), set()
        for leg, listener in legs.items():
            listener(LegGone(leg))

    def verbs(self) -> list[str]:
        return [str(entry[0]) for entry in self.told]


class Line:
    """A SIP leg in the test's hand."""

    def __init__(self, caller: str = "13800000001", called: str = "10000", *, browser: bool = False) -> None:
        self.id = LegId(new_id())
        self.caller, self.called, self.trunk, self.browser = caller, called, True, browser
        self.trunk_id: UUID | None = None
        self.offer: str | None = OFFER
        self.late_answer: str | None = None
        """What its ACK brings when it had no offer."""
        self.early: tuple[int, str | None] | None = None
        """The last provisional response."""
        self.answered: str | None = None
        self.hung_up: int | None = None
        self.headers: Mapping[str, str] = {}
        self._listener: Callable[[LegEvent], None] | None = None
        self._early: list[LegEvent] = []
        self.over = False
        self.reoffered = False
        self.suspected = 0
        self.carried: Mapping[str, tuple[str, ...]] = {}
        self.correlation: UUID | None = None

    def listen(self, listener: Callable[[LegEvent], None]) -> None:
        self._listener = listener
        early, self._early = self._early, []
        for event in early:
            listener(event)

    def happens(self, event: LegEvent) -> None:
        if self._listener is None:
            self._early.append(event)
        else:
            self._listener(event)

    async def ringing(self, sdp: str | None = None, *, status: int = 180) -> None:
        if self.over:
            raise WrongState
        self.early = status, sdp

    async def answer(self, sdp: str) -> None:
        if self.over:
            raise WrongState
        self.answered = sdp
        self.happens(Confirmed(self.id, self.late_answer))

    async def accept(self, sdp: str) -> None:
        if self.over or not self.reoffered:
            raise WrongState
        self.reoffered = False

    async def refuse_offer(self, status: int = 488) -> None:
        await self.accept("")

    def reoffers(self, direction: str) -> None:
        """The other side sends a re-INVITE."""
        self.reoffered = True
        self.happens(Reoffered(self.id, REOFFER.format(direction)))

    async def hangup(self, status: int = 480, reason: str = "") -> None:
        if not self.over:
            self.over, self.hung_up = True, status
            self.happens(Ended(self.id, "local", 0, reason))

    def leaves(self, status: int = 0) -> None:
        """The other side hangs up, or refuses."""
        if not self.over:
            self.over = True
            self.happens(Ended(self.id, "remote", status, ""))

    def suspect(self) -> None:
        """Nobody was heard for a while: it is asked whether it is still there."""
        self.suspected += 1

    def is_lost(self) -> None:
        """The page behind it is gone: telephony found nobody there."""
        if not self.over:
            self.over = True
            self.happens(Ended(self.id, "system", 481, ""))

    def picks_up(self) -> None:
        self.happens(Answered(self.id, "v=0 theirs"))


class Lines:
    """A Telephony that dials `Line`s."""

    def __init__(self) -> None:
        self.dialled: list[Line] = []
        self.accounts: list[UUID] = []
        self.registered = True
        self.dead: set[str] = set()
        """Numbers outside that cannot even be dialled."""

    async def dial(self, user: str, *, listener: Callable[[LegEvent], None], **options: Any) -> Line:
        if not self.registered:
            raise NotRegistered
        line = Line(options["caller"], user, browser=options["browser"])
        line.headers = options["headers"]
        self.accounts.append(options["account"])
        line.listen(listener)
        self.dialled.append(line)
        return line

    async def dial_to(
        self, stages: Sequence[Any], *, called: str, listener: Callable[[LegEvent], None], **options: Any
    ) -> Line:
        if called in self.dead:
            raise NotRegistered
        line = Line(options["caller"], called)
        line.correlation = options["correlation"]
        line.listen(listener)
        self.dialled.append(line)
        return line


class Abroad:
    """Numbers outside: all may be called but those that are forbidden; what is under way is counted."""

    def __init__(self) -> None:
        self.forbidden: set[str] = set()
        self.standing = 0
        self.spent: list[float] = []
        self.asked: list[dict[str, Any]] = []

    def line(self, number: str, **asked: Any) -> OutsideLine:
        if number in self.forbidden:
            raise NotAllowedOutside
        self.standing += 1
        self.asked.append(asked)
        return OutsideLine(number, [], "10000", None, lambda trunk, seconds: True, self._over)

    def _over(self, trunk: UUID | None, seconds: float) -> None:
        self.standing -= 1
        self.spent.append(seconds)


class Away(Exception):
    pass


class Script:
    """A flow in the test's hand: it ends when the test says how."""

    left: type[Exception] = Away

    def __init__(self) -> None:
        self.entries = {"10000": Entry(TENANT, None)}
        self.outcome: asyncio.Future[FlowOutcome] = asyncio.get_running_loop().create_future()
        self.dialogue: Any = None
        self.gone = False

    def entry(self, called: str) -> Entry | None:
        return self.entries.get(called)

    async def run(self, entry: Entry, dialogue: Any, context: Mapping[str, Any]) -> FlowOutcome:
        self.dialogue = dialogue
        try:
            while not self.outcome.done():
                await dialogue.collect([], maximum=1, first_timeout=0.005)
        except Away:
            self.gone = True
            raise
        return self.outcome.result()

    async def files(self, tenant_id: UUID, utterances: Sequence[Any], language: str) -> list[Path]:
        return []


class People:
    def __init__(self) -> None:
        self.answer = Identified("new", [])

    async def identify(self, tenant_id: UUID, ani: str) -> Identified:
        return self.answer

    async def card(self, tenant_id: UUID, customer_id: UUID) -> Mapping[str, Any]:
        return {"id": str(customer_id), "name": "王芳", "class": "gold"}


class Tape:
    def __init__(self) -> None:
        self.running: set[RecordingId] = set()
        self.done: list[RecordingId] = []
        self.pauses: list[bool] = []
        self.cut_off: list[RecordingId] = []
        self.discarded: list[RecordingId] = []
        self.unreachable = False

    async def pause(self, recording_id: RecordingId, paused: bool) -> None:
        if self.unreachable or recording_id not in self.running:
            raise MediaError("unknown recording")
        self.pauses.append(paused)

    async def start(self, interaction_id: InteractionId, tenant_id: UUID, leg: LegId) -> RecordingId:
        recording = RecordingId(new_id())
        self.running.add(recording)
        return recording

    async def stop(self, recording_id: RecordingId) -> int:
        self.running.discard(recording_id)
        self.done.append(recording_id)
        return 1000

    async def cut(self, recording_id: RecordingId) -> int:
        if recording_id not in self.running:
            raise MediaError("unknown recording")
        self.cut_off.append(recording_id)
        return 1000

    async def discard(self, recording_id: RecordingId) -> None:
        self.running.discard(recording_id)
        self.discarded.append(recording_id)


class World:
    """One queue `general`, agents 8001 and on with registered seats; 8001 alone is made ready by `begin`."""

    def __init__(
        self, ring_seconds: float = 20.0, wrapup_seconds: float = 30.0, seat: Seat = Seat.PHONE, agents: int = 1
    ) -> None:
        self.seat = seat
        self.clock = VirtualClock(datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
        self.facts: list[Fact] = []
        self.full = False
        """The disk keeps nothing more."""
        self.live = LiveStore()
        self.sound, self.lines, self.people, self.tape = Sound(), Lines(), People(), Tape()
        self.script, self.abroad = Script(), Abroad()
        self.queue = Queue(
            new_id(), SAMPLE_TENANT, "general", "综合服务", ring_seconds=ring_seconds, wrapup_seconds=wrapup_seconds
        )
        self.agents = [
            AgentRecord(new_id(), SAMPLE_TENANT, str(8001 + index), "张伟", {self.queue.id: 1})
            for index in range(agents)
        ]
        self.agent = self.agents[0]
        self.queues = [self.queue]
        numbers = TrailNumbers(UTC)
        self.routing = RoutingDriver(
            self.append,
            self.clock,
            self.live,
            lambda signal: self.channel.on_signal(signal),
            lambda interaction_id, agent_id: self.channel.on_wrapup_over(interaction_id, agent_id),
        )
        self.channel = VoiceChannel(
            VoiceServices(
                clock=self.clock,
                media=self.sound,
                telephony=self.lines,  # type: ignore[arg-type]
                routing=self.routing,
                flows=self.script,
                customers=self.people,
                capture=self.tape,
                prompt=lambda name, language: Path(f"{language}/{name}.opus"),
                new_recorder=lambda: InteractionRecorder(self.append, self.clock, self.live, numbers),
                outside=self.abroad,
            )
        )

    async def append(self, *records: Record) -> int:
        if self.full:
            raise JournalBroken
        self.facts += [record.fact for record in records]
        return len(self.facts)

    async def begin(self, *, ready: bool = True) -> None:
        await self.routing.load(self.agents, self.queues)
        for agent in self.agents:
            await self.routing.seat_reachable(agent.id, self.seat, True)
        if ready:
            await self.routing.set_state(self.agent.id, "ready", "", self.seat)

    async def settle(self) -> None:
        """Let everything that can happen now happen."""
        for _ in range(40):
            await asyncio.sleep(0.0005)

    async def settle_briefly(self) -> None:
        """Let what is under way happen, but nothing that waits for time."""
        for _ in range(5):
            await asyncio.sleep(0)

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.routing.time_passed()
        await self.settle()

    async def arrives(self, **options: Any) -> Line:
        line = Line(**options)
        await self.channel.on_call(line)
        await self.settle()
        return line

    async def queued(self, **options: Any) -> Line:
        line = await self.arrives(**options)
        await self.to_queue()
        return line

    async def to_queue(self) -> None:
        """The flow ends: somebody is to answer."""
        self.script.outcome.set_result(FlowOutcome(queue="general"))
        await self.settle()

    async def talking(self) -> tuple[Line, Line]:
        """Return the customer's line and the agent's, in talk."""
        customer = await self.queued()
        (phone,) = self.lines.dialled
        phone.picks_up()
        await self.settle()
        return customer, phone

    async def ready(self, index: int) -> None:
        await self.routing.set_state(self.agents[index].id, "ready", "", self.seat)
        await self.settle()

    async def ask(self, verb: str, by: int = 0, **arguments: Any) -> Any:
        """A request of an agent's screen (8001's) about the only call."""
        (interaction_id,) = self.channel.ids()
        agent = self.agents[by]
        actor = Actor(agent.id, agent.number, frozenset({"agent.work"}))
        return await self.channel.command(verb, actor, interaction_id, arguments)

    def call(self) -> VoiceCall:
        """The only call, to look at and to post into."""
        (call,) = self.channel._calls.values()
        return call

    def joined(self) -> bool:
        """Do customer and agent of the only call hear each other?"""
        call = self.call()
        return call.agent is not None and self.sound.hears(call.customer_media, call.agent.media_leg)

    def closed(self) -> int:
        return sum(isinstance(fact, InteractionClosed) for fact in self.facts)

    def state(self, index: int = 0) -> str:
        return str(self.routing.agent(self.agents[index].id).state)

    def segments(self) -> list[str]:
        return [str(fact.kind) for fact in self.facts if isinstance(fact, SegmentStarted)]

    def end_reasons(self) -> list[str]:
        return [str(fact.reason) for fact in self.facts if isinstance(fact, InteractionEnded)]

    def nothing_left(self) -> bool:
        """No call, no leg, no recording, no document of an interaction."""
        documents = self.live.snapshot(frozenset({permitted(SAMPLE_TENANT, *WATCHES_CALLS)}))
        return (
            not self.channel.ids()
            and not self.sound.open
            and not self.tape.running
            and not self.abroad.standing
            and not self.routing._state.contacts
            and all(line.over for line in self.lines.dialled)
            and not any(key.startswith("interaction/") for key in documents)
        )
