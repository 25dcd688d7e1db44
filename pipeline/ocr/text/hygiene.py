"""What the recogniser certainly got wrong, put right sign by sign.

Only where no other reading is possible: a letter O between digits is a zero, a point between two ideographs is
none. All else is left as read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from unicodedata import normalize

from recount.pipeline.document import hull
from recount.pipeline.ocr.text.lines import LINE, OcrLine, room_at, with_sign, without
from recount.pipeline.split.folding import SIMPLIFIED

# Letters that digits look like.
AS_DIGITS = str.maketrans("lI|ijoOＯ", "11111000")
# Points of a number that are separators.
_COMMAS = str.maketrans(".．;:", ",,,,")
_COLONS = str.maketrans(":：;；", "....")
_OF_MONEY = "[:：] ?(?:人民币)?[千万百亿方力刀]{0,2}元"
# What is certainly misread, and the sign in its place: the text keeps its length.
_SAME_LENGTH: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<=[\d.,，．])[OoＯQＱ](?=[\d.,%，．％]|$)|(?<![A-Za-z])[OoＯ](?=[.．]\d)"), "0"),
    (re.compile(r"(?<=\d)[liI|](?=[\d.,]|万?元|%)|(?<=[\d.,])[liI|](?=\d)"), "1"),
    (re.compile(r"^[OoＯ]$"), "0"),
    (re.compile(r"^[lI|]$"), "1"),
    (re.compile(r"^[SsＳ]$"), "5"),
    (re.compile(r"(?<=\d)[。·](?=\d{1,2}(?:\D|$))"), "."),
    (re.compile(r"(?<=\d)[:：,，](?=\d{2}(?:%|万元|元))"), "."),  # two digits are no thousands
    # Accounts exclaim nothing: 退休！人
    (re.compile(r"(?<=[\u3400-\u9fff])[!！|lIi](?=[人次个项辆台套份名批])"), "1"),
    (re.compile(r"(?<=[\u3400-\u9fff])[QＱOoＯD](?=[辆台])"), "0"),
    # A number has one decimal point; what stands before groups of three is a separator: 1,092.513.13, 1;513.13, and
    # 92.513.1 where the last digit is wrapped
    (
        re.compile(r"(?:(?<![\d.,，．])|(?<=^[.．]))\d{1,3}(?:[,，.．;:]\d{3})+(?=[.．]\d?(?:$|\d(?![\d.,，．])))"),
        lambda match: match[0].translate(_COMMAS),
    ),
    (re.compile(r"[⁻‐‑]"), "-"),
    # The number of a page
    (re.compile(r"^(?=.*\d)[-—–－][\dlI|oO]{1,3}[-—–－]$"), lambda match: match[0].translate(AS_DIGITS)),
    # A comma with a speck above it; what is compared, or counted, is said behind it: 与年初预算相比；年初预算数
    (
        re.compile(
            r"(?<=相比)[；;：:](?=[\u3400-\u9fff])|(?<=其中)[；;]|(?<=^比)[；;：:](?=[增减])|[；;：:](?=涉及(?:财政)?资金)"
        ),
        "，",
    ),
    (re.compile(r"(?<=其中)[∵∴]"), "："),
    # Words of which one sign is misread, and that are none then
    (re.compile(r"(?<=其)[午申巾牛](?=[:：])"), "中"),
    (re.compile(r"(?<![收投纳加])入(?=员(?:经费|支出|津贴))"), "人"),
    (re.compile(r"[土士](?=年(?:相比|决算|结转))|(?<=[比较与])[EＥ](?=年)"), "上"),
    (re.compile(r"(?<=^\d)[:：](?=[\u3400-\u9fff])"), "."),  # an ordinal
    (re.compile(r"(?:(?<=^[一二三四五六七八九十])|(?<=^十[一二三四五六]))[:：;；](?=[\u3400-\u9fff])"), "、"),
    (re.compile(r"(?<=[“”\"])[笑二王兰](?=公[“”\"]?经)"), "三"),
    (re.compile(r"(?<=\d)辖(?=[、，,。；;]|$)"), "辆"),
    (re.compile(r"(?<=财[\u3400-\u9fff])[援拔泼](?=款)"), "拨"),
    (re.compile(r"(?<=财政拨)[教欵歀软炊放数](?=基本支出|支出|收入|结转)"), "款"),
    (re.compile(r"^[台含舍](?=计$)"), "合"),
    (re.compile(r"[干千卞](?=降\d)"), "下"),
    # A dash with a speck above it, in the path of an item: 社会保障和就业支出：抚恤-死亡抚恤
    (re.compile(r"(?<=支出)[:：](?=[\u3400-\u9fff]{2,20}-[\u3400-\u9fff])"), "-"),
    (re.compile(r"(?<=支出决)[^算定策议](?=数)|(?<=决)[^算定策议](?=数(?:\d[\d,，]*[.．]\d\d万?元|增加|减少))"), "算"),
    (re.compile(r"(?<=[元%％])[.．·](?=[.．·][\u3400-\u9fff])"), "，"),  # without its tail, a speck behind it
    # Nothing else is over a 款
    (re.compile(r"(?<=支出[（(])[^类款项](?=[）)][\u3400-\u9fff]{2,40}[（(]款[）)])"), "类"),
    # The unit of money over a table, one sign of which is misread
    (re.compile(rf"[平早草革卑羊申甲车](?=位{_OF_MONEY})"), "单"),
    (re.compile(rf"(?<=单)[拉泣立住伍任化](?={_OF_MONEY})"), "位"),
    (re.compile(r"(?<=单位[:：])[方力刀](?=元)"), "万"),
    # The unit of money behind an amount, of which nothing else is left: 0.63方元
    (re.compile(r"(?<=\d\.\d\d)[方力刀](?=元)"), "万"),
    (re.compile(r"(?<=\d\.\d\d)[万方力刀][无兀死先](?=[，,。；;、）)比]|$)"), "万元"),
)
_COMMA_FOR_POINT = re.compile(r"(?<=\d)[,，](?=\d{2}[%分]?$)")  # two digits are no thousands
# A space within a number, beside its point or separator.
_GAP = re.compile(r"(?<=\d[,.，．]) (?=\d)|(?<=\d) (?=[,.，．]\d)")
# What specks and pieces of ruling lines behind a figure are read as; a star is a note, a hyphen is a sign.
_SPECKS_BEHIND = r"(?:[^\w%％‰℃)）}*＊★☆√+-]|一)"
_SPECKS_BEFORE = r"""[.．。·•,，、'‘’`“”"^:：;；\s]"""
# Specks behind or before a whole figure in a cell, and what is blank between; .88 may have lost its 0.
_LOOSE_POINT = re.compile(rf"(?<=[\d%分]){_SPECKS_BEHIND}+$|^(?![.．]\d\d$){_SPECKS_BEFORE}+(?=[<>=≥≤\d])")
# A figure that is set wide, with gaps read where its signs stand apart: 12 4.3 2
_SPACED = re.compile(r"(?=.* )\d[\d ]*(?:[,，] ?\d ?\d ?\d ?)*[.．] ?\d ?\d%?")
_SPACED_WHOLE = re.compile(r"\d(?: \d)+%?")
_WIDE = 0.7  # em from the middle of a digit to the next; digits that are set close stand half an em apart
_WIDEST = 1.2  # the same; those of two numbers stand further apart
# What may be a figure, and what specks and pieces of ruling lines are read as beside one.
_LIKE_FIGURE = re.compile(r"[-+]?\d[\d,，.．:： ]*[%％分]?")
_REST = re.compile(r"[:：;；一—–~^|\[\]_…“”\"]+")
# All that a figure may consist of, specks at either end included.
_FIGURE = re.compile(_SPECKS_BEFORE + r"*[<>=≥≤]*\d[\d,，]*(?:[.．:：;；]\d+)?[%分]?" + f"{_SPECKS_BEHIND}*")
# A speck before a number that has its point.
_BEFORE = re.compile(r"^[.．·]\s*(?=\d[\d,，]*\.\d\d(?:%|万?元))")
# A figure whose point a speck stands above, and one whose point is seen.
_COLON = re.compile(r"\d{1,3}(?:,?\d{3})*[:：;；]\d{2}%?")
_POINTED = re.compile(r"-?\d[\d,]*\.\d+%?分?")
_LED = re.compile(r"[.．·]\d\d")
_ONE_DECIMAL = re.compile(r"\d{1,3},\d%?")
_FOUR_DECIMALS = re.compile(r"\d{1,3}\.\d\d9[6G]")
_FINER = re.compile(r"-?\d[\d,]*\.\d{3,}%?")
# Letters among figures.
_LETTERS = re.compile(r"(?=.*[\doOＯ])[\dlI|ijoOＯ.,]{2,}[%分]?")
# Letters under an accent, which is a speck, and the same without.
_UNACCENTED = {at: normalize("NFD", chr(at))[0] for at in range(0xC0, 0x180)}
# A figure; an amount with a gap read between its decimals, with one instead of its point, and whole.
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?[%分]?")
_POINTLESS = re.compile(r"-?\d{1,3}(?:[.,]?\d{3})* \d\d[%分]?")
_ROOM_OF_POINT = 2.3  # digits from the middle of one to that of the next one behind a point, or another digit and it
_PARTED = re.compile(r"-?\d[\d,]*\.\d(?P<between>[ .])\d[%分]?")
# Behind a separator there are three digits and then the point, behind a 0 at once.
_GROUPED = re.compile(r"-?(?:\d{1,3}(?:,\d{3})*,\d{3}|0)\d\d")
_AMOUNT = re.compile(r"-?\d[\d,]*\.\d\d")
# One with separators, which may be read as points.
_IN_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3})+\.\d\d")
_WHOLE, _TWO_DIGITS = re.compile(r"-?\d{1,3}(?:,\d{3})+|-?\d[\d ]*"), re.compile(r"\d ?\d")
_SET_WIDE = 0.6  # em, as _WIDE, for two digits alone
_POINT_SET_WIDE = 2.0  # steps from a digit to the next
_SIZED = re.compile(r"[\d.．,，:：;；%％‰十百千万亿元分]")
_NEARLY_ALL = 0.9  # of the figures alone in their cells
# A point between ideographs: speckle, or a comma that lost its tail.
_POINT = re.compile(r"(?<=[\u3400-\u9fff])[.．·](?=[\u3400-\u9fff（(\d])")
# Speckle.
_STRAY = re.compile(
    "|".join(
        (
            r"(?<=\.\d\d)[.．·。](?=[万元%分]|$)",  # behind an amount and before its unit
            r"(?<=\.\d\d万)[.．·。，,]+$",  # amid its unit
            r"(?<=\d{4})[.．·](?=年)|(?<=20\d)[.．·](?=\d年)",  # behind a year, or amid one
            r"^[•·●][•·●\s]*(?=[\d（(])",  # before a line
            r"^[•·●.．][•·●.．\s]*(?=[\u3400-\u9fff])",
            r"^[，,、.．]+(?=[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)])",  # before an ordinal
            r"^[，,、.．·][，,、.．·\s]*(?=\d{1,2}[、.．]\D)",
            r"(?<=[一二三四五六七八九十]、)[、，,.．·](?=[\u3400-\u9fff])",  # behind one
            r"(?<=\d[.．])[.．·](?=[\u3400-\u9fff])",
            r"(?<=[（(]\d)[.．·](?=[）)])",
            r"(?<=[。；，、：])[.．·]+$|(?<=[元%％]，)[.．·](?=[\u3400-\u9fff])",  # behind the end of a sentence
            r"(?<=[\u3400-\u9fff%])[；;：:、](?=[，,])",  # the first of two signs that part a sentence
            r"(?<=[\u3400-\u9fff%％])[.．·](?=[，。；、：）)])",
            r"(?<=[（(])[.．·](?=[\u3400-\u9fff]|20\d\d年)",  # within a bracket
            r"(?<=\d)[)）](?=[.．]\d\d(?:%|万?元|万$))",  # amid a number
            r"(?<=\d[.．])[-‐-―](?=\d\d(?:%|万?元))",
            r"(?<=\d[,，])[.．](?=\d{3}(?!\d))",  # beside a separator, or a point
            r"(?<=\d)[.．](?=[,，]\d{3}(?!\d)|[.．]\d\d(?:\D|$))",
            r"(?<=\d%)[6oO0]$",  # half of a % that was read already
            r"(?<=[^\d.]1)[.．](?=00[.．]00[%％])|(?<=[^\d.]10)[.．](?=0[.．]00[%％])",  # amid a hundred per cent
            # a bracket that was closed before, or is opened nowhere
            r"^\d+(?:\.\d+)? ?分(?P<unopened>[)）])$",
            r"^\d{1,2}[.．、][\u3400-\u9fff]+[（(][\u3400-\u9fff]+[）)](?P<again>[.．·]?[）)])(?=[\u3400-\u9fff])",
        )
    )
)
# A label in a cell has no points at its ends; one that is all that a cell has no other specks behind it either, and no
# end of a sentence that is not surely read.
_LABEL = re.compile(r"^[.．·•]+(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])[.．·•]+$")
_SPECKS_AROUND = r"[\s.．·•,，、'‘’`´~^∴∵]+"
_SPECKED_LABEL = re.compile(rf"^{_SPECKS_AROUND}(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff]){_SPECKS_AROUND}$")
_ENDED_LABEL = re.compile(r"(?<=[\u3400-\u9fff])[。；;]$")
_LONGEST_LABEL = 14  # signs; what is longer may be a sentence, and is one with such signs in it
_IN_SENTENCE = re.compile(r"[，,。；;：:]")
# A comma without its tail at the end of a line of running text.
_TAILLESS = re.compile(r"(?<=[\u3400-\u9fff]{2})[.．]$")
# The star of a seal, specks: what is no text at all. One below a table that goes on would end it.
_SPECK = re.compile(r"[*＊★☆○◎〇●•·.．:：;；,，、'‘’`´\s]+")
# The recogniser drops the second of two signs of punctuation: 规则。八）负责
_SHARE = re.compile(r"(?=\d[\d.]*[%％](?P<behind>[）)]))")
_UNOPENED = re.compile(
    rf"(?<=[。；;])(?=[一二三四五六七八九十]{{1,3}}(?P<closing>[）)]))|(?<=元){_SHARE.pattern}"
    r"|(?<=出国)(?=境(?P<abroad>[）)]))|(?<=支出)(?=[类款项](?P<level>[）)]))"
)
# A level of the budget, and then its amount, or what is said of it; the border of 出国（境）.
_UNCLOSED = re.compile(
    r"(?P<opening>[（(])[类款项](?=\d|[。，,：:]?(?:支出|年初预算|20\d\d年|主要用于))|(?<=出国)(?P<abroad>[（(])境(?=[^）)])"
)
# Behind what a sign was lost, and which: no number begins with a 0 and goes on without a point.
_LOST = (
    (re.compile(r"(?<=三公经)(?=财政拨款|支出)"), "费"),
    (re.compile(rf"(?:^|(?<=[\s\d度额]))(?<!单 )(?=位{_OF_MONEY})"), "单"),
    # 2.公务接待费支出情况。本部门2021年度
    (re.compile(r"(?<=支出情况)(?=本(?:部门|单位)20\d\d年)|(?<=支出情况说明)(?=20\d\d年)"), "。"),
    (re.compile(r"(?<![\d.,，．])0(?=\d\d(?:%|万?元))"), "."),
)
# A speck behind the end of a line is read as a sign of these, and never as surely as a printed one.
_BEHIND = re.compile(r"(?<=[\u3400-\u9fff])(?:[.．·]|(?<!其中)(?<!如下)(?<!包括)[:：])$")
_PRINTED = 0.85
# Behind these something follows.
_UNENDED = re.compile(r"(?<=[为占达至比较于的和及与])[.．·]$")
_APART = 1.2  # em between two ideographs that have a sign of punctuation between them
_EMPTY = re.compile(r"(?<=[\u3400-\u9fff])[（(][)）](?=[辆台套人次个批])")
_ONE_SIGN = 1.8  # em from an ideograph to the next with a digit between them; with two signs there are 2 and more
# Specks behind the end of a line: amid a word that goes on, and behind what no sentence ends with.
_SPECKS_AT_END = re.compile(
    r"(?<=20\d\d)[.．·]+(?=\n年)|(?<=\d批)[.．·]+(?=\n次)|(?<=\d人)[.．·]+(?=\n次)"
    r"|(?<=\d[万亿])[.．·]+(?=\n元)|(?<=[与比较]上)[.．·，]+(?=\n年)"
    r"|(?<=支出)[.．·，]+(?=\n[（(][类款项][）)])|(?<=[\u3400-\u9fff])[.．·]{2}(?=\n[\u3400-\u9fff])"
    r"|(?<=[\u3400-\u9fff]\d)[.．·](?=\n[辆台套个人次批])"
)


