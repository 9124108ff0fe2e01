"""Papers that are evidence, read back with poppler, which is not the program that wrote them."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from datetime import UTC, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from lantai.formats.papers.form import KINDS, render
from lantai.formats.papers.wording import Wording
from lantai.records.disposal.lists import Decision
from papers import DIGEST, NOW, SHA256, carrier, finding, paper, record_row, signer

reads_pdf = pytest.mark.server("pdftotext")


def text_of(pdf: bytes) -> str:
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return read.stdout.decode()


def joined(pdf: bytes) -> str:
    """Return the text without the line breaks that the width of a column makes."""
    return "".join(text_of(pdf).split())


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of every page, without line breaks."""
    return ["".join(page.split()) for page in text_of(pdf).split("\f")[:-1]]


def words_of(locale: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("lantai.locales").joinpath(f"forms.{locale}.toml").read_text("utf-8"))


def keys_of(words: dict[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for key, value in words.items():
        found |= keys_of(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key}
    return found


def test_both_languages_have_the_same_words() -> None:
    """R1-48."""
    chinese, english = words_of("zh"), words_of("en")

    assert keys_of(chinese) == keys_of(english)


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_is_an_archival_pdf_and_the_same_bytes_each_time(kind: str, locale: str) -> None:
    """R1-48."""
    content = paper(kind)

    first = render(kind, content, locale=locale)

    assert first.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in first
    assert render(kind, content, locale=locale) == first


def test_a_paper_printed_at_another_moment_is_another_paper() -> None:
    """R1-48."""
    later = paper("receipt", printed_at=NOW + timedelta(seconds=1))

    assert render("receipt", later, locale="zh") != render("receipt", paper("receipt"), locale="zh")


@reads_pdf
@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_bears_its_title_and_counts_its_pages(kind: str) -> None:
    """R1-48."""
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

    assert "受理号SL2025-JY-E001" in text
    assert SHA256 in text
    assert "MD5（弱，仅作来文记录）" in text
    assert "移交单位对所报送电子公文的真实性、完整性和安全性负责。" in text
    assert "登记备份中心对所接收数据的原始性和安全性负责" in text


FILED = (
    "单位名称江源市教育局单位代码JY全宗号Z109归档年度2025数据形式电子公文受理号SL2025-JY-E001"
    "单位包名JY-2025-E-003单位载体编号003报送轮次第1轮"
    "收到时间2026年6月30日17:05:00应报日期2026年6月30日是否按时按时"
)
COUNTED = "件数120文件数365数据量（字节）73,400,320"


@reads_pdf
def test_notice_says_what_was_filed_and_each_thing_that_the_centre_has_to_decide() -> None:
    """R1-37, R1-43, R1-51."""
    findings = [finding(severity="hold", where=f"data/{number}.pdf") for number in (1, 2)]

    text = joined(render("notice", paper("notice", findings=findings), locale="zh"))

    assert FILED in text
    assert "已收到并暂存，尚未接收：以下2项由本中心决定" in text
    assert "序号位置现状1data/1.pdf文件不存在2data/2.pdf文件不存在" in text


@reads_pdf
@pytest.mark.parametrize("kind", ["acceptance_inspection", "receipt"])
def test_what_was_accepted_is_counted_and_its_copies_are_named(kind: str) -> None:
    """R1-43, R1-48, R1-53."""
    text = joined(render(kind, paper(kind), locale="zh"))

    assert FILED in text
    assert COUNTED in text
    assert "保管处核对时间状态异地库2026年6月30日17:05:00已读回，一致" in text
    assert f"封存清单摘要SHA-256{SHA256}" in text


@reads_pdf
def test_inspection_form_says_the_result_of_each_property_by_either_side_and_the_digest_of_the_carrier() -> None:
    """R1-28, R1-46, R1-48, N8."""
    text = joined(render("acceptance_inspection", paper("acceptance_inspection"), locale="zh"))

    assert "检验结论合格，予以接收" in text
    assert f"JY-2025-0173,400,320SHA-256{SHA256}" in text
    assert "真实性合格合格完整性合格合格可用性合格合格安全性合格合格" in text
    assert "填表人（签名）李强审核人（签名）王芳" in text


@reads_pdf
def test_inspection_form_of_a_returned_filing_leaves_out_what_it_has_not() -> None:
    """R1-48, R1-36."""
    lacking = {"places": [], "manifest_digest": None, "checkpoint": None, "outcome": "returned"}
    said = {"remarks": ["摘要较弱，请改用SM3"], "channel": "online", "strategy": "full"}

    usual, returned, remarked = (
        joined(render("acceptance_inspection", paper("acceptance_inspection", **changes), locale="zh"))
        for changes in ({}, lacking, said)
    )

    optional = ("保管处及读回核对", "存证信息", "附注", "报送方式", "备份方式", "项目明细")
    assert [[word in text for word in optional] for text in (usual, returned, remarked)] == [
        [True, True, False, False, False, False],
        [False, False, False, False, False, False],
        [True, True, True, True, True, False],
    ]
    assert "附注摘要较弱，请改用SM3" in remarked


@reads_pdf
@pytest.mark.parametrize(
    ("results", "told"),
    [
        (["pass", "not_checked"], "部分检测未检测1项，合格1项"),
        (["not_checked", "not_checked"], "未检测未检测2项"),
        (["pass", "not_applicable"], "合格合格1项，不适用1项"),
        (["pass", "pending_manual", "fail"], "不合格不合格1项，待人工检验1项，合格1项"),
    ],
)
def test_property_is_as_bad_as_its_worst_item(results: list[str], told: str) -> None:
    """R1-46, R1-48."""
    checks = [{"property": "security", "check": "检测", "centre_result": result} for result in results]
    content = paper("acceptance_inspection", checks=checks, unit_results={})

    text = joined(render("acceptance_inspection", content, locale="zh"))

    assert f"安全性{told}" in text


@reads_pdf
def test_opinion_says_where_what_was_found_and_expected_by_which_rule_and_how_to_mend_it() -> None:
    """R1-49, R1-50."""
    text = joined(render("opinions", paper("opinions"), locale="zh"))

    assert FILED in text
    found = finding()
    places = [text.index(found[key]) for key in ("where", "found", "expected")]
    assert places == sorted(places)
    assert "DA/T70GD-2-7" in text
    assert found["fix"] in text


@reads_pdf
def test_late_filing_says_how_many_days() -> None:
    """R1-23."""
    text = joined(render("acceptance_inspection", paper("acceptance_inspection", days_late=12), locale="zh"))

    assert "逾期12天" in text


@reads_pdf
def test_opinions_list_every_fault_over_pages_under_a_repeated_heading() -> None:
    """R1-49, R1-50, R4-08."""
    findings = [finding(where=f"data/{number:03d}.pdf") for number in range(1, 61)]

    text = joined(render("opinions", paper("opinions", findings=findings), locale="zh"))

    assert all(f"data/{number:03d}.pdf" in text for number in range(1, 61))
    assert text.count("补正办法") >= 3
    assert "请于2026年7月10日前" in text
    assert "作为第2轮重新报送" in text


@reads_pdf
def test_opinions_say_whom_to_ask_where_somebody_is_named() -> None:
    """R1-49."""
    named, unnamed = (
        joined(render("opinions", paper("opinions", **changes), locale="zh"))
        for changes in ({"contact": "李敏 0571-88000000"}, {})
    )

    told = "".join(Wording("zh").sentence("contact", contact="李敏 0571-88000000").split())
    assert told in named
    assert told.partition("李敏")[0] not in unnamed


@reads_pdf
def test_markup_in_a_finding_stays_text() -> None:
    """R1-50."""
    hostile = '#strong[x] $x^2$ @ref <b> = /* "]#read("/etc/passwd")'

    text = joined(render("opinions", paper("opinions", findings=[finding(found=hostile)]), locale="zh"))

    assert "".join(hostile.split()) in text


@reads_pdf
def test_characters_without_a_glyph_and_those_that_steer_text_are_shown_by_number() -> None:
    """R1-50."""
    hostile = "甲😀乙\u202e丙\u200b丁\x07戊\ud800己عربي"

    text = joined(render("opinions", paper("opinions", findings=[finding(found=hostile)]), locale="zh"))

    assert "甲〔U+1F600〕乙〔U+202E〕丙〔U+200B〕丁〔U+0007〕戊〔U+D800〕己〔U+0639〕" in text


@pytest.mark.shared
@reads_pdf
def test_naughty_strings_are_printed_as_text(shared_data: Path) -> None:
    """R1-50."""
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
    """R9-19."""
    rows = [record_row(1, decision=None)]

    text = joined(render("destruction_register", paper("destruction_register", rows=rows), locale="en"))

    assert "Destroy" not in text.replace("DestructionRegister", "").replace("Destroyedon", "")


@reads_pdf
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_certificate_says_what_was_looked_at_and_never_more(locale: str) -> None:
    """R9-19."""
    text = joined(render("destruction_certificate", paper("destruction_certificate"), locale=locale)).lower()

    assert DIGEST["value"] in text
    assert {"zh": "限期内有残留", "en": "residueforatime"}[locale] in text
    assert {"zh": "不作任何断言", "en": "assertsnothing"}[locale] in text
    assert "unreadable" not in text
    assert "不可恢复" not in text


@reads_pdf
def test_paper_of_a_centre_with_a_set_date_says_so() -> None:
    """R1-48."""
    findings = [finding(where=str(number)) for number in range(60)]
    usual = pages_of(render("opinions", paper("opinions", findings=findings), locale="zh"))
    demo = pages_of(render("opinions", paper("opinions", findings=findings, today_is_set=True), locale="zh"))

    assert len(demo) > 1
    assert all("日期由LANTAI_TODAY设定为2026年6月30日" in page for page in demo)
    assert not any("LANTAI_TODAY" in page for page in usual)


@reads_pdf
def test_loose_pages_say_which_paper_they_belong_to() -> None:
    """R1-48."""
    findings = [finding(where=str(number)) for number in range(60)]

    pages = pages_of(render("opinions", paper("opinions", findings=findings, paper_no="JY-意见-7"), locale="zh"))

    assert len(pages) > 1
    assert all("JY-意见-7" in page for page in pages)


@reads_pdf
def test_time_zone_is_said_once_and_a_moment_of_another_zone_says_its_own() -> None:
    """R1-43."""
    elsewhere = NOW.astimezone(UTC)

    text = joined(render("receipt", paper("receipt", received_at=elsewhere, accepted_at=NOW), locale="zh"))

    assert "接收时间2026年6月30日17:05:00单位名称" in text
    assert "收到时间2026年6月30日09:05:00(UTC+00:00)" in text
    assert text.count("北京时间") == 1


@reads_pdf
def test_row_of_a_register_is_never_split_over_two_pages() -> None:
    """R9-19."""
    rows = [
        record_row(number, decision=Decision.DISPOSE, reason=f"起{number:03d}" + "由" * 90 + f"止{number:03d}")
        for number in range(1, 31)
    ]

    pages = pages_of(render("destruction_register", paper("destruction_register", rows=rows), locale="zh"))

    begun = [re.findall(r"起(\d{3})", page) for page in pages]
    ended = [re.findall(r"止(\d{3})", page) for page in pages]
    assert len(pages) > 3
    assert begun == ended
    assert sum(map(len, begun)) == 30


@reads_pdf
def test_row_that_is_longer_than_a_page_goes_on_on_the_next() -> None:
    """R9-19."""
    rows = [record_row(1, decision=Decision.DISPOSE, reason="缘" * 3000 + "止")]

    pages = pages_of(render("destruction_register", paper("destruction_register", rows=rows), locale="zh"))

    assert sum(page.count("缘") for page in pages) == 3000
    assert "止" in "".join(pages)


@reads_pdf
def test_register_says_how_many_records_and_pages_witnesses_have_to_count_and_who_signs() -> None:
    """R9-15, R9-19, N3: quantity, panel's head, approver, two witnesses."""
    rows = [
        record_row(1, decision=Decision.DISPOSE, page_count=7),
        record_row(2, decision=Decision.DISPOSE, page_count=5),
    ]
    rows += [record_row(3, decision=Decision.KEEP, extend_years=10, page_count=40)]
    rows += [record_row(4, decision=Decision.DISPOSE, page_count=None)]

    text = joined(
        render("destruction_register", paper("destruction_register", rows=rows, fonds_no="Z109"), locale="zh")
    )

    assert "全宗号Z109" in text
    assert "应销毁3件，共12页" in text
    assert "延期保管1件，共40页" in text
    assert text.index("编制人") < text.index("审核人") < text.index("鉴定小组组长") < text.index("批准人")
    assert text.count("监销人监销人") == 1


@reads_pdf
def test_short_list_of_opinions_is_signed_on_its_first_page() -> None:
    """R9-26."""
    findings = [finding(found="清单所列文件不在包内，总字节数与登记的不符。" * 2) for _ in range(5)]

    pages = pages_of(render("opinions", paper("opinions", findings=findings), locale="zh"))

    assert len(pages) == 1
    assert "（单位公章）" in pages[0]


@reads_pdf
def test_inspection_form_is_signed_on_the_page_that_says_the_result_and_items_are_an_annex() -> None:
    """R1-46, R1-28, R1-48; rules N8: what waits for a person is never told as passed."""
    checks = [
        {"property": "authenticity", "code": f"GD-1-{n}", "check": "检测", "centre_result": "pass"}
        for n in range(1, 15)
    ]
    checks += [
        {"property": "usability", "code": f"GD-3-{n}", "check": "检测", "centre_result": result}
        for n, result in ((1, "pass"), (2, "pending_manual"))
    ]

    content = paper("acceptance_inspection", checks=checks)
    first, annex = pages_of(render("acceptance_inspection", content, locale="zh"))

    assert "真实性合格合格合格14项" in first
    assert "可用性合格待人工检验待人工检验1项，合格1项" in first
    assert "填表人（签名）李强审核人（签名）王芳" in first
    assert "本表一式两份" in first
    assert "（单位公章）" in first
    assert "GD-1-14" not in first
    assert all(line["code"] in annex for line in checks)
    assert annex.index("真实性") < annex.index("GD-1-14") < annex.index("可用性") < annex.index("GD-3-1检测")


@reads_pdf
def test_certificate_names_places_with_their_address_and_leaves_out_columns_that_say_nothing() -> None:
    """R9-19."""
    places = [
        {
            "place": "主保管库",
            "address": "file:///srv/vault",
            "carrier_id": "SL2005-JY-E001-R1",
            "erasure_class": "overwritten",
            "looked_at": NOW,
            "looked_by": "石敬之",
            "result": "absent",
        }
    ]

    content = paper("destruction_certificate", places=places, twins=[])
    text = joined(render("destruction_certificate", content, locale="zh"))

    assert "主保管库file:///srv/vault" in text
    assert "残留至" not in text
    assert "密钥头备份" not in text  # Nobody looked for any: the paper may not say that there are none.


def test_paper_with_a_field_missing_is_not_printed() -> None:
    """R10-06, R9-26."""
    content = paper("receipt")
    del content["manifest_digest"]

    with pytest.raises(ValueError, match="manifest_digest"):
        render("receipt", content, locale="zh")


@pytest.mark.parametrize("printed_at", ["2026-06-30T09:05:00+08:00", None])
def test_moment_that_is_none_is_refused(printed_at: object) -> None:
    """R9-26."""
    with pytest.raises(ValueError, match="printed_at"):
        render("receipt", paper("receipt", printed_at=printed_at), locale="zh")


def test_field_that_the_paper_would_not_show_is_refused() -> None:
    """R9-26."""
    with pytest.raises(ValueError, match="manifest_sha256"):
        render("receipt", paper("receipt", manifest_sha256=SHA256), locale="zh")


def test_moment_without_a_zone_is_refused() -> None:
    """R1-43, R9-26."""
    with pytest.raises(ValueError, match="printed_at"):
        render("receipt", paper("receipt", printed_at=NOW.replace(tzinfo=None)), locale="zh")


def test_unknown_result_is_no_blank_on_the_form() -> None:
    """R1-46."""
    checks = [{"property": "security", "check": "病毒", "centre_result": "probably"}]

    with pytest.raises(KeyError, match="probably"):
        render("acceptance_inspection", paper("acceptance_inspection", checks=checks), locale="zh")
