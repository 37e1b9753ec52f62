"""Phones stay reachable over a restart, and keeping them costs little."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yuelai.telephony.kept import SHORTEST_SLACK
from yuelai.telephony.ports import BindingRecord

from .test_registrar import Page, Phone, contacts
from .world import Net, Party


def scene() -> tuple[Net, Party, Phone]:
    net = Net()
    return net, Party(net, 5060), Phone(net, 6001)


def reborn(net: Net, ours: Party, *more: BindingRecord) -> Party:
    """Kill our end and start another in its place, from what was kept."""
    net.stacks.remove(ours.stack)
    again = Party(net, ours.hop.port)
    again.bindings.kept = ours.bindings.kept | {record.registration_id: record for record in more}
    again.stack.restore_registrations(list(again.bindings.kept.values()))
    return again


async def test_after_a_restart_a_registered_phone_is_dialled_before_it_has_said_anything() -> None:
    net, ours, phone = scene()
    await phone.register(ours, expires="3600")
    again = reborn(net, ours)
    assert again.changed == ["8001"]
    assert contacts(again) == ["sip:8001@127.0.0.1:6001"]
    phone.heard.clear()
    await again.dial("8001")
    await net.run(0.1)
    assert phone.requests() == ["INVITE"]


async def test_a_phone_behind_nat_is_reached_again_at_the_address_it_was_seen_from() -> None:
    net, ours, phone = scene()
    contact = "<sip:8001@192.168.1.7:5060>"
    phone.send(ours.hop, phone._register("8001", {"contact": contact}))
    await net.run(0.1)
    challenge = phone.last(401).raw("www-authenticate")[0]
    via = "SIP/2.0/UDP 192.168.1.7;branch=z9hG4bKinside;rport"
    assert (await phone.register(ours, challenge=challenge, via=via, contact=contact)).status == 200
    (before,) = ours.stack.registrar.bindings("8001")
    again = reborn(net, ours)
    (after,) = again.stack.registrar.bindings("8001")
    assert (after.id, str(after.contact), after.source, after.hop, after.symmetric) == (
        before.id, "sip:8001@192.168.1.7:5060", phone.hop, phone.hop, True,
    )  # fmt: skip
    assert again.stack.registrar.at(phone.hop) is after


async def test_a_restored_phone_that_stays_silent_is_gone_after_the_time_it_was_granted() -> None:
    net, ours, phone = scene()
    await phone.register(ours, expires="120")
    again = reborn(net, ours)
    await net.run(119)
    assert len(contacts(again)) == 1
    await net.run(2)
    assert contacts(again) == []
    assert again.changed == ["8001", "8001"]
    assert again.bindings.kept == {}


async def test_a_restored_phone_refreshes_as_if_nothing_had_happened() -> None:
    net, ours, phone = scene()
    await phone.register(ours, expires="120")
    again = reborn(net, ours)
    assert (await phone.register(again, expires="120")).status == 200
    assert len(contacts(again)) == 1
    assert again.changed == ["8001"]
    assert again.bindings.writes == 0


async def test_records_whose_time_is_over_or_that_cannot_be_read_are_closed() -> None:
    net, ours, phone = scene()
    await phone.register(ours, expires="120")
    (record,) = ours.bindings.kept.values()
    net.clock.advance((record.kept_until - net.clock.now()).total_seconds())
    again = reborn(net, ours)
    await net.settle()
    assert contacts(again) == []
    assert again.changed == []
    assert again.bindings.kept == {}


@pytest.mark.parametrize("field", ["contact", "hop", "source"])
async def test_a_record_that_cannot_be_read_is_closed_and_the_others_are_restored(field: str) -> None:
    from dataclasses import replace

    from yuelai.platform.ids import new_id

    net, ours, phone = scene()
    await phone.register(ours)
    (record,) = ours.bindings.kept.values()
    again = reborn(net, ours, replace(record, registration_id=new_id(), user="8002", **{field: "nonsense"}))  # type: ignore[arg-type]
    await net.settle()
    assert again.changed == ["8001"]
    assert list(again.bindings.kept.values()) == [record]


async def test_a_phone_that_goes_or_changes_its_address_is_kept_so() -> None:
    _, ours, phone = scene()
    instance = '+sip.instance="<urn:uuid:1>"'
    await phone.register(ours, contact=f"<sip:8001@127.0.0.1:6001>;{instance}")
    (first,) = ours.bindings.kept.values()
    await phone.register(ours, contact=f"<sip:8001@127.0.0.1:7001>;{instance}")
    (second,) = ours.bindings.kept.values()
    assert second.registration_id == first.registration_id
    assert (second.contact, second.hop) == ("sip:8001@127.0.0.1:7001", "udp:127.0.0.1:7001")
    await phone.register(ours, contact="<sip:8001@127.0.0.1:6001>")
    assert len(ours.bindings.kept) == 2
    await phone.register(ours, contact="*", expires="0")
    assert ours.bindings.kept == {}


@pytest.mark.parametrize(("expires", "every", "most"), [(120, 60, 8), (3600, 60, 2), (60, 30, 8), (3600, 1800, 4)])
async def test_a_phone_that_refreshes_is_written_seldom_yet_its_record_always_lasts_until_the_next_time(
    expires: int, every: int, most: int
) -> None:
    net, ours, phone = scene()
    for _ in range(3600 // every + 1):
        await phone.register(ours, expires=str(expires))
        (record,) = ours.bindings.kept.values()
        assert record.kept_until >= net.clock.now() + timedelta(seconds=expires - 1)
        assert record.kept_until <= net.clock.now() + timedelta(seconds=expires + max(expires, SHORTEST_SLACK))
        await net.run(every)
    assert ours.bindings.writes <= most


async def test_a_shorter_time_granted_is_written_at_once() -> None:
    net, ours, phone = scene()
    await phone.register(ours, expires="3600")
    await phone.register(ours, expires="60")
    again = reborn(net, ours)
    await net.run(61)
    assert contacts(again) == []


async def test_browsers_are_not_kept() -> None:
    net, ours, phone = scene()
    assert (await Page(net, ours, "f1").register()).status == 200
    assert ours.bindings.kept == {}
    await phone.register(ours, contact='<sip:8001@127.0.0.1:6001>;+sip.instance="<urn:i7>"')
    assert len(ours.bindings.kept) == 1
    assert (await Page(net, ours, "f2", instance="i7").register()).status == 200
    assert ours.bindings.kept == {}


async def test_a_phone_registers_though_nothing_can_be_written_and_is_written_at_its_next_refresh() -> None:
    _, ours, phone = scene()
    ours.bindings.full = True
    assert (await phone.register(ours)).status == 200
    assert len(contacts(ours)) == 1
    assert ours.bindings.kept == {}
    ours.bindings.full = False
    await phone.register(ours)
    assert len(ours.bindings.kept) == 1
