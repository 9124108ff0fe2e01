"""What a unit filled into its half of 《档案备份数据移交、接收检验表》."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PROPERTIES = ("authenticity", "integrity", "usability", "security")


@dataclass(frozen=True, slots=True)
class UnitHalf:
    """The unit's half of the inspection form, in its own words. Source: R1-28.

    Attributes:
        algorithm: Name of the digest's algorithm.
        digest: Unique authentication information (唯一认证信息) of the carrier, as the unit registered it.
        results: What the unit found, by property; a property it left blank is absent.
        preparer: Who filled it in.
        reviewer: Who looked it over.
        filled_on: Day, as written.
    """

    algorithm: str
    digest: str
    results: Mapping[str, str]
    preparer: str
    reviewer: str
    filled_on: str
