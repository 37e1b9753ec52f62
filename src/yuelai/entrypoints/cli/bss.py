"""`yuelai bss`: a business support system with the sample's customers, to try the centre's connector with."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(bss)


def bss(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8090,
    customers: Annotated[int, typer.Option(min=0, help="How many, beside the special ones.")] = 10_000,
    anybody: Annotated[bool, typer.Option("--anybody", help="Answer for numbers beyond those, too.")] = False,
    control: Annotated[
        bool, typer.Option("--control", help="PUT /control makes it ok, slow, failing, hanging, lost or rubbish.")
    ] = False,
) -> None:
    """Serve TM Forum's APIs over the sample's customers: bills, payments, accounts, products, orders, alarms and more;
    and an order interface of the old kind."""
    from datetime import UTC, date, datetime

    import uvicorn

    from yuelai.entrypoints.bss.app import application
    from yuelai.entrypoints.bss.books import Books

    def today() -> date:
        return datetime.now(UTC).date()

    uvicorn.run(
        application(lambda: Books(today(), customers, anybody=anybody, day=today), control=control),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
