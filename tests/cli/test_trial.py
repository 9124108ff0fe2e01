"""The commands one tries Lantai with: what they refuse; the demo itself has its own tests."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from desks import Desk
from lantai.bench.names import BENCHMARKS, SHARES
from lantai.cli.bench import NAMES, Size
from lantai.locales import LOCALES, words


def test_help_of_bench_names_every_benchmark_and_size() -> None:
    told = [set(re.findall("[a-z]+", words(locale)["help"]["bench"]["name"])) for locale in LOCALES]

    assert tuple(BENCHMARKS) == NAMES
    assert all(set(NAMES) <= each for each in told)
    assert {size.value for size in Size} == set(SHARES)


@pytest.mark.parametrize(
    ("line", "said"), [(("sing",), "expected one of collect, look"), (("look", "--size", "huge"), "'huge'")]
)
def test_benchmark_that_is_none_is_refused(onlooker: Desk, line: tuple[str, ...], said: str) -> None:
    told = onlooker.run("bench", *line)

    assert (told.code, said in told.err) == (2, True)


def test_demo_never_empties_a_real_centre(desk: Desk, tmp_path: Path) -> None:
    real = replace(desk, is_demo=False)
    (real.home / "DEMO").unlink()
    before = sorted(real.home.rglob("*"))

    for options, said in (
        ((), "found files that no demo made"),
        (("--corpus", tmp_path / "absent"), "does not exist"),
        (("--today", "one day"), "expected a date like 2026-03-02"),
        (("--locale", "fr"), "'fr' is not one of 'zh', 'en'"),
    ):
        told = real.run("demo", *options)
        assert (told.code, said in told.err) == (2, True), told

    assert sorted(real.home.rglob("*")) == before


def test_pages_are_not_served_over_nothing(bare: Desk) -> None:
    told = bare.run("serve", "--for", 1)

    assert (told.code, "lantai init" in told.err) == (3, True)
    assert bare.run("serve", "--port", 70000).code == 2
    assert not bare.home.exists()
