"""The people of the demo: who they are, what they are appointed to, and each one's own key.

The keys lie in one folder only because one machine plays everybody; the command
is given one person's key at a time, as at a real desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lantai.edges.centre import Centre
from lantai.formats.ledger.ssh_signature import generate_key
from lantai.journey.centre.appoint import appoint, enrol_key
from lantai.records.centre.person import Person, Role

APPOINTED_ON = date(2024, 3, 1)


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody whom the demo plays."""

    person_id: str
    name: str
    roles: tuple[Role, ...]


ARCHIVIST = Player("DA001", "周砚秋", (Role.OPERATOR, Role.PREPARER))
PANEL = (
    Player("DA002", "马立群", (Role.PANEL_MEMBER,)),
    Player("DA003", "白如雪", (Role.PANEL_MEMBER,)),
    Player("DA004", "洪建章", (Role.PANEL_MEMBER,)),
)
LEADER = Player("DA005", "严正平", (Role.LEADER,))
WITNESSES = (Player("DA006", "石敬之", (Role.WITNESS,)), Player("DA007", "卓云舒", (Role.WITNESS,)))
CUSTODIAN = Player("DA008", "闻守拙", (Role.CUSTODIAN,))
AUDITOR = Player("DA009", "尹若谷", (Role.AUDITOR,))
PLAYERS = (ARCHIVIST, *PANEL, LEADER, *WITNESSES, CUSTODIAN, AUDITOR)


def responsible_person(unit_code: str) -> str:
    """Return the staff id of an office's part-time archivist."""
    return f"{unit_code}001"


def settle_in(centre: Centre, archivists: Mapping[str, str]) -> None:
    """Appoint everybody and enrol the keys of those who sign; each key is confirmed by two others.

    Args:
        centre: The centre.
        archivists: Part-time archivists of the offices: staff id -> name.
    """
    for player in PLAYERS:
        person = Person(player.person_id, player.name)
        appoint(centre, person, list(player.roles), APPOINTED_ON, None, "system")
    for person_id, name in archivists.items():
        appoint(centre, Person(person_id, name), [Role.PART_TIME_ARCHIVIST], APPOINTED_ON, None, ARCHIVIST.person_id)
    folder = key_folder(centre.settings.home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for player in PLAYERS:
        pem, public_line = generate_key(player.person_id)
        key_file(centre.settings.home, player).write_bytes(pem)
        key_file(centre.settings.home, player).chmod(0o600)
        first, second = [other for other in (AUDITOR, ARCHIVIST, CUSTODIAN) if other is not player][:2]
        enrol_key(centre, player.person_id, public_line, first.person_id, second.person_id)


def key_folder(home: Path) -> Path:
    """Return where the demo keeps its people's private keys."""
    return home / "keys" / "people"


def key_file(home: Path, player: Player) -> Path:
    """Return the file of one person's private key."""
    return key_folder(home) / f"{player.person_id}_ed25519"