def clean(line: OcrLine, *, alone: bool = False, running: bool = False) -> OcrLine | None:
    """The line with its certain misreadings put right; None for what is no text: the star in a seal, a speck.

    alone: it is the only line in a cell of a table, so that a figure in it is whole. running: it is of running text,
    where a point at the end of a line of ideographs is a comma without its tail.
    """
    text = line.text.translate(SIMPLIFIED)
    if is_speck(text):
        return None
    for pattern, sign in _SAME_LENGTH:
        text = pattern.sub(sign, text)
    if alone and _FIGURE.fullmatch(text):
        text = _COMMA_FOR_POINT.sub(".", text)
    if running and (_UNENDED.search(text) or (_BEHIND.search(text) and line.scores[-1] < _PRINTED)):
        return clean(without(replace(line, text=text), {len(text) - 1}), running=True)
    label = not running and len(text) <= _LONGEST_LABEL
    if running:
        text = _TAILLESS.sub("，", text)
    if whole := _put_back(replace(line, text=text)):
        return clean(whole, alone=alone, running=running)
    amiss = [_GAP, _STRAY, _BEFORE]
    if label:
        amiss += [_LABEL, _SPECKED_LABEL] if alone else [_LABEL]
        amiss += [_ENDED_LABEL] if alone and line.scores[-1] < _PRINTED else []
    elif alone and not _IN_SENTENCE.search(text):
        amiss.append(_LABEL)
    if alone and _FIGURE.fullmatch(text):
        amiss.append(_LOOSE_POINT)
    found = (match for pattern in amiss for match in pattern.finditer(text))
    dropped = {index for match in found for index in range(*match.span(match.lastgroup or 0))}
    for match in _spaced(text, alone=alone, running=running):
        if _is_wide(line, *match.span()):
            dropped.update(index for index in range(*match.span()) if text[index] == " ")
    for match in _POINT.finditer(text):
        if text[match.end()] not in "（(" and room_at(line, *match.span()) > _APART:
            text = f"{text[: match.start()]}，{text[match.end() :]}"
        else:  # speckle
            dropped.add(match.start())
    for match in _EMPTY.finditer(text):
        if room_at(line, *match.span()) < _ONE_SIGN:
            text = f"{text[: match.start()]}0{text[match.start() + 1 :]}"
            dropped.add(match.start() + 1)
    cleaned = without(replace(line, text=text), dropped)
    return clean(cleaned, alone=True) if alone and dropped else cleaned


