"""Pages in Latin script: how their numbers, signs of currency and units of money are printed.

Nothing here touches a page with Chinese words on it. What a page prints and does not make certain is refused: a number
that is not of the page's form is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from recount.pipeline.document import MONEY, Block, Document, Line, Number, Page, Paragraph, Token
from recount.pipeline.split.folding import fold
from recount.pipeline.split.lattice import part_of
from recount.schemas.family import SCALES, Family, Money, Numbers

_LETTER = re.compile(r"[^\W\d_]")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_FEWEST_LETTERS = 20
_FEW_IDEOGRAPHS = 0.05  # share of the letters of a page that may be ideographs

# --- numbers

USUAL = Numbers()
_POINTS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})*\.\d\d?(?![\d.,]\d|\d)|(?<![\d.,])\d{1,3}(?:,\d{3})+(?![.,]?\d)")
_COMMAS = re.compile(
    r"(?<![\d.,])\d{1,3}(?:\.\d{3})*,\d\d?(?![\d.,]\d|\d)|(?<![\d.,])\d{1,3}(?:\.\d{3}){2,}(?![.,]?\d)"
)
_GROUPED = r"(?<![\d.,'])(?<!\d )\d{{1,3}}(?:{0}\d{{3}})+(?! ?\d)"
_FEWEST_GROUPED = 3
_THREES = re.compile(r"(?<![\d.,'])[1-9]\d{0,2}\.\d{3}(?![.,]?\d)")
_NO_THREES = re.compile(r"(?<![\d.,])(?:0|\d{4,})\.\d+")
_NARROW = 0.55  # heights of a line
_MORE = 2  # times as many numbers with a comma before their decimals as with a point make it the form of a page


def is_latin(page: Page) -> bool:
    """Whether a page is in Latin script, or another that is written with spaces: it has hardly an ideograph."""
    words = "".join([line.text for line in page.lines])
    most = _FEW_IDEOGRAPHS * len(words)
    if any(number > most for number, _ in enumerate(_IDEOGRAPH.finditer(words), 1)):
        return False  # were every sign of it a letter
    letters = len(_LETTER.findall(words))
    return letters >= _FEWEST_LETTERS and len(_IDEOGRAPH.findall(words)) <= _FEW_IDEOGRAPHS * letters


def numbers_of(families: Iterable[Family], pages: Sequence[Page]) -> Numbers:
    """How numbers are printed: as a family says, or as pages in Latin script show.

    pages: these. 1.234,56 is told by amounts with a comma before their decimals, where few have a point there, and
    38.062 where nothing else has a point; a blank or an apostrophe between thousands by figures in which it stands
    where few have another sign.
    """
    said = {family.numbers for family in families if family.numbers is not None}
    if len(said) == 1:
        return said.pop()
    lines = [line for page in pages for line in page.lines]
    folded = [_THIN.sub(" ", fold(line.text)).replace("’", "'") for line in lines]
    points, commas = (sum(len(form.findall(text)) for text in folded) for form in (_POINTS, _COMMAS))
    threes, others = (sum(len(form.findall(text)) for text in folded) for form in (_THREES, _NO_THREES))
    commas += threes if threes >= _FEWEST_GROUPED and not others else 0
    group, decimal = (".", ",") if commas > _MORE * points else (",", ".")
    usual = sum(len(re.findall(_GROUPED.format(re.escape(group)), text)) for text in folded)
    for other in (" ", "'"):
        form = re.compile(_GROUPED.format(other))
        grouped = sum(
            _is_narrow(line, match) for line, text in zip(lines, folded, strict=True) for match in form.finditer(text)
        )
        if grouped >= _FEWEST_GROUPED and grouped > _MORE * usual:
            group = other
    return Numbers(group, decimal)


def _is_narrow(line: Line, match: re.Match[str]) -> bool:
    """Whether the signs between the thousands of a number take no more room than a blank."""
    height = line.box[3] - line.box[1]
    boxes = line.boxes
    return all(
        boxes[at + 1][0] - boxes[at - 1][2] < _NARROW * height
        for at in range(match.start(), match.end())
        if not line.text[at].isdigit()
    )


def as_usual(folded: str, numbers: Numbers) -> str:
    """A text with its numbers as 1,234.56, of the same length: a sign that is neither becomes one that no number has.
    Where blanks part thousands, those that are left part numbers."""
    if numbers.group == "," and numbers.decimal == ".":
        return folded
    signs = {"'": "'", "’": "'", ",": "'", ".": "'", numbers.group: ",", numbers.decimal: "."}
    signs |= {"’": ","} if numbers.group == "'" else {}
    signs.pop(" ", None)
    return re.sub(
        rf"(?<=\d)[{re.escape(''.join(signs))}](?=\d)",
        lambda match: signs[match[0]],
        folded,
    )


_LEADERS = re.compile(r"(?:[.·…_]\s?){4,}|(?<=\S)\s+[.·…_][.·…_\s]*$")


def without_leaders(line: Line) -> Iterator[Line]:
    """The parts of a line between the rows of dots that lead from a text to what stands on its right; of a scanned one,
    also between the pieces of rulings that were read as signs, and before a currency between two amounts."""
    start = 0
    form = _LEADERS if line.confidence is None else _RULED
    for match in [*form.finditer(line.text), None]:
        end = match.start() if match else len(line.text)
        part = part_of(line, start, end)
        if part is not None:
            yield part
        start = match.end() if match else end


# --- columns of text

_PROSE = 25  # characters of a line of running text in one of two columns, half of them letters
_FEWEST_LINES = 5
_APART = 0.25  # of the width of a page: from where lines of one column begin to where those of the other do
_MARGIN = 3.0  # points
_FEW_ACROSS = 0.1  # share of the lines that may reach from one column into the other, as titles do


def sides_of(lines: Sequence[Line], width: float) -> list[list[Line]]:
    """The lines of a page in Latin script by its columns of text, two or one. width: of the page."""
    prose = [line for line in lines if len(line.text.strip()) >= _PROSE]
    prose = [line for line in prose if 2 * len(_LETTER.findall(line.text)) >= _PROSE]
    begins = Counter(round(line.box[0] / _MARGIN) for line in prose)
    starts = sorted(_MARGIN * start for start, times in begins.items() if times >= _FEWEST_LINES)
    for start in starts:
        if start - starts[0] < _APART * width:
            continue
        edge = start - _MARGIN
        left, right = [line for line in lines if line.box[0] < edge], [line for line in lines if line.box[0] >= edge]
        across = sum(line.box[2] > start + _MARGIN for line in left)
        if across <= _FEW_ACROSS * len(lines):
            return [left, right]
    return [list(lines)]


# --- currency

_SIGNS: Mapping[str, str] = {
    r"US\$|USD|U\.?S\.? ?dollars?": "USD",
    r"HK\$|HKD|Hong Kong dollars?": "HKD",
    r"NT\$|NTD|TWD|New Taiwan dollars?": "TWD",
    r"S\$|SGD|Singapore dollars?": "SGD",
    r"A\$|AU\$|AUD|Australian dollars?": "AUD",
    r"C\$|CA\$|CAD|Canadian dollars?": "CAD",
    r"R\$|BRL|reais": "BRL",
    r"£|GBP|pounds?(?: sterling)?": "GBP",
    r"€|EUR|euros?": "EUR",
    r"₱|PHP|(?:Philippine )?pesos?": "PHP",
    r"₹|INR|Rs\.?|(?:Indian )?rupees?": "INR",
    r"RMB|CNY|renminbi|yuan": "CNY",
    r"JPY|(?:Japanese )?yen": "JPY",
    r"CHF|Swiss francs?": "CHF",
    r"₩|KRW|(?:Korean )?won": "KRW",
    r"MYR|RM|ringgit": "MYR",
    r"\$|dollars?": "",  # of which country, no page says
}
_CODES = "USD|HKD|TWD|SGD|AUD|CAD|GBP|EUR|PHP|INR|RMB|CNY|CHF|KRW|MYR"
_NAMED = [(re.compile(rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])", re.IGNORECASE), code) for words, code in _SIGNS.items()]
CURRENCY = r"(?:(?:US|HK|NT|AU|CA|[SACR])?\$|[£€₱₹₩]|(?:" + _CODES + r"|Rs\.?|RM|P)(?![A-Za-z]))"
"""What stands before an amount, or in a column of its own beside it."""
_LONE = re.compile(rf"\(?{CURRENCY}\)?", re.IGNORECASE)
_BEFORE = re.compile(rf"(?<![A-Za-z]){CURRENCY} ?$")
_WITHIN = re.compile(rf"([(-] ?)({CURRENCY} ?)(?=\d)")
_RULED = re.compile(rf"{_LEADERS.pattern}|[_|一二三]+|(?<=\d)(?={CURRENCY}\d)")


def is_currency(words: str) -> bool:
    """Whether a text is the sign of a currency and no more."""
    return re.fullmatch(rf"(?:{CURRENCY})+", words) is not None


_AMOUNT = r"(?:\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)|\d(?:[\d,.'’]*\d)?)"
_THIN = re.compile("[\u2006-\u200a\u202f]")
_RAISED = "\u00b9\u00b2\u00b3\u2070-\u2079"
MARKS = rf"\((?:[A-Za-z]{{1,2}}|[{_RAISED}]{{1,2}})\)|\[[A-Za-z]{{1,2}}\]|\*{{1,3}}|[†‡§#{_RAISED}]"
"""What stands behind a figure and refers to a note; so does a short number in brackets, without a blank before it."""
SIDES = r"(?:CR|DR)(?![A-Za-z])\.?"
"""Behind an amount, on which side of an account it stands: whether that is below zero, the account says."""
_FIGURE = re.compile(
    rf"(?:{CURRENCY})*[-+(△▲]{{0,2}}(?:{CURRENCY})*{_AMOUNT}\)?%?\)?-?(?:{CURRENCY})?(?:{SIDES})?"
    rf"|(?:{CURRENCY})?\(?[-—–]+\)?",
    re.IGNORECASE,
)
_MARKED = re.compile(rf"(?<=[\d)%-])(?P<mark>\(\d{{1,2}}\)|\s*(?:{MARKS}))\s*$")
_SIDE = re.compile(rf"\s*{SIDES}", re.IGNORECASE)
_BLANKS = re.compile(r"\s+(?!\d)|(?<!\d)\s+")  # all but those between digits
_DIGITS, _THOUSAND = re.compile(r"\(?\d{1,3}"), re.compile(r"\d{3}(?!\d)")
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}\.\d{1,2}\.(?:\d\d)?\d\d|\D{0,3}0{3}")  # or £000, which is a unit

_LED = re.compile(rf"[-(]?{CURRENCY}")
_WORD = re.compile(r"[^\W\d_]{2}")
_TOGETHER = re.compile(r"[,.'’]\d{4,}[,.'’]")  # two amounts without a gap between: 14,61916,874


def is_figure_abroad(text: str) -> bool:
    """Whether a folded text is an amount, with its sign, brackets, currency and the mark of a note; no year and no date
    is, nor two."""
    words = _BLANKS.sub("", _THIN.sub(" ", _MARKED.sub("", text.strip())))
    return _FIGURE.fullmatch(words) is not None and _DATE.fullmatch(words) is None and _TOGETHER.search(words) is None


def amounts_begin(runs: Sequence[str]) -> Iterator[int]:
    """Which of the texts of a line, with blanks between them, begin an amount behind another. A sign of currency is of
    the amount behind it, unless one ends the line."""
    ends = is_currency(runs[-1]) if runs else False
    if ends and _LED.match(runs[0]):
        yield len(runs) - 1  # $46,048 $: the next column's
        ends = False
    for at in range(1, len(runs)):
        lone = not ends and is_currency(runs[at]) and at + 1 < len(runs)
        own = ends and is_currency(runs[at - 1]) and at > 1
        before, behind = runs[at - 2] if own else runs[at - 1], runs[at + 1] if lone else runs[at]
        if not before.strip("-–—") and any(_WORD.search(run) and not is_currency(run) for run in runs[at + 1 :]):
            continue  # Common stock - $0.001 par value
        both = is_figure_abroad(before) and is_figure_abroad(behind)
        if both if lone or own else _are_two(before, behind):
            yield at


def without_mark(folded: str) -> str:
    """The text of a cell, of the same length, with the mark of a note behind its figure blank: 1,234(1), 1,234*."""
    match = _MARKED.search(folded)
    if match is None or not is_figure_abroad(folded):
        return folded
    return folded[: match.start("mark")] + " " * len(match["mark"]) + folded[match.end("mark") :]


def is_sided(folded: str, end: int) -> bool:
    """Whether the side of its account stands behind an amount that ends at a place of a text."""
    return _SIDE.match(folded, end) is not None


def _are_two(before: str, behind: str) -> bool:
    """Whether two texts with a blank between are two amounts, and not the thousands of one."""
    if not (is_figure_abroad(before) and is_figure_abroad(behind)) or not (before[-1:] + behind[-1:]).strip("-"):
        return False
    return not (_DIGITS.fullmatch(before) and _THOUSAND.match(behind))


def currency_before(folded: str, start: int) -> int:
    """Where the sign of currency begins that stands right before a place in a text; that place if none does."""
    match = _BEFORE.search(folded, max(0, start - 6), start)
    return match.start() if match else start


def signs_first(folded: str) -> str:
    """A text of the same length in which a sign stands next to its number: ($91.1) as $(91.1), $ blank."""
    return re.sub(
        rf"(?<![A-Za-z]){CURRENCY}(?= ?[(-]? ?\d)",
        lambda match: " " * len(match[0]),
        _WITHIN.sub(lambda match: " " * len(match[2]) + match[1].rstrip().rjust(len(match[1])), folded),
    )


# --- units

_THOUSANDS = r"thousands?|['’]?000['’]?s?|milliers|mille|tausend|tsd\.?|duizend|miles"
_SCALES: Mapping[str, str] = {
    rf"(?<![\d,.])(?:{_THOUSANDS})(?!\d)": "thousands",
    r"millions?|millionen|mio\.?|mln\.?|mn": "millions",
    r"billions?|milliarden|mrd\.?|bn": "billions",
    r"lakhs?|lacs?": "lakhs",
    r"crores?": "crores",
    r"hundreds?": "hundreds",
}
_SCALED = [
    (re.compile(rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])", re.IGNORECASE), name) for words, name in _SCALES.items()
]
_SHORT = re.compile(rf"(?:{CURRENCY} ?(?P<behind>000|[mk]|bn)|(?P<before>[mkT]) ?{CURRENCY}|T(?=EUR))(?![A-Za-z\d])")
_GLUED = re.compile(r"(?<![A-Za-z])T(?=EUR|€)|(?<=[$£€₱₹])(?:m|k|bn)(?![A-Za-z])")
_OF_SHORT = {"m": "millions", "k": "thousands", "T": "thousands", "000": "thousands", "bn": "billions"}
_PHRASE = re.compile(
    r"(?<![A-Za-z])(?:in|expressed in|amounts?|figures|stated|rounded|nearest|en|currency|unit|omitted)(?![A-Za-z])",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"(?<![A-Za-z])(?:except|other than|unless)(?![A-Za-z])", re.IGNORECASE)
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<![A-Za-z])(?:as )?restated(?![A-Za-z])", re.IGNORECASE)
_WHOLE = re.compile(r"expressed in|nearest|amounts? in|figures in|^\W*(?:in|en) [^\d]{1,24}$", re.IGNORECASE)
_LONGEST = 110  # characters of a line that says a unit
_SCALE_BEHIND = re.compile(r" ?(thousand|million|billion|lakh|crore)s?(?![A-Za-z])")
_MONEY_BEHIND = re.compile(rf" ?(?:{CURRENCY}|[A-Za-z]+(?: sterling)?)")


def stated_abroad(words: str) -> str | None:
    """The unit of money that a caption or a head in Latin script states: "USD millions", "thousands", "GBP".

    words: folded. (In millions, except per share amounts), £000, €m, Expressed in Philippine Pesos. A currency alone
    says that amounts are in its own unit where the words say no more than it. None where nothing is stated, or two
    units are.
    """
    said = _YEARS.sub("", _EXCEPT.split(words)[0]).strip()
    if len(said if is_bracketed(words) else words) > _LONGEST:
        return None
    scales = {name for form, name in _SCALED if form.search(said)}
    short = _SHORT.search(said)
    if short:
        scales.add(_OF_SHORT[short["behind"] or short["before"] or "T"])
    named = _GLUED.sub(" ", said)
    codes = [code for form, code in _NAMED if form.search(named)]
    code = next(iter(codes), None)
    if len(scales) > 1:
        return None
    if scales and (short or code is not None or _PHRASE.search(said) or re.fullmatch(r"\W*\w+\W*", said)):
        return f"{code or ''} {scales.pop()}".strip()
    lone = _LONE.fullmatch(said) or (code is not None and _WHOLE.search(said))
    return code or None if lone and not scales else None


def is_bracketed(words: str) -> bool:
    """Whether all of a text stands in one pair of brackets."""
    return _BRACKETED.fullmatch(words.strip()) is not None


def stated_in_words(words: str) -> str | None:
    """The unit that the sentence before a table states: in brackets without a figure (in millions), or as the whole
    sentence does, if it ends with a colon and names no number."""
    said = [unit for part in _BRACKETS.findall(words) if (unit := stated_abroad(part))]
    if said:
        return said[-1]
    return stated_abroad(words) if words.rstrip().endswith(":") and not _COUNTS.search(words) else None


_COUNTS = re.compile("[1-9]")


_BRACKETED = re.compile(r"\([^()]*\)")
_BRACKETS = re.compile(r"\([^()\d]*(?:000[^()\d]*)?\)")


def combined(units: Iterable[str | None]) -> str | None:
    """What several texts say of one unit: the currency that the first names, the scale that the first says."""
    parts = [_currency_and_scale(unit) for unit in units if unit]
    code = next((code for code, _ in parts if code), "")
    scale = next((scale for _, scale in parts if scale), "")
    return f"{code} {scale}".strip() or None


def _currency_and_scale(unit: str) -> tuple[str, str]:
    code, _, scale = unit.rpartition(" ")
    return (code, scale) if scale in SCALES else (unit, "")


def of_a_share(unit: str | None) -> str:
    """The unit of amounts per share in a table of a unit: of the currency itself, whatever the scale of the others."""
    code, scale = _currency_and_scale(unit or "")
    return code if code or not scale else "units"


_PER_SHARE = re.compile(r"(?<![a-z])per (?:[a-z]+ ){0,3}(?:shares?|units?|stock|ads)(?![a-z])", re.IGNORECASE)
_HEADS_SHARES = re.compile(r"\.\d\d(?!\d)")


class Shares:
    """Tells the rows of a table, from top to bottom, whose amounts are per share: by their label, or by the heading
    above them where they are printed with cents."""

    def __init__(self) -> None:
        self._below = False

    def holds(self, label: str, figures: Sequence[str]) -> bool:
        """Whether the next row is one. label: its words; figures: the texts of its other cells that are not empty."""
        said = _PER_SHARE.search(label) is not None
        if label and not figures:
            self._below = said
            return False
        return said or (self._below and all(_HEADS_SHARES.search(text) for text in figures))


def scale_behind(folded: str, end: int) -> str | None:
    """The unit that follows a number of running text: 36.4 million."""
    match = _SCALE_BEHIND.match(folded, end)
    return f"{match[1]}s" if match else None


def unit_in_words(folded: str, start: int, end: int) -> str | None:
    """The unit of an amount of running text, start..end: "EUR millions" of EUR 36.4 million, "millions" of $36.4
    million, "GBP" of £1,250 and of 1,250 pounds, "$" of $1,250: no page says of which country a $ is."""
    scale = scale_behind(folded, end)
    signs = (folded[currency_before(folded, start) : start].strip(), _money_behind(folded, end).strip())
    codes = [code for sign in signs for form, code in _NAMED if form.fullmatch(sign)]
    said = [*codes[:1], scale] if scale else [code or "$" for code in codes[:1]]
    return " ".join(filter(None, said)) or None


def _money_behind(folded: str, end: int) -> str:
    """The word behind a number and its scale, which may be a currency."""
    scale = _SCALE_BEHIND.match(folded, end)
    behind = _MONEY_BEHIND.match(folded, scale.end() if scale else end)
    return behind[0] if behind else ""


def behind_unit(folded: str, end: int) -> int:
    """Where the unit ends that is behind a number of running text, if one is: 1.2 million pounds."""
    scale, money = _SCALE_BEHIND.match(folded, end), _money_behind(folded, end)
    named = any(form.fullmatch(money.strip()) for form, _ in _NAMED)
    return (scale.end() if scale else end) + (len(money) if named else 0)


# --- money of a family

_UNGROUPED = re.compile(r"\d{4}|[.,'’ ]\d{1,2}(?!\d)")
"""Of a number without decimals: more than three digits together, or fewer than three behind a sign."""
_CHINESE = re.compile(r"(?P<code>[^十百千万亿元A-Za-z]*)(?P<tens>[十百千万亿]*)(?P<name>[^十百千万亿A-Za-z]*)")


def measured(document: Document, money: Money | None) -> Document:
    """A document whose tokens know what they are in the unit of a family's amounts; without one, as it is."""
    if money is None:
        return document
    power = power_of(money.name, money)
    tokens = tuple(_measured(token, money, power or 0) for token in document.tokens)
    return replace(document, tokens=tokens, blocks=tuple(_with_tokens(block, tokens) for block in document.blocks))


