"""The lines that carry the promise, each with what would break it and the tests that must notice (broken_lines.py)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarryingLine:
    """A line that carries the promise.

    file: below the root. sound, broken: what stands there once, and what is put in its place. promise: what it holds.
    tests: where a test must notice, below tests/.
    """

    file: str
    sound: str
    broken: str
    promise: str
    tests: tuple[str, ...]


_VERIFY = ("pipeline/verify",)
_SCHEMAS = ("schemas", "pipeline/verify")
_MODEL = ("pipeline/model",)

OF_THE_PROOF: tuple[CarryingLine, ...] = (
    # --- verify
    CarryingLine(
        "pipeline/verify/verify.py",
        "covered(rivals, _sound(confirming, disputed))",
        "covered(rivals, confirming)",
        "an identity that holds with a disputed figure confirms nothing",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/verify.py",
        "vague.figures.union(unsure, touched",
        "vague.figures.union(touched",
        "a figure that nothing speaks for is confirmed by no identity",
        ("pipeline/verify", "pipeline/model"),
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "figure.pointer in self.places.misplaced or figure.pointer in self.doubtful",
        "figure.pointer in self.doubtful",
        "a figure out of printed order is not covered",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "figure.pointer in self.places.misplaced or figure.pointer in self.doubtful",
        "figure.pointer in self.places.misplaced",
        "a figure in doubt is not covered",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "if scanned and not figure.value and not twice:",
        "if False:",
        "a nothing that OCR read once is not covered",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        '_HALF = Decimal("0.5")',
        '_HALF = Decimal("9")',
        "a figure that OCR read once is held to its last digit",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        '_READ_TWICE = Decimal("2.5")',
        '_READ_TWICE = Decimal("25")',
        "a figure that OCR read twice is held to its last digit, nearly",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "_NEAR = Decimal(10)",
        "_NEAR = Decimal(100000)",
        "another number of the page is told apart from the figure",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "numbers |= {(-value, half) for value, half in numbers if value}",
        "pass",
        "a number with the wrong sign is another number",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "if not any(map(_tight(figure), held)):",
        "if False:",
        "one identity leaves a figure no more than its last digit, or half a percent",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "return alone or int(not left)",
        "return 1",
        "a figure is covered only if no other number of its place would do",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/ground.py",
        "return token.decimals == 0 and (token.unit is None or _NOT_COUNTED.match(token.unit) is None)",
        "return True",
        "a count has no decimals and is no amount",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/ground.py",
        "return unit_of(token, kind) in _UNITS[kind]",
        "return True",
        "a token's unit fits its field",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/ground.py",
        'return MONEY.get(unit_of(token, kind) or "", _WAN) - _WAN',
        "return 0",
        "元 and 亿元 come to 万元",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/doubt.py",
        "if len(contradictions) > sum(1 for _ in anchors) or table not in told_by_units:",
        "if False:",
        "a table in another unit than the rest confirms nothing",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/doubt.py",
        " or table not in told_by_units:",
        ":",
        "tables that agree only with one another confirm no unit",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/doubt.py",
        "        found |= _contradicted(scaled, figures, tokens)\n",
        "",
        "what a table contradicts by a power of ten is not verified either",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/verify.py",
        "touched, loose, lacking",
        "touched, lacking",
        "amounts of no known unit are not covered",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/verify.py",
        " or (many and of_two_prints(e))",
        "",
        "where many identities fail two equal prints confirm nothing",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/precision.py",
        "if odd else list(evaluations)",
        "if False else list(evaluations)",
        "what confirms is held to the decimals of the column",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/precision.py",
        "if token.unit is None or token.head is not None:",
        "if True:",
        "a section that lost all its points does not confirm itself",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "if figure.pointer in self.odd:",
        "if False:",
        "a figure with other decimals than its column is held to the finer of the two",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/cover.py",
        "abs(low + high) <= quantum and max(",
        "max(",
        "a 0 printed short is just what the others come to",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/doubt.py",
        "not stands_out(ranked)",
        "False",
        "a list that may have lost a row confirms nothing",
        ("pipeline/verify", "eval/test_verifier.py"),
    ),
    CarryingLine(
        "pipeline/verify/blame.py",
        "if cover.get(operand.pointer, 0) == fewest}",
        "if not cover.get(operand.pointer, 0)}",
        "where two halves contradict each other, both are disputed",
        _VERIFY,
    ),
    # --- repair
    CarryingLine(
        "pipeline/verify/repair.py",
        "if contradicted.isdisjoint(change)",
        "if True",
        "two readings that contradict each other are never taken",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/repair.py",
        "if len(found) != 1:\n            return None\n        [change] = found",
        "if not found:\n            return None\n        return found[0]",
        "of two readings that settle an identity none is taken",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/repair.py",
        "return change if alike and not",
        "return change if not",
        "a reading is taken only if no other identity would take another",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/repair.py",
        " and not self._has_rival(failing, change) else None",
        " else None",
        "a reading is left where a figure that was read less surely would settle it with one digit otherwise",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/ocr/reread.py",
        "(alike or reading.support * _SLIP >= best.support)",
        "True",
        "a slip of one preparation of the image is no reading",
        ("pipeline/ocr/test_reread.py",),
    ),
    CarryingLine(
        "pipeline/verify/repair.py",
        "return len(change) <= 2 or",
        "return True or",
        "many readings at once are taken only of one number",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/repair.py",
        "return Status.REPAIRED if status in wanted else Status.DISPUTED",
        "return Status.REPAIRED",
        "what still breaks an identity is not called repaired",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/repair.py",
        "{Status.VERIFIED} if odd else",
        "{Status.VERIFIED, Status.GROUNDED} if odd else",
        "a reading with other decimals than its column is taken only if it is confirmed to them",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/repair.py",
        "decimals = self.columns.get(figure.pointer, other.decimals)",
        "decimals = other.decimals",
        "a 0 is never read for a 0.49",
        _VERIFY,
    ),
    CarryingLine(
        "pipeline/verify/repair.py",
        "elif figure.token in doubts and status is Status.GROUNDED:",
        "elif False:",
        "a figure that its second reading contradicts is disputed",
        _VERIFY,
    ),
    # --- arithmetic
    CarryingLine(
        "schemas/arithmetic.py",
        "if any(operand.token == stated.token for operand in computed.operands):",
        "if False:",
        "a number does not confirm itself",
        _SCHEMAS,
    ),
    CarryingLine(
        "schemas/arithmetic.py",
        "if len(set(tokens)) < len(tokens):",
        "if False:",
        "of two operands that are one printed number neither is held",
        _SCHEMAS,
    ),
    CarryingLine(
        "schemas/arithmetic.py",
        "if passed and not identity.at_most else ()",
        "if passed else ()",
        "a bound confirms no figure",
        _SCHEMAS,
    ),
    CarryingLine(
        "schemas/arithmetic.py",
        "if interval[1] == INFINITE:",
        "if False:",
        "a rate of a base that may be 0 confirms nothing",
        _SCHEMAS,
    ),
    CarryingLine(
        "schemas/arithmetic.py",
        "or sum(percent.value for percent in identity.shares) != HUNDRED",
        "",
        "only shares that add to 100 are levelled",
        _SCHEMAS,
    ),
    CarryingLine(
        "schemas/terms.py",
        "return operand.value - operand.half, operand.value + operand.half",
        "return operand.value - 100 * operand.half, operand.value + 100 * operand.half",
        "the tolerance comes from the printed decimals",
        _SCHEMAS,
    ),
    CarryingLine(
        "schemas/terms.py",
        "return Sum(left.terms, left.constant, missing=True)",
        "return left",
        "a null is no zero",
        _SCHEMAS,
    ),
    # --- tokens
    CarryingLine(
        "pipeline/split/tokens.py",
        "if _BEHIND.match(text, end) or (is_close(end - 1) and _CLOSE_BEHIND.match(text, end)):",
        "if False:",
        "what stands before an unreadable character, a letter or an odd sign is no number",
        ("pipeline/split",),
    ),
    CarryingLine(
        "pipeline/split/tokens.py",
        r"(?>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]++)",
        r"(?>[0-9]++)",
        "groups of three are one number",
        ("pipeline/split",),
    ),
    CarryingLine(
        "pipeline/split/tokens.py",
        'return (match["own"] or match["abroad"]).translate(_AS_USUAL)',
        "return None",
        "the unit in the head of a table counts (a factor of 10,000)",
        ("pipeline/split",),
    ),
    CarryingLine(
        "pipeline/read/pdf.py",
        "if undecoded or lost or _UNPARSED.search(harmful):",
        "if False:",
        "a page that can be read in part only is not read",
        ("pipeline/read", "pipeline/test_structure.py"),
    ),
    # --- mapping
    CarryingLine(
        "pipeline/map/final_accounts/statements.py",
        "and not_before.isdisjoint(before[-JUST_BEFORE:])",
        "",
        "a statement is known by its whole title",
        ("pipeline/map",),
    ),
    CarryingLine(
        "pipeline/model/answer/evidence.py",
        "return Evidence.SILENT if Evidence.SILENT in found else Evidence.FOR",
        "return Evidence.FOR",
        "where the words are silent a model's figure is not confirmed",
        _MODEL,
    ),
    CarryingLine(
        "pipeline/model/answer/resolve.py",
        "down = falls(mark.place) is True and mark.token.value > 0",
        "down = False",
        "the direction comes from the words",
        _MODEL,
    ),
    CarryingLine(
        "pipeline/model/answer/resolve.py",
        "return None if reason in INVENTED else Lost(trail)",
        "return Lost(trail)",
        "a figure that is not on the page earns its field no other",
        _MODEL,
    ),
    CarryingLine(
        "pipeline/map/grammar/grammar.py",
        "if stated != self.passage.token(at).value:",
        "if False:",
        "another number is no repetition of the first",
        ("pipeline/map",),
    ),
    # --- identities of tables and sections
    CarryingLine(
        "schemas/department_budget/report.py",
        'yield from items_against_rows("四", said.items, "各预算支出表", _once(rows))',
        "yield from ()",
        "a budget's items are held against the rows of its tables",
        ("schemas",),
    ),
    CarryingLine(
        "schemas/department_budget/report.py",
        "yield from items_against_rows(numeral, said.items, name, table.rows)",
        "yield from ()",
        "the items of each budget are held against the rows of its table",
        ("schemas",),
    ),
    CarryingLine(
        "schemas/department_budget/report.py",
        "yield from _sections_agree(self)",
        "yield from ()",
        "the sections of a budget are held against each other",
        ("schemas",),
    ),
    CarryingLine(
        "schemas/department_budget/statements.py",
        "yield from _between(self)",
        "yield from ()",
        "the tables of a budget are held against each other",
        ("schemas",),
    ),
    CarryingLine(
        "schemas/final_accounts/statements.py",
        "yield from _between(self)",
        "yield from ()",
        "the nine statements are held against each other",
        ("schemas",),
    ),
    CarryingLine(
        "schemas/common/codes.py",
        "code in twice or code in unsure",
        "code in unsure",
        "a code that is listed twice is summed up with nothing",
        ("schemas",),
    ),
    # --- what is written
    CarryingLine(
        "pipeline/run/worker.py",
        "        store.remove(job.name)\n",
        "",
        "a report that failed has no result",
        ("pipeline/run",),
    ),
    CarryingLine(
        "pipeline/run/pool.py",
        "isinstance(answer, Died) and answer.again and assignment.tries_left > 1",
        "isinstance(answer, Died) and answer.again and assignment.tries_left > 9",
        "a report whose worker died is given to another one",
        ("pipeline/run",),
    ),
    CarryingLine(
        "pipeline/archive/strangers.py",
        'if below.is_absolute() or ".." in below.parts or not below.name:',
        "if not below.name:",
        "no name leads out of the output folder",
        ("pipeline/run", "pipeline/review"),
    ),
)
