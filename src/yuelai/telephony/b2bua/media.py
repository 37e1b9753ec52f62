"""How the two halves of a call hear each other: what the signalling asks, whoever carries the sound.

Descriptions are SDP. Every method may raise `MediaError` (the call cannot go on) and, where a party is asked anew,
`OfferRefused` or `WrongState` (it goes on as it was).
"""

from __future__ import annotations

from typing import Protocol

from yuelai.telephony.b2bua.half import Half


class MediaBridge(Protocol):
    async def offer(self, half: Half, beside: Half) -> str | None:
        """Return what `half` is offered, who is about to be called for `beside`; None when it shall offer itself."""
        ...

    async def early(self, half: Half, sdp: str, beside: Half) -> str | None:
        """`half` rings with this description: return what `beside` is told before the answer, if anything."""
        ...

    async def answered(self, half: Half, sdp: str, beside: Half) -> str:
        """`half` answered: return the description for the 200 to `beside`."""
        ...

    async def completed(self, half: Half, sdp: str, beside: Half) -> str | None:
        """`half` answered in its ACK what our 200 offered: return what `beside` is to be answered, if it waits."""
        ...

    async def digit(self, half: Half, digit: str, beside: Half) -> bool:
        """`half` pressed a key by signalling: press it in the sound towards `beside`, or return false."""
        ...

    async def bridge(self, one: Half, other: Half) -> None:
        """Both stand, and their descriptions were exchanged in the making."""
        ...

    async def reoffered(self, half: Half, sdp: str, beside: Half) -> str:
        """`half` offers anew while both stand: return the answer."""
        ...

    async def rejoin(self, one: Half, other: Half) -> None:
        """Both stand, each was connected to somebody else: connect them with each other."""
        ...

    async def take(self, half: Half, beside: Half) -> str:
        """`half` calls to take a place beside somebody who stands: return the answer to its offer."""
        ...

    async def pick(self, half: Half, beside: Half) -> tuple[str, str]:
        """`half` calls to answer `beside`, who is still waiting for an answer: return the answers to both offers."""
        ...

    async def attend(self, half: Half, near: Half, far: Half) -> str:
        """`half` speaks with both of those who stand: return the answer to its offer, the same however often."""
        ...

    async def hold(self, half: Half, beside: Half | None) -> None:
        """`half` is parked: it hears music at most."""
        ...

    async def retrieve(self, half: Half, beside: Half) -> None:
        """It is back with `beside`."""
        ...

    async def release(self, half: Half) -> None:
        """The leg is over. Idempotent."""
        ...
