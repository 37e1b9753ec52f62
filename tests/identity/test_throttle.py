from yuelai.identity.throttle import Throttle


def test_the_free_attempts_cost_nothing() -> None:
    throttle = Throttle(free=3)
    for _ in range(3):
        assert throttle.wait("k", 0) == 0
        throttle.begin("k", 0)
    assert throttle.wait("k", 0) == 1


def test_each_further_attempt_waits_twice_as_long_up_to_the_longest() -> None:
    throttle = Throttle(free=1, longest=5)
    now, waits = 0.0, []
    for _ in range(5):
        throttle.begin("k", now)
        waits.append(throttle.wait("k", now))
        now += waits[-1]
    assert waits == [1, 2, 4, 5, 5]


def test_waiting_counts_down_and_ends() -> None:
    throttle = Throttle(free=1)
    throttle.begin("k", 10)
    throttle.begin("k", 11)
    assert throttle.wait("k", 11.5) == 1.5
    assert throttle.wait("k", 13) == 0


def test_success_forgets_one_key_and_no_other() -> None:
    throttle = Throttle(free=0)
    throttle.begin("a", 0)
    throttle.begin("b", 0)
    throttle.forgive("a")
    assert throttle.wait("a", 0) == 0
    assert throttle.wait("b", 0) == 2


def test_success_behind_a_shared_key_takes_back_only_itself() -> None:
    throttle = Throttle(free=1)
    throttle.begin("source", 0)
    throttle.begin("source", 0)
    throttle.excuse("source")
    assert throttle.wait("source", 0) == 1
    throttle.excuse("source")
    assert throttle.wait("source", 0) == 0


def test_a_key_is_forgotten_after_its_memory() -> None:
    throttle = Throttle(free=1, memory=100)
    for _ in range(9):
        throttle.begin("k", 0)
    assert throttle.wait("k", 10) > 0
    assert throttle.wait("k", 100) == 0
    throttle.begin("k", 100)
    assert throttle.wait("k", 100) == 1


def test_no_more_keys_are_held_than_the_capacity() -> None:
    throttle = Throttle(free=1, capacity=2)
    for key in "abc":
        throttle.begin(key, 0)
    assert [throttle.wait(key, 0) for key in "abc"] == [0, 1, 1]
