"""`lantai pack`, `forms`, `check`, `inspect`: what a department runs before it sends. No registry is opened.

Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantai.cli.terminal.days import read_day
from lantai.cli.terminal.findings import counted, tell_findings
from lantai.cli.terminal.screen import FINDINGS, AsJson, Language, answer, facts, line, locale, progress_bar, word
from lantai.errors import PackageError, UnfitFileError, UsageError
from lantai.locales import refusal
from lantai.records.centre.unit import UNIT_CODE, UNIT_CODE_EXPECTED, DataForm
from lantai.records.custody.record import Retention
from lantai.records.intake.carrier import BackupStrategy
from lantai.records.intake.finding import Finding, is_acceptable, may_be_sent
from lantai.records.text.words import Words
from lantai.views.intake.findings import finding_as_mapping

if TYPE_CHECKING:
    from lantai.settings import Settings


class Profile(StrEnum):
    """What a carrier is held against."""

    LANTAI = "lantai"
    NONE = "none"


Locale = Annotated[
    Language | None,
    typer.Option("--locale", help="given.language", metavar="zh|en"),
]
Carrier = Annotated[Path, typer.Argument(help="given.carrier", exists=True, metavar="PATH")]


def pack(
    unit: Annotated[str, typer.Option("--unit", help="given.unit_code")],
    year: Annotated[int, typer.Option("--year", min=1000, max=9999)],
    form: Annotated[DataForm, typer.Option("--form", metavar="FORM")],
    folder: Annotated[
        Path | None,
        typer.Argument(exists=True, file_okay=False, metavar="FOLDER"),
    ] = None,
    catalogue: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, metavar="FILE")] = None,
    target: Annotated[Path, typer.Option("--out", metavar="FOLDER")] = Path(),
    unit_name: str = "",
    fonds: str = "",
    contact: str = "",
    phone: str = "",
    number: str = "001",
    strategy: Annotated[
        BackupStrategy | None,
        typer.Option(
            metavar="STRATEGY",
        ),
    ] = None,
    base: str = "",
    retention: Annotated[Retention | None, typer.Option(metavar="PERIOD")] = None,
    description: str = "",
    gap: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE"),
    ] = None,
    forms: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, metavar="FOLDER"),
    ] = None,
    zero: str = "",
    on: Annotated[
        date | None,
        typer.Option(parser=read_day, metavar="DATE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a carrier from a folder and a catalogue; checked at once."""
    from lantai.journey.department.fill_forms import values_of_forms
    from lantai.journey.department.pack import pack as make
    from lantai.records.department.pack_order import PackOrder, Sender

    if not UNIT_CODE.fullmatch(unit):
        raise UsageError(f"--unit {unit!r}: expected {UNIT_CODE_EXPECTED}")
    settings = _settings()
    try:
        values = values_of_forms(forms) if forms else {}
    except PackageError as error:
        raise _unfit(error) from error
    sender = Sender(
        unit_code=unit,
        name=unit_name or values.get("unit", unit),
        fonds_no=fonds or values.get("fonds_no", ""),
        contact_name=contact or values.get("contact_name", ""),
        contact_phone=phone or values.get("contact_phone", ""),
    )
    order = PackOrder(
        filing_year=year,
        data_form=form,
        packed_on=on or _today(settings),
        carrier_number=number,
        strategy=strategy,
        base_carrier=base,
        retention=retention,
        description=description,
        declared_gaps=tuple(gap or ()),
        form_values=values,
        zero_signed_by=zero,
    )
    try:
        with progress_bar(word("pack.packing"), as_json=as_json, in_bytes=True) as progress:
            made = make(folder, sender, order, catalogue, target, progress)
    except PackageError as error:
        raise _unfit(error) from error
    findings = _findings_of(made, Profile.LANTAI, settings, as_json=as_json)
    language = locale()

    def text() -> None:
        line(word("pack.made", path=made), "bold")
        tell_findings(findings, language)
        if is_acceptable(findings):
            line(word("pack.ready", year=year), "green")
        elif may_be_sent(findings):
            line(word("pack.ready_but_held", year=year), "green")
        else:
            line(word("pack.to_be_mended"), "yellow")

    payload = {"carrier": str(made), "findings": [finding_as_mapping(finding, language) for finding in findings]}
    answer(payload, text, as_json=as_json)
    if not may_be_sent(findings):
        raise typer.Exit(FINDINGS)


