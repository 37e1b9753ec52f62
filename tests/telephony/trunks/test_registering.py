"""Registering at a carrier: digest, refresh, what is refused, what fails, and being called there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.telephony.trunks.carrier import Carrier, Centre, trunk
from tests.telephony.world import Net
from yuelai.telephony.trunks.model import Trunk
from yuelai.telephony.trunks.numbers import Rewriting
from yuelai.wire.sip import Request
from yuelai.wire.sip.digest import Algorithm


def registered(port: int = 5070, **settings: Any) -> Trunk:
    account = {"username": "0571", "secret": "secret", "options_seconds": 0, "expires": 600}
    return trunk("east", port, register=True, **{**account, **settings})


@pytest.mark.parametrize("algorithm", [Algorithm.MD5, Algorithm.SHA256])
async def test_it_registers_at_once_with_digest_and_before_its_time_is_over_again(algorithm: Algorithm) -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), registered()
    carrier.algorithm = algorithm
    centre = Centre(net, east)
    assert centre.state(east) == "registering"
    await net.run(1)
    assert centre.state(east) == "up"
    document = centre.documents[east.id]
    assert document is not None
    assert document["registered_until"] is not None
    (contact,) = carrier.contacts
    assert contact.startswith("sip:0571@127.0.0.1:5060;line=")
    await net.run(600 * 0.78)
    assert carrier.expires_asked == [600]
    await net.run(600 * 0.14)
    assert carrier.expires_asked == [600, 600], "at 80 to 90 % of the time"
    registers = [m for m in carrier.heard if isinstance(m, Request)]
    assert len({m.call_id for m in registers}) == 1
    assert [m.cseq.number for m in registers] == sorted({m.cseq.number for m in registers})
    assert [m.get("authorization") is not None for m in registers] == [False, True, True], (
        "signed at once the next time"
    )


async def test_what_the_registrar_grants_counts_and_too_brief_is_made_longer() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), registered(expires=60)
    carrier.shortest, carrier.granted = 1800, 900
    centre = Centre(net, east)
    await net.run(1)
    assert carrier.expires_asked == [60, 1800]
    assert centre.state(east) == "up"
    await net.run(900 * 0.92)
    assert carrier.expires_asked == [60, 1800, 1800]


async def test_a_wrong_password_is_one_line_and_is_not_hammered() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), registered(secret="wrong")
    with capture_logs() as lines:
        centre = Centre(net, east)
        await net.run(600)
    assert (centre.state(east), centre.error(east)) == ("refused", "wrong_password")
    troubles = [line for line in lines if line["event"] == "trunk_trouble"]
    assert [(line["trunk"], line["code"]) for line in troubles] == [("east", "wrong_password")]
    assert "wrong" not in str(troubles).replace("wrong_password", "")
    assert carrier.count("REGISTER") <= 12, "two messages each try, at 30, 60, 120 … seconds"
    centre.follow(replace(east, secret="secret"))
    await net.run(1)
    assert (centre.state(east), centre.error(east)) == ("up", None), "the new password is tried at once"


@pytest.mark.parametrize(("status", "code"), [(403, "wrong_password"), (404, "registration_refused")])
async def test_what_is_refused_is_said(status: int, code: str) -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), registered()
    carrier.registrar = status
    centre = Centre(net, east)
    await net.run(5)
    assert (centre.state(east), centre.error(east)) == ("refused", code)
    carrier.registrar = None
    await net.run(40)
    assert centre.state(east) == "up"


async def test_a_registrar_that_fails_or_is_away_is_tried_again_ever_more_seldom() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), registered()
    carrier.registrar = 500
    centre = Centre(net, east)
    await net.run(300)
    assert (centre.state(east), centre.error(east)) == ("registering", "failing")
    assert 6 <= carrier.count("REGISTER") <= 9
    carrier.registrar, carrier.deaf = None, True
    await net.run(300)
    assert centre.error(east) == "timeout"
    carrier.deaf = False
    await net.run(180)
    assert (centre.state(east), centre.error(east)) == ("up", None)


async def test_a_registration_that_stands_goes_on_while_it_cannot_be_renewed() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), registered()
    centre = Centre(net, east)
    await net.run(1)
    carrier.registrar = 500
    await net.run(570)
    assert (centre.state(east), centre.error(east)) == ("up", "failing"), "there are seconds left"
    await net.run(60)
    document = centre.documents[east.id]
    assert document is not None
    assert (document["state"], document["registered_until"]) == ("registering", None)


async def test_it_is_taken_back_when_the_trunk_is_closed_and_left_standing_when_we_stop() -> None:
    net = Net()
    carrier, east = Carrier(net, 5070), registered()
    centre = Centre(net, east)
    await net.run(1)
    centre.follow(replace(east, active=False))
    await net.run(1)
    assert carrier.expires_asked == [600, 0]
    centre.follow(east)
    await net.run(1)
    assert centre.state(east) == "up"
    asked = len(carrier.expires_asked)
    centre.trunks.close()
    await net.run(1000)
    assert len(carrier.expires_asked) == asked
    again = Centre(net, east)
    await net.run(1)
    assert len(carrier.contacts) == 1, "the same contact as before: the registrar knows it"
    assert again.state(east) == "up"


async def test_a_call_to_the_contact_that_we_registered_is_the_carriers_from_wherever_it_comes() -> None:
    net = Net()
    carrier = Carrier(net, 5070)
    carrier.options = None
    east = registered(called_in=Rewriting((), "national"))
    centre = Centre(net, east)
    await net.run(1)
    (contact,) = carrier.contacts
    elsewhere = Carrier(net, 5090, "127.0.0.9")
    elsewhere.call(centre.party.hop, contact, branch="1", to="<sip:+8657188886666@carrier>", cseq=1)
    await net.run(1)
    (leg,) = centre.party.offered
    assert (leg.trunk_id, leg.caller, leg.called) == (east.id, "13800000001", "057188886666")
    carrier.call(centre.party.hop, "sip:10000@127.0.0.1", branch="2", call_id="second", from_tag="b")
    await net.run(1)
    assert centre.party.offered[1].trunk_id == east.id, "it calls from where we registered"
    elsewhere.call(centre.party.hop, "sip:0571@127.0.0.1;line=guess", branch="3", call_id="third", from_tag="c")
    await net.run(1)
    assert len(centre.party.offered) == 2
    assert 407 in elsewhere.responses()
