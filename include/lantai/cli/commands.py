"""All groups of the command, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from lantai.cli import bench, demo, serve
from lantai.cli.centre import agreement, doctor, environment, people, units
from lantai.cli.custody import vault
from lantai.cli.department import pack
from lantai.cli.disposal import hold, list_act, schedule
from lantai.cli.intake import collect
from lantai.cli.intake import rounds as intake
from lantai.cli.terminal.exit import CUSTODY, DEPARTMENT, DISPOSAL, SETUP, TRIAL, YEARLY, Lantai
from lantai.cli.year import commands as year

app = typer.Typer(
    name="lantai",
    cls=Lantai,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="help.epilog",
)


def _version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(version("lantai"))
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """Take what is given to the command as a whole."""
    del version


app.command("pack", rich_help_panel=DEPARTMENT)(pack.pack)
app.command("forms", rich_help_panel=DEPARTMENT)(pack.forms)
app.command("check", rich_help_panel=DEPARTMENT)(pack.check)
app.command("inspect", rich_help_panel=DEPARTMENT)(pack.inspect)
app.add_typer(vault.receipt_app, name="receipt", rich_help_panel=DEPARTMENT)
app.add_typer(year.app, name="year", rich_help_panel=YEARLY)
app.command("collect", rich_help_panel=YEARLY)(collect.collect)
app.command("submissions", rich_help_panel=YEARLY)(intake.submissions)
app.command("findings", rich_help_panel=YEARLY)(intake.findings)
app.command("decide", rich_help_panel=YEARLY)(intake.decide)
app.add_typer(list_act.app, name="list", rich_help_panel=DISPOSAL)
app.add_typer(hold.app, name="hold", rich_help_panel=DISPOSAL)
app.add_typer(schedule.app, name="schedule", rich_help_panel=DISPOSAL)
app.command("restore", rich_help_panel=CUSTODY)(vault.restore)
app.add_typer(vault.ledger_app, name="ledger", rich_help_panel=CUSTODY)
app.add_typer(vault.keys_app, name="keys", rich_help_panel=CUSTODY)
app.add_typer(vault.age_app, name="age", rich_help_panel=CUSTODY)
app.command("init", rich_help_panel=SETUP)(doctor.init)
app.command("doctor", rich_help_panel=SETUP)(doctor.doctor)
app.add_typer(units.app, name="units", rich_help_panel=SETUP)
app.add_typer(people.app, name="people", rich_help_panel=SETUP)
app.add_typer(agreement.app, name="agreement", rich_help_panel=SETUP)
app.command("environment", rich_help_panel=SETUP)(environment.environment)
app.command("demo", rich_help_panel=TRIAL)(demo.demo)
app.command("serve", rich_help_panel=TRIAL)(serve.serve)
app.command("bench", rich_help_panel=TRIAL)(bench.bench)
