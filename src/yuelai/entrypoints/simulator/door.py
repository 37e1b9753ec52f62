"""The HTTP door as a simulated agent uses it."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any


class Refused(Exception):
    """The centre answered with an error, or not at all (status 0)."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        super().__init__(f"{status} {detail}")


class Door:
    """One person's session. Calls run in a thread: the demo has few people, and the standard library has this."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._url, self._username, self._password = url, username, password
        self._token: str | None = None

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the answer's JSON, signing in first or again where needed. Raises Refused."""
        if self._token is None:
            await self._sign_in()
        try:
            return await asyncio.to_thread(self._send, method, path, body)
        except Refused as refused:
            if refused.status != 401:
                raise
        await self._sign_in()
        return await asyncio.to_thread(self._send, method, path, body)

    async def _sign_in(self) -> None:
        self._token = None
        credentials = {"username": self._username, "password": self._password}
        answer = await asyncio.to_thread(self._send, "POST", "/session", credentials)
        self._token = answer["token"]

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - http on loopback
            f"{self._url}/api/v1{path}", method=method, data=json.dumps(body).encode() if body is not None else None
        )
        request.add_header("Content-Type", "application/json")
        if self._token is not None:
            request.add_header("Authorization", f"Bearer {self._token}")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as answer:
                data = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode(errors="replace")[:300]) from None
        except OSError as error:
            raise Refused(0, str(error)) from None
        return json.loads(data) if data else None