def _spaced(text: str, *, alone: bool, running: bool) -> Iterable[re.Match[str]]:
    """The numbers of a line that may be set wide: of a cell what is all of it, of running text those with a point."""
    if running:
        return _SPACED.finditer(text)
    whole = (_SPACED.fullmatch(text) or _SPACED_WHOLE.fullmatch(text)) if alone else None
    return [whole] if whole else ()


def _is_wide(line: OcrLine, start: int, end: int) -> bool:
    """Whether the signs of a figure stand as far apart as ideographs, each as far from the next: it is one number."""
    middles = [(line.boxes[at][0] + line.boxes[at][2]) / 2 for at in range(start, end) if line.text[at] != " "]
    steps = [right - left for left, right in pairwise(middles)]
    em = (line.box[3] - line.box[1]) / LINE
    pointed = any(sign in ".．" for sign in line.text[start:end])
    return min(steps) > _WIDE * em and max(steps) < (2 * min(steps) if pointed else _WIDEST * em)


def is_speck(text: str) -> bool:
    """Whether a line as read is no text at all: the star of a seal, a speck."""
    return _SPECK.fullmatch(text) is not None


def rests(texts: Sequence[str]) -> set[int]:
    """Which lines of a cell are what specks and pieces of ruling lines beside its one figure were read as."""
    figures = [at for at, text in enumerate(texts) if _LIKE_FIGURE.fullmatch(text.strip())]
    others = {at for at, text in enumerate(texts) if _REST.fullmatch(text.strip())}
    return others if len(figures) == 1 and len(figures) + len(others) == len(texts) else set()


