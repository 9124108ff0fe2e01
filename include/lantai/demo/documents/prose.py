"""The wording of the demo's documents: notices, requests, minutes, reports and the like.

Made of sentences as offices write them, with the office's own subject and
figures put in. All figures are invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from lantai.demo.county.units import COUNTY, SampleUnit
from lantai.records.custody.record import Retention


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document with the period that the county's table gives it; `goes_up` to a higher authority."""

    doc_type: str
    retention: Retention
    department: str
    has_red_head: bool = True
    goes_up: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """What a document says; see `filings.Document` for the fields."""

    title: str
    recipient: str
    paragraphs: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()
    attachment: str = ""
    copies: str = ""


KINDS = (
    Kind("通知", Retention.D10, "YWK"),
    Kind("工作要点", Retention.D30, "BGS"),
    Kind("会议纪要", Retention.Y, "BGS", has_red_head=False),
    Kind("请示", Retention.Y, "BGS", goes_up=True),
    Kind("情况通报", Retention.D10, "YWK"),
    Kind("工作总结", Retention.Y, "BGS", goes_up=True),
    Kind("函", Retention.D10, "BGS"),
    Kind("任免通知", Retention.Y, "RSK"),
    Kind("统计报告", Retention.D30, "YWK"),
)
"""In the order in which a year brings them; a longer year begins again."""

_TOWNS = ("城关街道", "石梁镇", "沙湾镇", "双溪口乡", "云岭镇", "白沙乡", "枫林镇", "河东街道")
_QUARTERS = "一二三四"
_JUNE, _OCTOBER = 6, 10
_SURNAMES = "沈方陆蒋傅顾韩田罗叶秦祝程苏汪夏邵余丁龚"
_GIVEN = ("文博", "静怡", "国强", "晓岚", "志远", "秀兰", "建平", "雨涵", "立新", "春燕", "海波", "丽萍")


def invented_name(chance: Random) -> str:
    """Return a name of nobody in particular."""
    return chance.choice(_SURNAMES) + chance.choice(_GIVEN)


def town(chance: Random) -> str:
    """Return one of the county's towns."""
    return chance.choice(_TOWNS)


