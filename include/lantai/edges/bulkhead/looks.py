"""Looks at the outboxes of many units, a few at a time; each is told as it ends.

A look that failed says "unknown", never "nothing there".

Source: ADR 18.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from lantai.edges.bulkhead.open_lines import Lines
from lantai.edges.bulkhead.patience import USUAL_PACE, Pace
from lantai.edges.connections import PREFIX, Connection
from lantai.edges.intake.outbox import PackageSeen
from lantai.errors import ConnectionConfigError, LantaiError, UnexpectedError
from lantai.records.intake.package import Package
from lantai.records.text.words import Words


@dataclass(frozen=True, slots=True)
class OutboxLook:
    """What one look at one unit's outbox saw; with an `error` it saw nothing, and nothing is known.

    Attributes:
        unit_code: Whose outbox.
        packages: What lies there, without the names of the files.
        strays: Names below the unit's folder of what lies there and is no package of a year that is known.
        lacks: What each package that is news still lacks; None for a whole one.
        error: What kept us from looking.
    """

    unit_code: str
    packages: list[PackageSeen] = field(default_factory=list)
    strays: list[bytes] = field(default_factory=list)
    lacks: Mapping[Package, Words | None] = field(default_factory=dict)
    error: LantaiError | None = None


def look_all(
    lines: Lines,
    connections: Mapping[str, Connection | ConnectionConfigError],
    filing_years: Collection[int],
    *,
    known_years: Collection[int] | None = None,
    known_states: Mapping[str, Mapping[Package, bool]] | None = None,
    pace: Pace = USUAL_PACE,
    parallel: int = 16,
) -> Iterator[OutboxLook]:
    """Look at the outboxes of all units, several at a time; one that fails stops no other.

    Args:
        lines: What opens a line to each.
        connections: By connection id, as `read_connections` gives them; only `sftp_<unit_code>` are looked at.
        filing_years: Which years' folders.
        known_years: Years that were ever opened: a folder of any other is a stray. None is `filing_years`.
        known_states: By unit code, packages that need no second question, each with whether it is whole.
        pace: How slow is too slow; its share is one unit's.
        parallel: Units looked at at once, 1 or more.

    Yields:
        One look per unit, as each ends.

    Source: I8, S4, S5.
    """
    years = sorted(set(filing_years))
    known = sorted(years if known_years is None else known_years)

    is_over = threading.Event()

    def look_at(name: str) -> OutboxLook:
        unit_code, connection = name.removeprefix(PREFIX), connections[name]
        if is_over.is_set():
            return OutboxLook(unit_code)
        if isinstance(connection, ConnectionConfigError):
            return OutboxLook(unit_code, error=connection)
        try:
            with lines.open(connection, pace) as line:
                states = (known_states or {}).get(unit_code, {})
                return OutboxLook(unit_code, *line.look(years, known, states))
        except LantaiError as error:
            return OutboxLook(unit_code, error=error)
        except Exception as error:  # noqa: BLE001 - whatever it was, it ends this unit's look alone
            return OutboxLook(unit_code, error=UnexpectedError(f"{unit_code}: {type(error).__name__}: {error}"))

    names = sorted(name for name in connections if name.startswith(PREFIX))
    with ThreadPoolExecutor(parallel, thread_name_prefix="look") as pool:
        looks = [pool.submit(look_at, name) for name in names]
        try:
            for done in as_completed(looks):
                yield done.result()
        except BaseException:
            # Whoever stops listening does not wait for servers: what is under way ends with its line.
            is_over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            lines.close()
            while not all(look.done() for look in looks):
                # One that was just about to begin has opened a line behind that.
                lines.close()
                time.sleep(0.02)
            raise
