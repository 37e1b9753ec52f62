"""Whoever was erased does not come back by a source."""

from __future__ import annotations

import asyncio

from tests.customers.sync.conftest import PATH, World, counts
from yuelai.customers import erased


async def test_whoever_was_erased_does_not_come_back_and_the_next_of_the_number_does(world: World) -> None:
    world.crm.set("13900000001", "王一", doc="A1234567")
    world.crm.set("13900000002", "王二")
    source = await world.add()
    await world.run(source)
    await world.erase("王一")
    # The agent's change is not what the source calls him: its own record is known all the same.
    await world.edit("王二", "王贰")
    await world.erase("王贰")
    world.crm.set("13900000001", "王一", level="gold", doc="A1234567")
    run = await world.run(source)
    assert (counts(run), run["erased"], run["missing"]) == ((0, 0, 0, 0, 0), 1, 0)
    run = await world.run(source, full=True)
    assert (counts(run), run["erased"], run["missing"], run["checksum_equal"]) == ((0, 0, 0, 0, 0), 2, 0, True)
    assert run["rejections"] == await world.conflicts() == []
    assert await world.names() == [("", "normal"), ("", "normal")]
    # The id number tells him under any name and phone, and in any source; the number alone tells nobody.
    world.crm.set("13900000003", "王依", doc="A1234567")
    world.crm.set("13900000001", "李新")
    run = await world.run(source)
    assert (counts(run), run["erased"]) == ((1, 0, 0, 0, 0), 1)
    other = await world.add("other")
    run = await world.run(other)
    assert (counts(run), run["erased"]) == ((0, 0, 1, 0, 0), 2)
    assert [name for name, _ in await world.names() if name] == ["李新"]
    # Somebody who calls and is put down by hand is a customer again, and followed again.
    answer = await world.http.post(PATH, json={"name": "王二", "phones": ["13900000002"]})
    assert answer.status_code == 201, answer.text
    world.crm.set("13900000002", "王二", level="gold")
    run = await world.run(source)
    assert (counts(run), run["erased"]) == ((0, 0, 1, 1, 0), 0)
    assert [each["field"] for each in await world.conflicts()] == ["class"]


async def test_an_account_in_a_source_is_the_same_record_whatever_its_name(world: World) -> None:
    mapping = {"name": "name", "contact.phones": "account"}
    source = await world.add(mapping=mapping, key="account")
    world.crm.set("A-1", "王一")
    await world.run(source)
    await world.erase("王一")
    world.crm.set("A-1", "王壹")
    run = await world.run(source)
    assert (counts(run), run["erased"]) == ((0, 0, 0, 0, 0), 1)
    # Elsewhere the account may be somebody else's by now.
    run = await world.run(await world.add("other", mapping=mapping, key="account"))
    assert (counts(run), run["erased"]) == ((1, 0, 0, 0, 0), 0)


async def test_a_page_that_is_being_written_is_waited_for(world: World) -> None:
    world.crm.set("13900000001", "王一")
    source = await world.add()
    await world.run(source)
    async with world.site.database.transaction(world.tenant) as conn:
        await erased.heed(conn, world.tenant)
        erasing = asyncio.create_task(world.erase("王一"))
        done, _ = await asyncio.wait([erasing], timeout=0.5)
        assert not done
    await erasing
