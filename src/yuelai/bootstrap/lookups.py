"""What flows look up while a customer listens, over the rooms that know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from yuelai.channels.ports import Closing
from yuelai.customers import service as customers
from yuelai.flows import ports as flows
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal


class BusinessLookUp:
    """`flows.ports.LookUp` over the customers room, and the hours of queues."""

    def __init__(
        self,
        database: Database,
        tenant_id: UUID,
        closing_of: Callable[[UUID, str], Closing | None] | None = None,
    ) -> None:
        self._database, self._tenant_id, self._closing_of = database, tenant_id, closing_of

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        if name == "hours":
            return self._hours(str(arguments.get("queue")))
        if name != "balance":
            raise flows.LookUpFailed(f"no such look-up: {name}")
        try:
            customer_id = UUID(str(arguments["customer_id"]))
            async with self._database.transaction(self._tenant_id) as conn:
                balance = await customers.balance(conn, customer_id)
        except (Refusal, KeyError, ValueError) as error:
            raise flows.LookUpFailed(str(error)) from error
        if balance is None:
            raise flows.LookUpFailed("the customer has no account")
        return asdict(balance)

    def _hours(self, queue: str) -> Mapping[str, Any]:
        if self._closing_of is None:
            raise flows.LookUpFailed("no hours are kept")
        try:
            closing = self._closing_of(self._tenant_id, queue)
        except Refusal as error:
            raise flows.LookUpFailed(str(error)) from error
        return {"open": closing is None, "holiday": closing is not None and closing.holiday}
