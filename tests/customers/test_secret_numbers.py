from pathlib import Path

import pytest

from tests.customers.people import ID_NUMBER, add, vault
from yuelai.customers import idnumbers
from yuelai.customers.errors import KeysMissing, NotAnIdNumber
from yuelai.customers.record import service
from yuelai.customers.sealing import SEALED, TenantKeys, Vault
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.rewrap import rewrap
from yuelai.platform.secrets import Secrets


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("11010519491231002x", ID_NUMBER),
        ("１１０１０５ 19491231 002Ｘ", ID_NUMBER),
        ("440524188001010014", "440524188001010014"),
        (" e1234-5678 ", "E12345678"),
    ],
)
def test_numbers_are_compared_in_one_form(typed: str, number: str) -> None:
    assert idnumbers.normalised(typed) == number


@pytest.mark.parametrize("typed", ["", "123", "110105194912310021", "11010519491231002A#", "身份证", "9" * 41])
def test_what_cannot_be_a_number_is_refused(typed: str) -> None:
    with pytest.raises(NotAnIdNumber):
        idnumbers.normalised(typed)


def test_a_companys_number_of_eighteen_digits_has_another_check_digit() -> None:
    assert idnumbers.normalised("110105194912310021", person=False) == "110105194912310021"


def test_masks_hide_the_middle() -> None:
    assert idnumbers.masked(ID_NUMBER) == "110***********002X"
    assert idnumbers.masked("E12345678") == "E********"


def test_a_sealed_number_opens_for_its_own_customer_only() -> None:
    keys, other = TenantKeys(b"k" * 32, b"i" * 32), TenantKeys(b"o" * 32, b"i" * 32)
    mine, theirs = new_id(), new_id()
    sealed = keys.seal(mine, ID_NUMBER)
    assert keys.open(mine, sealed.sealed) == ID_NUMBER
    assert keys.seal(mine, ID_NUMBER).sealed != sealed.sealed
    assert keys.seal(theirs, ID_NUMBER).index == sealed.index
    for attempt in (lambda: keys.open(theirs, sealed.sealed), lambda: other.open(mine, sealed.sealed),
                    lambda: keys.open(mine, sealed.sealed[:-1]), lambda: keys.open(mine, b"")):  # fmt: skip
        with pytest.raises(KeysMissing):
            attempt()


async def test_equal_numbers_are_found_however_they_are_typed(database: Database, tmp_path: Path) -> None:
    keys = vault(tmp_path)
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await add(conn, "王芳", "13800000001", id_number=ID_NUMBER, vault=keys)
        assert await service.who_has_id_number(conn, SAMPLE_TENANT, "110105 19491231 002x", keys) == [id_]
        assert await service.who_has_id_number(conn, SAMPLE_TENANT, "440524188001010014", keys) == []


async def test_a_new_master_key_opens_what_was_sealed_and_can_let_the_old_one_go(
    database: Database, tmp_path: Path
) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await add(conn, "王芳", "13800000001", id_number=ID_NUMBER, vault=vault(tmp_path))
    file = tmp_path / "keys" / "master.key"
    first = file.read_text()
    second = f"2 {'B' * 43}=\n"
    file.write_text(first + second)
    assert await rewrap(database, Secrets.load(Settings(home=tmp_path)), [SEALED]) == 2
    file.write_text(second)
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert (await service.get(conn, SAMPLE_TENANT, id_, vault(tmp_path)))[
            "id_number_masked"
        ] == "110***********002X"
    file.write_text(first)
    async with database.transaction(SAMPLE_TENANT) as conn:
        # Without the key the rest of the record is shown all the same.
        record = await service.get(conn, SAMPLE_TENANT, id_, vault(tmp_path))
        assert (record["name"], record["id_number_masked"]) == ("王芳", "****")
        with pytest.raises(KeysMissing):
            await service.who_has_id_number(conn, SAMPLE_TENANT, ID_NUMBER, vault(tmp_path))


async def test_a_spoilt_key_file_spoils_nothing_else(database: Database, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "master.key").write_text("nonsense")
    async with database.transaction(SAMPLE_TENANT) as conn:
        id_ = await add(conn, "王芳", "13800000001")
        assert (await service.get(conn, SAMPLE_TENANT, id_, Vault(settings)))["name"] == "王芳"
        with pytest.raises(KeysMissing):
            await add(conn, "李明", "13800000002", id_number=ID_NUMBER, vault=Vault(settings))