def times_in(
    lines: Sequence[OcrLine], columns: Sequence[Hashable | None], is_such: Callable[[OcrLine], object]
) -> Counter[Hashable]:
    """How many such lines each column has. columns: of a table, by line; None for a line that stands in none."""
    return Counter(column for line, column in zip(lines, columns, strict=True) if column and is_such(line))


def is_figure(line: OcrLine) -> bool:
    """Whether a line is a number and no more, maybe with its % or 分."""
    return _NUMBER.fullmatch(line.text) is not None


def is_amount(line: OcrLine) -> bool:
    """Whether a line is a number with two decimals."""
    return _AMOUNT.fullmatch(line.text) is not None


def in_columns(lines: Sequence[OcrLine], columns: Sequence[Hashable | None]) -> list[OcrLine]:
    """The lines, with what the other figures of their columns say that was misread in one put right.

    columns: of a table, in which each of the lines stands alone in its cell; None for one that does not.

    Where most figures of a column have a point, or it has no other and nearly all of the page have one, a colon is a
    point with a speck above it; an unsure sign behind a figure among others is a speck. Where most have two decimals, a
    gap or a point read between these is none, and a gap before them is the point. Where most have a point, a comma
    before one digit is one. In a column without points one before
    a figure is a speck. Letters among figures are digits: io. Where no other figure has as many decimals, the last two
    of four are a percent sign: 32.5996.
    """
    times = partial(times_in, lines, columns)
    pointed, trailed, colons = times(lambda line: _POINTED.fullmatch(line.text)), times(_is_trailed), times(_has_colon)
    figures, amounts = times(is_figure), times(is_amount)
    finer = times(lambda line: _FINER.fullmatch(line.text) and not _FOUR_DECIMALS.fullmatch(line.text))
    of_amounts = pointed.total() > _NEARLY_ALL * figures.total()
    found = []
    for line, column in zip(lines, columns, strict=True):
        if column and _is_trailed(line) and figures[column] > trailed[column]:
            line = without(line, {len(line.text) - 1})
        elif column and _has_colon(line) and _is_point(pointed[column], figures[column], colons[column], of_amounts):
            line = replace(line, text=line.text.translate(_COLONS))
        elif column and figures[column] > 1:
            if 2 * pointed[column] > figures[column] and _ONE_DECIMAL.fullmatch(line.text):
                line = replace(line, text=line.text.replace(",", "."))
            line = _with_decimals(line) if 2 * amounts[column] > figures[column] else line
            line = without(line, {0}) if not pointed[column] and _LED.fullmatch(line.text) else line
            if _FOUR_DECIMALS.fullmatch(line.text) and not finer[column]:
                line = without(replace(line, text=f"{line.text[:-2]}%%"), {len(line.text) - 1})
            line = _with_digits(line)
        found.append(line)
    return found


