"""Names of invented places, departments, offices and subordinate units, and what the departments do."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

PLACES = (
    "北岭市",
    "云柘州",
    "青崮区",
    "朔砾县",
    "澜望地区",
    "岚泉市",
    "望垣县",
    "砾原自治州",
    "沐岚市",
    "铁岗子县",
)
_BUREAUS = {
    "财政": ("财政局", "国库集中支付中心"),
    "统计": ("统计局",),
    "审计": ("审计局",),
    "政务服务": ("政务服务和数据管理局", "机关事务服务中心", "人民政府办公室"),
    "商务": ("商务局", "贸易促进服务中心"),
    "档案": ("档案馆",),
    "市场监管": ("市场监督管理局", "食品药品检验所"),
    "司法": ("司法局", "法律援助中心"),
    "教育": ("教育局", "第三中学", "实验小学"),
    "科技": ("科学技术局",),
    "文旅": ("文化体育广播电视和旅游局", "图书馆"),
    "民政": ("民政局", "社会福利院"),
    "卫生": ("卫生健康委员会", "人民医院", "疾病预防控制中心"),
    "环境": ("生态环境局",),
    "住建": ("住房和城乡建设局", "城市管理局", "市政养护中心"),
    "农业": ("农业农村局", "农业技术推广中心"),
    "林草": ("林业和草原局", "国有林管理站"),
    "水利": ("水利局", "灌溉管理处"),
    "交通": ("交通运输局", "公路养护站"),
    "供销": ("供销合作社联合社",),
    "自然资源": ("自然资源局", "不动产登记中心"),
    "应急": ("应急管理局",),
}
_OFFICES = (
    "办公室",
    "综合科",
    "人事教育科",
    "财务科（审计室）",
    "法规科",
    "规划建设科",
    "业务一科",
    "业务二科",
    "监督检查科",
    "信息技术科",
    "行政审批科",
    "安全生产科",
    "宣传与培训科",
    "资产管理科",
    "机关党委",
    "“一网通办”服务科",
    "离退休干部科",
    "项目管理科（稽核组）",
    "政策研究室",
    "档案室",
)
_SUBORDINATES = (
    "本级",
    "服务中心",
    "执法大队",
    "信息中心",
    "后勤服务站",
    "技术推广站",
    "培训基地",
    "监测站",
    "第一分局",
    "第二分局",
)
_VERBS = ("拟订", "组织实施", "统筹协调", "指导推进", "牵头制定", "宣传解读")
_FOLLOW = ("监督检查", "跟踪评估", "定期通报", "汇总分析")
_OBJECTS = {
    "财政": "收支计划、国库集中支付和会计核算",
    "统计": "各项普查、抽样调查和数据质量核查",
    "审计": "财政财务收支审计和审计整改",
    "政务服务": "窗口受理、热线转办和办公用房调配",
    "商务": "招商引资、内贸流通和口岸业务",
    "档案": "档案接收、修复和查阅利用",
    "市场监管": "经营主体登记、产品质量抽检和计量校准",
    "司法": "人民调解、社区矫正和法治宣传",
    "教育": "学校布局、师资调配和校园安全",
    "科技": "科技项目申报、成果转化和人才引进",
    "文旅": "文化场馆开放、景区评定和文物巡查",
    "民政": "社会救助、区划地名和养老服务",
    "卫生": "疾病防控、医疗质量和妇幼保健",
    "环境": "大气、水体和土壤的监测与治理",
    "住建": "工程质量、住房保障和市容管理",
    "农业": "农业生产、农机推广和农产品检测",
    "林草": "造林绿化、草原管护和森林防火",
    "水利": "河湖管护、灌区配水和防汛抗旱",
    "交通": "道路养护、运输市场和超限治理",
    "供销": "农资供应、网点改造和冷链建设",
    "自然资源": "土地利用、矿产管理和地质灾害防治",
    "应急": "安全生产监察、救援演练和物资储备",
}


@dataclass(frozen=True)
class Unit:
    """An invented department."""

    name: str
    place: str
    summary: bool
    duties: tuple[str, ...]
    intro: str | None
    offices: tuple[str, ...]
    subordinates: tuple[str, ...]


def draw_unit(rng: Random, trade: str, *, summary: bool, name: str | None = None) -> Unit:
    """An invented department of a trade; a `summary` one (汇总) has subordinate units."""
    place = rng.choice(PLACES)
    drawn = place + rng.choice(_BUREAUS[trade])
    name = name or drawn
    place = next((known for known in PLACES if name.startswith(known)), place)
    offices = tuple(rng.sample(_OFFICES, rng.randint(3, 12)))
    count = rng.randint(2, 8) if summary else 0
    names = _SUBORDINATES[1:]
    units = tuple([f"{name}（本级）"] + [place + trade + n for n in rng.sample(names, count - 1)]) if summary else ()
    intro = f"{name}是{place}负责{_OBJECTS[trade]}的工作机构，主要职责如下：" if rng.random() < 0.5 else None
    return Unit(name, place, summary, _duties(rng, trade, place), intro, offices, units)


def _duties(rng: Random, trade: str, place: str) -> tuple[str, ...]:
    """Duties as numbered sentences, or one paragraph."""
    parts = _OBJECTS[trade].replace("和", "、").split("、")
    count = rng.choice((1, 4, 7, 9, 12))
    sentences = [_duty(rng, rng.choice(parts), place) for _ in range(max(count, 3))]
    if count == 1:
        return ("".join(sentences),)
    return (*dict.fromkeys(sentences[:-1]), "完成上级部门交办的其他事项。")


def _duty(rng: Random, part: str, place: str) -> str:
    """One duty; some of its sentences have figures of their own."""
    verb, follow = rng.choice(_VERBS), rng.choice(_FOLLOW)
    what = rng.choice(("年度计划", "管理办法", "工作规程", "技术标准", "考核方案"))
    tails = (
        "",
        f"；每年开展专项工作不少于{rng.randint(1, 6)}次",
        f"；会同有关单位做好{place}相关资料的归集",
        "；负责相关数据的收集、核实和报送",
    )
    return f"{verb}{place}{part}方面的{what}，并{follow}其执行情况{rng.choice(tails)}。"
