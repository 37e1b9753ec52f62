"""`kill -9` of each process during ten calls: it comes back, nothing journalled is lost, no call and no agent is left
hanging. Callers and telephones are sipp, which fails when it does not get the BYE it is owed."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest

from tests.calls.test_a_call_is_served import phone, ready_agent
from tests.support.centre import Centre, eventually, free_sip_port, running_centre
from tests.support.sipp import Sipp

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(240)]

CALLS = 10
ENDED_BY_RESTART = {"system_restart", "failed"}


@pytest.fixture(scope="module")
def fragile() -> Iterator[Centre]:
    """A centre of its own, whose parts are killed."""
    with running_centre() as centre:
        yield centre


def callers(centre: Centre, ani: str, *, count: int = CALLS) -> Sipp:
    """Ten callers who press nothing, hear the menu and wait for the centre to hang up."""
    return Sipp(
        "call_until_bye",
        centre.sip_port,
        port=free_sip_port(),
        calls=count,
        words={"CALLER": ani},
        options=("-r", str(count), "-l", str(count)),
    )


def standing(centre: Centre, ani: str) -> int:
    items = centre.person("leader01").interactions(ani=ani, limit=50)
    return sum(item["state"] != "closed" for item in items)


def healthy(centre: Centre) -> bool:
    try:
        return bool(centre.person("leader01").http.get("/health").status_code == 200)
    except Exception:
        return False


def all_closed(centre: Centre, ani: str, count: int = CALLS) -> list[dict[str, object]]:
    def closed() -> list[dict[str, object]] | None:
        try:
            items = centre.person("leader01").interactions(ani=ani, limit=50)
        except Exception:
            return None
        return items if len(items) == count and all(item["state"] == "closed" for item in items) else None

    return list(eventually(closed, 40))


@pytest.mark.parametrize(("role", "ani"), [("core", "13600000001"), ("media", "13600000002")])
def test_callers_get_their_bye_when_the_process_that_carries_them_dies(fragile: Centre, role: str, ani: str) -> None:
    sipp = callers(fragile, ani)
    eventually(lambda: standing(fragile, ani) == CALLS, 20)
    fragile.kill(role)
    sipp.wait(60)
    assert {item["end_reason"] for item in all_closed(fragile, ani)} <= ENDED_BY_RESTART
    assert eventually(lambda: healthy(fragile), 20)


def test_a_talk_cut_by_the_death_of_core_ends_for_both_and_the_agent_is_not_stuck(fragile: Centre) -> None:
    with phone(fragile, "8004") as telephone, ready_agent(fragile, "agent04") as agent:
        call = fragile.call("--from", "13600000003", "--to", "10000", "--dtmf", "0", "--hold", "60")
        eventually(lambda: agent.state()["state"] == "talking", 30)
        time.sleep(1.5)
        fragile.kill("core")
        telephone.wait(40)
        assert '"remote"' in call.communicate(timeout=60)[0]
        (item,) = all_closed(fragile, "13600000003", 1)
        assert item["end_reason"] == "system_restart"
        assert eventually(lambda: healthy(fragile), 20)
        # The telephone is still registered, as far as it knows: the centre knows it too.
        assert eventually(lambda: agent.state()["state"] in ("ready", "busy"), 20)
        (recording,) = item["recordings"]  # type: ignore[misc]
        assert recording["duration_ms"] > 500


def test_a_ready_agent_whose_telephone_says_nothing_gets_the_next_call_after_core_died(fragile: Centre) -> None:
    with phone(fragile, "8006") as telephone, ready_agent(fragile, "agent06") as agent:
        # What has been decided is on disk at once; the state shown proves that core took the registration.
        assert agent.state()["registered"]["phone"] is True
        fragile.kill("core")
        assert eventually(lambda: healthy(fragile), 20)
        assert eventually(lambda: agent.state()["registered"]["phone"], 5)
        assert agent.state()["state"] == "ready"
        call = fragile.called("--from", "13600000007", "--to", "10000", "--dtmf", "0", "--hold", "2")
        telephone.wait(40)
        assert call["calls"][0]["status"] == 200
        (item,) = fragile.person("leader01").interactions(ani="13600000007")
        assert item["agent"]["number"] == "8006"


def test_core_starts_anew_when_its_disk_takes_nothing_more_and_callers_get_their_bye(fragile: Centre) -> None:
    sipp = callers(fragile, "13600000008", count=2)
    eventually(lambda: standing(fragile, "13600000008") == 2, 20)
    (core,) = fragile.processes("run core")
    core.rlimit(psutil.RLIMIT_FSIZE, (1, 1))  # every write to a file fails: the journal's, and the log's too
    fragile.called("--from", "13600000009", "--to", "10000", "--hold", "1")
    core.wait(15)
    sipp.wait(30)
    assert eventually(lambda: healthy(fragile), 20)
    assert {item["end_reason"] for item in all_closed(fragile, "13600000008", 2)} <= ENDED_BY_RESTART
    fragile.called("--from", "13600000010", "--to", "10000", "--hold", "1")
    assert all_closed(fragile, "13600000010", 1)


def test_a_talk_goes_on_when_the_web_process_dies(fragile: Centre) -> None:
    with phone(fragile, "8005") as telephone, ready_agent(fragile, "agent05") as agent:
        call = fragile.call("--from", "13600000004", "--to", "10000", "--dtmf", "0", "--hold", "12", "--tone", "440")
        eventually(lambda: agent.state()["state"] == "talking", 30)
        fragile.kill("web")
        assert eventually(lambda: healthy(fragile), 20)
        out, _ = call.communicate(timeout=60)
        telephone.wait(30)
        assert '"local"' in out
        agent = fragile.person("agent05")
        current = agent.state()["interaction_id"]
        agent.http.post(f"/api/v1/interactions/{current}/wrapup", json={"disposition": "followup", "note": ""})
        (item,) = all_closed(fragile, "13600000004", 1)
        assert item["end_reason"] == "customer_hung_up"


def test_calls_go_on_while_postgresql_dies_and_everything_reaches_it_later(fragile: Centre) -> None:
    ani = "13600000005"
    sipp = Sipp(
        "call_for_a_while",
        fragile.sip_port,
        port=free_sip_port(),
        calls=CALLS,
        words={"CALLER": ani, "MILLISECONDS": "6000"},
        options=("-r", str(CALLS), "-l", str(CALLS)),
    )
    time.sleep(2)
    fragile.kill("postgres")
    sipp.wait(60)
    assert {item["end_reason"] for item in all_closed(fragile, ani)} == {"customer_hung_up"}
    assert eventually(lambda: healthy(fragile), 20)


def test_ctrl_c_leaves_no_process_and_a_second_start_keeps_the_data() -> None:
    with running_centre() as centre:
        everything = [centre.process.pid] + [p.pid for p in centre.processes()]  # type: ignore[union-attr]
        centre.called("--from", "13600000006", "--to", "10000", "--hold", "1")
        eventually(lambda: centre.person("leader01").interactions(ani="13600000006"))
        assert centre.stop() == 0
        eventually(lambda: not any(psutil.pid_exists(pid) for pid in everything), 5)
        centre.start()
        assert len(centre.person("leader01").interactions(ani="13600000006")) == 1