def forms(
    target: Annotated[Path, typer.Option("--out", metavar="FOLDER")],
    language: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Blank forms and catalogue, to be filled in."""
    from lantai.edges.files.folder import refuse_existing, write_file
    from lantai.formats.workbooks.workbook import FORM_KINDS, catalogue_template, unit_form
    from lantai.journey.intake.checks.verify import FORMS

    words = language.value if language else locale()
    made = {target / f"{FORMS[kind]}.xlsx": unit_form(kind, {}, locale=words) for kind in FORM_KINDS}
    made[target / "catalogue.xlsx"] = catalogue_template(words)
    refuse_existing(made)
    for path, content in made.items():
        write_file(path, content)

    def text() -> None:
        for path in made:
            line(str(path))

    answer({"made": [str(path) for path in made]}, text, as_json=as_json)


def check(
    path: Carrier,
    profile: Annotated[
        Profile,
        typer.Option(metavar="lantai|none"),
    ] = Profile.LANTAI,
    language: Locale = None,
    as_json: AsJson = False,
) -> None:
    """Check a carrier before it is sent; names every fault."""
    findings = _findings_of(path, profile, _settings(), as_json=as_json)
    words = language.value if language else locale()
    acceptable = is_acceptable(findings)

    def text() -> None:
        line(str(path), "bold")
        tell_findings(findings, words)
        told = counted(findings, words)
        if acceptable:
            line(f"{word('pack.acceptable')}{f' ({told})' if told else ''}", "green")
        elif may_be_sent(findings):
            line(f"{word('pack.may_be_sent')} ({told})", "green")
        else:
            line(f"{word('pack.not_acceptable')} ({told})", "red")

    payload = {
        "carrier": str(path),
        "acceptable": acceptable,
        "may_be_sent": may_be_sent(findings),
        "findings": [finding_as_mapping(finding, words) for finding in findings],
    }
    answer(payload, text, as_json=as_json)
    if not may_be_sent(findings):
        raise typer.Exit(FINDINGS)


def inspect(path: Carrier, as_json: AsJson = False) -> None:
    """Say what a carrier is and holds."""
    from lantai.journey.department.check_carrier import check_carrier

    try:
        with progress_bar(word("pack.reading"), as_json=as_json, in_bytes=True) as progress:
            found = check_carrier(path, _today(_settings()), is_whole=False, progress=progress).verified
    except PackageError as error:
        raise _unfit(error, path) from error
    size_bytes = sum(each.size_bytes for each in found.payload.values())
    payload = {
        "kind": found.kind.value,
        "bag_info": dict(found.bag_info),
        "data_form": found.data_form.value if found.data_form else None,
        "carrier_number": found.carrier_number,
        "catalogue": found.catalogue_path or None,
        "forms": sorted(found.forms),
        "files": len(found.payload),
        "bytes": size_bytes,
        "papers": list(found.papers),
    }
    form = word(f"values.data_form.{found.data_form.value}") if found.data_form else ""
    pairs: list[tuple[str, object]] = [
        ("heading.kind", word(f"package_kind.{found.kind.value}")),
        ("heading.data_form", form),
        ("heading.carrier_number", found.carrier_number),
        ("heading.catalogue", found.catalogue_path),
        ("heading.files", word("pack.files", count=len(found.payload), size_bytes=size_bytes)),
        ("heading.forms", [word(f"titles.{kind}") for kind in sorted(found.forms)]),
        ("heading.info", [f"{name}: {value}" for name, value in found.bag_info.items()]),
        ("heading.other_files", list(found.papers)),
    ]
    answer(payload, lambda: facts(str(path), pairs), as_json=as_json)


def _findings_of(path: Path, profile: Profile, settings: Settings, *, as_json: bool) -> Sequence[Finding]:
    """Return everything wrong with a carrier in one go (R1-50)."""
    from lantai.journey.department.check_carrier import bagit_findings_of, findings_of

    with progress_bar(word("pack.checking"), as_json=as_json, in_bytes=True) as progress:
        if profile is Profile.NONE:
            return bagit_findings_of(path, progress)
        return findings_of(path, _today(settings), settings.archive_level, progress)


def _unfit(error: PackageError, path: Path | None = None) -> UnfitFileError:
    """Return what is wrong with a file in both languages: at the centre its package is returned, here whoever packs mends it."""
    reason = Words(f"reasons.{error.reason}", tuple(error.values.items())) if error.reason else str(error)
    file = error.values.get("file", str(path or ""))
    return refusal(UnfitFileError, Words.of("pack.unfit_file", file=file, reason=reason))


def _settings() -> Settings:
    from lantai.settings import from_env

    return from_env()


def _today(settings: Settings) -> date:
    from lantai.edges.clock import Clock

    return Clock.of(settings).today_on()
