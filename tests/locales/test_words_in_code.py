"""Words that people read are in locales; what Chinese the code still has is read by it, or signed, and named here."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import lantai

ROOT = Path(lantai.__file__).parent
CHINESE = re.compile("[\u4e00-\u9fff]")
STAGES = ("demo/", "bench/", "manual/")
"""They play people who write Chinese, measure, and write docs/."""
READ_OR_SIGNED = {
    "edges/airflow/home.py": "the name of the program, on Airflow's pages",
    "formats/bag/digest_list.py": "file names that packages are read by",
    "formats/intake/catalogue.py": "names of columns that catalogues are read by",
    "formats/papers/text_table.py": "where a line may be broken",
    "formats/workbooks/sheet_style.py": "names of fonts",
    "formats/workbooks/worksheet.py": "what is typed into a cell",
    "journey/intake/checks/locate_documents.py": "file names that packages are read by",
    "records/custody/record.py": "the name of a column about the classification",
    "records/intake/carrier.py": "the range of Han letters",
    "records/intake/submission.py": "signs that are typed for a hyphen",
    "rules/disposal/appraisal.py": "periods as they stand in what people signed",
    "rules/disposal/carrying_out.py": "names of a region",
    "rules/disposal/retention.py": "periods that catalogues are read by",
    "rules/intake/catalogue_entry.py": "cells that catalogues are read by",
    "rules/intake/scope.py": "words that tell a classified record",
    "rules/intake/secrecy_mark.py": "marks of secrecy",
    "rules/year/calendar.py": "days as people write them",
    "settings.py": "the centre's name where none is set",
    "views/disposal/laid_out.py": "what people signed: its digest may not change with a word",
}
"""By module, why it has Chinese of its own. A new one is a sentence that belongs into locales, nearly always."""


def strings_in(path: Path) -> list[str]:
    """Return the strings of a module; what documents it is none."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {
        id(each.value)
        for node in ast.walk(tree)
        for each in (node.body if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) else [])
        if isinstance(each, ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents
    ]


def chinese_in(path: Path) -> list[str]:
    """Return the strings of a module with Chinese in them."""
    return [text for text in strings_in(path) if CHINESE.search(text)]


def test_program_has_no_chinese_of_its_own_but_what_it_reads_or_people_signed() -> None:
    """R1-50."""
    paths = [path for path in ROOT.rglob("*.py") if not path.relative_to(ROOT).as_posix().startswith(STAGES)]

    found = {path.relative_to(ROOT).as_posix() for path in paths if chinese_in(path)}

    assert len(paths) > 250
    assert found == set(READ_OR_SIGNED)


FULL_WIDTH = re.compile("[\u3000-\u303f\uff00-\uffef]")
BLANK = "\u3000"
"""The blank between two words of a title, or where something is filled in by hand; it says nothing."""
MARKS_READ = {
    "cli/centre/units.py": {"；"},
    "cli/disposal/list_act.py": {"，"},
    "cli/disposal/schedule.py": {"；"},
    "cli/terminal/exit.py": {r"([，。；：、）])(?=\S)"},
    "formats/intake/catalogue.py": {r"[;；|\n\r]+"},
    "formats/intake/csv_table.py": {"，"},
    "formats/intake/workbook_notes.py": {"＆"},
    "formats/papers/form.py": {"〔U+", "〕"},
    "locales/__init__.py": {",，"},
    "rules/intake/archival_code.py": {
        "\u2022\u2027\u22c5\u30fb\uff65\u2219\u0387\uff0e",
        "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d",
    },
    "rules/intake/secrecy_mark.py": {
        "[\\W\u115f\u1160\u3164\uffa0]*",
        r"[(\[{【〔〖「『]",
        r"[)\]}】〕〗」』]",
        r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029;；|｜\t,]+",
    },
    "tasks/form.py": {r"[\s,，、;；]+"},
    "tasks/unit_report.py": {"：", "；"},
}
"""Marks that are typed, filed or broken at, string by string. A glyph that no font has is shown in 〔〕; a log is in both languages, Chinese first."""


def test_program_puts_no_full_width_mark_of_its_own_between_what_people_read():
    """R1-50: a reader of English gets no Chinese comma between two values."""
    paths = [path for path in ROOT.rglob("*.py") if not path.relative_to(ROOT).as_posix().startswith(STAGES)]

    found = {
        path.relative_to(ROOT).as_posix(): {
            text for text in strings_in(path) if FULL_WIDTH.search(text.replace(BLANK, "")) and not CHINESE.search(text)
        }
        for path in paths
    }

    assert {name: texts for name, texts in found.items() if texts} == MARKS_READ


COMMAND = ROOT / "cli"
TYPED = {"centre/units.py", "disposal/list_act.py", "disposal/schedule.py"}
"""A list may be typed or filled in with a full-width comma or semicolon."""
BROKEN = {"terminal/exit.py"}
"""Where a line of Chinese may be broken."""


def test_command_has_no_chinese_of_its_own_in_strings_docstrings_or_comments():
    """R1-50."""
    texts = {path.relative_to(COMMAND).as_posix(): path.read_text("utf-8") for path in COMMAND.rglob("*.py")}

    assert len(texts) > 25
    assert [path for path, text in texts.items() if CHINESE.search(text)] == []
    assert {path for path, text in texts.items() if FULL_WIDTH.search(text)} == TYPED | BROKEN
