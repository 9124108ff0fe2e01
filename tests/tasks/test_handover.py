"""What a night leaves undone is told unit by unit, whatever became of its tasks."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lantai.records.intake.reason import Reason
from lantai.records.intake.visit import Visit, VisitStage
from lantai.tasks.handover import (
    OUTCOME,
    SEEN,
    Group,
    Outcome,
    Pass,
    Wanted,
    hand_over,
    handed_over,
    left_over,
    to_look_at_again,
    wanted_by,
)

LOOK, TAKE_IN = VisitStage.LOOK, VisitStage.TAKE_IN


def group(*codes: str) -> Group:
    return Group(codes)


def outcome(*taken: str, **failed: str) -> Outcome:
    return Outcome({code: {"accepted": 1} for code in taken}, failed, is_retryable=False)


def test_what_tasks_leave_for_each_other_is_read_as_it_was_left():
    """XCom carries ids, counts and classes of errors, and survives Airflow's JSON."""
    kept: dict[str, object] = {}
    first = Pass([Group(["JY", "SW"], [2025]), Group(["TJ"])], (), {"CZ": "X"}, ["GA"], ["CZ"])
    became = [outcome("JY", SW="DiskFullError"), None]

    mapped = json.loads(json.dumps(hand_over(first, kept.__setitem__)))
    left = json.loads(json.dumps([None if one is None else one.as_xcom() for one in became]))
    wanted = json.loads(json.dumps(Wanted([2025], None).as_xcom()))

    def pull(task_ids, key="return_value", map_indexes=None):
        by_task = {"look": mapped, "check_form": wanted, "none": None}
        return {SEEN: kept.get(SEEN), OUTCOME: left}.get(key) or by_task[task_ids]

    assert [each["label"] for each in mapped] == ["JY..SW (2) 2025", "TJ all years"]
    assert handed_over(pull, "look", "take_in") == replace(first, outcomes=became)
    assert wanted_by(pull) == Wanted([2025], None)
    assert handed_over(pull, "none", "take_in") is None


def test_unit_is_left_when_it_was_unknown_failed_or_its_task_ended_without_a_word():
    first = Pass(
        [group("JY"), group("SW"), group("TJ")],
        [outcome("JY"), outcome(SW="RemotePermissionError"), None],
        unknown={"CZ": "HostKeyMismatchError"},
    )

    assert left_over(first) == {
        "CZ": (LOOK, "HostKeyMismatchError"),
        "SW": (TAKE_IN, "RemotePermissionError"),
        "TJ": (TAKE_IN, "TaskInterruptedError"),
    }


def test_of_a_batch_that_was_killed_every_unit_is_left():
    first = Pass([group("JY", "SW"), group("TJ")], [None, outcome("TJ")])

    assert set(left_over(first)) == {"JY", "SW"}


def test_what_the_second_pass_has_seen_to_is_left_no_more():
    first = Pass([group("SW")], [outcome(SW="RemoteChangedError")], unknown={"CZ": "ServerUnreachableError", "GA": "X"})
    second = Pass(
        [group("CZ"), group("TJ")],
        [outcome("CZ"), outcome(TJ="DiskFullError")],
        unknown={"GA": "LoginRefusedError"},
        looked=["CZ", "GA", "SW", "TJ"],
    )

    assert left_over(first, second) == {"GA": (LOOK, "LoginRefusedError"), "TJ": (TAKE_IN, "DiskFullError")}


def test_failure_that_nobody_looked_at_again_stays():
    first = Pass([group("SW")], [outcome(SW="RemotePermissionError")], unknown={"CZ": "ServerUnreachableError"})

    assert left_over(first, Pass([], looked=["CZ"])) == {"SW": (TAKE_IN, "RemotePermissionError")}


def test_whoever_is_not_done_is_looked_at_again_with_what_is_known_of_why():
    unknown = {"CZ": "ServerUnreachableError", "SW": "HostKeyMismatchError"}
    first = Pass(
        [group("JY"), group("MZ")], [outcome("JY"), outcome(MZ="KeyError")], unknown=unknown, unsettled=["TJ", "JY"]
    )
    said = Reason("ServerUnreachableError", "sftp_CZ (127.0.0.1:1): no connection")
    stale = Reason("LoginRefusedError", "yesterday")
    visits = {"CZ": visit("CZ", said), "SW": visit("SW", stale)}

    again = to_look_at_again(first, visits)

    assert again == {
        "CZ": said,
        "JY": None,
        "MZ": Reason("KeyError"),
        "SW": Reason("HostKeyMismatchError"),
        "TJ": None,
    }


def visit(code, unknown_for):
    return Visit(code, code, None, None, unknown_for, None, None, None, None)


@pytest.mark.parametrize(
    ("error_class", "may_pass"),
    [
        ("RemoteChangedError", True),
        ("TaskInterruptedError", True),
        ("RemotePermissionError", False),
        ("KeyError", False),
    ],
)
def test_only_what_may_pass_by_itself_is_waited_for(error_class, may_pass):
    assert Reason(error_class).may_pass is may_pass


def test_what_an_earlier_run_left_at_a_map_index_that_is_no_more_is_not_read():
    """Airflow keeps the XCom of a map index that a rerun does not have."""
    kept = {
        ("look_again", "return_value"): [group("CZ").as_xcom()],
        ("look_again", SEEN): {"unknown": {}, "looked": ["CZ"]},
    }
    outcomes = [outcome("CZ").as_xcom(), outcome(TJ="DiskFullError").as_xcom()]

    def pull(task_ids, key="return_value", map_indexes=None):
        if key == OUTCOME:
            return [outcomes[index] for index in map_indexes]
        return kept.get((task_ids, key))

    second = handed_over(pull, "look_again", "take_in_again")

    assert second is not None
    assert list(second.taken) == [("CZ", {"accepted": 1})]
    assert left_over(Pass([]), second) == {}
    assert handed_over(pull, "look", "take_in") is None
