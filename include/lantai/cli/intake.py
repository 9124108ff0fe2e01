"""`lantai collect`, `submissions`, `findings`: the journey of take_in_filings by hand, same code, same rows."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lantai.cli.screen import AsJson, answer, opened, out, progress_bar, table, tell
from lantai.edges.registry.submissions import Round, findings_of, rounds
from lantai.errors import LantaiError, NotFoundError, UnitsUnfinishedError
from lantai.locales import describe, say
from lantai.records.submission import RoundState

FINDINGS_EXIT = 1

Units = Annotated[
    list[str] | None,
    typer.Option("--unit", help="单位代码，可多次；省略为全部 · Unit code, may be repeated; all without it"),
]
Years = Annotated[
    list[int] | None,
    typer.Option("--year", help="归档年度，可多次；省略为已开的全部年度 · Filing year; all open ones without it"),
]

Carriers = Annotated[
    list[str] | None,
    typer.Option(
        "--carrier", help="包名或载体编号，可多次；省略为全部 · Name of a package, or carrier id; all without it"
    ),
]


def collect(unit: Units = None, year: Years = None, carrier: Carriers = None, as_json: AsJson = False) -> None:
    """收取、检验、封存、答复：与夜间任务完全相同，可随时重跑 · Take in what units have filed; the same as the nightly DAG, safe to rerun.

    一个单位失败不影响其他单位；看不到的发件箱记为“未知”，不当作“未报” · One unit's failure stops no other; an outbox that
    cannot be looked at is unknown, never empty.
    """
    from lantai.journey.look import look
    from lantai.journey.purge_returned import purge_returned
    from lantai.journey.take_in import take_in

    failed: dict[str, LantaiError] = {}
    results: list[dict[str, Any]] = []
    with opened() as centre:
        with progress_bar("查看 look", is_shown=not as_json) as progress:
            looked = look(centre, year, unit, progress, carrier or None)
        with progress_bar("收取 take in", is_shown=not as_json) as progress:
            for code in looked.ready:
                try:
                    done = take_in(centre, code, year, progress, carrier or None)
                except LantaiError as error:
                    failed[code] = error
                    continue
                results.append({name: getattr(done, name) for name in done.__slots__})
        purge_returned(centre)
    payload = {
        "looked": looked.looked_count,
        "unsettled": looked.unsettled,
        "waiting": dict(looked.waiting),
        "units": results,
        "unknown": dict(looked.unknown),
        "failed": {code: type(failure).__name__ for code, failure in failed.items()},
    }
    answer(payload, lambda: _show(payload), as_json=as_json)
    for failure in failed.values():
        tell(failure)
    problems = {**looked.messages, **{code: str(failure) for code, failure in failed.items()}}
    if problems:
        raise UnitsUnfinishedError("; ".join(f"{code}: {message}" for code, message in sorted(problems.items())))
    if any(row["returned"] or row["held"] for row in results):
        raise typer.Exit(FINDINGS_EXIT)


def _show(payload: dict[str, Any]) -> None:
    out.print(
        f"查看 {payload['looked']} 个单位，未到齐 {payload['unsettled']} 个包 · units looked at, packages unsettled"
    )
    columns = ("unit_code", "accepted", "returned", "held", "zero_reports", "records", "answered")
    titles = ("单位 Unit", "接收 Accepted", "退回 Returned", "暂存 Held", "零报告 Zero", "件 Records", "答复 Answered")
    table("收取 · Taken in", titles, [[row[name] for name in columns] for row in payload["units"]])
    if payload["waiting"]:
        cells = [(code, text) for code, texts in payload["waiting"].items() for text in texts]
        table("未到齐的包 · Not whole yet", ("单位 Unit", "缺什么 Lacks"), cells)
    if payload["unknown"]:
        table("未能查看 · Unknown", ("单位 Unit", "原因 Why"), list(payload["unknown"].items()))


def submissions(
    unit: Annotated[str | None, typer.Option(help="单位代码 · Unit code")] = None,
    state: Annotated[RoundState | None, typer.Option(help="状态 · State")] = None,
    as_json: AsJson = False,
) -> None:
    """列出报送及各轮次 · List submissions with all their rounds."""
    with opened() as centre, centre.database.read() as connection:
        found = rounds(connection, unit_code=unit, states=[state] if state else None)
        locale, zone = centre.settings.locale, centre.settings.zone
    payload = [_round(this) for this in found]
    cells = [
        (this.carrier_id, this.carrier_number, say(f"values.state.{this.state.value}", locale), this.record_count,
         this.days_late or "", f"{this.received_at.astimezone(zone):%Y-%m-%d}", this.supplement_by_on or "")
        for this in found
    ]  # fmt: skip
    titles = ("编号 Id", "载体号 Carrier", "状态 State", "件 Records", "迟天 Late", "收到 Received", "补正期限 By")
    answer(payload, lambda: table("报送 · Submissions", titles, cells), as_json=as_json)


def findings(
    submission: Annotated[str, typer.Argument(help="受理号或载体编号 · Acceptance number or carrier id")],
    as_json: AsJson = False,
) -> None:
    """显示最近一轮（或所指一轮）的全部意见 · Show every finding of the newest round, or of the one named."""
    with opened() as centre, centre.database.read() as connection:
        locale = centre.settings.locale
        found = rounds(connection, carrier=submission) or rounds(connection, submission=submission)
        if not found:
            raise NotFoundError(f"{submission}: neither an acceptance number nor a carrier id")
        this = found[-1]
        told = findings_of(connection, this.carrier_id)
    payload = {
        **_round(this),
        "findings": [
            {"rule": item.rule, "severity": item.severity.value, "subject": item.subject, "record_no": item.record_no,
             "values": item.values, **describe(item, locale)._asdict()}
            for item in told
        ],
    }  # fmt: skip
    cells = [
        (say(f"values.severity.{item.severity.value}", locale), item.record_no or "", item.subject, describe(item, locale).message,
         describe(item, locale).fix)
        for item in told
    ]  # fmt: skip
    titles = ("", "行 Row", "位置 Where", "问题 Found", "补正 Fix")
    answer(payload, lambda: table(f"{this.carrier_id} {this.state.value}", titles, cells), as_json=as_json)


def _round(this: Round) -> dict[str, Any]:
    return {
        "carrier_id": this.carrier_id,
        "submission_id": this.submission_id,
        "unit_code": this.unit_code,
        "filing_year": this.filing_year,
        "data_form": this.data_form.value,
        "carrier_number": this.carrier_number,
        "round": this.round_no,
        "state": this.state.value,
        "records": this.record_count,
        "files": this.file_count,
        "bytes": this.size_bytes,
        "days_late": this.days_late,
        "received_at": this.received_at.isoformat(),
        "manifest_sha256": this.manifest_sha256,
        "supplement_by": this.supplement_by_on.isoformat() if this.supplement_by_on else None,
    }
