"""Tables the package ships: the profile of a carrier, rules about transfer, items of the four-property test.

They are data, read here and nowhere else; an office that needs other rows gives its own to the functions that take
them. Source: interfaces.md, "A carrier".
"""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from typing import Any


def carrier_profile() -> dict[str, Any]:
    """Return the profile of a carrier, in the format of BagIt Profiles 1.4."""
    profile: dict[str, Any] = json.loads(_text("lantai-carrier.json"))
    return profile


def transfer_rules() -> list[dict[str, Any]]:
    """Return the rows about transfer to an archive, for `rules.disposal.retention.rule_rows`. Source: rules N2."""
    rows: list[dict[str, Any]] = tomllib.loads(_text("transfer_rules.toml"))["rule"]
    return rows


def four_property_items() -> list[dict[str, str]]:
    """Return the items of the four-property test at filing, for `rules.intake.four_properties.evaluate`. Source: rules N8."""
    items: list[dict[str, str]] = tomllib.loads(_text("four_properties.toml"))["item"]
    return items


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
