"""`yuelai smsc`: a small message centre, to try the sending of text messages with."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(smsc)


def smsc(
    port: Annotated[int, typer.Option(min=1, max=65535, help="SMPP port on 127.0.0.1.")] = 2775,
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of GET /messages and PUT /mode.")] = 2780,
    user: Annotated[str, typer.Option(help="Who may bind.")] = "yuelai",
    password: Annotated[str, typer.Option(help="With which password.")] = "yuelai",  # noqa: S107 - on loopback only
) -> None:
    """Take text messages over SMPP 3.4 and say that they were delivered; nobody gets them."""
    import uvicorn

    from yuelai.entrypoints.smsc.app import application
    from yuelai.entrypoints.smsc.server import Centre

    uvicorn.run(
        application(Centre(user, password), port),
        host="127.0.0.1",
        port=http_port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
