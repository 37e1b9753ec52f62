"""Flows: WebSockets of browsers that the web process carries (RFC 7118)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yuelai.telephony.hops import FlowHop

PING, PONG = b"\r\n\r\n", b"\r\n"
"""RFC 5626 §4.4.1."""


@dataclass(frozen=True, slots=True)
class _Flow:
    send: Callable[[bytes], None]
    hop: FlowHop
    remote: str


class Flows:
    """`take` gets each message with where it came from."""

    def __init__(self, take: Callable[[bytes, FlowHop], None]) -> None:
        self._take = take
        self._flows: dict[str, _Flow] = {}

    def open(self, flow: str, send: Callable[[bytes], None], *, remote: str = "", secure: bool = False) -> None:
        """`remote` is the browser's address, as far as it is known; `secure` says that it came by HTTPS."""
        self._flows[flow] = _Flow(send, FlowHop(flow, secure), remote)

    def close(self, flow: str) -> None:
        self._flows.pop(flow, None)

    def received(self, flow: str, data: bytes) -> None:
        """Take one WebSocket message, which is one SIP message (RFC 7118 §5.1) or a keep-alive."""
        held = self._flows.get(flow)
        if held is None:
            return
        if data == PING:
            held.send(PONG)
            return
        self._take(data, held.hop)

    def send(self, hop: FlowHop, data: bytes) -> bool:
        held = self._flows.get(hop.flow)
        if held is None:
            return False
        held.send(data)
        return True

    def address(self, hop: FlowHop) -> str:
        held = self._flows.get(hop.flow)
        return held.remote if held is not None else ""

    def __contains__(self, flow: object) -> bool:
        return flow in self._flows

    def __len__(self) -> int:
        return len(self._flows)
