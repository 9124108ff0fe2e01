#!/usr/bin/env python3
"""Write the generated pages of docs/ anew; `make docs` runs this in the virtual environment."""

from __future__ import annotations

from pathlib import Path

from lantai.manual.pages import pages

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    for path, text in pages(ROOT).items():
        (ROOT / path).write_text(text, encoding="utf-8")
