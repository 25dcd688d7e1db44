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
    # what identities came to, and who put a figure into its field
    "pass": "相符",
    "fail": "不符",
    "not_applicable": "不适用",
    "template": "模板",
    # what became of a file
    "structured": "已结构化",
    "same as another": "与另一文件相同",
    "open": "模型未答复",
    "failed": "失败",
    "unreachable": "无法读取",
    "not begun": "未开始",
    "skipped": "非报告，略过",
    "archive unreadable": "压缩包打不开",
    "opened": "已打开的压缩包",
    "hidden": "隐藏文件",
    "no reports": "没有报告",
    # what a person decided
    "as_printed": "原件如此",
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
    "broken line": "表格线中断",
    "no name": "名称未能识别",
    "table left open": "表格未识读",
    "unread": "单元格未识读",
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
    ("something stands in this cell that could not be read", "此格内有内容，未能识读"),
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
    # of checks that do not fail
    ("printed once", "只印了一次"),
    ("zero base, by convention", "基数为0，增减率按惯例填列"),
    ("the base rounds to 0", "基数四舍五入后为0"),
    ("of more than is listed", "合计含未列出的项目"),
    # why a figure is disputed
    (r"does not fit: ([^;]+)", r"勾稽不符：\1"),
    (r"read otherwise a second time: ([^;]+)", r"再次识读为\1"),
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
    # proposals that were refused
    (r"its unit \((.+)\) does not fit a field of kind (\w+)", r"计量单位（\1）与此项不符"),
    ("no identity covers it, and a second reader does not put it there", "无勾稽可核，第二读者也未如此认定"),
)
"""Patterns of the sentences that results hold, and what they are in Chinese."""

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
    # decisions that no longer fit
    ("the file is another one now", "原件已不是核定时的文件"),
    ("only what OCR read may be read otherwise", "只有 OCR 识读的数字才能改读"),
    ("what was typed is no number", "所填内容不是一个数"),
    ("it names no other number", "没有指明另一个数"),
    ("no number stands there now", "该处现在没有数字"),
    (r"what stands there is read as (.+) now", r"该处现在读作\1"),
    ("no number stands where it points", "所指之处没有数字"),
    ("more than one number stands where it points", "所指之处不止一个数字"),
    ("its number fills another field now", "该数现在属于另一项"),
    ("its number fills no field now", "该数现在不属于任何一项"),
    (r"(.+) does not fit the field, by its unit or its decimals", r"\1的单位或小数位与此项不符"),
    ("what withdraws another decision says nothing itself", "撤销本身不是核定"),
    (r"line (\d+) of the decisions is none: .+", r"核定记录第\1行无法识读"),
    (r"(\S+) took it out(.*)", r"\1核定其不属此处\2"),
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
"""The same of what the desk answers instead of doing what it was asked, and of why a file gave no result."""
_READ = tuple((re.compile(pattern), chinese) for pattern, chinese in (*_SENTENCES, *_REFUSALS))
_GAP = re.compile(r"\\(\d)")


_VALUES: Mapping[str, str] = {
    "true": "是",
    "false": "否",
    "none": "无此项",
    "administrative": "行政单位",
    "institution": "事业单位",
}
"""Values and keys of reports that are no words of a document."""
_VALUE = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(_VALUES)})(?![A-Za-z])")


def with_values(text: str, language: Language) -> str:
    """What a place of a report is called, or its value, without a key's or a program's word."""
    return text if language == "en" else _VALUE.sub(lambda found: _VALUES[found[0]], text)


def named(word: str, language: Language) -> str:
    """A status, a severity or the kind of a remark; a word that is not known stays as it is."""
    return _NAMES.get(word, word) if language == "zh" else word


def said(sentence: str, language: Language) -> str:
    """A sentence that a result holds (an explanation, a remark, a reason), or an error; one that is not known stays as
    it is. What it quotes is said as well, if it is a sentence."""
    if language == "en":
        return sentence
    first, joint, second = sentence.partition("; else ")
    if joint:
        return f"{said(first, language)}；否则{said(second, language)}"
    known = next(((found, chinese) for pattern, chinese in _READ if (found := pattern.fullmatch(sentence))), None)
    if known is None:
        return sentence
    given = [said(part, language) for part in known[0].groups()]
    return _GAP.sub(lambda gap: given[int(gap[1]) - 1], known[1])


def said_together(sentences: str, language: Language) -> str:
    """One sentence, or several with "; " between them."""
    whole = said(sentences, language)
    parts = sentences.split("; ")
    return whole if language == "en" or whole != sentences else "；".join(said(part, language) for part in parts)


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
