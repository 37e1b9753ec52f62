"""The message centre's side of SMPP: takes messages, joins their parts, tells receipts; can be made to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import random
import struct
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from aiosmpplib.protocol import (
    BindTransceiver,
    BindTransceiverResp,
    DeliverSm,
    EnquireLinkResp,
    SubmitSm,
    SubmitSmResp,
    UnbindResp,
)
from aiosmpplib.state import (
    NPI,
    TON,
    USER_MESSAGE_REFERENCE,
    OptionalParam,
    PduHeader,
    PhoneNumber,
    SmppCommand,
    SmppCommandStatus,
)

Mode = Literal["ok", "slow", "throttling", "cutting", "rejecting"]
MODES: tuple[str, ...] = get_args(Mode)
KEPT = 1000
MOST_OCTETS = 4096
"""Of one PDU."""
WAITING = 10_000
"""Receipts that wait for somebody to tell them to, at most."""


@dataclass
class Behaviour:
    """`seconds` is how long a slow answer takes. A throttling centre refuses every third message, a cutting one cuts
    the connection at random: before it has read a message, after it has taken it, or after its answer."""

    mode: Mode = "ok"
    seconds: float = 0.3
    receipt_seconds: float = 0.3
    seed: int = 1


@dataclass
class Message:
    """`parts` by their number; joined when all of them are there."""

    to: str
    source: str
    total: int
    at: datetime
    parts: dict[int, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    times: int = 0
    """How often its first part came: more than once, the telephone shows it twice."""

    def shown(self) -> dict[str, Any]:
        return {
            "to": self.to,
            "from": self.source,
            "at": self.at.isoformat(),
            "text": "".join(self.parts[number] for number in sorted(self.parts)),
            "complete": len(self.parts) == self.total,
            "parts": self.total,
            "times": self.times,
            "ids": list(self.ids),
        }


class Centre:
    """All connections of the centre, and what it was given: the newest `KEPT` messages."""

    def __init__(self, system_id: str, password: str, behaviour: Behaviour | None = None) -> None:
        self._system_id, self._password = system_id, password
        self.behaviour = behaviour or Behaviour()
        self._random = random.Random(self.behaviour.seed)  # noqa: S311
        self._messages: OrderedDict[tuple[str, int, str], Message] = OrderedDict()
        self._count = 0
        self._receipts: deque[tuple[float, DeliverSm]] = deque(maxlen=WAITING)
        self._connections: set[_Connection] = set()
        self._telling: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._telling = asyncio.create_task(self._tell(), name="receipts")

    async def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._telling
        for connection in list(self._connections):
            connection.cut()

    def change(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._random.seed(behaviour.seed)

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        """Return the newest first, those to a number (its digits) or all."""
        digits = "".join(letter for letter in to if letter.isdigit())
        return [one.shown() for one in reversed(self._messages.values()) if not digits or one.to.endswith(digits)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from bind to its end."""
        connection = _Connection(self, reader, writer)
        self._connections.add(connection)
        try:
            await connection.run()
        except (OSError, ValueError, struct.error, asyncio.IncompleteReadError):
            pass  # a peer that is gone, or speaks something else
        finally:
            self._connections.discard(connection)
            connection.cut()

    def admits(self, system_id: str, password: str) -> bool:
        return (system_id, password) == (self._system_id, self._password)

    def roll(self, sides: int) -> int:
        """Chance, the same every time for one seed."""
        return self._random.randrange(sides)

    def take(self, message: SubmitSm) -> str:
        """Keep a part, and have its receipt told in a moment. Return the centre's own number of it."""
        self._count += 1
        id_ = f"{self._count:010d}"
        reference, number, total = message.get_segmentation_data()
        own = _reference(message)
        # Parts of one message share what the telephone joins them by; a whole one is one by itself.
        key = (message.destination.number, reference if total else own, "" if total else message.short_message)
        held = self._messages.get(key)
        if held is None:
            held = Message(message.destination.number, message.source.number, max(total, 1), datetime.now(UTC))
            self._messages[key] = held
            if len(self._messages) > KEPT:
                self._messages.popitem(last=False)
        held.parts[max(number, 1)] = message.short_message
        held.times += number <= 1
        held.ids.append(id_)
        due = asyncio.get_running_loop().time() + self.behaviour.receipt_seconds
        if message.registered_delivery & 1:
            self._receipts.append((due, _receipt(id_, message, own)))
        return id_

    async def _tell(self) -> None:
        """Receipts go to whoever is connected; nobody there, they wait."""
        while True:
            await asyncio.sleep(0.05)
            now = asyncio.get_running_loop().time()
            while self._receipts and self._receipts[0][0] <= now:
                bound = [one for one in self._connections if one.bound]
                if not bound:
                    break
                _, receipt = self._receipts.popleft()
                bound[0].deliver(receipt)

    def again(self, receipts: list[DeliverSm]) -> None:
        """Nobody said that these had come: they are told to the next one."""
        now = asyncio.get_running_loop().time()
        self._receipts.extendleft((now, receipt) for receipt in reversed(receipts))


