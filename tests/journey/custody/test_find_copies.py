"""Copies are where a setting or a row says: what a setting has lost is still looked for, erased and read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from factories_disposal import events, lay_ready_list, state_of, statuses, witness
from lantai.edges import tables
from lantai.edges.centre import Centre
from lantai.edges.custody.file_place import FilePlace
from lantai.edges.custody.vault import Vault
from lantai.edges.database.database import Database
from lantai.edges.database.lease import acquire
from lantai.edges.keys.files import load_identities
from lantai.errors import (
    FixityError,
    HeldError,
    LeaseLostError,
    NotPermittedError,
    PlaceUnavailableError,
    RegistryBusyError,
    SettingsError,
)
from lantai.journey.centre.diagnose import diagnose
from lantai.journey.custody.find_copies import known_copies, require_copies_at_hand
from lantai.journey.custody.restore import restore
from lantai.journey.disposal.acts.destroy import destroy
from lantai.journey.disposal.hold import hold
from lantai.records.disposal.hold import HoldScope
from lantai.records.disposal.lists import ListState
from servers.small_disk import SmallDisk

pytestmark = pytest.mark.both_databases

CARRIER = "SL2015-JY-E001-R1"


def knows_places(centre: Centre, *names: str) -> None:
    """Let the settings name the vault and these copy places, folders of the home."""
    urls = tuple((centre.settings.home / name).as_uri() for name in names)
    centre.settings = replace(centre.settings, copy_urls=urls)
    vars(centre).pop("vault", None)


@pytest.fixture
def third(centre: Centre) -> Path:
    """A third place that has a copy of everything; the settings have lost it since."""
    knows_places(centre, "copy", "third")
    centre.vault.prepare()
    return centre.settings.home / "third"


@pytest.fixture
def ready(centre: Centre, third: Path) -> str:
    """A list that only the custodian has still to carry out, over records with three copies."""
    list_id = lay_ready_list(centre)
    knows_places(centre, "copy")
    return list_id


def nothing_has_begun(centre: Centre, list_id: str) -> bool:
    is_untouched = all((place.root / f"carriers/{CARRIER}/manifest.g1.json").exists() for place in centre.vault.places)
    return (
        is_untouched
        and set(statuses(centre).values()) == {"kept"}
        and state_of(centre, list_id) == "awaiting_custodian"
        and events(centre, "destroying") == []
    )


def test_copy_at_a_place_that_the_settings_lost_is_erased_and_certified_with_the_others(
    centre: Centre, third: Path, ready: str
) -> None:
    """I3: vault.md, destruction 4 and 5: a third copy opened after the certificate was issued."""
    destroy(centre, ready, "C01")
    witness(centre, ready)

    outcome = destroy(centre, ready, "C01")

    body = json.loads((centre.settings.papers / ready / "销毁证明.json").read_text())
    with centre.database.read() as connection:
        copies = connection.execute(select(tables.copy)).all()
    assert outcome.state is ListState.DONE
    assert [each["place"].rpartition("/")[2] for each in body["places"]] == ["vault", "copy", "third"]
    assert not list(third.rglob("*.g1.*"))
    assert [copy.generation for copy in copies] == [2, 2, 2]


def test_place_that_only_a_row_names_and_that_does_not_answer_stops_the_destruction_before_it_begins(
    centre: Centre, third: Path, ready: str, tmp_path: Path
) -> None:
    """I8."""
    third.rename(tmp_path / "away")

    with pytest.raises(PlaceUnavailableError, match=r"third: found no .*mounted.*SL2015-JY-E001-R1"):
        destroy(centre, ready, "C01")
    assert nothing_has_begun(centre, ready)

    (tmp_path / "away").rename(third)
    assert destroy(centre, ready, "C01").record_count == 2


def test_every_place_that_does_not_answer_is_named_at_once(
    centre: Centre, third: Path, ready: str, tmp_path: Path
) -> None:
    """I8."""
    third.rename(tmp_path / "away")
    (centre.settings.home / "copy").rename(tmp_path / "away too")

    with pytest.raises(PlaceUnavailableError, match=r"/copy: found no .*/third: found no "):
        destroy(centre, ready, "C01")

    (tmp_path / "away too").rename(centre.settings.home / "copy")
    assert nothing_has_begun(centre, ready)


def test_another_disk_in_the_place_of_a_copy_stops_the_destruction_before_it_begins(
    centre: Centre, third: Path, ready: str, tmp_path: Path
) -> None:
    """I8: the mark of a place is there, the registered copy is not: it lies on the disk that is not."""
    shutil.copytree(third, tmp_path / "the right disk")
    shutil.rmtree(third / "carriers")
    shutil.rmtree(third / "headers")

    with pytest.raises(
        FixityError, match=r"found nothing of it at .*/third, expected the copy that is registered there"
    ):
        destroy(centre, ready, "C01")

    assert nothing_has_begun(centre, ready)


def test_too_few_copies_stop_the_destruction_before_it_begins(centre: Centre, ready: str) -> None:
    """I8."""
    centre.settings = replace(centre.settings, min_copies=4)

    with pytest.raises(FixityError, match="found it at 3 places, expected 4"):
        destroy(centre, ready, "C01")

    assert nothing_has_begun(centre, ready)


def test_place_that_takes_no_file_stops_the_destruction_before_it_begins(
    centre: Centre, third: Path, ready: str, small_disk: Callable[[Path, int], SmallDisk]
) -> None:
    """D2: EROFS."""
    small_disk(third, 4096).lock()

    with pytest.raises(PlaceUnavailableError, match="third: Read-only"):
        destroy(centre, ready, "C01")

    assert nothing_has_begun(centre, ready)


def test_place_that_cannot_be_opened_from_here_stops_the_destruction_before_it_begins(
    centre: Centre, ready: str
) -> None:
    """I8."""
    with centre.database.begin() as connection:
        (known, *_) = connection.execute(select(tables.copy)).all()
        connection.execute(insert(tables.copy).values({**known._mapping, "place": "sftp://elsewhere/vault"}))

    with pytest.raises(PlaceUnavailableError, match="sftp://elsewhere/vault"):
        destroy(centre, ready, "C01")

    assert nothing_has_begun(centre, ready)


def test_record_is_restored_from_a_place_that_only_a_row_names(
    centre: Centre, third: Path, ready: str, tmp_path: Path
) -> None:
    """R1-57, 数据恢复."""
    for name in ("vault", "copy"):
        (centre.settings.home / name).rename(tmp_path / name)

    restored = restore(
        centre, f"{CARRIER}-0001", tmp_path / "out", load_identities(centre.settings.keys / "identity.txt")
    )

    assert (restored.file_count, len(restored.detours)) == (1, 2)


def test_doctor_names_a_place_that_copies_lie_at_and_no_setting_names(
    centre: Centre, third: Path, ready: str, tmp_path: Path
) -> None:
    """I8."""

    def told() -> list[tuple[str, bool]]:
        parts = [part for part in diagnose(centre, "en") if part.name == "place" and "third" in part.found]
        return [(part.state, "LANTAI_COPY_URLS" in part.advice) for part in parts]

    there = told()
    third.rename(tmp_path / "away")

    assert (there, told()) == ([("warning", True)], [("fault", True)])


@pytest.mark.parametrize("name", ["copy/", "vault", "vault/inner"])
def test_doctor_finds_one_folder_that_is_named_twice(centre: Centre, name: str) -> None:
    """R1-53."""
    knows_places(centre, "copy", name)
    if name == "copy/":
        centre.settings = replace(
            centre.settings, copy_urls=(centre.settings.copy_urls[0], centre.settings.copy_urls[0] + "/")
        )
        vars(centre).pop("vault", None)

    found = [part for part in diagnose(centre, "en") if part.name == "place" and "one folder" in part.found]

    assert [part.state for part in found] == ["fault"]
    assert "LANTAI_COPY_URLS" in found[0].advice


def test_doctor_warns_of_copies_on_one_disk(centre: Centre) -> None:
    """R1-53."""
    found = [part.state for part in diagnose(centre, "en") if part.name == "place" and "one disk" in part.found]

    assert found == ["warning"]


def test_destruction_stops_where_the_settings_spell_a_registered_place_in_another_way(
    centre: Centre, third: Path, ready: str
) -> None:
    """I8: two names of one folder would be counted, and erased, as two."""
    knows_places(centre, "copy")
    centre.settings = replace(centre.settings, copy_urls=(centre.settings.copy_urls[0] + "/",))
    vars(centre).pop("vault", None)

    with pytest.raises(SettingsError, match="same folder"):
        destroy(centre, ready, "C01")

    assert set(statuses(centre).values()) == {"kept"}


def test_copy_that_was_only_begun_goes_with_the_registered_ones_and_is_not_counted(
    centre: Centre, third: Path, ready: str
) -> None:
    """I3: it opened after the certificate was issued; vault.md, destruction 4 and 5."""
    with centre.database.begin() as connection:
        table = tables.copy
        moved = connection.execute(select(table).where(table.c.place == third.as_uri())).one()
        connection.execute(delete(table).where(table.c.place == third.as_uri()))
        connection.execute(
            insert(tables.begun_copy).values(
                carrier_id=moved.carrier_id, place=moved.place, begun_at=centre.clock.now_at()
            )
        )
    destroy(centre, ready, "C01")
    witness(centre, ready)

    outcome = destroy(centre, ready, "C01")

    body = json.loads((centre.settings.papers / ready / "销毁证明.json").read_text())
    assert outcome.state is ListState.DONE
    assert [each["place"].rpartition("/")[2] for each in body["places"]] == ["vault", "copy", "third"]
    assert [path for path in third.rglob("*.g*") if path.is_file()] == []


def test_lease_is_kept_before_each_carrier_and_each_place_that_is_waited_for(centre: Centre, ready: str) -> None:
    """I8, D2: each place is written once, however many carriers lie there."""
    told: list[str] = []
    vault, copy = centre.vault.places
    centre.vault = Vault(tuple(SlowPlace(place, lambda: told.append("written")) for place in (vault, copy)))
    with centre.database.read() as connection:
        (known,) = known_copies(connection, [CARRIER])

    require_copies_at_hand(centre, [known, known], lambda: told.append("kept"))

    # The third place, which lies at no setting and in a row, is waited for too; nothing tells here when it is written.
    assert told == ["kept", "kept", "kept", "written", "kept", "written", "kept"]


class SlowPlace(FilePlace):
    """A place that takes its time to answer, and others go on with their work meanwhile."""

    def __init__(self, place: FilePlace, meanwhile: Callable[[], object]) -> None:
        super().__init__(place.root, place.name)
        self._meanwhile = meanwhile

    def probe(self) -> None:
        super().probe()
        self._meanwhile()


def copy_answers_slowly(centre: Centre, meanwhile: Callable[[Centre], object]) -> None:
    """Let the copy's place take so long that a colleague, on a line of their own, has done something before it answers."""

    def colleague() -> None:
        database = Database(centre.settings.registry_url, lock_wait_seconds=1)
        try:
            meanwhile(replace(centre, database=database, holder="test:2:bbbb"))
        finally:
            database.close()

    vault, copy = centre.vault.places
    centre.vault = Vault((vault, SlowPlace(copy, colleague)))


