"""Marks of state secrets, however somebody sets them."""

from __future__ import annotations

import csv

import pytest

from lantai.rules.intake import secrecy_mark


@pytest.mark.parametrize(
    "text",
    [
        "密级：机密",
        "密级: 机密  保密期限: 10年",
        "密级　绝密",
        "某局密级：秘密",
        "密级标志＝國家秘密",
        "机　密",
        "机 密",
        "机密\n关于某事的目录",
        "某局\r\n机密★10年\r\n目录",
        "关于某事的目录\n机 密",
        "机\n密",
        "《机密》",
        "-机密-",
        "★绝密★",
        "TOP SECRET",
        "ｔｏｐ ｓｅｃｒｅｔ",
        "Secret",
        "S\u200bE C\u3164R\u0332ET",
        "C\u00adONFIDENTIAL",
        "confidential",
        "機密",
        "絕密★長期",
        "祕密 1年",
        "机\u200b密",
        "机\u00ad密",
        "机\ufe0f密",
        "机密⭐\ufe0f10年",
        "机密;x",
        "机密；x",
        "a\t机密",
        "机密,x",
        "机密 关于某事的请示",
        "关于某事的请示　机密",
        "机密·十年",
        "（机密★10年）",
        "（机密级）关于某事",
        "关于某事（秘密5年）",
        "绝密★启用前",
    ],
)
def test_mark_is_seen_however_it_is_set(text: str) -> None:
    """R1-40: each of these stood in a catalogue, and the catalogue came through."""
    assert secrecy_mark.bears_mark(text)


@pytest.mark.parametrize(
    "text",
    [
        "关于保密工作的通知",
        "机密文件管理办法",
        "关于机密级计算机（涉密）报废的批复",
        "关于调整机密、秘密级文件密级的通知",
        "关于密级为机密的文件清退的通知",
        "《绝密》影片放映许可",
        "国家秘密及其密级具体范围的规定",
        "国家秘密载体印制资质管理办法（国家秘密载体）",
        "工作秘密",
        "商业秘密",
        "密级",
        "保密期限",
        "密级：公开",
        "密级：工作秘密",
        "保密科 收文登记",
        "国家秘密 定密管理暂行规定",
        "Secret garden club, annual report",
        "Secretariat",
        "机 关 党 委",
        "秘书处\n密码设备",
        "",
    ],
)
def test_text_that_only_speaks_of_secrets_bears_no_mark(text: str) -> None:
    """R1-40: a title is not a mark."""
    assert not secrecy_mark.bears_mark(text)


@pytest.mark.parametrize(
    ("left", "right"), [("密级", "机　密"), ("密 级：", "国家秘密"), ("机", "密"), ("密级", "TOP SECRET")]
)
def test_mark_over_two_neighbouring_cells_is_seen(left: str, right: str) -> None:
    """R1-40."""
    assert secrecy_mark.is_mark_over_cells(left, right)


@pytest.mark.parametrize(
    ("left", "right"), [("密级", "公开"), ("密级", "保密期限"), ("题名", "密级"), ("保", "密"), ("", "密")]
)
def test_neighbours_that_are_headings_are_no_mark(left: str, right: str) -> None:
    """R1-40."""
    assert not secrecy_mark.is_mark_over_cells(left, right)


@pytest.mark.shared
def test_no_title_of_the_real_filings_bears_a_mark(shared_data) -> None:
    """R1-40."""
    with (shared_data / "filings-zh/catalogue.csv").open(encoding="utf-8", newline="") as stream:
        titles = [entry["title"] for entry in csv.DictReader(stream)]

    assert [title for title in titles if secrecy_mark.bears_mark(title)] == []
    assert any("密" in title for title in titles)
