"""Which submission a person means: by our number or by the unit's own name, and never by a guess."""

from __future__ import annotations

import pytest

from lantai.edges.centre import Centre
from lantai.edges.registry.centre.units import put_unit
from lantai.edges.registry.intake.rounds import add_round, move_round
from lantai.edges.registry.intake.submissions import add_submission
from lantai.errors import AmbiguousNameError, NotFoundError
from lantai.journey.intake.answers.find_round import find_kept, find_round
from lantai.locales import message_of
from lantai.records.centre.unit import DataForm, Unit
from lantai.records.intake.carrier import Packaging
from lantai.records.intake.package import Package
from lantai.records.intake.round import Round
from lantai.records.intake.submission import RoundState

pytestmark = pytest.mark.both_databases


def came(
    centre: Centre,
    name: str,
    *,
    code: str = "JY",
    number: str | None = None,
    of: str | None = None,
    kind: str = "folder",
    state: RoundState = RoundState.RETURNED,
    raw: bytes | None = None,
) -> str:
    """Register a package that came under a name, of a submission of its own or of an earlier one; return its round."""
    now_at = centre.clock.now_at()
    with centre.database.begin() as connection:
        put_unit(
            connection, Unit(code, f"示例市{code}局", "Z109" if code == "JY" else "Z110", (DataForm.DIGITISED_RESULT,))
        )
        form = DataForm.DIGITISED_RESULT
        submission = of or add_submission(connection, code, 2025, form, number or name, None, now_at)
        round_no = 1 if of is None else 2
        raw_name = raw or name.encode()
        package = Package(2025, raw_name, Packaging(kind), raw_name.hex().ljust(64, "0")[:64])
        carrier = add_round(
            connection, code, submission, round_no, package, now_at, 0,
            is_zero_report=False, is_stalled=False, strategy=None, file_count=1, size_bytes=1,
        )  # fmt: skip
        path = [RoundState.SEALED, state] if state is RoundState.ACCEPTED else [state]
        for each in path:
            move_round(connection, carrier, each)
    return carrier


def meant(centre: Centre, wanted: str) -> Round:
    with centre.database.read() as connection:
        return find_round(connection, wanted)


def test_number_and_name_that_differ_by_one_each_find_their_own(centre: Centre) -> None:
    """R1-43: package D-003 got number D-002, and the wrong one was acted upon."""
    came(centre, "JY-2025-D-001")
    came(centre, "JY-2025-D-003")
    came(centre, "JY-2025-D-002")

    found = {wanted: meant(centre, wanted) for wanted in ("JY-2025-D-003", "SL2025-JY-D003", "SL2025-JY-D002")}

    assert {wanted: (each.carrier_id, each.package.name) for wanted, each in found.items()} == {
        "JY-2025-D-003": ("SL2025-JY-D002-R1", "JY-2025-D-003"),
        "SL2025-JY-D003": ("SL2025-JY-D003-R1", "JY-2025-D-002"),
        "SL2025-JY-D002": ("SL2025-JY-D002-R1", "JY-2025-D-003"),
    }


@pytest.mark.parametrize(
    "wanted",
    ["目录 甲", " 目录 甲 ", "目录 甲.zip", "目录\u3000甲", "sl2025-jy-d001", "目录 甲-R1", "目录 甲 r1", "SL2025\u2014JY\u2014D001\u2014R1"],
)  # fmt: skip
def test_name_is_read_as_people_type_it(centre: Centre, wanted: str) -> None:
    """R1-43: with the ending of its archive or without, with a round or without."""
    came(centre, "目录 甲.zip", kind="zip")

    assert meant(centre, wanted).carrier_id == "SL2025-JY-D001-R1"


def test_name_in_gbk_is_found_as_it_is_shown(centre: Centre) -> None:
    """R1-34."""
    came(centre, "", number="7", raw="目录二".encode("gb18030"))

    assert meant(centre, "目录二").carrier_number == "7"


