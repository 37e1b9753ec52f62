"""What must be true of a voice channel in any quiet moment, told without the code that makes it so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tests.channels.desk import Desk, lives
from tests.channels.world import Line, World
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.call import VoiceCall
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.scene import Place
from yuelai.interactions.events import InteractionClosed, InteractionEnded, InteractionStarted
from yuelai.platform.ids import LegId
from yuelai.routing.events import AgentState, AgentStateChanged
from yuelai.routing.model import ContactStage

WAITS = (Phase.QUEUED, Phase.RINGING)
HANDLING = (AgentState.TALKING, AgentState.HOLD, AgentState.CONSULT, AgentState.WRAPUP)


def check_world(desk: Desk, calls: Sequence[VoiceCall]) -> None:
    """Calls, routing, sound, recordings and screens say the same."""
    _check_contacts(desk, calls)
    legs: set[LegId] = set()
    for call in calls:
        rung = call.waiting.ringing.values()
        legs |= {call.customer_media, *(one.media_leg for one in (*call.parties, *rung, *call.reloading.coming))}
        _check_call(desk, call)
    assert set(desk.sound.open) <= legs, "a leg without an owner"
    assert len(desk.tape.running) == sum(_recorded(call) for call in calls)
    _check_agents(desk, calls)


def _check_contacts(desk: Desk, calls: Sequence[VoiceCall]) -> None:
    contacts = desk.routing._state.contacts
    wanted = set()
    for call in calls:
        if call.phase in (Phase.WRAPUP, Phase.CLOSED):
            continue
        wanted |= {party.contact_id for party in call.parties if isinstance(party, AgentParty)}
        if call.phase in WAITS and call.id in contacts:
            wanted.add(call.id)
        if call.consulting.contact is not None:
            wanted.add(call.consulting.contact)
        if call.phase is Phase.RINGING:
            contact = contacts[call.id]
            assert contact.stage is ContactStage.RINGING
            assert {agent.id for agent in contact.ringing} == set(call.waiting.ringing)
    assert set(contacts) == wanted, "a contact without a call, or an agent without a contact"


def _recorded(call: VoiceCall) -> bool:
    return call.phase is Phase.TALKING and call.agent is not None


def _hears(desk: World, leg: LegId) -> set[LegId]:
    return {other for pair in desk.sound.joined if leg in pair for other in pair - {leg}}


def _check_call(desk: Desk, call: VoiceCall) -> None:
    playing = desk.sound.playing
    if call.phase in WAITS:
        assert call.customer_media in playing, "who waits hears music"
        assert not _hears(desk, call.customer_media)
    if call.phase is Phase.TALKING:
        _check_talk(desk, call)
    if call.phase is Phase.WRAPUP:
        assert isinstance(call.customer, Line)
        assert call.customer.over
        assert not call.parties
        for agent_id in call.wrapups.holders:
            agent = desk.routing.agent(agent_id)
            assert any(work.interaction_id == call.id for work in agent.work.values()), "a wrap-up of nobody"


def _check_talk(desk: Desk, call: VoiceCall) -> None:
    customer, playing = call.customer_media, desk.sound.playing
    assert call.parties, "somebody is with the customer"
    for party in call.parties:
        heard = _hears(desk, party.media_leg)
        if party.absent or not party.stands:
            assert not heard, "who is not there hears nothing"
            continue
        if party.place is Place.ASIDE:
            assert customer not in heard, "who is asked does not hear the customer"
        if party is not call.agent:
            assert bool(heard) != (party.media_leg in playing), "a voice, or music"
    heard = _hears(desk, customer)
    assert bool(heard) != (customer in playing), "the customer hears a voice, or music"
    if call.talking.held:
        assert not heard
    elif call.agent is not None and not call.agent.absent and call.agent.place is Place.ROOM:
        assert call.agent.media_leg in heard
    stage = str(call.recorder.interaction.stage)
    assert stage in ("talk", "hold", "consult", "conference", "dial")
    beside = [party for party in call.parties if party.place is Place.ROOM]
    if call.talking.held:
        assert stage == "hold"
    elif len(beside) > 1:
        assert stage == "conference"
    _check_states(desk, call, stage)


def _check_states(desk: Desk, call: VoiceCall, stage: str) -> None:
    in_charge = call.agent
    if in_charge is not None:
        agent = desk.routing.agent(in_charge.agent_id)
        assert str(agent.state) == {"hold": "hold", "consult": "consult"}.get(stage, "talking")
    for party in call.parties:
        if isinstance(party, AgentParty) and party is not in_charge:
            agent = desk.routing.agent(party.agent_id)
            assert agent.state is (AgentState.TALKING if party.stands else AgentState.RINGING)


def _parties(call: VoiceCall) -> list[Party]:
    return [*call.parties, *call.waiting.ringing.values()]


def _check_agents(desk: Desk, calls: Sequence[VoiceCall]) -> None:
    for agent in (desk.routing.agent(record.id) for record in desk.agents):
        assert desk.live.get(f"agent/{agent.id}") == desk.routing.agent_document(agent.id)
        mine = {
            f"interaction/{call.id}"
            for call in calls
            if agent.id in call.wrapups
            or any(isinstance(one, AgentParty) and one.agent_id == agent.id for one in _parties(call))
        }
        seen = desk.live.snapshot(frozenset({f"person:{agent.id}"}))
        assert {key for key in seen if key.startswith("interaction/")} == mine, "who has it sees it, nobody else does"
        assert len([work for work in agent.work.values() if work.stage.value != "wrapup"]) <= 1


def check_records(desk: Desk) -> None:
    """Each interaction has one beginning, one end and one close; the facts are legal and the segments tile."""
    for interaction_id, life in lives(desk).items():
        facts = [fact for fact in desk.facts if getattr(fact, "interaction_id", None) == interaction_id]
        for kind in (InteractionStarted, InteractionEnded, InteractionClosed):
            assert sum(isinstance(fact, kind) for fact in facts) == 1, kind
        last = life.segments[-1] if life.segments else None
        if last is not None and last.kind == "wrapup" and last.ended_at != last.started_at:
            assert last.ended_at in _frees(desk, {wrapup.agent_id for wrapup in life.parties.wrapups})


def _frees(desk: Desk, agents: set[UUID]) -> list[datetime]:
    """When these agents came out of a contact."""
    changes = [fact for fact in desk.facts if isinstance(fact, AgentStateChanged) and fact.agent_id in agents]
    return [fact.at for fact in changes if fact.state not in HANDLING]
