"""Log lines are JSON with their role, and never tell a secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import logging as standard, structlog
from yuelai.platform import logging
from yuelai.platform.config import Settings
logging.configure("core", Settings())
structlog.get_logger().info("signed_in", person="agent01", password="geheim", nested={"token": "geheim", "n": 1})
standard.getLogger("library").warning("heard %s", "something")
structlog.get_logger().debug("too_fine")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("failed")
"""


def test_lines_are_json_with_the_role_and_without_secrets() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert "geheim" not in done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["signed_in", "heard something", "failed"]
    assert {line["role"] for line in lines} == {"core"}
    assert lines[0]["nested"] == {"token": "[hidden]", "n": 1}
    assert "ZeroDivisionError" in lines[2]["exception"]
    assert done.stdout == ""


def test_in_words_an_error_does_not_tell_what_variables_held() -> None:
    program = """
import structlog
from yuelai.platform import logging
from yuelai.platform.config import Settings
logging.configure("core", Settings(log_json=False))
def fail(headers):
    1 / 0
try:
    fail({"X-Api-Key": "ge" + "heim"})
except ZeroDivisionError:
    structlog.get_logger().exception("failed")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "ZeroDivisionError" in done.stderr
    assert "geheim" not in done.stderr


def test_who_logs_onto_a_full_disk_goes_on() -> None:
    program = PROGRAM + 'print("went on")\n'
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=full, text=True, check=True
        )
    assert done.stdout == "went on\n"
