"""Asking another system over HTTP, mostly for JSON, so that its troubles stay its own."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import httpx
import msgspec

from yuelai.connectors.breaker import Breaker
from yuelai.connectors.errors import ConnectorFailed, Declined, NotSent, TooLate
from yuelai.connectors.hosts import AllowedHosts
from yuelai.platform.clock import Clock, SystemClock

SECONDS = 15.0
"""For a whole answer, from the connection to the last byte."""
MOST_BYTES = 16 * 1024 * 1024
_MOST_CACHED = 500

T = TypeVar("T")


NO_WORD = frozenset({401, 403, 404, 405, 408, 409, 425, 429})
"""Statuses (RFC 9110 section 15.5, RFC 6585, RFC 8470) that are no answer to what was asked: not let in, not there, not
now, or there already."""


class JsonConnector:
    """One for a process. Connections are kept, breakers are by host; answers are cached only where the caller asks.

    After `failures` in a row a host is left alone for `rest_seconds`.
    """

    def __init__(
        self,
        hosts: AllowedHosts,
        *,
        seconds: float = SECONDS,
        most_bytes: int = MOST_BYTES,
        failures: int = 5,
        rest_seconds: float = 30.0,
        clock: Clock | None = None,
    ) -> None:
        self._hosts, self._seconds, self._most = hosts, seconds, most_bytes
        self._failures, self._rest = failures, rest_seconds
        self._clock = clock or SystemClock()
        self._breakers: dict[str, Breaker] = {}
        self._cache: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        # A proxy from the environment would go where the list of hosts does not reach.
        self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=httpx.Timeout(seconds))

    async def close(self) -> None:
        await self._client.aclose()

    async def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        cache_seconds: float = 0.0,
        seconds: float | None = None,
    ) -> Any:
        """Return the decoded JSON of `GET url`, within `seconds` where the connector's own are too many.

        `headers` go to the URL's host alone, for no redirect is followed; what is asked with them is not cached.
        Raises `HostNotAllowed`, `TooLate`, `ConnectorFailed`, `CircuitOpen`.
        """
        target = self._hosts.check(url).copy_merge_params(dict(params or {}))
        if headers:
            cache_seconds = 0.0
        held = self._cache.get(str(target))
        if cache_seconds > 0 and held is not None and self._clock.monotonic() - held[0] < cache_seconds:
            return held[1]
        answer = await self._ask("GET", target, headers or {}, None, seconds)
        if cache_seconds > 0:
            self._cache[str(target)] = (self._clock.monotonic(), answer)
            while len(self._cache) > _MOST_CACHED:
                self._cache.popitem(last=False)
        return answer

    async def post(
        self, url: str, body: Any, *, headers: Mapping[str, str] | None = None, seconds: float | None = None
    ) -> Any:
        """Return the decoded JSON of the answer to `POST url` with this JSON. It is sent once, whatever comes of it.

        Raises `Declined` when it says no (4xx but `NO_WORD`), `CircuitOpen` and `NotSent` when it was certainly not
        asked; after `TooLate` and any other `ConnectorFailed` nobody knows whether it did what it was told. Raises
        `HostNotAllowed`.
        """
        return await self._ask("POST", self._hosts.check(url), headers or {}, msgspec.json.encode(body), seconds)

    async def exchange(
        self, url: str, body: bytes, content_type: str, read: Callable[[bytes], T], *, seconds: float | None = None
    ) -> T:
        """Return what `read` makes of the answer to `POST url` with these bytes, for systems that speak no JSON. It may
        raise `ConnectorFailed`, which counts as the system's trouble. Sent once; raises as `post` does."""
        headers = {"Accept": content_type.partition(";")[0], "Content-Type": content_type}
        return cast(T, await self._ask("POST", self._hosts.check(url), headers, body, seconds, read))

    async def _ask(
        self,
        method: str,
        target: httpx.URL,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float | None,
        decode: Callable[[bytes], Any] = msgspec.json.decode,
    ) -> Any:
        breaker = self._breakers.setdefault(target.netloc.decode(), Breaker(self._failures, self._rest))
        breaker.enter(self._clock.monotonic())
        try:
            answer = decode(await self._read(method, target, headers, body, seconds or self._seconds))
        except Declined:
            breaker.succeeded()
            raise
        except (httpx.HTTPError, TimeoutError, msgspec.DecodeError, UnicodeDecodeError, ConnectorFailed) as error:
            breaker.failed(self._clock.monotonic())
            if isinstance(error, ConnectorFailed):
                raise
            raise _refusal(error)(_reason(error), host=target.host) from error
        except BaseException:
            breaker.abandoned()
            raise
        breaker.succeeded()
        return answer

    async def _read(
        self, method: str, target: httpx.URL, more: Mapping[str, str], body: bytes | None, seconds: float
    ) -> bytes:
        # Packed answers are not taken: a small one could unpack to anything.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        headers |= more
        asking = self._client.stream(method, target, headers=headers, content=body)
        async with asyncio.timeout(seconds), asking as answer:
            good = answer.status_code == 200 or (body is not None and answer.status_code in (201, 202))
            declined = body is not None and 400 <= answer.status_code < 500 and answer.status_code not in NO_WORD
            if not good and not declined:
                raise ConnectorFailed(
                    f"It answered {answer.status_code}.", host=target.host, answered=answer.status_code
                )
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise ConnectorFailed("It answered packed, which was not asked for.", host=target.host)
            taken = bytearray()
            async for piece in answer.aiter_raw():
                taken += piece
                if len(taken) > self._most:
                    raise ConnectorFailed(f"Its answer is longer than {self._most} bytes.", host=target.host)
            if declined:
                raise Declined(f"It answered {answer.status_code}.", host=target.host, reason=_code(bytes(taken)))
            return bytes(taken)


def _code(body: bytes) -> str:
    """The `code` of an error as TMF630 describes it; empty where there is none."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    code = found.get("code") if isinstance(found, dict) else None
    return code[:64] if isinstance(code, str) else ""


def _refusal(error: BaseException) -> type[ConnectorFailed]:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return NotSent
    return TooLate if isinstance(error, TimeoutError | httpx.TimeoutException) else ConnectorFailed


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "It did not answer in time."
    if isinstance(error, msgspec.DecodeError | UnicodeDecodeError):
        return "Its answer is not JSON."
    if isinstance(error, httpx.ConnectError):
        return "It cannot be reached."
    return "The connection broke."
