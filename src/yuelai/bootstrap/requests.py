"""What core answers to the web process: agents' states, calls, queues, live screens, SIP over WebSocket, health."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from yuelai.bootstrap.agents import AgentRequests
from yuelai.bootstrap.asking import BadRequest
from yuelai.bootstrap.asking import principal_of as _principal
from yuelai.bootstrap.audiences import groups_of, own
from yuelai.bootstrap.seats import Seats
from yuelai.channels.messages import Actor
from yuelai.channels.switch import Channels
from yuelai.platform.clock import Clock
from yuelai.platform.ipc import EventHandler, Handler, Peer, sendable
from yuelai.platform.live import Change, Document, LiveStore, Mark, Subscription
from yuelai.routing.driver import RoutingDriver
from yuelai.telephony.service import SipTelephony

log = structlog.get_logger()


@dataclass
class _Held:
    """What one connection of a web process holds here."""

    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    flows: set[str] = field(default_factory=set)


class Requests:
    def __init__(
        self,
        clock: Clock,
        live: LiveStore,
        routing: RoutingDriver,
        channels: Channels,
        telephony: SipTelephony,
        health: Callable[[], Awaitable[dict[str, Any]]],
        retry: Callable[[str, int], Awaitable[None]],
        seats: Seats | None = None,
    ) -> None:
        self._agents = AgentRequests(routing, seats)
        self._clock, self._live, self._routing = clock, live, routing
        self._channels, self._telephony, self._health, self._retry = channels, telephony, health, retry
        self._held: dict[Peer, _Held] = {}

    @property
    def handlers(self) -> dict[str, Handler]:
        handlers: dict[str, Handler] = {
            **self._agents.handlers,
            "queue.live": self._queues,
            "interaction.part": self._part,
            "live.subscribe": self._subscribe,
            "live.unsubscribe": self._unsubscribe,
            "sip.open": self._sip_open,
            "health": self._answer_health,
            "journal.retry": self._retry_parked,
        }
        for verb in self._channels.verbs:
            handlers[f"interaction.{verb}"] = self._call_verb(verb)
        return handlers

    @property
    def events(self) -> dict[str, EventHandler]:
        return {"sip.frame": self._sip_frame, "sip.close": self._sip_close}

    # --- agents and queues ------------------------------------------------------------------------------------------

    async def _queues(self, peer: Peer, params: dict[str, Any]) -> Any:
        queue_id = params.get("queue_id")
        tenant_id = _principal(params).tenant_id
        return {"queues": self._routing.queue_documents(tenant_id, UUID(str(queue_id)) if queue_id else None)}

    # --- contacts ---------------------------------------------------------------------------------------------------

    def _call_verb(self, verb: str) -> Handler:
        async def handle(peer: Peer, params: dict[str, Any]) -> Any:
            principal = _principal(params)
            actor = Actor(principal.person_id, principal.number or principal.username, principal.permissions)
            try:
                interaction_id = UUID(str(params["interaction_id"]))
            except (KeyError, ValueError):
                raise BadRequest("interaction_id is missing or no id") from None
            return await self._channels.command(verb, actor, interaction_id, params)

        return handle

    async def _part(self, peer: Peer, params: dict[str, Any]) -> Any:
        """Tell what a living contact is when whoever asks has part in it; None when not."""
        principal = _principal(params)
        document = self._live.get(f"interaction/{params.get('interaction_id')}")
        person = str(principal.person_id)
        if document is None or document["tenant"]["id"] != str(principal.tenant_id):
            return None
        if not any(one["agent_id"] == person for one in (*document["holders"], *document["participants"])):
            return None
        customer = document["customer"]
        return {
            "trail_no": document["trail_no"],
            "customer_id": customer["id"] if customer else None,
            "number": document["dnis" if document["direction"] == "out" else "ani"],
            "candidates": [card["id"] for card in document["candidates"]],
        }

    # --- live screens -----------------------------------------------------------------------------------------------

    async def _subscribe(self, peer: Peer, params: dict[str, Any]) -> Any:
        principal = _principal(params)
        name, since = str(params.get("sub") or id(object())), _mark(params.get("resume"))

        def deliver(change: Change) -> None:
            told = {"n": change.number, "seq": change.seq, "key": change.key, "value": change.value}
            peer.notify("live.change", {"sub": name, **told})

        subscription, start = self._live.subscribe(groups_of(principal), deliver, own=own(principal), since=since)
        self._forget(peer, name)
        self._of(peer).subscriptions[name] = subscription
        return {
            "sub": name,
            "epoch": start.mark.epoch,
            "seq": start.mark.seq,
            "now": self._clock.now().isoformat(),
            "resumed": start.resumed,
            "docs": _sendable(start.documents),
        }

    async def _unsubscribe(self, peer: Peer, params: dict[str, Any]) -> Any:
        self._forget(peer, str(params["sub"]))
        return {}

    def _forget(self, peer: Peer, name: str) -> None:
        subscription = self._of(peer).subscriptions.pop(name, None)
        if subscription is not None:
            self._live.unsubscribe(subscription)

    def _of(self, peer: Peer) -> _Held:
        """What this connection holds; given back when it ends."""
        held = self._held.get(peer)
        if held is None:
            held = self._held[peer] = _Held()
            peer.on_close.append(lambda: self._lost(peer))
        return held

    def _lost(self, peer: Peer) -> None:
        held = self._held.pop(peer, _Held())
        for subscription in held.subscriptions.values():
            self._live.unsubscribe(subscription)
        for flow in held.flows:
            self._telephony.ws_close(flow)

    # --- SIP over WebSocket -----------------------------------------------------------------------------------------

    async def _sip_open(self, peer: Peer, params: dict[str, Any]) -> Any:
        flow = str(params["flow"])
        self._telephony.ws_open(
            flow,
            lambda data: peer.notify("sip.frame", {"flow": flow, "data": data}),
            remote=str(params.get("remote", "")),
            secure=bool(params.get("secure")),
        )
        self._of(peer).flows.add(flow)
        return {}

    def _sip_frame(self, peer: Peer, params: dict[str, Any]) -> None:
        data = params["data"]
        self._telephony.ws_frame(params["flow"], data.encode() if isinstance(data, str) else data)

    def _sip_close(self, peer: Peer, params: dict[str, Any]) -> None:
        self._of(peer).flows.discard(params["flow"])
        self._telephony.ws_close(params["flow"])

    # --- operation --------------------------------------------------------------------------------------------------

    async def _retry_parked(self, peer: Peer, params: dict[str, Any]) -> Any:
        try:
            owner, seq = str(params["owner"]), int(params["seq"])
        except (KeyError, ValueError, TypeError):
            raise BadRequest("owner or seq is missing") from None
        await self._retry(owner, seq)
        return {}

    async def _answer_health(self, peer: Peer, params: dict[str, Any]) -> Any:
        return await self._health()


def _sendable(documents: Mapping[str, Document | None]) -> dict[str, Document | None]:
    """Return the documents but those that no frame can hold: one of them must not cost a viewer all others."""
    if sendable(documents):
        return dict(documents)
    kept = {key: value for key, value in documents.items() if sendable(value)}
    log.error("live_documents_not_sendable", keys=sorted(documents.keys() - kept.keys()))
    return kept


def _mark(resume: Any) -> Mark | None:
    match resume:
        case {"epoch": str(epoch), "seq": int(seq)}:
            return Mark(epoch, seq)
    return None
