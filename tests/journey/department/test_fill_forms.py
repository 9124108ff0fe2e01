"""The written materials of a carrier, as they are filled in and read back."""

from __future__ import annotations

import hashlib

from factories_bag import FORM_VALUES, SENDER, carrier, filing, order
from lantai.journey.department.fill_forms import values_of_forms
from lantai.journey.department.pack import pack
from lantai.records.centre.unit import DataForm
from lantai.records.custody.record import Retention
from lantai.records.intake.carrier import BackupStrategy


def test_forms_carry_what_is_known_and_what_a_person_wrote(tmp_path):
    """R1-25, R1-26, R1-27, R1-28."""
    bag = carrier(tmp_path, form_values=FORM_VALUES | {"unit": "", "digest": "typed by hand", "record_count": "99"})

    values = values_of_forms(bag / "metadata")

    assert (values["unit"], values["filing_year"], values["record_count"]) == ("示例市教育局", "2025", "3")
    assert (values["archivist"], values["strategy"]) == ("李敏", "完全备份")
    assert values["digest"] == hashlib.sha256((bag / "manifest-sha256.txt").read_bytes()).hexdigest()


def test_forms_of_a_backup_that_builds_on_another_say_so(tmp_path):
    """R1-25, R1-26, R1-28, R1-12."""
    made = filing(tmp_path)
    known = {"data_form": DataForm.BUSINESS_DATA, "strategy": BackupStrategy.INCREMENTAL, "retention": Retention.D30}

    bag = pack(made.folder, SENDER, order(base_carrier="000", **known), None, tmp_path / "out")

    assert values_of_forms(bag / "metadata")["strategy"] == "增量备份"
