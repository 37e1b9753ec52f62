"""What is counted of trunks, and forgotten with them."""

from __future__ import annotations

from prometheus_client import REGISTRY, generate_latest

from tests.telephony.trunks.carrier import Carrier, Centre, trunk
from tests.telephony.world import Net


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"yuelai_trunk_{name}", labels)


async def test_calls_are_counted_by_how_they_ended_and_shown_in_the_live_document() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), trunk("counted", max_channels_out=1)
    centre = Centre(net, east)
    await net.run(2)
    leg = await centre.call()
    await net.run(1)
    assert value("channels", trunk="counted", direction="out") == 1
    assert value("up", trunk="counted") == 1
    await leg.hangup()
    await net.run(2)
    carrier.calls = 486
    await centre.call()
    await net.run(2)
    results = {
        name: value("calls_total", trunk="counted", direction="out", result=name) for name in ("answered", "refused")
    }
    assert results == {"answered": 1, "refused": 1}
    assert value("channels", trunk="counted", direction="out") == 0
    document = centre.documents[east.id]
    assert document is not None
    assert (document["calls_today"], document["answered_today"], document["asr"]) == (2, 1, 0.5)
    assert (document["cps"], document["channels"]) == (0, {"in": 0, "out": 0, "max": None})
    centre.follow()
    assert value("up", trunk="counted") is None
    await net.run(40)


async def test_the_figures_of_a_day_begin_anew_at_midnight() -> None:
    net = Net()
    Carrier(net, 5070).calls = 486
    east = trunk("daily")
    centre = Centre(net, east)
    await centre.call()
    await net.run(1)
    state = centre.trunks.state(east.id)
    assert state is not None
    assert state.document()["calls_today"] == 1
    net.clock.advance(86_400)
    assert state.document()["calls_today"] == 0
    assert state.document()["asr"] is None


async def test_many_calls_are_few_changes_of_the_document() -> None:
    net = Net()
    Carrier(net, 5070).calls = 486
    east = trunk("busy", options_seconds=0)
    centre = Centre(net, east)
    for _ in range(50):
        await centre.call()
        await net.run(0.1)
    assert len(centre.told) <= 10, "once a second, and for each new state"
    await net.run(5)
    document = centre.documents[east.id]
    assert document is not None
    assert (document["calls_today"], document["cps"]) == (50, 0)


def test_no_number_or_address_is_a_label() -> None:
    lines = [line for line in generate_latest().decode().splitlines() if line.startswith("yuelai_trunk_")]
    assert lines
    assert not any("138" in line.partition(" ")[0] or "127.0.0.1" in line for line in lines)
