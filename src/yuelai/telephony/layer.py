"""Transactions at work: matches messages to the machines, sends, retransmits, and tells the users above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from yuelai.telephony import metrics
from yuelai.telephony.hops import FlowHop, Hop, Transport, behind_nat, response_hop
from yuelai.telephony.timers import T1, Timers
from yuelai.telephony.tokens import new_tag
from yuelai.telephony.transaction import ClientTransaction, FailureHandler, ResponseHandler, ServerTransaction
from yuelai.telephony.transactions import Event
from yuelai.wire.sip import MAGIC_COOKIE, PeerError, Request, Response, Via
from yuelai.wire.sip.reasons import REASONS

log = structlog.get_logger()

__all__ = [
    "Above", "ClientTransaction", "FailureHandler", "Gate", "Refused", "ResponseHandler", "ServerTransaction",
    "TransactionLayer",
]  # fmt: skip

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


class TransactionLayer:
    def __init__(self, timers: Timers, transport: Transport) -> None:
        self.timers, self.transport = timers, transport
        self.above: Above
        self.gate: Gate = lambda _request, _source: None
        """Asked about each new request other than ACK and CANCEL before anything is kept of it."""
        self.on_malformed: Callable[[Hop], None] = lambda _source: None
        self.known: Callable[[Request], bool] = lambda _request: False
        """Whether a request belongs to a dialog of ours: those are taken however many strangers there are."""
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._servers: dict[tuple[str, ...], ServerTransaction] = {}
        self._merged: dict[tuple[str, str, int], ServerTransaction] = {}

    def send(self, request: Request, hop: Hop, told: ResponseHandler, failed: FailureHandler) -> ClientTransaction:
        """Start a client transaction; the request's top Via must hold a fresh branch."""
        transaction = ClientTransaction(self, request, hop, told, failed)
        self._clients[transaction.key] = transaction
        metrics.requests_out[request.method].inc()
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
            response = message.response(error.status, reason, tag=new_tag())
            try:
                back = response_hop(_received(message, source), source)
            except PeerError:
                back = source  # without a Via that can be read, whence it came is all we know
            self.transport.send(back, response.to_bytes())

    def _receive_response(self, response: Response) -> None:
        status = response.status
        metrics.responses_in[status].inc()
        transaction = self._clients.get((response.via.branch, response.cseq.method))
        if transaction is None:
            return
        kind = Event.GOT_1XX if status < 200 else Event.GOT_2XX if status < 300 else Event.GOT_FINAL
        transaction.feed(kind, response)

    def _receive_request(self, request: Request, source: Hop) -> None:
        _received(request, source)
        method = request.method
        key = _server_key(request, "INVITE" if method == "ACK" else method)
        transaction = self._servers.get(key)
        if method == "ACK":
            metrics.requests_in["ACK"].inc()
            if transaction is None:
                self.above.on_ack(request)
            else:
                transaction.feed(Event.GOT_ACK, request)
            return
        if transaction is not None:
            transaction.feed(Event.GOT_REQUEST, request)
            return
        full = len(self._servers) >= MOST_TRANSACTIONS and method != "CANCEL" and not self.known(request)
        turned_away = Refused(503, 10) if full else None
        if turned_away is None and method != "CANCEL":
            turned_away = self.gate(request, source)
        if turned_away is not None:
            self._turn_away(request, source, turned_away)
            return
        metrics.requests_in[method].inc()
        transaction = ServerTransaction(self, request, source, key)
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
            if transaction.answered:
                return
            reason = f"{REASONS[error.status]} ({error})"
            transaction.respond(transaction.request.response(error.status, reason, tag=transaction.tag))

    def _turn_away(self, request: Request, source: Hop, refused: Refused) -> None:
        """Without a transaction: whoever repeats the request is told the same (§8.2.7)."""
        if refused.status:
            response = request.response(refused.status, tag=new_tag())
            if refused.retry_after:
                response.add("retry-after", refused.retry_after)
            self.transport.send(response_hop(request.via, source), response.to_bytes())

    def _cancel(self, transaction: ServerTransaction) -> None:
        """§9.2: the INVITE is found by the same branch; 481 when there is none."""
        invite = self._servers.get(_server_key(transaction.request, "INVITE"))
        if invite is None:
            transaction.answer_once(transaction.request.response(481, tag=transaction.tag))
            return
        cancel = transaction.request
        transaction.respond(cancel.response(200, tag=transaction.tag))
        if not invite.answered:
            self.above.on_cancel(invite, cancel)

    def _is_merged(self, transaction: ServerTransaction) -> bool:
        """§8.2.2.2: the same request came on another way, hence with another branch.

        One that was refused is not in the way: there are clients that repeat a challenged request with its old CSeq.
        """
        request = transaction.request
        if request.to.tag is not None:
            return False
        key = (request.call_id, request.from_.tag or "", request.cseq.number)
        held = self._merged.get(key)
        if held is not None and held.method == request.method and held.open:
            return True
        self._merged[key] = transaction
        transaction.merge_key = key
        return False

    def lose(self, hop: Hop) -> None:
        """The connection is gone: requests under way on it have failed (§18.4)."""
        for transaction in list(self._clients.values()):
            if transaction.hop == hop:
                transaction.broken()

    def forget_client(self, transaction: ClientTransaction) -> None:
        self._clients.pop(transaction.key, None)

    def forget_server(self, transaction: ServerTransaction) -> None:
        self._servers.pop(transaction.key, None)
        if transaction.merge_key is not None and self._merged.get(transaction.merge_key) is transaction:
            del self._merged[transaction.merge_key]

    def acknowledged(self, ack: Request) -> None:
        """An ACK to a 2xx that has the branch of its INVITE, as some peers write it."""
        self.above.on_ack(ack)

    def undecided(self, seconds: float) -> list[ServerTransaction]:
        """Return the requests that nobody has answered for good in this time."""
        before = self.timers.now - seconds
        return [one for one in self._servers.values() if one.born < before and not one.answered]

    def awaiting(self, seconds: float) -> list[ClientTransaction]:
        """Return the requests of ours without a final answer in this time."""
        before = self.timers.now - seconds
        return [one for one in self._clients.values() if one.born < before and one.waiting]

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
    # Only we may say it: what a sender claims would have the answer connect to whom they like, once they are gone.
    claimed = via.params.pop("received", None) is not None
    if not isinstance(source, FlowHop) and ("rport" in via.params or behind_nat(via, source)):
        via.params["received"] = source.host
        if "rport" in via.params:
            via.params["rport"] = str(source.port)
        request.replace_top_via(via)
    elif claimed:
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
