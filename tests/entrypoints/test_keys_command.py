"""`yuelai keys` as an operator uses it, while the centre runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import pytest

from tests.support.centre import Centre, eventually, running_centre

pytestmark = [pytest.mark.centre, pytest.mark.timeout(180)]


def keys(centre: Centre, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "yuelai", "keys", *arguments],
        env=centre.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_key_is_turned_over_while_the_centre_runs_and_the_old_version_goes() -> None:
    with running_centre() as centre:
        pids = {process.pid for process in centre.processes(" run ")}
        assert len(pids) == 4
        assert re.search(r"version 1, in use: .*2 keys of customers' numbers", keys(centre, "status")[1])
        code, said = keys(centre, "rotate")
        assert code == 0
        assert "version 2 is in" in said
        # The worker was told, and has taken the new version up.
        eventually(lambda: re.search(r"version 1, old: nothing", keys(centre, "status")[1]), 40)
        file = centre.home / "keys" / "master.key"
        code, said = keys(centre, "retire", "1")
        assert (code, "a moment ago" in said) == (1, True)
        os.utime(file, (time.time() - 100, time.time() - 100))
        code, said = keys(centre, "retire", "1")
        assert (code, "version 1 is gone" in said) == (0, True), said
        assert [line.split()[0] for line in file.read_text().splitlines()] == ["2"]
        assert re.search(r"version 2, in use: .*2 keys of customers' numbers", keys(centre, "status")[1])
        assert {process.pid for process in centre.processes(" run ")} == pids
