"""The benchmarks, once each at a tiny size: they run, they compare like with like, and their JSON has its shape. Nothing is timed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lantai.bench.measure import Comparison, Contender, compare
from lantai.bench.names import BENCHMARKS, measure
from lantai.bench.stopwatch import Stopwatch
from lantai.errors import LantaiError, UsageError

TINY = 0.0005
KEYS = {"name", "size", "ours", "peers", "ratio", "missing", "runs", "worked_on"}
FIGURE_KEYS = {"median_s", "min_s", "max_s", "peak_mib"}

SERVERS = {
    "collect": ("sshd",),
    "look": ("sshd",),
    "scan": ("initdb", "postgres"),
    "load": ("initdb", "postgres"),
}
WORKED_ON = {
    "collect": [("10 x 8 KiB", {"files": 10, "bytes": 81_920}), ("1 x 524.3 KiB", {"files": 1, "bytes": 536_871})],
    "look": [("1 units, nothing new", {"units": 1, "new": 0, "unknown": 0})],
    "seal": [
        (f"524.3 KiB, {words}", {"bytes": 536_871})
        for words in ("encryption alone", "whole pass", "whole pass and read back")
    ],
    "store": [("10 x 8 KiB", {"files": 10, "bytes": 81_920})],
    "scan": [
        ("5,000 records, due for destruction within 82 days, counted", {"records": 5_000, "due": 46}),
        ("5,000 records, due for destruction within 82 days, fetched", {"records": 5_000, "due": 46}),
        ("5,000 records, due for destruction within 1 days, fetched", {"records": 5_000, "due": 0}),
        ("5,000 records, due for transfer within 82 days, fetched", {"records": 5_000, "due": 11}),
    ],
    "load": [("500 records", {"records": 500})],
    "worksheet": [("50 rows", {"rows": 50})],
    "validate": [("1 carrier of 50 rows", {"rows": 50, "rows_with_faults": 0})],
}


def _benchmark(name: str) -> object:
    marks = [pytest.mark.server(*SERVERS[name])] if name in SERVERS else []
    return pytest.param(name, marks=marks)


@pytest.mark.slow
@pytest.mark.parametrize("name", [_benchmark(name) for name in BENCHMARKS])
def test_ours_and_every_installed_peer_work_on_the_same_bytes(name: str) -> None:
    results = list(measure(name, TINY, runs=1))

    assert [(result.name, result.size) for result in results] == [(name, size) for size, _ in WORKED_ON[name]]
    for result, (_, expected) in zip(results, WORKED_ON[name], strict=True):
        assert expected.items() <= dict(result.worked_on).items()
        _require_shape(json.loads(json.dumps(result.as_json())))


def _require_shape(told: dict) -> None:
    assert set(told) == KEYS
    assert told["runs"] == 1
    for figure in (told["ours"], *told["peers"].values()):
        assert set(figure) == FIGURE_KEYS
        assert 0 < figure["min_s"] <= figure["median_s"] <= figure["max_s"]
        assert figure["peak_mib"] > 1
    assert set(told["ratio"]) == set(told["peers"])
    assert not set(told["missing"]) & set(told["peers"])


def count(watch: Stopwatch, folder: Path, amount: int) -> dict[str, int]:
    """A contender of this test: counts, and writes what it counted where it may."""
    with watch:
        (folder / "counted").write_text(str(sum(range(amount))))
    return {"amount": amount}


def _counting(name: str, amount: int, *programs: str) -> Contender:
    return Contender(name, f"{__name__}:count", {"amount": amount}, programs)


def test_contender_that_worked_on_other_bytes_ends_the_benchmark(tmp_path: Path, monkeypatch: object) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    comparison = Comparison("counting", "10", _counting("ours", 10), (_counting("lazy", 9),))

    with pytest.raises(LantaiError, match=r"found lazy working on .*9.*, expected .*10"):
        compare(comparison, tmp_path, 1)


def test_peer_that_is_not_installed_is_named_and_the_others_take_turns_at_going_first(
    tmp_path: Path, monkeypatch: object
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    peers = (_counting("plain", 10), _counting("absent", 10, "no-such-program"))
    turns = []

    found = compare(Comparison("counting", "10", _counting("ours", 10), peers), tmp_path, 2, lambda *t: turns.append(t))

    assert found.missing == ("absent",)
    assert set(found.peers) == {"plain"}
    assert turns == [
        ("counting ours", 0, 4),
        ("counting plain", 1, 4),
        ("counting plain", 2, 4),
        ("counting ours", 3, 4),
    ]
    assert list(tmp_path.iterdir()) == []


def test_contender_that_fails_is_named_with_its_last_words(tmp_path: Path) -> None:
    broken = Contender("ours", "lantai.bench.collect:nothing_of_that_name")

    with pytest.raises(LantaiError, match=r"ours: ended with 1: .*nothing_of_that_name"):
        compare(Comparison("broken", "", broken), tmp_path, 1)


def test_unknown_benchmark_is_a_usage_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="found 'speed', expected one of collect, look, seal"):
        list(measure("speed", TINY))
