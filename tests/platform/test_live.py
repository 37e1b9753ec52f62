"""The property of every live screen: an old snapshot and its changes make the fresh snapshot, whatever happens between:
changes joined to one message, cuts of the connection at any moment, documents that audiences see differently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from structlog.testing import capture_logs

from yuelai.platform.live import Change, Document, LiveStore, Mark, Place, View, permitted, watching, within

KEYS = st.sampled_from(["agent/1", "agent/2", "interaction/1", "queue/1"])
GROUPS = st.frozensets(st.sampled_from(["person:1", "person:2", "supervision.view", "all"]), max_size=4)
VALUES = st.integers(0, 3).map(lambda value: {"value": value})
VIEWS = st.lists(st.builds(View, GROUPS, VALUES), min_size=1, max_size=3)
SHOW = st.tuples(st.just("show"), KEYS, VIEWS)
REMOVE = st.tuples(st.just("remove"), KEYS)
ACTIONS = st.lists(SHOW | REMOVE)


def apply(store: LiveStore, action: tuple[object, ...]) -> None:
    match action:
        case ("show", str(key), list(views)):
            store.show(key, views)
        case ("remove", str(key)):
            store.remove(key)


@dataclass
class Screen:
    """A viewer's page: what it has, how far it has followed, and everything it was ever sent."""

    documents: dict[str, Document] = field(default_factory=dict)
    mark: Mark = field(default_factory=lambda: Mark("", 0))
    numbers: list[int] = field(default_factory=list)
    sent: list[tuple[str, Document | None]] = field(default_factory=list)
    resumed: int = 0

    def open(self, store: LiveStore, groups: frozenset[str], own: str | None = None, *, resume: bool = False) -> object:
        since = self.mark if resume else None
        subscription, start = store.subscribe(groups, self.take, own=own, since=since)
        if not start.resumed:
            self.documents = {}
        self.resumed += start.resumed
        self.mark, self.numbers = start.mark, []
        for key, value in start.documents.items():
            self._set(key, value)
        return subscription

    def take(self, change: Change) -> None:
        self.numbers.append(change.number)
        assert change.seq >= self.mark.seq, "never back"
        self.mark = Mark(self.mark.epoch, change.seq)
        self._set(change.key, change.value)

    def _set(self, key: str, value: Document | None) -> None:
        self.sent.append((key, value))
        if value is None:
            self.documents.pop(key, None)
        else:
            self.documents[key] = value


@given(ACTIONS, ACTIONS, GROUPS)
def test_an_old_snapshot_and_its_changes_make_the_fresh_one(
    before: list[tuple[object, ...]], after: list[tuple[object, ...]], groups: frozenset[str]
) -> None:
    store, screen = LiveStore(), Screen()
    for action in before:
        apply(store, action)
    screen.open(store, groups)
    for action in after:
        apply(store, action)
    assert screen.documents == store.snapshot(groups)
    assert screen.numbers == list(range(1, len(screen.numbers) + 1))


@given(ACTIONS, GROUPS)
def test_nobody_is_sent_what_it_may_not_see(actions: list[tuple[object, ...]], groups: frozenset[str]) -> None:
    store, screen, known = LiveStore(), Screen(), set[str]()
    screen.open(store, groups)
    for action in actions:
        apply(store, action)
        if action[0] == "show":
            key, views = action[1], action[2]
            allowed = next((view.value for view in views if view.audience & groups), None)  # type: ignore[attr-defined]
            mine = [value for sent, value in screen.sent if sent == key and value is not None]
            assert allowed is None or mine[-1] == allowed
            if allowed is not None:
                known.add(str(key))
    assert {key for key, _ in screen.sent} <= known, "not even the key of a document that was never theirs"


RIGHTS = [frozenset({"all"}), frozenset({"all", "person:1"}), frozenset({"supervision.view"}), frozenset({"person:2"})]


