"""The simulations that a process holds: a bounded number, of one tenant fewer, each for ten minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

from yuelai.flows.refusals import NoSuchSimulation, TooManySimulations
from yuelai.flows.simulator.simulation import Simulation
from yuelai.identity.model import Principal

MOST = 50
MOST_OF_TENANT = 20
MOST_OF_ONE = 5
SECONDS = 600.0


class Simulations:
    def __init__(self) -> None:
        self._held: dict[UUID, Simulation] = {}
        """Who lay idle the longest comes first."""
        self._timers: dict[UUID, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, simulation: Simulation) -> None:
        """Keep it for ten minutes. Somebody's sixth takes the place of theirs that lay idle the longest, a tenant's
        twenty-first that of one of the tenant's; where all places are taken, those that have ended give theirs up.
        Raises `TooManySimulations`."""
        own = [one for one in self._held.values() if one.person_id == simulation.person_id]
        if len(own) >= MOST_OF_ONE:
            self.forget(own[0])
        tenants = [one for one in self._held.values() if one.tenant_id == simulation.tenant_id]
        if len(tenants) >= MOST_OF_TENANT:
            self.forget(_ended(tenants) or tenants[0])
        if len(self._held) >= MOST:
            over = _ended(self._held.values())
            if over is None:
                raise TooManySimulations()
            self.forget(over)
        self._held[simulation.id] = simulation
        loop = asyncio.get_running_loop()
        self._timers[simulation.id] = loop.call_later(SECONDS, self.forget, simulation)

    def of(self, principal: Principal, simulation_id: UUID) -> Simulation:
        """Raises `NoSuchSimulation`."""
        found = self._held.get(simulation_id)
        if found is None or (found.person_id, found.tenant_id) != (principal.person_id, principal.tenant_id):
            raise NoSuchSimulation()
        self._held[simulation_id] = self._held.pop(simulation_id)
        return found

    def forget(self, simulation: Simulation) -> None:
        simulation.close()
        self._held.pop(simulation.id, None)
        timer = self._timers.pop(simulation.id, None)
        if timer is not None:
            timer.cancel()


def _ended(those: Iterable[Simulation]) -> Simulation | None:
    return next((one for one in those if one.ended is not None), None)