def over_two_lines(
    lines: Sequence[OcrLine], columns: Sequence[Hashable | None], pairs: Iterable[tuple[int, int, Hashable]]
) -> list[OcrLine]:
    """The lines, with the separators and the point of an amount that goes on in the second line of its cell, where only
    one can be made of them, and the second line is none: 872.962 / 02; or that is set so wide that it was read in two
    pieces, with the point between them: 2 1 3 and 0 3.

    columns: as for `in_columns`. pairs: the indices of the lines that are two in a cell, the upper one first, and the
    column; it must be one of amounts.
    """
    figures, amounts = times_in(lines, columns, is_figure), times_in(lines, columns, is_amount)
    whole = list(lines)
    for above, below, column in pairs:
        first, second = lines[above], lines[below]
        if 2 * amounts[column] <= figures[column] or is_amount(second):
            continue
        left, right = sorted((above, below), key=lambda at: lines[at].box[0])
        if _are_set_wide(lines[left], lines[right]):
            whole[left] = _with_point_behind(_without_gaps(lines[left]))
            whole[right] = _without_gaps(lines[right])
            continue
        if _IN_GROUPS.fullmatch(f"{first.text}.{second.text}"):
            first = _with_point_behind(first)
        elif not _IN_GROUPS.fullmatch(first.text + second.text):
            continue
        text = first.text + second.text
        text = text[: -len(".00")].replace(".", ",") + text[-len(".00") :]
        whole[above] = replace(first, text=text[: len(first.text)])
        whole[below] = replace(second, text=text[len(first.text) :])
    return whole


