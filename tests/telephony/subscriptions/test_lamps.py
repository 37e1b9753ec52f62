"""Phones that watch others: what their lamps are told, who may watch, and that no subscription outlives its time."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from tests.telephony.b2bua.house import House, description
from yuelai.telephony.ports import Answered
from yuelai.telephony.subscriptions import service
from yuelai.wire.sip.transfer import DialogRef

from .watcher import Watcher

INFO = "{urn:ietf:params:xml:ns:dialog-info}"
PIDF = "{urn:ietf:params:xml:ns:pidf}"


def lamp(body: bytes) -> list[tuple[str | None, str | None]]:
    """Which calls a lamp is told of: their directions and states."""
    root = ElementTree.fromstring(body)
    assert root.tag == f"{INFO}dialog-info"
    assert root.get("state") == "full"
    return [(one.get("direction"), one.findtext(f"{INFO}state")) for one in root.findall(f"{INFO}dialog")]


async def test_a_lamp_follows_a_colleagues_call() -> None:
    house = House()
    caller, callee = house.party(5070), house.party(5080, "8001")
    watcher = Watcher(house)
    granted = await watcher.watch("8001")
    assert granted.status == 200
    assert granted.get("expires") == "600"
    leg = await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing()
    await house.net.run(1)
    await callee.offered[0].answer(description(callee))
    await house.net.run(1)
    await leg.hangup()
    await house.net.run(2)
    told = [lamp(notify.body) for notify in watcher.notified]
    assert told == [[], [("recipient", "trying")], [("recipient", "early")], [("recipient", "confirmed")], []]
    for notify in watcher.notified[3:]:
        assert b"call-id" not in notify.body, "a talk could be taken or joined by anybody who watches"
    versions = [ElementTree.fromstring(n.body).get("version") for n in watcher.notified]
    assert versions == ["0", "1", "2", "3", "4"]
    assert len({notify.cseq.number for notify in watcher.notified}) == 5
    await watcher.watch("8001", expires=0, to_tag=granted.to.tag or "")
    assert watcher.states()[-1] == "terminated"
    await house.net.run(70)
    assert house.empty()


async def test_a_ringing_phone_is_picked_up_by_what_the_lamp_is_told() -> None:
    house = House()
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    watcher = Watcher(house)
    await watcher.watch("8001", expires=60)
    await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing()
    await house.net.run(1)
    (dialog,) = ElementTree.fromstring(watcher.notified[-1].body)
    named = DialogRef(str(dialog.get("call-id")), str(dialog.get("remote-tag")), str(dialog.get("local-tag")), True)
    await house.dial(third, "8001", replaces=str(named))
    await house.net.run(2)
    assert any(isinstance(event, Answered) for event in third.events)
    assert [event.status for event in callee.ended] == [487]
    (call,) = house.board.calls.values()
    await call.hangup()
    await house.net.run(120)
    assert house.empty()


async def test_what_a_lamp_is_told_is_no_key_to_the_call_that_comes_of_it() -> None:
    house = House()
    caller, callee, third = house.party(5070), house.party(5080, "8001"), house.party(5090)
    watcher = Watcher(house)
    await watcher.watch("8001", expires=60)
    await house.dial(caller, "8001")
    await house.net.run(1)
    await callee.offered[0].ringing()
    await house.net.run(1)
    (dialog,) = ElementTree.fromstring(watcher.notified[-1].body)
    told = [str(dialog.get(name)) for name in ("call-id", "remote-tag", "local-tag")]
    assert not [key for key in house.stack.ua.dialogs if set(key) & set(told)], "its true name would be a key to it"
    await house.dial(third, "8001", join=str(DialogRef(*told)))
    await callee.offered[0].answer(description(callee))
    await house.net.run(1)
    await house.dial(third, "8001", join=str(DialogRef(*told)))
    await house.dial(third, "8001", replaces=str(DialogRef(*told)))
    await house.net.run(1)
    assert [event.status for event in third.ended] == [481, 481, 481]
    (call,) = house.board.calls.values()
    assert call.whole
    await call.hangup()
    await house.net.run(120)
    assert house.empty()


async def test_presence_tells_whether_a_seat_can_be_reached_and_is_busy() -> None:
    house = House()
    watcher = Watcher(house)
    await watcher.watch("8001", "presence", expires=60)
    callee, caller = house.party(5080, "8001"), house.party(5070)
    await house.net.run(1)
    await house.call(caller, callee, "8001")
    seen = []
    for notify in watcher.notified:
        root = ElementTree.fromstring(notify.body)
        tuple_ = root.find(f"{PIDF}tuple")
        assert tuple_ is not None
        seen.append((tuple_.findtext(f"{PIDF}status/{PIDF}basic"), tuple_.findtext(f"{PIDF}note")))
    assert seen[0] == ("closed", "offline")
    assert seen[1] == ("open", "available")
    assert seen[-1] == ("open", "busy")
    (call,) = house.board.calls.values()
    await call.hangup()
    await house.net.run(140)
    assert house.empty()


async def test_waiting_messages_are_none_and_only_ones_own() -> None:
    house = House()
    watcher = Watcher(house)
    assert (await watcher.watch("8002", "message-summary", expires=0)).status == 200
    assert watcher.notified[0].body.startswith(b"Messages-Waiting: no\r\n")
    assert (await watcher.watch("8001", "message-summary", call_id="x")).status == 403
    await house.net.run(70)
    assert house.empty()


async def test_a_subscription_ends_with_its_time_and_is_told_so() -> None:
    house = House()
    watcher = Watcher(house)
    granted = await watcher.watch("8001", expires=60)
    await house.net.run(40)
    assert (await watcher.watch("8001", expires=60, to_tag=granted.to.tag or "")).status == 200
    await house.net.run(40)
    assert watcher.states() == ["active", "active"]
    await house.net.run(25)
    assert watcher.states()[-1] == "terminated"
    assert (await watcher.watch("8001", expires=60, to_tag=granted.to.tag or "")).status == 481
    await house.net.run(70)
    assert house.empty()


@pytest.mark.parametrize("says", [481, 0])
async def test_who_does_not_listen_any_more_is_not_told_any_more(says: int) -> None:
    house = House()
    watcher = Watcher(house)
    watcher.says = says
    await watcher.watch("8001")
    await house.net.run(40)
    assert len(house.stack.subscriptions) == 0
    await house.net.run(70)
    assert house.empty()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"event": "reg"}, 489),
        ({}, 489),
        ({"event": "dialog", "accept": "text/plain"}, 406),
        ({"event": "dialog", "expires": "20"}, 423),
        ({"event": "dialog", "expires": "soon"}, 400),
    ],
)
async def test_what_cannot_be_granted_is_refused(headers: dict[str, str], status: int) -> None:
    house = House()
    watcher = Watcher(house)
    response = await watcher.ask("SUBSCRIBE", "8001", headers=headers)
    assert response.status == status
    if status == 489:
        assert "dialog" in str(response.get("allow-events"))
    await house.net.run(70)
    assert house.empty()


async def test_nobody_watches_without_having_shown_who_they_are_and_unknown_users_look_the_same() -> None:
    house = House()
    watcher = Watcher(house)
    for user in ("8001", "9999"):
        assert (await watcher.ask("SUBSCRIBE", user, headers={"event": "dialog"}, known=False)).status == 407
    assert (await watcher.watch("8001", password="wrong", call_id="y")).status == 403
    assert watcher.notified == []
    assert len(house.stack.subscriptions) == 0
    await house.net.run(70)
    assert house.empty()


async def test_subscriptions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_OF_ONE", 3)
    house = House()
    watcher = Watcher(house)
    granted = [(await watcher.watch("8001", expires=60, call_id=f"c{n}")).status for n in range(5)]
    assert granted == [200, 200, 200, 503, 503]
    await house.net.run(140)
    assert house.empty()


async def test_publish_is_not_allowed_and_told_so() -> None:
    house = House()
    watcher = Watcher(house)
    refused = await watcher.ask("PUBLISH", "8002", headers={"event": "presence"})
    assert refused.status == 405
    assert "SUBSCRIBE" in str(refused.get("allow"))
