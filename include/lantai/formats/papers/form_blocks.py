"""The parts of a paper as plain data: facts, tables, sentences, signatures. The template knows how each looks.

Source: DA/T and bureau forms in common use: label and value in a grid, heading
row repeated on every page, signatures last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lantai.formats.papers.form_content import PrintedSigner
from lantai.formats.papers.wording import Wording

Block = dict[str, Any]
Cell = str | dict[str, str]
"""Text, or text with small print below it, see `with_small_print`."""
Fact = tuple[str, Cell]


def facts(pairs: Sequence[Fact], *, wide: Sequence[Fact] = (), heading: str = "") -> Block:
    """Return labels with their values, two to a line, then the wide ones each on a line of its own."""
    rows: list[list[Cell]] = [[*pairs[first], *pairs[first + 1]] for first in range(0, len(pairs) - 1, 2)]
    if len(pairs) % 2:
        rows.append(list(pairs[-1]))
    rows.extend(list(fact) for fact in wide)
    return {"type": "facts", "heading": heading, "rows": rows}


def with_small_print(text: str, small: str) -> Cell:
    """Return a cell with a second line in small print: what is there to be compared rather than read."""
    return {"text": text, "small": small} if small else text


def table(
    columns: Sequence[tuple[str, float, str]],
    rows: Iterable[Sequence[Cell]],
    *,
    heading: str = "",
    size: float = 9,
    is_annex: bool = False,
) -> Block:
    """Return a table; a column is heading, share of the width and `left`, `center` or `right`; `size` in points.

    A row of one cell goes over all columns: a band that says what the rows below it are. An annex begins a page of its own.
    """
    return {
        "type": "table",
        "heading": heading,
        "head": [head for head, _width, _align in columns],
        "widths": [width for _head, width, _align in columns],
        "aligns": [align for _head, _width, align in columns],
        "rows": [list(row) for row in rows],
        "size": size,
        "is_annex": is_annex,
    }


def sentences(texts: Sequence[str], *, heading: str = "") -> Block:
    """Return paragraphs."""
    return {"type": "text", "heading": heading, "sentences": list(texts)}


def signature_party(wording: Wording, title: str, lines: Sequence[tuple[str, str]], signed_on: object = None) -> Block:
    """Return one party of a signature block: who signs, place of the seal, date; a blank date is left to the pen."""
    return {
        "title": wording.word("duties", title),
        "lines": [[wording.word("duties", duty), name] for duty, name in lines],
        "seal": wording.word("duties", "seal"),
        "date": wording.show(signed_on) or wording.word("page", "blank_date"),
    }


def signatures(parties: Sequence[Block], *, above: Sequence[str] = (), heading: str = "") -> Block:
    """Return the parties' signature blocks side by side, with the sentences they sign above; never split over two pages."""
    return {"type": "signs", "heading": heading, "sentences": list(above), "columns": list(parties)}


def signer_table(wording: Wording, signers: Sequence[PrintedSigner], *, heading: str) -> Block:
    """Return who signed what and how; without a personal signature the paper says so."""
    rows = [
        (
            wording.value("duty", signer["duty"]),
            _person(wording, signer),
            wording.value("stage", signer["stage"]),
            wording.show(signer["signed_at"]),
            with_small_print(wording.sentence("by_key"), signer["fingerprint"])
            if signer["fingerprint"]
            else wording.sentence("asserted"),
        )
        for signer in signers
    ]
    widths = (("duty", 11.5), ("person", 15.0), ("stage", 10.0), ("signed_at", 20.0), ("signature", 43.5))
    columns = [(wording.field(key), width, "center") for key, width in widths]
    return table(columns, rows, heading=wording.word("headings", heading), size=8)


def evidence(wording: Wording, content: Mapping[str, Any]) -> list[Fact]:
    """Return digest, checkpoint and inclusion proof as facts, as far as the paper has them."""
    found: list[Fact] = []
    if content.get("manifest_digest"):
        found.append((wording.field("manifest_digest"), digest_text(content["manifest_digest"])))
    if content.get("list_digest"):
        found.append((wording.field("list_digest"), digest_text(content["list_digest"])))
    if content.get("checkpoint"):
        point = content["checkpoint"]
        text = wording.sentence("checkpoint", origin=point["origin"], size=point["size"])
        root = wording.sentence("root", root=point["root"])
        found.append((wording.field("checkpoint"), with_small_print(text, root)))
    if content.get("proof"):
        proof = content["proof"]
        text = wording.sentence("proof", leaf_index=proof["leaf_index"], count=len(proof["hashes"]))
        found.append((wording.field("proof"), text))
    return found


def digest_text(digest: Mapping[str, str]) -> str:
    """Return a digest with its algorithm's name before it."""
    return f"{digest['algorithm']}  {digest['value']}"


def algorithm_text(wording: Wording, algorithm: str) -> str:
    """Return the algorithm's name; MD5 is labelled weak wherever it is printed."""
    return wording.sentence("weak", algorithm=algorithm) if algorithm.upper() == "MD5" else algorithm


def _person(wording: Wording, signer: PrintedSigner) -> str:
    person = wording.sentence("person", name=signer["name"], person_id=signer["person_id"])
    principal = signer.get("on_behalf_of")
    return wording.sentence("on_behalf_of", person=person, principal=principal) if principal else person
