"""What the system is made of is fixed, listed with its licences, and asked after for known weaknesses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
BY_DIGEST = re.compile(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}")
WITHOUT_LICENCE = {"protobuf", "pyrage"}
"""Packages whose own metadata names none."""


def locked() -> set[tuple[str, str]]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9.-]+)==(\S+)", lines, flags=re.MULTILINE))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_image_that_is_not_ours_is_named_by_its_digest() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]

    bases = re.findall(r"^FROM (\S+)", dockerfile, flags=re.MULTILINE)
    images = {service["image"] for service in services.values() if not service["image"].startswith("lantai")}

    assert [image for image in (*bases, *images) if not BY_DIGEST.fullmatch(image)] == []
    assert (len(bases), len(images)) == (3, 2)


def test_bill_of_materials_names_every_locked_package_and_its_licence() -> None:
    subprocess.run(["make", "--no-print-directory", "sbom"], cwd=ROOT, check=True, capture_output=True)

    parts = json.loads((ROOT / "build" / "sbom.cdx.json").read_text(encoding="utf-8"))["components"]

    listed = {(normal(part["name"]), part["version"]) for part in parts}
    assert locked() - listed == set()
    assert {part["name"] for part in parts if not part.get("licenses")} == WITHOUT_LICENCE


def test_audit_that_cannot_ask_fails_instead_of_finding_nothing() -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}

    told = subprocess.run(
        ["make", "--no-print-directory", "audit"],
        cwd=ROOT,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode != 0
    assert "No known vulnerabilities" not in told.stdout + told.stderr


def test_licence_of_the_project_is_in_its_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert "Apache License\n                           Version 2.0, January 2004" in text
