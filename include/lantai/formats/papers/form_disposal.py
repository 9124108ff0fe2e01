"""How the papers about disposal are laid out: inventory, transfer register, destruction register and certificate.

Source: vault.md, "Destruction, in order".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lantai.formats.papers import form_blocks as blocks
from lantai.formats.papers.columns import COLUMNS, Column
from lantai.formats.papers.form_content import (
    DestructionCertificate,
    DestructionRegister,
    DisposalPaper,
    TransferInventory,
    TransferRegister,
    Twin,
)
from lantai.formats.papers.form_filing import carrier_table
from lantai.formats.papers.wording import Wording
from lantai.records.disposal.laid_out_row import RegisterRow
from lantai.records.disposal.lists import Decision


def transfer_inventory(content: TransferInventory, wording: Wording) -> list[blocks.Block]:
    """Lay out 移交清册 as approved."""
    parties = [
        blocks.signature_party(wording, "sending_party", [("handed_over_by", ""), ("reviewer", ""), ("approver", "")]),
        blocks.signature_party(wording, "receiving_party", [("received_by", ""), ("reviewer", ""), ("approver", "")]),
    ]
    return [
        *_list_blocks(content, wording, "transfer_inventory", "transfer"),
        blocks.signatures(parties, above=[wording.sentence("transfer_statement"), wording.sentence("duplicate")]),
    ]


def destruction_register(content: DestructionRegister, wording: Wording) -> list[blocks.Block]:
    """Lay out 销毁清册 as approved: columns of rules N3, decisions, signers. Source: R9-19."""
    signing = [("preparer", ""), ("reviewer", ""), ("panel_leader", ""), ("approver", "")]
    parties = [
        blocks.signature_party(wording, "archives_party", signing),
        blocks.signature_party(wording, "witnessing_party", [("witness", ""), ("witness", "")]),
    ]
    return [
        *_list_blocks(content, wording, "destruction_register", "destruction"),
        blocks.signatures(parties, above=[wording.sentence("permanent_register")]),
    ]


def transfer_register(content: TransferRegister, wording: Wording) -> list[blocks.Block]:
    """Lay out 电子档案移交与接收登记表 with the digest table. Source: rules N7."""
    pairs = [
        (wording.field("sender"), content["sender"]),
        (wording.field("receiver"), content["receiver"]),
        (wording.field("record_count"), wording.show(content["record_count"])),
        (wording.field("total_gb"), wording.gigabytes(content["total_bytes"])),
        (wording.field("total_bytes"), wording.show(content["total_bytes"])),
        (wording.field("carrier_range"), content["carrier_range"]),
        (wording.field("carrier_kind"), wording.value("carrier_kind", content["carrier_kind"])),
        (wording.field("appearance"), wording.value("result", content.get("appearance"))),
        (wording.field("formed_due_on"), wording.show(content["formed_due_on"])),
        (wording.field("class_due_on"), wording.show(content["class_due_on"])),
    ]
    wide = [
        (wording.field("job_name"), content["job_name"]),
        (wording.field("description"), content["description"]),
        (wording.field("sender_keep_until"), wording.show(content["sender_keep_until"])),
    ]
    check_columns = [(wording.field(key), 33.0, "center") for key in ("property", "sender_result", "receiver_result")]
    checks = [
        (
            wording.value("property", line["property"]),
            wording.value("result", line["sender_result"]),
            wording.value("result", line["receiver_result"]),
        )
        for line in content["checks"]
    ]
    return [
        blocks.facts(pairs, wide=wide),
        blocks.table(check_columns, checks, heading=wording.word("headings", "checks")),
        carrier_table(content["digests"], wording, heading="digests"),
        blocks.sentences([wording.sentence("gigabyte")]),
        blocks.signatures(
            [
                _side(content, wording, "sender", "sending_party"),
                _side(content, wording, "receiver", "receiving_party"),
            ],
            above=[wording.sentence("transfer_statement"), wording.sentence("duplicate")],
        ),
    ]


def destruction_certificate(content: DestructionCertificate, wording: Wording) -> list[blocks.Block]:
    """Lay out 销毁证明: what was looked at, where, when, by whom; what remains until when; what it cannot say."""
    named: Mapping[str, object] = {
        "list_id": content["list_id"],
        "record_count": content["record_count"],
        "destroyed_at": content["destroyed_at"],
    }
    parts = [
        blocks.sentences([wording.sentence("certificate", **named)]),
        blocks.facts(
            [
                (wording.field("units"), content["units"]),
                (wording.field("fonds_no"), content.get("fonds_no", "")),
                (wording.field("list_id"), content["list_id"]),
                (wording.field("destroyed_quantity"), _destroyed_quantity(content, wording)),
            ],
            wide=blocks.evidence(wording, content),
        ),
        _erasure_table(content, wording),
        _twin_table(content["twins"], wording),
        blocks.signer_table(wording, content["signers"], heading="destruction_signed"),
    ]
    parties = [
        blocks.signature_party(wording, "issuing_party", [("issuer", ""), ("approver", "")]),
        blocks.signature_party(wording, "witnessing_party", [("witness", ""), ("witness", "")]),
    ]
    limits = [wording.sentence("certificate_limits")]
    return [*parts, blocks.signatures(parties, above=limits, heading=wording.word("headings", "statement"))]


def _list_blocks(content: DisposalPaper, wording: Wording, kind: str, disposal: str) -> list[blocks.Block]:
    columns = [column for column in COLUMNS[kind] if column.key != "extend_years" or disposal == "destruction"]
    listed = list(content["rows"])
    pairs = [
        (wording.field("list_id"), content["list_id"]),
        (wording.field("units"), content["units"]),
        (wording.field("fonds_no"), content.get("fonds_no", "")),
        (wording.field("on"), wording.show(content["on"])),
        (wording.word("quantities", f"{disposal}_dispose"), _quantity(listed, Decision.DISPOSE, wording)),
        (wording.word("quantities", f"{disposal}_keep"), _quantity(listed, Decision.KEEP, wording)),
    ]
    if disposal == "transfer":
        pairs.append((wording.field("archive"), content.get("archive", "")))
    else:
        pairs.append((wording.field("panel_report_no"), content.get("panel_report_no", "")))
    pairs.append((wording.field("approved_on"), wording.show(content["approved_on"])))
    heads = [(wording.field(column.label), column.width, column.align) for column in columns]
    return [
        blocks.facts(pairs, wide=blocks.evidence(wording, content)),
        blocks.table(
            heads,
            [_row(row, columns, wording, disposal) for row in listed],
            heading=wording.word("headings", "list"),
            size=8,
        ),
        blocks.signer_table(wording, content["signers"], heading=f"{disposal}_signed"),
    ]


def _quantity(rows: Sequence[RegisterRow], decision: Decision, wording: Wording) -> str:
    """Return how many records and pages a decision is about: what witnesses recount. Source: R9-15; rules N3."""
    chosen = [row for row in rows if row.decision == decision]
    return wording.sentence("quantity", count=len(chosen), pages=sum(row.page_count or 0 for row in chosen))


def _row(row: RegisterRow, columns: Iterable[Column], wording: Wording, disposal: str) -> list[str]:
    cells = []
    for column in columns:
        value = getattr(row, column.key)
        if column.key == "decision":
            cells.append(wording.word(f"decisions.{disposal}", value) if value else "")
        elif column.key in ("filing_year", "row_no"):
            cells.append(str(value))
        else:
            cells.append(wording.show(value) if column.key == "size_bytes" else plain(value))
    return cells


def plain(value: object) -> str:
    """Return a cell of a list as text: dates in ISO form, which is short and sorts; blank for None."""
    return "" if value is None else str(value)


def _erasure_table(content: DestructionCertificate, wording: Wording) -> blocks.Block:
    keys = (
        ("place", 28.0),
        ("carrier_id", 17.0),
        ("erasure_class", 12.0),
        ("result", 18.0),
        ("looked_at", 15.0),
        ("looked_by", 10.0),
        ("residue_until", 14.0),
        ("remark", 14.0),
    )
    rows = [
        (
            blocks.with_small_print(line["place"], line.get("address", "")),
            line.get("carrier_id", ""),
            wording.value("erasure_class", line["erasure_class"]),
            wording.value("result", line["result"]),
            wording.show(line["looked_at"]),
            line["looked_by"],
            wording.show(line.get("residue_until")),
            line.get("remark", ""),
        )
        for line in content["places"]
    ]
    # A residue is what a reader has to see; where there is none, its columns would only be blank.
    kept = [place for place, (key, _width) in enumerate(keys) if key not in _IF_ANY or any(row[place] for row in rows)]
    columns = [(wording.field(keys[place][0]), keys[place][1], "center") for place in kept]
    shown = [[row[place] for place in kept] for row in rows]
    return blocks.table(columns, shown, heading=wording.word("headings", "erasure"), size=8.5)


_IF_ANY = frozenset({"carrier_id", "residue_until", "remark"})


def _twin_table(twins: Sequence[Twin], wording: Wording) -> blocks.Block:
    """Return the table of what is left elsewhere, or one line that says that nothing is known to be."""
    if not twins:
        return blocks.sentences([wording.sentence("no_twins")])
    columns = [(wording.field(key), 50.0, "center") for key in ("record_id", "where")]
    rows = [[wording.show(twin["record_id"]), wording.show(twin["where"])] for twin in twins]
    return blocks.table(columns, rows, heading=wording.word("headings", "twins"), size=8.5)


def _destroyed_quantity(content: DestructionCertificate, wording: Wording) -> str:
    if "page_count" not in content:
        return wording.sentence("count", count=content["record_count"])
    return wording.sentence("quantity", count=content["record_count"], pages=content["page_count"])


def _side(content: TransferRegister, wording: Wording, side: str, title: str) -> blocks.Block:
    named: Mapping[str, object] = content
    lines = [(f"form_{duty}", str(named.get(f"{side}_{duty}", ""))) for duty in ("preparer", "reviewer")]
    return blocks.signature_party(wording, title, lines)
