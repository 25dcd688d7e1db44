"""The label of a figure of running text that has no key: the words that say what it is."""

from __future__ import annotations

import re

from recount.pipeline.template.passage import Passage, clean

_SHORT = 8  # characters: shorter words need those before them to say what they are of
_OPEN = re.compile(r"\((?![^()]*\))")  # a bracket that is still open
_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
_OPENING = re.compile(r"^(?:其中|在(?=.*中)|(?:\d{4}年度?)?(?:本|我)(?:部门|单位|级)?)+")
_YEAR = re.compile(r"\d{4}年度?")
_RELATIVE = re.compile(r"占|完成|比|较|同比|增|减|下降|上升")
_COPULA = re.compile(r"(?:分别)?为$")


def label_before(passage: Passage, at: int) -> str:
    """The words that a number of a passage belongs to. at: its index in the passage's shape.

    They are the clause before it. If that is short (完成预算的), the earlier clauses of it that have no number of their
    own come before it; and if these are none, the nearest label of the sentence that is long enough, or (before words
    such as 占) its first.
    """
    start = _start_of_sentence(passage.shape, at)
    before = [other for other in range(start, at) if other in passage.numbers]
    own = _said(passage, start, at, before[-1] if before else None)
    if len(own) >= _SHORT or not before:
        return own
    pairs = reversed(list(zip([None, *before], before, strict=False)))
    said = (_said(passage, start, other, above) for above, other in pairs)
    first = _said(passage, start, before[0], None) if _RELATIVE.match(own) else ""
    above = next((each for each in said if len(each) >= _SHORT), first)
    return _YEAR.sub("", above) + own


def _start_of_sentence(shape: str, at: int) -> int:
    """Where the sentence of an index begins; a bracket that is still open begins one."""
    start = max(shape.rfind(sign, 0, at) for sign in "。;:\n") + 1
    return max((match.end() for match in _OPEN.finditer(shape, start, at)), default=start)


def _said(passage: Passage, start: int, at: int, above: int | None) -> str:
    """The words between a number and the one above it in its sentence."""
    if above is not None:
        start = above + 1 + len(passage.token(above).unit or "")
    clauses = [clean(each) for each in re.split("[，,]", _ASIDE.sub("", passage.text(start, at)))]
    whole = "".join(_OPENING.sub("", each) for each in clauses)
    label = clauses[-1] if len(clauses[-1]) >= _SHORT else whole
    return _COPULA.sub("", _OPENING.sub("", label))
