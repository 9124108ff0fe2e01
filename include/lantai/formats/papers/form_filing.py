"""How the papers about a filing are laid out: inspection form, opinions, receipt, board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lantai.formats.papers import form_blocks as blocks
from lantai.formats.papers.form_content import (
    AcceptanceInspection,
    Board,
    CarrierLine,
    CheckLine,
    Filing,
    Notice,
    Opinions,
    PlaceLine,
    Receipt,
)
from lantai.formats.papers.wording import Wording


def acceptance_inspection(content: AcceptanceInspection, wording: Wording) -> list[blocks.Block]:
    """Lay out 《档案备份数据移交、接收检验表》: what both sides sign first, every item of the test as an annex below it.

    Source: R1-36, R1-48.
    """
    filing = [
        *_filing_facts(content, wording),
        (wording.field("channel"), wording.value("channel", content.get("channel"))),
        (wording.field("strategy"), wording.value("strategy", content.get("strategy"))),
        *_count_facts(content, wording),
        (wording.field("outcome"), wording.value("outcome", content["outcome"])),
    ]
    parts = [
        blocks.facts([fact for fact in filing if fact[1]]),
        carrier_table(content["carriers"], wording),
        property_table(content["checks"], content.get("unit_results", {}), wording),
    ]
    if content["places"]:
        parts.append(_place_table(content["places"], wording))
    if proof := blocks.evidence(wording, content):
        parts.append(blocks.facts([], wide=proof, heading=wording.word("headings", "evidence")))
    if remarks := content.get("remarks"):
        parts.append(blocks.sentences(remarks, heading=wording.word("headings", "remarks")))
    responsible = [
        wording.sentence(f"responsible_unit_{content['data_form']}"),
        wording.sentence("responsible_centre"),
        wording.sentence("duplicate"),
    ]
    halves = [_half(content, wording, "unit", "sending_party"), _half(content, wording, "centre", "receiving_party")]
    parts.append(blocks.signatures(halves, above=responsible, heading=wording.word("headings", "responsibility")))
    items = [line for line in content["checks"] if line.get("code")]
    return [*parts, check_table(items, wording)] if items else parts


def opinions(content: Opinions, wording: Wording) -> list[blocks.Block]:
    """Lay out 修改意见（补正意见单）: each finding with its rule and its remedy, and until when. Source: R1-49, R1-50, R4-08."""
    columns = [
        (wording.field("number"), 5.0, "center"),
        (wording.field("severity"), 8.0, "center"),
        (wording.field("where"), 21.0, "left"),
        (wording.field("found"), 33.0, "left"),
        (wording.field("expected"), 16.0, "left"),
        (wording.field("source"), 14.0, "left"),
        (wording.field("fix"), 29.0, "left"),
    ]
    rows = [
        (
            str(number),
            wording.value("severity", finding.get("severity", "fault")),
            finding["where"],
            finding["found"],
            finding["expected"],
            finding["source"],
            finding["fix"],
        )
        for number, finding in enumerate(content["findings"], start=1)
    ]
    again = wording.sentence(
        "supplement",
        supplement_by=content["supplement_by"],
        resubmit_to=content["resubmit_to"],
        next_round=content["round_no"] + 1,
    )
    if contact := content.get("contact"):
        again = f"{again}{wording.sentence('contact', contact=contact)}"
    party = blocks.signature_party(wording, "issuing_party", [("issuer", content.get("issuer", ""))])
    return [
        blocks.facts(_filing_facts(content, wording)),
        blocks.sentences([wording.sentence("opinions", count=len(rows))]),
        blocks.table(columns, rows, heading=wording.word("headings", "findings"), size=8.5),
        blocks.signatures([party], above=[again], heading=wording.word("headings", "resubmission")),
    ]


def notice(content: Notice, wording: Wording) -> list[blocks.Block]:
    """Lay out 受理通知: what a held carrier waits for. Source: R1-37, R1-51."""
    columns = [
        (wording.field("number"), 6.0, "center"),
        (wording.field("where"), 30.0, "left"),
        (wording.field("found"), 64.0, "left"),
    ]
    rows = [(str(number), line["where"], line["found"]) for number, line in enumerate(content["findings"], start=1)]
    return [
        blocks.facts(_filing_facts(content, wording)),
        blocks.sentences([wording.sentence("notice", count=len(rows))]),
        blocks.table(columns, rows, heading=wording.word("headings", "waits_for"), size=8.5),
    ]


def receipt(content: Receipt, wording: Wording) -> list[blocks.Block]:
    """Lay out 接收证明书."""
    named: Mapping[str, Any] = {
        "unit": content["unit"],
        "filing_year": str(content["filing_year"]),
        "data_form": wording.value("data_form", content["data_form"]),
        "submission_id": content["submission_id"],
        "round_no": content["round_no"],
    }
    pairs = [
        (wording.field("receipt_no"), content["receipt_no"]),
        (wording.field("accepted_at"), wording.show(content["accepted_at"])),
        *_filing_facts(content, wording),
        *_count_facts(content, wording),
        (wording.field("signed_with"), content["signed_with"]),
    ]
    return [
        blocks.sentences([wording.sentence("receipt", **named)]),
        blocks.facts(pairs, wide=blocks.evidence(wording, content)),
        _place_table(content["places"], wording),
        blocks.sentences([wording.sentence("receipt_verify")]),
        blocks.signatures([blocks.signature_party(wording, "issuing_party", [("issuer", content.get("issuer", ""))])]),
    ]


def board(content: Board, wording: Wording) -> list[blocks.Block]:
    """Lay out 年度跟踪表: one line per unit and form, and how many stand in each state."""
    keys = (
        ("number", 5.0, "center"), ("unit", 26.0, "left"), ("data_form", 14.0, "center"), ("responsible_person", 10.0, "center"),
        ("due_on", 14.0, "center"), ("state", 13.0, "center"), ("received_on", 14.0, "center"), ("days_late", 8.0, "right"),
        ("rounds", 6.0, "center"), ("record_count", 8.0, "right"), ("remark", 16.0, "left"),
    )  # fmt: skip
    rows = []
    states: dict[str, int] = {}
    for number, line in enumerate(content["rows"], start=1):
        state = wording.value("state", line["state"])
        states[state] = states.get(state, 0) + 1
        shown: Mapping[str, Any] = {
            **line,
            "number": number,
            "state": state,
            "data_form": wording.value("data_form", line["data_form"]),
        }
        # Dates in ISO form fit their column on one line.
        rows.append(["" if shown.get(key) is None else str(shown[key]) for key, _width, _align in keys])
    columns = [(wording.field(key), width, align) for key, width, align in keys]
    summary = [(state, str(count)) for state, count in states.items()]
    return [
        blocks.facts(summary, heading=wording.word("headings", "summary")),
        blocks.table(columns, rows, heading=wording.word("headings", "rows")),
        blocks.signatures([blocks.signature_party(wording, "archives_party", [("preparer", ""), ("reviewer", "")])]),
    ]


def carrier_table(carriers: Sequence[CarrierLine], wording: Wording, *, heading: str = "carriers") -> blocks.Block:
    """Return one line per carrier with its digest, the algorithm named. Source: R1-27; rules N7."""
    columns = [
        (wording.field("carrier"), 22.0, "left"),
        (wording.field("description"), 18.0, "left"),
        (wording.field("bytes"), 14.0, "right"),
        (wording.field("algorithm"), 11.0, "center"),
        (wording.field("digest"), 35.0, "left"),
    ]
    rows = [
        (
            blocks.with_small_print(line["carrier"], line.get("carrier_id", "")),
            line.get("description", ""),
            wording.show(line["bytes"]),
            blocks.algorithm_text(wording, line["algorithm"]),
            line["digest"],
        )
        for line in carriers
    ]
    return blocks.table(columns, rows, heading=wording.word("headings", heading), size=8.5)


def property_table(checks: Sequence[CheckLine], unit_results: Mapping[str, str], wording: Wording) -> blocks.Block:
    """Return the four properties with either side's result, as both sign them. Source: R1-28, R1-48; rules N8."""
    columns = [
        (wording.field("property"), 16.0, "center"),
        (wording.field("unit_result"), 24.0, "center"),
        (wording.field("centre_result"), 24.0, "center"),
        (wording.field("remark"), 36.0, "left"),
    ]
    rows = [
        (
            wording.value("property", name),
            unit_results.get(name, ""),
            wording.value("result", _worst([line["centre_result"] for line in lines])),
            _counted([line["centre_result"] for line in lines], wording),
        )
        for name, lines in _by_property(checks).items()
    ]
    return blocks.table(columns, rows, heading=wording.word("headings", "checks"))


