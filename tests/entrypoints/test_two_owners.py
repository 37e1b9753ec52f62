"""Two machines, one database: one core decides, the other waits for its turn and takes over when the first is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.centre import eventually, free_sip_port

WAITS, TAKEN, READY = "ownership_waits", "ownership_taken", "core_ready"


class Core:
    """`yuelai run core` with a home of its own."""

    def __init__(self, home: Path, dsn: str) -> None:
        self._log = home.with_suffix(".log")
        environment = os.environ | {
            "YUELAI_HOME": str(home),
            "YUELAI_DATABASE_URL": dsn,
            "YUELAI_SIP_PORT": str(free_sip_port()),
            "YUELAI_RTP_PORTS": "41000-41099",
        }
        command = [sys.executable, "-m", "yuelai", "run", "core"]
        with self._log.open("a") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def said(self, word: str) -> int:
        return self._log.read_text().count(word)


@contextmanager
def cores(*made: Core) -> Iterator[None]:
    try:
        yield
    finally:
        for each in made:
            each.process.kill()
            each.process.wait()


async def test_the_other_core_waits_and_takes_over_when_the_first_is_killed(tmp_path: Path, postgres_dsn: str) -> None:
    first = Core(tmp_path / "first", postgres_dsn)
    with cores(first):
        eventually(lambda: first.said(READY), 30)
        second = Core(tmp_path / "second", postgres_dsn)
        with cores(second):
            eventually(lambda: second.said(WAITS), 30)
            assert not second.said(TAKEN)
            first.process.kill()
            first.process.wait()
            eventually(lambda: second.said(READY), 30)
            back = Core(tmp_path / "first", postgres_dsn)
            with cores(back):
                eventually(lambda: back.said(WAITS), 30)
                assert back.said(READY) == 1, "what it said in its first life"