def test_registry_is_free_while_places_are_looked_at_and_a_hold_placed_meanwhile_stops_the_act(
    centre: Centre, ready: str
) -> None:
    """I3: a disk that does not answer keeps nobody from the registry, and what permits the act is looked up again behind it."""
    copy_answers_slowly(centre, lambda colleague: hold(colleague, HoldScope.RECORD, f"{CARRIER}-0002", "诉讼", "X01"))

    with pytest.raises(HeldError, match="row 2 by hold"):
        destroy(centre, ready, "C01")

    assert nothing_has_begun(centre, ready)


@pytest.mark.parametrize("table", ["copy", "begun_copy"])
def test_copy_that_comes_up_while_places_are_looked_at_keeps_the_act_from_beginning(
    centre: Centre, ready: str, tmp_path: Path, table: str
) -> None:
    """I3, I8: its place is none of those that answered."""
    fourth = (tmp_path / "fourth").as_uri()

    def another_copy(colleague: Centre) -> None:
        with colleague.database.begin() as connection:
            row = connection.execute(select(tables.copy)).first()
            assert row is not None
            if table == "copy":
                connection.execute(insert(tables.copy).values({**row._mapping, "place": fourth}))
            else:
                now_at = colleague.clock.now_at()
                connection.execute(
                    insert(tables.begun_copy).values(carrier_id=row.carrier_id, place=fourth, begun_at=now_at)
                )

    copy_answers_slowly(centre, another_copy)

    with pytest.raises(RegistryBusyError, match="other places than those that were looked at"):
        destroy(centre, ready, "C01")

    assert nothing_has_begun(centre, ready)


