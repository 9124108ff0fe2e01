#!/usr/bin/env python3
"""Break claimed code in some places, one at a time, and see whether a named test falls.

docs/standards.md says which function does what a requirement asks for, and which
tests would fail if it did not. Here that word is tried: a function that a claim
covers is changed in one place, in a copy of the tree, and the tests run that
the table names for the requirements of its module. What none of them notices
is a weak test, or a claim too many. How a function can be changed is in
`mutants`. Run by `make mutate SEED=1`; not part of `make test`.

Source: CONTRIBUTING.md, "Tests".
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType
from typing import NoReturn

from lantai.manual import claims
from mutants import Mutant, functions, mutants
from mutate_runs import NOTHING_LOADS, Copies, Verdict, run_tests, uncollected

ROOT = Path(__file__).resolve().parents[1]
WANTED = 0.9
"""So many of the changes have to be noticed; below it the run ends with 1."""
_LAST = ("tests/stories/", "tests/dags/")
"""Folders of long tests: they run when no shorter one has fallen."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One change, and the tests that ought to notice it.

    Attributes:
        path: The changed module, from the project's folder on.
        mutant: What is changed.
        tests: Named tests, the nearest first.
    """

    path: str
    mutant: Mutant
    tests: tuple[str, ...]


def pick(root: Path, seed: int, count: int, only: str = "") -> list[Trial]:
    """Return so many changes, each of another claimed function while there are some; the same for a seed.

    Args:
        root: Folder of the project.
        seed: Decides which.
        count: How many at most.
        only: A part of the path or of the function's name that they have to have.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    claimed = claims.of_code(root)
    tests = _tests_of(root, claimed)
    names = {path: _functions(root / path) for path in {claim.path for claim in claimed}}
    waiting = sorted(
        {
            (claim.path, name)
            for claim in claimed
            if tests[claim.path]
            for name in names[claim.path]
            if _covers(claim, name) and only in f"{claim.path}::{name}"
        }
    )
    chance.shuffle(waiting)
    changes: dict[tuple[str, str], list[Mutant]] = {}
    picked: list[Trial] = []
    while waiting and len(picked) < count:
        path, name = waiting.pop(0)
        if (path, name) not in changes:
            changes[path, name] = mutants((root / path).read_text(encoding="utf-8"), name)
        left = changes[path, name]
        if left:
            picked.append(Trial(path, left.pop(chance.randrange(len(left))), tests[path]))
            # It comes again when every other one was broken.
            waiting.append((path, name))
    return picked


def _covers(claim: claims.Claim, function: str) -> bool:
    """Return whether a function is what a claim speaks of: by itself, or by its class."""
    return claim.name in {function, function.partition(".")[0]}


def _functions(path: Path) -> list[str]:
    return [name for name, _ in functions(ast.parse(path.read_text(encoding="utf-8")))]


def _tests_of(root: Path, claimed: Iterable[claims.Claim]) -> Mapping[str, tuple[str, ...]]:
    """Return by module the tests that are named for one of its requirements, those first that look nearest and quickest."""
    tests = claims.of_tests(root)
    named: dict[str, set[str]] = {}
    for claim in tests:
        named.setdefault(claim.requirement, set()).add(claim.node)
    ids: dict[str, set[str]] = {}
    for claim in claimed:
        ids.setdefault(claim.path, set()).add(claim.requirement)
    texts = {path: (root / path).read_text(encoding="utf-8") for path in {claim.path for claim in tests}}
    found = {}
    for path, keys in ids.items():
        shared = Counter(node for key in keys for node in named.get(key, ()))
        found[path] = tuple(
            sorted(shared, key=lambda node, path=path, shared=shared: _far(path, node, texts, shared[node]))
        )
    return found


def _far(path: str, node: str, texts: Mapping[str, str], shared: int) -> tuple[bool, bool, bool, bool, int, str]:
    """Return how far a test lies from a module: own file, not slow, importing it, no story, many shared ids."""
    test, _, name = node.partition("::")
    stem = Path(path).stem
    imported = path.removeprefix("include/").removesuffix(".py").replace("/", ".")
    package, _, last = imported.rpartition(".")
    imports = f"from {imported} import" in texts[test] or re.search(rf"from {package} import .*\b{last}\b", texts[test])
    is_slow = re.search(rf"mark\.slow[^\n]*\n(?:@[^\n]*\n)*def {name}\(", texts[test]) is not None
    return Path(test).stem != f"test_{stem}", is_slow, not imports, test.startswith(_LAST), -shared, node


