"""Test calls by a plan: who calls whom, which keys, how long; many of them at a rate."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.call import Call
from yuelai.entrypoints.caller.summary import CallReport, report
from yuelai.entrypoints.caller.tones import Tone
from yuelai.entrypoints.caller.useragent import UserAgent

SILENT_START = 5.0
"""Seconds after the answer in which sound should begin; then keys are pressed without it."""
CLEAR_TONE = 1.0
"""Seconds of a steady tone that prove somebody is there."""
HANG_UP = 5.0
"""Seconds given to a call that is broken off."""
RINGBACK_HZ = 450.0
"""GF 002: what a waiting caller may hear is no sign of being connected."""


class HoldFrom(StrEnum):
    """When `hold` begins to count. A caller cannot know when an agent answers, so it has to be told or to listen.

    `answer`: when the call is answered (by the greeting). `digits`: when the last key is pressed.
    `tone`: when the expected tone (or, without one, any steady tone but ring-back) has been heard for a second; the
    call ends unheld when it is not heard in time. `auto`: `answer` without keys to press; with them as `tone`, but
    after `patience` seconds it counts anyway.
    """

    AUTO = "auto"
    ANSWER = "answer"
    DIGITS = "digits"
    TONE = "tone"


@dataclass(frozen=True)
class Plan:
    """One test call. Seconds throughout; `tone_hz` 0 is silence."""

    from_number: str
    to_number: str
    keys: str = ""
    keys_after: float = 1.5
    """From the first sound heard."""
    hold: float = 5.0
    hold_from: HoldFrom = HoldFrom.AUTO
    patience: float = 15.0
    timeout: float = 60.0
    tone_hz: float = 440.0
    expect_hz: float | None = None
    source: Callable[[], sources.Source] | None = None
    """What to say in place of the tone."""
    save: Path | None = None
    """WAV file for what is heard."""


async def place(server: tuple[str, int], plan: Plan, *, host: str = "127.0.0.1") -> CallReport:
    """Place one call and tell how it went; never raises for what the other side does. Cancelled, it hangs up first."""
    agent = await UserAgent.open(server, user=plan.from_number, host=host)
    call: Call | None = None
    try:
        call = await agent.invite(plan.to_number, keep_sound=plan.save is not None)
        heard_as_expected: bool | None = None
        try:
            await asyncio.wait_for(call.final.wait(), plan.timeout)
        except TimeoutError:
            await call.hangup()
        if call.answered_at is not None:
            heard_as_expected = await _converse(call, plan)
            if not call.ended.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(call.hangup(), 10.0)
        if plan.save is not None:
            call.sound.save(plan.save)
        return report(call, plan.from_number, plan.to_number, plan.keys, heard_as_expected)
    except asyncio.CancelledError:
        if call is not None and not call.ended.is_set():
            with contextlib.suppress(Exception):
                await asyncio.wait_for(call.hangup(), HANG_UP)
        raise
    finally:
        await agent.close()


async def _converse(call: Call, plan: Plan) -> bool | None:
    """Press, speak, hold; return whether the expected tone came, None when none was expected."""
    talk = asyncio.ensure_future(_script(call, plan))
    over = asyncio.ensure_future(call.ended.wait())
    await asyncio.wait({talk, over}, return_when=asyncio.FIRST_COMPLETED)
    for task in (talk, over):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await talk
    return None if plan.expect_hz is None else _clear(call, plan) is not None


async def _script(call: Call, plan: Plan) -> None:
    if plan.keys:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(call.sound.audible.wait(), SILENT_START)
        await asyncio.sleep(plan.keys_after)
        await call.sound.press(plan.keys)
    if plan.source is not None:
        call.sound.speak(plan.source())
    elif plan.tone_hz:
        call.sound.speak(sources.tone(plan.tone_hz))
    listen = plan.hold_from is HoldFrom.TONE or (plan.hold_from is HoldFrom.AUTO and bool(plan.keys or plan.expect_hz))
    if plan.hold_from is HoldFrom.ANSWER or (plan.hold_from is HoldFrom.AUTO and not listen):
        assert call.answered_at is not None
        await asyncio.sleep(max(0.0, call.answered_at + plan.hold - asyncio.get_running_loop().time()))
        return
    if listen:
        limit = plan.patience if plan.hold_from is HoldFrom.AUTO else plan.timeout
        try:
            await asyncio.wait_for(_wait_for_tone(call, plan), limit)
        except TimeoutError:
            if plan.hold_from is HoldFrom.TONE:
                return
    await asyncio.sleep(plan.hold)


async def _wait_for_tone(call: Call, plan: Plan) -> None:
    while _clear(call, plan) is None:  # noqa: ASYNC110 - a tone grows by 100 ms at a time, there is no event to await
        await asyncio.sleep(0.05)


def _clear(call: Call, plan: Plan) -> Tone | None:
    """The tone that shows we are connected, if it has been heard long enough."""
    for tone in call.sound.tones.tones:
        if tone.seconds < CLEAR_TONE:
            continue
        if plan.expect_hz is not None:
            if abs(tone.hz - plan.expect_hz) <= 10:
                return tone
        elif abs(tone.hz - RINGBACK_HZ) > 10:
            return tone
    return None


async def place_many(
    server: tuple[str, int], plans: list[Plan], rate: float, *, host: str = "127.0.0.1"
) -> list[CallReport]:
    """Start the calls at `rate` a second and return their reports in the order of the plans."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    running = []
    try:
        for index, plan in enumerate(plans):
            await asyncio.sleep(max(0.0, began + index / rate - loop.time()))
            running.append(asyncio.ensure_future(place(server, plan, host=host)))
        return list(await asyncio.gather(*running))
    finally:
        # Broken off: each call ends by itself before the process does.
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
