"""What a department runs before it sends. Covers R1-25 to R1-34, R1-50; interfaces.md, "The command"."""

from __future__ import annotations

import json
import tarfile

import typer
from typer.testing import CliRunner

from factories_bag import carrier, filing, row
from lantai.cli import pack as commands

app = typer.Typer()
for command in (commands.pack, commands.forms, commands.check, commands.inspect):
    app.command()(command)


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def test_perfect_carrier_passes_the_check_as_folder_and_as_tar(tmp_path):
    bag = carrier(tmp_path)
    packed = tmp_path / "carrier.tar"
    with tarfile.open(packed, "w") as archive:
        archive.add(bag, arcname=bag.name)

    for path in (bag, packed):
        answer = run("check", path, "--json")
        assert answer.exit_code == 0
        assert json.loads(answer.stdout) == {"carrier": str(path), "acceptable": True, "findings": []}


def test_faulty_carrier_ends_with_one_and_names_every_fault_in_the_asked_language(tmp_path):
    bag = carrier(tmp_path, [row(1, title="", page_count="x")])

    answer = run("check", bag, "--json", "--locale", "en")

    told = {f["rule"]: f["message"] for f in json.loads(answer.stdout)["findings"]}
    assert answer.exit_code == 1
    assert told == {"field_missing": "Row 1 lacks: title.", "page_count_invalid": "Row 1 has x pages."}


def test_bagit_alone_is_checked_without_the_profile(tmp_path):
    bag = carrier(tmp_path)
    (bag / "data" / "1.txt").write_text("tampered")

    answer = run("check", bag, "--profile", "none", "--json")

    assert {f["rule"] for f in json.loads(answer.stdout)["findings"]} == {"digest_mismatch", "oxum_mismatch"}


def test_packing_with_filled_in_forms_gives_a_carrier_that_passes(tmp_path):
    filled = carrier(tmp_path / "last year") / "metadata"
    made = filing(tmp_path)
    words = ("--unit", "JY", "--year", "2025", "--form", "e_document", "--catalogue", made.catalogue, "--forms", filled)

    answer = run("pack", made.folder, *words, "--out", tmp_path / "out", "--on", "2026-03-02", "--json")

    assert json.loads(answer.stdout) == {"carrier": str(tmp_path / "out" / "JY-2025-E-001"), "findings": []}


def test_blank_forms_are_four_workbooks(tmp_path):
    assert run("forms", "--out", tmp_path).exit_code == 0

    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "acceptance-inspection.xlsx",
        "backup-statement.xlsx",
        "catalogue.xlsx",
        "management-register.xlsx",
    ]


def test_inspection_says_what_a_carrier_holds(tmp_path):
    told = json.loads(run("inspect", carrier(tmp_path), "--json").stdout)

    assert (told["kind"], told["data_form"], told["files"], told["carrier_number"]) == ("bag", "e_document", 3, "001")
