"""The property of every live screen: an old snapshot and its numbered changes make the fresh snapshot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yuelai.platform.live import Change, Document, LiveStore

KEYS = st.sampled_from(["agent/1", "agent/2", "interaction/1", "queue/1"])
GROUPS = st.frozensets(st.sampled_from(["person:1", "person:2", "supervision.view", "all"]), max_size=4)
PUT = st.tuples(st.just("put"), KEYS, st.integers(), GROUPS)
REMOVE = st.tuples(st.just("remove"), KEYS)


def apply(store: LiveStore, action: tuple[object, ...]) -> None:
    match action:
        case ("put", str(key), value, frozenset(audience)):
            store.put(key, {"value": value}, audience)
        case ("remove", str(key)):
            store.remove(key)


@given(st.lists(PUT | REMOVE), st.lists(PUT | REMOVE), GROUPS)
def test_an_old_snapshot_and_its_changes_make_the_fresh_one(
    before: list[tuple[object, ...]], after: list[tuple[object, ...]], groups: frozenset[str]
) -> None:
    store = LiveStore()
    for action in before:
        apply(store, action)
    changes: list[Change] = []
    _, screen = store.subscribe(groups, changes.append)
    for action in after:
        apply(store, action)
    for change in changes:
        if change.value is None:
            del screen[change.key]
        else:
            screen[change.key] = change.value
    assert screen == store.snapshot(groups)
    assert [change.seq for change in changes] == list(range(1, len(changes) + 1))


@given(st.lists(PUT | REMOVE), GROUPS)
def test_nobody_is_sent_what_it_may_not_see(actions: list[tuple[object, ...]], groups: frozenset[str]) -> None:
    store = LiveStore()
    seen: list[Document | None] = []
    store.subscribe(groups, lambda change: seen.append(change.value))
    allowed = []
    for action in actions:
        apply(store, action)
        if action[0] == "put" and groups & action[3]:  # type: ignore[operator]
            allowed.append({"value": action[2]})
    assert [value for value in seen if value is not None] == allowed


def test_an_ended_subscription_hears_nothing() -> None:
    store, heard = LiveStore(), []
    subscription, _ = store.subscribe(frozenset({"all"}), heard.append)
    store.unsubscribe(subscription)
    store.put("queue/1", {}, frozenset({"all"}))
    assert heard == []
