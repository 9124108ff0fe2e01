"""The table of findings in docs/package-format.md: what the centre may say about a package, and what follows.

Words come from `lantai.locales`; what follows from a finding is read off the
code that makes it (parsed, never run), so that the page cannot promise less.
"""

from __future__ import annotations

import ast
import re
import string
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from lantai.locales import FindingText, words
from lantai.records.intake.finding import Severity

BEGIN, END = "<!-- findings: made by `make docs` -->", "<!-- end of findings -->"
_FOLLOWS = {Severity.FAULT: "退回 returned", Severity.HOLD: "暂存 held", Severity.WARNING: "提示 remark"}
_DEPENDS = "视情况 depends"
_ROOMS = ("rules", "formats", "journey")
_HELPERS = {"fault": Severity.FAULT, "hold": Severity.HOLD, "warning": Severity.WARNING, "warn": Severity.WARNING}


def table(package: Path) -> str:
    """Return the table, in order of the Chinese words' file.

    Args:
        package: Folder of the package `lantai`.

    Raises:
        KeyError: A finding has no words in English.
    """
    follows = severities(package)
    rows = ["| 意见 finding | 结果 result | 现状 · what was found | 补正办法 · how to mend it |", "|---|---|---|---|"]
    english = words("en")
    for rule, chinese in words("zh").items():
        if not isinstance(chinese, dict) or not all(isinstance(chinese.get(key), str) for key in FindingText._fields):
            continue
        told = " / ".join(_FOLLOWS[severity] for severity in Severity if severity in follows[rule]) or _DEPENDS
        found, mend = (f"{_plain(chinese[key])}<br>{_plain(english[rule][key])}" for key in ("message", "fix"))
        rows.append(f"| {chinese['title']}<br>`{rule}` | {told} | {found} | {mend} |")
    return "\n".join(rows) + "\n"


def put_in(page: str, made: str) -> str:
    """Return a page with what stands between its two marks replaced.

    Raises:
        ValueError: The page has no such marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"page: expected the marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{made}\n{END}{after}"


def severities(package: Path) -> Mapping[str, set[Severity]]:
    """Return what each rule's findings do to a package, as the code that makes them says."""
    found: dict[str, set[Severity]] = defaultdict(set)
    for room in _ROOMS:
        for path in sorted((package / room).rglob("*.py")):
            for rule, severity in _made_in(ast.parse(path.read_text(encoding="utf-8"))):
                found[rule].add(severity)
    return found


def _made_in(parsed: ast.Module) -> Iterator[tuple[str, Severity]]:
    """Yield rules with the severity that stands in the same call or tuple, or in the name of the helper that is called."""
    for node in ast.walk(parsed):
        if not isinstance(node, ast.Call | ast.Tuple):
            continue
        parts = [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else node.elts
        rules = [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]
        named = [s for part in parts for s in _severities_of(part)]
        if isinstance(node, ast.Call) and not named:
            helper = ast.unparse(node.func).rpartition(".")[2].strip("_")
            named = [_HELPERS[helper]] if helper in _HELPERS else []
        yield from ((rule, severity) for rule in rules if re.fullmatch(r"[a-z_]{5,}", rule) for severity in named)


def _severities_of(part: ast.expr) -> Iterator[Severity]:
    chosen = [part.body, part.orelse] if isinstance(part, ast.IfExp) else [part]
    for one in chosen:
        if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "Severity":
            yield Severity[one.attr]


def _plain(template: str) -> str:
    """Return the words with an ellipsis where a value goes."""
    parts = [text + ("…" if name is not None else "") for text, name, _, _ in string.Formatter().parse(template)]
    return "".join(parts).replace("|", "\\|").replace("\n", " ")
