"""An office installs the base alone: no Airflow, no database, no great-expectations; its commands work, the others say what they lack.

Covers `pyproject.toml` and `cli/department/pack`. The parts that are not in the base are here too, so an import hook
plays the machine that has them not: whatever no distribution of the base brings is "not there".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from factories_bag import FORM_VALUES, filing
from factories_receipt import CARRIER, FILED, receipt_over
from lantai.cli.terminal.exit import _OF_THE_DEMO
from lantai.edges.centre import Centre
from lantai.formats.ledger import canonical
from lantai.formats.workbooks.workbook import FORM_KINDS, form_fields, unit_form
from lantai.journey.intake.checks.verify import FORMS
from lantai.records.ledger.event import EventKind

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OFFICE = """
import sys
from importlib.abc import MetaPathFinder

NOT_THERE = set(sys.argv.pop(1).split(","))

class Office(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in NOT_THERE:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Office())
from lantai.cli import main
main()
"""


def installed_with(requirements: list[str]) -> set[str]:
    """Return the distributions that pip installs for these requirements, what they require in turn among them."""
    found: set[str] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        if wanted.marker is not None and not any(wanted.marker.evaluate({"extra": e}) for e in (*wanted.extras, "")):
            continue
        if wanted.name in found:
            continue
        try:
            below = requires(wanted.name) or []
        except PackageNotFoundError:
            continue
        found.add(wanted.name)
        waiting += [
            each for each in map(Requirement, below) if each.marker is None or each.marker.evaluate({"extra": ""})
        ]
    return found


def modules_of(distributions: set[str]) -> set[str]:
    names = {name.lower().replace("_", "-") for name in distributions}
    return {
        module
        for module, brought_by in packages_distributions().items()
        if names & {each.lower().replace("_", "-") for each in brought_by}
    }


def office(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the command on a machine with the base alone."""
    there = modules_of(installed_with(PROJECT["dependencies"])) | {"lantai"}
    not_there = ",".join(sorted(set(packages_distributions()) - there))
    environment = {
        "PYTHONPATH": str(ROOT / "include"),
        "PATH": os.environ["PATH"],
        "LANTAI_HOME": str(home),
        "LANTAI_LOCALE": "en",
    }
    return subprocess.run(
        [sys.executable, "-c", OFFICE, not_there, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def filled_forms(folder: Path) -> Path:
    folder.mkdir()
    for kind in FORM_KINDS:
        asked = {field.key for field in form_fields(kind)}
        values = {key: value for key, value in FORM_VALUES.items() if key in asked}
        (folder / f"{FORMS[kind]}.xlsx").write_bytes(unit_form(kind, values, locale="zh"))
    return folder


def test_base_is_small_and_without_what_only_the_centre_has() -> None:
    base = installed_with(PROJECT["dependencies"])

    assert base & {"apache-airflow", "great-expectations", "sqlalchemy", "pandas", "paramiko"} == set()
    assert len(base) <= 20


def test_office_packs_checks_and_looks_with_the_base_alone(tmp_path: Path) -> None:
    """R1-50."""
    made = filing(tmp_path)
    order = ["--unit", "JY", "--year", "2025", "--form", "e_document", "--unit-name", "教育局", "--fonds", "Z109"]
    order += ["--contact", "李强", "--phone", "0571-0000000"]
    forms = filled_forms(tmp_path / "forms")
    where = ["--catalogue", str(made.catalogue), "--forms", str(forms), "--out", str(tmp_path / "out")]

    packed = office("pack", str(made.folder), *order, *where, "--json", home=tmp_path)
    carrier = json.loads(packed.stdout)["carrier"]
    checked = office("check", carrier, "--json", home=tmp_path)
    looked = office("inspect", carrier, "--json", home=tmp_path)
    blank = office("forms", "--out", str(tmp_path / "blank"), home=tmp_path)

    assert (packed.returncode, checked.returncode, looked.returncode, blank.returncode) == (0, 0, 0, 0)
    assert json.loads(checked.stdout)["acceptable"] is True
    assert json.loads(looked.stdout)["files"] == 3
    assert len(list((tmp_path / "blank").iterdir())) == 4


def test_receipt_is_verified_with_the_base_alone(tmp_path: Path, centre: Centre) -> None:
    """R4-12."""
    receipt = canonical.dumps(receipt_over(centre, EventKind.CARRIER_ACCEPTED, FILED))
    path, keys = tmp_path / "001.receipt.json", tmp_path / "keys"
    path.write_bytes(receipt)
    path.with_suffix(".sig").write_bytes(centre.intake_signer.sign(receipt))
    keys.mkdir()
    for name, file in (("intake", centre.settings.intake_key_file), ("log", centre.settings.log_key_file)):
        (keys / f"{name}.pem").write_bytes(file.read_bytes())

    told = office("receipt", "verify", str(path), "--keys", str(keys), "--json", home=tmp_path / "none")

    assert json.loads(told.stdout) == {
        "is_sound": True, "carrier_id": CARRIER, "package_name": "", "tree_size": 4, "problems": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "module", "part"),
    [
        (["year", "status", "2025"], "sqlalchemy", "centre"),
        (["init"], "sqlalchemy", "centre"),
        (["demo"], "sqlalchemy", "centre"),
    ],
)
def test_command_of_the_centre_says_what_to_install_and_leaves_no_trace(
    tmp_path: Path, words: list[str], module: str, part: str
) -> None:
    refused = office(*words, home=tmp_path)

    assert refused.returncode == 3
    assert "MissingPartError" in refused.stderr
    assert f"found no module {module}, expected it with lantai[{part}]" in refused.stderr
    assert "pip install 'FOLDER[centre]'" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_what_only_the_demo_imports_is_what_its_extra_brings() -> None:
    extra = {Requirement(each).name for each in PROJECT["optional-dependencies"]["demo"]} - {"lantai"}

    assert modules_of(extra) == _OF_THE_DEMO


def test_help_of_every_command_is_there_with_the_base_alone(tmp_path: Path) -> None:
    helped = office("--help", home=tmp_path)

    assert helped.returncode == 0
    assert all(name in helped.stdout for name in ("pack", "check", "forms", "year", "serve"))
