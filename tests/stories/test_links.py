"""Stories of a department that puts links where its folders should be."""

from __future__ import annotations

import pytest

from filing_house import FilingHouse
from lantai.errors import RemotePathError
from lantai.journey.intake.look import look
from lantai.journey.intake.take_in import take_in
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.server("sshd")


def test_unit_that_links_its_year_to_another_units_files_nothing_by_it(house: FilingHouse) -> None:
    """S2, I8: JY is unknown by the name of the link, GA is taken in as ever."""
    ours, theirs = house.add_unit("JY"), house.add_unit("GA")
    house.open_year()
    house.file("GA")
    (ours / "outbox" / "2025").symlink_to(theirs / "outbox" / "2025")

    looked = look(house.centre)
    take_in(house.centre, "GA")

    assert looked.unknown == {"JY": "RemotePathError"}
    assert "outbox/2025': found a link, expected a folder" in looked.messages["JY"]
    assert house.states("JY") == []
    assert house.states("GA") == [(1, RoundState.ACCEPTED)]


def test_answer_is_never_laid_into_another_units_inbox(house: FilingHouse) -> None:
    """S2, I4: the opinions of GA stay, and JY's answer waits until there is a real folder for it."""
    ours, theirs = house.add_unit("JY"), house.add_unit("GA")
    house.open_year()
    for code in ("GA", "JY"):
        house.file(code, rows=[house.row(code, 1, title="")])
    look(house.centre)
    take_in(house.centre, "GA")
    before = house.inbox("GA")
    (ours / "inbox").mkdir(exist_ok=True)
    (ours / "inbox" / "2025").symlink_to(theirs / "inbox" / "2025")

    with pytest.raises(RemotePathError, match="inbox/2025"):
        take_in(house.centre, "JY")
    after = house.inbox("GA")
    (ours / "inbox" / "2025").unlink()
    look(house.centre)
    take_in(house.centre, "JY")

    assert before == after
    assert set(house.inbox("JY")) == {"001.SL2025-JY-E001-R1.opinions.json", "001.SL2025-JY-E001-R1.opinions.pdf"}
