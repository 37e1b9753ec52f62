"""A dialog is kept in the name of the tenant whose call it is, from its confirmation to its end, over a restart too."""

from __future__ import annotations

from dataclasses import replace

from yuelai.bootstrap.dialogs import DialogKeeper
from yuelai.platform.clock import VirtualClock
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT, LegId, new_id
from yuelai.telephony.ports import DialogRecord

EAST = new_id()


def dialog(account: object) -> DialogRecord:
    return DialogRecord(
        LegId(new_id()), VirtualClock().now(), "c", "l", "r", 1, None, (), "t", "h", False, "8001", "", account
    )  # type: ignore[arg-type]


async def test_a_dialog_begins_and_ends_with_its_tenant() -> None:
    told: list[Record] = []

    async def append(*records: Record) -> int:
        told.extend(records)
        return len(told)

    standing = dialog(EAST)
    keeper = DialogKeeper(append, VirtualClock(), SAMPLE_TENANT, [standing])
    theirs, nobodys = dialog(EAST), dialog(None)
    for one in (theirs, nobodys):
        await keeper.confirmed(one)
    for one in (standing, theirs, nobodys, replace(nobodys, leg_id=LegId(new_id()))):
        await keeper.ended(one.leg_id)
    assert [record.fact.tenant_id for record in told] == [
        EAST, SAMPLE_TENANT, EAST, EAST, SAMPLE_TENANT, SAMPLE_TENANT
    ]  # fmt: skip
    assert "account" not in told[0].private
