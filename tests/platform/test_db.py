"""The database helper against a real server."""

from __future__ import annotations

import pytest

from yuelai.platform.db import Database
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import new_id


async def test_a_dict_goes_into_jsonb_and_comes_out(database: Database) -> None:
    value = {"id": new_id(), "name": "王芳", "list": [1, None]}
    async with database.transaction(None) as conn:
        back = await conn.fetchval("SELECT $1::jsonb", value)
    assert back == {**value, "id": str(value["id"])}


async def test_the_application_is_no_superuser(database: Database) -> None:
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


async def test_what_fails_is_rolled_back(database: Database) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("CREATE TABLE t (n int)")
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(None) as conn:
            await conn.execute("INSERT INTO t VALUES (1)")
            raise ZeroDivisionError
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM t") == 0


async def test_a_database_that_is_away_refuses_within_about_two_seconds() -> None:
    absent = await Database.open("postgresql://yuelai:x@/yuelai?host=/nonexistent&port=5432")
    with pytest.raises(Unavailable):
        async with absent.transaction(None):
            pass
    await absent.close()
