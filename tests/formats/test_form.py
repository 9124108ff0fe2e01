"""Papers that are evidence, read back with poppler, which is not the program that wrote them."""

from __future__ import annotations

import json
import subprocess
import tomllib
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from lantai.formats.form import KINDS, render
from lantai.formats.wording import Wording
from papers import DIGEST, NOW, SHA256, carrier, finding, paper, record_row, signer

reads_pdf = pytest.mark.server("pdftotext")


def text_of(pdf: bytes) -> str:
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return read.stdout.decode()


def joined(pdf: bytes) -> str:
    """Return the text without the line breaks that the width of a column makes."""
    return "".join(text_of(pdf).split())


def words_of(locale: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("lantai.locales").joinpath(f"forms.{locale}.toml").read_text("utf-8"))


def keys_of(words: dict[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for key, value in words.items():
        found |= keys_of(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key}
    return found


def test_both_languages_have_the_same_words() -> None:
    chinese, english = words_of("zh"), words_of("en")

    assert keys_of(chinese) == keys_of(english)


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_is_an_archival_pdf_and_the_same_bytes_each_time(kind: str, locale: str) -> None:
    content = paper(kind)

    first = render(kind, content, locale=locale)

    assert first.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in first
    assert render(kind, content, locale=locale) == first


def test_a_paper_printed_at_another_moment_is_another_paper() -> None:
    later = paper("receipt", printed_at=NOW + timedelta(seconds=1))

    assert render("receipt", later, locale="zh") != render("receipt", paper("receipt"), locale="zh")


@reads_pdf
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_bears_its_title_and_counts_its_pages(kind: str) -> None:
    content = paper(kind)

    text = joined(render(kind, content, locale="zh"))

    assert Wording("zh").word("titles", kind).format(filing_year=2025) in text
    assert "第1页共" in text
    assert "共0页" not in text


@reads_pdf
def test_inspection_form_says_number_round_digests_and_responsibility() -> None:
    """R1-36, R1-43, R1-48."""
    carriers = [carrier(), carrier(algorithm="MD5", digest="0" * 32)]

    text = joined(render("acceptance_inspection", paper("acceptance_inspection", carriers=carriers), locale="zh"))

    assert "受理号JY-2025-E-001" in text
    assert SHA256 in text
    assert "MD5（弱，仅作来文记录）" in text
    assert "移交单位对所报送电子公文的真实性、完整性和安全性负责。" in text
    assert "登记备份中心对所接收数据的原始性和安全性负责" in text


@reads_pdf
def test_late_filing_says_how_many_days() -> None:
    """R1-23."""
    text = joined(render("acceptance_inspection", paper("acceptance_inspection", days_late=12), locale="zh"))

    assert "逾期12天" in text


@reads_pdf
def test_opinions_list_every_fault_over_pages_under_a_repeated_heading() -> None:
    """R1-50, R4-08."""
    findings = [finding(where=f"data/{number:03d}.pdf") for number in range(1, 61)]

    text = joined(render("opinions", paper("opinions", findings=findings), locale="zh"))

    assert all(f"data/{number:03d}.pdf" in text for number in range(1, 61))
    assert text.count("补正办法") >= 3
    assert "请于2026年7月10日前" in text
    assert "作为第2轮重新报送" in text


@reads_pdf
def test_markup_in_a_finding_stays_text() -> None:
    hostile = '#strong[x] $x^2$ @ref <b> = /* "]#read("/etc/passwd")'

    text = joined(render("opinions", paper("opinions", findings=[finding(found=hostile)]), locale="zh"))

    assert "".join(hostile.split()) in text


@reads_pdf
def test_characters_without_a_glyph_and_those_that_steer_text_are_shown_by_number() -> None:
    hostile = "甲😀乙\u202e丙\u200b丁\x07戊\ud800己عربي"

    text = joined(render("opinions", paper("opinions", findings=[finding(found=hostile)]), locale="zh"))

    assert "甲〔U+1F600〕乙〔U+202E〕丙〔U+200B〕丁〔U+0007〕戊〔U+D800〕己〔U+0639〕" in text


@pytest.mark.shared
@reads_pdf
def test_naughty_strings_are_printed_as_text(shared_data: Path) -> None:
    naughty = json.loads((shared_data / "hostile/strings/blns.json").read_text("utf-8"))
    findings = [finding(where=str(number), found=text) for number, text in enumerate(naughty)]

    text = joined(render("opinions", paper("opinions", findings=findings), locale="zh"))

    assert f"共{len(naughty)}条" in text
    for ascii_text in (text for text in naughty if text.isascii() and text.isprintable() and len(text) < 60):
        assert "".join(ascii_text.split()) in text


@reads_pdf
def test_gigabytes_have_three_decimals_and_bytes_stand_beside_them() -> None:
    """Rules N7."""
    text = joined(render("transfer_register", paper("transfer_register"), locale="zh"))

    assert "数据量（GB）1.235" in text
    assert "1,234,500,000" in text
    assert "形成后五年期限2019年12月31日" in text


@reads_pdf
def test_register_as_approved_shows_each_decision_and_who_signed_how() -> None:
    """R9-19; rules N3."""
    signers = [signer(), signer(duty="preparer", name="王芳", person_id="P001", fingerprint="SHA256:abc")]

    text = joined(render("destruction_register", paper("destruction_register", signers=signers), locale="zh"))

    for heading in ("档号", "文号", "责任者", "题名", "形成时间", "应保管期限", "已保管期限", "销毁时间"):
        assert heading in text
    assert "延期保管" in text
    assert "由系统声明，无本人密钥签名" in text
    assert "本人密钥签名SHA256:abc" in text


@reads_pdf
def test_row_without_a_decision_stays_blank_on_the_register() -> None:
    rows = [record_row(1, decision=None)]

    text = joined(render("destruction_register", paper("destruction_register", rows=rows), locale="en"))

    assert "Destroy" not in text.replace("DestructionRegister", "").replace("Destroyedon", "")


@reads_pdf
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_certificate_says_what_was_looked_at_and_never_more(locale: str) -> None:
    text = joined(render("destruction_certificate", paper("destruction_certificate"), locale=locale)).lower()

    assert DIGEST["value"] in text
    assert {"zh": "限期内有残留", "en": "residueforatime"}[locale] in text
    assert {"zh": "不作任何断言", "en": "assertsnothing"}[locale] in text
    assert "unreadable" not in text
    assert "不可恢复" not in text


@reads_pdf
def test_paper_of_a_centre_with_a_set_date_says_so() -> None:
    usual = joined(render("receipt", paper("receipt"), locale="zh"))
    demo = joined(render("receipt", paper("receipt", today_is_set=True), locale="zh"))

    assert "本件日期由系统设定" in demo
    assert "本件日期由系统设定" not in usual


def test_paper_with_a_field_missing_is_not_printed() -> None:
    """R10-06, R9-26."""
    content = paper("receipt")
    del content["manifest_digest"]

    with pytest.raises(ValueError, match="manifest_digest"):
        render("receipt", content, locale="zh")


def test_field_that_the_paper_would_not_show_is_refused() -> None:
    with pytest.raises(ValueError, match="manifest_sha256"):
        render("receipt", paper("receipt", manifest_sha256=SHA256), locale="zh")


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="printed_at"):
        render("receipt", paper("receipt", printed_at=NOW.replace(tzinfo=None)), locale="zh")


def test_unknown_result_is_no_blank_on_the_form() -> None:
    checks = [{"property": "security", "check": "病毒", "centre_result": "probably"}]

    with pytest.raises(KeyError, match="probably"):
        render("acceptance_inspection", paper("acceptance_inspection", checks=checks), locale="zh")
