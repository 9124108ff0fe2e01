"""A folder of real documents made into filings: which carrier each one goes into, or why it goes into none.

Only the plan: what the files hold has been read before, and packing, sending
and taking in come after. Units are the issuing bodies, one carrier per body and
year; the period comes from the table `retention_by_kind.toml`.

Source: rules N4, N5.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import PurePosixPath

from lantai.records.custody.record import Retention

COLUMNS = ("issuing_body", "title", "doc_no", "date", "file", "sha256")
DEPARTMENT = "ZH"
"""综合: a corpus does not say which department of a body filed a document."""

EARLIEST_YEAR = 1949
_BRACKETS_AT_END = re.compile(r"[（(【\[][^（()）\[\]【】]*[)）\]】]\s*$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODES_PER_LETTER = 1000


@dataclass(frozen=True, slots=True)
class Source:
    """One row of the folder's catalogue, with what was found under its name.

    Attributes:
        row_no: Row below the heading, from 1.
        found_sha256: Digest of the file that is there; None when there is none.
    """

    row_no: int
    issuing_body: str
    title: str
    doc_no: str
    date: str
    file: str
    sha256: str
    found_sha256: str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A document with its place in a carrier."""

    source: Source
    archival_code: str
    formed_on: date
    retention: Retention


@dataclass(frozen=True, slots=True)
class PlannedCarrier:
    """What one body files for one year."""

    unit_code: str
    body: str
    fonds_no: str
    year: int
    documents: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All carriers, and the documents that go into none with the reason in words."""

    carriers: tuple[PlannedCarrier, ...]
    left_out: tuple[tuple[Source, str], ...]

    @property
    def bodies(self) -> dict[str, tuple[str, str]]:
        """Unit code -> (name of the body, fonds number)."""
        return {carrier.unit_code: (carrier.body, carrier.fonds_no) for carrier in self.carriers}

    @property
    def first_years(self) -> dict[str, int]:
        """Unit code -> the year of its oldest carrier."""
        return {carrier.unit_code: carrier.year for carrier in reversed(self.carriers)}


def plan(sources: Sequence[Source], today: date) -> Plan:
    """Return which document goes where.

    Args:
        sources: The catalogue's rows.
        today: A year is filed when it is over; documents of this year or later are left out.
    """
    left_out: list[tuple[Source, str]] = []
    fit: list[tuple[Source, date, Retention]] = []
    times_listed = Counter(source.file for source in sources)
    listed_before: set[str] = set()
    for source in sources:
        reason = _fault(source, times_listed, listed_before, today)
        listed_before.add(source.file)
        retention = retention_of(source.title)
        if not reason and retention is None:
            reason = "文种不在保管期限表内 · the title names no kind of the retention table"
        if reason or retention is None:
            left_out.append((source, reason))
        else:
            fit.append((source, date.fromisoformat(source.date), retention))
    # Codes go by name, not by place in the catalogue: sorting the catalogue otherwise changes nothing.
    codes = {body: unit_code(number) for number, body in enumerate(sorted({s.issuing_body for s in sources}), 1)}
    return Plan(tuple(_carriers(fit, codes)), tuple(left_out))


def unit_code(number: int) -> str:
    """Return the short code of the n-th body, from 1: B001 to B999, then C000 and on; it serves as fonds number too.

    Raises:
        ValueError: There are more bodies than four characters can tell apart.
    """
    letter, rest = divmod(number, _CODES_PER_LETTER)
    if number < 1 or letter > ord("Z") - ord("B"):
        raise ValueError(f"body number {number}: expected 1 to 24999")
    return f"{chr(ord('B') + letter)}{rest:03d}"


def retention_of(title: str) -> Retention | None:
    """Return the period of a document by the kind that its title names; None when it names none of the table."""
    plain = title.strip()
    while (shorter := _BRACKETS_AT_END.sub("", plain).strip()) != plain:
        plain = shorter
    words = _periods()
    ending = max((word for word in words if plain.endswith(word)), key=len, default="")
    if ending:
        return words[ending]
    # A kind in the middle of a title counts when nothing stands at its end: 关于…的通知书 and the like.
    within = max((word for word in words if len(word) > 1 and word in plain), key=plain.rfind, default="")
    return words.get(within)


@cache
def _periods() -> Mapping[str, Retention]:
    table = tomllib.loads(resources.files("lantai.demo").joinpath("retention_by_kind.toml").read_text("utf-8"))
    return {word: Retention(kind["retention"]) for kind in table["kind"] for word in kind["words"]}


def _fault(source: Source, times_listed: Counter[str], listed_before: set[str], today: date) -> str:
    """Return why a document cannot be filed, empty when it can."""
    if not source.issuing_body:
        return "未写明发文机关 · no issuing body"
    if not source.title:
        return "未写明题名 · no title"
    path = PurePosixPath(source.file)
    if not source.file or path.is_absolute() or ".." in path.parts or "\\" in source.file:
        return f"文件名不可用 · the file name cannot be used: {source.file!r}"
    if times_listed[source.file] > 1 and source.file in listed_before:
        return "同一文件在目录中出现两次，以首次为准 · the file is listed twice; its first row counts"
    return _date_fault(source.date, today) or _content_fault(source)


def _date_fault(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        return f"日期无法识别 · found date {text!r}, expected one like 2014-05-20"
    if not EARLIEST_YEAR <= day.year < today.year:
        return f"年度不在可报送范围 · found year {day.year}, expected {EARLIEST_YEAR} to {today.year - 1}"
    return ""


def _content_fault(source: Source) -> str:
    if source.found_sha256 is None:
        return "文件不存在 · the file is not there"
    if source.found_sha256 != source.sha256.strip().lower():
        return f"摘要不符 · found sha256 {source.found_sha256}, the catalogue says {source.sha256}"
    return ""


def _carriers(fit: Iterable[tuple[Source, date, Retention]], codes: Mapping[str, str]) -> Iterable[PlannedCarrier]:
    groups: dict[tuple[str, int], list[tuple[Source, date, Retention]]] = defaultdict(list)
    for source, day, retention in fit:
        groups[codes[source.issuing_body], day.year].append((source, day, retention))
    for (code, year), members in sorted(groups.items()):
        numbers: Counter[Retention] = Counter()
        documents = []
        for source, day, retention in sorted(members, key=lambda member: (member[1], member[0].file)):
            numbers[retention] += 1
            archival_code = f"{code}-WS·{year}-{retention.value}-{DEPARTMENT}-{numbers[retention]:04d}"
            documents.append(Planned(source, archival_code, day, retention))
        yield PlannedCarrier(code, members[0][0].issuing_body, code, year, tuple(documents))