def _are_set_wide(left: OcrLine, right: OcrLine) -> bool:
    """Whether two lines are a whole number and, beside it, two decimals, with no more room between them than a point
    has where signs stand far apart."""
    if not (_WHOLE.fullmatch(left.text) and _TWO_DIGITS.fullmatch(right.text)):
        return False
    step = right.boxes[-1][0] - right.boxes[0][0]
    height = right.box[3] - right.box[1]
    beside = max(left.box[1], right.box[1]) + height / 2 < min(left.box[3], right.box[3])
    return beside and step > _SET_WIDE * height / LINE and right.box[0] - left.box[2] < _POINT_SET_WIDE * step


def _without_gaps(line: OcrLine) -> OcrLine:
    return without(line, {at for at, sign in enumerate(line.text) if sign == " "})


def _with_point_behind(line: OcrLine) -> OcrLine:
    """The line with a point at its end, as far from the last sign as that is from the one before."""
    (before, _, _, _), (left, top, right, bottom) = line.boxes[-2:]
    place = (right, top, right + left - before, bottom)
    boxes, box = (*line.boxes, place), hull([line.box, place])
    return OcrLine(f"{line.text}.", boxes, (*line.scores, line.scores[-1]), box)


def _with_digits(line: OcrLine) -> OcrLine:
    """A figure some signs of which were read as letters that they look like."""
    plain = line.text.translate(_UNACCENTED)
    text = plain.translate(AS_DIGITS)
    return replace(line, text=text) if _LETTERS.fullmatch(plain) and _NUMBER.fullmatch(text) else line


