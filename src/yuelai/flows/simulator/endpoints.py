"""Simulations over HTTP. They live in the process that was asked, and end with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from starlette.requests import HTTPConnection

from yuelai.flows.simulator import service
from yuelai.flows.simulator.held import Simulations
from yuelai.flows.simulator.schemas import InputBody, SimulationBody, SimulationDocument
from yuelai.flows.simulator.simulation import Input, Simulation
from yuelai.flows.simulator.words import Understands, contained
from yuelai.identity.access import require
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.web import database

router = APIRouter(prefix="/api/v1/flows/simulations", tags=["flows"])


def simulations(request: HTTPConnection) -> Simulations:
    state = request.app.state
    if not hasattr(state, "simulations"):
        state.simulations = Simulations()
    held = state.simulations
    assert isinstance(held, Simulations)
    return held


def understands(request: HTTPConnection) -> Understands:
    """What a channel that hears words makes of them, where the process knows; else words are looked for as they are."""
    found: Understands = getattr(request.app.state, "understands", contained)
    return found


Db = Annotated[Database, Depends(database)]
Held = Annotated[Simulations, Depends(simulations)]
Writer = Annotated[Principal, Depends(require("flows.write"))]


@router.post("", status_code=201)
async def begin(
    body: SimulationBody,
    principal: Writer,
    db: Db,
    held: Held,
    understood: Annotated[Understands, Depends(understands)],
) -> SimulationDocument:
    """Try a document out up to its first question. 422 `flow_invalid` with its `problems`."""
    simulation = await service.begin(
        db,
        principal,
        held,
        body.document,
        ani=body.ani,
        at=body.at or SystemClock().now(),
        language=body.language,
        channel=body.channel,
        answers=body.answers,
        understands=understood,
    )
    return _shown(simulation)


@router.get("/{simulation_id}")
async def simulation(simulation_id: UUID, principal: Writer, held: Held) -> SimulationDocument:
    return _shown(held.of(principal, simulation_id))


@router.post("/{simulation_id}/input")
async def put_in(simulation_id: UUID, body: InputBody, principal: Writer, held: Held) -> SimulationDocument:
    """Do what a customer would, and go on to the next question. 409 `simulation_over` when there is none."""
    found = held.of(principal, simulation_id)
    await found.put(Input(body.keys or "", body.words or "", body.silence, body.hangup))
    return _shown(found)


@router.delete("/{simulation_id}", status_code=204)
async def forget(simulation_id: UUID, principal: Writer, held: Held) -> Response:
    held.forget(held.of(principal, simulation_id))
    return Response(status_code=204)


def _shown(simulation: Simulation) -> SimulationDocument:
    return SimulationDocument.model_validate(
        {
            "id": simulation.id,
            "events": simulation.events,
            "waiting": asdict(simulation.waiting) if simulation.waiting is not None else None,
            "variables": simulation.variables,
            "node": simulation.node,
            "flow": simulation.flow,
            "ended": simulation.ended,
        }
    )
