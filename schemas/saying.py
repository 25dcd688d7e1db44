"""What is said of a report: codes with parameters, and the words for each in English and in Chinese.

Who finds something says it as a code; whoever shows it chooses the language. The table is the contract's
(docs/contract/result.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter
from typing import Any, Literal, Union

Language = Literal["zh", "en"]
_LANGUAGES: tuple[Language, ...] = ("en", "zh")

Value = Union[str, int, Decimal, "Saying", tuple["Value", ...]]
"""A parameter: characters of the document, of a library or a person; a number, something said, or several of these."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that is said. code: of SAYINGS, or one of a later version; given: its parameters, by name."""

    code: str
    given: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        return self.told("en")

    def __getitem__(self, name: str) -> Value:
        """A parameter. Raises KeyError if it has none of this name."""
        return dict(self.given)[name]

    def plain(self) -> dict[str, Any]:
        """The object that a file holds for it: its code, and its parameters beside it."""
        return {"code": self.code, **{name: _plain(value) for name, value in self.given}}

    def told(self, language: Language) -> str:
        """The words; of a code that is not known, or lacks a parameter, the code with what it was given."""
        values = dict(self.given)
        try:
            return _Words(language).vformat(SAYINGS[self.code][_LANGUAGES.index(language)], (), values)
        except KeyError:
            given = ", ".join(f"{name}={_worded(value, ' ', language)}" for name, value in values.items())
            return f"{self.code} ({given})" if given else self.code


def say(code: str, **given: Value) -> Saying:
    """Something that is said, as a code with its parameters."""
    return Saying(code, tuple(given.items()))


def quoted(words: str | Saying) -> Saying:
    """What a family of one's own, or a result of an earlier version, says in a sentence, as something said."""
    return say("said", sentence=words) if isinstance(words, str) else words


def heard(content: Any, where: str) -> Saying:
    """What an object of a file says, or a sentence of an earlier version. where: it stands, for messages. Raises
    ValueError if it says nothing."""
    if isinstance(content, str):
        return quoted(content)
    if not isinstance(content, dict) or not isinstance(content.get("code"), str):
        raise ValueError(f"{where} says nothing")
    given = ((name, _value(value, where)) for name, value in content.items() if name != "code")
    return Saying(content["code"], tuple(given))


