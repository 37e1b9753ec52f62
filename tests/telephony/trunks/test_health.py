"""Signs of life: who answers is up, who is silent three times is down, and calls that fail are believed too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from tests.telephony.trunks.carrier import Carrier, Centre, trunk
from tests.telephony.world import Net
from yuelai.telephony.hops import Hop, UdpHop
from yuelai.telephony.ports import Ended
from yuelai.telephony.trunks.model import Condition
from yuelai.wire.sip import Uri


@pytest.mark.parametrize("status", [200, 401, 404, 405, 483])
async def test_any_answer_is_a_sign_of_life(status: int) -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), trunk("east")
    carrier.options = status
    centre = Centre(net, east)
    assert centre.state(east) == "unknown"
    await net.run(2)
    assert centre.state(east) == "up"
    document = centre.documents[east.id]
    assert document is not None
    assert document["last_options_ms"] == 20
    await net.run(300)
    assert 9 <= carrier.count("OPTIONS") <= 13, "every 30 seconds, more or less"


async def test_three_missing_answers_are_down_and_one_is_up_again_each_told_once() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), trunk("east")
    centre = Centre(net, east)
    await net.run(2)
    carrier.deaf = True
    with capture_logs() as lines:
        await net.run(30 + 3 * 4)
        assert centre.state(east) == "up", "two are not enough"
        await net.run(10)
        assert (centre.state(east), centre.error(east)) == ("down", "timeout")
        await net.run(600)
    troubles = [line for line in lines if line["event"] == "trunk_trouble"]
    assert [line["trunk"] for line in troubles] == ["east"], "one line, however long it lasts"
    assert "does not answer" in troubles[0]["reason"]
    carrier.deaf = False
    await net.run(40)
    assert (centre.state(east), centre.error(east)) == ("up", None)


async def test_503_is_no_sign_of_life() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), trunk("east")
    carrier.options = 503
    centre = Centre(net, east)
    await net.run(20)
    assert (centre.state(east), centre.error(east)) == ("down", "busy")


async def test_a_name_that_leads_nowhere_is_said_to() -> None:
    net = Net()
    east = trunk("east", host="sip.nowhere.example", port=None)
    centre = Centre(net, east)
    await net.run(20)
    assert (centre.state(east), centre.error(east)) == ("down", "not_resolved")


async def test_calls_take_another_trunk_and_leave_one_that_fails_alone_for_a_while() -> None:
    net = Net()
    broken, whole = Carrier(net, 5070), Carrier(net, 5071)
    broken.calls = 503
    east, west = trunk("east", 5070, priority=1), trunk("west", 5071, priority=2)
    centre = Centre(net, east, west)
    await net.run(2)
    for _ in range(2):
        leg = await centre.call()
        await net.run(1)
        assert centre.party.kinds()[-1] == "Answered"
        assert leg.trunk_id == west.id
        await leg.hangup()
        await net.run(1)
    assert (broken.count("INVITE"), whole.count("INVITE")) == (2, 2)
    assert (centre.state(east), centre.error(east)) == ("down", "failing")
    leg = await centre.call()
    await net.run(1)
    assert broken.count("INVITE") == 2, "it is not asked again at once"
    await leg.hangup()
    broken.calls = 200
    await net.run(60)
    assert centre.state(east) == "up", "it was asked for a sign of life meanwhile"
    leg = await centre.call()
    await net.run(1)
    assert leg.trunk_id == east.id
    await leg.hangup()
    await net.run(40)
    assert centre.party.empty()


async def test_a_trunk_that_says_nothing_is_given_up_after_four_seconds() -> None:
    net = Net()
    Carrier(net, 5070).deaf = True
    Carrier(net, 5071)
    east, west = trunk("east", 5070, options_seconds=0), trunk("west", 5071, priority=2, options_seconds=0)
    centre = Centre(net, east, west)
    leg = await centre.call()
    await net.run(3.9)
    assert centre.party.kinds() == []
    await net.run(0.3)
    assert centre.party.kinds() == ["Answered"]
    assert leg.trunk_id == west.id
    await leg.hangup()
    await net.run(40)
    assert centre.party.empty()


@pytest.mark.parametrize("status", [486, 603, 404, 600])
async def test_what_a_person_decided_is_not_asked_again_elsewhere(status: int) -> None:
    net = Net()
    first, second = Carrier(net, 5070), Carrier(net, 5071)
    first.calls = status
    east, west = trunk("east", 5070), trunk("west", 5071, priority=2)
    centre = Centre(net, east, west)
    await net.run(2)
    for _ in range(4):
        await centre.call()
        await net.run(1)
    assert [event.status for event in centre.party.events if isinstance(event, Ended)] == [status] * 4
    assert second.count("INVITE") == 0
    assert centre.state(east) == "up", "it did its part"


async def test_without_signs_of_life_time_alone_gives_it_another_chance() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), trunk("east", options_seconds=0)
    carrier.calls = 500
    centre = Centre(net, east)

    def condition() -> Condition:
        state = centre.trunks.state(east.id)
        assert state is not None
        return state.condition

    with capture_logs() as lines:
        for _ in range(2):
            await centre.call()
            await net.run(0.5)
        assert (centre.state(east), condition()) == ("down", Condition.SICK)
        await net.run(11)
        assert (centre.state(east), condition()) == ("down", Condition.FIT), "it may try, but nothing is known yet"
        await centre.call()
        await net.run(0.5)
        assert condition() is Condition.SICK, "one more failure is enough"
        await net.run(15)
        assert condition() is Condition.SICK, "and it waits longer"
        await net.run(6)
        assert condition() is Condition.FIT
    assert len([line for line in lines if line["event"] == "trunk_trouble"]) == 1
    carrier.calls = 486
    await centre.call()
    await net.run(0.5)
    assert centre.state(east) == "up"


async def test_a_trunk_elsewhere_begins_anew_and_one_that_is_closed_is_left_in_peace() -> None:
    net = Net()
    first, second = Carrier(net, 5070), Carrier(net, 5071)
    east = trunk("east", 5070)
    centre = Centre(net, east)
    await net.run(2)
    renamed = replace(east, name="东方", max_cps=5)
    centre.follow(renamed)
    assert centre.state(east) == "up", "another name is no reason to doubt it"
    asked = first.count("OPTIONS")
    centre.follow(replace(renamed, port=5071))
    assert centre.state(east) == "unknown"
    await net.run(100)
    assert (first.count("OPTIONS"), centre.state(east)) == (asked, "up")
    centre.follow(replace(renamed, active=False))
    heard = second.count("OPTIONS")
    await net.run(100)
    assert (second.count("OPTIONS"), centre.state(east)) == (heard, "inactive")
    centre.follow()
    assert centre.documents[east.id] is None
    await net.run(100)
    assert centre.party.empty()


async def test_a_password_that_calls_are_refused_for_is_said_at_once_and_other_trunks_are_taken() -> None:
    net = Net()
    first, second = Carrier(net, 5070), Carrier(net, 5071)
    first.calls = 407
    account = {"username": "0571", "secret": "wrong"}
    east, west = trunk("east", 5070, **account), trunk("west", 5071, priority=2)
    centre = Centre(net, east, west)
    await net.run(2)
    leg = await centre.call()
    await net.run(1)
    assert leg.trunk_id == west.id
    assert (centre.state(east), centre.error(east)) == ("down", "wrong_password")
    await leg.hangup()
    await net.run(40)
    assert second.count("BYE") == 1


async def test_a_call_that_comes_in_is_a_sign_of_life_where_none_is_asked_for() -> None:
    net = Net()
    gate = trunk("gate", host="", direction="in", sources=["127.0.0.1/32"])
    centre, peer = Centre(net, gate), Carrier(net, 5080)
    assert centre.state(gate) == "unknown"
    peer.call(centre.party.hop, "sip:10000@x", branch="1")
    await net.run(1)
    assert centre.state(gate) == "up"


class Names:
    """A resolver whose one name leads to these places; those that failed come last."""

    def __init__(self, *hops: UdpHop) -> None:
        self.order = list(hops)

    async def hops(self, uri: Uri) -> list[Hop]:
        return list(self.order)

    def failed(self, hop: Hop) -> None:
        if isinstance(hop, UdpHop):
            self.order.remove(hop)
            self.order.append(hop)


async def test_a_name_with_two_places_is_up_while_one_of_them_answers() -> None:
    net = Net()
    dead, alive = Carrier(net, 5070), Carrier(net, 5071)
    dead.deaf = True
    east = trunk("east", host="sip.example.com", port=None)
    centre = Centre(net)
    names = Names(dead.hop, alive.hop)
    centre.party.stack.ua.resolver = names
    centre.trunks.network.silent = names.failed
    centre.follow(east)
    await net.run(15)
    assert (centre.state(east), centre.error(east)) == ("up", None)
    assert alive.count("OPTIONS") >= 1
    leg = await centre.call()
    await net.run(1)
    assert centre.party.kinds() == ["Answered"]
    await leg.hangup()
    await net.run(40)
