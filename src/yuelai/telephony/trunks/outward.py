"""Calls that go out: whom they are given to in which order, what is sent there, and why one failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from yuelai.media.ports import LegOptions
from yuelai.telephony.hops import Hop
from yuelai.telephony.ports import Destination
from yuelai.telephony.reasons import cause
from yuelai.telephony.trunks.caller import shown
from yuelai.telephony.trunks.errors import NoSuchTrunk, NoTrunk, TrunksFull
from yuelai.telephony.trunks.fleet import Fleet
from yuelai.telephony.trunks.line import bracketed
from yuelai.telephony.trunks.model import Candidate, Choice, Condition, Trunk, choose
from yuelai.telephony.trunks.numbers import e164, outgoing, routed
from yuelai.telephony.trunks.state import State
from yuelai.wire.sip import Address, Uri

PATIENCE = 4.0
"""Seconds until a trunk that says nothing at all is given up for the next one."""


class Outward(Fleet):
    def choice(self, number: str) -> Choice:
        """Return whom a call to this number would be given to at this moment, and why."""
        conditions = {id_: held.state.condition for id_, held in self._held.items()}
        now = self._clock.now().astimezone()
        return choose(self._routes, self._trunks, conditions, number, now, self._dice.random)

    def plan(
        self, number: str, *, caller: str, caller_name: str = "", withheld: bool = False
    ) -> list[list[Destination]]:
        """Return the stages of a call to a number outside: one trunk after the other.

        `withheld` keeps the caller's number from everybody but trusted trunks. Raises `NoTrunk`, `TrunksFull`.
        """
        choice = self.choice(number)
        if choice.error == "trunks_full":
            raise TrunksFull("; ".join(self._limits(choice)) or None)
        stages = [
            [destination]
            for one in choice.tried
            if (destination := self._destination(one.trunk, number, caller, caller_name, withheld)) is not None
        ]
        if not stages:
            raise NoTrunk(reason=choice.error or "unreachable")
        return stages

    def through(
        self, trunk_id: UUID, number: str, *, caller: str = "", caller_name: str = "", withheld: bool = False
    ) -> list[list[Destination]]:
        """Return the stages of a call through this trunk and no other. Raises `NoSuchTrunk`, `NoTrunk`."""
        trunk = self._trunks.get(trunk_id)
        if trunk is None:
            raise NoSuchTrunk()
        destination = self._destination(trunk, number, caller, caller_name, withheld) if trunk.calls_out else None
        if destination is None:
            raise NoTrunk(reason="inbound_only" if trunk.active else "inactive")
        return [[destination]]

    def _destination(
        self, trunk: Trunk, number: str, caller: str, caller_name: str, withheld: bool
    ) -> Destination | None:
        """None for a peer that is not registered here at the moment."""
        held, stack = self._held.get(trunk.id), self._stack
        if held is None or stack is None:
            return None
        line = held.line
        said = shown(trunk, caller, caller_name, withheld=withheld, here=stack.ua.host)
        dialled = outgoing(number, trunk.called_out, trunk.country)
        uri, hops, symmetric = line.uri(dialled), tuple[Hop, ...](), False
        if not trunk.host:
            bindings = stack.registrar.bindings(trunk.peer_username)
            if not bindings:
                return None
            binding = bindings[-1]
            contact = binding.contact
            uri = Uri("sip", dialled, contact.host, contact.port, contact.params)
            hops, symmetric = (binding.hop,), binding.symmetric
        return Destination(
            uri=str(uri),
            hops=hops,
            sender=said.sender,
            recipient=str(Address(Uri("sip", dialled, bracketed(trunk.domain) or uri.host))),
            route=line.route,
            headers=said.headers,
            digest=line.digest,
            capacity=held.state.outward,
            symmetric=symmetric,
            trunk_id=trunk.id,
            patience=PATIENCE,
            codecs=trunk.codecs,
            srtp=trunk.srtp,
        )

    def sound(self, trunk_id: UUID | None) -> LegOptions:
        """What the sound of a call by this trunk is to be like."""
        trunk = self._trunks.get(trunk_id) if trunk_id is not None else None
        return trunk.sound if trunk is not None else LegOptions()

    def price(self, trunk_id: UUID, number: str) -> int | None:
        """What a minute to the number costs by this trunk, in millionths of the currency's unit; None: unknown."""
        trunk = self._trunks.get(trunk_id)
        return trunk.rate(routed(number)) if trunk is not None else None

    def _limits(self, choice: Choice) -> list[str]:
        full = [one.trunk for one in choice.candidates if one.condition is Condition.FULL]
        limits = [(trunk, self._held[trunk.id].state.blocked("out")) for trunk in full if trunk.id in self._held]
        return [f"trunk {trunk.code} is full: {limit}" for trunk, limit in limits if limit is not None]

    def reason(self, stages: Sequence[Sequence[Destination]], status: int, phrase: str) -> str:
        """Return the Reason field (RFC 3326) for a caller whose call failed at these trunks, empty where the status
        says all: what is known of the last one that was tried."""
        if not stages or not _trunks_fault(status):
            return ""
        trunk_id = stages[-1][0].trunk_id
        return cause(status, self.diagnosis(trunk_id, status, phrase)) if trunk_id is not None else ""

    def diagnosis(self, trunk_id: UUID, status: int, reason: str) -> str:
        """Why a call through this trunk failed, in one line for people: what is known of the trunk says more than the
        status does."""
        held = self._held.get(trunk_id)
        if held is None:
            return reason
        name, error = f"trunk {held.state.trunk.code}", held.state.error
        if status in (401, 403, 407):
            return f"{name} does not accept our user name and password ({status} {reason})".replace(" )", ")")
        blocked = held.state.blocked("out")
        if reason == "full" and blocked is not None:
            return f"{name} is full: {blocked}"
        if status in (408, 503):
            known = held.line.why(status, reason)
            return known.text if known.code not in ("timeout", "unreachable") or error is None else error.text
        return f"{name}: {status} {reason}"

    def explain(self, number: str) -> dict[str, Any]:
        """Return the document of `POST /call-routes/explain`."""
        choice = self.choice(number)
        route = choice.route
        return {
            "number": f"+{choice.digits}" if e164(number) is not None else choice.digits,
            "route": {"id": str(route.id), "prefix": route.prefix, "name": route.name} if route is not None else None,
            "candidates": [self._explained(one, number) for one in choice.candidates],
            "error": choice.error,
        }

    def _explained(self, one: Candidate, number: str) -> dict[str, Any]:
        trunk, held = one.trunk, self._held.get(one.trunk.id)
        state = held.state.state if held is not None else State.UNKNOWN
        why = [state.value if code == Condition.SICK else code for code in one.why]
        return {
            "trunk_id": str(trunk.id),
            "code": trunk.code,
            "name": trunk.name,
            "state": state.value,
            "usable": one.usable,
            "per_minute_micro": one.cost,
            "priority": one.priority,
            "weight": one.weight,
            "sends": outgoing(number, trunk.called_out, trunk.country),
            "why": why,
        }


def _trunks_fault(status: int) -> bool:
    return status in (401, 403, 407, 408) or 500 <= status < 600
