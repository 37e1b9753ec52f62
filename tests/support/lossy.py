"""A UDP relay that loses, doubles, delays and thereby reorders packets, by a seed.

It stands before one address, the *far* one, like a NAT: each client gets a socket of its own towards it. A peer behind
it must give the relay's port in its Contact, else requests to it go past the relay.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import cast

Address = tuple[str, int]


@dataclass(frozen=True)
class Weather:
    """Chances of each packet, in each direction, from 0 to 1; delays in seconds, drawn evenly between the two."""

    loss: float = 0.0
    double: float = 0.0
    delay: tuple[float, float] = (0.0, 0.0)
    late: float = 0.0
    """Chance of coming a further `lateness` later, so that what was sent after it overtakes it."""
    lateness: float = 0.05


@dataclass
class Count:
    carried: int = 0
    lost: int = 0
    doubled: int = 0
    late: int = 0


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, relay: LossyRelay, client: Address | None) -> None:
        self._relay, self._client = relay, client
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)  # its class says so only since Python 3.12

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._relay._took(self._client, data, addr)

    def send(self, data: bytes, to: Address) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.sendto(data, to)


class LossyRelay:
    """`async with LossyRelay(far, Weather(loss=0.1), seed=1) as relay:` and clients speak to `relay.port`."""

    def __init__(self, far: Address | int, weather: Weather | None = None, *, seed: int = 1) -> None:
        self.far: Address = ("127.0.0.1", far) if isinstance(far, int) else far
        self.weather = weather or Weather()
        """May be changed while it runs."""
        self.count = Count()
        self._draw = random.Random(seed)
        self._front = _Socket(self, None)
        self._backs: dict[Address, _Socket | asyncio.Task[None]] = {}
        self._early: dict[Address, list[bytes]] = {}

    async def __aenter__(self) -> LossyRelay:
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self._front, local_addr=("127.0.0.1", 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for back in self._backs.values():
            if isinstance(back, asyncio.Task):
                back.cancel()
            elif back.transport is not None:
                back.transport.close()
        if self._front.transport is not None:
            self._front.transport.close()

    @property
    def port(self) -> int:
        assert self._front.transport is not None
        return int(self._front.transport.get_extra_info("sockname")[1])

    def _took(self, client: Address | None, data: bytes, source: Address) -> None:
        if client is not None:
            self._carry(self._front, data, client)
            return
        back = self._backs.get(source)
        if isinstance(back, _Socket):
            self._carry(back, data, self.far)
            return
        self._early.setdefault(source, []).append(data)
        if back is None:
            self._backs[source] = asyncio.ensure_future(self._open(source))

    async def _open(self, client: Address) -> None:
        back = _Socket(self, client)
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: back, local_addr=("127.0.0.1", 0))
        self._backs[client] = back
        for data in self._early.pop(client):
            self._carry(back, data, self.far)

    def _carry(self, through: _Socket, data: bytes, to: Address) -> None:
        weather, draw = self.weather, self._draw
        if draw.random() < weather.loss:
            self.count.lost += 1
            return
        self.count.carried += 1
        copies = 1
        if draw.random() < weather.double:
            self.count.doubled += 1
            copies = 2
        for _ in range(copies):
            delay = draw.uniform(*weather.delay)
            if draw.random() < weather.late:
                self.count.late += 1
                delay += weather.lateness
            if delay:
                asyncio.get_running_loop().call_later(delay, through.send, data, to)
            else:
                through.send(data, to)
