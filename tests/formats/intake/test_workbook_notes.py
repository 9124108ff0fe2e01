"""What a workbook shows beside the values of its cells."""

from __future__ import annotations

import pytest

from lantai.formats.intake.workbook_notes import read_notes


@pytest.mark.parametrize(
    ("part", "texts"),
    [
        (
            "<comments><commentList><comment><text><r><t>机</t></r><r><t>密</t></r></text></comment></commentList></comments>",
            ["机密"],
        ),
        ('<styleSheet><numFmt formatCode="&quot;TOP SECRET&quot; yyyy;\\机\\密0"/></styleSheet>', ["TOP SECRET;机密"]),
        ("<ThreadedComments><threadedComment><text>机密</text></threadedComment></ThreadedComments>", ["机密"]),
        (
            '<worksheet><sheetData/><headerFooter><oddHeader>&amp;L&amp;"宋体,Bold"&amp;12机密&amp;R第&amp;P页</oddHeader></headerFooter></worksheet>',
            ["\n机密\n第页"],
        ),
        (
            '<x:styleSheet xmlns:x="a"><x:numFmts><x:numFmt formatCode="&quot;机密★&quot;0&quot;年&quot;"/></x:numFmts></x:styleSheet>',
            ["机密★年"],
        ),
        ('<styleSheet><numFmts><numFmt formatCode="[$机密-804]0.00"/></numFmts></styleSheet>', ["机密"]),
        ('<a:d xmlns:a="a"><a:p><a:r><a:t>绝</a:t></a:r><a:r><a:t>密</a:t></a:r></a:p></a:d>', ["绝密"]),
        ('<c:p xmlns:c="a" xmlns:dc="b"><dc:title>机密</dc:title></c:p>', ["机密"]),
        ("<sst><si><t>机密</t></si></sst>", []),
        ("<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>", []),
    ],
)
def test_text_of_a_part_comes_back_as_a_reader_sees_it(part: str, texts: list[str]) -> None:
    """R1-40: in runs, behind codes of formatting, under any name of the part."""
    assert read_notes(part.encode()).texts == texts


def test_formula_without_a_value_is_counted_and_one_with_a_value_is_not() -> None:
    """R1-40: what it would show nobody has seen."""
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1"><f>A1</f></c><c r="D1"><f>A1</f><v/></c><c r="E1"><v>1</v></c>'
    )

    notes = read_notes(f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>".encode())

    assert (notes.unseen_formulas, notes.first_unseen, notes.is_whole) == (2, "C1", True)


@pytest.mark.parametrize("part", [b"<comments><comment>", b"<a>\xff</a>", "<a>".encode("utf-16")])
def test_part_that_cannot_be_read_to_its_end_is_told_so(part: bytes) -> None:
    """R1-40: nobody can say what it shows."""
    assert not read_notes(part).is_whole


def test_part_that_is_no_text_shows_nothing() -> None:
    """R1-40 (pictures are not looked at)."""
    assert read_notes(b"\x89PNG\r\n\x1a\n") == read_notes("HP 打印机".encode("utf-16-le")) == read_notes(b"")
    assert read_notes(b"").texts == []


def test_text_beyond_every_cell_is_left_out_and_told() -> None:
    """S5."""
    notes = read_notes(b"<a><comment>" + b"x" * 40_000 + b"</comment></a>")

    assert (notes.texts, notes.is_whole) == ([], False)
