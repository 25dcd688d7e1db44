"""What is said of a report to people, in Chinese and in English: the words of marks and pages, and the sentences that
results hold in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from recount.pipeline.result import Result

Language = Literal["zh", "en"]

_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def language_of(result: Result, asked: Language | None = None) -> Language:
    """The language that was asked for; else that of the report, which its identities are told in."""
    if asked is not None:
        return asked
    words = f"{result.report.get('unit_name') or ''}{''.join(check.rule for check in result.checks)}"
    return "zh" if _IDEOGRAPH.search(words) else "en"


_NAMES: Mapping[str, str] = {
    # statuses and severities
    "verified": "已核验",
    "repaired": "已修复",
    "grounded": "有出处",
    "disputed": "存疑",
    "reviewed": "已人工核定",
    "error": "勾稽不符",
    "minor": "小差异",
    # what a person decided
    "as_printed": "原件有误",
    "misread": "误读",
    "other_token": "改指别处",
    "not_a_figure": "不属此处",
    # kinds of remarks
    "unseen text": "不可见文字",
    "other print": "显示与文字层不同",
    "unclear print": "显示不清",
    "two figures": "两数重叠",
    "not looked at": "未核对图像",
    "text not believed": "文字层不可信",
    "font not believed": "字体不可信",
    "damaged": "文件损坏",
    "struck out": "已划掉",
    "redaction": "涂抹标记",
    "sign": "正负不明",
    "torn": "行列不明",
    "annotation": "批注或图章",
    "correction": "更正说明",
    "unit": "计量单位不明",
    "many identities fail": "多处勾稽不符",
    "table left open": "表格未识读",
    "repeated page": "重复页",
    "other report": "他份报告的页",
    "no report": "无报告内容",
    "two versions": "两个版本",
    "out of line": "页码不连续",
}
"""What one word of a result is called in Chinese."""

_SENTENCES: tuple[tuple[str, str], ...] = (
    # explanations of checks
    ("levelled", "各项占比经尾差调整，合计为100%"),
    ("truncated", "百分数按截断而非四舍五入"),
    ("classified", "差额恰为涉密项目"),
    (r"scored by steps: (\d+) of (\d+) scores", r"得分按档次给分（\2项中\1项）"),
    ("scored by steps", "得分按档次给分"),
    ("总分 leaves out the score of the funds", "总分未计入资金执行得分"),
    ("总分值 leaves out the weight of the funds", "总分值未计入资金执行分值"),
    ("the base is 0, and the rate is neither 0 nor 100", "基数为0，增减率却既非0也非100%"),
    (
        r"most likely the unit of (.+): all its amounts are off by a power of ten",
        r"疑为“\1”计量单位有误：全表金额均差10的整数次幂",
    ),
    (r"a row of (?:about )?(\S+) is missing", r"似缺一行，金额约\1"),
    (r"a row of (?:about )?(\S+) is doubled", r"似有一行重复计入，金额约\1"),
    (r"most likely (.+) or (\d+) more", r"疑为\1，或另外\2处"),
    (r"most likely (.+)", r"疑为\1"),
    (r"(\d+) is ([^,]+), ([^,]+) is (\d+)", r"\1应为\2，\3的编码为\4"),
    (r"there is no class (\d+), ([^,]+) is (\d+)", r"没有\1类，\2的编码为\3"),
    # remarks on pages
    (r"the page shows (\S+) where its text says (.+)", r"页面显示\1，文字层为\2"),
    (r"the page shows something else here than (.+), which its text says", r"页面显示的与文字层的\1不同"),
    (r"two figures stand upon one another here, (.+) one of them", r"此处两数重叠，其一为\1"),
    (r"(.+) is not to be seen on the page", r"文字层有\1，页面上看不见"),
    (r"(.+) stands under (\S+)", r"\1被\2盖住"),
    ("the text layer has text here that the page does not show", "文字层此处有页面上看不见的文字"),
    (
        r"the text of this page is not believed: (\d+) of its figures are shown otherwise",
        r"本页文字层有\1个数字与页面显示不同，改按图像识读",
    ),
    (
        r"a font of this page is not believed: its text says (.+) where the page shows (.+)",
        r"本页字体编码有误：文字层为\1，页面显示\2，改按图像识读",
    ),
    ("struck out by a line", "被横线划掉"),
    ("struck out by an annotation", "被批注划掉"),
    ("the text strikes this out", "文中已划掉"),
    (r"marked for redaction(.*)", r"有涂抹标记\1"),
    (r"a note was put on the page(.*)", r"页面上加了批注\1"),
    (r"a stamp was put on the page(.*)", r"页面上加了图章\1"),
    (r"a drawing was put on the page(.*)", r"页面上加了手绘标记\1"),
    ("whether it is negative cannot be told", "是否为负数无法判断"),
    ("whether a bullet stands here or a minus cannot be told", "此处是项目符号还是负号无法判断"),
    (r"the report corrects itself on this page: (.+)", r"本页为更正说明：\1"),
    (r"amounts of a table are in (.+), and were not taken", r"表中金额以\1计，未采用"),
    (r"no unit is printed for amounts of (.+), and nothing ties them to others", r"\1未印计量单位，也无勾稽可以确定"),
    (
        r"(\d+) of (\d+) identities fail: that two places print the same number confirms neither",
        r"\2项勾稽中有\1项不符：两处数字相同也不能互相印证",
    ),
    (
        r"the table (.+) has a shape that no reader knows: none of its figures was read",
        r"“\1”的版式无法识读，其数字未采用",
    ),
    (r"the same as page (\d+): read once", r"与第\1页相同，只读一次"),
    (r"it is of (.+): left out", r"属于\1，未采用"),
    (
        r"what it has stands on page (\d+), and the page numbers go on without it: left out",
        r"内容与第\1页相同，且不在连续页码之内，未采用",
    ),
    (
        r"page (\d+) has the same: one of the two is of another report or version",
        r"与第\1页内容相同：其一属于另一份报告或另一版本",
    ),
    ("its page number is out of line: it may be of another report", "页码不连续，可能属于另一份报告"),
    ("the head of its table names another unit or year, or was misread", "表头的单位或年度不同，或识读有误"),
    (r"this page hold no report: left out", "本页没有报告内容，未采用"),
    (r"this page and the (\d+) after it hold no report: left out", r"本页及其后\1页没有报告内容，未采用"),
    (
        r"only blanks hold its table together, and which lines are of one row cannot be told for sure",
        "此表只靠空白分栏，哪些行属于一行不能确定",
    ),
    (r"in which column of its table it stood cannot be told, and it was not taken", "所在的列无法判断，未采用"),
    (r"in which column of its table it stood only the gaps of the text tell", "所在的列只能由空白判断"),
    (
        r"whether it is an amount of its table or the number of a page cannot be told, and it was not taken",
        "是表中金额还是页码无法判断，未采用",
    ),
    (r"the file is damaged here in a way that viewers pass over; .+", "文件此处有损坏，已按页面显示核对其数字"),
    # proposals that were refused
    (r"its unit \((.+)\) does not fit a field of kind (\w+)", r"计量单位（\1）与此项不符"),
    ("no identity covers it, and a second reader does not put it there", "无勾稽可核，第二读者也未如此认定"),
)
"""Patterns of the sentences that results hold, and what they are in Chinese."""
_READ = tuple((re.compile(pattern), chinese) for pattern, chinese in _SENTENCES)


def named(word: str, language: Language) -> str:
    """A status, a severity or the kind of a remark; a word that is not known stays as it is."""
    return _NAMES.get(word, word) if language == "zh" else word


def said(sentence: str, language: Language) -> str:
    """A sentence that a result holds (an explanation, a remark, a reason); one that is not known stays as it is."""
    if language == "en":
        return sentence
    first, joint, second = sentence.partition("; else ")
    if joint:
        return f"{said(first, language)}；否则{said(second, language)}"
    found = ((pattern.fullmatch(sentence), chinese) for pattern, chinese in _READ)
    return next((match.expand(chinese) for match, chinese in found if match), sentence)


WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "title": "核对意见",
        "archive": "核对意见汇总",
        "pages": "共{pages}页",
        "scanned": "，其中{pages}页为扫描件",
        "figures": "数字",
        "identities": "应核勾稽关系{due}项，已核{evaluated}项：不符{errors}项，小差异{minor}项。",
        "identities unknown": "勾稽关系不符{errors}项，小差异{minor}项。",
        "nothing": "未发现勾稽不符，也没有存疑的数字。",
        "ungrounded": "另有{number}个数字没有勾稽关系可核，只核对了出处。",
        "findings": "勾稽不符",
        "finding": "第{number}项　{severity}",
        "follows": "与第{number}项出于同一个数字",
        "sides": "表内数 {printed}，按勾稽应为 {computed}，差额 {residual}{unit}（四舍五入误差允许 {tolerance}）",
        "here": "本处：{name}　{raw}",
        "suspect": "本处最可疑：{name}　{raw}",
        "others": "其余各数：",
        "other": "第{page}页　{name}　{raw}",
        "and more": "另有{number}处",
        "more findings": "另有{number}项未在此列出，见各页批注。",
        "more reports": "另有{number}份报告未在此列出。",
        "page": "第{page}页",
        "line": "第{line}行",
        "disputed": "其他存疑数字",
        "disputed here": "存疑：{name}　{raw}",
        "second": "再次识读为 {reading}",
        "repaired": "已修复",
        "repaired here": "已修复：{name}　{raw}",
        "first": "初次识读为 {reading}",
        "reviewed": "{by} 核定：{verdict}（{at}）",
        "unread": "未识读与需留意处",
        "unread page": "本页未能识读，其内容未经核对。",
        "left out": "本页有一行数字未能归入表格：{numbers}",
        "rejected": "未采用的数值",
        "proposed": "{name}：{proposed}（{reason}）",
        "legend": "图例",
        "look suspect": "最可疑的数字",
        "look operand": "同一勾稽关系的其他数字",
        "look disputed": "存疑的数字",
        "look repaired": "已修复的数字",
        "look remark": "需留意之处",
        "signed": "原件有数字签名。本件是加注的副本，签名在此不再有效，以原件为准。",
        "basis": "本意见由 Recount {version} 按报告自身的勾稽关系逐项重算得出，原件未作任何改动。"
        "存疑可能是原件有误，也可能是识读有误，以页面为准。",
        "content": "原件 SHA-256：{sha256}",
        "all figures": "全部数字（{number}个）",
        "no pictures": "无截图：{reason}",
        "cut": "本页最多附{number}幅截图，其余见页码。",
        "report": "报告",
        "unit name": "单位",
        "year": "年度",
        "errors": "不符",
        "minor": "小差异",
        "remarks": "留意",
        "unit": "{unit}",
    },
    "en": {
        "title": "Review notes",
        "archive": "Review notes of an archive",
        "pages": "{pages} pages",
        "scanned": ", {pages} of them scanned",
        "figures": "figures",
        "identities": "{evaluated} of {due} identities were evaluated; {errors} fail, {minor} with an explanation.",
        "identities unknown": "{errors} identities fail, {minor} with an explanation.",
        "nothing": "No identity fails, and no figure is disputed.",
        "ungrounded": "{number} figures are under no identity: only their places are known.",
        "findings": "Identities that fail",
        "finding": "Finding {number}: {severity}",
        "follows": "one figure explains this and finding {number}",
        "sides": "printed {printed}, computed {computed}, difference {residual}{unit} (rounding explains up to "
        "{tolerance})",
        "here": "Here: {name}: {raw}",
        "suspect": "Here, most suspect: {name}: {raw}",
        "others": "The other figures:",
        "other": "page {page}: {name}: {raw}",
        "and more": "and {number} more",
        "more findings": "{number} more are not listed here: see the notes on the pages.",
        "more reports": "{number} more reports are not listed here.",
        "page": "page {page}",
        "line": "line {line}",
        "disputed": "Other disputed figures",
        "disputed here": "Disputed: {name}: {raw}",
        "second": "a second reading says {reading}",
        "repaired": "Read again",
        "repaired here": "Read again: {name}: {raw}",
        "first": "first read as {reading}",
        "reviewed": "decided by {by}: {verdict} ({at})",
        "unread": "Not read, or to be looked at",
        "unread page": "This page could not be read: what it holds was not recounted.",
        "left out": "A line of numbers on this page is in no row of a table: {numbers}",
        "rejected": "Proposals that were refused",
        "proposed": "{name}: {proposed} ({reason})",
        "legend": "Marks",
        "look suspect": "the figure that is most suspect",
        "look operand": "another figure of the same identity",
        "look disputed": "a disputed figure",
        "look repaired": "a figure that was read again",
        "look remark": "a place to be looked at",
        "signed": "The source is signed. This is a copy with notes, in which the signature does not hold.",
        "basis": "Made by Recount {version}, which recounts a report by its own identities. The source was not "
        "changed. A disputed figure may be the source's mistake or a misreading: the page decides.",
        "content": "SHA-256 of the source: {sha256}",
        "all figures": "All figures ({number})",
        "no pictures": "without pictures: {reason}",
        "cut": "At most {number} pictures are shown; the pages of the others are named.",
        "report": "report",
        "unit name": "unit",
        "year": "year",
        "errors": "fail",
        "minor": "explained",
        "remarks": "remarks",
        "unit": " {unit}",
    },
}
"""The words of marks and pages."""


def word(language: Language, key: str, /, **given: object) -> str:
    """The words of a key, with what is given in its places."""
    return WORDS[language][key].format(**given)