def check_table(checks: Sequence[CheckLine], wording: Wording) -> blocks.Block:
    """Return every item of the test under its property, an annex to the form. Source: rules N8."""
    columns = [
        (wording.field("code"), 12.0, "center"),
        (wording.field("check"), 46.0, "left"),
        (wording.field("centre_result"), 16.0, "center"),
        (wording.field("remark"), 26.0, "left"),
    ]
    rows: list[list[blocks.Cell]] = []
    for name, lines in _by_property(checks).items():
        rows.append([wording.value("property", name)])
        rows += [
            [
                line.get("code", ""),
                line["check"],
                wording.value("result", line["centre_result"]),
                line.get("remark", ""),
            ]
            for line in lines
        ]
    return blocks.table(columns, rows, heading=wording.word("headings", "items"), size=8.5, is_annex=True)


_FROM_BAD_TO_GOOD = ("fail", "pending_manual", "not_checked", "pass", "not_applicable", "")


def _by_property(checks: Sequence[CheckLine]) -> dict[str, list[CheckLine]]:
    found: dict[str, list[CheckLine]] = {}
    for line in checks:
        found.setdefault(line["property"], []).append(line)
    return found


def _worst(results: Sequence[str]) -> str:
    """Return what a property as a whole is: as bad as its worst item; an unknown word is left for the wording to refuse.

    Source: R1-46.
    """
    unknown = [result for result in results if result not in _FROM_BAD_TO_GOOD]
    worst = unknown[0] if unknown else min(results, key=_FROM_BAD_TO_GOOD.index)
    return "checked_in_part" if worst == "not_checked" and "pass" in results else worst


