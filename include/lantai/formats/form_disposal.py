"""How the papers about disposal are laid out: inventory, transfer register, destruction register and certificate.

Source: R9-15, R9-16, R9-19; rules N3, N7; vault.md, "Destruction, in order".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lantai.formats import form_blocks as blocks
from lantai.formats.columns import COLUMNS, Column
from lantai.formats.form_content import (
    DestructionCertificate,
    DestructionRegister,
    DisposalPaper,
    TransferInventory,
    TransferRegister,
)
from lantai.formats.form_filing import carrier_table
from lantai.formats.wording import Wording


def transfer_inventory(content: TransferInventory, wording: Wording) -> list[blocks.Block]:
    """Lay out 移交清册 as approved."""
    parties = [
        blocks.signature_party(wording, "sending_party", [("preparer", ""), ("handed_over_by", "")]),
        blocks.signature_party(wording, "receiving_party", [("reviewer", ""), ("received_by", "")]),
    ]
    return [
        *_list_blocks(content, wording, "transfer_inventory", "transfer"),
        blocks.signatures(parties, above=[wording.sentence("transfer_statement"), wording.sentence("duplicate")]),
    ]


def destruction_register(content: DestructionRegister, wording: Wording) -> list[blocks.Block]:
    """Lay out 销毁清册 as approved: columns of rules N3, decisions, signers."""
    parties = [
        blocks.signature_party(wording, "archives_party", [("preparer", ""), ("reviewer", ""), ("approver", "")]),
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
        (wording.field("carrier_kind"), content["carrier_kind"]),
        (wording.field("appearance"), content.get("appearance", "")),
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
    named: Mapping[str, Any] = {"record_count": content["record_count"], "destroyed_at": content["destroyed_at"]}
    parts = [
        blocks.sentences([wording.sentence("certificate", **named)]),
        blocks.facts(
            [(wording.field("list_id"), content["list_id"]), (wording.field("units"), content["units"])],
            wide=blocks.evidence(wording, content),
        ),
        _erasure_table(content, wording),
        _pair_table(wording, "header_backups", ("place", "lives_until"), content["header_backups"]),
        _pair_table(wording, "twins", ("record_id", "where"), content["twins"]),
        blocks.signer_table(wording, content["signers"]),
    ]
    parties = [
        blocks.signature_party(wording, "issuing_party", [("issuer", ""), ("approver", "")]),
        blocks.signature_party(wording, "witnessing_party", [("witness", ""), ("witness", "")]),
    ]
    limits = [wording.sentence("certificate_limits"), wording.sentence("certificate_headers")]
    return [*parts, blocks.signatures(parties, above=limits, heading=wording.word("headings", "statement"))]


def _list_blocks(content: DisposalPaper, wording: Wording, kind: str, disposal: str) -> list[blocks.Block]:
    columns = [column for column in COLUMNS[kind] if column.key != "extend_years" or disposal == "destruction"]
    rows = [_row(row, columns, wording, disposal) for row in content["rows"]]
    pairs = [
        (wording.field("list_id"), content["list_id"]),
        (wording.field("units"), content["units"]),
        (wording.field("fonds_no"), content.get("fonds_no", "")),
        (wording.field("record_count"), wording.show(len(rows))),
        (wording.field("on"), wording.show(content["on"])),
        (wording.field("approved_on"), wording.show(content["approved_on"])),
    ]
    if disposal == "transfer":
        pairs.append((wording.field("archive"), content.get("archive", "")))
    else:
        pairs.append((wording.field("panel_report_no"), content.get("panel_report_no", "")))
    heads = [(wording.field(column.label), column.width, column.align) for column in columns]
    return [
        blocks.facts(pairs, wide=blocks.evidence(wording, content)),
        blocks.table(heads, rows, heading=wording.word("headings", "list"), size=8),
        blocks.signer_table(wording, content["signers"]),
    ]


def _row(row: Mapping[str, Any], columns: Iterable[Column], wording: Wording, disposal: str) -> list[str]:
    cells = []
    for column in columns:
        value = row.get(column.key)
        if column.key == "decision":
            cells.append(wording.word(f"decisions.{disposal}", value) if value else "")
        elif column.key in ("filing_year", "row_no"):
            cells.append(str(value))
        else:
            cells.append(wording.show(value) if column.key == "bytes" else plain(value))
    return cells


def plain(value: object) -> str:
    """Return a cell of a list as text: dates in ISO form, which is short and sorts; blank for None."""
    return "" if value is None else str(value)


def _erasure_table(content: DestructionCertificate, wording: Wording) -> blocks.Block:
    keys = (
        ("place", 20.0),
        ("erasure_class", 20.0),
        ("looked_at", 18.0),
        ("looked_by", 11.0),
        ("result", 13.0),
        ("residue_until", 13.0),
        ("remark", 15.0),
    )
    columns = [(wording.field(key), width, "center") for key, width in keys]
    rows = [
        (
            line["place"],
            wording.value("erasure_class", line["erasure_class"]),
            wording.show(line["looked_at"]),
            line["looked_by"],
            wording.value("result", line["result"]),
            wording.show(line.get("residue_until")),
            line.get("remark", ""),
        )
        for line in content["places"]
    ]
    return blocks.table(columns, rows, heading=wording.word("headings", "erasure"), size=8.5)


def _pair_table(
    wording: Wording, heading: str, keys: tuple[str, str], lines: Iterable[Mapping[str, Any]]
) -> blocks.Block:
    columns = [(wording.field(key), 50.0, "center") for key in keys]
    rows = [[wording.show(line[key]) for key in keys] for line in lines]
    return blocks.table(columns, rows, heading=wording.word("headings", heading), size=8.5)


def _side(content: TransferRegister, wording: Wording, side: str, title: str) -> blocks.Block:
    named: Mapping[str, Any] = content
    lines = [("form_preparer", named.get(f"{side}_preparer", "")), ("form_reviewer", named.get(f"{side}_reviewer", ""))]
    return blocks.signature_party(wording, title, lines)
