"""Transactions at work: matches messages to the machines, sends, retransmits, and tells the users above."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from yuelai.telephony.hops import FlowHop, Hop, Transport, behind_nat, response_hop
from yuelai.telephony.timers import T1, Timer, Timers
from yuelai.telephony.transactions import (
    INVITE_CLIENT,
    INVITE_SERVER,
    NON_INVITE_CLIENT,
    NON_INVITE_SERVER,
    Action,
    Event,
    Machine,
    State,
)
from yuelai.wire.sip import MAGIC_COOKIE, Message, PeerError, Request, Response, Via
from yuelai.wire.sip.reasons import REASONS

log = structlog.get_logger()

ResponseHandler = Callable[[Response], None]
FailureHandler = Callable[[int, str], None]
"""Called with 408 after a time-out and 503 when the transport failed (RFC 3261 §8.1.3.1)."""


MOST_TRANSACTIONS = 50_000
"""Server transactions in memory; past it new requests are refused without one (RFC 3261 §21.5.4)."""
LONGEST_REINVITE = 128 * T1
"""Seconds in which an INVITE within a dialog must have its final response."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that is turned away at the door: with a status, or, when that is 0, without a word."""

    status: int
    retry_after: int = 0
    """Seconds; 0 says nothing about it."""


Gate = Callable[[Request, Hop], Refused | None]


def new_branch() -> str:
    return MAGIC_COOKIE + secrets.token_hex(10)


class Above(Protocol):
    """The user of the layer."""

    def on_request(self, transaction: ServerTransaction) -> None:
        """A new request other than ACK and CANCEL; whoever takes it must respond."""
        ...

    def on_cancel(self, transaction: ServerTransaction, cancel: Request) -> None:
        """The INVITE of this transaction was cancelled (the CANCEL itself is already answered)."""
        ...

    def on_ack(self, ack: Request) -> None:
        """An ACK that belongs to no failure, hence to a 2xx."""
        ...


class _Transaction:
    def __init__(self, layer: TransactionLayer, machine: Machine) -> None:
        self._layer, self.machine = layer, machine
        self._timer: Timer | None = None

    def feed(self, event: Event, message: Message | None = None) -> None:
        for action in self.machine.feed(event, self._layer.timers.now):
            self.act(action, message)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.machine.finished:
            self._layer.forget(self)
        elif (due := self.machine.next_due) is not None:
            self._timer = self._layer.timers.at(due, self._wake)

    def _wake(self) -> None:
        while (event := self.machine.due(self._layer.timers.now)) is not None:
            for action in self.machine.feed(event, self._layer.timers.now):
                self.act(action, None)
        self._arm()

    def act(self, action: Action, message: Message | None) -> None:
        raise NotImplementedError

    def broken(self) -> None:
        """Tell the machine, but only with the next run of timers, never within the call that sent."""
        self._layer.timers.after(0, lambda: self.feed(Event.BROKEN))


class ClientTransaction(_Transaction):
    def __init__(
        self, layer: TransactionLayer, request: Request, hop: Hop, told: ResponseHandler, failed: FailureHandler
    ) -> None:
        table = INVITE_CLIENT if request.method == "INVITE" else NON_INVITE_CLIENT
        super().__init__(layer, Machine(table, hop.reliable))
        self.request, self.hop = request, hop
        self._told, self._failed = told, failed
        self._data = request.to_bytes()
        self._cancelled = False

    @property
    def provisional(self) -> bool:
        """True once a provisional response has come and no final one (only then may an INVITE be cancelled, §9.1)."""
        return self.machine.state is State.PROCEEDING

    @property
    def waiting(self) -> bool:
        """True until there is a final response or a failure."""
        return self.machine.state in (State.CALLING, State.TRYING, State.PROCEEDING)

    def act(self, action: Action, message: Message | None) -> None:
        if action is Action.SEND:
            if not self._layer.transport.send(self.hop, self._data):
                self.broken()
        elif action is Action.ACK:
            assert isinstance(message, Response)
            self._layer.transport.send(self.hop, self._ack(message).to_bytes())
        elif action is Action.TELL:
            assert isinstance(message, Response)
            self._told(message)
        elif action is Action.TIMED_OUT:
            self._failed(408, "no answer")
        elif action is Action.FAILED:
            self._failed(503, "unreachable")

    def _ack(self, response: Response) -> Request:
        """The ACK to a failure (§17.1.1.3)."""
        invite = self.request
        ack = Request("ACK", invite.target, [("via", str(invite.via))])
        for name, value in invite.fields:
            if name in ("from", "call-id", "route", "max-forwards"):
                ack.add(name, value)
        ack.add("to", response.get("to"))
        ack.add("cseq", f"{invite.cseq.number} ACK")
        return ack

    def cancel(self, cause: str = "") -> None:
        """Send a CANCEL for this INVITE, once (§9.1); its own answer means nothing to anybody. `cause` is its Reason
        field (RFC 3326)."""
        if self._cancelled:
            return
        self._cancelled = True
        invite = self.request
        cancel = Request("CANCEL", invite.target, [("via", str(invite.via))])
        for name, value in invite.fields:
            if name in ("from", "to", "call-id", "route", "max-forwards"):
                cancel.add(name, value)
        cancel.add("cseq", f"{invite.cseq.number} CANCEL")
        if cause:
            cancel.add("reason", cause)
        self._layer.send(cancel, self.hop, lambda _response: None, lambda _status, _reason: None)
        # A peer that answers the CANCEL but never the INVITE would keep it for ever (§9.1, last paragraph).
        self._layer.timers.after(64 * T1, self.abandon)

    def abandon(self) -> None:
        """Wait no longer for a final response."""
        if self.waiting:
            self.feed(Event.BROKEN)


