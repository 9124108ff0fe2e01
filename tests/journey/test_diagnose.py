"""The doctor says what is wrong with the registry, and what to do, whichever database it lies on."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lantai.edges.centre import Centre
from lantai.edges.migrations import VERSION_TABLE, newest
from lantai.journey.diagnose import Diagnosis, diagnose

pytestmark = pytest.mark.both_databases


def told(centre: Centre, *names: str) -> list[Diagnosis]:
    return [part for part in diagnose(centre, "en") if part.name in names]


def test_sound_registry_is_told_with_its_schema(centre: Centre) -> None:
    (found,) = told(centre, "registry")

    assert found.state == "ok"
    assert found.found.endswith(f"schema {newest()}")


@pytest.mark.parametrize(("revision", "advice"), [("0001", "lantai init"), ("9999", "Install the version")])
def test_registry_of_another_version_is_a_fault_with_what_to_do(centre: Centre, revision: str, advice: str) -> None:
    with centre.database.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'"))

    (found,) = told(centre, "registry")

    assert found.state == "fault"
    assert revision in found.found
    assert advice in found.advice


def test_server_that_may_forget_what_it_committed_is_a_fault(centre: Centre, registry_on: str) -> None:
    """I2: the server of the tests is started so; SQLite forgets nothing."""
    found = [(part.name, part.state) for part in told(centre, "engine", "durability")]

    assert found == ([("engine", "ok")] if registry_on == "sqlite" else [("engine", "ok"), ("durability", "fault")])
