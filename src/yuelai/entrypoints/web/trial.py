"""The demo's page `/try`: whoever tries the centre plays the customer, too. Refused by every other centre."""

from __future__ import annotations

import ipaddress
import time
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from yuelai.entrypoints.web.limits import Buckets
from yuelai.identity.access import public
from yuelai.platform.errors import NotFound, Refusal, Unavailable
from yuelai.platform.ipc import IpcClient
from yuelai.platform.web import settings

router = APIRouter(prefix="/api/v1/try", tags=["demo"], dependencies=[Depends(public)])

CALLS_A_SECOND, AT_ONCE = 0.2, 3
ANSWER_SECONDS = 5.0
Kind = Literal["known", "shared", "vip", "stranger"]


class NotInDemo(NotFound):
    """Only the demo lets visitors play the customer, and only on the machine it runs on."""

    code = "not_in_demo"


class TooManyVisits(Refusal):
    """So many calls in a row are more than one visitor makes; wait a little."""

    status = 429
    code = "too_many_visits"


class SampleCustomer(BaseModel):
    """`number` is empty for a stranger, whose number is another one each time."""

    number: str
    name: str
    kind: Kind


class SampleCustomers(BaseModel):
    items: list[SampleCustomer]


class NewVisit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind


class Visit(BaseModel):
    """A call in the customer's name. `seconds` since it was answered."""

    id: UUID
    number: str
    state: Literal["calling", "ringing", "answered", "ended", "failed"]
    seconds: float


class PressedKeys(BaseModel):
    model_config = ConfigDict(extra="forbid")

    keys: Annotated[str, StringConstraints(pattern=r"^[0-9*#]{1,20}$")]


class Simulator:
    """The demo's simulated people, asked over their socket. Where there is none this is no demo."""

    def __init__(self, request: Request) -> None:
        self._socket = settings(request).socket("simulator")
        self._local = _loopback(request.client.host if request.client else "") and _loopback(settings(request).bind)

    async def ask(self, method: str, **params: Any) -> Any:
        """Raises `NotInDemo`, and what the simulator refuses."""
        if not self._local or not self._socket.exists():
            raise NotInDemo()
        client = IpcClient(self._socket)
        try:
            await client.start(wait=1.0)
            return await client.request(method, params, timeout=ANSWER_SECONDS)
        except (OSError, TimeoutError):
            raise Unavailable() from None
        finally:
            await client.close()


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def visits(request: Request) -> Buckets:
    held = getattr(request.app.state, "visits", None)
    if held is None:
        held = request.app.state.visits = Buckets(CALLS_A_SECOND, AT_ONCE)
    assert isinstance(held, Buckets)
    return held


Simulated = Annotated[Simulator, Depends(Simulator)]


@router.get("/customers")
async def customers(simulator: Simulated) -> SampleCustomers:
    """Who can be played; 404 `not_in_demo` anywhere but in the demo."""
    return SampleCustomers.model_validate(await simulator.ask("try.customers"))


@router.post("/calls", status_code=201)
async def call(body: NewVisit, simulator: Simulated, allowed: Annotated[Buckets, Depends(visits)]) -> Visit:
    """Call the centre in the customer's name."""
    await simulator.ask("try.customers")  # outside the demo nothing is counted
    if not allowed.take("all", time.monotonic()):
        raise TooManyVisits()
    return Visit.model_validate(await simulator.ask("try.call", kind=body.kind))


@router.get("/calls/{visit_id}")
async def state(visit_id: UUID, simulator: Simulated) -> Visit:
    return Visit.model_validate(await simulator.ask("try.state", id=str(visit_id)))


@router.post("/calls/{visit_id}/keys", status_code=204)
async def press(visit_id: UUID, body: PressedKeys, simulator: Simulated) -> Response:
    await simulator.ask("try.keys", id=str(visit_id), keys=body.keys)
    return Response(status_code=204)


@router.delete("/calls/{visit_id}", status_code=204)
async def hang_up(visit_id: UUID, simulator: Simulated) -> Response:
    await simulator.ask("try.hangup", id=str(visit_id))
    return Response(status_code=204)
