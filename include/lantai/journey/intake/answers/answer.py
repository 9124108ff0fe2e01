"""Answer a round: a signed receipt with the inspection form, the list of opinions, or the notice that it is held, in the inbox.

A receipt is made only when the round is accepted, its copies are read back and
its event lies in a checkpoint: it carries checkpoint and inclusion proof. Each
round is answered once; a delivery that failed is tried again with the same
bytes of JSON and signature, also when a later round has taken its place since.

Source: vault.md, "Copies" and "The ledger"; reliability.md, "Invariants".
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from lantai.edges.bulkhead.line import UnitLine
from lantai.edges.centre import Centre
from lantai.edges.disposal.paper_files import put_paper
from lantai.edges.files.folder import read_bytes
from lantai.edges.ledger.checkpoints import checkpoint_of
from lantai.edges.ledger.events import event_about
from lantai.edges.ledger.tree import Inclusion, proof_for
from lantai.edges.registry.intake.answers import answer_of, mark_delivered, put_answer
from lantai.edges.registry.intake.findings import findings_of
from lantai.edges.registry.intake.rounds import unanswered
from lantai.errors import LantaiError, LedgerError, NotFoundError, UnexpectedError
from lantai.formats.ledger import canonical
from lantai.formats.ledger.signed_note import Checkpoint
from lantai.formats.papers import form
from lantai.journey.intake.answers.inspection import (
    Case,
    case_of,
    inspection_form,
    notice_form,
    opinion_form,
    opinions_body,
)
from lantai.records.intake.carrier import decode_name
from lantai.records.intake.finding import Severity
from lantai.records.intake.round import Round, RoundAnswer
from lantai.records.intake.submission import AnswerKind, RoundState, bears_number
from lantai.records.ledger.event import EventKind
from lantai.views.intake.submission import named

INBOX = b"inbox"
MOST_NAME_BYTES = 200
"""File systems take names of 255 bytes; the ending, and what a name carries while it is being delivered, need the rest."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the answers of a unit.

    Attributes:
        delivered: How many were delivered.
        unmade: By id of a round, why its answer could not be made.
        undelivered: By id of a round, why its answer could not be delivered: the line broke, or the inbox takes nothing or has
            other bytes under its name. A rerun tries again.
    """

    delivered: int
    unmade: Mapping[str, LantaiError]
    undelivered: Mapping[str, LantaiError]


def answer(
    centre: Centre,
    line: UnitLine | None,
    unit_code: str,
    checkpoint: Checkpoint | None,
    left_out: Collection[str] = (),
) -> Answered:
    """Answer all rounds of a unit that wait for it, each once (I4); what goes wrong with one keeps no other from its answer.

    Args:
        centre: The centre.
        line: To the unit's server; None only makes the answers.
        unit_code: Whose rounds.
        checkpoint: The newest one; accepted rounds that are not in it wait for the next.
        left_out: Ids of rounds that are not seen to.
    """
    delivered = 0
    unmade: dict[str, LantaiError] = {}
    undelivered: dict[str, LantaiError] = {}
    with centre.database.read() as connection:
        waiting = unanswered(connection, unit_code)
    for this in waiting:
        if this.carrier_id in left_out:
            continue
        failed = unmade
        try:
            given = _made(centre, this) or _make(centre, this, checkpoint)
            failed = undelivered
            if given is not None and line is not None:
                _deliver(centre, line, this, given)
                delivered += 1
        except LantaiError as error:
            failed[this.carrier_id] = error
        except Exception as error:  # noqa: BLE001 - whatever it was, the unit's other rounds get their answers
            failed[this.carrier_id] = UnexpectedError(f"{this.carrier_id}: {type(error).__name__}: {error}")
            failed[this.carrier_id].__cause__ = error
    return Answered(delivered, unmade, undelivered)


def answer_name(this: Round) -> bytes:
    """Return what the parts of a round's answer are called, without their endings: `<name of the package>.<our id of the round>`.

    The department finds it by its own name, and no answer takes the place of another, also where a name is used twice. A
    package whose name leaves no room for ours, or would be taken for a number of ours, is called by our id alone.
    """
    own, theirs = this.carrier_id.encode(), this.package.bare_name
    name = b".".join((theirs, own))
    # As it is shown, a mark that nobody sees is written out, and the name would not be known for what it looks like in the inbox.
    return own if len(name) > MOST_NAME_BYTES or bears_number(decode_name(theirs) or "") else name


def _made(centre: Centre, this: Round) -> RoundAnswer | None:
    # One after another: with a blocked inbox there may be hundreds, each with thousands of findings in it.
    with centre.database.read() as connection:
        return answer_of(connection, this)


def _make(centre: Centre, this: Round, checkpoint: Checkpoint | None) -> RoundAnswer | None:
    """Return the answer of a round, made now; None for one that was accepted and waits for the next checkpoint."""
    case = case_of(centre, this)
    if this.state is RoundState.RETURNED:
        with centre.database.read() as connection:
            findings = findings_of(connection, this.carrier_id)
        body = opinions_body(case, findings, centre.settings.locale)
        paper = form.render("opinions", opinion_form(case, findings), locale=centre.settings.locale)
        return _keep(centre, this, AnswerKind.OPINIONS, body, paper)
    if this.state is RoundState.HELD:
        with centre.database.read() as connection:
            findings = [f for f in findings_of(connection, this.carrier_id) if f.severity is Severity.HOLD]
        body = opinions_body(case, findings, centre.settings.locale)
        paper = form.render("notice", notice_form(case, findings), locale=centre.settings.locale)
        return _keep(centre, this, AnswerKind.NOTICE, body, paper)
    proof = _proof(centre, this, checkpoint)
    if proof is None or checkpoint is None:
        return None
    with centre.database.read() as connection:
        findings = findings_of(connection, this.carrier_id)
        kept = checkpoint_of(connection, checkpoint.size)
    if kept is None:
        raise LedgerError(f"checkpoint of {checkpoint.size} leaves: signed, but not in the registry")
    body = _receipt_body(case, proof, str(kept.note))
    content = inspection_form(case, findings, checkpoint)
    paper = form.render("acceptance_inspection", content, locale=centre.settings.locale)
    return _keep(centre, this, AnswerKind.RECEIPT, body, paper)


def _proof(centre: Centre, this: Round, checkpoint: Checkpoint | None) -> Inclusion | None:
    kind = EventKind.ZERO_REPORT_ACCEPTED if this.is_zero_report else EventKind.CARRIER_ACCEPTED
    with centre.database.read() as connection:
        event_id = event_about(connection, this.carrier_id, kind)
    if checkpoint is None:
        return None
    try:
        return proof_for(centre.database, event_id, checkpoint.size)
    except NotFoundError:
        return None


def _receipt_body(case: Case, proof: Inclusion, note: str) -> dict[str, object]:
    this = case.round
    return {
        "format": 1,
        "kind": AnswerKind.RECEIPT.value,
        **named(this),
        "is_zero_report": this.is_zero_report,
        "received_at": this.received_at.isoformat(),
        "due_on": case.due_on.isoformat() if case.due_on else "",
        "days_late": this.days_late,
        "records": this.record_count,
        "files": this.file_count,
        "bytes": this.size_bytes,
        "manifest_sha256": this.manifest_sha256 or "",
        "places": [
            {"place": place.place, "generation": place.generation, "verified_at": place.verified_at.isoformat()}
            for place in case.places
        ],
        "today": case.today.isoformat(),
        "is_today_set_by_hand": case.is_today_set,
        "ledger": {
            "leaf": base64.b64encode(proof.leaf).decode(),
            "leaf_index": proof.leaf_index,
            "tree_size": proof.tree_size,
            "hashes": [base64.b64encode(digest).decode() for digest in proof.hashes],
            "checkpoint": note,
        },
    }


def _keep(
    centre: Centre, this: Round, kind: AnswerKind, body: Mapping[str, object], paper: bytes
) -> RoundAnswer | None:
    """Register an answer and return what is registered: another worker's, where that one was first."""
    written = canonical.dumps(body)
    signature = base64.b64encode(centre.intake_signer.sign(written)).decode()
    folder = paper_folder(centre, this)
    name = f"{this.carrier_id}.{kind}.pdf"
    sha256 = put_paper(folder, name, paper)
    put_paper(folder, f"{this.carrier_id}.{kind}.json", written)
    made = RoundAnswer(
        carrier_id=this.carrier_id,
        kind=kind,
        body_json=written.decode(),
        signature=signature,
        paper_path=str((folder / name).relative_to(centre.settings.papers)),
        paper_sha256=sha256,
        made_at=centre.clock.now_at(),
    )
    with centre.database.begin() as connection:
        put_answer(connection, made)
        return answer_of(connection, this)


def paper_folder(centre: Centre, this: Round) -> Path:
    """Return the folder of a round's papers: by year and unit."""
    return centre.settings.papers / str(this.filing_year) / this.unit_code


def _deliver(centre: Centre, line: UnitLine, this: Round, made: RoundAnswer) -> None:
    """Lay the answer in the inbox (R1-48): the paper first, the machine-readable parts last, so that who finds those finds all."""
    paper = read_bytes(centre.settings.papers / made.paper_path)
    folder = b"/".join((INBOX, str(this.filing_year).encode()))
    line.mkdirs(folder)
    part = b"/".join((folder, answer_name(this))) + f".{made.kind}.".encode()
    line.deliver(part + b"pdf", paper, replace=True)
    if made.kind is AnswerKind.RECEIPT:
        line.deliver(part + b"sig", base64.b64decode(made.signature), replace=True)
    line.deliver(part + b"json", made.body_json.encode(), replace=True)
    with centre.database.begin() as connection:
        mark_delivered(connection, made, centre.clock.now_at())
