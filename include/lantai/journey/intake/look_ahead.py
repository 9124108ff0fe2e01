"""Look ahead into a package that is not picked up yet: nothing that is marked as a state secret may come over this line.

The names of its files and its catalogue are read where they lie; the catalogue is kept in memory alone. An archive
shows neither before it is here: it is judged afterwards, and what is marked is removed at the end of the run. A
catalogue that cannot be read shows no mark and proves nothing: its package stays where it is, as if it bore one.

Source: requirements, "classification check before pickup"; 密码法.
"""

from __future__ import annotations

import io

from lantai.edges.bulkhead.line import UnitLine
from lantai.edges.intake.outbox import PackageSeen
from lantai.formats.bag import digest_list, tag_file
from lantai.journey.intake.checks.locate_documents import find_catalogues
from lantai.journey.intake.checks.read_catalogue import MOST_CSV_BYTES, over_limit, read_catalogue
from lantai.records.intake.carrier import Packaging, decode_name
from lantai.records.intake.finding import Finding, Severity
from lantai.rules.intake import scope
from lantai.rules.intake.catalogue_entry import read_entry


def look_ahead(line: UnitLine, seen: PackageSeen) -> list[Finding]:
    """Return what forbids to pick a package up: each mark of a state secret, and each catalogue that cannot be read.

    Nothing for a package that may come. Source: R1-40, N11.

    Args:
        line: To the unit's server.
        seen: As a look saw it.

    Raises:
        RemoteChangedError: The catalogue changed while it was read; it is looked at again when it has settled.
        ServerUnreachableError: The line broke.
        ValidationUnavailableError: The catalogue could not be read for a reason of ours.
    """
    if seen.package.packaging is not Packaging.FOLDER:
        return []
    names = {path: file for file in seen.files if (path := decode_name(file.name)) is not None}
    top = digest_list.top_folder(names)
    files = {path.removeprefix(top): file for path, file in names.items()}
    found = list(scope.check_names(files))
    for catalogue in find_catalogues(files, is_bag=tag_file.DECLARATION in files):
        if files[catalogue].size_bytes > MOST_CSV_BYTES:
            found.append(over_limit(catalogue))
            continue
        content = line.read_small(seen.path_of(files[catalogue].name), MOST_CSV_BYTES)
        rows, odd = read_catalogue(io.BytesIO(content), catalogue)
        found += [f for f in odd if f.rule in scope.CLASSIFIED | scope.UNSEEN]
        for entry in map(read_entry, rows):
            found += [f for f in scope.check_classification(entry) if f.severity is Severity.FAULT]
    if not found:
        return []
    is_marked = any(finding.rule in scope.CLASSIFIED for finding in found)
    return [*found, Finding("not_picked_up" if is_marked else "marks_not_seen", Severity.FAULT, "", {}, "GD-4-7")]