class Following(RuleBasedStateMachine):
    """One viewer through changes, joined messages, cuts, changed rights and restarts of the store."""

    @initialize(remembered=st.sampled_from([1, 3, 50]))
    def begin(self, remembered: int) -> None:
        self.remembered = remembered
        self.groups, self.own = RIGHTS[1], "person:1"
        self.screen, self.ever = Screen(), set[str]()
        self.born()

    def born(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.store = LiveStore(self.waiting.append, remembered=self.remembered)
        self.screen.open(self.store, self.groups, self.own, resume=True)
        self.subscription: object = next(iter(self.store._subscriptions))

    @rule(key=KEYS, views=VIEWS)
    def something_changes(self, key: str, views: list[View]) -> None:
        self.store.show(key, views)
        self.note()

    @rule(key=KEYS)
    def something_goes(self, key: str) -> None:
        self.store.remove(key)

    @rule()
    def the_time_of_joining_is_over(self) -> None:
        waiting, self.waiting[:] = list(self.waiting), []
        assert len(waiting) <= 1, "one timer for all"
        for flush in waiting:
            flush()
        self.whole()

    @rule(away=st.lists(SHOW | REMOVE, max_size=6))
    def the_connection_is_cut_and_comes_back(self, away: list[tuple[object, ...]]) -> None:
        self.store.unsubscribe(self.subscription)  # type: ignore[arg-type]
        for action in away:
            apply(self.store, action)
        self.note()
        self.subscription = self.screen.open(self.store, self.groups, self.own, resume=True)
        self.whole()

    @rule(groups=st.sampled_from(RIGHTS))
    def rights_change(self, groups: frozenset[str]) -> None:
        self.store.unsubscribe(self.subscription)  # type: ignore[arg-type]
        before, self.groups = self.groups, groups
        self.screen.sent.clear()
        self.ever.clear()
        resumed = self.screen.resumed
        self.note()
        self.subscription = self.screen.open(self.store, groups, self.own, resume=True)
        assert before == groups or self.screen.resumed == resumed, "what others see is not built upon"
        self.whole()

    @rule()
    def the_store_is_born_again(self) -> None:
        resumed = self.screen.resumed
        self.born()
        assert self.screen.resumed == resumed
        self.whole()

    def note(self) -> None:
        self.ever |= self.store.snapshot(self.groups).keys()

    def whole(self) -> None:
        """When nothing waits the screen is as the fresh snapshot."""
        assert self.screen.documents == self.store.snapshot(self.groups)

    @invariant()
    def own_documents_never_wait(self) -> None:
        if not hasattr(self, "store"):
            return
        for key, views in self.store._documents.items():
            seen = next((view for view in views if view.audience & self.groups), None)
            if seen is not None and self.own in seen.audience & self.groups:
                assert self.screen.documents.get(key) == seen.value

    @invariant()
    def messages_are_numbered_without_gap(self) -> None:
        if hasattr(self, "store"):
            assert self.screen.numbers == list(range(1, len(self.screen.numbers) + 1))


TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def joined() -> tuple[LiveStore, Screen, list[Callable[[], None]]]:
    waiting: list[Callable[[], None]] = []
    store, screen = LiveStore(waiting.append), Screen()
    screen.open(store, frozenset({"all", "person:1"}), "person:1")
    return store, screen, waiting


def put(store: LiveStore, key: str, value: int, audience: str = "all") -> None:
    store.put(key, {"value": value}, frozenset({audience}))


def test_several_changes_of_one_document_are_one_message_with_the_last_value() -> None:
    store, screen, waiting = joined()
    for value in range(5):
        put(store, "queue/1", value)
    put(store, "queue/2", 7)
    put(store, "queue/1", 9)
    assert screen.sent == []
    waiting.pop()()
    assert screen.sent == [("queue/2", {"value": 7}), ("queue/1", {"value": 9})], "in the order of the last changes"


def test_what_came_and_went_meanwhile_is_never_heard_of() -> None:
    store, screen, waiting = joined()
    put(store, "queue/1", 1)
    store.remove("queue/1")
    waiting.pop()()
    assert screen.sent == []


def test_what_is_addressed_to_the_person_does_not_wait() -> None:
    store, screen, waiting = joined()
    put(store, "queue/1", 1)
    put(store, "interaction/1", 1, "person:1")
    assert screen.sent == [("interaction/1", {"value": 1})]
    assert screen.mark.seq == 0, "a cut now must not lose the queue that waits"
    waiting.pop()()
    assert screen.documents == {"interaction/1": {"value": 1}, "queue/1": {"value": 1}}


def test_somebody_who_was_away_gets_only_what_was_missed() -> None:
    store, screen, waiting = joined()
    put(store, "queue/1", 1)
    put(store, "queue/2", 1)
    waiting.pop()()
    store.unsubscribe(next(iter(store._subscriptions)))
    put(store, "queue/2", 2)
    put(store, "interaction/9", 1, "person:somebody else")
    screen.sent.clear()
    screen.open(store, frozenset({"all", "person:1"}), "person:1", resume=True)
    assert (screen.sent, screen.resumed) == ([("queue/2", {"value": 2})], 1)


def test_a_leader_of_a_group_or_a_site_watches_its_people_and_no_others() -> None:
    tenant, group, site = UUID(int=1), UUID(int=2), UUID(int=3)
    whole = permitted(tenant, "supervision.view")
    audience = watching(tenant, Place(frozenset({group}), site), "supervision.view")
    assert whole in audience
    assert audience & within(whole, [group], [])
    assert audience & within(whole, [], [site, UUID(int=9)])
    assert not audience & within(whole, [UUID(int=8)], [UUID(int=9)])
    assert not audience & within(permitted(UUID(int=7), "supervision.view"), [group], [site])


def test_what_becomes_the_viewers_own_no_longer_waits_though_it_looks_the_same() -> None:
    store, screen, _ = joined()
    put(store, "agent/1", 3)
    assert screen.sent == []
    put(store, "agent/1", 3, "person:1")
    assert screen.documents == {"agent/1": {"value": 3}}


def test_what_was_told_ahead_of_the_mark_and_is_gone_is_taken_back_after_a_cut() -> None:
    store, screen, waiting = joined()
    put(store, "queue/1", 1)
    waiting.pop()()
    store.remove("queue/1")  # waits, so the mark stays before it
    put(store, "interaction/1", 1, "person:1")  # told at once
    store.unsubscribe(next(iter(store._subscriptions)))
    store.remove("interaction/1")
    screen.open(store, frozenset({"all", "person:1"}), "person:1", resume=True)
    assert (screen.resumed, screen.documents) == (1, {})


def test_what_one_viewer_cannot_be_told_stops_nobody() -> None:
    store, screen, waiting = joined()
    numbers: list[int] = []

    def refuses(change: Change) -> None:
        if change.value == {"value": 2}:
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        numbers.append(change.number)

    store.subscribe(frozenset({"all", "person:1"}), refuses, own="person:1")
    with capture_logs() as logs:
        put(store, "interaction/1", 2, "person:1")
        for key in ("queue/1", "queue/2", "queue/3"):
            put(store, key, 2 if key == "queue/2" else 1)
        waiting.pop()()
    assert set(screen.documents) == {"interaction/1", "queue/1", "queue/2", "queue/3"}
    assert numbers == [1, 2], "without a gap"
    assert [line["key"] for line in logs] == ["interaction/1", "queue/2"]
