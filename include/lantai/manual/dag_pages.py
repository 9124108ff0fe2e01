"""docs/dags.md: the operator's page of every DAG, taken from its docstring; Airflow shows the same text.

`python -m lantai.manual.dag_pages > docs/dags.md` writes it. The files are
parsed, never run.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

INTRODUCTION = """# DAGs: the operator's pages · 流程操作页

Made from the docstrings in `dags/` by `make docs`; Airflow shows the same text beside each DAG.
本页由 `dags/` 中的说明生成，与 Airflow 页面所示相同。
"""


def page(files: Iterable[Path]) -> str:
    """Return the whole page.

    Args:
        files: The DAG files, in the order in which they are to stand.

    Raises:
        ValueError: A DAG file has no docstring.
    """
    return "\n".join([INTRODUCTION, *(_section(path) for path in files)])


def dag_files(folder: Path) -> list[Path]:
    """Return the files of a folder that hold a DAG, by name."""
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))


def _section(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if docstring is None:
        raise ValueError(f"{path.name}: expected a docstring, it is the operator's page")
    title, _, body = docstring.partition("\n")
    return f"## {path.stem}\n\n{title}\n\n{body.strip()}\n"


if __name__ == "__main__":
    sys.stdout.write(page(dag_files(Path(__file__).resolve().parents[3] / "dags")))
