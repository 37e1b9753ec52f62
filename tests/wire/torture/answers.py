"""What our stack answers to bytes that somebody throws at it: two ends in memory, in virtual time."""

from __future__ import annotations

from tests.telephony.world import Net, Party, RawPeer
from yuelai.wire.sip import Response

from . import torture


class Thrown:
    """A stack to which messages have been thrown from a trunk's address; `answers` is what it said."""

    def __init__(self, users: tuple[str, ...] = ("8001",)) -> None:
        self.net = Net()
        # Nobody sits at 5060, where answers to a Via without a port go: we look at what was sent.
        self.ours, self.peer = Party(self.net, 5070, users=users), RawPeer(self.net, 6000)

    async def throw(self, data: bytes) -> list[Response]:
        """Return the responses to it, repetitions left out."""
        before = len(self.net.log)
        self.net.put(self.peer.hop, self.ours.hop, data)
        await self.net.run(0.3)
        sent = [message for source, _, message in self.net.log[before:] if source == self.ours.hop]
        return [message for message in sent if isinstance(message, Response)]


async def statuses(name: str) -> list[int]:
    """What a torture message is answered with."""
    return [response.status for response in await Thrown().throw(torture(name))]
