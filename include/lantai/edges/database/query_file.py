"""A query as a file: one statement, named parameters, and a header that says what goes in and what comes out.

The header is part of the query, not a remark: its types bind the parameters
and read the columns, so that one file runs on both databases.

    -- Records whose retention has run out on a day.
    -- reads: edges/registry/disposal/lists.py
    -- source: 档案法实施条例 (2024) art. 24
    -- param: due_on date
    -- returns: record_id text
    -- returns: destroy_due_on date
    SELECT ...
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Text, bindparam, text
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import TextualSelect
from sqlalchemy.types import TypeEngine

from lantai.edges.tables.columns import Moment, StoredBytes

TYPES: Mapping[str, type[TypeEngine[Any]]] = MappingProxyType(
    {"text": Text, "integer": BigInteger, "date": Date, "moment": Moment, "boolean": Boolean, "bytes": StoredBytes},
)
LINE = re.compile(r"--\s*(param|returns):\s*(\w+)\s+(\w+)(\[\])?\s*$")


@dataclass(frozen=True, slots=True)
class QueryFile:
    """One parsed query file; `parameters` and `columns` map names to words of `TYPES`, a list parameter ends in `[]`."""

    name: str
    sql: str
    parameters: Mapping[str, str]
    columns: Mapping[str, str]

    def statement(self, given: Mapping[str, Any]) -> TextualSelect | TextClause:
        """Return the statement with its types bound.

        Raises:
            ValueError: The given names are not exactly those of the header.
        """
        if set(given) != set(self.parameters):
            raise ValueError(f"query {self.name}: found parameters {sorted(given)}, expected {sorted(self.parameters)}")
        binds = [
            bindparam(name, type_=TYPES[word.removesuffix("[]")](), expanding=word.endswith("[]"))
            for name, word in self.parameters.items()
        ]
        clause = text(self.sql).bindparams(*binds)
        if not self.columns:
            return clause
        return clause.columns(**{name: TYPES[word]() for name, word in self.columns.items()})


@cache
def load_query(path: Path) -> QueryFile:
    """Read one query file.

    Raises:
        ValueError: The header names a type that does not exist.
    """
    source = path.read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {"param": {}, "returns": {}}
    for line in source.splitlines():
        if match := LINE.match(line.strip()):
            kind, name, word, many = match.groups()
            if word not in TYPES:
                raise ValueError(f"{path.name}: found type {word!r}, expected one of {', '.join(TYPES)}")
            found[kind][name] = word + (many or "")
    body = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("--"))
    return QueryFile(path.stem, body.strip().rstrip(";"), found["param"], found["returns"])
