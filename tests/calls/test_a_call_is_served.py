"""The thinnest whole path: a caller on a trunk, the menu, the queue, an agent's telephone, the record."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
import wave

import numpy as np
import pytest

from tests.support.agents import finish_wrapup, phone, ready_agent
from tests.support.centre import Centre, eventually

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(180)]

ACCESS = ("--to", "10000")


def kinds(interaction: dict[str, object]) -> list[str]:
    segments = interaction["segments"]
    assert isinstance(segments, list)
    return [segment["kind"] for segment in segments]


def test_a_caller_reaches_an_agents_telephone_and_everything_is_on_record(centre: Centre) -> None:
    with phone(centre, "8001") as sipp, ready_agent(centre, "agent01") as agent01:
        call = centre.called("--from", "13800000001", *ACCESS, "--dtmf", "0", "--hold", "5", "--tone", "440")
        sipp.wait()
        finish_wrapup(agent01)
        leader = centre.person("leader01")
        interaction = leader.interaction(ani="13800000001")
    (one,) = call["calls"]
    assert one["status"] == 200
    # The telephone echoes: the caller's own tone comes back through the agent's side, so sound flows both ways.
    assert any(abs(tone["hz"] - 440) < 15 and tone["seconds"] > 1.5 for tone in one["tones"]), one["tones"]
    assert interaction["customer"]["name"] == "王芳"
    assert interaction["agent"]["number"] == "8001"
    assert kinds(interaction) == ["ivr", "queue", "ring", "talk", "wrapup"]
    assert any(line["kind"] == "flow" and line["data"].get("key") == "0" for line in interaction["trail"])
    assert interaction["wait_seconds"] > 0.3
    assert interaction["end_reason"] == "customer_hung_up"
    # All of what somebody asks for first stands in the list already.
    summary = leader.interactions(ani="13800000001")[0]
    assert summary["customer"]["name"] == "王芳"
    assert summary["agent"]["number"] == "8001"
    assert [step["key"] for step in summary["path"] if step["key"]] == ["0"]
    assert summary["wait_seconds"] == interaction["wait_seconds"]
    assert summary["disposition"] == "followup"
    assert summary["why"]["explanation"]["decided_by"] == "only_agent_free"
    assert [agent["number"] for agent in summary["why"]["explanation"]["candidates"]] == ["8001"]
    (recording,) = summary["recordings"]
    assert abs(recording["duration_ms"] / 1000 - summary["talk_seconds"]) <= 0.1
    audio = leader.http.get(f"/api/v1/recordings/{recording['id']}/audio?format=wav")
    assert audio.status_code == 200
    with wave.open(io.BytesIO(audio.content)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)
    assert abs(len(samples) / 8000 - interaction["talk_seconds"]) <= 0.1
    for channel in (0, 1):
        middle = samples[len(samples) // 3 : 2 * len(samples) // 3, channel].astype(float)
        spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
        loudest = np.argmax(spectrum) * 8000 / len(middle)
        assert abs(loudest - 440) < 15, f"channel {channel}: {loudest} Hz"


def test_segments_follow_each_other_without_gap(centre: Centre) -> None:
    with phone(centre, "8002") as sipp, ready_agent(centre, "agent02") as agent02:
        centre.called("--from", "13900001234", *ACCESS, "--dtmf", "0", "--hold", "2")
        sipp.wait()
        finish_wrapup(agent02)
        interaction = centre.person("leader01").interaction(ani="13900001234")
    segments = interaction["segments"]
    assert segments[0]["started_at"] >= interaction["started_at"]
    for before, after in itertools.pairwise(segments):
        assert before["ended_at"] == after["started_at"]


def test_the_balance_is_spoken_without_an_agent(centre: Centre) -> None:
    call = centre.called("--from", "13800000001", *ACCESS, "--dtmf", "1", "--hold", "50", "--hold-from", "digits")
    interaction = centre.person("leader01").interaction(ani="13800000001")
    assert call["calls"][0]["status"] == 200
    assert call["calls"][0]["ended_by"] == "remote"
    assert interaction["end_reason"] == "served"
    assert interaction["agent"] is None
    assert "queue" not in kinds(interaction)
    steps = [line["data"].get("node") for line in interaction["trail"] if line["kind"] == "flow"]
    assert any(str(step).startswith("say_balance") for step in steps), steps


@pytest.mark.parametrize(
    ("ani", "match", "candidates"),
    [("13800000002", "several", 2), ("13800009999", "new", 0), ("13800000003", "one", 1)],
)
def test_the_caller_is_one_several_or_new(centre: Centre, ani: str, match: str, candidates: int) -> None:
    centre.called("--from", ani, *ACCESS, "--hold", "1")
    interaction = centre.person("leader01").interaction(ani=ani)
    assert interaction["match"] == match
    assert len(interaction["candidates"]) == candidates or match == "one"


@pytest.mark.parametrize(
    ("moment", "dtmf", "reason", "last"),
    [("ivr", None, "customer_hung_up", "ivr"), ("queue", "0", "abandoned", "queue")],
)
def test_hanging_up_early_leaves_a_closed_truthful_record(
    centre: Centre, moment: str, dtmf: str | None, reason: str, last: str
) -> None:
    ani = {"ivr": "13700000001", "queue": "13700000002"}[moment]
    keys = ("--dtmf", dtmf) if dtmf else ()
    # Long enough for the word of connection before the queue.
    centre.called("--from", ani, *ACCESS, *keys, "--hold", "5" if dtmf else "2", "--hold-from", "digits")
    interaction = centre.person("leader01").interaction(ani=ani)
    assert interaction["state"] == "closed"
    assert interaction["end_reason"] == reason
    assert kinds(interaction)[-1] == last
    assert interaction["recordings"] == []


def test_hanging_up_while_the_telephone_rings_stops_it(centre: Centre) -> None:
    with phone(centre, "8003", "ring_until_cancelled") as sipp, ready_agent(centre, "agent03") as agent03:
        centre.called("--from", "13700000003", *ACCESS, "--dtmf", "0", "--hold", "6", "--hold-from", "digits")
        sipp.wait()
        interaction = centre.person("leader01").interaction(ani="13700000003")
        assert eventually(lambda: agent03.state()["state"] == "ready")
    assert interaction["end_reason"] == "abandoned"
    assert kinds(interaction)[-1] == "ring"


def test_two_centres_on_one_home_are_refused(centre: Centre) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "yuelai", "demo", "--no-callers"],
        env=centre.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert second.returncode != 0
    assert "another centre" in second.stderr.lower() + second.stdout.lower()
