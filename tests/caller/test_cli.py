"""`yuelai call` as a command: its summary, its exit code, its refusals."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.phone import Phone


async def yuelai(*arguments: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "yuelai", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def test_a_call_that_is_answered_prints_its_summary_and_ends_with_zero() -> None:
    async with Phone(("127.0.0.1", 9), "x", None, register=False, source=lambda: sources.tone(620)) as phone:
        code, output = await yuelai(
            *("call", "--from", "13800000001", "--to", "10000", "--server", f"127.0.0.1:{phone.agent.port}"),
            *("--dtmf", "0", "--dtmf-after", "0.2", "--hold", "0.5", "--expect-tone", "620", "--json"),
        )
        [call] = phone.calls
    assert code == 0, output
    assert call.sound.keys == ["0"]
    assert call.sound.tones.heard(440) > 0.5
    document = json.loads(output)
    [result] = document["calls"]
    assert (result["from"], result["to"], result["status"], result["ended_by"]) == (
        "13800000001",
        "10000",
        200,
        "local",
    )
    assert result["rtp"]["sent"] > 50
    assert document["totals"]["answered"] == 1


async def test_a_refused_call_ends_with_one_and_says_so() -> None:
    async with Phone(("127.0.0.1", 9), "x", None, register=False, decline=486) as phone:
        code, output = await yuelai("call", "--from", "1", "--to", "2", "--server", f"127.0.0.1:{phone.agent.port}")
    assert code == 1
    assert "486" in output
    assert "0 of 1 calls answered" in output


@pytest.mark.parametrize("answered", [True, False])
async def test_a_caller_who_is_told_to_end_hangs_up_first(answered: bool) -> None:
    async with Phone(("127.0.0.1", 9), "x", None, register=False, answer_after=0 if answered else 60) as phone:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "yuelai", "call", "--from", "1", "--to", "2", "--hold", "60"),
            *("--server", f"127.0.0.1:{phone.agent.port}"),
        )
        async with asyncio.timeout(20):
            while not phone.calls or (answered and phone.calls[0].answered_at is None):
                await asyncio.sleep(0.05)
            process.terminate()
            code = await process.wait()
            await phone.calls[0].ended.wait()
    assert code == 143
    assert phone.calls[0].ended_by == "remote"


@pytest.mark.parametrize("wrong", [["--dtmf", "x"], ["--hold-from", "never"], ["--server", "nowhere"]])
async def test_nonsense_is_refused_before_anything_is_called(wrong: list[str]) -> None:
    code, output = await yuelai("call", "--from", "1", "--to", "2", *wrong)
    assert code == 2
    assert wrong[0] in output


async def test_the_demo_refuses_to_be_reachable_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUELAI_BIND", "0.0.0.0")
    code, output = await yuelai("demo")
    assert code == 1
    assert "127.0.0.1 only" in output
