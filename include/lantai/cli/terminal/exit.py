"""How a command begins and ends: the language of its help, its exit code, and how an error is told.

The words of the help stand in `locales/commands.*.toml` under the names of commands and parameters, and are put on here, so that
a command has none in its code: `--role` of `lantai list sign` is `help.list.sign.role`, the command itself `help.list.sign.about`.
What several commands are given in the same sense is worded once; the option names that key, `help="given.actor"`.

Exit codes: 0 done or warnings only, 1 findings, 2 usage, 3 fault or refusal; as in any shell 130 after Ctrl-C and 141 when
whoever reads the answer has gone away. An error is told on standard error in three lines: what happened, what was found and
expected, what to do. With `--json` it is one object on standard output instead, `{"error": {...}}`. Nothing that a user can
cause ends in a trace; a fault of the program leaves one in a file and names it.

Source: interfaces.md, "The command".
"""

from __future__ import annotations

import errno
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import typer
from rich.text import Text
from typer.core import TyperArgument, TyperGroup
from typer.exceptions import TyperException

from lantai.cli.terminal.screen import (
    DONE,
    FAULT,
    USAGE,
    InterruptedHalfwayError,
    err,
    locale,
    print_json,
    sign,
    word,
)
from lantai.edges.files.streams import keep_trace, silence
from lantai.errors import (
    DiskFullError,
    LantaiError,
    MissingPartError,
    NotFoundError,
    PlaceUnavailableError,
    SettingsError,
    UnexpectedError,
    UsageError,
    WorksheetError,
)
from lantai.locales import advice, message_of, refusal, say
from lantai.records.text.shown import on_its_lines
from lantai.records.text.words import Words

_OF_THE_DEMO = frozenset({"PIL", "docx"})
"""Modules that only the demo imports; every other one that is no department's is the centre's. Held against pyproject.toml by a test."""

INTERRUPTED, READER_GONE = 130, 141

AS_GIVEN = (UsageError, SettingsError, NotFoundError, WorksheetError)
"""Whoever gave the command corrects what was given."""

ARGUMENTS, OPTIONS, COMMANDS = "panel.arguments", "panel.options", "panel.commands"

DEPARTMENT = "panel.departments"
YEARLY = "panel.year"
DISPOSAL = "panel.disposal"
CUSTODY = "panel.custody"
SETUP = "panel.setup"
TRIAL = "panel.trial"
PANELS = (DEPARTMENT, YEARLY, DISPOSAL, CUSTODY, SETUP, TRIAL)
"""Whom or what a command is for, in the order of the help."""

PAUSE = re.compile(r"([，。；：、）])(?=\S)")
"""Where a line of Chinese may be broken: the help's tables break lines at spaces only, and cut what is longer."""


class Lantai(TyperGroup):
    """The command as a whole: its help is in one language, and however it ends, the user is told in words."""

    def main(self, args: Sequence[str] | None = None, *_: object, **__: object) -> NoReturn:
        """Carry a command out and leave with its exit code.

        Args:
            args: The words of the command; None takes those of this process.
        """
        words = sys.argv[1:] if args is None else list(args)
        sys.exit(ending(lambda: self._carry_out(words), as_json="--json" in words))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer does not export the class
        """Return the names of the commands in the order of the help."""
        del ctx
        panels = [word(panel) for panel in PANELS]
        commands: dict[str, Any] = dict(self.commands)
        return sorted(commands, key=lambda name: panels.index(commands[name].rich_help_panel))

    def _carry_out(self, words: list[str]) -> None:
        speak(self)
        with self.make_context("lantai", words) as context:
            self.invoke(context)


def speak(command: Any, key: str = "help") -> None:  # noqa: ANN401 - typer does not name the classes that it makes
    """Put the help of a command, and of all below it, into the language of the screen.

    Args:
        command: As typer made it; what it took from docstrings is replaced.
        key: Under which the words of the command stand.

    Raises:
        KeyError: A command, or something that it is given, has no words.
    """
    command.help = _helping(f"{key}.about")
    command.epilog = _helping(command.epilog) if command.epilog else None
    command.rich_help_panel = word(command.rich_help_panel or COMMANDS)
    shown = command.get_help_option(typer.Context(command))
    shown.help = "given.help"
    for param in (*command.params, shown):
        param.help = _helping(param.help or f"{key}.{param.name}")
        param.rich_help_panel = word(ARGUMENTS if isinstance(param, TyperArgument) else OPTIONS)
    for name, below in getattr(command, "commands", {}).items():
        speak(below, f"{key}.{name}")


