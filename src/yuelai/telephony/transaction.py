"""One transaction at work: its machine, its timer, and what it sends. Thousands of them live for half a minute after
their work is done, so they then hold no more than the bytes that may have to be sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from yuelai.telephony import metrics
from yuelai.telephony.hops import Hop, Transport, response_hop
from yuelai.telephony.timers import T1, Timer, Timers
from yuelai.telephony.tokens import new_tag
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
from yuelai.wire.sip import Message, Request, Response

ResponseHandler = Callable[[Response], None]
FailureHandler = Callable[[int, str], None]
"""Called with 408 after a time-out and 503 when the transport failed (RFC 3261 §8.1.3.1)."""
_WAITING = frozenset((State.CALLING, State.TRYING, State.PROCEEDING))


class Layer(Protocol):
    """What a transaction needs of the layer that keeps it."""

    timers: Timers
    transport: Transport

    def forget_client(self, transaction: ClientTransaction) -> None: ...

    def forget_server(self, transaction: ServerTransaction) -> None: ...

    def acknowledged(self, ack: Request) -> None: ...

    def send(self, request: Request, hop: Hop, told: ResponseHandler, failed: FailureHandler) -> ClientTransaction: ...


class _Transaction:
    __slots__ = ("_data", "_layer", "_sent", "_timer", "born", "machine")

    def __init__(self, layer: Layer, machine: Machine) -> None:
        self._layer, self.machine = layer, machine
        self.born = layer.timers.now
        self._timer: Timer | None = None
        self._data: bytes | None = None
        """The last message of ours."""
        self._sent = False
        """True once `_data` was sent: what goes out then is a repetition."""

    def feed(self, event: Event, message: Message | None = None) -> None:
        for action in self.machine.feed(event, self._layer.timers.now):
            self.act(action, message)
        self._arm()

    def _arm(self) -> None:
        timer = self._timer
        if self.machine.finished:
            if timer is not None:
                timer.cancel()
                self._timer = None
            self.over()
            return
        due = self.machine.next_due
        if timer is not None:
            if timer.due == due and timer.callback is not None:
                return
            timer.cancel()
            self._timer = None
        if due is not None:
            self._timer = self._layer.timers.at(due, self._wake)

    def _wake(self) -> None:
        self._timer = None
        while (event := self.machine.due(self._layer.timers.now)) is not None:
            for action in self.machine.feed(event, self._layer.timers.now):
                self.act(action, None)
        self._arm()

    def _send(self, hop: Hop) -> None:
        if self._data is None:
            return
        if self._sent:
            metrics.repeated()
        self._sent = True
        if not self._layer.transport.send(hop, self._data):
            self.broken()

    def act(self, action: Action, message: Message | None) -> None:
        raise NotImplementedError

    def over(self) -> None:
        """Nothing more can come of it."""
        raise NotImplementedError

    def broken(self) -> None:
        """Tell the machine, but only with the next run of timers, never within the call that sent."""
        self._layer.timers.after(0, lambda: self.feed(Event.BROKEN))


def _nothing(_response: Response) -> None:
    """For whom no answer matters."""


def _nobody(_status: int, _reason: str) -> None:
    """For whom no failure matters."""


class ClientTransaction(_Transaction):
    __slots__ = ("_ack", "_cancelled", "_failed", "_invite", "_told", "hop", "key")

    def __init__(self, layer: Layer, request: Request, hop: Hop, told: ResponseHandler, failed: FailureHandler) -> None:
        invite = request.method == "INVITE"
        super().__init__(layer, Machine(INVITE_CLIENT if invite else NON_INVITE_CLIENT, hop.reliable))
        self.key = (request.via.branch, request.method)
        self.hop = hop
        self._told, self._failed = told, failed
        self._data = request.to_bytes()
        self._invite = request if invite else None
        """For its CANCEL and ACK, as long as there may be one."""
        self._ack: bytes | None = None
        self._cancelled = False

    @property
    def provisional(self) -> bool:
        """True once a provisional response has come and no final one (only then may an INVITE be cancelled, §9.1)."""
        return self.machine.state is State.PROCEEDING

    @property
    def waiting(self) -> bool:
        """True until there is a final response or a failure."""
        return self.machine.state in _WAITING

    def act(self, action: Action, message: Message | None) -> None:
        if action is Action.SEND:
            self._send(self.hop)
        elif action is Action.ACK:
            if self._ack is None and self._invite is not None and isinstance(message, Response):
                self._ack = _ack(self._invite, message).to_bytes()
                self._invite = self._data = None
            if self._ack is not None:
                metrics.requests_out["ACK"].inc()
                self._layer.transport.send(self.hop, self._ack)
        elif action is Action.TELL:
            assert isinstance(message, Response)
            if message.status >= 200:
                self._invite = self._data = None
            self._told(message)
        elif action is Action.TIMED_OUT:
            self._failed(408, "no answer")
        elif action is Action.FAILED:
            self._failed(503, "unreachable")

    def over(self) -> None:
        self._layer.forget_client(self)
        self._told, self._failed, self._invite = _nothing, _nobody, None

    def cancel(self, cause: str = "") -> None:
        """Send a CANCEL for this INVITE, once (§9.1); its own answer means nothing to anybody. `cause` is its Reason
        field (RFC 3326)."""
        invite = self._invite
        if self._cancelled or invite is None:
            return
        self._cancelled = True
        cancel = _derived(invite, "CANCEL", "to")
        if cause:
            cancel.add("reason", cause)
        self._layer.send(cancel, self.hop, _nothing, _nobody)
        # A peer that answers the CANCEL but never the INVITE would keep it for ever (§9.1, last paragraph).
        self._layer.timers.after(64 * T1, self.abandon)

    def abandon(self) -> None:
        """Wait no longer for a final response."""
        if self.waiting:
            self.feed(Event.BROKEN)


def _derived(invite: Request, method: str, *more: str) -> Request:
    """A CANCEL or ACK of the same transaction: the fields that must be those of the INVITE (§9.1, §17.1.1.3)."""
    request = Request(method, invite.target, [("via", str(invite.via))])
    for name, value in invite.fields:
        if name in ("from", "call-id", "route", "max-forwards") or name in more:
            request.add(name, value)
    request.add("cseq", f"{invite.cseq.number} {method}")
    return request


def _ack(invite: Request, response: Response) -> Request:
    """The ACK to a failure (§17.1.1.3)."""
    ack = _derived(invite, "ACK")
    ack.add("to", response.get("to"))
    return ack


_SPENT = Request("NONE", "sip:invalid")
"""In place of a request that was answered for good."""


class ServerTransaction(_Transaction):
    """`request` may be looked at until the final response has been sent."""

    __slots__ = ("_back", "key", "merge_key", "method", "request", "source", "tag")

    def __init__(self, layer: Layer, request: Request, source: Hop, key: tuple[str, ...]) -> None:
        table = INVITE_SERVER if request.method == "INVITE" else NON_INVITE_SERVER
        super().__init__(layer, Machine(table, source.reliable))
        self.request, self.source, self.method = request, source, request.method
        self._back = response_hop(request.via, source)
        self.key = key
        self.merge_key: tuple[str, str, int] | None = None
        self.tag = new_tag()
        """The tag that goes on To in every response of this transaction that has no dialog of its own."""

    @property
    def answered(self) -> bool:
        """True once a final response has been given."""
        state = self.machine.state
        return state is not State.TRYING and state is not State.PROCEEDING

    @property
    def open(self) -> bool:
        """True while undecided, and after a 2xx to an INVITE."""
        return not self.answered or self.machine.state is State.ACCEPTED

    def respond(self, response: Response) -> None:
        """Send a response; ignored when a final one has been sent already (save a 2xx that is repeated)."""
        status = response.status
        if self.answered:
            if self.machine.state is State.ACCEPTED and 200 <= status < 300:
                self.repeat()
            return
        self._data, self._sent = response.to_bytes(), False
        metrics.responses_out[status].inc()
        if status < 200:
            self.feed(Event.SEND_1XX)
            return
        self.request = _SPENT
        self.feed(Event.SEND_2XX if status < 300 else Event.SEND_FINAL)

    def answer_once(self, response: Response) -> None:
        """Send a final response and keep nothing of it (RFC 3261 §8.2.7): whoever does not get it repeats the request,
        and is answered anew."""
        if self.answered:
            return
        metrics.responses_out[response.status].inc()
        self._layer.transport.send(self._back, response.to_bytes())
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.machine.state = State.TERMINATED
        self.request = _SPENT
        self.over()

    def repeat(self) -> None:
        """Send the 2xx to an INVITE again, whose ACK has not come (§13.3.1.4)."""
        self.feed(Event.SEND_2XX)

    def refuse(self, status: int, **headers: str) -> None:
        """Respond with a failure; headers by their name with underscores."""
        if self.answered:
            return
        self.respond(self._refusal(status, headers))

    def turn_away(self, status: int, **headers: str) -> None:
        """Refuse somebody of whom nothing is known yet, as `answer_once` does."""
        if not self.answered:
            self.answer_once(self._refusal(status, headers))

    def _refusal(self, status: int, headers: Mapping[str, str]) -> Response:
        response = self.request.response(status, tag=self.tag)
        for name, value in headers.items():
            response.add(name.replace("_", "-"), value)
        return response

    def act(self, action: Action, message: Message | None) -> None:
        if action is Action.SEND:
            self._send(self._back)
        elif action is Action.TELL and isinstance(message, Request):
            self._layer.acknowledged(message)

    def over(self) -> None:
        self._layer.forget_server(self)
        self._data = None
