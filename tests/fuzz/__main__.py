"""`make fuzz-sip`: a million inputs to the parsers and to listeners that run; prints what came of them.

`python -m tests.fuzz [--inputs N] [--number N]`: seven in ten go to the parsers by mutation, two to them by coverage
(atheris, where it is installed; else by mutation too), one in ten to UDP, TCP and WebSocket listeners.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz import live
from tests.fuzz.campaign import MOST_GROWTH, SLOW, parsers

ROOT = Path(__file__).parents[2]


def guided(count: int, number: int) -> str:
    """Run atheris; return its figures. Raises CalledProcessError when it found something, which it prints."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.parser_atheris", f"-atheris_runs={count}", f"-seed={number}",
             "-max_len=4096", "-timeout=5", "-rss_limit_mb=1024", f"-artifact_prefix={folder}/", f"{folder}/corpus"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            say(done.stdout[-3000:] + done.stderr[-6000:])
            done.check_returncode()
        last = re.findall(r"#(\d+).*?cov: (\d+)", done.stderr)[-1]
        return f"guided: {count:,} inputs in {time.monotonic() - began:.0f} s, {last[1]} branches seen"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--inputs", type=int, default=1_000_000)
    words.add_argument("--number", type=int, default=1, help="another number, other inputs")
    words.add_argument("--guided", type=int, help="how many by coverage; two in ten when not said")
    asked = words.parse_args()
    by_coverage = asked.inputs // 5 if asked.guided is None else asked.guided
    if importlib.util.find_spec("atheris") is None:
        by_coverage = 0
    listeners = asked.inputs // 10
    began = time.monotonic()

    found = parsers(asked.inputs - by_coverage - listeners, number=asked.number)
    say(str(found))
    assert found.slowest < SLOW, f"an input took {found.slowest:.2f} s"
    assert found.rss[-1] - found.rss[0] < MOST_GROWTH, "memory grew"
    if by_coverage:
        say(guided(by_coverage, asked.number))
    say(
        str(live.fuzz(listeners // 2, listeners // 5, listeners - listeners // 2 - listeners // 5, number=asked.number))
    )
    say(f"{asked.inputs:,} inputs in {time.monotonic() - began:.0f} s: nothing broke, hung, grew or stayed behind")


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - this is what one runs it for


if __name__ == "__main__":
    main()
