"""A database export as an office makes it: rows of a business system as CSV, with a description of the columns.

People in it are invented and their numbers masked.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from random import Random

from lantai.demo.county.units import SampleUnit
from lantai.demo.documents.prose import invented_name, town

HEADINGS = (
    "登记字号",
    "登记类别",
    "登记日期",
    "男方姓名",
    "男方证件号",
    "女方姓名",
    "女方证件号",
    "常住地",
    "登记机关",
    "承办人",
)
_KINDS = ("结婚登记", "结婚登记", "结婚登记", "离婚登记", "补领结婚证")


def marriage_register(unit: SampleUnit, year: int, row_count: int) -> tuple[tuple[str, bytes], ...]:
    """Return the files of an export: the table, and what its columns mean.

    Args:
        unit: Whose system.
        year: Of the registrations.
        row_count: Rows of the table.
    """
    chance = Random(f"{unit.unit_code}{year}register")  # noqa: S311 (seeded, so that the demo repeats; nothing secret)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEADINGS)
    days = sorted(chance.randrange(360) for _ in range(row_count))
    clerks = [invented_name(chance) for _ in range(3)]
    for number, day in enumerate(days, 1):
        on = date(year, 1, 1) + timedelta(days=day)
        table.writerow(
            (
                f"J330899-{year}-{number:06d}",
                chance.choice(_KINDS),
                on.isoformat(),
                invented_name(chance),
                _masked(chance),
                invented_name(chance),
                _masked(chance),
                town(chance),
                unit.name,
                chance.choice(clerks),
            )
        )
    description = "\n".join(
        (
            f"{unit.name}婚姻登记信息系统 {year}年度数据导出说明",
            f"导出方式：完全备份；导出日期：{year + 1}-01-15；记录数：{row_count}",
            "编码：UTF-8；分隔符：逗号；首行为字段名；证件号已脱敏",
            *(f"字段{place:02d}  {heading}" for place, heading in enumerate(HEADINGS, 1)),
            "",
        )
    )
    return (
        (f"婚姻登记数据_{year}.csv", out.getvalue().encode()),
        ("数据说明.txt", description.encode()),
    )


def _masked(chance: Random) -> str:
    return f"330899{'*' * 8}{chance.randrange(10000):04d}"