def test_worker_that_was_replaced_while_it_looked_at_places_marks_nothing(centre: Centre, ready: str) -> None:
    """K3, I3: stopped for longer than its lease, and then continued."""

    def take_over(colleague: Centre) -> None:
        later = colleague.clock.now_at() + timedelta(hours=1)
        acquire(colleague.database, f"list:{ready}", colleague.holder, later, 60)

    copy_answers_slowly(centre, take_over)

    with pytest.raises(LeaseLostError):
        destroy(centre, ready, "C01")

    assert nothing_has_begun(centre, ready)


@pytest.mark.parametrize("is_held", [False, True])
def test_what_is_not_permitted_is_refused_whatever_the_places_answer(
    centre: Centre, third: Path, ready: str, tmp_path: Path, is_held: bool
) -> None:
    """I3: nobody waits for a disk to be told that they may not."""
    third.rename(tmp_path / "away")
    if is_held:
        hold(centre, HoldScope.CARRIER, CARRIER, "审计", "X01")

    with pytest.raises(HeldError if is_held else NotPermittedError, match="hold" if is_held else "role custodian"):
        destroy(centre, ready, "C01" if is_held else "X01")

    assert events(centre, "list_refused") == [ready]


def test_custodian_whose_places_did_not_answer_leaves_the_list_to_a_colleague(
    centre: Centre, third: Path, ready: str, tmp_path: Path
) -> None:
    """R12-04: a duty is taken with the act, not with the attempt."""
    with centre.database.begin() as connection:
        connection.execute(insert(tables.person).values(person_id="C02", name="另一保管人"))
        connection.execute(
            insert(tables.appointment).values(person_id="C02", role="custodian", from_on=date(2020, 1, 1))
        )
    third.rename(tmp_path / "away")
    with pytest.raises(PlaceUnavailableError):
        destroy(centre, ready, "C01")
    (tmp_path / "away").rename(third)

    outcome = destroy(centre, ready, "C02")

    assert outcome.record_count == 2
