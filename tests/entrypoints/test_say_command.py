"""`yuelai say`, with a speech service that answers a tone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.media.speech_server import Service, give
from tests.media.tts.test_remote import tone_in_wav
from yuelai.media.embedded.files import read


def say(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-c", "from yuelai.entrypoints.cli import main; main()", "say", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def service() -> Service:
    return Service(lambda handler: give(handler, tone_in_wav()))


@pytest.mark.parametrize("name", ["a.opus", "a.wav"])
def test_a_text_becomes_a_file(tmp_path: Path, service: Service, name: str) -> None:
    settings = {"YUELAI_HOME": str(tmp_path / "home"), "YUELAI_TTS_URL": service.url, "YUELAI_TTS_KEY": "sk-hush"}
    done = say("余额2元", "-o", str(tmp_path / name), "--speed", "1.5", **settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(service.requests[0][2])["speed"] == 1.5
    assert json.loads(service.requests[0][2])["input"] == "余额两元"
    assert len(read(tmp_path / name)) == 4000
    again = say("你好", "-o", str(tmp_path / name), **settings)
    assert again.returncode == 1
    assert "File exists" in again.stderr
    service.close()


def test_what_goes_wrong_is_one_line(tmp_path: Path, service: Service) -> None:
    service.answer = lambda handler: give(handler, b"", 401)
    done = say("hi", "-o", str(tmp_path / "a.wav"), YUELAI_TTS_URL=service.url, YUELAI_HOME=str(tmp_path / "home"))
    assert (done.returncode, done.stderr) == (1, "yuelai: the speech service answered 401 Unauthorized\n")
    assert not (tmp_path / "a.wav").exists()
    service.close()
