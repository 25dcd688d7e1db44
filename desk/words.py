"""What the desk says, in Chinese and in English: every word of its own stands here, in the terms of accountants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recount.pipeline.language import LANGUAGES, told
from recount.schemas.saying import Language, Saying, named

_TABLE: Mapping[str, tuple[str, str]] = {
    "title": ("核对台", "Review desk"),
    "queue": ("待核清单", "Queue"),
    "overview": ("总览", "Overview"),
    "reports": ("份报告", "reports"),
    "reviewed": ("已核", "decided"),
    "read_only": ("只读", "read-only"),
    "indexing": ("正在清点 {done}/{all} …", "counting {done} of {all} …"),
    # the queue
    "report": ("报告", "Report"),
    "unit": ("单位", "Unit"),
    "year": ("年度", "Year"),
    "progress": ("进度", "Progress"),
    "what": ("情况", "What is open"),
    "all": ("全部", "all"),
    "all_years": ("全部年度", "all years"),
    "all_rules": ("全部勾稽关系", "all identities"),
    "find_unit": ("单位或文件名", "unit or file"),
    "filter": ("筛选", "Filter"),
    "clear": ("清除", "Clear"),
    "state": ("状态", "Status"),
    "state_open": ("待核", "to decide"),
    "state_disputed": ("有存疑", "disputed"),
    "state_left_out": ("有漏行", "rows left out"),
    "state_unread": ("有未读页", "pages not read"),
    "state_failed": ("未能读取", "failed"),
    "state_done": ("已核完", "decided"),
    "state_clean": ("无存疑", "nothing disputed"),
    "nothing": ("没有符合条件的报告。", "No report fits."),
    "no_results": (
        "这里还没有结果：没有一份报告识读成功。原因列在下面；改正后运行 recount retry DIR --failed。",
        "No report could be structured. The reasons stand below; mend them, then recount retry DIR --failed.",
    ),
    "same_as": ("与“{name}”内容相同", "same content as {name}"),
    "more": ("下一页", "Next page"),
    "less": ("上一页", "Previous page"),
    "shown": ("第 {first}–{last} 份，共 {all} 份", "{first}–{last} of {all}"),
    "n_disputed": ("存疑 {n}", "{n} disputed"),
    "n_left_out": ("漏行 {n}", "{n} rows left out"),
    "n_unread": ("未读 {n} 页", "{n} pages not read"),
    "n_errors": ("不符 {n}", "{n} not holding"),
    "n_minor": ("小差异 {n}", "{n} minor"),
    "n_scanned": ("扫描 {n} 页", "{n} scanned"),
    # statuses and severities, as results have them
    **{word: (named(word, "zh"), word) for word in ("verified", "repaired", "grounded", "disputed", "minor")},
    "reviewed_status": (named("reviewed", "zh"), "reviewed"),
    # the report
    "cards": ("勾稽不符", "Identities that fail"),
    "card_none": ("没有勾稽不符。", "No identity fails."),
    "disputed_alone": ("另有存疑数字", "Disputed otherwise"),
    "error": ("不符", "error"),
    "printed": ("左边（印出）", "left, as printed"),
    "computed": ("右边（重算）", "right, recounted"),
    "difference": ("差额", "difference"),
    "tolerance": ("四舍五入误差内 ≤ {n}", "rounding explains {n}"),
    "suspect": ("最可疑", "prime suspect"),
    "others": ("其余 {n} 项", "Others: {n}"),
    "operands": ("涉及 {n} 个数字", "Figures: {n}"),
    "cleared_by": ("另有 {n} 条勾稽关系支持：{rule}", "holds in {n}: {rule}"),
    "cleared_by_none": ("没有其他勾稽关系支持", "no other identity holds with it"),
    "fails_too": ("共 {n} 条勾稽关系不符", "fails in {n} identities"),
    "page": ("第 {n} 页", "page {n}"),
    "line": ("第 {n} 行", "line {n}"),
    "rejected": ("被拒绝的提取", "Rejected proposals"),
    "left_out": ("未读入的表行", "Rows left out"),
    "unread": ("未读的页", "Pages not read"),
    "remarks": ("页面备注", "Remarks on pages"),
    "repaired_list": ("已修复的读数", "Repaired readings"),
    "decided_list": ("已核定的数字", "Decided figures"),
    "grounded_list": ("有出处、无勾稽的数字", "Grounded: nothing recounts them"),
    "first_reading": ("初读", "first reading"),
    "second_reading": ("复读", "second reading"),
    "taken": ("采用", "taken"),
    "figures": ("全部数字", "All figures"),
    "checks": ("勾稽关系", "Identities"),
    "no_checks": ("没有勾稽关系涉及此数。", "No identity has this figure."),
    "holds": ("相符", "holds"),
    "fails": ("不符", "fails"),
    "as_read": ("原文", "as printed"),
    "value": ("数值", "value"),
    "source_gone": ("原件无法打开：{why}", "The source cannot be opened: {why}"),
    "loading": ("正在打开原件 …", "Opening the source …"),
    "drop": ("关闭", "Close"),
    # decisions
    "as_printed": ("原件如此", "as printed"),
    "misread": ("误读", "misread"),
    "other_token": ("改指别处", "points elsewhere"),
    "not_a_figure": ("不属此处", "no figure here"),
    "do_as_printed": ("原件如此", "as printed"),
    "do_misread": ("读错 …", "misread …"),
    "do_other_token": ("指向别处", "another number"),
    "do_not_a_figure": ("不属此项", "no figure here"),
    "do_undo": ("撤销", "undo"),
    "do_note": ("备注", "note"),
    "type_shown": ("原件上印的是", "The page shows"),
    "type_note": ("备注（可空）", "Note (optional)"),
    "save": ("保存", "Save"),
    "cancel": ("取消", "Cancel"),
    "pick": ("请在页面上点选该项真正的数字，Esc 取消", "Click the number that belongs here; Esc to cancel"),
    "digital": (
        "数字版原件的字符就是原件本身，不能改读；请用“原件如此”或“指向页上另一数”。",
        "The characters of a digital page are what they are: say “as printed”, or point at another number.",
    ),
    "decided_by": ("{by} 核定：{what}", "{by}: {what}"),
    "recounting": ("正在重算 …", "recounting …"),
    "recounted": ("已重算", "recounted"),
    "settled": ("已记录并重算：{n} 个存疑数字随之解决", "Kept and recounted: {n} disputed figures are settled"),
    "kept": ("已记录", "Kept"),
    "undone": ("已撤销", "Taken back"),
    "stale": ("原件或数字已变，未采用的结论", "Decisions that no longer fit"),
    "not_recounted": ("结论已记录，未能重算：{why}", "The decision is kept; no recount: {why}"),
    "again": ("重新重算", "Recount again"),
    "gone": ("核对台已停止：请重新运行 recount review。", "The desk has ended: start recount review again."),
    "promoted": ("已转为标准答案：{where}", "Promoted to gold: {where}"),
    "all_done": ("本报告已全部核完", "Everything in this report is decided"),
    # tools and keys
    "doubtful": ("存疑", "disputed"),
    "keys": ("键盘", "Keys"),
    "key_card": ("下一张 / 上一张卡片", "next / previous card"),
    "key_report": ("下一份 / 上一份报告", "next / previous report"),
    "key_again": ("重算失败时再试一次", "try a recount that failed again"),
    "key_number": ("选卡片中的第几个数字", "choose a figure of the card"),
    "key_zoom": ("放大 / 缩小 / 适应宽度", "larger / smaller / fit"),
    "key_open": ("打开原件", "open the source"),
    "key_promote": ("转为标准答案", "promote to gold"),
    "key_figures": ("全部数字", "all figures"),
    "key_help": ("本说明", "this help"),
    "key_queue": ("回到清单", "back to the queue"),
    "key_pages": ("上一页 / 下一页", "page before / after"),
    "zoom_in": ("放大", "Larger"),
    "zoom_out": ("缩小", "Smaller"),
    "fit": ("适应宽度", "Fit"),
    "open_source": ("原件", "Source"),
    "next_report": ("下一份", "Next"),
    "previous_report": ("上一份", "Previous"),
    "skip": ("跳到卡片", "Skip to the cards"),
    # the overview
    "by_year": ("按年度", "By year"),
    "by_unit": ("按单位：存疑最多的", "By unit: most disputed"),
    "by_rule": ("最常不符的勾稽关系", "Identities that fail most"),
    "by_money": ("金额最大的矛盾", "Largest contradictions in money"),
    "share_verified": ("已核验或已修复", "verified or repaired"),
    "no_breaks": ("没有不符。", "Nothing fails."),
    "unnamed": ("（未写单位名称）", "(no unit named)"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    language: Language

    def __call__(self, key: str, **given: object) -> str:
        """What is said under a key, with what is given filled in. Raises KeyError if there is no such word."""
        return self.raw(key).format(**given)

    def kind(self, word: str) -> str:
        """What a word of a result is called: a status, a kind of remark."""
        return named(word, self.language)

    def said(self, words: str | Saying) -> str:
        """What a result says: an explanation, a remark, a reason; or why there is none."""
        return told(words, self.language)

    def raw(self, key: str) -> str:
        """The same with its gaps, for the browser to fill."""
        return _TABLE[key][LANGUAGES.index(self.language)]
