"""`yuelai serve` as an operator meets it: the first start, restarts, refusals, the end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.centre import Centre, Person, eventually

pytestmark = [pytest.mark.centre, pytest.mark.timeout(180)]


class Serving(Centre):
    """The centre by `yuelai serve`; `said` is its standard output up to the ready line."""

    said: str = ""

    def start(self, *arguments: str) -> None:
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "yuelai", *(arguments or ("serve",))],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if line.startswith("yuelai ready"):
                return

    def health(self) -> int:
        try:
            return httpx.get(f"{self.base}/health", timeout=5).status_code
        except httpx.HTTPError:
            return 0


Make = Callable[..., Serving]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Serving] = []

    def centre(home: str = "home", **extra: str) -> Serving:
        made.append(Serving(tmp_path / home, extra))
        return made[-1]

    yield centre
    for each in made:
        if each.process is not None and each.process.poll() is None:
            each.stop()


def family(centre: Centre) -> list[psutil.Process]:
    assert centre.process is not None
    return psutil.Process(centre.process.pid).children(recursive=True)


def test_the_first_start_tells_the_administrators_password_once_and_roles_come_back(make: Make) -> None:
    centre = make()
    centre.start()
    assert centre.said.endswith(f"yuelai ready {centre.base}\n")
    found = re.search(r"administrator: admin   password: (\S+)", centre.said)
    assert found, centre.log.read_text()[-3000:]
    first = Person(centre.base, "admin", found[1])
    assert (first.session["person"]["username"], first.session["person"]["must"]) == ("admin", "change_password")
    assert first.http.get("/api/v1/people").json()["code"] == "password_change_required"
    chosen = {"old": found[1], "new": "a door of blue glass"}
    assert first.http.put("/api/v1/session/password", json=chosen).status_code == 204
    assert first.http.get("/api/v1/people").status_code == 200
    assert centre.health() == 200

    for role in ("core", "media-1", "worker", "web", "postgres"):
        centre.kill(role)
        eventually(lambda: centre.health() != 200, 5)
        eventually(lambda: centre.health() == 200, 30)

    before = family(centre)
    assert len(before) > 5
    assert centre.stop() == 0
    assert [process for process in before if process.is_running()] == []

    centre.start()
    assert centre.said == f"yuelai ready {centre.base}\n"
    assert Person(centre.base, "admin", chosen["new"]).session["person"]["must"] is None


def test_a_second_centre_on_a_home_refuses_and_a_taken_port_is_named(make: Make) -> None:
    first = make()
    first.start()
    assert first.process is not None
    second = make()
    second.start()
    assert second.process is not None
    assert second.process.wait(10) == 1
    assert f"another centre is running on this home, pid {first.process.pid}" in second.log.read_text()
    elsewhere = make("elsewhere", YUELAI_HTTP_PORT=str(first.http_port))
    elsewhere.start()
    assert elsewhere.process is not None
    assert elsewhere.process.wait(10) == 1
    assert f"port {first.http_port}/TCP on 127.0.0.1 cannot be had" in elsewhere.log.read_text()
    assert first.health() == 200

    family_of_first = family(first)
    os.kill(first.process.pid, signal.SIGKILL)
    eventually(lambda: not any(process.is_running() for process in family_of_first), 10)
    first.start()
    assert first.health() == 200


def test_the_database_can_be_migrated_without_a_centre(make: Make) -> None:
    centre = make()
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "yuelai", "db", "migrate"],
            env=centre.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "the database is at revision 0" in done.stdout
    assert not (centre.home / "postgres" / "postmaster.pid").exists()


def test_a_wrong_setting_is_named(make: Make) -> None:
    centre = make(YUELAI_SIP_PORT="70000")
    centre.start()
    assert centre.process is not None
    assert centre.process.wait(10) == 1
    assert "setting YUELAI_SIP_PORT: Input should be less than" in centre.log.read_text()


def test_a_path_too_long_for_sockets_still_works(make: Make) -> None:
    centre = make("/".join(["deep" * 10] * 3))
    centre.home.parent.mkdir(parents=True)
    centre.start()
    assert centre.health() == 200
    with socket.socket(socket.AF_UNIX) as probe, pytest.raises(OSError, match="too long"):
        probe.bind(str(centre.home / "run" / "core.sock"))
