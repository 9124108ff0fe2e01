"""`lantai collect`, `submissions`, `findings`, `decide`: the journey of take_in_filings by hand, same code, same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantai import errors
from lantai.cli.actors import Actor, person
from lantai.cli.ending import tell
from lantai.cli.screen import (
    FAULT,
    FINDINGS,
    AsJson,
    answer,
    err,
    facts,
    line,
    locale,
    opened,
    progress_bar,
    said,
    table,
)
from lantai.cli.told import counted, finding_as_mapping, tell_findings
from lantai.errors import NotFoundError
from lantai.locales import say
from lantai.records.ruling import Choice
from lantai.records.submission import RoundState

if TYPE_CHECKING:
    from lantai.edges.registry.submissions import Round

Units = Annotated[
    list[str] | None,
    typer.Option("--unit", help="单位代码，可多次；省略为全部 · Unit code, may be repeated; all without it"),
]
Years = Annotated[
    list[int] | None,
    typer.Option(
        "--year", help="归档年度，可多次；省略为已开的全部年度 · Filing year, may be repeated; all open ones without it"
    ),
]
MOST_NAMED = 10
"""Units named in the command that is offered; a whole county may have been out of reach."""

STATES = f"状态：{'、'.join(RoundState)} · One of {', '.join(RoundState)}"

Carriers = Annotated[
    list[str] | None,
    typer.Option(
        "--carrier", help="包名或载体编号，可多次；省略为全部 · Name of a package, or carrier id; all without it"
    ),
]


def collect(unit: Units = None, year: Years = None, carrier: Carriers = None, as_json: AsJson = False) -> None:
    """收取、检验、封存、答复：与夜间任务相同，可随时重跑 · Take in what units have filed; the same as the nightly DAG, safe to rerun.

    一个单位失败不影响其他单位；看不到的发件箱记为“未知”，不当作“未报” · One unit's failure stops no other; an outbox that
    cannot be looked at is unknown, never empty.
    """
    from lantai.journey.checkpoint import make_checkpoint
    from lantai.journey.purge_returned import purge_returned
    from lantai.journey.take_in_all import Watchers, take_in_all

    with opened() as centre:
        with progress_bar("收取 · collect", is_shown=not as_json) as progress:
            watchers = Watchers(progress, _in_mebibytes(progress), _telling_of_waits(is_shown=not as_json))
            done = take_in_all(centre, year, unit, carrier or None, watchers)
        purge_returned(centre)
        make_checkpoint(centre)
    looked, failed = done.looked, done.failed
    results = [{name: getattr(one, name) for name in one.__slots__} for one in done.taken]
    classes = {code: type(failure).__name__ for code, failure in failed.items()}
    messages = {**looked.messages, **{code: str(failure) for code, failure in failed.items()}}
    payload = {
        "looked": looked.looked_count,
        "unsettled": looked.unsettled,
        "waiting": dict(looked.waiting),
        "strays": dict(looked.strays),
        "units": results,
        "unknown": dict(looked.unknown),
        "failed": classes,
        "messages": messages,
    }
    answer(payload, lambda: _show(payload), as_json=as_json)
    if messages:
        if not as_json:
            _tell_troubles({**looked.unknown, **classes}, messages)
        raise typer.Exit(FAULT)
    if any(row["returned"] or row["held"] for row in results):
        raise typer.Exit(FINDINGS)


def _in_mebibytes(progress: Callable[[str, int, int], None]) -> Callable[[str, int, int], None]:
    """Return what tells of bytes on the bar that also counts units."""
    return lambda what, done, total: progress(f"{what} (MiB)", done // 2**20, max(1, total // 2**20))


def _telling_of_waits(*, is_shown: bool) -> Callable[[int, Mapping[str, str]], None]:
    """Return what says why the command waits, and for how long; Ctrl-C loses nothing."""

    def tell_of_wait(seconds: int, unknown: Mapping[str, str]) -> None:
        if not is_shown or not seconds:
            return
        for code, message in unknown.items():
            err.print(f"{code}: {message}", markup=False, soft_wrap=True)
        err.print(
            said(
                f"{seconds} 秒后再看尚未到齐或看不到的单位；可按 Ctrl-C 结束，已收的不受影响",
                f"Looking again in {seconds} s at what has not settled or could not be looked at; Ctrl-C ends it and loses nothing",
            ),
            markup=False,
            soft_wrap=True,
        )

    return tell_of_wait


def _tell_troubles(classes: Mapping[str, str], messages: Mapping[str, str]) -> None:
    """Say which units could not be seen to and why, once for each kind of error, and what to do."""
    for name in sorted(set(classes.values())):
        kind = getattr(errors, name)
        tell(kind("\n  ".join(f"{code}: {messages[code]}" for code in sorted(classes) if classes[code] == name)))
    again = " ".join(f"--unit {code}" for code in sorted(classes)[:MOST_NAMED])
    err.print(
        said(
            f"其余单位均已完成。排除后重跑：lantai collect {again}",
            f"All other units are done. Then run: lantai collect {again}",
        ),
        markup=False,
        soft_wrap=True,
    )


def _show(payload: dict[str, Any]) -> None:
    looked, unsettled = payload["looked"], payload["unsettled"]
    line(
        said(
            f"查看 {looked} 个单位，{unsettled} 个包尚未到齐",
            f"{looked} units looked at, {unsettled} packages still arriving",
        )
    )
    names = ("unit_code", "accepted", "returned", "held", "zero_reports", "records", "answered")
    columns = (
        "单位 · Unit",
        "接收 · Accepted",
        "退回 · Returned",
        "暂存 · Held",
        "零报告 · Zero reports",
        "件数 · Records",
        "答复 · Answered",
    )
    table(said("收取", "Taken in"), columns, [[row[name] for name in names] for row in payload["units"]])
    if payload["waiting"]:
        cells = [(code, text) for code, texts in payload["waiting"].items() for text in texts]
        table(said("未到齐的包", "Not whole yet"), ("单位 · Unit", "缺什么 · Lacks"), cells)
    if payload["strays"]:
        cells = [(code, name) for code, names in payload["strays"].items() for name in names]
        title = said("不在受理之列", "Not a package, or of a year that was never opened")
        table(title, ("单位 · Unit", "位置 · Where"), cells)


def submissions(
    unit: Annotated[str | None, typer.Option(help="单位代码 · Unit code")] = None,
    state: Annotated[RoundState | None, typer.Option(help=STATES, metavar="STATE")] = None,
    as_json: AsJson = False,
) -> None:
    """列出报送及各轮次 · List submissions with all their rounds."""
    from lantai.edges.registry.submissions import rounds
    from lantai.edges.registry.units import units

    with opened() as centre, centre.database.read() as connection:
        units(connection, [unit] if unit else None)
        found = rounds(connection, unit_code=unit, states=[state] if state else None)
        zone = centre.settings.zone
    cells = [
        (this.carrier_id, this.carrier_number, say(f"values.state.{this.state.value}", locale()), this.record_count,
         this.days_late or "", f"{this.received_at.astimezone(zone):%Y-%m-%d}", this.supplement_by_on or "")
        for this in found
    ]  # fmt: skip
    columns = (
        "编号 · Id",
        "载体编号 · Carrier",
        "状态 · State",
        "件数 · Records",
        "迟报天数 · Days late",
        "收到 · Received",
        "补正期限 · Supplement by",
    )
    answer(
        [_round(this) for this in found], lambda: table(said("报送", "Submissions"), columns, cells), as_json=as_json
    )


def findings(
    submission: Annotated[
        str,
        typer.Argument(help="受理号，或某一轮的编号 · Acceptance number, or the id of a round", metavar="SUBMISSION"),
    ],
    as_json: AsJson = False,
) -> None:
    """显示最近一轮（或所指一轮）的全部意见 · Show every finding of the newest round, or of the one named."""
    from lantai.edges.registry.submissions import findings_of, rounds

    with opened() as centre, centre.database.read() as connection:
        found = rounds(connection, carrier=submission) or rounds(connection, submission=submission)
        if not found:
            raise NotFoundError(
                f"submission {submission!r}: not in the registry, expected an acceptance number like JY-2025-E-001 or a "
                "round like JY-2025-E-001-R1"
            )
        this = found[-1]
        told = findings_of(connection, this.carrier_id)
    language = locale()
    payload = {
        **_round(this),
        "findings": [
            {**finding_as_mapping(item, language), "record_no": item.record_no, "values": item.values} for item in told
        ],
    }

    def text() -> None:
        line(f"{this.carrier_id}  {say(f'values.state.{this.state.value}', language)}", "bold")
        tell_findings(told, language)
        if this.supplement_by_on:
            line(
                said(f"请于 {this.supplement_by_on} 前补正", f"To be supplemented by {this.supplement_by_on}"), "yellow"
            )
        line(counted(told, language) or said("没有意见", "No findings"))
        if this.state is RoundState.HELD:
            line(
                said(
                    f"处理：lantai decide {this.carrier_id} accept|return --reason 理由 --as 工号",
                    f"Decide: lantai decide {this.carrier_id} accept|return --reason TEXT --as PERSON",
                ),
                "yellow",
            )

    answer(payload, text, as_json=as_json)


def decide(
    submission: Annotated[
        str,
        typer.Argument(
            help="暂存待定的受理号，或某一轮的编号 · Acceptance number, or id, of a held round", metavar="SUBMISSION"
        ),
    ],
    choice: Annotated[
        Choice,
        typer.Argument(
            help="accept 经核实予以接收（长期按30年、短期按10年），return 退回报送单位 · accept: it may stand, old long-term and "
            "short-term periods are read as 30 and 10 years; return: it goes back to its unit",
            metavar="accept|return",
        ),
    ],
    reason: Annotated[
        str, typer.Option(help="理由，报送单位可见 · Why; the unit reads it, e.g. who was asked and what they said")
    ],
    actor: Actor,
    as_json: AsJson = False,
) -> None:
    """登记对暂存待定报送的处理意见，下一次收取时生效 · Decide on a held submission; the next take-in acts on it.

    没有协议、载体已接收等须先改正，不能凭意见接收，只能退回 · What only a change can cure (no agreement, accepted before)
    cannot be accepted by word.
    """
    from lantai.journey.decide_held import decide_held

    with opened() as centre:
        decided = decide_held(centre, submission, choice, reason, person(centre, actor))
    payload = {
        "carrier_id": decided.carrier_id,
        "choice": decided.choice.value,
        "is_new": decided.is_new,
        "settles": list(decided.settles),
        "remains": list(decided.remains),
    }
    pairs: list[tuple[str, object]] = [
        ("处理意见 · Ruling", say(f"ruling_choice.{choice.value}", locale())),
        ("所决事项 · Settles", [say(f"{rule}.title", locale()) for rule in decided.settles]),
        ("仍待解决 · Still held for", [say(f"{rule}.title", locale()) for rule in decided.remains]),
        ("下一步 · Next", f"lantai collect --unit {decided.unit_code}"),
    ]
    answer(payload, lambda: facts(decided.carrier_id, pairs), as_json=as_json)


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
