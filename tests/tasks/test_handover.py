"""What a night leaves undone is told unit by unit, whatever became of its tasks."""

from __future__ import annotations

import pytest

from lantai.records.visit import Stage
from lantai.tasks.handover import OUTCOME, SEEN, Pass, handed_over, left_over, to_look_at_again

LOOK, TAKE_IN = Stage.LOOK, Stage.TAKE_IN


def group(*codes: str) -> dict[str, object]:
    return {"label": " ".join(codes), "units": list(codes), "years": None}


def outcome(*taken: str, **failed: str) -> dict[str, object]:
    return {"taken": {code: {"accepted": 1} for code in taken}, "failed": failed, "retryable": False}


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


@pytest.mark.parametrize(
    ("error_class", "again"),
    [
        ("RemoteChangedError", True),
        ("TaskInterruptedError", True),
        ("RemotePermissionError", False),
        ("KeyError", False),
    ],
)
def test_only_a_failure_that_may_pass_by_itself_is_worth_a_second_look(error_class, again):
    first = Pass([group("SW")], [outcome(SW=error_class)])

    assert to_look_at_again(first) == (["SW"] if again else [])


def test_whoever_was_unknown_or_still_uploading_is_looked_at_again():
    unknown = {"CZ": "ServerUnreachableError", "SW": "HostKeyMismatchError"}
    first = Pass([group("JY")], [outcome("JY")], unknown=unknown, unsettled=["TJ", "JY"])

    assert to_look_at_again(first) == ["CZ", "JY", "TJ"]


def test_what_an_earlier_run_left_at_a_map_index_that_is_no_more_is_not_read():
    """Airflow keeps the XCom of a map index that a rerun does not have."""
    kept = {("look_again", "return_value"): [group("CZ")], ("look_again", SEEN): {"unknown": {}, "looked": ["CZ"]}}
    outcomes = [outcome("CZ"), outcome(TJ="DiskFullError")]

    def pull(task_ids, key="return_value", map_indexes=None):
        if key == OUTCOME:
            return [outcomes[index] for index in map_indexes]
        return kept.get((task_ids, key))

    second = handed_over(pull, "look_again", "take_in_again")

    assert second is not None
    assert list(second.taken) == [("CZ", {"accepted": 1})]
    assert left_over(Pass([]), second) == {}
    assert handed_over(pull, "look", "take_in") is None
