"""How a caller arrives: before or after being answered, known or not, and who should speak with them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from yuelai.customers.phones import normalise
from yuelai.platform.errors import Refusal
from yuelai.telephony.b2bua.headers import withheld
from yuelai.telephony.ports import Leg

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

HIDDEN = frozenset({"", "anonymous", "unavailable", "restricted", "private", "unknown", "withheld"})
"""What stands in the place of a number that its owner, or the network, does not show."""

PREFERRED_SECONDS = 0.2
"""How long the queue waits at most for who should serve a customer."""


def hides(leg: Leg) -> bool:
    """Tell whether nobody is to know who calls: no number came, or it came with the wish not to be told (RFC 3323)."""
    return leg.caller.lower() in HIDDEN or withheld(leg)


class Arrival:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._early: str | None = None
        """Our description, while the call is not answered."""
        self._answering = asyncio.Lock()
        self._preferring: asyncio.Task[Sequence[tuple[UUID, str]]] | None = None

    @property
    def withheld(self) -> bool:
        leg = self._call.customer
        return leg is not None and self._call.direction == "in" and hides(leg)

    @property
    def number_to_call(self) -> str | None:
        """The customer's number, if it is known and one that can be called."""
        number = self._call.number
        return None if self.withheld or normalise(number) is None else number

    async def take_up(self, sdp: str) -> None:
        """Answer, or where the entry says so have the caller hear us before that (183 with early media).

        Who has offered no description is answered at once: ours would have to be an offer in a provisional response,
        which few can take (RFC 3261 §13.2.1).
        """
        call, leg = self._call, self._call.customer
        if leg is None:
            return
        self._early = sdp
        if call.entry is None or not call.entry.early or leg.offer is None:
            await self.answer()
            return
        try:
            await leg.ringing(sdp, status=183)
        except Refusal as error:
            log.info("caller_gone_before_answer", reason=str(error))
        else:
            call.self_service.start()

    async def answer(self) -> None:
        """Answer if that has not been done yet: an agent has, or keys are asked for. Idempotent."""
        async with self._answering:
            sdp, self._early = self._early, None
            if sdp is None or self._call.customer is None:
                return
            try:
                await self._call.customer.answer(sdp)
            except Refusal as error:
                # The caller cancelled while the sound was being prepared; `Ended` is in the mailbox.
                log.info("caller_gone_before_answer", reason=str(error))

    def known(self, card: Mapping[str, Any] | None) -> None:
        """It is said who calls: find out meanwhile who should speak with them."""
        relations = self._call.services.relations
        if relations is not None and card is not None and self._preferring is None:
            self._preferring = asyncio.ensure_future(relations.preferred(self._call.tenant.id, UUID(str(card["id"]))))

    async def preferred(self) -> tuple[tuple[UUID, str], ...]:
        """Return the agents who should serve the customer, first ones first; nobody when that is not known in time."""
        task = self._preferring
        if task is None:
            return ()
        try:
            return tuple(await asyncio.wait_for(asyncio.shield(task), PREFERRED_SECONDS))
        except TimeoutError:
            log.info("preferred_agents_not_known_in_time")
        except Exception as error:
            log.warning("preferred_agents_not_known", error=repr(error))  # whatever it is, somebody will answer
        return ()

    def close(self) -> None:
        if self._preferring is not None:
            self._preferring.cancel()