def _helping(key: str) -> str:
    return PAUSE.sub(r"\1 ", word(key))


def ending(command: Callable[[], object], *, as_json: bool = False) -> int:
    """Run a command and return its exit code; whatever goes wrong is told with what to do."""
    try:
        command()
        sys.stdout.flush()
    except typer.Exit as left:
        return left.exit_code
    except (KeyboardInterrupt, typer.Abort) as stop:
        err.print(_interrupted(stop))
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The help is printed by typer, whose console leaves in this way when its reader has gone.
        silence(sys.stdout)
        return READER_GONE
    except Exception as error:  # noqa: BLE001 - a user never sees a trace, whatever it was
        return _failed(error, as_json=as_json)
    return DONE


def _interrupted(stop: BaseException) -> str:
    # Typer turns an interruption into one of its own, whose cause is ours.
    if isinstance(stop, InterruptedHalfwayError) or isinstance(stop.__cause__, InterruptedHalfwayError):
        return word("terminal.interrupted_halfway")
    return word("terminal.interrupted")


def _failed(error: Exception, *, as_json: bool) -> int:
    found = named(error)
    if found is None:
        return USAGE
    try:
        tell(found, as_json=as_json)
        sys.stdout.flush()
    except OSError:
        # The answer could not be written, so neither can this be there: standard error has it, if anything.
        silence(sys.stdout)
        with suppress(OSError):
            tell(found)
    return USAGE if isinstance(found, AS_GIVEN) else FAULT


def named(error: Exception) -> LantaiError | None:
    """Return an error under a name of ours; None when the user has been shown the help instead."""
    if isinstance(error, LantaiError):
        return error
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError":
            return None
        # Choices are listed with line feeds and tabs, each of which would be shown as a picture.
        said_by_typer = " ".join(error.format_message().replace("Value error, ", "").split())
        return UsageError(f"{context.command_path if context else 'lantai'}: {said_by_typer}")
    if isinstance(error, OSError):
        kind = DiskFullError if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else PlaceUnavailableError
        return kind(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("lantai"):
        part = "demo" if error.name in _OF_THE_DEMO else "centre"
        return refusal(MissingPartError, Words.of("terminal.missing_part", module=str(error.name), part=part))
    trace = keep_trace("".join(traceback.format_exception(error)))
    return UnexpectedError(f"{type(error).__name__}: {error} ({trace})")


def tell(error: LantaiError, *, as_json: bool = False) -> None:
    """Tell of an error: in words on standard error, or as an object on standard output."""
    if as_json:
        print_json({"error": described(error)})
        return
    title = Text.assemble((word("terminal.error"), "bold red"), f"{word('mark.colon')}{what_happened(error)}")
    err.print(title.append(f" ({type(error).__name__})", "dim"), soft_wrap=True)
    if str(error):
        # Every line is set in, so that none that a message brings can pass for the beginning of another.
        lines = on_its_lines(message_of(error, locale())).split("\n")
        err.print(Text("\n".join(f"  {each}" for each in lines)), soft_wrap=True)
    err.print(Text(f"  {sign('→', '->')} {advice(type(error), locale())}"), soft_wrap=True)


def described(error: LantaiError) -> dict[str, Any]:
    """Return an error as it stands in an answer in JSON."""
    return {
        "class": type(error).__name__,
        "what": what_happened(error),
        "message": str(error),
        "hint": advice(type(error), locale()),
        "retryable": error.retryable,
    }


def what_happened(error: LantaiError) -> str:
    """Return what the class of an error says, as a sentence."""
    if locale() == "en":
        return (type(error).__doc__ or "").partition("\n")[0]
    return say(f"errors.{type(error).__name__}", "zh")
