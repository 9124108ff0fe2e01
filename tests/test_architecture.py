"""The rooms and their doors: the tree as it is, and, rule by rule, a made-up tree that breaks it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from addresses import circles, misplaced
from covered import empty_claims, untested
from doors import DATA, LIBRARIES, MOST_DAG_LINES, PACKAGE, breaches

ROOT = Path(__file__).resolve().parents[1]
TREES = ("include/lantai", "dags", "plugins")
STEP = "include/lantai/journey/custody/seal.py"
GOOD_DAG = '@dag(schedule=None, **shape("year", task_hours=1, run_hours=2))\ndef open_year(): ...\n'


def read_tree():
    files = [path for top in TREES for path in sorted((ROOT / top).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


def read_tests():
    files = sorted((ROOT / "tests").rglob("*.py"))
    return read_tree() | {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_every_room_keeps_its_doors_shut():
    tree = read_tree()

    found = breaches(tree)

    assert len(tree) > 200
    assert found == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("records/x.py", "from lantai.rules.disposal.retention import due_on"),
        ("records/x.py", "from lantai.settings import Settings"),
        ("rules/x.py", "from lantai.formats import bag"),
        ("rules/x.py", "from lantai.edges.clock import Clock"),
        ("rules/x.py", "from lantai import edges"),
        ("formats/x.py", "import lantai.edges.sftp.connect"),
        ("formats/x.py", "from lantai.rules.disposal.retention import due_on"),
        ("edges/x.py", "def f():\n    from lantai.rules.intake.scope import check_classification"),
        ("edges/registry/x.py", "from lantai.journey.custody.seal import seal"),
        ("journey/x.py", "from lantai.tasks.form import years"),
        ("journey/x.py", "from lantai.cli.terminal.screen import answer"),
        ("tasks/x.py", "from lantai.demo.county.units import UNITS"),
        ("locales/__init__.py", "from lantai.formats import form"),
        ("errors.py", "from lantai.records.intake.finding import Finding"),
        ("__init__.py", "from lantai.errors import LantaiError"),
        ("rules/x.py", "from . import retention"),
    ],
)
def test_import_through_a_shut_door_is_found(path, source):
    assert breaches({PACKAGE + path: source})


def test_every_module_lies_where_its_idea_is():
    assert misplaced(read_tree()) == []


@pytest.mark.parametrize(
    "path",
    [
        "include/lantai/journey/notify.py",
        "include/lantai/edges/misc/notify.py",
        "include/lantai/formats/letter.py",
        "include/lantai/helpers.py",
        "include/lantai/misc/notify.py",
        "include/lantai/pages/approvers.py",
        "include/lantai/edges/registry/notify.py",
        "include/lantai/edges/sftp/more/notify.py",
        "include/lantai/tasks/more/notify.py",
        "include/lantai/journey/disposal/utils/notify.py",
    ],
)
def test_module_without_an_address_is_found(path):
    assert [found.split(": ")[0] for found in misplaced([path])] == [path]


def test_folder_in_which_nobody_finds_anything_is_found():
    crowd = [f"include/lantai/journey/intake/step_{number}.py" for number in range(16)]

    assert misplaced(crowd) == ["include/lantai/journey/intake: 16 modules, expected 15 at most"]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("include/lantai/journey/x.py", "from airflow.sdk import task"),
        ("include/lantai/pages/x.py", "from lantai.views.disposal.disposal_list import show"),
        ("include/lantai/tasks/x.py", "def f():\n    import airflow"),
        ("include/lantai/journey/x.py", "def f():\n    import pandas as pd"),
        ("include/lantai/rules/x.py", "import sqlalchemy"),
        ("include/lantai/journey/x.py", "from sqlalchemy import Connection, select"),
        ("include/lantai/journey/x.py", "from cryptography.hazmat.primitives import hashes"),
        ("include/lantai/edges/intake/outbox.py", "import paramiko"),
        ("include/lantai/edges/sftp/connect.py", "import leftpad"),
        ("dags/x.py", GOOD_DAG + "import requests"),
    ],
)
def test_library_outside_its_short_list_is_found(path, source):
    assert breaches({path: source})


@pytest.mark.parametrize(
    ("path", "library"),
    [
        ("edges/sheets/expectations.py", "great_expectations"),
        ("edges/sheets/expectations.py", "pandas"),
        ("formats/papers/form.py", "typst"),
        ("demo/documents/docx.py", "docx"),
    ],
)
def test_heavy_library_at_the_top_of_a_module_is_found(path, library):
    at_top, inside = f"import {library}", f"def f():\n    import {library}"
    for_types = f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {library}"

    assert breaches({PACKAGE + path: at_top}) == [
        f"{PACKAGE}{path}:1: {library} is heavy: import it inside the function that uses it"
    ]
    assert breaches({PACKAGE + path: inside}) == []
    assert breaches({PACKAGE + path: for_types}) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("include/lantai/edges/x.py", "import os\nhome = os.environ['HOME']"),
        ("include/lantai/cli/x.py", "from os import getenv"),
        ("include/lantai/journey/x.py", "import os\nhome = os.getenv('HOME')"),
        ("plugins/x.py", "import os\nhome = os.environ"),
    ],
)
def test_environment_read_outside_the_settings_is_found(path, source):
    assert any("environment" in what for what in breaches({path: source}))


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\nnow = datetime.now()",
        "import datetime as dt\ntoday = dt.date.today()",
        "from datetime import date\ntoday = date.today()",
        "import time\nnow = time.time()",
        "from time import time",
        "import time\nnow = time.strftime('%Y')",
    ],
)
@pytest.mark.parametrize("path", ["edges/x.py", "journey/x.py", "demo/x.py", "bench/x.py", "settings.py"])
def test_clock_read_outside_its_edge_is_found(path, source):
    assert any("clock" in what for what in breaches({PACKAGE + path: source}))


def test_stopwatch_is_no_clock():
    source = "import time\nstarted = time.monotonic()\ntook = time.perf_counter()"

    assert breaches({f"{PACKAGE}journey/x.py": source}) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("formats/x.py", "text = open('x').read()"),
        ("rules/x.py", "from pathlib import Path\ntext = Path('x').read_text()"),
        ("journey/x.py", "def f(folder):\n    folder.mkdir(parents=True)"),
        ("journey/x.py", "def f(path):\n    return path.exists()"),
        ("journey/x.py", "def f(path):\n    with path.open('rb') as stream: ..."),
        ("journey/x.py", "def f(path):\n    return path.stat().st_size"),
        ("formats/x.py", "import tarfile\ndef f(path):\n    return tarfile.open(path)"),
        ("cli/x.py", "def f(path):\n    path.write_bytes(b'')"),
        ("tasks/x.py", "import socket"),
        ("journey/x.py", "import shutil"),
        ("rules/x.py", "import sqlite3"),
        ("formats/x.py", "import subprocess"),
        ("journey/x.py", "from urllib.request import urlopen"),
        ("locales/__init__.py", "def f(path):\n    path.write_text('')"),
    ],
)
def test_disk_or_line_touched_outside_the_edges_is_found(path, source):
    assert breaches({PACKAGE + path: source})


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("edges/x.py", "def f(path):\n    return path.read_bytes()"),
        ("demo/x.py", "def f(path):\n    path.write_text('')"),
        (
            "locales/__init__.py",
            "from importlib.resources import files\nwords = files(__package__).joinpath('a').read_text()",
        ),
        ("journey/x.py", "from lantai.edges import folder\ndef f(path):\n    return folder.read_bytes(path)"),
        ("journey/x.py", "def f(centre):\n    return centre.quarantine.open('SL2025-JY-E001-R1', 1)"),
        ("formats/x.py", "import tarfile\ndef f(stream):\n    return tarfile.open(fileobj=stream)"),
    ],
)
def test_reading_through_an_edge_is_no_breach(path, source):
    assert breaches({PACKAGE + path: source}) == []


def test_dag_that_is_long_or_shapeless_or_heavy_to_parse_is_found():
    long = GOOD_DAG + "\n" * MOST_DAG_LINES
    shapeless = "@dag(schedule=None)\ndef open_year(): ...\n"
    heavy = "from lantai.tasks import open_filing_year\n" + GOOD_DAG
    reaching = GOOD_DAG + "def f():\n    from lantai.journey.year.open_year import open_year\n"

    cases = {"long": long, "shapeless": shapeless, "heavy": heavy, "reaching": reaching}
    found = {name: breaches({"dags/x.py": source}) for name, source in cases.items()}

    assert breaches({"dags/x.py": GOOD_DAG}) == []
    assert {name: len(whats) for name, whats in found.items()} == dict.fromkeys(found, 1)
    assert "80" in found["long"][0]
    assert "shape" in found["shapeless"][0]
    assert "parsed" in found["heavy"][0]
    assert "door" in found["reaching"][0]


def test_every_library_of_the_lists_is_used_where_it_may_be():
    """A list that outlives its library would let it come back unseen."""
    everything = "\n".join(read_tree().values())

    unused = [name for name in LIBRARIES if f"import {name}" not in everything and f"from {name}" not in everything]

    assert unused == []


def test_text_from_outside_is_spelt_in_one_place_whose_time_is_bounded():
    """S5: normal forms take the square of the marks on one letter; `records.text.spelling` does not."""
    bare = [path for path, source in read_tree().items() if "unicodedata.normalize(" in source]

    assert [path for path in bare if "/demo/" not in path] == ["include/lantai/records/text/spelling.py"]


MOST_LINES = 300
LONGER = {
    "include/lantai/errors.py": "one vocabulary, a few lines a word",
    "include/lantai/formats/papers/form_content.py": "the fields of every paper, and nothing but fields",
    "include/lantai/demo/documents/prose.py": "texts of sample documents",
}
"""Files that are longer than a file should be, each with its reason; a few lines over are told by nobody."""


def test_file_that_has_grown_past_its_idea_is_found():
    lines = {path: source.count("\n") for path, source in read_tree().items()}

    longer = {path for path, count in lines.items() if count > MOST_LINES + MOST_LINES // 20}

    assert longer <= LONGER.keys()
    assert all(lines[path] > MOST_LINES for path in LONGER)


def test_head_of_a_folder_holds_no_code():
    """What lies in an `__init__.py` has no address; data that the package ships are read in theirs."""
    found = [
        f"{path}:{node.lineno}"
        for path, source in read_tree().items()
        if path.endswith("/__init__.py")
        and path.removeprefix(PACKAGE).split("/")[0] not in {*DATA, "cli", "__init__.py"}
        for node in ast.parse(source).body
        if not isinstance(node, ast.Expr | ast.Import | ast.ImportFrom | ast.Assign)
    ]

    assert found == []


def test_no_sub_room_leans_back_on_one_that_leans_on_it():
    """A house that is read room by room has no circle of rooms either."""
    mine = {
        f"{PACKAGE}edges/keys/files.py": "from lantai.edges.custody.vault import Vault",
        f"{PACKAGE}edges/custody/vault.py": "def f():\n    from lantai.edges.files import folder",
        f"{PACKAGE}edges/files/folder.py": "from lantai.edges.keys.files import Signer",
        f"{PACKAGE}edges/centre.py": "from lantai.edges.keys.files import Signer",
    }

    assert circles(mine) == ["edges/custody -> edges/files -> edges/keys -> edges/custody"]
    assert circles(read_tree()) == []


def test_every_step_and_every_edge_has_a_test_of_its_name_or_one_that_says_so():
    tree = read_tests()

    assert (untested(tree), empty_claims(tree)) == ([], [])


@pytest.mark.parametrize(
    ("test", "source"),
    [
        ("tests/journey/custody/test_seal.py", "def test_it(): ..."),
        (
            "tests/stories/test_intake.py",
            '"""A story.\n\nCovers: journey.custody.seal.\n"""\nfrom lantai.journey.custody.seal import seal',
        ),
        (
            "tests/stories/test_intake.py",
            '"""A story.\n\nCovers: journey.custody.seal.\n\nMore."""\ndef test_it():\n    import house',
        ),
    ],
    ids=["name", "story", "helper"],
)
def test_module_is_tested_by_its_name_or_by_a_story_that_gets_to_it(test, source):
    tree = {STEP: "", "tests/house.py": "from lantai.journey.custody import seal", test: source}

    assert (untested(tree), empty_claims(tree)) == ([], [])


@pytest.mark.parametrize(
    ("test", "source"),
    [
        ("tests/journey/test_seal.py", "def test_it(): ..."),
        ("tests/journey/custody/test_seal.py", "from lantai.journey.custody.seal import seal"),
        ("tests/liar.py", '"""Covers: journey.custody.seal."""\nfrom lantai.journey.custody.seal import seal'),
        ("tests/journey/intake/test_seal.py", "from lantai.journey.custody.seal import seal"),
        ("tests/stories/test_intake.py", '"""Covers what journey.custody.seal does."""'),
        ("tests/stories/test_intake.py", 'def test_it():\n    """Covers: journey.custody.seal."""'),
    ],
)
def test_module_without_a_test_of_its_name_at_its_address_is_found(test, source):
    assert untested({STEP: "", test: source}) == ["journey.custody.seal"]


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("journey.custody.sealing", "from lantai.journey.custody import seal", "is no module"),
        ("rules.seal", "from lantai.rules import seal", "is no module"),
        ("journey.custody.seal", "from lantai.journey.custody import store", "is not reached"),
        ("edges.clock", "from lantai.edges import clock", "has a test of its name"),
    ],
)
def test_claim_of_a_story_that_holds_nothing_is_found(name, source, found):
    modules = {STEP: "", "include/lantai/edges/clock.py": "", "include/lantai/rules/seal.py": ""}
    story = f'"""A story.\n\nCovers: {name}.\n"""\n{source}'
    tree = {**modules, "tests/edges/test_clock.py": "", "tests/stories/test_intake.py": story}

    assert [what for what in empty_claims(tree) if found in what and name in what]


def test_what_a_module_starts_as_a_script_is_reached():
    child = 'from pathlib import Path\nCHILD = Path(__file__).with_name("archive_child.py")'
    story = '"""A story.\n\nCovers: edges.intake.archive_child.\n"""\nfrom lantai.edges.intake.archive import open_it'
    tree = {
        "include/lantai/edges/intake/archive.py": child,
        "include/lantai/edges/intake/archive_child.py": "",
        "tests/edges/intake/test_archive.py": "def test_it(): ...",
        "tests/stories/test_intake.py": story,
    }

    assert (untested(tree), empty_claims(tree)) == ([], [])
