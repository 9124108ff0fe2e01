"""The child process that opens a spreadsheet: run by `sheet`, never imported.

It limits its own memory and time before it looks at a byte of what a
department sent, reads the workbook from standard input, and writes one JSON
line per sheet and per row that holds something.

Source: reliability.md, "Facts" on openpyxl and xlsx.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time

MIDNIGHT = time(0, 0)
EXACT_BELOW = 1e15
"""Whole numbers from here on are shown rounded by spreadsheets."""


def text_of(cell: object) -> str:
    """Return what a person sees in a cell: 12 rather than 12.0, a day rather than midnight of it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < EXACT_BELOW else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == MIDNIGHT else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).replace("\0", "").strip()


def main() -> int:
    """Read the workbook on standard input and write its cells; 3 when it is no workbook, 4 over a limit, 5 with a password."""
    memory_bytes, seconds, rows_left, text_left = (int(word) for word in sys.argv[1:5])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine

    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]  # a text stream here
    try:
        with python_calamine.CalamineWorkbook.from_filelike(sys.stdin.buffer) as book:
            for about in book.sheets_metadata:
                sheet = book.get_sheet_by_name(about.name)
                is_visible = about.visible is python_calamine.SheetVisibleEnum.Visible
                sys.stdout.write(json.dumps({"name": about.name, "is_visible": is_visible}, ensure_ascii=False) + "\n")
                for number, row in enumerate(sheet.iter_rows(), start=1):
                    cells = [text_of(cell) for cell in row]
                    if any(cells):
                        rows_left -= 1
                        line = json.dumps([number, cells], ensure_ascii=False) + "\n"
                        text_left -= len(line)
                        if rows_left < 0 or text_left < 0:
                            return 4
                        sys.stdout.write(line)
    except python_calamine.PasswordError:
        return 5
    except python_calamine.CalamineError:
        return 3
    except MemoryError:
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
