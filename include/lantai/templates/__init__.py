"""The papers' template and fonts: data that the package ships; the words on them are in `lantai.locales`.

Nothing here is filled in or set; `lantai.formats.papers.form` does that. The fonts
come from the wheel `mplfonts`, so a machine without a single CJK font prints
the same paper, byte for byte.
"""

from __future__ import annotations

import importlib.util
import struct
from functools import cache
from importlib import resources
from pathlib import Path

SERIF = "Noto Serif CJK SC"
"""The 宋体 of our papers."""

SANS = "Noto Sans CJK SC"
"""The 黑体 of titles and headings; only our own words are set in it."""

_SERIF_FILE = "NotoSerifCJKsc-Regular.otf"
_FILES = (_SERIF_FILE, "NotoSansCJKsc-Regular.otf")


def template_source(name: str) -> bytes:
    """Return a template as typst source; `name` without `.typ`."""
    return resources.files(__name__).joinpath(f"{name}.typ").read_bytes()


def font_folder() -> Path:
    """Return the folder of the fonts we print with.

    Raises:
        FileNotFoundError: The wheel `mplfonts` is not installed whole.
    """
    # find_spec does not run the package: importing it would load matplotlib.
    spec = importlib.util.find_spec("mplfonts")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("package mplfonts: expected beside this one, it carries the fonts of the papers")
    folder = Path(spec.origin).parent / "fonts"
    for name in _FILES:
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{name}: expected in the fonts of the package mplfonts")
    return folder


@cache
def drawable() -> frozenset[int]:
    """Return the code points that our printing font has a glyph for."""
    font = (font_folder() / _SERIF_FILE).read_bytes()
    points: set[int] = set()
    for start, end in _cmap_groups(font):
        points.update(range(start, end + 1))
    return frozenset(points)


def _cmap_groups(font: bytes) -> list[tuple[int, int]]:
    # OpenType: table directory, then `cmap`, then its format 12 subtable (full Unicode), which every CJK font has.
    table_count = struct.unpack_from(">H", font, 4)[0]
    tables = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * table_count, 16)
    }
    cmap = tables[b"cmap"]
    subtable_count = struct.unpack_from(">H", font, cmap + 2)[0]
    for number in range(subtable_count):
        subtable = cmap + struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)[0]
        if struct.unpack_from(">H", font, subtable)[0] == 12:  # noqa: PLR2004 (the number of the format)
            group_count = struct.unpack_from(">I", font, subtable + 12)[0]
            groups = struct.iter_unpack(">III", font[subtable + 16 : subtable + 16 + 12 * group_count])
            return [(start, end) for start, end, _glyph in groups]
    raise ValueError(f"{_SERIF_FILE}: expected a cmap subtable of format 12")
