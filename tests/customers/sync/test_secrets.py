"""What a source is to be shown is shown to it, and to nobody else."""

from __future__ import annotations

from tests.customers.sync.conftest import PATH, World
from yuelai.entrypoints.sealed import SEALED
from yuelai.platform.key_file import KeyFile
from yuelai.platform.rewrap import rewrap, standing
from yuelai.platform.secrets import Secrets


async def test_a_source_is_shown_its_secret_and_nobody_else_is(world: World) -> None:
    world.crm.set("13900000001", "王一")
    word = "Bearer s3cr3t-of-the-crm"
    source = await world.add(secret=word)
    plain = await world.add("plain")
    await world.run(source)
    assert f"\r\nAuthorization: {word}\r\n" in world.system.heads[-1]
    await world.run(plain)
    assert "s3cr3t" not in world.system.heads[-1]
    documents = await world.http.get(f"{PATH}/sources")
    assert "s3cr3t" not in documents.text
    shown = {each["code"]: (each["auth_header"], each["has_secret"]) for each in documents.json()["items"]}
    assert shown == {"crm": ("Authorization", True), "plain": (None, False)}
    assert not any(b"s3cr3t" in row["secret"] for row in await world.fetch("SELECT secret FROM customer_sources"))

    # What is not spoken of stays; the header may be another; none is none.
    await world.http.patch(f"{PATH}/sources/{source}", json={"name": "CRM", "auth_header": "X-Api-Key"})
    await world.run(source)
    assert f"\r\nX-Api-Key: {word}\r\n" in world.system.heads[-1]
    answer = await world.http.patch(f"{PATH}/sources/{source}", json={"secret": None})
    assert (answer.json()["has_secret"], answer.json()["auth_header"]) == (False, None)
    await world.run(source)
    assert "s3cr3t" not in world.system.heads[-1]


async def test_a_secret_does_not_follow_to_another_host_nor_break_the_request(world: World) -> None:
    source = await world.add(secret="s3cr3t")
    answer = await world.http.patch(f"{PATH}/sources/{source}", json={"url": f"http://localhost:{world.system.port}/c"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_source")
    answer = await world.http.patch(
        f"{PATH}/sources/{source}", json={"url": f"http://localhost:{world.system.port}/c", "secret": "another"}
    )
    assert answer.status_code == 200, answer.text
    for wrong in (
        {"secret": "s3cr3t\r\nHost: x"},
        {"secret": "秘密s3cr3t"},
        {"secret": "s3cr3t" * 1000},
        {"auth_header": "Host", "secret": "s3cr3t"},
        {"auth_header": "X: y\r\nZ", "secret": "s3cr3t"},
    ):
        answer = await world.http.patch(f"{PATH}/sources/{source}", json=wrong)
        assert answer.status_code == 422, wrong
        assert "s3cr3t" not in answer.text
    body = {
        "code": "f",
        "name": "f",
        "kind": "csv_folder",
        "folder": "x",
        "mapping": {"a": "phone"},
        "key": "phone",
    }
    answer = await world.http.post(f"{PATH}/sources", json=body | {"secret": "s3cr3t"})
    assert answer.json()["code"] == "bad_source"


async def test_a_secret_is_sealed_anew_when_the_key_is_turned_over(world: World) -> None:
    world.crm.set("13900000001", "王一")
    source = await world.add(secret="s3cr3t")
    file = KeyFile.of(world.site.settings)
    first = max(file.keys())
    file.add()
    secrets = Secrets.load(world.site.settings)
    assert await rewrap(world.site.database, secrets, SEALED) >= 1
    async with world.site.database.transaction(None) as conn:
        assert not any(counts.get(first) for counts in (await standing(conn, SEALED)).values())
    await world.run(source)
    assert "\r\nAuthorization: s3cr3t\r\n" in world.system.heads[-1]
