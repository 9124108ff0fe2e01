"""What each office of the demo sends: which years, how many documents, and what is wrong with it.

One row per package. What a flaw does to the bytes is in `flaws`; what the
centre makes of it is for the centre to find out: nothing here is told to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lantai.demo.documents.filings import BORN_DIGITAL, SCANNED, Medium
from lantai.records.centre.unit import DataForm


class Flaw(StrEnum):
    """What is wrong with a package."""

    NONE = "none"
    FILE_MISSING = "file_missing"
    """A document was left behind when the folder was copied."""
    FILE_CHANGED = "file_changed"
    """A document was corrected after the digests were taken."""
    CODES_WRONG = "codes_wrong"
    """Codes of another fonds, a number that is left out, a row without title."""
    GBK_CATALOGUE = "gbk_catalogue"
    """The catalogue comes from an office suite that writes GBK."""
    BOM_AND_MD5 = "bom_and_md5"
    """The catalogue begins with a byte order mark, and the digests are MD5 only."""
    CLASSIFIED = "classified"
    """One document is marked 秘密 and may not come this way."""
    TWIN_NAMES = "twin_names"
    """Two files whose names differ only in how an accent is composed."""
    HALF_UPLOAD = "half_upload"
    """The transfer was interrupted; half of the files are not there yet."""
    NO_AGREEMENT = "no_agreement"
    """Nothing is wrong with the package; the office never signed an agreement."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package of an office.

    Attributes:
        unit_code: Whose.
        year: Filing year.
        form: Data form.
        count: Documents in it; rows of a database export; 0 for a report that there is nothing to file.
        media: How the documents are written down, by turns.
        flaw: What is wrong with it.
        comes_again: Whether the office sends it again without the flaw once it was returned.
    """

    unit_code: str
    year: int
    form: DataForm = DataForm.E_DOCUMENT
    count: int = 5
    media: tuple[Medium, ...] = BORN_DIGITAL
    flaw: Flaw = Flaw.NONE
    comes_again: bool = False

    @property
    def name(self) -> str:
        """Name of the carrier's folder, as `lantai pack` gives it to the first carrier of a year and form."""
        return f"{self.unit_code}-{self.year}-{self.form.letter}-001"

    @property
    def is_zero_report(self) -> bool:
        """Whether the office reports that it has nothing to file."""
        return self.count == 0


_SCANS = DataForm.DIGITISED_RESULT
_OLD_OFFICE = (Medium.DOCX, Medium.TIFF, Medium.PDF)

PACKAGES = (
    Package("JY", 2005, _SCANS, 9, SCANNED),
    Package("JY", 2014, _SCANS, 3, SCANNED),
    Package("JY", 2014, count=6),
    Package("JY", 2025, _SCANS, 3, SCANNED),
    Package("JY", 2025, count=9),
    Package("MZ", 2005, count=5, media=_OLD_OFFICE),
    Package("MZ", 2014, count=6),
    Package("MZ", 2025, count=9),
    Package("MZ", 2025, DataForm.BUSINESS_DATA, 400),
    Package("ZR", 2005, count=5, media=_OLD_OFFICE),
    Package("ZR", 2014, count=5),
    Package("ZR", 2025, count=9, flaw=Flaw.FILE_MISSING, comes_again=True),
    Package("RS", 2014, count=4, flaw=Flaw.TWIN_NAMES),
    Package("RS", 2025, count=8, flaw=Flaw.FILE_CHANGED),
    Package("WJ", 2014, count=5),
    Package("WJ", 2025, count=9, flaw=Flaw.CODES_WRONG),
    Package("CZ", 2005, count=5, media=_OLD_OFFICE),
    Package("CZ", 2014, count=5),
    Package("CZ", 2025, count=9, flaw=Flaw.GBK_CATALOGUE),
    Package("JS", 2014, count=5),
    Package("JS", 2025, count=9, flaw=Flaw.BOM_AND_MD5),
    Package("NY", 2005, count=5, media=_OLD_OFFICE),
    Package("NY", 2014, count=5),
    Package("NY", 2025, count=9, flaw=Flaw.CLASSIFIED),
    Package("JT", 2014, count=5),
    Package("JT", 2025, count=8, flaw=Flaw.HALF_UPLOAD),
    Package("SJ", 2014, count=5),
    Package("SJ", 2025, count=0),
    Package("SW", 2025, count=8, flaw=Flaw.NO_AGREEMENT),
)
"""WL sends nothing at all."""


def first_year_of(unit_code: str) -> int:
    """Return the filing year from which an office owes: that of its oldest package, the newest year for one that sends nothing."""
    years = {package.year for package in PACKAGES if package.unit_code == unit_code}
    return min(years, default=max(package.year for package in PACKAGES))
