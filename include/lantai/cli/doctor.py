"""`lantai init` and `lantai doctor`: set up and upgrade; what is wrong and what to do about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lantai.cli.screen import FAULT, AsJson, answer, opened, out

MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "fault": "[red]✗[/]"}


def init(
    with_custody: Annotated[
        bool,
        typer.Option(
            "--with-custody/--without-custody",
            help="在本机保存保管人的私钥：解密身份、处置签名（仅演示或单机使用）"
            "· Keep the custodians' keys, identity and disposal key, on this machine (demo or single machine only)",
        ),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """建立或升级登记库、密钥和保存位置；可重复运行 · Make or upgrade registry, keys and places; safe to run again."""
    from lantai.journey.set_up import set_up

    with opened(checks_schema=False) as centre:
        done = set_up(centre, has_custody=with_custody)
    payload = {"revision": done.revision, "made": list(done.made), "home": str(done.home)}

    def text() -> None:
        out.print(f"登记库版本 {done.revision} · registry schema", markup=False)
        for path in done.made:
            out.print(f"  + {path}", markup=False)
        out.print("下一步：lantai units import，lantai people add，lantai year open · next steps")

    answer(payload, text, as_json=as_json)


def doctor(as_json: AsJson = False) -> None:
    """检查安装、登记库、密钥、连接和副本，并说明如何处理 · Say what is missing or wrong, and what to do."""
    from lantai.journey.diagnose import diagnose

    with opened(checks_schema=False) as centre:
        found = diagnose(centre)
    payload: list[dict[str, Any]] = [
        {"name": item.name, "state": item.state, "found": item.found, "advice": item.advice} for item in found
    ]

    def text() -> None:
        for item in found:
            out.print(MARKS[item.state], end=" ")
            out.print(f"{item.name}: {item.found}", markup=False)
            if item.advice:
                out.print(f"    → {item.advice}", markup=False)

    answer(payload, text, as_json=as_json)
    states = {item.state for item in found}
    if "fault" in states:
        raise typer.Exit(FAULT)
