"""When a server gets a rest, who may try again, and how many calls run at once."""

import pytest

from conducktor.connections.mcp_fault import Fault, UpstreamError
from conducktor.gateway.lane import OPENS_AFTER, REST_S, Lane


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lane(clock: Clock) -> Lane:
    return Lane("https://mcp.example.com", 10, clock)


def test_five_failures_in_a_row_give_the_server_a_rest(lane: Lane) -> None:
    _fail(lane, OPENS_AFTER - 1)
    lane.answered()
    _fail(lane, OPENS_AFTER)

    with pytest.raises(UpstreamError) as refused:
        lane.enter("linear")

    assert refused.value.fault is Fault.PAUSED
    assert refused.value.retry_after_s == REST_S
    assert not refused.value.may_have_run
    assert "linear was not called: it failed 5 times in a row, in the end it did not answer in time." in refused.value.detail


def test_after_the_rest_one_call_finds_out_for_all(lane: Lane, clock: Clock) -> None:
    _fail(lane, OPENS_AFTER)
    clock.now += REST_S

    assert lane.enter("linear") is True
    with pytest.raises(UpstreamError, match="was not called"):
        lane.enter("linear")

    lane.failed(Fault.TIMED_OUT, is_trial=True)
    lane.leave(is_trial=True)
    with pytest.raises(UpstreamError, match="was not called"):
        lane.enter("linear")

    clock.now += REST_S
    assert lane.enter("linear") is True
    lane.answered()
    lane.leave(is_trial=True)
    assert lane.enter("linear") is False


def test_a_trial_that_is_withdrawn_leaves_room_for_the_next(lane: Lane, clock: Clock) -> None:
    _fail(lane, OPENS_AFTER)
    clock.now += REST_S
    lane.leave(is_trial=lane.enter("linear"))
    assert lane.enter("linear") is True


def test_calls_that_began_before_the_rest_do_not_make_it_longer(lane: Lane, clock: Clock) -> None:
    for _ in range(10):
        lane.enter("linear")
    for _ in range(OPENS_AFTER):
        lane.failed(Fault.TIMED_OUT, is_trial=False)
    clock.now += REST_S - 1
    lane.failed(Fault.TIMED_OUT, is_trial=False)
    for _ in range(10):
        lane.leave(is_trial=False)
    clock.now += 1
    assert lane.enter("linear") is True


def test_a_late_answer_ends_the_rest(lane: Lane) -> None:
    _fail(lane, OPENS_AFTER)
    lane.answered()
    assert lane.enter("linear") is False


def test_what_somebody_approved_is_tried_even_now_but_not_without_limit(lane: Lane) -> None:
    _fail(lane, OPENS_AFTER)
    for _ in range(10):
        assert lane.enter_anyway("linear") is False
    with pytest.raises(UpstreamError) as refused:
        lane.enter_anyway("linear")
    assert refused.value.fault is Fault.BUSY


def test_a_full_lane_refuses_clearly_and_frees_its_places(lane: Lane) -> None:
    for _ in range(10):
        lane.enter("linear")
    with pytest.raises(UpstreamError, match="10 calls of it are running already"):
        lane.enter("linear")
    lane.leave(is_trial=False)
    assert lane.enter("linear") is False


@pytest.mark.parametrize(("running", "allowed"), [(1, 1), (5, 1), (10, 2)])
def test_at_most_a_fifth_of_the_running_calls_may_be_repetitions(lane: Lane, running: int, allowed: int) -> None:
    for _ in range(running):
        lane.enter("linear")
    assert [lane.may_retry() for _ in range(allowed + 1)] == [True] * allowed + [False]
    lane.retried()
    assert lane.may_retry()


def _fail(lane: Lane, times: int) -> None:
    for _ in range(times):
        is_trial = lane.enter("linear")
        lane.failed(Fault.TIMED_OUT, is_trial=is_trial)
        lane.leave(is_trial=is_trial)
