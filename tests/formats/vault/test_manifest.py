"""The signed manifests as text."""

import json

import pytest

from lantai.errors import MalformedError
from lantai.formats.ledger import canonical
from lantai.formats.vault import manifest as vault_manifest
from lantai.formats.vault.manifest import HeadersManifest, SealedHeader
from lantai.records.custody.manifest import Manifest, SealedRecord

SEALED = SealedRecord("R-1", "ab" * 16, "pack-0001.g1.tar", "R-1.payload", 48, "c" * 64, "d" * 64)
MANIFEST = Manifest("C-1", "JY", 2025, "e_document", 1, 1, "", "C-1-catalogue", "C-1-papers", (SEALED,))
HEADERS = HeadersManifest("C-1", 1, ("0123456789abcdef",), "e" * 64, (SealedHeader("R-1", "ab" * 16, 168, "d" * 64),))


def test_manifest_comes_back_with_the_digests_of_its_headers():
    text = vault_manifest.dump_manifest(MANIFEST)

    assert vault_manifest.parse_manifest(text, {"R-1": "d" * 64}) == MANIFEST
    assert canonical.dumps(json.loads(text)) == text


def test_headers_manifest_comes_back():
    assert vault_manifest.parse_headers(vault_manifest.dump_headers(HEADERS)) == HEADERS


def test_header_digest_does_not_stand_in_the_payload_manifest():
    assert b"d" * 64 not in vault_manifest.dump_manifest(MANIFEST)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"format":2}', b'{"format":1}', b"\xff"])
def test_what_is_no_manifest_is_refused(text):
    with pytest.raises(MalformedError, match="manifest"):
        vault_manifest.parse_manifest(text)
    with pytest.raises(MalformedError, match="manifest"):
        vault_manifest.parse_headers(text)


@pytest.mark.parametrize("field", ["record_id", "pack"])
def test_name_in_a_manifest_that_points_elsewhere_is_refused(field):
    body = json.loads(vault_manifest.dump_manifest(MANIFEST))
    body["records"][0][field] = "../../etc/passwd"

    with pytest.raises(MalformedError, match="found the id"):
        vault_manifest.parse_manifest(canonical.dumps(body))


def test_sums_are_what_sha256sum_reads():
    text = vault_manifest.dump_sums([("pack-0001.g1.tar", "a" * 64), ("../../headers/C-1/headers.g1.tar", "b" * 64)])

    assert text.splitlines()[0] == b"a" * 64 + b"  pack-0001.g1.tar"
    assert vault_manifest.parse_sums(text)["../../headers/C-1/headers.g1.tar"] == "b" * 64
    with pytest.raises(MalformedError, match="line"):
        vault_manifest.parse_sums(b"nonsense\n")


@pytest.mark.parametrize(
    ("path", "number"),
    [("carriers/C/manifest.g12.json", 12), ("manifest.g0.json", None), ("manifest.g1.json.sig", None)],
)
def test_generation_is_told_by_the_name(path, number):
    assert vault_manifest.generation_of(path) == number
