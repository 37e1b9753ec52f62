"""One connection to a provider as a protocol: octets and submissions in, events and octets out. No socket, no clock."""

from __future__ import annotations

from datetime import timedelta

from aiosmpplib.protocol import BindTransceiver, DeliverSmResp, EnquireLink, SubmitSm, Unbind
from aiosmpplib.state import NPI, TON, USER_MESSAGE_REFERENCE, OptionalParam, PhoneNumber

from yuelai.messages.model import PartState
from yuelai.messages.ports import Answered, Event, Receipt, Submission, Tag, Verdict
from yuelai.messages.smpp import pdus
from yuelai.messages.smpp.pdus import Broken, Delivered, Frames, Pdu

_UDHI = 0x40
_FINAL = {
    "DELIVRD": PartState.DELIVERED,
    "EXPIRED": PartState.FAILED,
    "DELETED": PartState.FAILED,
    "UNDELIV": PartState.FAILED,
    "REJECTD": PartState.FAILED,
    "ACCEPTD": PartState.SENT,
    "ENROUTE": PartState.SENT,
}


class BindRefused(Exception):
    """The provider will not have us; the text says why."""


class Connection:
    """Bound as transceiver once `bound`; `over` when the peer has said good-bye. Raises `pdus.Broken` for a peer that
    does not speak SMPP, `BindRefused`."""

    def __init__(self, system_id: str, password: str, source: str = "") -> None:
        self._source = _address(source)
        self._frames = Frames()
        self._sequence = 0
        self._under_way: dict[int, tuple[Tag, float]] = {}
        self._out = bytearray()
        self.bound = self.over = False
        self.foreign = 0
        """Messages that somebody wrote to us, and receipts that nobody can read: taken, and not looked into."""
        self._out += BindTransceiver(sequence_num=self._next(), system_id=system_id, password=password).pdu()

    @property
    def under_way(self) -> int:
        return len(self._under_way)

    @property
    def oldest_at(self) -> float | None:
        """When what has been under way longest was submitted."""
        return next((at for _, at in self._under_way.values()), None)

    def to_send(self) -> bytes:
        """Return what is to be written now, once."""
        data, self._out = bytes(self._out), bytearray()
        return data

    def submit(self, submission: Submission, now: float) -> None:
        """`now` is on any clock that only goes forward."""
        sequence, piece = self._next(), submission.piece
        pdu = SubmitSm(
            sequence_num=sequence,
            short_message="-",  # stands for what is set below: its own cutting is not used
            source=self._source,
            destination=PhoneNumber(submission.to.lstrip("+"), TON.INTERNATIONAL, NPI.ISDN),
            esm_class=_UDHI if piece.headed else 0,
            registered_delivery=1,
            encoding="ucs2" if piece.unicode else None,
            validity_period=max(submission.valid, timedelta(minutes=1)),
            optional_params=[OptionalParam(USER_MESSAGE_REFERENCE, submission.reference)],
        )
        pdu.set_encoded_message(piece.data)
        self._out += pdu.pdu()
        self._under_way[sequence] = (submission.tag, now)

    def confirm(self, receipt: Receipt) -> None:
        self._out += DeliverSmResp(sequence_num=receipt.token).pdu()

    def enquire(self) -> None:
        """Ask whether anybody is there; whatever comes is an answer."""
        self._out += EnquireLink(sequence_num=self._next()).pdu()

    def unbind(self) -> None:
        self._out += Unbind(sequence_num=self._next()).pdu()

    def receive(self, data: bytes) -> list[Event]:
        """Return what happened, in the order it did."""
        found = [self._received(pdu) for pdu in self._frames.take(data)]
        return [event for event in found if event is not None]

    def end(self) -> list[Event]:
        """The connection is gone: return what it leaves open."""
        lost, self._under_way = self._under_way, {}
        return [Answered(tag, Verdict.LOST) for tag, _ in lost.values()]

    def _received(self, pdu: Pdu) -> Event | None:
        match pdu.command:
            case pdus.SUBMIT_RESP | pdus.GENERIC_NACK if pdu.sequence in self._under_way:
                return _answered(self._under_way.pop(pdu.sequence)[0], pdu)
            case pdus.DELIVER:
                return self._delivered(pdu)
            case pdus.ENQUIRE:
                self._out += pdus.written(pdus.ENQUIRE_RESP, pdu.sequence)
            case pdus.BIND_RESP:
                if pdu.status != pdus.OK:
                    raise BindRefused(f"the provider answers 0x{pdu.status:02x}")
                self.bound = True
            case pdus.UNBIND:
                self._out += pdus.written(pdus.UNBIND_RESP, pdu.sequence)
                self.over = True
            case pdus.UNBIND_RESP:
                self.over = True
            case _ if not self.bound:
                raise Broken(f"command 0x{pdu.command:08x} instead of an answer to ours")
        return None

    def _delivered(self, pdu: Pdu) -> Event | None:
        try:
            told = pdus.delivered(pdu)
        except ValueError:
            told = Delivered("", receipt=False)
        if not told.receipt:
            self.foreign += 1
            self._out += DeliverSmResp(sequence_num=pdu.sequence).pdu()
            return None
        state = _FINAL.get(told.stat, PartState.SENT)
        reason = "" if state is not PartState.FAILED else told.stat.lower()
        # Of a receipt the source is whom the message was for.
        return Receipt(pdu.sequence, told.id, told.source, told.reference, state, reason)

    def _next(self) -> int:
        self._sequence = self._sequence % 0x7FFFFFFF + 1
        return self._sequence


def _answered(tag: Tag, pdu: Pdu) -> Answered:
    if pdu.status == pdus.OK and pdu.command == pdus.SUBMIT_RESP:
        return Answered(tag, Verdict.TAKEN, pdus.message_id(pdu))
    reason = f"smpp_0x{pdu.status:02x}"
    if pdu.status in (pdus.THROTTLED, pdus.QUEUE_FULL):
        return Answered(tag, Verdict.THROTTLED, reason=reason)
    return Answered(tag, Verdict.LATER if pdu.status in pdus.LATER else Verdict.REFUSED, reason=reason)


def _address(source: str) -> PhoneNumber:
    if source.startswith("+"):
        return PhoneNumber(source[1:], TON.INTERNATIONAL, NPI.ISDN)
    known = source.isdigit() or not source
    return PhoneNumber(
        source, TON.UNKNOWN if known else TON.ALPHANUMERIC, NPI.ISDN if source.isdigit() else NPI.UNKNOWN
    )
