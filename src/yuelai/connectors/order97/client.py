"""Ordering from such a system: once by each number, and asked again where the answer does not come."""

from __future__ import annotations

import httpx

from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, Declined, NotSent, OutcomeUnknown
from yuelai.connectors.hosts import AllowedHosts
from yuelai.connectors.http import JsonConnector
from yuelai.connectors.order97 import messages
from yuelai.platform.clock import Clock, SystemClock

ORDER_SECONDS, ASK_AGAIN_SECONDS = 1.2, 0.5
"""For an order, and for asking what came of it, while a customer listens."""
FAILURES, REST_SECONDS = 3, 5.0
MOST_BYTES = 64 * 1024


class Order97:
    """One for a process. `url` is the one address of the interface."""

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self._url, self._clock = url, clock or SystemClock()
        parsed = httpx.URL(url)
        host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
        self.host = f"{host}:{parsed.port}" if parsed.port else host
        self._connector = JsonConnector(
            AllowedHosts(self.host),
            seconds=ORDER_SECONDS,
            most_bytes=MOST_BYTES,
            failures=FAILURES,
            rest_seconds=REST_SECONDS,
            clock=self._clock,
        )

    async def close(self) -> None:
        await self._connector.close()

    async def order(self, party: str, product: str, key: str) -> str:
        """Order a product for a customer and return the order's number; the same key again orders nothing more.

        Raises `Declined` (it said no), `CircuitOpen` or `NotSent` (it was not asked), `ConnectorFailed` (it has not
        taken it), `OutcomeUnknown`.
        """
        try:
            answer = await self._ask("ORDER_ADD", key, {"CUST_NO": party, "PROD_CODE": product}, ORDER_SECONDS)
        except (Declined, CircuitOpen, NotSent):
            raise
        except ConnectorFailed as error:
            try:
                answer = await self._ask("ORDER_QRY", key, {}, ASK_AGAIN_SECONDS)
            except ConnectorFailed:
                raise OutcomeUnknown(host=self.host) from error
            if answer.code == messages.NO_ORDER and error.extra.get("answered") is not None:
                raise  # it broke, says so, and has nothing of the kind
        if answer.code == messages.DONE and (no := answer.fields.get("ORDER_NO")):
            return no
        if answer.code in messages.REFUSALS:
            raise Declined(answer.message[:200], reason=messages.REFUSALS[answer.code])
        raise OutcomeUnknown(host=self.host)

    async def _ask(self, service: str, key: str, fields: dict[str, str], seconds: float) -> messages.Answer:
        number = messages.number_of(key)

        def read(body: bytes) -> messages.Answer:
            try:
                found = messages.answer(body)
            except ValueError as error:
                raise ConnectorFailed("Its answer is not as the interface describes it.", host=self.host) from error
            known = {messages.DONE, messages.NO_ORDER, *messages.REFUSALS}
            if found.code not in known:
                raise ConnectorFailed(f"It answered {found.code[:16]}.", host=self.host, answered=found.code[:16])
            if found.number != number:
                raise ConnectorFailed("Its answer is about something else.", host=self.host)
            return found

        body = messages.request(service, number, self._clock.now(), fields)
        return await self._connector.exchange(self._url, body, messages.CONTENT_TYPE, read, seconds=seconds)
