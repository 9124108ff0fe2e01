"""`lantai pack`, `forms`, `check`, `inspect`: what a department runs before it sends. No registry is opened.

Source: interfaces.md, "A carrier"; R1-25 to R1-34, R1-50.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.screen import FINDINGS, AsJson, answer, out, table
from lantai.errors import UsageError
from lantai.locales import describe, say
from lantai.records.carrier import BackupStrategy
from lantai.records.finding import Finding, is_acceptable
from lantai.records.record import Retention
from lantai.records.unit import UNIT_CODE, DataForm

Locale = Annotated[str, typer.Option("--locale", help="语言 zh/en · Language")]
_CARRIER = typer.Argument(help="载体（包）文件夹、zip 或 tar · Folder, zip or tar", exists=True)


def pack(
    unit: Annotated[str, typer.Option("--unit", help="单位代码 · Unit code")],
    year: Annotated[int, typer.Option("--year", help="归档年度 · Filing year")],
    form: Annotated[DataForm, typer.Option("--form", help="数据形式 · Data form")],
    folder: Annotated[Path | None, typer.Argument(help="待报送文件夹 · Folder to file")] = None,
    catalogue: Annotated[Path | None, typer.Option(help="机读目录 csv/xlsx · Catalogue")] = None,
    target: Annotated[Path, typer.Option("--out", help="输出位置 · Where the carrier is made")] = Path(),
    unit_name: Annotated[str, typer.Option(help="单位名称 · Name of the unit")] = "",
    fonds: Annotated[str, typer.Option(help="全宗号 · Fonds number")] = "",
    contact: Annotated[str, typer.Option(help="联系人 · Contact")] = "",
    phone: Annotated[str, typer.Option(help="联系电话 · Telephone")] = "",
    number: Annotated[str, typer.Option(help="载体编号 · Carrier number")] = "001",
    strategy: Annotated[BackupStrategy | None, typer.Option(help="业务数据备份方式 · Backup strategy")] = None,
    base: Annotated[str, typer.Option(help="所依据的完全备份 · Carrier number of the base")] = "",
    retention: Annotated[Retention | None, typer.Option(help="业务数据保管期限 · Retention of a snapshot")] = None,
    description: Annotated[str, typer.Option(help="内容说明 · Description")] = "",
    gap: Annotated[list[str] | None, typer.Option(help="说明缺号的档号 · Archival code left out on purpose")] = None,
    forms: Annotated[Path | None, typer.Option(help="已填写的三份表所在文件夹 · Folder of filled-in forms")] = None,
    zero: Annotated[str, typer.Option(help="零报告签署人 · Who signs that there is nothing to file")] = "",
    on: Annotated[str, typer.Option(help="打包日期，默认今天 · Date of packing, today by default")] = "",
    as_json: AsJson = False,
) -> None:
    """打包：由文件夹和目录生成载体（包），同步生成摘要和表单 · Make a carrier from a folder and a catalogue."""
    from lantai.journey.pack import PackOrder, Sender, values_of_forms
    from lantai.journey.pack import pack as make

    if not UNIT_CODE.fullmatch(unit):
        raise UsageError(f"--unit {unit!r}: expected capital letters and digits")
    values = values_of_forms(forms) if forms else {}
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
        packed_on=_day(on),
        carrier_number=number,
        strategy=strategy,
        base_carrier=base,
        retention=retention,
        description=description,
        declared_gaps=tuple(gap or ()),
        form_values=values,
        zero_signed_by=zero,
    )
    made = make(folder, sender, order, catalogue, target)
    findings = _findings_of(made, "lantai")
    answer(
        {"carrier": str(made), "findings": [_told(f, "zh") for f in findings]},
        lambda: _show(f"{made}", findings, "zh"),
        as_json=as_json,
    )


def forms(
    target: Annotated[Path, typer.Option("--out", help="输出位置 · Where the forms go")],
    locale: Locale = "zh",
) -> None:
    """空白表：三份书面材料和机读目录 · Blank forms and catalogue."""
    from lantai.edges.folder import write_file
    from lantai.formats.workbook import FORM_KINDS, catalogue_template, unit_form
    from lantai.journey.verify import FORMS

    made = {f"{FORMS[kind]}.xlsx": unit_form(kind, {}, locale=locale) for kind in FORM_KINDS}
    made["catalogue.xlsx"] = catalogue_template(locale)
    for name, content in made.items():
        write_file(target / name, content)
        out.print(str(target / name), markup=False)


def check(
    path: Annotated[Path, _CARRIER],
    profile: Annotated[
        str, typer.Option(help="lantai 或 none（仅 BagIt）· lantai, or none for BagIt alone")
    ] = "lantai",
    locale: Locale = "zh",
    as_json: AsJson = False,
) -> None:
    """检查载体（包）：报送前自检，一次列出全部问题 · Check a carrier and name every fault."""
    if profile not in ("lantai", "none"):
        raise UsageError(f"--profile {profile!r}: expected lantai or none")
    findings = _findings_of(path, profile)
    acceptable = is_acceptable(findings)
    answer(
        {"carrier": str(path), "acceptable": acceptable, "findings": [_told(f, locale) for f in findings]},
        lambda: _show(str(path), findings, locale),
        as_json=as_json,
    )
    if not acceptable:
        raise typer.Exit(FINDINGS)


def inspect(path: Annotated[Path, _CARRIER], as_json: AsJson = False) -> None:
    """查看载体（包）：是什么、有多少 · Say what a carrier is and holds."""
    from lantai.journey.check_carrier import check_carrier

    found = check_carrier(path, _today(), is_whole=False).verified
    payload = {
        "kind": found.kind.value,
        "bag_info": dict(found.bag_info),
        "data_form": found.data_form.value if found.data_form else None,
        "carrier_number": found.carrier_number,
        "catalogue": found.catalogue_path or None,
        "forms": sorted(found.forms),
        "files": len(found.payload),
        "bytes": sum(f.bytes for f in found.payload.values()),
        "papers": list(found.papers),
    }
    answer(payload, lambda: table(str(path), ("", ""), list(payload.items())), as_json=as_json)


def _findings_of(path: Path, profile: str) -> list[Finding]:
    if profile == "none":
        from lantai.journey.verify import check_folder

        return check_folder(path, None)
    from lantai.journey.check_carrier import check_carrier

    return list(check_carrier(path, _today()).findings)


def _today() -> date:
    from lantai.edges.clock import Clock
    from lantai.settings import from_env

    return Clock.of(from_env()).today_on()


def _show(title: str, findings: list[Finding], locale: str) -> None:
    rows = []
    for finding in findings:
        text = describe(finding, locale)
        rows.append((say(f"values.severity.{finding.severity.value}", locale), text.title, text.message, text.fix))
    table(title, ("", "问题 Finding", "现状 Found", "补正办法 Fix"), rows)


def _told(finding: Finding, locale: str) -> dict[str, object]:
    text = describe(finding, locale)
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "subject": finding.subject,
        "row": finding.record_no,
        "check_code": finding.check_code,
        "title": text.title,
        "message": text.message,
        "fix": text.fix,
    }


def _day(text: str) -> date:
    from lantai.rules.calendar import read_date

    day = read_date(text) if text else _today()
    if day is None:
        raise UsageError(f"--on {text!r}: expected a date like 2026-03-02")
    return day
