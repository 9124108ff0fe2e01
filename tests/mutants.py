"""Source text with one thing broken: every way in which a function can be changed so that somebody should notice.

Pure: text in, text out. A mutant differs from its original in one place and
still compiles. Left out is what cannot matter or is never meant to: docstrings,
annotations, what is only said (messages, logs, screens), `__all__`, and what
only a type checker reads. Which of them are tried, and by which tests, is in
`mutate`.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
"""What a comparison becomes: an order moves by one, all else says the contrary."""
TWINS = {"min": "max", "max": "min", "any": "all", "all": "any"}
EMPTY = {
    ast.List: "[]",
    ast.ListComp: "[]",
    ast.Dict: "{}",
    ast.DictComp: "{}",
    ast.SetComp: "set()",
    ast.Set: "set()",
    ast.Tuple: "()",
    ast.JoinedStr: "''",
}
"""What is returned instead of a value of that shape; of any other shape it is None."""
ONLY_SAID = frozenset(
    {"debug", "info", "warning", "error", "exception", "log", "echo", "secho", "print", "say", "warn"}
)
"""Calls of these names tell somebody something: not what is tried here."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken version of a module.

    Attributes:
        function: Where it is broken, e.g. `MarkFinder.look`.
        line: Line of the original, counted from 1.
        what: How, e.g. `comparison`.
        before: What stood there, on one line.
        after: What stands there now.
        source: The whole module.
    """

    function: str
    line: int
    what: str
    before: str
    after: str
    source: str


def mutants(source: str, function: str | None = None) -> list[Mutant]:
    """Return every mutant of the functions of a module, in order of place.

    Args:
        source: The module's text.
        function: Only those of this one, e.g. `MarkFinder.look`; None is all.
    """
    parsed = ast.parse(source)
    original = ast.dump(parsed)
    found = [
        _mutant(source, original, name, node, what, after)
        for name, body in functions(parsed)
        if function in {None, name}
        for node in _that_decide(body)
        for what, after in _changes(node)
    ]
    return sorted((each for each in found if each is not None), key=lambda each: (each.line, each.what, each.after))


def functions(parsed: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield functions and methods with their names; those inside another belong to it."""
    for node in parsed.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and not any("Protocol" in ast.unparse(base) for base in node.bases):
            inner = (child for child in node.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))
            yield from (
                (f"{node.name}.{each.name}", each) for each in inner if each.name not in {"__repr__", "__str__"}
            )


def _that_decide(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function that can change what it does."""
    for name, field in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "args", "type_comment"} and not isinstance(
            node, ast.Call
        ):
            continue
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST) and not _is_passed_over(child):
                yield child
                # The places of what stands inside an f-string are not those of the text before Python 3.12.
                if not isinstance(child, ast.JoinedStr):
                    yield from _that_decide(child)


def _is_passed_over(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        is_text = isinstance(node.value, ast.Constant)
        return is_text or (isinstance(node.value, ast.Call) and _name(node.value.func) in ONLY_SAID)
    if isinstance(node, ast.If):
        return ast.unparse(node.test).endswith("TYPE_CHECKING")
    if isinstance(node, ast.Assign):
        return any(ast.unparse(target) == "__all__" for target in node.targets)
    return isinstance(node, ast.Assert)


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else ast.unparse(func)


def _changes(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield how a node can be changed, with the text that stands there instead."""
    if isinstance(node, ast.expr):
        yield from _of_expression(node)
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Constant):
        yield "condition", _text(_with(node, test=ast.UnaryOp(ast.Not(), node.test)))
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _of_return(node.value)
    if isinstance(node, ast.Raise):
        yield "raise left out", "pass"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
        yield "statement left out", "pass"
    if isinstance(node, ast.AugAssign | ast.Continue | ast.Break | ast.Delete):
        yield "statement left out", "pass"


def _of_expression(node: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.BoolOp):
        swapped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and/or", _text(_with(node, op=swapped))
        for left_out in range(len(node.values)):
            rest = [value for at, value in enumerate(node.values) if at != left_out]
            yield "condition left out", _text(rest[0] if len(rest) == 1 else _with(node, values=rest))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not left out", _text(node.operand)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        if any(isinstance(side, ast.Constant) and isinstance(side.value, int) for side in (node.left, node.right)):
            yield "sum", _text(_with(node, op=ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TWINS:
        yield "twin", _text(_with(node, func=ast.Name(TWINS[node.func.id])))
    elif isinstance(node, ast.comprehension | ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp):
        yield from _of_comprehension(node)


def _of_comparison(node: ast.Compare) -> Iterator[tuple[str, str]]:
    for at, op in enumerate(node.ops):
        ops = [*node.ops[:at], OPPOSITES[type(op)](), *node.ops[at + 1 :]]
        yield "comparison", _text(_with(node, ops=ops))
    sides = [node.left, *node.comparators]
    for at, side in enumerate(sides):
        if isinstance(side, ast.Constant) and (type(side.value) is int or (isinstance(side.value, str) and side.value)):
            other = side.value + 1 if type(side.value) is int else f"{side.value}?"
            changed = [*sides[:at], ast.Constant(other), *sides[at + 1 :]]
            yield "constant", _text(_with(node, left=changed[0], comparators=changed[1:]))


def _of_comprehension(node: ast.expr) -> Iterator[tuple[str, str]]:
    for at, clause in enumerate(node.generators):
        for left_out in range(len(clause.ifs)):
            rest = [test for number, test in enumerate(clause.ifs) if number != left_out]
            clauses = [*node.generators[:at], _with(clause, ifs=rest), *node.generators[at + 1 :]]
            yield "condition left out", _text(_with(node, generators=clauses))


def _of_return(value: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(value, ast.Constant):
        if isinstance(value.value, bool):
            yield "return", f"return {not value.value}"
        elif type(value.value) is int:
            yield "return", f"return {value.value + 1}"
        elif isinstance(value.value, str) and value.value:
            yield "return", "return ''"
        return
    if isinstance(value, ast.Compare | ast.BoolOp) or (
        isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    ):
        yield "return", f"return not ({_text(value)})"
        return
    empty = EMPTY.get(type(value), "None")
    if ast.unparse(value) != empty:
        yield "return", f"return {empty}"


def _with(node: ast.AST, **changed: object) -> ast.AST:
    other = copy.copy(node)
    for field, value in changed.items():
        setattr(other, field, value)
    return other


def _text(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node))


def _mutant(source: str, original: str, function: str, node: ast.AST, what: str, after: str) -> Mutant | None:
    """Splice the changed text in; None where it would not compile, or says the same."""
    if isinstance(node, ast.If | ast.While):
        # Only the test is put in anew: the statements below stay as they are, line by line.
        place, after = node.test, f"not ({_text(node.test)})"
    else:
        place = node
    before = _text(place)
    lines = source.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: place.lineno - 1])) + place.col_offset
    end = sum(map(len, lines[: place.end_lineno - 1])) + place.end_col_offset
    put_in = f"({after})" if isinstance(place, ast.expr) else after
    text = (source.encode()[:start] + put_in.encode() + source.encode()[end:]).decode()
    try:
        if ast.dump(ast.parse(text)) == original:
            return None
        compile(text, function, "exec")
    except SyntaxError:
        return None
    return Mutant(function, place.lineno, what, before, after, text)
