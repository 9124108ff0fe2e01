"""Papers that are evidence: content in, PDF/A-2b out.

The same content gives the same bytes: the document's date is the content's
`printed_at`, the fonts are our own, and the machine's are not looked at. What
departments wrote travels as JSON into the template and is never markup.
Characters that no glyph can show, and those that steer text without being
seen, are printed as 〔U+XXXX〕. The signed JSON beside a paper is not made here.

Source: interfaces.md, "Papers".
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lantai import templates
from lantai.formats.papers import form_content as kinds
from lantai.formats.papers import form_disposal, form_filing
from lantai.formats.papers.wording import Wording

if TYPE_CHECKING:
    import typst

Layout = Callable[[Any, Wording], list[dict[str, Any]]]

_KINDS: Mapping[str, tuple[type[Any], Layout, bool]] = MappingProxyType(
    {
        "acceptance_inspection": (kinds.AcceptanceInspection, form_filing.acceptance_inspection, False),
        "opinions": (kinds.Opinions, form_filing.opinions, True),
        "notice": (kinds.Notice, form_filing.notice, False),
        "receipt": (kinds.Receipt, form_filing.receipt, False),
        "board": (kinds.Board, form_filing.board, True),
        "transfer_inventory": (kinds.TransferInventory, form_disposal.transfer_inventory, True),
        "transfer_register": (kinds.TransferRegister, form_disposal.transfer_register, False),
        "destruction_register": (kinds.DestructionRegister, form_disposal.destruction_register, True),
        "destruction_certificate": (kinds.DestructionCertificate, form_disposal.destruction_certificate, False),
    }
)
"""Fields, layout, and whether the page lies on its side."""

KINDS = tuple(_KINDS)

_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def render(kind: str, content: Mapping[str, Any], *, locale: str) -> bytes:
    """Return a paper as PDF/A-2b.

    Args:
        kind: One of `KINDS`.
        content: The fields of that kind, see `lantai.formats.papers.form_content`.
        locale: `zh` or `en`.

    Raises:
        ValueError: The kind or locale is unknown, a field is missing or not one of the paper's, or `printed_at` has no zone.
        KeyError: A coded value (state, result, decision ...) has no word.
    """
    import typst

    paper = json.dumps(_paper(kind, content, locale), ensure_ascii=False)
    compiler = typst.Compiler(
        templates.template_source("paper"),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"paper": paper},
    )
    timestamp = int(content["printed_at"].timestamp())
    # Tags are not asked for by level B; on a register of thousands of rows they are most of the time, memory and bytes.
    pdf = compiler.compile(format="pdf", pdf_standards=["a-2b"], timestamp=timestamp, pdf_tags=False)
    if not isinstance(pdf, bytes):
        raise TypeError(f"paper {kind}: typst gave {type(pdf).__name__}, expected bytes")
    return pdf


def _paper(kind: str, content: Mapping[str, Any], locale: str) -> dict[str, Any]:
    if kind not in _KINDS:
        raise ValueError(f"paper {kind!r}: expected one of {', '.join(KINDS)}")
    fields, layout, is_landscape = _KINDS[kind]
    _refuse_other_fields(kind, content, fields)
    printed_at = content["printed_at"]
    wording = Wording(locale, printed_at.utcoffset())
    blocks = layout(content, wording)
    for block in blocks:
        if block["type"] == "table" and not block["rows"]:
            block["rows"] = [[wording.word("page", "none")]]
    paper = {
        "title": wording.word("titles", kind).format(filing_year=content.get("filing_year", "")),
        "subtitle": "",
        "issuer": content["centre"],
        "left": wording.pair("centre", content["centre"]),
        "right": wording.pair("paper_no", content["paper_no"]),
        "footer": wording.word("page", "printed").format(
            printed_at=wording.show(printed_at), zone=wording.zone(printed_at)
        ),
        "note": wording.word("page", "today_is_set").format(today=wording.day(printed_at))
        if content.get("today_is_set")
        else "",
        "paper_no": content["paper_no"],
        "page_of": wording.word("page", "page_of"),
        "lang": wording.locale,
        "font": templates.SERIF,
        "heading_font": templates.SANS,
        "landscape": is_landscape,
        "blocks": blocks,
    }
    return {key: _drawable(value) for key, value in paper.items()}


def _refuse_other_fields(kind: str, content: Mapping[str, Any], fields: type[Any]) -> None:
    """Refuse a paper with a field missing, or with one that it would not show: a blank is never sealed. Source: R9-26, R10-06."""
    missing = sorted(fields.__required_keys__ - content.keys())
    unknown = sorted(content.keys() - fields.__required_keys__ - fields.__optional_keys__)
    if missing or unknown:
        raise ValueError(f"paper {kind}: missing {missing}, not a field of it {unknown}")
    printed_at = content["printed_at"]
    if not isinstance(printed_at, datetime) or printed_at.tzinfo is None:
        raise ValueError(f"paper {kind}: printed_at {printed_at!r}, expected a moment with its zone")


def _drawable(value: object) -> object:
    if isinstance(value, str):
        return _drawable_text(value)
    if isinstance(value, list | tuple):
        return [_drawable(each) for each in value]
    if isinstance(value, dict):
        return {key: _drawable(each) for key, each in value.items()}
    return value


def _drawable_text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    glyphs = templates.drawable()
    return "".join(
        char
        if char == "\n" or (ord(char) in glyphs and unicodedata.category(char) not in _STEERING)
        else f"〔U+{ord(char):04X}〕"
        for char in text
    )


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[templates.font_folder()])
