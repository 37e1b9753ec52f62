"""Registering the test caller's user (RFC 3261 §10.2) and keeping it so."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from yuelai.telephony.client_auth import ClientAuth
from yuelai.wire.sip import Request, Response, Uri

if TYPE_CHECKING:
    from yuelai.entrypoints.caller.useragent import UserAgent


class RegistrationFailed(Exception):
    """The registrar refused; the message has its status."""


class Registration:
    def __init__(self, agent: UserAgent) -> None:
        self._agent = agent
        self._call_id, self._tag = secrets.token_hex(10), secrets.token_hex(4)
        self._cseq = 0
        self._auth = ClientAuth(agent.digest) if agent.digest is not None else None
        self._refresher: asyncio.Task[None] | None = None

    @property
    def _contact(self) -> Uri:
        return Uri("sip", self._agent.user, self._agent.host, self._agent.port)

    async def start(self, expires: int) -> None:
        """Raises RegistrationFailed."""
        granted = await self._register(expires)
        self._refresher = asyncio.create_task(self._refresh(expires, granted))

    def stop(self) -> None:
        if self._refresher is not None:
            self._refresher.cancel()
            self._refresher = None

    async def leave(self) -> None:
        self.stop()
        await self._register(0)

    async def _refresh(self, expires: int, granted: int) -> None:
        while True:
            await asyncio.sleep(max(1.0, granted * 0.5))
            try:
                granted = await self._register(expires)
            except RegistrationFailed:
                granted = 4  # Seconds until the next try are half of it: the registrar may be restarting.

    async def _register(self, expires: int) -> int:
        agent = self._agent
        self._cseq += 10  # challenges are answered with the numbers between
        address = Uri("sip", agent.user, *agent.server)
        request = Request("REGISTER", str(Uri("sip", "", *agent.server)))
        request.add("from", f"<{address}>;tag={self._tag}")
        request.add("to", f"<{address}>")
        request.add("call-id", self._call_id)
        request.add("cseq", f"{self._cseq} REGISTER")
        request.add("max-forwards", 70)
        request.add("contact", f"<{self._contact}>")
        request.add("expires", expires)
        response = await self._ask(request)
        if response is None or response.status // 100 != 2:
            why = f"{response.status} {response.reason}" if response is not None else "408 no answer"
            raise RegistrationFailed(f"{agent.user} was refused: {why}")
        return _granted(response, self._contact, expires)

    async def _ask(self, request: Request) -> Response | None:
        """Return the final response, None when there was none."""
        done: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()

        def told(response: Response) -> None:
            if response.status >= 200 and not done.done():
                done.set_result(response)

        def failed(_status: int, _reason: str) -> None:
            if not done.done():
                done.set_result(None)

        agent = self._agent
        agent.telephony.request(request, (agent.hop,), told=told, failed=failed, auth=self._auth)
        return await done


def _granted(response: Response, contact: Uri, asked: int) -> int:
    """Seconds the registrar gave this contact (RFC 3261 §10.2.4)."""
    for address in response.addresses("contact"):
        if address.uri.key() == contact.key() and (address.params.get("expires") or "").isdigit():
            return int(address.params["expires"] or asked)
    return int(expires) if (expires := response.get("expires") or "").isdigit() else asked
