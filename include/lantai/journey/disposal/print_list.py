"""Print a list as approved: the register or inventory, and the parts that every paper about a list shares.

Source: 机关档案管理规定 (2018); 电子档案移交与接收办法 (2012); vault.md, "The ledger".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime

from lantai.edges.centre import Centre
from lantai.formats.disposal.certificates import ALGORITHM, TransferBody
from lantai.formats.ledger.signed_note import Checkpoint
from lantai.formats.papers import form, form_content
from lantai.locales import say
from lantai.records.disposal.laid_out_row import LaidOutRow, RegisterRow
from lantai.records.disposal.listed_record import ListedRecord
from lantai.records.disposal.lists import ListKind
from lantai.rules.disposal.appraisal import electronic_transfer_due_on
from lantai.views.disposal.examined import Examined

_SENDER_RESULTS = (
    ("authenticity", "pass"),
    ("integrity", "pass"),
    ("usability", "pending_manual"),
    ("security", "pending_manual"),
)
"""What handing over proves: every file opened and had its digests of arrival. Nobody looked at it, and nothing scanned it."""


def print_list(
    centre: Centre,
    examined: Examined,
    names: Mapping[str, str],
    checkpoint: Checkpoint | None,
    destroyed_at: datetime | None,
) -> bytes:
    """Return the register or inventory as approved, as PDF/A (R9-19, R9-16): every row with what the panel said of it.

    Args:
        centre: The centre.
        examined: The list.
        names: Names of the people by staff id.
        checkpoint: Of the ledger, printed as evidence; None prints none.
        destroyed_at: When the records were destroyed; None for a transfer.
    """
    chosen, zone, locale = examined.chosen, centre.settings.zone, centre.settings.locale
    destroyed_on = destroyed_at.astimezone(zone).date() if destroyed_at else None
    content: form_content.DisposalPaper = {
        "paper_no": chosen.list_id,
        "centre": centre.settings.centre_name,
        "printed_at": _printed_at(centre, examined),
        "today_is_set": centre.clock.is_set_by_hand,
        "list_id": chosen.list_id,
        "units": examined.unit.name,
        "fonds_no": examined.unit.fonds_no,
        "on": chosen.due_on,
        "approved_on": chosen.approved_at.astimezone(zone).date() if chosen.approved_at else None,
        "list_digest": printed_digest(examined.digest),
        "rows": [_register_row(examined, row, destroyed_on, locale) for row in examined.laid_out.rows],
        "signers": printed_signers(centre, examined, names),
        "checkpoint": printed_checkpoint(checkpoint) if checkpoint else None,
    }
    if chosen.kind is ListKind.TRANSFER:
        content["archive"] = archive_name(centre)
    else:
        content["panel_report_no"] = chosen.appraisal_report_no or ""
    kind = "transfer_inventory" if chosen.kind is ListKind.TRANSFER else "destruction_register"
    return form.render(kind, content, locale=locale)


def printed_signers(centre: Centre, examined: Examined, names: Mapping[str, str]) -> list[form_content.PrintedSigner]:
    """Return the signatures that count, as papers print them."""
    return [
        {
            "duty": each.sign_off.duty.value,
            "stage": each.sign_off.stage.value,
            "name": names.get(each.sign_off.person_id, ""),
            "person_id": each.sign_off.person_id,
            "signed_at": each.sign_off.signed_at.astimezone(centre.settings.zone),
            "fingerprint": each.fingerprint,
            "on_behalf_of": each.sign_off.on_behalf_of,
        }
        for each in examined.counting
    ]


def printed_digest(digest: str) -> form_content.Digest:
    """Return a digest as papers print it."""
    return {"algorithm": ALGORITHM, "value": digest}


def printed_checkpoint(checkpoint: Checkpoint) -> form_content.PrintedCheckpoint:
    """Return a checkpoint as papers print it."""
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}


def _printed_at(centre: Centre, examined: Examined) -> datetime:
    # The moment of approval, so that the same list printed again gives the same bytes.
    return (examined.chosen.approved_at or examined.chosen.drafted_at).astimezone(centre.settings.zone)


def _register_row(examined: Examined, row: LaidOutRow, destroyed_on: date | None, locale: str) -> RegisterRow:
    """Return a row with what the panel said of it; only what goes has the day on which it went."""
    outcome = examined.outcomes[row.row_no]
    said = {field.name: getattr(row, field.name) for field in fields(LaidOutRow)}
    said["destroyed_on"] = destroyed_on if examined.is_going(row.row_no) else None
    return RegisterRow(
        **said,
        decision=outcome.decision if outcome else None,
        extend_years=outcome.extend_years if outcome else None,
        reason=_reasons(examined, row.row_no, locale),
    )


def _reasons(examined: Examined, row_no: int, locale: str) -> str:
    # Members who say the same say it once.
    return say("separators.of_reasons", locale).join(
        dict.fromkeys(d.reason for d in examined.decisions if d.row_no == row_no and d.reason)
    )


def archive_name(centre: Centre) -> str:
    """Return the archive's name as it stands on papers."""
    return centre.settings.archive_name or centre.settings.archive_connection.removeprefix("sftp_")


def print_transfer_register(
    centre: Centre, examined: Examined, rows: Sequence[ListedRecord], body: TransferBody
) -> bytes:
    """Return 《电子档案移交与接收登记表》 as PDF/A, with the digest of the package; the archive fills in its half.

    Args:
        centre: The centre.
        examined: The list.
        rows: The records handed over.
        body: What the signed certificate says.

    Source: 电子档案移交与接收办法 (2012) (N7).
    """
    chosen, zone = examined.chosen, centre.settings.zone
    named = {
        "unit": examined.unit.name,
        "fonds_no": examined.unit.fonds_no,
        "list_id": chosen.list_id,
        "count": body.record_count,
    }
    description = say("sentences.transfer_description", centre.settings.locale, **named)
    content: form_content.TransferRegister = {
        "paper_no": body.certificate_id,
        "centre": centre.settings.centre_name,
        "printed_at": body.delivered_at.astimezone(zone),
        "today_is_set": centre.clock.is_set_by_hand,
        "job_name": say("sentences.transfer_job", centre.settings.locale, **named),
        "description": description,
        "sender": examined.unit.name,
        "receiver": archive_name(centre),
        "record_count": body.record_count,
        "total_bytes": body.payload_bytes,
        "carrier_range": f"{chosen.list_id}.tar",
        "carrier_kind": "online",
        "appearance": "not_applicable",
        "checks": [
            {"property": name, "sender_result": result, "receiver_result": ""} for name, result in _SENDER_RESULTS
        ],
        "digests": [
            {
                "carrier": f"{chosen.list_id}.tar",
                "description": description,
                "algorithm": ALGORITHM,
                "digest": body.package_sha256,
                "bytes": body.package_bytes,
                "records": body.record_count,
            }
        ],
        "formed_due_on": min(electronic_transfer_due_on(row.formed_on) for row in rows),
        "class_due_on": min(row.transfer_due_on for row in rows if row.transfer_due_on),
        "sender_keep_until": body.sender_keeps_until,
    }
    return form.render("transfer_register", content, locale=centre.settings.locale)