def try_out(copies: Copies, trial: Trial, seconds: int, test_seconds: int, is_over: Event) -> Verdict:
    """Change a module in a free copy, run its tests, and put it back.

    A test that falls in the unchanged copy too has noticed nothing: it is left out, and the others go on.
    """
    copy = copies.free.get()
    path = copy / trial.path
    original = path.read_bytes()
    tests, until = list(trial.tests), time.monotonic() + seconds
    try:
        path.write_text(trial.mutant.source, encoding="utf-8")
        while True:
            verdict = run_tests(copy, tests, max(1, round(until - time.monotonic())), test_seconds, is_over)
            name = verdict.caught_by.partition("[")[0]
            if not name or name == NOTHING_LOADS:
                return verdict
            suspects = [each for each in tests if each.startswith(name)]
            before = tests[: tests.index(suspects[-1]) + 1]
            # The same tests in the same order: one that falls only behind another has noticed nothing either.
            if not run_tests(copies.unchanged, before, seconds, test_seconds, is_over).caught_by:
                return verdict
            tests = [each for each in tests if each not in suspects]
            if not tests:
                return Verdict("", False, 0, verdict.seconds, "every named test falls without any change")
    finally:
        path.write_bytes(original)
        copies.free.put(copy)


def told(trial: Trial, verdict: Verdict) -> str:
    """Return what is said of a trial, in two lines."""
    mutant = trial.mutant
    where = f"{trial.path}:{mutant.line} {mutant.function}  {mutant.what}: {_short(mutant.before)}  →  {_short(mutant.after)}"
    if verdict.caught_by:
        how = " (it took too long)" if verdict.is_by_time else ""
        return f"{where}\n      caught by {verdict.caught_by}{how}, {verdict.seconds:.0f} s"
    after = verdict.remark or f"{verdict.passed_count} cases of {len(trial.tests)} named tests passed"
    return f"{where}\n      SURVIVED: {after}, {verdict.seconds:.0f} s"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else f"{line[:99]}…"


def say(text: str) -> None:
    """Say something at once, also where the screen is a file."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(words: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command and return how it ends: 0 when nine in ten were caught, 1 when not, 2 when nothing could be tried."""
    options = _options().parse_args(words)
    trials = pick(root, options.seed, options.count, options.only)
    if not trials:
        say(f"no claimed function has {options.only!r} in its path or name")
        return 2
    if options.list:
        for trial in trials:
            say(f"{told(trial, Verdict('', False, 0, 0)).splitlines()[0]}\n      {len(trial.tests)} named tests")
        return 0
    say(f"seed {options.seed}: {len(trials)} changes, each in a copy of {root}; Ctrl-C ends and leaves nothing behind")
    survived = []
    with tempfile.TemporaryDirectory(prefix="lantai-mutate-") as folder:
        copies = Copies(root, Path(folder), options.processes)
        copies.make()
        lost = uncollected(copies.unchanged, [test for trial in trials for test in trial.tests])
        if lost:
            say("named tests that pytest does not find; nothing was tried:")
            for line in lost:
                say(f"  {line}")
            return 2
        is_over = Event()
        with ThreadPoolExecutor(options.processes) as pool:
            ways = options.seconds, options.test_seconds, is_over
            running = [pool.submit(try_out, copies, trial, *ways) for trial in trials]
            try:
                for number, (trial, verdict) in enumerate(zip(trials, running, strict=True), start=1):
                    found = verdict.result()
                    say(f"[{number:2d}/{len(trials)}] {told(trial, found)}")
                    survived += [] if found.caught_by else [trial]
            finally:
                is_over.set()
                pool.shutdown(cancel_futures=True)
    return _sum(options.seed, len(trials), survived)


def _sum(seed: int, count: int, survived: Sequence[Trial]) -> int:
    caught = count - len(survived)
    say(f"seed {seed}: {caught} of {count} caught ({100 * caught // count} %)" + (", survived:" if survived else ""))
    for trial in survived:
        say(f"  {trial.path}:{trial.mutant.line} {trial.mutant.function}: {_short(trial.mutant.after)}")
    if caught < WANTED * count:
        say("Fewer than nine in ten: make a named test fail for it, or take back a claim that nothing holds.")
        return 1
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tests/mutate.py",
        description=(
            "Break claimed code in some places, one at a time, in a copy of the tree, and run the tests that docs/standards.md names for the "
            "module's requirements. A change that no named test notices has SURVIVED: the test is weak, or the claim is one too many."
        ),
        epilog=(
            "Ends with 0 when nine in ten were caught, else with 1. A test that takes too long has caught the change; when the time of a change is "
            "over and nothing fell, it has survived. Install what .ci/run installs first: a test that is skipped for want of a server notices nothing."
        ),
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="decides which places are broken; the same seed, the same places (default 1)",
    )
    parser.add_argument("--count", type=int, default=20, help="how many places (default 20)")
    parser.add_argument(
        "--only",
        default="",
        metavar="TEXT",
        help="only functions with this in their path or name, e.g. rules/intake/scope.py",
    )
    parser.add_argument("--list", action="store_true", help="show what would be changed and run nothing")
    parser.add_argument(
        "--processes", type=int, default=1, help="changes tried at once, each in a copy of its own (default 1)"
    )
    parser.add_argument("--seconds", type=int, default=300, help="seconds for one change (default 300)")
    parser.add_argument("--test-seconds", type=int, default=90, help="seconds for one test (default 90)")
    return parser


def _interrupted(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, _interrupted)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("ended; nothing is left behind")
        sys.exit(130)