def test_name_that_two_units_use_is_refused_with_both_listed(centre: Centre) -> None:
    """R1-43."""
    came(centre, "001")
    came(centre, "001", code="MZ")

    with pytest.raises(AmbiguousNameError, match="found 2 submissions") as refused:
        meant(centre, "001")

    for text in (str(refused.value), message_of(refused.value, "zh")):
        assert all(number in text for number in ("SL2025-JY-D001", "SL2025-MZ-D001"))
    assert meant(centre, "SL2025-MZ-D001").unit_code == "MZ"


def test_name_that_one_unit_used_twice_is_refused_with_both_listed(centre: Centre) -> None:
    """R1-43: the second with another Carrier-Number, so another submission."""
    came(centre, "报送", number="1")
    came(centre, "报送", number="2")

    with pytest.raises(AmbiguousNameError, match=r"carrier number 1.*carrier number 2"):
        meant(centre, "报送")


def test_names_that_differ_by_case_alone_are_each_their_own(centre: Centre) -> None:
    """R1-43: what is written exactly so is no guess; what is written neither way is."""
    came(centre, "jy-甲")
    came(centre, "JY-甲")

    assert [meant(centre, name).carrier_id for name in ("jy-甲", "JY-甲")] == ["SL2025-JY-D001-R1", "SL2025-JY-D002-R1"]
    with pytest.raises(AmbiguousNameError):
        meant(centre, "Jy-甲")


def test_name_that_ends_like_a_round_is_not_taken_for_the_round_of_another(centre: Centre) -> None:
    """R1-43."""
    came(centre, "甲-R1")
    came(centre, "甲")

    with pytest.raises(AmbiguousNameError):
        meant(centre, "甲-R1")


def test_number_means_the_newest_round_and_a_name_the_newest_that_came_under_it(centre: Centre) -> None:
    """R1-49, R1-51."""
    came(centre, "甲", number="7", state=RoundState.SUPERSEDED)
    came(centre, "乙", of="SL2025-JY-D001", state=RoundState.HELD)

    found = [meant(centre, wanted).round_no for wanted in ("SL2025-JY-D001", "SL2025-JY-D001-R1", "甲", "乙", "乙-R2")]

    assert found == [2, 1, 1, 2, 2]


def test_name_of_the_form_of_a_number_is_never_a_name(centre: Centre) -> None:
    """R1-43: a package of JY that is called like a number of MZ; it came before such names were refused."""
    came(centre, "SL2025-MZ-D001", number="7")

    with pytest.raises(NotFoundError, match="not in the registry"):
        meant(centre, "SL2025-MZ-D001")
    came(centre, "001", code="MZ")
    assert meant(centre, "SL2025-MZ-D001").unit_code == "MZ"


@pytest.mark.parametrize(
    "wanted", ["", "JY", "SL2025-JY-D009", "SL2025-JY-D001-R9", "SL2025-JY-D001-R1-00001", "'; --"]
)
def test_what_nothing_bears_is_refused_with_what_is_expected(centre: Centre, wanted: str) -> None:
    came(centre, "001")

    with pytest.raises(NotFoundError, match="expected an acceptance number like SL2025-JY-E001") as refused:
        meant(centre, wanted)

    assert "受理号" in message_of(refused.value, "zh")


def test_what_is_kept_is_of_the_round_that_was_accepted(centre: Centre) -> None:
    """R1-51: an acceptance number may have a later round that is held."""
    came(centre, "甲", number="7", state=RoundState.ACCEPTED)
    came(centre, "乙", of="SL2025-JY-D001", state=RoundState.HELD)

    with centre.database.read() as connection:
        by_number, by_name = (find_kept(connection, wanted)[0] for wanted in ("SL2025-JY-D001", "甲"))
        with pytest.raises(NotFoundError, match=r"SL2025-JY-D001-R2 .*found state held"):
            find_kept(connection, "乙")

    assert by_number == by_name == "SL2025-JY-D001-R1"
