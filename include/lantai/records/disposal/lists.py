"""A list of records to be transferred or destroyed, its decisions and sign-offs, and how it moves.

The row permits: a list is carried out because rows say that distinct people
approved exactly this content, never because a task before it was green.
Source: 机关档案管理规定 (2018); vault.md, "Destruction, in order".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType


class ListKind(StrEnum):
    """What becomes of the records on a list."""

    TRANSFER = "transfer"
    DESTRUCTION = "destruction"


class ListState(StrEnum):
    """Where a list stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    AWAITING_CUSTODIAN = "awaiting_custodian"
    EXECUTING = "executing"
    DONE = "done"
    WITHDRAWN = "withdrawn"


LONGEST_EXTENSION_YEARS = 100
"""The longest new period that a record may be kept for; a worksheet takes no other."""

LIST_MOVES = MappingProxyType(
    {
        ListState.DRAFT: frozenset({ListState.REVIEWED, ListState.WITHDRAWN}),
        ListState.REVIEWED: frozenset({ListState.DRAFT, ListState.APPROVED, ListState.WITHDRAWN}),
        ListState.APPROVED: frozenset({ListState.AWAITING_CUSTODIAN, ListState.WITHDRAWN}),
        ListState.AWAITING_CUSTODIAN: frozenset({ListState.EXECUTING, ListState.WITHDRAWN}),
        ListState.EXECUTING: frozenset({ListState.DONE}),
        ListState.DONE: frozenset(),
        ListState.WITHDRAWN: frozenset(),
    }
)
"""From each state, the states a list may go to; the registry holds the same table as a trigger.

DRAFT: rows are decided by panel members. REVIEWED: every row has the decision of the panel; the leader may sign. A change of any
decision brings the list back to DRAFT and its signatures fall.
"""


OPEN_STATES = (
    ListState.DRAFT,
    ListState.REVIEWED,
    ListState.APPROVED,
    ListState.AWAITING_CUSTODIAN,
    ListState.EXECUTING,
)
"""While a list stands in one of these, its records are on no other."""


class Decision(StrEnum):
    """What a panel member says of one row. No row in the registry means: not looked at, so undecided."""

    DISPOSE = "dispose"
    """Transfer or destroy, as the list says."""
    KEEP = "keep"
    """Leave it where it is; for a destruction list with a new period (`extend_years`)."""


class ListDuty(StrEnum):
    """The incompatible duties about one list: each person has at most one. Source: R12-04."""

    PREPARER = "preparer"
    PANEL_MEMBER = "panel_member"
    LEADER = "leader"
    CUSTODIAN = "custodian"
    WITNESS = "witness"


class SigningStage(StrEnum):
    """When somebody signs: to approve, or as witness before and after the act."""

    APPROVE = "approve"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class DisposalList:
    """A list, and how far it is.

    Attributes:
        due_on: The day for which it was drawn up.
        content_sha256: Digest of what it says of its records, as drafted.
        drafted_by: Staff id of the preparer.
        decided_sha256: Digest that approvers sign; None before the panel is through.
        approved_at: When the leader signed; None before.
        finished_at: When it was closed; None before.
        appraisal_report_no: Number of the appraisal report (鉴定工作报告); None when none is noted.
        filing_receipt_no: Number under which the authority filed the register; None when it did not.
    """

    list_id: str
    kind: ListKind
    unit_code: str
    due_on: date
    state: ListState
    content_sha256: str
    drafted_by: str
    drafted_at: datetime
    decided_sha256: str | None
    approved_at: datetime | None
    finished_at: datetime | None
    appraisal_report_no: str | None
    filing_receipt_no: str | None


@dataclass(frozen=True, slots=True)
class ListProgress:
    """A list among others: where it stands, and how far its panel is.

    Attributes:
        row_count: Records on it.
        decision_count: Decisions of all members on all rows; `row_count` times `panel_count` when everybody is through.
        panel_count: Members with a duty about it.
    """

    list_id: str
    kind: ListKind
    unit_code: str
    due_on: date
    state: ListState
    row_count: int
    decision_count: int
    panel_count: int
    drafted_at: datetime
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class DutyHeld:
    """Somebody with a duty about a list; `on_behalf_of` is who delegated it, None for one's own."""

    person_id: str
    duty: ListDuty
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class RowDecision:
    """One panel member's decision on one row; `extend_years` only with KEEP on a destruction list."""

    list_id: str
    row_no: int
    person_id: str
    decision: Decision
    reason: str
    extend_years: int | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class SignOff:
    """One signature under a list, bound to the digest of its content.

    `signature` is an armored SSH signature, None when the person has no key enrolled: papers then print "asserted by the system".
    """

    list_id: str
    duty: ListDuty
    stage: SigningStage
    person_id: str
    list_digest: str
    signed_at: datetime
    signature: str | None
    on_behalf_of: str | None = None
