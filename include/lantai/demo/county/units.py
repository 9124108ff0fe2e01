"""The twelve offices of the demo: who they are, what they write about, and what they owe.

Yunxi county (云溪县) and everybody in it are invented. What each office sends,
and what is wrong with it, stands in `packages`.
"""

from __future__ import annotations

from dataclasses import dataclass

from lantai.records.centre.unit import DataForm, Unit

COUNTY = "云溪县"
E, B, D = DataForm.E_DOCUMENT, DataForm.BUSINESS_DATA, DataForm.DIGITISED_RESULT


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """One office.

    Attributes:
        unit_code: Our code.
        office: Its name without the county, as of today.
        fonds_no: Fonds number.
        mark: Word of the office in its document numbers, e.g. `云教`.
        subjects: What it writes about; nouns that fit behind 关于做好 and before 工作.
        below: Whom it addresses.
        archivist: Part-time archivist who packs.
        leader: Who answers for the filing and reviews the forms.
        phone: Of the archivist; from the range of no subscriber.
        forms: What it owes every year.
        former: Name and mark until the year given, of offices that were reorganised.
    """

    unit_code: str
    office: str
    fonds_no: str
    mark: str
    subjects: tuple[str, ...]
    below: str
    archivist: str
    leader: str
    phone: str
    forms: tuple[DataForm, ...] = (E,)
    former: tuple[tuple[int, str, str], ...] = ()

    @property
    def name(self) -> str:
        """Full name of today, as on the seal."""
        return COUNTY + self.office

    def name_in(self, year: int) -> str:
        """Return the full name that the office had in a year."""
        held = [office for until, office, _ in self.former if year <= until]
        return COUNTY + (held[0] if held else self.office)

    def mark_in(self, year: int) -> str:
        """Return the word of its document numbers in a year: a reorganised office numbered under its name of then."""
        held = [mark for until, _, mark in self.former if year <= until]
        return held[0] if held else self.mark

    def as_unit(self, responsible_person: str, first_filing_year: int) -> Unit:
        """Return the office as the registry knows it."""
        return Unit(
            self.unit_code,
            self.name,
            self.fonds_no,
            self.forms,
            responsible_person=responsible_person,
            first_filing_year=first_filing_year,
        )


UNITS = (
    SampleUnit(
        "JY",
        "教育局",
        "Z101",
        "云教",
        ("义务教育学校招生入学", "校园安全专项整治", "中小学教师继续教育", "家庭经济困难学生资助"),
        "各乡镇（街道）中心学校，县直各学校",
        "沈若溪",
        "章怀民",
        "0570-5550101",
        (E, D),
    ),
    SampleUnit(
        "MZ",
        "民政局",
        "Z102",
        "云民",
        ("最低生活保障对象复核", "养老服务设施建设", "社会组织年度检查", "婚姻登记档案补建"),
        "各乡镇人民政府、街道办事处",
        "方知秋",
        "吕素心",
        "0570-5550102",
        (E, B),
    ),
    SampleUnit(
        "ZR",
        "自然资源和规划局",
        "Z103",
        "云自然资",
        ("地质灾害防治", "国有建设用地供应", "不动产统一登记", "耕地保护责任目标考核"),
        "各自然资源所，局机关各科室",
        "陆明远",
        "纪文渊",
        "0570-5550103",
        former=((2018, "国土资源局", "云国土资"),),
    ),
    SampleUnit(
        "RS",
        "人力资源和社会保障局",
        "Z104",
        "云人社",
        ("城乡居民基本养老保险参保", "农民工工资支付保障", "事业单位公开招聘", "职业技能提升培训"),
        "各乡镇人民政府、街道办事处，县直有关单位",
        "蒋思宁",
        "施远帆",
        "0570-5550104",
        former=((2009, "劳动和社会保障局", "云劳社"),),
    ),
    SampleUnit(
        "WJ",
        "卫生健康局",
        "Z105",
        "云卫健",
        ("基本公共卫生服务项目", "医疗机构依法执业检查", "家庭医生签约服务", "乡村医生培训"),
        "各医疗卫生单位",
        "傅清和",
        "尤承志",
        "0570-5550105",
        former=((2013, "卫生局", "云卫"), (2018, "卫生和计划生育局", "云卫计")),
    ),
    SampleUnit(
        "CZ",
        "财政局",
        "Z106",
        "云财",
        ("部门预算编制", "政府采购信息公开", "惠农补贴资金发放", "行政事业单位资产清查"),
        "县直各单位，各乡镇财政所",
        "顾庭安",
        "钱舒怀",
        "0570-5550106",
    ),
    SampleUnit(
        "JS",
        "住房和城乡建设局",
        "Z107",
        "云建",
        ("建筑施工安全生产检查", "农村危房改造", "城镇燃气安全管理", "物业服务质量考评"),
        "各建筑施工企业、监理单位",
        "韩松岩",
        "郝建业",
        "0570-5550107",
        former=((2010, "建设局", "云建"),),
    ),
    SampleUnit(
        "NY",
        "农业农村局",
        "Z108",
        "云农",
        ("春季农业生产", "动物疫病防控", "高标准农田建设", "农产品质量安全监测"),
        "各乡镇农业服务中心",
        "田雨桐",
        "岳青禾",
        "0570-5550108",
        former=((2018, "农业局", "云农"),),
    ),
    SampleUnit(
        "JT",
        "交通运输局",
        "Z109",
        "云交",
        ("农村公路养护", "春运组织保障", "水上交通安全监管", "客运站标准化建设"),
        "局属各单位，各运输企业",
        "罗启航",
        "简学舟",
        "0570-5550109",
        former=((2010, "交通局", "云交"),),
    ),
    SampleUnit(
        "WL",
        "文化广电旅游体育局",
        "Z110",
        "云文旅",
        ("文物安全巡查", "公共文化服务", "旅游市场秩序整治", "全民健身活动"),
        "各乡镇综合文化站",
        "叶听澜",
        "雷锦书",
        "0570-5550110",
        former=((2018, "文化广电新闻出版局", "云文广新"),),
    ),
    SampleUnit(
        "SJ",
        "审计局",
        "Z111",
        "云审",
        ("预算执行情况审计", "领导干部经济责任审计", "政府投资项目审计", "审计整改落实"),
        "各被审计单位",
        "秦简之",
        "谈正言",
        "0570-5550111",
    ),
    SampleUnit(
        "SW",
        "商务局",
        "Z112",
        "云商务",
        ("商贸流通企业统计", "电子商务进农村", "成品油市场管理", "家政服务诚信体系建设"),
        "各商贸流通企业",
        "祝南乔",
        "卫思齐",
        "0570-5550112",
    ),
)
"""In the order in which they stand on the board."""


def by_code(unit_code: str) -> SampleUnit:
    """Return the office with that code.

    Raises:
        KeyError: There is none.
    """
    for unit in UNITS:
        if unit.unit_code == unit_code:
            return unit
    raise KeyError(unit_code)