class ServerTransaction(_Transaction):
    def __init__(self, layer: TransactionLayer, request: Request, source: Hop) -> None:
        table = INVITE_SERVER if request.method == "INVITE" else NON_INVITE_SERVER
        super().__init__(layer, Machine(table, source.reliable))
        self.request, self.source = request, source
        self._back = response_hop(request.via, source)
        self._data: bytes | None = None
        self.key = _server_key(request, request.method)
        self.merge_key: tuple[str, str, int] | None = None
        self.tag = secrets.token_hex(6)
        """The tag that goes on To in every response of this transaction that has no dialog of its own."""

    @property
    def answered(self) -> bool:
        """True once a final response has been given."""
        return self.machine.state not in (State.TRYING, State.PROCEEDING)

    @property
    def open(self) -> bool:
        """True while undecided, and after a 2xx to an INVITE."""
        return self.machine.state in (State.TRYING, State.PROCEEDING, State.ACCEPTED)

    def respond(self, response: Response) -> None:
        """Send a response; ignored when a final one has been sent already (save a 2xx that is repeated)."""
        if self.answered and not (self.machine.state is State.ACCEPTED and 200 <= response.status < 300):
            return
        self._data = response.to_bytes()
        if response.status < 200:
            self.feed(Event.SEND_1XX)
        else:
            self.feed(Event.SEND_2XX if response.status < 300 else Event.SEND_FINAL)

    def refuse(self, status: int, **headers: str) -> None:
        """Respond with a failure; headers by their name with underscores."""
        response = self.request.response(status, tag=self.tag)
        for name, value in headers.items():
            response.add(name.replace("_", "-"), value)
        self.respond(response)

    def act(self, action: Action, message: Message | None) -> None:
        if action is Action.SEND:
            if self._data is not None and not self._layer.transport.send(self._back, self._data):
                self.broken()
        elif action is Action.TELL and isinstance(message, Request):
            self._layer.above.on_ack(message)


