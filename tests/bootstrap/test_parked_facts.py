"""A fact that could not be applied is tried again, by those who run the centre, once what kept it is mended."""

from __future__ import annotations

import contextlib

from tests.support.centre import free_sip_port
from tests.support.web import Site, add_person, home, site
from yuelai.bootstrap import core
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.recordings.events import RecordingStarted

__all__ = ["home", "site"]


async def park(site: Site, seq: int, tenant: object) -> None:
    fact = {
        "at": "2026-01-02T03:04:05Z",
        "tenant_id": str(tenant),
        "recording_id": str(new_id()),
        "interaction_id": str(new_id()),
        "file": f"recordings/{seq}.yrec",
        "key_version": 1,
    }
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO journal_parked (owner, seq, entry_id, type, fact, private, error) "
            "VALUES ('core:elsewhere', $1, $2, $3, $4, $5, E'Traceback\\nOSError: no room\\n')",
            seq,
            new_id(),
            RecordingStarted.type,
            fact,
            {"wrapped_key": "a2V5"},
        )


async def test_a_parked_fact_is_listed_tried_again_and_stays_when_it_still_fails(site: Site) -> None:
    await add_person(site.database, "ada", "admin")
    await add_person(site.database, "lee", "leader")
    await park(site, 1, SAMPLE_TENANT)
    await park(site, 2, new_id())  # of a tenant that is not there
    settings = site.settings.model_copy(update={"sip_port": free_sip_port()})
    async with contextlib.AsyncExitStack() as stack:
        await core.start(settings, stack)
        ada = await stack.enter_async_context(await site.client("ada"))
        listed = (await ada.get("/api/v1/system/parked")).json()["items"]
        assert [(item["owner"], item["seq"], item["error"]) for item in listed] == [
            ("core:elsewhere", 1, "OSError: no room"), ("core:elsewhere", 2, "OSError: no room"),
        ]  # fmt: skip
        lee = await stack.enter_async_context(await site.client("lee"))
        for path in ("core:elsewhere/1", "core:elsewhere/2"):
            assert (await lee.post(f"/api/v1/system/parked/{path}/retry")).status_code == 403
        assert (await ada.post("/api/v1/system/parked/core:elsewhere/1/retry")).status_code == 204
        again = await ada.post("/api/v1/system/parked/core:elsewhere/1/retry")
        assert (again.status_code, again.json()["code"]) == (404, "not_parked")
        failing = await ada.post("/api/v1/system/parked/core:elsewhere/2/retry")
        assert (failing.status_code, failing.json()["code"]) == (409, "still_fails")
        assert "ForeignKeyViolationError" in failing.json()["detail"]
        listed = (await ada.get("/api/v1/system/parked")).json()["items"]
        assert [item["seq"] for item in listed] == [2]
        status = (await ada.get("/api/v1/system/status")).json()
        assert (status["ok"], status["parked"]) == (False, 1)
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        assert await conn.fetchval("SELECT file FROM recordings") == "recordings/1.yrec"
        deeds = await conn.fetch("SELECT object FROM audit WHERE action = 'journal.retried'")
    assert [deed["object"] for deed in deeds] == ["journal/core:elsewhere/1"]
