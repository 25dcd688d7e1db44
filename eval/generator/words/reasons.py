"""Reasons for changes and deviations: invented sentences with numbers, dates and head counts of their own."""

from __future__ import annotations

from random import Random

_UP = (
    "本年新招录{n}人，工资及社保支出相应增加",
    "补发{last}年绩效工资，经费增加",
    "{m}月起提高在职人员津贴标准，人员经费增加",
    "新增{thing}项目，全年安排资金{x}万元",
    "上级追加{thing}资金",
    "本年{thing}任务量较上年多{n}项，支出增加",
    "上年结转的{thing}款于{m}月支付，支出增加",
    "科目调整，原在其他科目列支的{thing}费用转至本科目",
    "年中追加{thing}经费；因{n}名人员由下属单位调入，公积金基数上调",
)
_DOWN = (
    "本年退休{n}人，调出{k}人，人员经费减少",
    "落实过紧日子要求，压减{thing}支出",
    "{thing}项目已于{last}年{m}月完工，本年不再安排资金",
    "受{m}-{mm}月天气影响，{thing}未能按期实施",
    "{thing}合同尾款{x}万元需待验收后支付，支出减少",
    "退休人员去世{n}人，相关补助减少",
    "科目调整，{thing}经费改由其他科目列支",
    "本年未安排{thing}，经费减少；节约办公用品采购",
)
_SAME = ("严格按预算执行，无差异", "与上年一致，无增减变化", "经费标准未作调整，与预算一致")
_NONE = {
    "overseas": "我单位无因公出国（境）安排",
    "purchase": "我单位本年未购置公务用车",
    "running": "我单位无公务用车",
    "reception": "我单位本年未发生公务接待",
}
_TRIPS = {
    "up": (
        "业务检查次数增多，费用增加",
        "车辆使用年限较长，维修{n}次，费用增加",
        "接待调研组{n}批，费用增加",
        "油价上涨，费用增加",
    ),
    "down": (
        "厉行节约，严控公务支出",
        "减少车辆外出，燃油费下降",
        "{m}月报废车辆{k}辆，运行费减少",
        "接待批次减少",
    ),
}
THINGS = (
    "信息系统运维",
    "业务培训",
    "设备更新",
    "乡村服务站建设",
    "档案数字化",
    "专项检查",
    "宣传活动",
    "办公楼维修",
    "“惠民一卡通”推广",
    "水质监测",
    "12345热线坐席",
    "安全演练",
    "人才引进补助",
    "食堂改造",
)


def reason(rng: Random, amount: object, year: int) -> str:
    """A reason that fits the direction of a change (`amount` is its signed amount)."""
    value = float(str(amount))
    pool = _UP if value > 0 else _DOWN if value < 0 else _SAME
    count = 1 if value == 0 else rng.choice((1, 1, 1, 2, 2, 3))
    picked = rng.sample(pool, count)
    return rng.choice(("；", "，", "；")).join(_filled(rng, text, year) for text in picked)


def trip_reason(rng: Random, kind: str, amount: object, spent: object, year: int) -> str:
    """A reason of one of the three public expenses; with nothing spent it says that there is none."""
    value = float(str(amount))
    if float(str(spent)) == 0 and value == 0 and kind in _NONE:
        return _NONE[kind]
    if value == 0:
        return rng.choice(_SAME)
    return _filled(rng, rng.choice(_TRIPS["up" if value > 0 else "down"]), year)


def item_purpose(rng: Random, item: str) -> str:
    """What an item was used for."""
    return rng.choice(("{}方面的日常支出。", "保障{}相关人员和业务开支。", "{}所需的设备、差旅及劳务支出。")).format(
        item
    )


def _filled(rng: Random, text: str, year: int) -> str:
    """A sentence with its numbers drawn."""
    month = rng.randint(1, 10)
    return text.format(
        n=rng.randint(1, 9),
        k=rng.randint(1, 5),
        m=month,
        mm=month + 2,
        last=year - 1,
        thing=rng.choice(THINGS),
        x=f"{rng.randint(20, 90000) / 100:.2f}",
    )