def _with_decimals(line: OcrLine) -> OcrLine:
    """An amount without the gap between its decimals, or with its point: where a gap as wide as one was read, or behind
    separators, or a 0."""
    parted = _PARTED.fullmatch(line.text)
    if parted:
        return without(line, {parted.start("between")})
    if _GROUPED.fullmatch(line.text):
        return with_sign(line, len(line.text) - 2, ".")
    if _POINTLESS.fullmatch(line.text) and _is_as_a_point(line, line.text.index(" ")):
        return replace(line, text=line.text.replace(".", ",").replace(" ", "."))
    return line


def _is_as_a_point(line: OcrLine, gap: int) -> bool:
    """Whether a gap within a figure has no room for another digit beside the point."""
    return room_at(line, gap, gap + 1) < _ROOM_OF_POINT * room_at(line, gap + 2, gap + 2)


def _is_trailed(line: OcrLine) -> bool:
    """Whether an unsure sign that says nothing of its size stands behind a figure."""
    figure, sign = line.text[:-1], line.text[-1:]
    return _NUMBER.fullmatch(figure) is not None and line.scores[-1] < _PRINTED and _SIZED.fullmatch(sign) is None


def _has_colon(line: OcrLine) -> bool:
    """Whether a figure has a colon where a point may stand."""
    return _COLON.fullmatch(line.text) is not None


def _is_point(pointed: int, figures: int, colons: int, of_amounts: bool) -> bool:
    """Whether a colon is a point, by how many others of its column have a point, are figures, and have a colon; and by
    whether the page is one of amounts."""
    return pointed > colons or (of_amounts and figures == 0 and colons == 1)


def over_line_ends(lines: Sequence[OcrLine], running: Sequence[bool]) -> list[OcrLine]:
    """The lines of a page, in their order, with what two lines of running text together say of the end of the upper one
    and the head of the lower: a bracket that opens a share is put back where the amount ends the line above, 0.65万元 /
    0.21%）; and specks behind the end go, 与上.. / 年相比."""
    told = [index for index, runs in enumerate(running) if runs]
    whole = list(lines)
    for above, index in pairwise(told):
        if specks := _SPECKS_AT_END.search(f"{lines[above].text}\n{lines[index].text}"):
            whole[above] = without(whole[above], set(range(*specks.span())))
        match = _SHARE.match(lines[index].text)
        if match and lines[above].text.endswith("元"):
            whole[index] = _with_bracket(lines[index], 0, match["behind"])
    return whole


def _put_back(line: OcrLine) -> OcrLine | None:
    """The line with a sign that it certainly lost: the bracket that opens an ordinal or a share, the one that closes a
    level, the border of 出国（境）, the last sign of 三公经费, the first of 单位：元, the end of an item's title, the
    point behind a 0. None where it lost none."""
    if match := _UNOPENED.search(line.text):
        return _with_bracket(line, match.start(), next(filter(None, match.groups())))
    if match := _UNCLOSED.search(line.text):
        return with_sign(line, match.end(), "）" if "（" in match.groups() else ")")
    lost = ((match.end(), sign) for pattern, sign in _LOST if (match := pattern.search(line.text)))
    return next((with_sign(line, at, sign) for at, sign in lost), None)


def _with_bracket(line: OcrLine, at: int, closing: str) -> OcrLine:
    """The line with the bracket that a closing one asks for."""
    return with_sign(line, at, "（" if closing == "）" else "(")
