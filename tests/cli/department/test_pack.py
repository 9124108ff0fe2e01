"""What a department runs before it sends: no registry, no home.

Covers: edges.intake.local_carrier.
"""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from desks import Desk
from factories_bag import Filing, carrier, csv_of, filing, row


@pytest.fixture(scope="session")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three forms, filled in and sealed."""
    return carrier(tmp_path_factory.mktemp("forms")) / "metadata"


@pytest.fixture
def office(tmp_path: Path) -> Filing:
    """A folder of documents with their catalogue."""
    return filing(tmp_path)


@pytest.fixture
def words(office: Filing, forms: Path, tmp_path: Path) -> list[object]:
    """What a part-time archivist types to pack them."""
    unit = ("--unit", "JY", "--year", 2025, "--form", "e_document", "--on", "2026-03-02")
    return ["pack", office.folder, *unit, "--catalogue", office.catalogue, "--forms", forms, "--out", tmp_path / "out"]


def test_packing_with_filled_in_forms_gives_a_carrier_that_may_be_sent(
    bare: Desk, words: list[object], tmp_path: Path
) -> None:
    """R1-31."""
    told = bare.ok(*words, LANTAI_LOCALE="zh")

    made = tmp_path / "out" / "JY-2025-E-001"
    assert told.out == f"已生成载体（包） {made}\n可以报送：上传到 outbox/2025/\n"
    assert bare.ok("check", made, "--json").json == {
        "carrier": str(made),
        "acceptable": True,
        "may_be_sent": True,
        "findings": [],
    }
    assert not bare.home.exists()


def test_packing_with_blank_forms_tells_every_fault_and_ends_with_1(bare: Desk, office: Filing, tmp_path: Path) -> None:
    """R1-25, R1-26, R1-28, R1-30, R1-50."""
    bare.ok("forms", "--out", tmp_path / "blank")
    unit = ("--unit", "JY", "--unit-name", "示例市教育局", "--fonds", "Z109", "--contact", "李敏", "--phone", "1")
    year = ("--year", 2025, "--form", "e_document", "--forms", tmp_path / "blank", "--out", tmp_path / "out")

    told = bare.run("pack", office.folder, "--catalogue", office.catalogue, *unit, *year)

    assert told.code == 1
    assert told.out.count("Form incomplete") == 3
    assert "Mend what is named" in told.out


def test_catalogue_in_gbk_is_packed_as_it_is(bare: Desk, words: list[object], office: Filing, tmp_path: Path) -> None:
    """R1-13, R1-31."""
    office.catalogue.write_bytes(office.catalogue.read_bytes().decode().encode("gbk"))

    bare.ok(*words)

    assert bare.ok("inspect", tmp_path / "out" / "JY-2025-E-001", "--json").json["files"] == 3


def test_carrier_that_is_there_is_never_replaced(bare: Desk, words: list[object], tmp_path: Path) -> None:
    """R1-31."""
    bare.ok(*words)
    made = tmp_path / "out" / "JY-2025-E-001"
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}

    told = bare.run(*words)

    assert (told.code, "--number gives another" in told.err) == (2, True)
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before
    assert bare.ok(*words, "--number", "002").code == 0


def test_nothing_to_file_is_said_with_a_signature(bare: Desk, tmp_path: Path) -> None:
    """R1-22."""
    unit = ("--unit", "JY", "--unit-name", "示例市教育局", "--fonds", "Z109", "--contact", "李敏", "--phone", "1")

    bare.ok("pack", "--zero", "李敏", *unit, "--year", 2025, "--form", "e_document", "--out", tmp_path)

    told = bare.ok("inspect", tmp_path / "JY-2025-E-001", LANTAI_LOCALE="zh").out
    assert "零报告" in told
    assert "Zero-Report-Signed-By: 李敏" in told


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--unit": "jy"}, "expected capital letters and digits"),
        ({"--unit": "SL2025"}, "not beginning like an acceptance number"),
        ({"--number": "SL2025-JY-E001"}, "has the form of an acceptance number"),
        ({"--number": "sl2025_jy_e001.R1"}, "has the form of an acceptance number"),
        ({"--year": "soon"}, "Invalid value for '--year'"),
        ({"--form": "paper"}, "'paper' is not one of 'e_document'"),
        ({"--catalogue": "{absent}"}, "does not exist"),
        ({"--catalogue": "{folder}"}, "is a directory"),
        ({"--catalogue": "{notes}"}, "no xlsx workbook"),
        ({"--forms": "{absent}"}, "does not exist"),
        ({"--forms": "{strange}"}, "no xlsx workbook"),
        ({"--number": "../../elsewhere"}, "carrier number '../../elsewhere'"),
        ({"--number": ".hidden"}, "expected 1 to 64 letters"),
        ({"--on": "one day"}, "expected a date like 2026-03-02"),
        ({"--zero": "李敏"}, "zero report: found a folder"),
        ({"--form": "business_data"}, "needs a backup strategy and a retention period"),
    ],
)
def test_order_that_cannot_be_meant_is_refused_and_nothing_is_made(
    bare: Desk, words: list[object], tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    """R1-31."""
    (tmp_path / "notes.xlsx").write_text("notes")
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "backup-statement.xlsx").write_text("notes")
    places = {
        "absent": tmp_path / "absent",
        "folder": tmp_path,
        "notes": tmp_path / "notes.xlsx",
        "strange": tmp_path / "strange",
    }
    for option, value in changed.items():
        if option in words:
            words[words.index(option) + 1] = value.format(**places)
        else:
            words += [option, value]

    told = bare.run(*words)

    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []
    assert not (tmp_path / "elsewhere").exists()


def test_folder_that_cannot_be_packed_is_named(bare: Desk, words: list[object], office: Filing, tmp_path: Path) -> None:
    """R1-31."""
    (office.folder / "link").symlink_to(office.catalogue)
    linked = bare.run(*words)
    shutil.rmtree(office.folder)
    office.folder.mkdir()
    empty = bare.run(*words)

    assert (linked.code, "link: it is a link or device, expected a file" in linked.err) == (2, True)
    assert (empty.code, "found no file to pack" in empty.err) == (2, True)


def test_forms_are_four_workbooks_and_never_written_over(bare: Desk, tmp_path: Path) -> None:
    """R1-25, R1-26, R1-28."""
    made = bare.ok("forms", "--out", tmp_path / "blank", "--json").json["made"]
    (tmp_path / "blank" / "catalogue.xlsx").write_text("filled in")

    again = bare.run("forms", "--out", tmp_path / "blank", "--locale", "en")

    assert sorted(Path(path).name for path in made) == [
        "acceptance-inspection.xlsx",
        "backup-statement.xlsx",
        "catalogue.xlsx",
        "management-register.xlsx",
    ]
    assert (again.code, "nothing was overwritten" in again.err) == (2, True)
    assert (tmp_path / "blank" / "catalogue.xlsx").read_text() == "filled in"


def test_perfect_carrier_passes_as_folder_tar_and_zip(bare: Desk, tmp_path: Path) -> None:
    """R1-31, R1-38."""
    bag = carrier(tmp_path)
    with tarfile.open(tmp_path / "carrier.tar", "w") as archive:
        archive.add(bag, arcname=bag.name)
    shutil.make_archive(str(tmp_path / "carrier"), "zip", bag.parent, bag.name)

    for path in (bag, tmp_path / "carrier.tar", tmp_path / "carrier.zip"):
        assert bare.ok("check", path).out == f"{path}\nAcceptable\n"
        assert bare.ok("check", path, "--profile", "none", "--json").json["findings"] == []


def test_faulty_carrier_ends_with_1_and_names_every_fault_in_the_asked_language(bare: Desk, tmp_path: Path) -> None:
    """R1-50."""
    bag = carrier(tmp_path, [row(1, title="", page_count="x")])

    told = bare.run("check", bag, "--json").json
    shown = bare.run("check", bag, "--locale", "zh")

    assert {each["rule"]: each["message"] for each in told["findings"]} == {
        "field_missing": "Row 2 lacks: title.",
        "page_count_invalid": "Row 2 has x pages.",
    }
    assert shown.code == 1
    assert "题名" in shown.out
    assert "须补正 2" in shown.out


def test_same_fault_of_many_rows_is_a_few_lines_on_the_screen_and_every_one_in_json(bare: Desk, tmp_path: Path) -> None:
    """R1-50: 10,000 rows with the same slips gave 60,005 lines."""
    rows = [row(number, title="", retention=f"{number}年余", page_count="x") for number in range(1, 401)]
    bag = carrier(tmp_path, rows)

    shown = bare.run("check", bag, "--locale", "zh").out.splitlines()
    told = bare.run("check", bag, "--json").json

    assert len(shown) < 20
    assert "须补正 第 2–401 行（共 400 处）  必填项空白" in shown
    assert sum(each["rule"] == "field_missing" for each in told["findings"]) == 400


@pytest.mark.parametrize("strategy", ["incremental", "differential"])
def test_backup_that_builds_on_another_is_packed_and_checked_without_a_registry(
    bare: Desk, office: Filing, forms: Path, tmp_path: Path, strategy: str
) -> None:
    """R1-12, R1-15, R1-50: whether the centre has its base is looked up there; every such carrier was refused here."""
    unit = ("--unit", "JY", "--year", 2025, "--form", "business_data", "--on", "2026-03-02", "--forms", forms)
    order = ("--strategy", strategy, "--retention", "D30", "--description", "协同办公系统", "--out", tmp_path / "out")

    told = bare.ok("pack", office.folder, *unit, *order, "--base", "000", LANTAI_LOCALE="zh")
    checked = bare.ok("check", tmp_path / "out" / "JY-2025-B-001", "--json").json
    baseless = bare.run("pack", office.folder, *unit, *order, "--number", "002", "--json")

    assert "所依据的完全备份 000 由中心核对" in told.out
    assert told.out.endswith("可以报送：上传到 outbox/2025/\n")
    assert (checked["acceptable"], [each["rule"] for each in checked["findings"]]) == (True, ["base_carrier_at_centre"])
    assert (baseless.code, [each["rule"] for each in baseless.json["findings"]]) == (1, ["base_carrier_missing"])


def test_package_that_only_waits_for_the_centre_may_be_sent(
    bare: Desk, words: list[object], office: Filing, tmp_path: Path
) -> None:
    """R1-50: it was to be deleted and packed again, which would have changed nothing."""
    old = row(1, retention="长期", archival_code="Z109-WS·2025-C-BGS-0001")
    office.catalogue.write_bytes(csv_of([old, row(2, item_no="2"), row(3)]))

    told = bare.ok(*words, LANTAI_LOCALE="zh")
    checked = bare.ok("check", tmp_path / "out" / "JY-2025-E-001", "--json").json

    assert "“中心待定”各项由中心决定" in told.out
    assert "重新打包" not in told.out
    assert (checked["acceptable"], checked["may_be_sent"]) == (False, True)


def test_bagit_alone_is_checked_without_the_profile_also_in_an_archive(bare: Desk, tmp_path: Path) -> None:
    """R1-31, R1-50."""
    bag = carrier(tmp_path)
    (bag / "data" / "1.txt").write_text("tampered")
    shutil.make_archive(str(tmp_path / "carrier"), "zip", bag.parent, bag.name)

    for path in (bag, tmp_path / "carrier.zip"):
        told = bare.run("check", path, "--profile", "none", "--json")
        assert told.code == 1
        assert {each["rule"] for each in told.json["findings"]} == {"digest_mismatch", "oxum_mismatch"}


@pytest.mark.parametrize(
    ("name", "content", "zh", "en"),
    [
        (
            "目录.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "请用 WPS、Excel 另存为 .xlsx",
            "save it as .xlsx",
        ),
        ("目录.xlsx", b"PK", "不是 xlsx 工作簿", "no xlsx workbook"),
        ("目录.csv", b'"', "引号不成对", "quotation marks"),
    ],
)
def test_catalogue_that_cannot_be_read_is_told_in_the_language_of_the_screen(
    bare: Desk, office: Filing, tmp_path: Path, name: str, content: bytes, zh: str, en: str
) -> None:
    """R1-50: a Chinese screen showed what a library had said in English, and advice about paths."""
    catalogue = tmp_path / name
    catalogue.write_bytes(content)
    words = ("pack", office.folder, "--unit", "JY", "--year", 2025, "--form", "e_document", "--catalogue", catalogue)

    in_chinese = bare.run(*words, "--out", tmp_path / "out", LANTAI_LOCALE="zh")
    in_english = bare.run(*words, "--out", tmp_path / "out", LANTAI_LOCALE="en")

    assert (in_chinese.code, in_english.code) == (2, 2)
    assert zh in in_chinese.err
    assert name in in_chinese.err
    assert "workbook:" not in in_chinese.err + in_english.err
    assert "路径" not in in_chinese.err
    assert en in in_english.err


def test_archive_and_form_that_cannot_be_read_are_told_in_the_language_of_the_screen(
    bare: Desk, office: Filing, words: list[object], tmp_path: Path
) -> None:
    """R1-50."""
    (tmp_path / "blank").mkdir()
    (tmp_path / "blank" / "management-register.xlsx").write_bytes(b"PK")
    (tmp_path / "a.zip").write_text("notes")
    (office.folder / "链接.txt").symlink_to(tmp_path / "a.zip")

    form = bare.run(*words, "--forms", tmp_path / "blank", LANTAI_LOCALE="zh")
    link = bare.run(*words, LANTAI_LOCALE="zh")
    archive = bare.run("check", tmp_path / "a.zip", LANTAI_LOCALE="zh")

    assert "management-register.xlsx：不是 xlsx 工作簿，或文件不完整" in form.err
    assert "链接.txt：是链接或设备，应为文件" in link.err
    assert "文件不是 zip 或 tar" in archive.out
    assert not [told for told in (form.err, link.err, archive.out) if "expected" in told]


def test_archive_that_cannot_be_opened_is_a_finding_as_it_is_at_the_centre(bare: Desk, tmp_path: Path) -> None:
    """R1-31, R1-50."""
    (tmp_path / "notes.zip").write_text("notes")
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
        archive.writestr("a.txt", "a" * 1000)
    (tmp_path / "cut.zip").write_bytes((tmp_path / "whole.zip").read_bytes()[:-30])

    for name in ("notes.zip", "cut.zip"):
        for profile in ("lantai", "none"):
            told = bare.run("check", tmp_path / name, "--profile", profile, "--json")
            assert (told.code, [each["rule"] for each in told.json["findings"]]) == (1, ["archive_refused"])
        assert bare.run("inspect", tmp_path / name).code == 2


def test_inspection_says_what_a_carrier_is_and_holds(bare: Desk, tmp_path: Path) -> None:
    """R1-31."""
    bag = carrier(tmp_path)

    told = bare.ok("inspect", bag, "--json").json
    shown = bare.ok("inspect", bag).out

    assert (told["kind"], told["data_form"], told["files"], told["carrier_number"]) == ("bag", "e_document", 3, "001")
    assert "Unit-Code: JY" in shown
    assert "{" not in shown


@pytest.mark.parametrize("command", ["check", "inspect"])
def test_what_is_not_there_is_named(bare: Desk, tmp_path: Path, command: str) -> None:
    """R1-31."""
    told = bare.run(command, tmp_path / "absent")

    assert (told.code, "does not exist" in told.err) == (2, True)