class TransactionLayer:
    def __init__(self, timers: Timers, transport: Transport) -> None:
        self.timers, self.transport = timers, transport
        self.above: Above
        self.gate: Gate = lambda _request, _source: None
        """Asked about each new request other than ACK and CANCEL before anything is kept of it."""
        self.on_malformed: Callable[[Hop], None] = lambda _source: None
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._servers: dict[tuple[str, ...], ServerTransaction] = {}
        self._merged: dict[tuple[str, str, int], ServerTransaction] = {}

    def send(self, request: Request, hop: Hop, told: ResponseHandler, failed: FailureHandler) -> ClientTransaction:
        """Start a client transaction; the request's top Via must hold a fresh branch."""
        transaction = ClientTransaction(self, request, hop, told, failed)
        self._clients[(request.via.branch, request.method)] = transaction
        if request.method == "INVITE" and request.to.tag is not None:
            # One within a dialog is not for people to answer; a provisional response must not keep it for ever.
            self.timers.after(LONGEST_REINVITE, transaction.abandon)
        transaction.feed(Event.START)
        return transaction

    def receive(self, message: Request | Response, source: Hop) -> None:
        """Take one message off the wire. A malformed one is answered 400 when that is possible, else dropped."""
        try:
            message.check()
        except PeerError as error:
            self._malformed(message, source, error)
            return
        if isinstance(message, Response):
            self._receive_response(message)
        else:
            self._receive_request(message, source)

    def _malformed(self, message: Request | Response, source: Hop, error: PeerError) -> None:
        log.info("sip_malformed", why=str(error))
        self.on_malformed(source)
        if isinstance(message, Request) and message.method != "ACK":
            reason = f"{REASONS[error.status]} ({error})"
            response = message.response(error.status, reason, tag=secrets.token_hex(6))
            try:
                back = response_hop(_received(message, source), source)
            except PeerError:
                back = source  # without a Via that can be read, whence it came is all we know
            self.transport.send(back, response.to_bytes())

    def _receive_response(self, response: Response) -> None:
        transaction = self._clients.get((response.via.branch, response.cseq.method))
        if transaction is None:
            return
        kind = Event.GOT_1XX if response.status < 200 else Event.GOT_2XX if response.status < 300 else Event.GOT_FINAL
        transaction.feed(kind, response)

    def _receive_request(self, request: Request, source: Hop) -> None:
        _received(request, source)
        method = request.method
        key = _server_key(request, "INVITE" if method == "ACK" else method)
        transaction = self._servers.get(key)
        if method == "ACK":
            if transaction is None:
                self.above.on_ack(request)
            else:
                transaction.feed(Event.GOT_ACK, request)
            return
        if transaction is not None:
            transaction.feed(Event.GOT_REQUEST, request)
            return
        turned_away = Refused(503, 10) if len(self._servers) >= MOST_TRANSACTIONS else None
        if turned_away is None and method != "CANCEL":
            turned_away = self.gate(request, source)
        if turned_away is not None:
            self._turn_away(request, source, turned_away)
            return
        transaction = ServerTransaction(self, request, source)
        self._servers[key] = transaction
        if method == "CANCEL":
            self._cancel(transaction)
        elif self._is_merged(transaction):
            transaction.refuse(482)
        else:
            self._hand_up(transaction)

    def _hand_up(self, transaction: ServerTransaction) -> None:
        """Fields that only the user looks into are found malformed there; the sender is told the same."""
        try:
            self.above.on_request(transaction)
        except PeerError as error:
            log.info("sip_malformed", why=str(error))
            reason = f"{REASONS[error.status]} ({error})"
            transaction.respond(transaction.request.response(error.status, reason, tag=transaction.tag))

    def _turn_away(self, request: Request, source: Hop, refused: Refused) -> None:
        """Without a transaction: whoever repeats the request is told the same (§8.2.7)."""
        if refused.status:
            response = request.response(refused.status, tag=secrets.token_hex(6))
            if refused.retry_after:
                response.add("retry-after", refused.retry_after)
            self.transport.send(response_hop(request.via, source), response.to_bytes())

    def _cancel(self, transaction: ServerTransaction) -> None:
        """§9.2: the INVITE is found by the same branch; 481 when there is none."""
        invite = self._servers.get(_server_key(transaction.request, "INVITE"))
        if invite is None:
            transaction.refuse(481)
            return
        transaction.respond(transaction.request.response(200, tag=transaction.tag))
        if not invite.answered:
            self.above.on_cancel(invite, transaction.request)

    def _is_merged(self, transaction: ServerTransaction) -> bool:
        """§8.2.2.2: the same request came on another way, hence with another branch.

        One that was refused is not in the way: there are clients that repeat a challenged request with its old CSeq.
        """
        request = transaction.request
        if request.to.tag is not None:
            return False
        key = (request.call_id, request.from_.tag or "", request.cseq.number)
        held = self._merged.get(key)
        if held is not None and held.request.method == request.method and held.open:
            return True
        self._merged[key] = transaction
        transaction.merge_key = key
        return False

    def lose(self, hop: Hop) -> None:
        """The connection is gone: requests under way on it have failed (§18.4)."""
        for transaction in list(self._clients.values()):
            if transaction.hop == hop:
                transaction.broken()

    def forget(self, transaction: _Transaction) -> None:
        if isinstance(transaction, ClientTransaction):
            self._clients.pop((transaction.request.via.branch, transaction.request.method), None)
        elif isinstance(transaction, ServerTransaction):
            self._servers.pop(transaction.key, None)
            if transaction.merge_key is not None and self._merged.get(transaction.merge_key) is transaction:
                del self._merged[transaction.merge_key]

    def unfinished(self, *methods: str) -> int:
        """How many client transactions of these methods still wait for their final response."""
        return sum(1 for (_, method), t in self._clients.items() if method in methods and t.waiting)

    @property
    def size(self) -> int:
        """Transactions in memory."""
        return len(self._clients) + len(self._servers)


def _received(request: Request, source: Hop) -> Via:
    """Note in the top Via where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4)."""
    via = request.via
    if not isinstance(source, FlowHop) and ("rport" in via.params or behind_nat(via, source)):
        via.params["received"] = source.host
        if "rport" in via.params:
            via.params["rport"] = str(source.port)
        request.replace_top_via(via)
    return via


def _server_key(request: Request, method: str) -> tuple[str, ...]:
    """§17.2.3; without the magic cookie, the older comparison of whole fields."""
    via = request.via
    host, port = via.sent_by
    if via.branch.startswith(MAGIC_COOKIE) and len(via.branch) > len(MAGIC_COOKIE):
        return via.branch, host, str(port or ""), method
    return (
        request.call_id, request.from_.tag or "", str(request.cseq.number), request.target, via.branch, host,
        str(port or ""), method,
    )  # fmt: skip
