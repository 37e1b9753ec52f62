"""`yuelai call`: real SIP and RTP test calls, with a summary for people or as JSON."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer

KEYS = set("0123456789*#ABCD,")
T = TypeVar("T")


def register(app: typer.Typer) -> None:
    app.command()(call)


def call(
    from_: Annotated[str, typer.Option("--from", metavar="NUMBER", help="Number that calls.")],
    to: Annotated[str, typer.Option(metavar="NUMBER", help="Number that is called.")],
    dtmf: Annotated[str, typer.Option(metavar="KEYS", help="Keys to press, 0.5 s apart; a comma waits 1 s.")] = "",
    dtmf_after: Annotated[float, typer.Option(metavar="S", help="From the first sound heard to the first key.")] = 1.5,
    server: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The centre; this machine's if unset.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many calls.")] = 1,
    rate: Annotated[float, typer.Option(min=0.001, help="Calls begun a second.")] = 1.0,
    hold: Annotated[float, typer.Option(min=0, metavar="S", help="Stay this long once connected.")] = 5.0,
    hold_from: Annotated[
        str,
        typer.Option(
            metavar="auto|answer|digits|tone",
            help="When `hold` begins: at the answer; after the last key; when a steady tone is heard; auto is answer "
            "without --dtmf, else tone, or --patience after the last key.",
        ),
    ] = "auto",
    patience: Annotated[float, typer.Option(min=0, metavar="S", help="How long auto waits for a tone.")] = 15.0,
    tone: Annotated[float, typer.Option(metavar="HZ", help="Tone to send after the keys; 0 is silence.")] = 440.0,
    expect_tone: Annotated[
        float | None, typer.Option(metavar="HZ", help="Tone that has to be heard for a second.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, metavar="S", help="Longest wait for an answer.")] = 60.0,
    bind: Annotated[str, typer.Option(help="Own address, one that the centre takes as a trunk.")] = "127.0.0.1",
    save: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Keep what was heard as {n}.wav.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Place real test calls. The exit code is 0 when all were answered (and heard the expected tone)."""
    from yuelai.entrypoints.caller import summary
    from yuelai.entrypoints.caller.scenario import HoldFrom, Plan, place_many
    from yuelai.entrypoints.cli.errors import load_settings
    from yuelai.platform import logging
    from yuelai.platform.config import Settings

    if unknown := set(dtmf.upper()) - KEYS:
        raise typer.BadParameter(f"{''.join(sorted(unknown))!r} is no key", param_hint="--dtmf")
    if hold_from not in list(HoldFrom):
        raise typer.BadParameter("one of auto, answer, digits, tone", param_hint="--hold-from")
    if server is None:
        settings = load_settings()
        server = f"{settings.bind}:{settings.sip_port}"
    host, _, port = server.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter("HOST:PORT is wanted", param_hint="--server")
    logging.configure("call", Settings(home=Path(), log_level="error", log_json=False))
    plan = Plan(
        from_number=from_,
        to_number=to,
        keys=dtmf.upper(),
        keys_after=dtmf_after,
        hold=hold,
        hold_from=HoldFrom(hold_from),
        patience=patience,
        timeout=timeout,
        tone_hz=tone,
        expect_hz=expect_tone,
    )
    plans = [plan] * count
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        plans = [replace(plan, save=save / f"{n}.wav") for n in range(count)]
    try:
        reports = asyncio.run(_until_told_to_end(place_many((host, int(port)), plans, rate, host=bind)))
    except asyncio.CancelledError:
        raise typer.Exit(128 + signal.SIGTERM) from None
    except OSError as error:
        print(f"yuelai: {error}")
        raise typer.Exit(2) from None
    if json_:
        print(json.dumps(summary.as_json(reports), ensure_ascii=False, indent=2))
    else:
        print(summary.as_text(reports))
    raise typer.Exit(0 if summary.all_well(reports) else 1)


async def _until_told_to_end(placing: Coroutine[None, None, T]) -> T:
    """SIGTERM breaks the calls off as Ctrl-C does: each is hung up first, and nobody is left talking to nobody."""
    task = asyncio.ensure_future(placing)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task