def _counted(results: Sequence[str], wording: Wording) -> str:
    """Return how many items have which result, when there are several."""
    if len(results) == 1:
        return ""
    counts = [(result, results.count(result)) for result in _FROM_BAD_TO_GOOD if result in results]
    told = [wording.sentence("items", result=wording.value("result", result), count=count) for result, count in counts]
    return wording.word("page", "comma").join(told)


def _filing_facts(content: Filing, wording: Wording) -> list[blocks.Fact]:
    """Return which filing it is, its numbers and times among them. Source: R1-43."""
    late = content["days_late"]
    return [
        (wording.field("unit"), content["unit"]),
        (wording.field("unit_code"), content["unit_code"]),
        (wording.field("fonds_no"), content["fonds_no"]),
        (wording.field("filing_year"), str(content["filing_year"])),
        (wording.field("data_form"), wording.value("data_form", content["data_form"])),
        (wording.field("submission_id"), content["submission_id"]),
        (wording.field("package_name"), content["package_name"]),
        (wording.field("carrier_number"), content["carrier_number"]),
        (wording.field("round_no"), wording.sentence("round", number=content["round_no"])),
        (wording.field("received_at"), wording.show(content["received_at"])),
        (wording.field("due_on"), wording.show(content["due_on"])),
        (wording.field("timeliness"), wording.sentence("late", days=late) if late else wording.sentence("on_time")),
    ]


def _count_facts(content: AcceptanceInspection | Receipt, wording: Wording) -> list[blocks.Fact]:
    return [
        (wording.field("record_count"), wording.show(content["record_count"])),
        (wording.field("file_count"), wording.show(content["file_count"])),
        (wording.field("total_bytes"), wording.show(content["total_bytes"])),
    ]


def _place_table(places: Sequence[PlaceLine], wording: Wording) -> blocks.Block:
    columns = [
        (wording.field("place"), 40.0, "left"),
        (wording.field("verified_at"), 34.0, "center"),
        (wording.field("state"), 26.0, "center"),
    ]
    rows = [
        (line["place"], wording.show(line["verified_at"]), wording.value("result", line["result"])) for line in places
    ]
    return blocks.table(columns, rows, heading=wording.word("headings", "places"))


def _half(content: AcceptanceInspection, wording: Wording, side: str, title: str) -> blocks.Block:
    named: Mapping[str, Any] = content
    lines = [("form_preparer", named.get(f"{side}_preparer", "")), ("form_reviewer", named.get(f"{side}_reviewer", ""))]
    return blocks.signature_party(wording, title, lines, named.get(f"{side}_signed_on"))
