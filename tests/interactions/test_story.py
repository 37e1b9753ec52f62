from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from yuelai.interactions import story

NINE = datetime(2026, 3, 4, 9, tzinfo=UTC)


def line(kind: str, **data: Any) -> dict[str, Any]:
    return {"at": NINE, "kind": kind, "actor": "system", "data": data}


def test_the_path_names_nodes_and_keys_and_nothing_else() -> None:
    steps = story.path([line("flow", node="greeting"), line("queue", queue="general"),
                        line("flow", node="menu", label="主菜单", key="0", choice="人工", digits="1234")])  # fmt: skip
    assert steps == [
        {"node": "greeting", "label": None, "key": None, "choice": None},
        {"node": "menu", "label": "主菜单", "key": "0", "choice": "人工"},
    ]


def test_what_decided_is_the_offer_that_stands() -> None:
    told = story.why(
        [
            line("offer", agent="8001", why={"decided_by": "longest_idle"}),
            line("offer", agent="8001", failed="rona"),
            line("offer", agent="8002", why={"decided_by": "last_agent", "met": {"ahead": 2}}),
        ]
    )
    assert told["explanation"]["decided_by"] == "last_agent"
    assert (told["met"], told["refused"]) == ({"ahead": 2}, [{"agent": "8001", "reason": "rona"}])


def test_of_all_who_were_rung_at_once_the_one_who_took_it_counts() -> None:
    everybody = {"chosen": "everybody"}
    lines = [line("offer", agent=number, why={**everybody, "for": number}) for number in ("8001", "8002", "8003")]
    told = story.why([*lines, line("offer", agent="8001", failed="taken"), line("offer", agent="8003", failed="taken")])
    assert told["explanation"]["for"] == "8002"


def test_when_nobody_took_it_the_last_who_was_rung_explains() -> None:
    told = story.why([line("offer", agent="8001", why={"decided_by": "x"}), line("offer", agent="8001", failed="rona")])
    assert told["explanation"] == {"decided_by": "x"}


def test_who_gives_up_before_anybody_was_rung_is_explained_by_what_they_met() -> None:
    told = story.why([line("queue", queue="general"), line("queue", step="waits", ahead=3, talking=5),
                      line("queue", step="queue", queues=["vip"])])  # fmt: skip
    assert told["explanation"] is None
    assert (told["met"]["ahead"], [one["step"] for one in told["steps"]]) == (3, ["queue"])


def test_who_handed_it_over_and_who_was_only_asked_for_it() -> None:
    lines = [line("transfer", agent="8002"), line("transfer", queue="vip", failed="closed")]
    lines[0]["actor"] = "8001"
    assert story.why(lines)["handed"] == [{"by": "8001", "agent": "8002", "queue": None, "number": None}]
    told = story.why([line("offer", agent="8003", failed="declined")])
    assert told["refused"] == [], "a colleague who was asked and did not come is no reason of a wait"


def test_an_empty_trail_explains_nothing() -> None:
    assert story.why([]) == {"explanation": None, "met": None, "steps": [], "refused": [], "handed": []}
