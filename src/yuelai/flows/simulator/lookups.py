"""Look-ups of simulations: answers that were given along, and of the tenant's own data only what changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from yuelai.calendars import service as calendars
from yuelai.customers import service as customers
from yuelai.flows.ports import LookUpFailed
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.routing import service as routing

Answers = Mapping[str, Mapping[str, Any] | Literal["fail"]]


class SimulatedLookUp:
    """`flows.ports.LookUp`. `now` is the simulation's own time."""

    def __init__(self, database: Database, principal: Principal, answers: Answers, now: Callable[[], datetime]) -> None:
        self._database, self._principal, self._answers, self._now = database, principal, answers, now

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        given = self._answers.get(name)
        if given == "fail":
            raise LookUpFailed("fails as it is told to")
        if given is not None:
            assert not isinstance(given, str)
            return given
        try:
            if name == "hours":
                return await self._hours(str(arguments.get("queue")))
            if name == "balance":
                return await self._balance(UUID(str(arguments["customer_id"])))
        except (Refusal, KeyError, ValueError) as error:
            raise LookUpFailed(str(error)) from error
        raise LookUpFailed("not asked in a simulation; give an answer along", sent=False)

    async def _hours(self, code: str) -> Mapping[str, Any]:
        async with self._database.transaction(self._principal.tenant_id) as conn:
            found = next((one for one in await routing.queues(conn, self._principal) if one["code"] == code), None)
            if found is None:
                raise LookUpFailed(f"no queue {code}")
            if found["calendar_id"] is None:
                return {"open": True, "holiday": False}
            shown = await calendars.calendar(conn, self._principal, found["calendar_id"], self._now())
        return {"open": shown["now"]["state"] == "open", "holiday": shown["now"]["state"] == "holiday"}

    async def _balance(self, customer_id: UUID) -> Mapping[str, Any]:
        if not self._principal.may("customers.read"):
            raise LookUpFailed("customers are not yours to see")
        async with self._database.transaction(self._principal.tenant_id) as conn:
            balance = await customers.balance(conn, customer_id)
        if balance is None:
            raise LookUpFailed("the customer has no account")
        return asdict(balance)
