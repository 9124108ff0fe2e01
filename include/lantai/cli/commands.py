"""All groups of the command, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from lantai.cli import (
    agreement,
    bench,
    demo,
    doctor,
    environment,
    hold,
    intake,
    pack,
    people,
    schedule,
    serve,
    units,
    vault,
    year,
)
from lantai.cli import list as lists

app = typer.Typer(
    name="lantai",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="兰台：档案登记备份中心的年度报送、保管与处置 · Yearly filing, safe keeping and lawful end of records.",
    epilog="退出码 0 完成 1 有问题 2 用法错误 3 故障 · Exit codes: 0 done, 1 findings, 2 usage, 3 fault.",
)


def _version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(version("lantai"))
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 · Version")
    ] = False,
) -> None:
    """兰台 · Lantai."""
    del version


app.command("init")(doctor.init)
app.command("doctor")(doctor.doctor)
app.command("collect")(intake.collect)
app.command("submissions")(intake.submissions)
app.command("findings")(intake.findings)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("environment")(environment.environment)
app.command("pack")(pack.pack)
app.command("forms")(pack.forms)
app.command("check")(pack.check)
app.command("inspect")(pack.inspect)
app.command("restore")(vault.restore)
app.command("bench")(bench.bench)
app.add_typer(lists.app, name="list")
app.add_typer(hold.app, name="hold")
app.add_typer(units.app, name="units")
app.add_typer(people.app, name="people")
app.add_typer(year.app, name="year")
app.add_typer(agreement.app, name="agreement")
app.add_typer(schedule.app, name="schedule")
app.add_typer(vault.keys_app, name="keys")
app.add_typer(vault.ledger_app, name="ledger")
app.add_typer(vault.receipt_app, name="receipt")
app.add_typer(vault.age_app, name="age")
