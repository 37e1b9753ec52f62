"""What a flow gives along with a caller is on the agent's screen."""

from __future__ import annotations

from typing import Any

from tests.channels.heard import Heard
from yuelai.channels.ports import FlowOutcome


async def test_what_a_flow_found_out_goes_along_to_the_agent() -> None:
    world = Heard()
    await world.begin()
    await world.arrives()
    shown: dict[str, Any] = {}
    call = world.call()
    why = call.recorder.show.why
    call.recorder.show.why = lambda **parts: (shown.update(parts), why(**parts))  # type: ignore[method-assign]
    world.script.outcome.set_result(FlowOutcome(queue="general", attributes={"language": "en", "bss": "down"}))
    await world.until(lambda: "collected" in shown, "what was collected")
    assert shown["collected"] == {"language": "en", "bss": "down"}
