"""Makes the world what the scene says: sound, the customer's segment, what routing and screens are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.hearing import Hearing
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.scene import Heard, Place, Scene, heard, segment
from yuelai.interactions.events import SegmentKind
from yuelai.platform.ids import LegId

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

RINGBACK = "ringback"

_WORK = {SegmentKind.HOLD: "hold", SegmentKind.CONSULT: "consult"}


class Staging:
    """`update` after any change of who is where; the same again changes nothing."""

    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._pairs: frozenset[frozenset[LegId]] = frozenset()
        self._music: dict[LegId, Hearing] = {}
        self._ringing: set[LegId] = set()
        """Of these, who hears it ring."""
        self._waits: bool | None = None
        """Does the customer hear music of ours? None: whatever they heard before anybody was with them."""
        self._work = ""

    def scene(self) -> Scene:
        call = self._call
        others = tuple(party.seen(party is call.agent) for party in call.parties)
        return Scene(call.customer_media, others, call.talking.held, call.called_by_us)

    async def update(self) -> None:
        """Raises MediaError; then nobody hears more than before."""
        await self.sound()
        await self._record(*segment(self.scene()))
        self.show()

    async def sound(self) -> None:
        """Sound alone: a talk that is to be recorded from its first word is one only once they hear each other."""
        await self._sound(heard(self.scene()))

    async def leave(self) -> None:
        """Nobody is with the customer any more: what they hear is somebody else's matter from now on."""
        self._waits, self._work = None, ""
        await self._sound(Heard(frozenset(), frozenset()), customer=False)
        self.show()

    def forget(self, party: Party) -> None:
        """Their sound is closed, and with it all that they heard and said."""
        self._ringing.discard(party.media_leg)
        hearing = self._music.pop(party.media_leg, None)
        if hearing is not None:
            hearing.close()
        self._pairs = frozenset(pair for pair in self._pairs if party.media_leg not in pair)

    def handed_over(self) -> None:
        """Routing has another agent in charge, who talks as far as it knows."""
        self._work = ""

    async def _sound(self, wanted: Heard, *, customer: bool = True) -> None:
        """First nobody hears too much, then music goes where somebody comes, and comes where nobody is."""
        call, media = self._call, self._call.services.media
        for pair in sorted(self._pairs - wanted.pairs, key=sorted):
            await media.unbridge(*sorted(pair))
            self._pairs -= {pair}
        if customer and self._waits is not False and call.customer_media not in wanted.music:
            await call.hearing.quiet()
            self._waits = False
        for leg in sorted(self._music.keys() - wanted.music - wanted.ringing):
            self._ringing.discard(leg)
            await self._music.pop(leg).quiet()
        for pair in sorted(wanted.pairs - self._pairs, key=sorted):
            # The customer first: their leg is the one that stays.
            one, other = sorted(pair, key=lambda leg: (leg != call.customer_media, leg))
            await media.bridge(one, other)
            self._pairs |= {pair}
        if customer and self._waits is not True and call.customer_media in wanted.music:
            await self._play(call.hearing)
            self._waits = True
        for leg in sorted((wanted.music | wanted.ringing) - {call.customer_media}):
            await self._let_wait(leg, leg in wanted.ringing)

    async def _let_wait(self, leg: LegId, rings: bool) -> None:
        """Somebody beside the customer hears nobody."""
        call = self._call
        if leg not in self._music:
            self._music[leg] = Hearing(call.services, leg, call.spawn)
        elif rings == (leg in self._ringing):
            return
        (self._ringing.add if rings else self._ringing.discard)(leg)
        hearing = self._music[leg]
        if rings:
            await hearing.wait(RINGBACK, call.language, RINGBACK)
        else:
            await self._play(hearing)

    async def _play(self, hearing: Hearing) -> None:
        """The music of the queue they came through, or that of the house."""
        call, queue = self._call, self._call.waiting.queue
        if queue is not None:
            await hearing.wait(queue.id, call.language, queue.treatment.music)
        else:
            await hearing.music(call.language)

    async def _record(self, kind: SegmentKind, agent_id: object) -> None:
        call = self._call
        current = call.recorder.interaction.current
        if current is None or (current.kind, current.agent_id) != (kind, agent_id):
            agent = call.agent.agent_id if call.agent is not None else None
            await call.recorder.segment(kind, agent, call.waiting.queue_id)
        work = _WORK.get(kind, "") if agent_id is not None else ""
        if work == self._work:
            return
        before, self._work, routing = self._work, work, call.services.routing
        # What begins is told before what ends, so that no state is told that never was.
        if "consult" in (before, work):
            await routing.consulting(call.id, work == "consult")
        if "hold" in (before, work):
            await routing.held(call.id, work == "hold")

    def show(self) -> None:
        """Who may see the contact, the one in charge first, and how it stands with everybody."""
        call, show = self._call, self._call.recorder.show
        holding = [party for party in call.parties if isinstance(party, AgentParty)]
        holding.sort(key=lambda party: party is not call.agent)
        wanted = [*holding, *call.waiting.ringing.values()]
        holders = {party.agent_id: party.holder for party in wanted}
        for agent_id, holder in call.wrapups.holders.items():
            holders.setdefault(agent_id, holder)
        show.holders(list(holders.values()))
        for party in call.parties:
            if party.participant_id is not None:
                show.party(party.participant_id, self._state(party))

    def _state(self, party: Party) -> str:
        if party.lost:
            return "lost"
        if party.place is Place.CALLED:
            return "ringing"
        if party.holds:
            return "hold"
        speaks = any(party.media_leg in pair for pair in self._pairs)
        return "talking" if speaks else "waiting"
