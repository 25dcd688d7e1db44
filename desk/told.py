"""What is said of a report to people, in Chinese and in English: the words of marks and pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from recount.pipeline.result import Result
from recount.schemas.saying import Language

_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def language_of(result: Result, asked: Language | None = None) -> Language:
    """The language that was asked for; else that of the report, which its identities are told in."""
    if asked is not None:
        return asked
    words = f"{result.report.get('unit_name') or ''}{''.join(check.rule for check in result.checks)}"
    return "zh" if _IDEOGRAPH.search(words) else "en"


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
        # the first sheet of a workbook
        "to check": "待核",
        "severity": "程度",
        "rule": "勾稽关系",
        "left": "所载数",
        "right": "应为数",
        "difference": "差额",
        "measure": "计量",
        "most suspect": "最可疑的数字",
        "crop": "截图",
        "page number": "页",
        "remark": "说明",
        "conclusion": "结论",
        "note": "备注",
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
        # the first sheet of a workbook
        "to check": "to check",
        "severity": "severity",
        "rule": "identity",
        "left": "printed",
        "right": "computed",
        "difference": "difference",
        "measure": "in",
        "most suspect": "most suspect",
        "crop": "picture",
        "page number": "page",
        "remark": "remark",
        "conclusion": "conclusion",
        "note": "note",
    },
}
"""The words of marks and pages."""


def word(language: Language, key: str, /, **given: object) -> str:
    """The words of a key, with what is given in its places."""
    return WORDS[language][key].format(**given)