def _with_tokens(block: Block, tokens: Sequence[Token]) -> Block:
    """A block whose numbers are of these tokens."""

    def own(numbers: Sequence[Number]) -> tuple[Number, ...]:
        return tuple(replace(number, token=tokens[number.token.index]) for number in numbers)

    def said(paragraph: Paragraph) -> Paragraph:
        return replace(paragraph, numbers=own(paragraph.numbers)) if paragraph.numbers else paragraph

    if isinstance(block, Paragraph):
        return said(block)
    cells = tuple(replace(cell, numbers=own(cell.numbers)) if cell.numbers else cell for cell in block.cells)
    note = None if block.note is None else said(block.note)
    return replace(block, cells=cells, caption=tuple(map(said, block.caption)), note=note)


_CENTS = 2
"""Decimals with which no amount in a currency's own unit was rounded either."""


def _measured(token: Token, money: Money, own: int) -> Token:
    power = power_of(token.unit or token.head or money.name, money)
    if own and power == 0 and token.table is None and token.head is None and (token.unit or "元").isascii():
        power = None  # $1,250 in the words of a report that counts in thousands: nobody says whether these are
    lost = token.origin == "ocr" and not token.decimals and _UNGROUPED.search(token.raw)  # points of a scan may be lost
    whole = money.whole and power == own and token.decimals in ((0, _CENTS) if own == 0 else (0,)) and not lost
    return replace(token, into=(money.name, None if power is None else power - own), whole=whole)


def says_its_unit(token: Token) -> bool:
    """Whether a number of running text is an amount in a unit that is understood: beside it, or the currency's own in a
    report that counts in it."""
    if token.into is None or token.into[1] is None:
        return False
    return token.unit is not None or _parts(token.into[0])[1] == 0


def power_of(unit: str, money: Money) -> int | None:
    """The power of ten that a printed unit is of the currency of some money; None for one that is not understood."""
    if unit in money.units:
        return money.units[unit]
    (own, _), (code, power) = _parts(money.name), _parts(unit)
    fits = code in ("", "$", own) or (code == "元" and not own.isascii())
    return power if fits else None


def _parts(unit: str) -> tuple[str, int | None]:
    """The currency and the power of ten of a unit: USD millions, thousands, 千元, 新台币千元, 百万美元."""
    code, _, scale = unit.rpartition(" ")
    if unit.isascii():
        return (code, SCALES[scale]) if scale in SCALES else (unit, SCALES[""])
    match = _CHINESE.fullmatch(unit)
    if match is None:
        return unit, None
    name = match["code"] or match["name"].removesuffix("元") or "元"
    return name, MONEY.get(match["tens"] + "元")
