"""The fields of the trigger forms: text, or nothing; a value that does not fit is refused with 400.

What the text means is read in a DAG's first task, by `lantai.tasks.form`.
"""

from __future__ import annotations

from airflow.sdk import Param

SECTION = "运行范围 what to run"


def text_field(title: str, description: str, pattern: str) -> Param:
    """Return a field of a form: text of a pattern, or nothing."""
    return Param(None, type=["null", "string"], title=title, description=description, pattern=pattern, section=SECTION)


def year_field(description: str) -> Param:
    """Return the field for filing years."""
    return text_field("年度 filing year", description, r"^\s*((19|20)\d\d[\s,，、;；]*)*$")


def units_field() -> Param:
    """Return the field for unit codes."""
    return text_field(
        "单位代码 units", "如 JY 或 JY, SW；空白为全部 / e.g. JY or JY, SW; empty is all", r"^[A-Za-z0-9\s,，、;；]*$"
    )


def carrier_field() -> Param:
    """Return the field for names of packages: one a line, for a name may hold blanks and commas."""
    return Param(
        None,
        type=["null", "string"],
        format="multiline",
        title="包 carrier",
        description="包名，或受理号（可加轮次），每行一个；空白为全部 / names of packages or acceptance numbers, one a line; empty is all",
        section=SECTION,
    )


def day_field(description: str) -> Param:
    """Return the field for a day."""
    return Param(
        None, type=["null", "string"], format="date", title="日期 on", description=description, section=SECTION
    )
