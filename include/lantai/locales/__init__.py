"""Words of screens, forms and findings in Chinese and English: data files, read here and nowhere else.

Every `*.zh.toml` and `*.en.toml` of this package is read and merged. A word that
is missing is an error, never an English key on a Chinese paper.

Source: interfaces.md, "Papers".
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, TypeVar

from lantai import errors
from lantai.errors import LantaiError, UnexpectedError
from lantai.records.disposal.shortfall import Shortfall
from lantai.records.intake.finding import MORE, Finding, Said
from lantai.records.intake.reason import Reason
from lantai.records.text.shown import on_one_line
from lantai.records.text.words import Value, Words

LOCALES = ("zh", "en")


class FindingText(NamedTuple):
    """A finding in words: what it is called, what was found, and how to mend it."""

    title: str
    message: str
    fix: str


class ReasonText(NamedTuple):
    """A reason in words: what happened, what was found and expected, and what to do."""

    what: str
    message: str
    hint: str


def say(key: str, locale: str, **values: object) -> str:
    """Return the words under a key, with values put in.

    Args:
        key: Dotted, e.g. `data_form.e_document`; the name of a finding's rule alone gives its message.
        locale: `zh` or `en`.
        values: Put in for `{name}`, each on one line and with nothing in it that acts; a name that is not given stays blank.

    Raises:
        KeyError: The language has no such word.
        ValueError: There is no such language.
    """
    at: Any = words(locale)
    for part in key.split("."):
        at = at[part]
    template = at["message"] if isinstance(at, Mapping) else at
    return str(template).format_map(_Blank({name: on_one_line(str(value)) for name, value in values.items()}))


def describe(finding: Finding, locale: str, rows: Said = "") -> FindingText:
    """Return a finding in words.

    Args:
        finding: What to describe.
        locale: `zh` or `en`.
        rows: Rows of the catalogue where it is said of several, e.g. `("1–3", "7")`.

    Raises:
        KeyError: Its rule has no wording.

    Source: R1-50.
    """
    row = listed(rows, locale) or str(finding.record_no or "")
    values = {"subject": finding.subject, "row": row, **told_values(finding, locale)}
    if values.get("reason"):
        values["found"] = say(f"reasons.{values['reason']}", locale, **values)
    if "column" in values:
        values["column"] = say(f"columns.{values['column']}", locale)
    if "field" in values:
        values["field"] = say(f"form.{values['form']}.{values['field']}", locale)
    if "part" in values:
        values["part"] = say(f"columns.{values['part']}", locale)
    title, message, fix = (say(f"{finding.rule}.{key}", locale, **values) for key in FindingText._fields)
    if finding.sheet:
        message = say("inspection.in_sheet", locale, sheet=finding.sheet, message=message)
    return FindingText(title, message, fix)


def listed(said: Said, locale: str) -> str:
    """Return one text as it is, or several behind one another as the language puts them.

    Args:
        said: What is told; `MORE` among several is put in words.
        locale: `zh` or `en`.
    """
    if isinstance(said, str):
        return said
    return say("separators.of_list", locale).join(say("separators.more", locale) if t == MORE else t for t in said)


def told_values(finding: Finding, locale: str) -> dict[str, str]:
    """Return the values of a finding as texts; fields that a form lacks are named in the language.

    Args:
        finding: Whose values.
        locale: `zh` or `en`; what machines read has always been joined as in Chinese.
    """
    values = dict(finding.values)
    if finding.rule == "form_incomplete":
        keys = values["expected"]
        values["expected"] = keys if isinstance(keys, str) else tuple(say(key, locale) for key in keys)
    return {name: listed(value, locale) for name, value in values.items()}


def lacking(shortfall: Shortfall, locale: str) -> str:
    """Return what a list lacks, in words.

    Args:
        shortfall: What is missing; codes among its values are put in as they are, and under `<name>_word` in words.
        locale: `zh` or `en`.

    Raises:
        KeyError: Its name has no wording.
    """
    values: dict[str, object] = {}
    for name, value in shortfall.values:
        codes = value if isinstance(value, tuple) else (value,)
        values[name] = say("separators.of_codes", locale).join(map(str, codes))
        if name in _CODES:
            values[f"{name}_word"] = say("separators.of_words", locale).join(
                say(f"{_CODES[name]}.{code}", locale) for code in codes
            )
    values["because"] = say("separators.of_reasons", locale).join(lacking(each, locale) for each in shortfall.because)
    return say(f"shortfalls.{shortfall.rule}", locale, **values)


_CODES = {
    "duty": "values.duty",
    "duties": "values.duty",
    "stage": "values.stage",
    "role": "role",
    "state": "list_state",
    "expected_state": "list_state",
    "status": "record_status",
}
"""Values of a shortfall that are codes, with where their words stand."""


def put(words: Words | Shortfall, locale: str) -> str:
    """Return in a language what is to be said.

    Of several things behind one another those that hold commas themselves are set apart by semicolons.

    Args:
        words: What is to be said.
        locale: `zh` or `en`.

    Raises:
        KeyError: The language has no such word.
    """
    if isinstance(words, Shortfall):
        return lacking(words, locale)
    values: dict[str, object] = {}
    for name, value in words.values:
        parts = [put(each, locale) if isinstance(each, Words) else each for each in _parts(value)]
        has_commas = len(parts) > 1 and any(mark in str(part) for part in parts for mark in ",，")
        between = say("separators.of_reasons" if has_commas else "separators.of_list", locale)
        values[name] = between.join(map(str, parts))
    return say(words.key, locale, **values)


def _parts(value: Value) -> tuple[str | int | Words, ...]:
    return value if isinstance(value, tuple) else (value,)


_Kind = TypeVar("_Kind", bound=LantaiError)


def refusal(kind: type[_Kind], words: Words | Shortfall) -> _Kind:
    """Return an error that can be told in either language; its message is the English one.

    Args:
        kind: Its class.
        words: What was found and expected.
    """
    error = kind(put(words, "en"))
    error.said = words
    return error


def message_of(error: LantaiError, locale: str) -> str:
    """Return the message of an error in a language, where it has words in both; else as it is."""
    return put(error.said, locale) if isinstance(error.said, Words | Shortfall) else str(error)


def explain(reason: Reason, locale: str) -> ReasonText:
    """Return a reason in words; one of a class that is not ours is a fault of the program, and named in the message.

    Args:
        reason: What to explain. Its message is as the error said it, on one line, whatever it holds.
        locale: `zh` or `en`.
    """
    kind, message = getattr(errors, reason.error_class, None), _on_one_line(reason.message)
    if not (isinstance(kind, type) and issubclass(kind, LantaiError)):
        kind, message = UnexpectedError, f"{reason.error_class}: {message}"
    if locale == "en":
        return ReasonText((kind.__doc__ or "").partition("\n")[0], message, kind.hint)
    return ReasonText(say(f"errors.{kind.__name__}", locale), message, advice(kind, locale))


def advice(kind: type[LantaiError], locale: str) -> str:
    """Return what to do about errors of a class; one that has no advice of its own has that of the class it is a kind of.

    Args:
        kind: The class.
        locale: `zh` or `en`.
    """
    if locale == "en":
        return kind.hint
    hints = words(locale)["hints"]
    return next(str(hints[each.__name__]) for each in kind.__mro__ if each.__name__ in hints)


@cache
def words(locale: str) -> dict[str, Any]:
    """Return all words of a language, merged from the files of this package.

    Raises:
        ValueError: There is no such language.
    """
    if locale not in LOCALES:
        raise ValueError(f"locale {locale!r}: expected one of {', '.join(LOCALES)}")
    merged: dict[str, Any] = {}
    for entry in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(f".{locale}.toml"):
            _merge(merged, tomllib.loads(entry.read_text(encoding="utf-8")))
    return merged


def _merge(merged: dict[str, Any], added: Mapping[str, Any]) -> None:
    for key, value in added.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), dict):
            _merge(merged[key], value)
        else:
            merged[key] = dict(value) if isinstance(value, Mapping) else value


def _on_one_line(text: str) -> str:
    """Return a text that may hold what a server said, without what would break a line or a screen."""
    return on_one_line(" ".join(text.split()))


class _Blank(dict[str, str]):
    """Values of a sentence; what is not given is blank."""

    def __missing__(self, key: str) -> str:
        return ""