class _Connection:
    def __init__(self, centre: Centre, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._centre, self._reader, self._writer = centre, reader, writer
        self._told: dict[int, DeliverSm] = {}
        self._sequence = self._taken = 0
        self.bound = False

    async def run(self) -> None:
        while True:
            header, pdu = await self._read()
            match header.smpp_command:
                case SmppCommand.BIND_TRANSCEIVER:
                    self._bind(BindTransceiver.from_pdu(pdu, header), header)
                case SmppCommand.SUBMIT_SM if self.bound:
                    await self._submitted(pdu, header)
                case SmppCommand.DELIVER_SM_RESP:
                    self._told.pop(header.sequence_num, None)
                case SmppCommand.ENQUIRE_LINK:
                    self._write(EnquireLinkResp(header.sequence_num))
                case SmppCommand.UNBIND:
                    self._write(UnbindResp(header.sequence_num))
                    return
                case _:
                    return

    def deliver(self, receipt: DeliverSm) -> None:
        self._sequence += 1
        receipt.sequence_num = self._sequence
        self._told[self._sequence] = receipt
        self._write(receipt)

    def cut(self) -> None:
        self.bound = False
        self._centre.again(list(self._told.values()))
        self._told.clear()
        self._writer.transport.abort()

    async def _read(self) -> tuple[PduHeader, bytes]:
        head = await self._reader.readexactly(16)
        (length,) = struct.unpack_from("!I", head)
        if not 16 <= length <= MOST_OCTETS:
            raise ValueError(f"a PDU of {length} octets")
        pdu = head + await self._reader.readexactly(length - 16)
        return BindTransceiver.parse_header(pdu), pdu

    def _bind(self, asked: Any, header: PduHeader) -> None:
        self.bound = self._centre.admits(asked.system_id, asked.password)
        status = SmppCommandStatus.ESME_ROK if self.bound else SmppCommandStatus.ESME_RINVPASWD
        self._write(BindTransceiverResp(header.sequence_num, status, system_id="yuelai-smsc"))

    async def _submitted(self, pdu: bytes, header: PduHeader) -> None:
        behaviour = self._centre.behaviour
        cut = self._centre.roll(40) if behaviour.mode == "cutting" else -1
        if behaviour.mode == "slow":
            await asyncio.sleep(behaviour.seconds)
        if cut == 0:
            raise ConnectionAbortedError
        self._taken += 1
        if behaviour.mode == "rejecting":
            self._answer(header, SmppCommandStatus.ESME_RINVDSTADR)
            return
        if behaviour.mode == "throttling" and self._taken % 3 == 0:
            self._answer(header, SmppCommandStatus.ESME_RTHROTTLED)
            return
        message = SubmitSm.from_pdu(pdu, header, "gsm0338")
        assert isinstance(message, SubmitSm)
        id_ = self._centre.take(message)
        if cut == 1:
            raise ConnectionAbortedError
        self._answer(header, SmppCommandStatus.ESME_ROK, id_)
        if cut == 2:
            await self._writer.drain()
            raise ConnectionAbortedError

    def _answer(self, header: PduHeader, status: SmppCommandStatus, id_: str = "") -> None:
        self._write(SubmitSmResp(sequence_num=header.sequence_num, command_status=status, message_id=id_))

    def _write(self, message: Any) -> None:
        self._writer.write(message.pdu())


def _reference(message: SubmitSm) -> int:
    return next((int(one.value) for one in message.optional_params or [] if one.tag == USER_MESSAGE_REFERENCE), 0)


def _receipt(id_: str, message: SubmitSm, reference: int) -> DeliverSm:
    now = datetime.now(UTC)
    said = {"id": id_, "sub": 1, "dlvrd": 1, "submit date": now, "done date": now, "stat": "DELIVRD", "text": "-"}
    return DeliverSm(
        short_message=DeliverSm.encode_receipt(said),
        source=PhoneNumber(message.destination.number, TON.INTERNATIONAL, NPI.ISDN),
        destination=message.source,
        esm_class=0x04,
        optional_params=[OptionalParam(USER_MESSAGE_REFERENCE, reference)],
    )
