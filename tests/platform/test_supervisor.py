"""What dies is started again, a stop leaves nothing, and one home has one centre."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def spawn(*names: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.platform.toy_centre", str(tmp_path), *names],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield spawn
    for process in started:
        process.kill()
        process.communicate()


def until(condition: Callable[[], object], seconds: float = 10.0) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.005)
    return time.monotonic() - began


def mentioning(folder: Path) -> list[int]:
    """Processes with the test's folder on their command line: the centre, its roles and their children."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if str(folder) in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return found


def await_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def test_a_killed_role_is_started_again_at_once(tmp_path: Path, start: Start) -> None:
    await_ready(start("plain"))
    file = tmp_path / "plain"
    for _ in range(2):
        pid = int(file.read_text())
        file.unlink()
        os.kill(pid, signal.SIGKILL)
        until(lambda: file.exists() and file.read_text())
        assert int(file.read_text()) != pid


def test_a_restart_begins_within_three_tenths_of_a_second(tmp_path: Path, start: Start) -> None:
    centre = psutil.Process((process := start("plain")).pid)
    await_ready(process)
    (first,) = centre.children()
    first.kill()
    took = until(lambda: [child for child in centre.children() if child.pid != first.pid])
    assert took < 0.3


def test_a_role_that_hangs_is_killed_and_started_again_but_not_for_one_silence(tmp_path: Path, start: Start) -> None:
    await_ready(start("plain"))
    file, hangs = tmp_path / "plain", tmp_path / "plain.hangs"
    pid = int(file.read_text())
    hangs.touch()
    time.sleep(0.15)
    hangs.unlink()
    time.sleep(0.5)
    assert psutil.pid_exists(pid)
    hangs.touch()
    until(lambda: not psutil.pid_exists(pid))
    hangs.unlink()
    until(lambda: file.read_text() != str(pid))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_everything_even_the_stubborn_and_the_grandchildren(
    tmp_path: Path, start: Start, number: signal.Signals
) -> None:
    centre = start("plain", "stubborn", "parent")
    await_ready(centre)
    until(lambda: len(mentioning(tmp_path)) == 5)
    began = time.monotonic()
    centre.send_signal(number)
    assert centre.wait(10) == 0
    assert time.monotonic() - began < 3
    assert mentioning(tmp_path) == []
    assert (tmp_path / "parent.ended").read_text() == "truly"


def test_the_roles_do_not_outlive_a_killed_supervisor(tmp_path: Path, start: Start) -> None:
    centre = start("plain", "stubborn")
    await_ready(centre)
    assert len(mentioning(tmp_path)) == 3
    centre.kill()
    until(lambda: mentioning(tmp_path) == [])
    await_ready(start("plain"))


def test_a_second_centre_on_the_home_refuses_and_names_the_first(tmp_path: Path, start: Start) -> None:
    first = start("plain")
    await_ready(first)
    second = start("plain")
    _, errors = second.communicate(timeout=10)
    assert second.returncode == 1
    assert "another centre is running on this home" in errors
    assert f"pid {first.pid}" in errors
    assert first.poll() is None


def test_a_role_that_cannot_start_is_named_and_the_others_are_ended(tmp_path: Path, start: Start) -> None:
    centre = start("plain", "broken")
    _, errors = centre.communicate(timeout=10)
    assert centre.returncode == 1
    assert "broken ended before it was ready (exit code 3)" in errors
    assert mentioning(tmp_path) == []
