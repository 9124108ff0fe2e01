"""All generated pages of docs/, by path: what `make docs` writes, and the tests compare."""

from __future__ import annotations

from pathlib import Path

from lantai.manual import dag_pages, findings, runbook, standards

PACKAGE_FORMAT = "docs/package-format.md"


def pages(root: Path) -> dict[str, str]:
    """Return the text of every generated page, by its path below the project's folder.

    Of docs/package-format.md only the table of findings is generated; all else is taken over as it stands.

    Args:
        root: Folder of the project.
    """
    by_hand = (root / PACKAGE_FORMAT).read_text(encoding="utf-8")
    return {
        "docs/dags.md": dag_pages.page(dag_pages.dag_files(root / "dags")),
        "docs/runbook.md": runbook.page(),
        "docs/standards.md": standards.page(root),
        PACKAGE_FORMAT: findings.put_in(by_hand, findings.table(root / "include" / "lantai")),
    }
