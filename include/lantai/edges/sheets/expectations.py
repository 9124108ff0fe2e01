"""The one edge to great-expectations: column checks over a catalogue.

What is checked comes as neutral checks and goes back as neutral answers; no
value of a catalogue leaves here, only places of rows and columns. An error of the
library is never an answer about the package.

Source: reliability.md, "Facts" on great-expectations; performance.md, "Completeness checks".
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from lantai.errors import ValidationUnavailableError
from lantai.records.intake.catalogue_entry import CatalogueRow

_NOISY = ("great_expectations", "great_expectations.core", "great_expectations.data_context")


class CheckKind(StrEnum):
    """What a check asks of the cells of a column; blank cells are a matter of `FILLED` alone."""

    FILLED = "filled"
    MATCHES = "matches"
    ONE_OF = "one_of"
    UNIQUE = "unique"


@dataclass(frozen=True, slots=True)
class ColumnCheck:
    """One check of one column.

    Attributes:
        rule: Name of the finding that follows when it is not met.
        column: Attribute of `CatalogueRow`.
        kind: What is asked.
        pattern: For `MATCHES`, the whole cell.
        words: For `ONE_OF`.
    """

    rule: str
    column: str
    kind: CheckKind
    pattern: str = ""
    words: tuple[str, ...] = ()


class Unmet(NamedTuple):
    """A check that some rows do not meet.

    Attributes:
        rule: As the check names it.
        column: The same; empty when the table as a whole does not meet it.
        places: Where the rows stand among those that were handed in, from 0: on two sheets two rows have the same number. Empty
            when the table as a whole does not meet it.
    """

    rule: str
    column: str
    places: tuple[int, ...]


def check_catalogue(
    rows: Sequence[CatalogueRow], checks: Sequence[ColumnCheck], *, empty_rule: str = "catalogue_empty"
) -> list[Unmet]:
    """Return the checks that a catalogue does not meet, with the places of its rows.

    Args:
        rows: The catalogue; a table without rows is reported under `empty_rule`, for it would pass every column check.
        checks: What is asked.
        empty_rule: See `rows`.

    Raises:
        ValidationUnavailableError: The library failed; nothing is known about the package.
    """
    try:
        results = _run(rows, checks)
    except ValidationUnavailableError:
        raise
    except Exception as error:  # whatever the library raises is an outage, never a verdict
        raise ValidationUnavailableError(f"great-expectations: {type(error).__name__} while checking") from error
    if len(results) != len(checks) + 2:
        raise ValidationUnavailableError(f"great-expectations: {len(results)} answers, expected {len(checks) + 2}")
    unmet = []
    for result in results:
        marker = result.expectation_config.meta or {}
        _raise_on_exception(result)
        if result.success:
            continue
        if marker.get("number") is None:
            unmet.append(Unmet(empty_rule, "", ()))
            continue
        check = checks[marker["number"]]
        listed = result.result.get("unexpected_index_list")
        if not listed:
            raise ValidationUnavailableError(f"great-expectations: {check.rule} fails without naming a row")
        unmet.append(Unmet(check.rule, check.column, tuple(sorted(int(place) for place in listed))))
    return unmet


def _run(rows: Sequence[CatalogueRow], checks: Sequence[ColumnCheck]) -> list[Any]:
    gx, gxe, pandas = _libraries()
    columns = sorted({check.column for check in checks})
    # None stands for a blank cell: the library counts an empty string as a value.
    cells = {name: [_text(getattr(row, name)) or None for row in rows] for name in columns}
    frame = pandas.DataFrame(cells, index=range(len(rows)), columns=columns, dtype=object)
    expectations = [
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectTableColumnsToMatchSet(column_set=columns, exact_match=True),
    ]
    expectations += [_expectation(gxe, number, check) for number, check in enumerate(checks)]
    context = _context(gx)
    source = context.data_sources.add_or_update_pandas("catalogue")
    asset = source.add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="catalogue", expectations=expectations)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(batch.validate(suite, result_format="COMPLETE").results)


def _expectation(gxe: ModuleType, number: int, check: ColumnCheck) -> Any:  # noqa: ANN401 - a class of an untyped library
    meta = {"number": number}
    if check.kind is CheckKind.FILLED:
        return gxe.ExpectColumnValuesToNotBeNull(column=check.column, meta=meta)
    if check.kind is CheckKind.MATCHES:
        # Groups are taken out of the pattern: pandas warns of every one.
        plain = re.sub(r"\(\?P<\w+>", "(?:", check.pattern)
        return gxe.ExpectColumnValuesToMatchRegex(column=check.column, regex=rf"\A(?:{plain})\Z", meta=meta)
    if check.kind is CheckKind.ONE_OF:
        return gxe.ExpectColumnValuesToBeInSet(column=check.column, value_set=list(check.words), meta=meta)
    return gxe.ExpectColumnValuesToBeUnique(column=check.column, meta=meta)


@cache
def _libraries() -> tuple[ModuleType, ModuleType, ModuleType]:
    """Import the library, which takes seconds and so happens once per process, and quiet it."""
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    import great_expectations
    import great_expectations.expectations
    import pandas as pd

    return great_expectations, great_expectations.expectations, pd


def _context(gx: ModuleType) -> Any:  # noqa: ANN401 - a class of an untyped library
    """Return a context of this call's own, in memory: no files, no progress bars, nothing reported to anybody."""
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _raise_on_exception(result: Any) -> None:  # noqa: ANN401 - a class of an untyped library
    """Raise when the answer is an outage: a plain record of one exception, or one per metric."""
    told = result.exception_info or {}
    several = [told] if "raised_exception" in told else [part for part in told.values() if isinstance(part, dict)]
    if any(part.get("raised_exception") for part in several):
        kind = result.expectation_config.type
        raise ValidationUnavailableError(f"great-expectations: {kind} could not be evaluated")


def _text(value: object) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value).strip()
