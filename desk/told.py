"""What is said of a report to people, in Chinese and in English: the words of marks and pages, and what errors and
failures say."""

from __future__ import annotations

import re
from collections.abc import Mapping

from recount.pipeline.result import Result
from recount.schemas.saying import Language, Saying

_IDEOGRAPH = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def language_of(result: Result, asked: Language | None = None) -> Language:
    """The language that was asked for; else that of the report, which its identities are told in."""
    if asked is not None:
        return asked
    words = f"{result.report.get('unit_name') or ''}{''.join(check.rule for check in result.checks)}"
    return "zh" if _IDEOGRAPH.search(words) else "en"


_REFUSALS: tuple[tuple[str, str], ...] = (
    # decisions that are refused
    ("misread takes the number that the page shows, .+", "“误读”要给出页面上的数，“改指别处”要给出正确数字的位置"),
    (r"(\S+) is no scanned figure: .+", "此数不在扫描页上：页面有文字层，可改指页上另一数"),
    (r"(.*) is not one number", r"“\1”不是一个数"),
    (r".+ has no figure \S+", "报告中已没有此数"),
    (r"nothing is decided about .+", "此数没有可撤销的核定"),
    ("there is nothing to take back", "本报告没有可撤销的核定"),
    ("the desk was opened with --read-only", "核对台以只读方式打开（--read-only）"),
    (
        r"decisions are kept in a folder of this machine, and (.+) is none: .+",
        r"核定只能存于本机文件夹，\1不是：请先复制到本机",
    ),
    (r"the decision cannot be kept in (.+): (.+)", r"核定无法写入\1：\2"),
    (r"the decisions in (.+) cannot be read: (.+)", r"\1中的核定无法读取：\2"),
    (r"not understood: (.+)", r"请求无法理解：\1"),
    # why there is no recount
    ("a model took part in it: the next run applies the decision", "本报告有模型参与，下次运行时采用核定"),
    (
        "(?:.+ )?was changed since(?: its result was made)?: structure it again",
        "原件已变动，请重新运行 structure",
    ),
    (r"its file holds (\d+) reports now: structure it again", r"原件现含\1份报告，请重新运行 structure"),
    (
        r"the ledger of (.+) no longer says how its latest run was told to work: .+",
        r"\1的运行记录不全，请重新运行 structure",
    ),
    (r"it took longer than (\S+) seconds", r"超过\1秒未完成"),
    (r"it needed more than (\S+) MB of memory", r"所需内存超过\1 MB"),
    (r"its worker process was ended by (\w+)", r"其进程被\1终止"),
    (r"its worker process ended with exit code (\S+)", r"其进程异常退出（\1）"),
    (r"(.+) \(given up after two tries\)", r"\1（两次均未成功）"),
    # why there are no pages, or no case
    ("it is a folder of pictures of pages", "原件是一个页面图像文件夹"),
    ("there is no such figure with a place", "没有这样一个有位置的数字"),
    (r"it has no page (\d+)", r"没有第\1页"),
    (r"nothing of page (\d+) lies there", r"该处不在第\1页之内"),
    (r"page (\d+) cannot be drawn: .+", r"第\1页无法显示"),
    ("cannot be drawn: .+", "无法显示"),
    (r"page (\d+) is a text's: it has no picture", "文本没有页面图像"),
    (r"nothing says where (.+) lies: name it with --source", r"不知\1现在何处：请用 --sources 指明"),
    (r"(.+) has no (.+) with the content that was structured", r"\1中没有内容相同的\2"),
    ("no folder for gold was given: --gold DIR", "没有指定标准答案文件夹（--gold DIR）"),
    (r".+ has (\d+) disputed figures .+ that nobody decided: .+", r"还有\1个存疑数字未核定"),
    (r"(.+) is not there: name the report that .+", r"找不到原件\1"),
    (r"(.+) is not the report that .+ was made of", r"\1不是本结果的原件"),
    (r"(.+) is there already", r"\1已存在"),
    # files that are no reports
    ("a Word document", "文字处理文档"),
    ("a spreadsheet", "电子表格"),
    ("a WPS document", "金山文档"),
    ("a presentation", "演示文稿"),
    ("an OFD document", "版式文档（.ofd）"),
    ("a packed archive", "压缩包"),
    ("a picture of a kind that is not read", "不支持的图片"),
    (r"a (?:zip|RAR|7z) archive by its content, not by its name", "内容是压缩包，文件名不是"),
    ("a picture by its content, not by its name", "内容是图片，文件名不是"),
    ("a gzip file", "压缩文件（.gz）"),
    ("an old Office document", "旧版办公文档"),
    ("a PostScript file", "打印文件（.ps）"),
    ("a page of HTML", "网页"),
    ("an empty file", "空文件"),
    (r"a file of another kind \((.+)\)", r"其他类型的文件（\1）"),
    ("a file of no known kind", "类型不明的文件"),
    ("it holds no report", "其中没有报告"),
    # why a file gave no result
    (r"(?:.+ )?is empty\.?", "文件为空"),
    (r"(?:.+ )?is not a PDF file\.", "不是 PDF 文件"),
    (r"(?:.+ )?is encrypted; it opens only with a password\.", "有密码，无法打开"),
    (r"(?:.+ )?has no pages\.", "没有页面"),
    (r"(?:.+ )?is damaged; no page of it can be read\.", "文件损坏，没有一页可读"),
    (r"(?:.+ )?is damaged and cannot be read\.", "文件损坏，无法读取"),
    (r"(?:.+ )?holds no text in an encoding that is known\.", "没有可识别编码的文字"),
    ("is no result file", "不是结果文件"),
    (r"cannot be (?:read|fetched): (.+)", r"无法读取：\1"),
    ("changed while it was read; the next run reads it again", "读取时文件有变动，下次运行再读"),
    ("needs a password to be taken out of its zip archive", "压缩包有密码"),
    ("is no longer in its zip archive", "压缩包中已没有此文件"),
    (r"cannot be taken out of its (?:zip )?archive: (.+)", r"无法从压缩包中取出：\1"),
    ("is damaged in its zip archive: .+", "在压缩包中已损坏"),
    (r"is larger than (\S+) MB unpacked", r"解压后超过\1 MB"),
    (r"has (\S+) pages; the limit is (\S+)", r"有\1页，上限\2页"),
    ("LibreOffice cannot turn it into a PDF", "LibreOffice 无法将其转为 PDF"),
    (r"LibreOffice took longer than (\d+) seconds with it", r"LibreOffice 转换超过\1秒"),
    # what a system says
    ("No such file or directory", "文件不存在"),
    ("Permission denied", "没有权限"),
    ("Read-only file system", "只读文件系统"),
    ("No space left on device", "磁盘已满"),
)
"""Patterns of what the desk answers instead of doing what it was asked, and of why a file gave no result; and what they
are in Chinese."""
_READ = tuple((re.compile(pattern), chinese) for pattern, chinese in _REFUSALS)
_GAP = re.compile(r"\\(\d)")


def said(words: str | Saying, language: Language) -> str:
    """What a result says, or an error, or why a file gave no result. A sentence that is not known stays as it is; what
    it quotes is said as well, if it is one."""
    if isinstance(words, Saying):
        return words.told(language)
    known = next(((found, chinese) for pattern, chinese in _READ if (found := pattern.fullmatch(words))), None)
    if known is None or language == "en":
        return words
    given = [said(part, language) for part in known[0].groups()]
    return _GAP.sub(lambda gap: given[int(gap[1]) - 1], known[1])


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
