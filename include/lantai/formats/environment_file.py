"""A .env as Docker Compose reads it: quotes, comments behind values, `export`, a byte order mark.

What Compose and this reader might take for two different things is refused: a line that is no NAME=VALUE, and a dollar sign that Compose
would put another variable in the place of. The lines themselves stay as they were written.

Source: Docker Docs, "Set environment variables within your container's environment", Interpolation syntax of .env files.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from dotenv.parser import Binding, parse_stream

from lantai.errors import MalformedError

_PLAIN = re.compile(r"[\w./:=+@,-]*")
_VARIABLE = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class EnvironmentLine:
    """A line, or what stands on several: a quoted value may go over the end of one.

    Attributes:
        text: As it was written, with its end.
        name: The variable that it sets, None for a comment and for blanks.
        value: Without quotes and comment; empty also where nothing stands behind the name.
    """

    text: str
    name: str | None
    value: str


def read_lines(text: str) -> list[EnvironmentLine]:
    """Return the lines of a .env in their order.

    Raises:
        MalformedError: A line is not NAME=VALUE, or holds a dollar sign that Compose would replace; the message names the line,
            and never the value, which may be a secret.
    """
    return list(_lines(text))


def values_of(lines: Collection[EnvironmentLine]) -> dict[str, str]:
    """Return the variables that have a value; of a name that stands there twice the last line counts, as with Compose."""
    values = {line.name: line.value for line in lines if line.name is not None}
    return {name: value for name, value in values.items() if value}


def with_values(lines: Collection[EnvironmentLine], values: Mapping[str, str]) -> str:
    """Return the text with variables set at its end, in the place of every line that names one of them."""
    kept = "".join(line.text for line in lines if line.name not in values)
    end = "" if not kept or kept.endswith("\n") else "\n"
    return kept + end + "".join(f"{name}={_quoted(value)}\n" for name, value in values.items())


def _lines(text: str) -> Iterator[EnvironmentLine]:
    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string
        number = binding.original.line + len(re.findall(r"\n", written[: len(written) - len(written.lstrip())]))
        if binding.error or (binding.key is not None and not _VARIABLE.fullmatch(binding.key)):
            raise MalformedError(
                f"line {number}: found no variable, expected NAME=VALUE, a quote closed where it is opened"
            )
        yield EnvironmentLine(written, binding.key, _value_of(binding, number))


def _value_of(binding: Binding, number: int) -> str:
    value = binding.value or ""
    quote = binding.original.string.partition("=")[2].lstrip()[:1]
    if "$" not in value or quote == "'":
        return value
    # What begins with a backslash is the sign itself, in double quotes; elsewhere Compose's versions differ.
    if quote != '"' or "$" in value.replace("\\$", ""):
        raise MalformedError(
            f"line {number}: {binding.key}: found a dollar sign, which Compose replaces together with what follows, "
            "expected the value in 'single quotes'"
        )
    return value.replace("\\$", "$")


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("'", "\\'") + "'"