def write(kind: Kind, unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    """Return the text of a document.

    Args:
        kind: What it is.
        unit: Who writes.
        subject: What about.
        on: Its date.
        chance: Where the figures come from.
    """
    return _WRITERS[kind.doc_type](unit, subject, on, chance)


def _notice(unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    by = date(on.year, min(on.month + 1, 12), 25)
    return Text(
        f"关于做好{on.year}年{subject}工作的通知",
        unit.below,
        (
            f"为切实做好{on.year}年{subject}工作，根据上级有关文件精神和县委、县政府工作部署，结合我县实际，现将有关事项通知如下。",
            "## 一、提高思想认识",
            (
                f"{subject}工作事关群众切身利益，各单位要充分认识其重要性，将其列入重要议事日程，主要负责人亲自抓，分管负责人具体抓，"
                f"明确{chance.randint(1, 3)}名工作人员专门负责，确保人员、经费、责任落实到位。"
            ),
            "## 二、把握时间节点",
            (
                f"自本通知印发之日起至{by.month}月{by.day}日为组织实施阶段，各单位应完成全面自查，建立问题清单和责任清单，"
                f"自查覆盖面须达到100%；随后由局组织抽查，抽查比例不低于{chance.choice((10, 15, 20, 30))}%。"
            ),
            "## 三、严格工作纪律",
            "要坚持实事求是，如实填报各项数据，不得虚报、瞒报、漏报。对工作推进不力、弄虚作假的，予以通报批评，并责令限期整改。",
            f"请各单位于{by.month}月{by.day}日前将工作情况书面报局业务科，联系人：{invented_name(chance)}。",
        ),
        attachment=f"{on.year}年{subject}工作任务分解表",
        copies="县政府办公室",
    )


def _plan(unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    return Text(
        f"{on.year}年工作要点",
        "局机关各科室，局属各单位",
        (
            (
                f"{on.year}年工作的总体要求是：紧紧围绕县委、县政府中心工作，坚持稳中求进，突出重点、补齐短板，"
                f"以{subject}为抓手，全面完成年度目标任务。"
            ),
            "## 一、突出抓好重点工作",
            (
                f"（一）扎实推进{subject}。全年计划安排专项资金{chance.randint(60, 480)}万元，完成项目{chance.randint(6, 28)}个，"
                f"覆盖{chance.randint(5, 8)}个乡镇（街道）。"
            ),
            f"（二）统筹做好{unit.subjects[1]}。健全部门协同机制，每季度召开一次联席会议，研究解决工作中的困难和问题。",
            f"（三）持续加强{unit.subjects[2]}。完善台账管理，做到底数清、情况明、措施实。",
            "## 二、加强机关自身建设",
            (
                "深入开展作风建设，严格执行民主集中制，落实首问负责制、限时办结制。加强档案工作，"
                "做到应归尽归、应收尽收，按时完成上一年度文件材料的整理归档。"
            ),
            "## 三、强化督促检查",
            "各科室要按照任务分工制定实施方案，明确时间表、路线图、责任人，每月末向办公室报送进展情况。",
        ),
    )


def _minutes(unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    people = [invented_name(chance) for _ in range(5)]
    return Text(
        f"{unit.name_in(on.year).removeprefix(COUNTY)}{on.year}年第{(on.month + 2) // 3 + 3}次局长办公会议纪要",
        "",
        (
            (
                f"{on.year}年{on.month}月{on.day}日上午，局长{people[0]}在局三楼会议室主持召开局长办公会议，"
                f"专题研究{subject}等工作。现将会议议定事项纪要如下。"
            ),
            (
                f"一、会议听取了业务科关于{subject}工作情况的汇报。会议认为，前一阶段工作进展总体顺利，"
                f"但{town(chance)}、{town(chance)}等地仍存在进度不平衡的问题。会议要求，由{people[1]}牵头，在{chance.choice((15, 20, 30))}日内逐一销号。"
            ),
            f"二、会议研究了本年度专项经费安排方案，同意安排{chance.randint(12, 95)}万元用于{subject}，由财务人员按规定程序办理。",
            f"三、会议审议并原则通过《{unit.subjects[3]}实施办法（试行）》，由办公室根据会议意见修改后印发。",
            f"出席：{'、'.join(people[:3])}",
            f"列席：{'、'.join(people[3:])}",
        ),
    )


def _request(_unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    cost = chance.randint(80, 620)
    return Text(
        f"关于要求解决{subject}工作经费的请示",
        "县人民政府",
        (
            (
                f"近年来，在县委、县政府的高度重视下，我县{subject}工作取得了明显成效。根据上级部署，{on.year}年需完成"
                f"{chance.randint(8, 36)}项任务，时间紧、要求高，现有经费难以保障。"
            ),
            (
                f"经测算，共需经费{cost}万元，其中：设施设备购置{cost * 5 // 10}万元，人员培训{cost * 2 // 10}万元，"
                f"日常运行{cost - cost * 5 // 10 - cost * 2 // 10}万元。我局已通过压缩一般性支出自筹{cost // 10}万元，"
                f"尚缺{cost - cost // 10}万元，恳请县政府从{on.year}年度预备费中予以安排。"
            ),
            "经费到位后，我局将严格按照专项资金管理有关规定，实行专款专用，并主动接受财政、审计部门的监督。",
            "妥否，请批示。",
        ),
        attachment=f"{subject}工作经费测算表",
    )


def _circular(unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    towns = chance.sample(_TOWNS, 5)
    shares = sorted((chance.randint(820, 1000) / 10 for _ in towns), reverse=True)
    rows = [
        (str(n), name, f"{chance.randint(20, 90)}", f"{share:.1f}%")
        for n, (name, share) in enumerate(zip(towns, shares, strict=True), 1)
    ]
    return Text(
        f"关于{on.year}年第{_QUARTERS[(on.month - 1) // 3]}季度{subject}工作情况的通报",
        unit.below,
        (
            (
                f"为全面掌握{subject}工作进展，近期我局组织{chance.randint(2, 4)}个检查组，采取听汇报、查台账、看现场的方式，"
                "对各地工作情况进行了检查。现将有关情况通报如下。"
            ),
            (
                f"从检查情况看，各地重视程度普遍提高，{towns[0]}、{towns[1]}工作扎实、成效明显；但{towns[-1]}存在台账不全、整改不及时等问题，"
                "须认真剖析原因，举一反三，切实加以整改。"
            ),
            "各地完成情况见下表。",
        ),
        table=(("序号", "单位", "任务数", "完成率"), *rows),
        copies="县委办公室，县政府办公室",
    )


def _summary(unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    told, ahead = _spans(on)
    return Text(
        f"{told}工作总结和{ahead}工作思路",
        "县委、县人民政府",
        (
            f"{told}，在县委、县政府的坚强领导下，我局认真履行职责，较好地完成了各项目标任务。现将有关情况报告如下。",
            f"## 一、{told}主要工作",
            (
                f"（一）{subject}取得新进展。{told}开展专项检查{chance.randint(12, 48)}次，发现并整改问题{chance.randint(30, 160)}个，整改率达到"
                f"{chance.randint(920, 1000) / 10:.1f}%；受理群众来信来访{chance.randint(20, 90)}件，办结率100%。"
            ),
            (
                f"（二）{unit.subjects[0]}稳步推进。投入资金{chance.randint(150, 900)}万元，惠及群众{chance.randint(2, 30)}万人次，"
                f"比上年增长{chance.randint(20, 160) / 10:.1f}%。"
            ),
            (
                f"（三）{unit.subjects[2]}不断规范。修订制度{chance.randint(3, 9)}项，举办培训班{chance.randint(2, 8)}期，"
                f"培训{chance.randint(120, 860)}人次。"
            ),
            "## 二、存在的主要问题",
            "一是工作发展不平衡，个别乡镇基础薄弱；二是专业人员不足，业务能力有待提高；三是信息化程度不高，部门间数据共享不够。",
            f"## 三、{ahead}工作思路",
            f"（一）健全长效机制，推动{subject}常态化、规范化。",
            "（二）加强队伍建设，每季度组织一次业务学习和技能比武。",
            f"（三）推进{_reform(on)}，加强文件材料归档管理，提升服务效能。",
        ),
    )


def _spans(on: date) -> tuple[str, str]:
    """Return what a summary of that day is about, and what it looks ahead to."""
    if on.month < _JUNE:
        return f"{on.year - 1}年", f"{on.year}年"
    if on.month < _OCTOBER:
        return f"{on.year}年上半年", "下半年"
    return f"{on.year}年", f"{on.year + 1}年"


def _reform(on: date) -> str:
    reforms = ((2010, "办公自动化建设"), (2018, "电子政务建设"))
    return next((name for until, name in reforms if on.year <= until), "数字化改革")


def _letter(unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    other = chance.choice(("县发展和改革局", "县统计局", "县公安局", "县应急管理局"))
    return Text(
        f"关于商请提供{subject}有关资料的函",
        other,
        (
            f"因开展{on.year}年{subject}工作需要，根据部门职责分工，商请贵局提供{on.year - 1}年度以下资料：",
            "一、相关统计数据及说明；",
            f"二、涉及{town(chance)}、{town(chance)}的专项检查情况；",
            "三、其他需要说明的事项。",
            f"上述资料请于{on.month}月底前反馈我局。联系人：{invented_name(chance)}，联系电话：{unit.phone}。",
            "专此致函，请予支持为盼。",
        ),
    )


def _appointment(_unit: SampleUnit, _subject: str, _on: date, chance: Random) -> Text:
    first, second, third = (invented_name(chance) for _ in range(3))
    return Text(
        f"关于{first}等同志职务任免的通知",
        "局机关各科室，局属各单位",
        (
            "经局党组会议研究决定：",
            f"{first}同志任办公室主任；",
            f"{second}同志任业务科科长，试用期一年；",
            f"免去{third}同志的办公室主任职务，另有任用。",
            "特此通知。",
        ),
        copies="县委组织部",
    )


def _statistics(unit: SampleUnit, subject: str, on: date, chance: Random) -> Text:
    rows, total = [], 0
    for number, name in enumerate(_TOWNS, 1):
        count = chance.randint(40, 900)
        total += count
        rows.append((str(number), name, str(count), f"{chance.randint(-80, 190) / 10:+.1f}%"))
    span = f"{on.year}年1—{on.month - 1}月" if on.month > 1 else f"{on.year - 1}年"
    return Text(
        f"{span}{subject}情况统计报告",
        "县统计局",
        (
            (
                f"按照统计调查制度要求，我局对{span}{subject}情况进行了统计汇总。经审核，全县共计{total}件（项），"
                f"数据由各乡镇（街道）逐级上报，{unit.subjects[1]}有关数据另行报送。"
            ),
            "分乡镇（街道）情况如下表，同比按可比口径计算。",
        ),
        table=(("序号", "乡镇（街道）", "数量", "同比"), *rows, ("", "合计", str(total), "")),
    )


_WRITERS: dict[str, Callable[[SampleUnit, str, date, Random], Text]] = {
    "通知": _notice,
    "工作要点": _plan,
    "会议纪要": _minutes,
    "请示": _request,
    "情况通报": _circular,
    "工作总结": _summary,
    "函": _letter,
    "任免通知": _appointment,
    "统计报告": _statistics,
}
