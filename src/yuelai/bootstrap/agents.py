"""What core answers about agents: their own wishes, and those of leaders who may decide about them."""

from __future__ import annotations

from typing import Any, NoReturn
from uuid import UUID

from yuelai.bootstrap.asking import BadRequest, principal_of
from yuelai.bootstrap.seats import Seats
from yuelai.identity.model import Principal
from yuelai.platform.ipc import Handler, Peer
from yuelai.routing.busy import FORCED
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.errors import NoSuchAgent
from yuelai.routing.events import Seat
from yuelai.routing.model import Agent

MOST_LISTED = 501


class AgentRequests:
    """`handlers` are part of those of `Requests`."""

    def __init__(self, routing: RoutingDriver, seats: Seats | None = None) -> None:
        self._routing, self._seats = routing, seats

    @property
    def handlers(self) -> dict[str, Handler]:
        return {
            "agent.get_state": self._state,
            "agent.set_state": self._set_state,
            "agent.force_state": self._force_state,
            "agent.list": self._list,
            "agent.directory": self._directory,
        }

    async def _state(self, peer: Peer, params: dict[str, Any]) -> Any:
        return self._routing.agent_document(principal_of(params).person_id)

    async def _set_state(self, peer: Peer, params: dict[str, Any]) -> Any:
        agent_id, seat = principal_of(params).person_id, _seat(params)
        answer = await self._routing.set_state(agent_id, params["state"], params.get("reason") or "", seat)
        if seat is not None and self._seats is not None:
            self._seats.chose(agent_id)
        return answer

    async def _force_state(self, peer: Peer, params: dict[str, Any]) -> Any:
        """The leader sees of the agent what leaders of that tenant see."""
        principal = principal_of(params)
        agent = self._within(principal, "agents.control", _id(params, "agent_id"))
        state, reason = str(params["state"]), params.get("reason") or ""
        await self._routing.set_state(
            agent.id, state, reason or (FORCED if state == "busy" else ""), _seat(params), by=principal.person_id
        )
        return self._routing.agent_document(agent.id, principal.tenant_id)

    async def _list(self, peer: Peer, params: dict[str, Any]) -> Any:
        principal = principal_of(params)
        after, state = str(params.get("after") or ""), params.get("state")
        limit = min(int(params.get("limit") or MOST_LISTED), MOST_LISTED)
        reach = principal.reach("supervision.view")
        found: list[dict[str, Any]] = []
        if not principal.may("supervision.view"):
            return {"agents": found}
        for agent in self._routing.agents_of(principal.tenant_id):
            if agent.number <= after or (state is not None and agent.state != state):
                continue
            place = agent.place(principal.tenant_id)
            if reach.includes(place.groups, place.site) or agent.id == principal.person_id:
                found.append(self._routing.agent_document(agent.id, principal.tenant_id))
            if len(found) == limit:
                break
        return {"agents": found}

    async def _directory(self, peer: Peer, params: dict[str, Any]) -> Any:
        """What every colleague may know of these agents of the tenant: state and time, nothing of their contacts."""
        principal = principal_of(params)
        wanted = {str(id_) for id_ in params.get("agent_ids") or ()}
        return {
            "agents": {
                str(agent.id): {
                    "state": agent.state.value,
                    "reason": agent.reason,
                    "since": agent.since.isoformat(),
                    "available": agent.available,
                }
                for agent in self._routing.agents_of(principal.tenant_id)
                if str(agent.id) in wanted
            }
        }

    def _within(self, principal: Principal, permission: str, agent_id: UUID) -> Agent:
        """Raises `NoSuchAgent` for one who does not serve the tenant or is beyond the permission's reach."""
        agent = next((one for one in self._routing.agents_of(principal.tenant_id) if one.id == agent_id), None)
        if agent is None or not principal.may(permission):
            _nobody()
        place = agent.place(principal.tenant_id)
        if not principal.reach(permission).includes(place.groups, place.site) and agent.id != principal.person_id:
            _nobody()
        return agent


def _nobody() -> NoReturn:
    raise NoSuchAgent()


def _id(params: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(str(params[name]))
    except (KeyError, ValueError):
        raise BadRequest(f"{name} is missing or no id") from None


def _seat(params: dict[str, Any]) -> Seat | None:
    seat = params.get("seat")
    return Seat(seat) if seat else None
