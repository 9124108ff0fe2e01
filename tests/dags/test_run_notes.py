"""A run says on its page what it is about; what a person wrote there stays."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from run_notes import LOOK_THERE, MOST_CHARACTERS, OUT_OF_TIME, RunNotes, said_by


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"year": "2025", "units": "JY", "carrier": None}, "JY · 2025"),
        ({"units": ["JY", "SW"], "kind": "transfer", "on": "2026-09-01"}, "JY, SW · transfer · 2026-09-01"),
        ({"carrier": "移交 2025，一\n 001"}, "移交 2025，一 001"),
        ({"password": "x"}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_the_note_says_what_the_form_says_and_nothing_else(form, said):
    assert said_by(form) == said


def test_a_persons_note_stays_and_what_a_failure_said_goes_when_it_is_mended():
    run, notes = SimpleNamespace(conf={"units": "JY"}, note="for 王芳"), RunNotes()

    seen = []
    for change, word in (
        (notes.on_dag_run_running, "started"),
        (notes.on_dag_run_failed, "task_failure"),
        (notes.on_dag_run_failed, "timed_out"),
        (notes.on_dag_run_success, "success"),
    ):
        change(run, word)
        seen.append(run.note)

    assert seen == ["for 王芳", f"for 王芳\n\n{LOOK_THERE}", f"for 王芳\n\n{OUT_OF_TIME}", "for 王芳"]


@pytest.mark.parametrize(
    "note", [("王芳" * 500)[:850], ("王芳" * 500)[:960], "王" * 1000, "line\n" * 200, "part\n\n" * 160]
)
@pytest.mark.parametrize(("word", "said"), [("task_failure", LOOK_THERE), ("timed_out", OUT_OF_TIME)])
def test_what_a_failure_said_is_whole_behind_a_long_note_and_goes_wholly(note, word, said):
    """It was cut at the end of the room, not known again, and stayed for ever behind runs that had ended well."""
    run, notes = SimpleNamespace(conf={}, note=note), RunNotes()
    kept = note[: MOST_CHARACTERS - len(said) - 2].rstrip("\n")

    notes.on_dag_run_failed(run, word)
    failed = run.note
    notes.on_dag_run_failed(run, word)
    again = run.note
    notes.on_dag_run_success(run, "success")

    assert failed == again == f"{kept}\n\n{said}"
    assert len(failed) <= MOST_CHARACTERS
    assert run.note == kept


def test_a_run_without_a_form_that_ends_well_gets_no_note():
    run = SimpleNamespace(conf={}, note=None)

    RunNotes().on_dag_run_running(run, "started")
    RunNotes().on_dag_run_success(run, "success")

    assert run.note is None


def test_a_form_of_any_length_fits_into_the_note():
    run = SimpleNamespace(conf={"units": "JY, " * 1000}, note=None)

    RunNotes().on_dag_run_running(run, "started")

    assert len(run.note) == MOST_CHARACTERS
