"""The written materials of a carrier, as they are filled in and read back."""

from __future__ import annotations

import hashlib
from pathlib import Path

from factories_bag import FORM_VALUES, SENDER, carrier, filing, order
from lantai.edges.sheets.sheet import read_workbook
from lantai.formats.workbooks.filing_forms import FORM_KINDS, read_form
from lantai.journey.department.fill_forms import values_of_forms
from lantai.journey.department.pack import pack
from lantai.journey.intake.checks.locate_documents import FORMS
from lantai.records.centre.unit import DataForm
from lantai.records.custody.record import Retention
from lantai.records.intake.carrier import BackupStrategy


def form_of(bag: Path, kind: str) -> dict[str, str]:
    """What one form of a carrier says."""
    with (bag / "metadata" / f"{FORMS[kind]}.xlsx").open("rb") as stream:
        return dict(read_form(kind, read_workbook(stream)).values)


def test_forms_carry_what_is_known_and_what_a_person_wrote(tmp_path):
    """R1-25, R1-26, R1-27, R1-28."""
    bag = carrier(tmp_path, form_values=FORM_VALUES | {"unit": "", "digest": "typed by hand", "record_count": "99"})

    register, statement, inspection = (form_of(bag, kind) for kind in FORM_KINDS)
    digest = hashlib.sha256((bag / "manifest-sha256.txt").read_bytes()).hexdigest()
    assert (register["unit"], register["filing_year"], register["archivist"]) == ("示例市教育局", "2025", "李敏")
    assert (statement["unit"], statement["record_count"], statement["strategy"]) == ("示例市教育局", "3", "完全备份")
    assert (inspection["carrier"], inspection["record_count"], inspection["digest"]) == ("001", "3", digest)
    assert values_of_forms(bag / "metadata") == register | statement | inspection


def test_forms_of_a_backup_that_builds_on_another_say_so(tmp_path):
    """R1-25, R1-26, R1-28, R1-12."""
    made = filing(tmp_path)
    known = {"data_form": DataForm.BUSINESS_DATA, "strategy": BackupStrategy.INCREMENTAL, "retention": Retention.D30}

    bag = pack(made.folder, SENDER, order(base_carrier="000", **known), None, tmp_path / "out")

    statement = form_of(bag, "backup_statement")
    assert (statement["strategy"], statement["base_carrier"], statement["data_form"]) == (
        "增量备份",
        "000",
        "电子业务数据",
    )
