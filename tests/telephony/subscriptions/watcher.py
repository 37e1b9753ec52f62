"""A phone that watches others, and says exactly what a test wants said."""

from __future__ import annotations

from tests.telephony.b2bua.house import House
from tests.telephony.world import RawPeer
from yuelai.wire.sip import Request, Response, parse_datagram
from yuelai.wire.sip.digest import answer


class Watcher(RawPeer):
    """Of user 8002; it answers every NOTIFY with `says`, and keeps what they said."""

    def __init__(self, house: House, port: int = 5300, user: str = "8002") -> None:
        super().__init__(house.net, port)
        self.house, self.user, self.says = house, user, 200
        self.notified: list[Request] = []
        self._count = 0
        house.net.ends[self.hop] = self._heard

    def _heard(self, data: bytes, source: object) -> None:
        message = parse_datagram(data)
        self.heard.append(message)
        if isinstance(message, Request) and message.method == "NOTIFY":
            self.notified.append(message)
            if self.says:
                self.send(self.house.desk.hop, message.response(self.says, tag="watch"))

    async def ask(
        self, method: str, user: str, *, call_id: str = "w", to_tag: str | None = None, password: str = "secret",
        body: tuple[str, bytes] | None = None, known: bool = True, headers: dict[str, str] | None = None,
    ) -> Response:  # fmt: skip
        """Send a request, with credentials once they are asked for; return its final response."""
        target = f"sip:{user}@127.0.0.1:5060"
        for attempt in range(2):
            self._count += 1
            request = self.request(
                method, target, branch=f"{call_id}{self._count}", call_id=call_id, cseq=self._count, to_tag=to_tag,
                user=self.user, **(headers or {}),
            )  # fmt: skip
            if body is not None:
                request.set_body(*body)
            if attempt:
                challenge = str(self.last(407).get("proxy-authenticate"))
                request.add("proxy-authorization", answer(challenge, method, target, self.user, password))
            self.send(self.house.desk.hop, request)
            await self.house.net.run(0.2)
            final = next(m for m in reversed(self.heard) if isinstance(m, Response) and m.cseq.number == self._count)
            if final.status != 407 or not known:
                return final
        return final

    async def watch(
        self, user: str, event: str = "dialog", *, expires: int = 600, to_tag: str | None = None, call_id: str = "w",
        password: str = "secret",
    ) -> Response:  # fmt: skip
        headers = {"event": event, "expires": str(expires)}
        return await self.ask("SUBSCRIBE", user, call_id=call_id, to_tag=to_tag, password=password, headers=headers)

    def states(self) -> list[str]:
        return [str(notify.get("subscription-state")).partition(";")[0] for notify in self.notified]
