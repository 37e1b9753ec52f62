"""A backup taken while a whole centre serves calls makes another centre that stands by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from tests.support.agents import finish_wrapup, phone, ready_agent
from tests.support.centre import Centre, eventually, running_centre

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(300)]


def run(centre: Centre, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "yuelai", *arguments],
        env=centre.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_centre_is_made_again_from_a_backup_taken_under_load(tmp_path: Path) -> None:
    copy = tmp_path / "copy.bak"
    stop = threading.Event()
    made: list[str] = []

    def write(http: httpx.Client) -> None:
        while not stop.is_set():
            answer = http.post("/api/v1/customers", json={"name": "备份中", "phones": [f"139{len(made):08d}"]})
            if answer.status_code == 201:
                made.append(answer.json()["id"])

    with running_centre() as centre:
        writer = threading.Thread(target=write, args=[centre.person("clerk01").http], daemon=True)
        writer.start()
        with phone(centre, "8001") as sipp, ready_agent(centre, "agent01") as agent:
            centre.called("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "3", "--tone", "440")
            sipp.wait()
            finish_wrapup(agent)
        leader = centre.person("leader01")
        call = leader.interaction(ani="13800000001")
        standing = centre.call("--from", "13800000002", "--to", "10000", "--dtmf", "0", "--hold", "60")
        eventually(lambda: leader.interactions(ani="13800000002")[0]["state"] != "closed", 20)
        trail = leader.get(f"/interactions/{call['id']}")
        address = f"/api/v1/recordings/{call['recordings'][0]['id']}/audio"
        # Once the worker has made of it what is kept.
        audio = eventually(
            lambda: (answer := leader.http.get(address)).headers["content-type"] == "audio/ogg" and answer.content, 30
        )
        before = list(made)
        done = run(centre, "backup", str(copy))
        assert done.returncode == 0, done.stderr
        assert "read back and whole" in done.stdout
        (newest, *_) = centre.person("admin").get("/system/status")["backups"]
        assert (newest["file"], newest["bytes"]) == (str(copy), copy.stat().st_size)
        stop.set()
        writer.join(20)
        standing.terminate()
        standing.communicate(timeout=20)
        key = (centre.home / "keys" / "master.key").read_bytes()
    assert len(made) > len(before) > 0

    other = Centre(tmp_path / "other")
    refused = run(other, "restore", str(copy))
    assert refused.returncode == 1
    assert "master key" in refused.stderr
    (other.home / "keys").mkdir(parents=True, exist_ok=True)
    file = os.open(other.home / "keys" / "master.key", os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(file, key)
    os.close(file)
    restored = run(other, "restore", str(copy))
    assert restored.returncode == 0, restored.stderr
    assert "MISSING" not in restored.stdout
    assert run(other, "restore", str(copy)).returncode == 1, "it would restore over what it has just made"

    other.start()
    try:
        eventually(lambda: httpx.get(f"{other.base}/health").status_code == 200, 20)
        leader = other.person("leader01")
        assert leader.get(f"/interactions/{call['id']}") == trail
        assert leader.http.get(address).content == audio
        for customer in (before[0], before[-1]):
            assert leader.get(f"/customers/{customer}")["name"] == "备份中"
        # Calls that were standing at the instant of the backup have a truthful end.
        eventually(lambda: all(one["state"] == "closed" for one in leader.interactions(limit=50)), 60)
        status = other.person("admin").get("/system/status")
        assert (status["ok"], status["parked"]) == (True, 0)
        # And it goes on.
        (again,) = other.called("--from", "13800000001", "--to", "10000", "--hold", "1")["calls"]
        assert again["status"] == 200
    finally:
        other.stop()
        shutil.rmtree(other.home, ignore_errors=True)
