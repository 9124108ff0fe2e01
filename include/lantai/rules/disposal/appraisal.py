"""How long a record was kept, and until when it is kept on.

Counts whole years as the retention period itself does: from 1 January after
the record was formed. No clock: the caller says for which day. What is due is
a query of the registry (sql/queries/due_for_*.sql); this module says how it is
printed and checks it once more before anything is done.

Source: 档案法实施条例 (2024) art. 24; Order No. 8 (2006) art. 4; 机关档案管理规定 (2018).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date

from lantai.records.custody.record import Retention


def elapsed_years(formed_on: date, on: date) -> int:
    """Return the whole years a record has been kept on a day (已保管期限), 0 or more.

    The count starts on 1 January after `formed_on`: formed 2020-05-31, on 2031-01-01 it is 10.

    Source: rules N3.
    """
    return max(0, on.year - formed_on.year - 1)


def printed_period(retention: Retention) -> str:
    """Return the required period as registers print it (应保管期限): 永久, 30年, 10年, 长期 or 短期."""
    return {
        Retention.Y: "永久",
        Retention.D30: "30年",
        Retention.D10: "10年",
        Retention.LONG: "长期",
        Retention.SHORT: "短期",
    }[retention]


def is_expired(retention: Retention, formed_on: date, on: date) -> bool:
    """Return whether a record's period has run out: elapsed >= required. Permanent, 长期 and 短期 never run out by themselves.

    Source: R9-20; rules N3.
    """
    if retention in (Retention.LONG, Retention.SHORT):
        return False
    required = retention.keep_years
    return required is not None and elapsed_years(formed_on, on) >= required


def extended_due_on(due_on: date, appraised_on: date, extend_years: int) -> date:
    """Return the new day on which a kept record falls due (重新划定保管期限).

    The new period counts from the 1 January on which the record was due, or from that of the year of appraisal where it was
    appraised late: a record is never due again on the day it was extended.

    Args:
        due_on: When it was due.
        appraised_on: The day for which the list was drafted.
        extend_years: Whole years, 1 or more.

    Raises:
        ValueError: `extend_years` is not at least 1.

    Source: 档案法实施条例 (2024) art. 24.
    """
    if extend_years < 1:
        raise ValueError(f"{extend_years} years: expected 1 or more")
    return date(max(due_on.year, appraised_on.year) + extend_years, 1, 1)


def sender_keeps_until(transferred_on: date) -> date:
    """Return the day until which the sender keeps a copy: five years after the transfer. Source: rules N7."""
    return _years_on(transferred_on, 5)


def electronic_transfer_due_on(formed_on: date) -> date:
    """Return the day by which an electronic record should be transferred: five years after it was formed. Source: rules N7."""
    return _years_on(formed_on, 5)


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def files_digest(key: bytes, sha256s: Iterable[str]) -> str:
    """Return the keyed digest of a record's whole file set, as tombstones keep it.

    Keyed, because a plain digest would confirm a guess about what was destroyed. Sorted, so that the order of files says nothing.

    Args:
        key: 32 secret bytes of the centre.
        sha256s: Digests of all files in lower-case hex.

    Source: vault.md, destruction 6.
    """
    return hmac.new(key, "\n".join(sorted(sha256s)).encode("ascii"), hashlib.sha256).hexdigest()
