"""What every HTTP endpoint may ask for: `Depends(database)`, `Depends(core)`, `Depends(settings)`."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ipc import IpcClient


def database(request: HTTPConnection) -> Database:
    opened = request.app.state.database
    assert isinstance(opened, Database)
    return opened


def core(request: HTTPConnection) -> IpcClient:
    """The connection to the core process; its `request` raises the core's refusals."""
    client = request.app.state.core
    assert isinstance(client, IpcClient)
    return client


def settings(request: HTTPConnection) -> Settings:
    held = request.app.state.settings
    assert isinstance(held, Settings)
    return held