def _plain(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.plain() if isinstance(value, Saying) else value


def _value(content: Any, where: str) -> Value:
    if isinstance(content, list):
        return tuple(_value(one, where) for one in content)
    if isinstance(content, dict):
        return heard(content, where)
    if not isinstance(content, str | int | Decimal):
        raise ValueError(f"{where} says {content}, which is no parameter")
    return content


class _Words(Formatter):
    """Fills parameters in. Behind a colon stands what is between several: {figures:, }."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        return _worded(value, format_spec, self._language)


def _worded(value: Value, joint: str, language: Language) -> str:
    if isinstance(value, Saying):
        return value.told(language)
    if isinstance(value, tuple):
        return joint.join(_worded(one, joint, language) for one in value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


_OF_CHECKS: Mapping[str, tuple[str, str]] = {
    # of checks that are minor, or whose failure is explained
    "levelled": ("levelled", "各项占比经尾差调整，合计为100%"),
    "truncated": ("truncated", "百分数按截断而非四舍五入"),
    "classified": ("classified", "差额恰为涉密项目"),
    "scored_by_steps": ("scored by steps", "得分按档次给分"),
    "scores_by_steps": ("scored by steps: {steps} of {scores} scores", "得分按档次给分（{scores}项中{steps}项）"),
    "carryover_left_out": ("支出总计不含年末结转和结余", "支出总计不含年末结转和结余"),
    "funds_weight_left_out": ("总分值 leaves out the weight of the funds", "总分值未计入资金执行分值"),
    "funds_score_left_out": ("总分 leaves out the score of the funds", "总分未计入资金执行得分"),
    "named_as_another": ("{number} is {name}, {printed} is {other}", "{number}应为{name}，{printed}的编码为{other}"),
    "no_such_class": ("there is no class {number}, {printed} is {other}", "没有{number}类，{printed}的编码为{other}"),
    # of checks that fail: who is suspected
    "most_likely": ("most likely {figures:, }", "疑为{figures:、}"),
    "most_likely_among": ("most likely {figures:, } or {more} more", "疑为{figures:、}，或另外{more}处"),
    "unit_suspect": (
        "most likely the unit of {table}: all its amounts are off by a power of ten",
        "疑为“{table}”计量单位有误：全表金额均差10的整数次幂",
    ),
    "row_missing": ("a row of about {amount} is missing", "似缺一行，金额约{amount}"),
    "row_doubled_about": ("a row of about {amount} is doubled", "似有一行重复计入，金额约{amount}"),
    "row_doubled": ("a row of {amount} is doubled", "似有一行重复计入，金额{amount}"),
    "or_else": ("{first}; else {second}", "{first}；否则{second}"),
    "figure": ("{title} {value}", "{title} {value}"),
    "rate_of_nothing": ("the base is 0, and the rate is neither 0 nor 100", "基数为0，增减率却既非0也非100%"),
    # of checks that pass, or are not applicable
    "zero_base": ("zero base, by convention", "基数为0，增减率按惯例填列"),
    "base_rounds_to_zero": ("the base rounds to 0", "基数四舍五入后为0"),
    "printed_once": ("printed once", "只印了一次"),
    "of_more": ("of more than is listed", "合计含未列出的项目"),
    "amount_left_open": (
        "an amount of it was left open, or stands where its place is unsure",
        "有金额未识读，或所在的行列不确定",
    ),
    "term_without_field": ("it lacks {figures:, }, which has no field", "差额恰为{figures:、}，此数没有对应的项"),
    "not_printed": ("the stated figure is not printed", "左边的数字未印出"),
    "operand_not_printed": ("an operand is not printed", "参与计算的数字未印出"),
    "not_computable": ("it cannot be computed", "无法计算"),
}
_OF_FIGURES: Mapping[str, tuple[str, str]] = {
    # why a figure is disputed, or may not be verified
    "does_not_fit": ("does not fit: {rules:; }", "勾稽不符：{rules:；}"),
    "read_otherwise": ("read otherwise a second time: {reading}", "再次识读为{reading}"),
    "together": ("{parts:; }", "{parts:；}"),
    # proposals that were refused
    "no_such_token": ("there is no such token", "没有这样一个数字"),
    "unit_misfit": (
        "its unit ({unit}) does not fit a field of kind {kind}",
        "计量单位（{unit}）与此项（{kind}）不符",
    ),
    "no_unit_misfit": (
        "its unit (none) does not fit a field of kind {kind}",
        "没有计量单位，与此项（{kind}）不符",
    ),
    "any": ("any", "不限"),
    "money": ("money", "金额"),
    "percent": ("percent", "百分比"),
    "count": ("count", "数量"),
    "score": ("score", "分数"),
    "area": ("area", "面积"),
    "year": ("year", "年度"),
    "not_shown": ("the section does not have this figure", "本部分没有这个数字"),
    "no_number": ("it is no figure of the section", "不是本部分的数字"),
    "several": (
        "the section has it in several places, and no words tell which is meant",
        "本部分有多处此数，没有文字说明是哪一处",
    ),
    "not_quoted": ("the section does not say this", "本部分没有这些文字"),
    "no_name": ("it holds an amount, or is said of one, and is no name", "含有金额，或说的是金额，不是名称"),
    "of_another_row": ("it does not stand in the row of its figures", "不在其数字所在的行"),
    "said_once": ("the section says this once", "本部分只说了一次"),
    "of_another_kind": ("its unit does not fit this field", "计量单位与此项不符"),
    "of_another_field": ("the words beside it speak of something else", "旁边的文字说的是别的项目"),
    "unsaid": ("no words say that it is of this part of the report", "没有文字说明它属于这一部分"),
    "of_several": (
        "several fields have it, and no words speak for this one",
        "几项都用了此数，没有文字说明是这一项",
    ),
    "not_seconded": (
        "no identity covers it, and a second reader does not put it there",
        "无勾稽可核，第二读者也未如此认定",
    ),
    "taken_out": ("{by} took it out", "{by}核定其不属此处"),
    # decisions that no longer fit
    "another_file": ("the file is another one now", "原件已不是核定时的文件"),
    "not_ocr": ("only what OCR read may be read otherwise", "只有 OCR 识读的数字才能改读"),
    "typed_no_number": ("what was typed is no number", "所填内容不是一个数"),
    "no_target": ("it names no other number", "没有指明另一个数"),
    "nothing_there": ("no number stands there now", "该处现在没有数字"),
    "read_as": ("what stands there is read as {raw} now", "该处现在读作{raw}"),
    "no_target_there": ("no number stands where it points", "所指之处没有数字"),
    "several_there": ("more than one number stands where it points", "所指之处不止一个数字"),
    "fills_another": ("its number fills another field now", "该数现在属于另一项"),
    "fills_none": ("its number fills no field now", "该数现在不属于任何一项"),
    "does_not_suit": (
        "{raw} does not fit the field, by its unit or its decimals",
        "{raw}的单位或小数位与此项不符",
    ),
    "says_nothing": ("what withdraws another decision says nothing itself", "撤销本身不是核定"),
    "no_decision": ("line {line} of the decisions is none: {problem}", "核定记录第{line}行无法识读：{problem}"),
    "cut_off": ("cut off", "不完整"),
    # parts that no model answered for
    "model_truncated": ("{problem}", "模型的答复或问题过长：{problem}"),
    "model_not_to_schema": ("{problem}", "模型的答复不合格式：{problem}"),
    "model_budget_spent": ("{problem}", "预算已用完：{problem}"),
    "model_unreachable": ("{problem}", "模型没有答复：{problem}"),
    "model_refused": ("{problem}", "模型拒绝答复：{problem}"),
    "model_misconfigured": ("{problem}", "模型设置有误：{problem}"),
    "model_offline": ("{problem}", "离线，未问模型：{problem}"),
    "model_failed": ("{problem}", "模型未答复：{problem}"),
}
_OF_PAGES: Mapping[str, tuple[str, str]] = {
    "shown_otherwise": ("the page shows {shown} where its text says {text}", "页面显示{shown}，文字层为{text}"),
    "shown_unclearly": (
        "the page shows something else here than {text}, which its text says",
        "页面显示的与文字层的{text}不同",
    ),
    "two_figures": (
        "two figures stand upon one another here, {text} one of them",
        "此处两数重叠，其一为{text}",
    ),
    "not_seen": ("{text} is not to be seen on the page", "文字层有{text}，页面上看不见"),
    "stands_under": ("{text} stands under {shown}", "{text}被{shown}盖住"),
    "unseen_text": (
        "the text layer has text here that the page does not show",
        "文字层此处有页面上看不见的文字",
    ),
    "text_not_believed": (
        "the text of this page is not believed: {figures} of its figures are shown otherwise",
        "本页文字层有{figures}个数字与页面显示不同，改按图像识读",
    ),
    "font_not_believed": (
        "a font of this page is not believed: its text says {text} where the page shows {shown}",
        "本页字体编码有误：文字层为{text}，页面显示{shown}，改按图像识读",
    ),
    "not_looked_at": (
        "what the page shows here was not looked at: it may differ from what the text layer says",
        "此处的页面图像未核对，可能与文字层不同",
    ),
    "damaged": (
        "the file is damaged here in a way that viewers pass over; its figures were looked at as the page shows them",
        "文件此处有损坏，已按页面显示核对其数字",
    ),
    "line_broken": (
        "a ruling line of this table ends amid it: cells of it may be lost, or taken together",
        "此表的框线在表内中断，可能有单元格丢失或合并",
    ),
    "table_nameless": (
        "the cell that names these figures could not be read: whose they are, nothing says",
        "这些数字的名称一格未能识读，属于谁无从得知",
    ),
    "cell_unread": ("something stands in this cell that could not be read", "此格内有内容，未能识读"),
    "struck_by_line": ("struck out by a line", "被横线划掉"),
    "struck_by_annotation": ("struck out by an annotation", "被批注划掉"),
    "struck_in_text": ("the text strikes this out", "文中已划掉"),
    "redaction": ("marked for redaction", "有涂抹标记"),
    "note": ("a note was put on the page", "页面上加了批注"),
    "stamp": ("a stamp was put on the page", "页面上加了图章"),
    "drawing": ("a drawing was put on the page", "页面上加了手绘标记"),
    "with_words": ("{what}: {words}", "{what}：{words}"),
    "sign_unsure": ("whether it is negative cannot be told", "是否为负数无法判断"),
    "parted_otherwise": (
        "its thousands or decimals are parted by other signs than its column has",
        "其千分位或小数的分隔符与同列不同",
    ),
    "bullet_or_minus": (
        "whether a bullet stands here or a minus cannot be told",
        "此处是项目符号还是负号无法判断",
    ),
    "corrects_itself": ("the report corrects itself on this page: {title}", "本页为更正说明：{title}"),
    "foreign_unit": ("amounts of a table are in {unit}, and were not taken", "表中金额以{unit}计，未采用"),
    "no_unit": (
        "no unit is printed for amounts of {table}, and nothing ties them to others",
        "“{table}”未印计量单位，也无勾稽可以确定",
    ),
    "other_unit": (
        "{table} was read in another unit than other statements, and nothing ties it to them: none of it is confirmed",
        "“{table}”识读的计量单位与其他报表不同，且无勾稽关系，其数字均不能确认",
    ),
    "many_fail": (
        "{failing} of {checks} identities fail: that two places print the same number confirms neither",
        "{checks}项勾稽中有{failing}项不符：两处数字相同也不能互相印证",
    ),
    "table_left_open": (
        "the table {table} has a shape that no reader knows: none of its figures was read",
        "“{table}”的版式无法识读，其数字未采用",
    ),
    "column_left_out": (
        "columns of {table} were left out, for their heads say no one period: {heads:; }",
        "“{table}”有的列未采用，列名不能说明是哪一期：{heads:；}",
    ),
    "table_not_found": (
        "no table is titled {title}; tables: {there:; }",
        "没有标题为“{title}”的表；有：{there:；}",
    ),
    "table_nowhere": (
        "no table is titled {title}, and none with figures has a title",
        "没有标题为“{title}”的表，有数字的表均无标题",
    ),
    "section_not_found": (
        "no section is headed {title}; short lines: {there:; }",
        "没有标题为“{title}”的部分；短行有：{there:；}",
    ),
    "columns_not_found": (
        "columns of {table} were not found: {columns:, }; its heads: {heads:; }",
        "“{table}”的列未找到：{columns:、}；表头有：{heads:；}",
    ),
    "lines_not_found": ("lines of {table} were not found: {lines:; }", "“{table}”的行未找到：{lines:；}"),
    "line_near": ("{line} (nearest: {near})", "{line}（最近的是“{near}”）"),
    "line_several": ("{line} ({times} lines may be it)", "{line}（有{times}行可能是它）"),
    "on_page": ("{title} (page {page})", "{title}（第{page}页）"),
    "so_many_more": ("{number} more", "另有{number}处"),
    "columns_exchanged": (
        "{tables:, } contradict one another as if this year's figures stood under last year's head: none is confirmed",
        "{tables:、}互相矛盾，似有一表两期的列名颠倒，其数字均不能互相印证",
    ),
    "repeated_page": ("the same as page {page}: read once", "与第{page}页相同，只读一次"),
    "of_another_report": ("it is of {whose}: left out", "属于{whose}，未采用"),
    "stands_elsewhere": (
        "what it has stands on page {page}, and the page numbers go on without it: left out",
        "内容与第{page}页相同，且不在连续页码之内，未采用",
    ),
    "two_versions": (
        "page {page} has the same: one of the two is of another report or version",
        "与第{page}页内容相同：其一属于另一份报告或另一版本",
    ),
    "page_out_of_line": (
        "its page number is out of line: it may be of another report",
        "页码不连续，可能属于另一份报告",
    ),
    "head_of_another": (
        "the head of its table names another unit or year, or was misread",
        "表头的单位或年度不同，或识读有误",
    ),
    "no_report": ("this page hold no report: left out", "本页没有报告内容，未采用"),
    "no_reports": (
        "this page and the {more} after it hold no report: left out",
        "本页及其后{more}页没有报告内容，未采用",
    ),
    "held_by_blanks": (
        "only blanks hold its table together, and which lines are of one row cannot be told for sure",
        "此表只靠空白分栏，哪些行属于一行不能确定",
    ),
    "column_unknown": (
        "in which column of its table it stood cannot be told, and it was not taken",
        "所在的列无法判断，未采用",
    ),
    "column_by_gaps": (
        "in which column of its table it stood only the gaps of the text tell",
        "所在的列只能由空白判断",
    ),
    "column_by_sums": ("only sums tell in which column of its row it stands", "所在的列只能由勾稽判断"),
    "cells_unknown": (
        "the cells of its row cannot be told apart, and it was not taken",
        "所在行的各格无法分开，未采用",
    ),
    "row_cut": (
        "its row is cut, and the words of its cells may have gone elsewhere",
        "所在行被截断，其文字可能归入别处",
    ),
    "amount_or_page": (
        "whether it is an amount of its table or the number of a page cannot be told, and it was not taken",
        "是表中金额还是页码无法判断，未采用",
    ),
    "said": ("{sentence}", "{sentence}"),
}
SAYINGS: Mapping[str, tuple[str, str]] = {**_OF_CHECKS, **_OF_FIGURES, **_OF_PAGES}
"""By code, the English and the Chinese words, with the parameters in braces. "said" holds a sentence of an earlier
version, or of a family of the user's."""


# --- what the words of results are called

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
    "reviewer": "复核人",
    # what a figure was read from
    "text": "文字层",
    "ocr": "图像识读",
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
    "columns": "两期的列似有颠倒",
    "column left out": "有列未采用",
    "not found": "未找到",
    "table left open": "表格未识读",
    "unread": "单元格未识读",
    "repeated page": "重复页",
    "other report": "他份报告的页",
    "no report": "无报告内容",
    "two versions": "两个版本",
    "out of line": "页码不连续",
}
"""What one word of a result is called in Chinese."""
_MODEL = "model:"


def named(word: str, language: Language) -> str:
    """A status, a severity, the kind of a remark, who mapped a figure; a word that is not known stays as it is."""
    if language == "en":
        return word
    return f"模型：{word.removeprefix(_MODEL)}" if word.startswith(_MODEL) else _NAMES.get(word, word)


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
