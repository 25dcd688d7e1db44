"""Identities with other figures in the place of some: what would they say, had another number been read?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from recount.schemas.arithmetic import Alternative, Identity
from recount.schemas.figures import Figure
from recount.schemas.terms import Product, Rate, Sum, Term

Swap = Callable[[Figure], Figure]


def substituted(identity: Identity, swap: Swap) -> Identity:
    """The identity with swap(figure) in the place of every figure."""
    return replace(
        identity,
        printed=swap(identity.printed) if identity.printed is not None else None,
        computed=_term(identity.computed, swap),
        alternatives=tuple(
            Alternative(each.explanation, _term(each.computed, swap), each.minor) for each in identity.alternatives
        ),
        shares=tuple(swap(each) for each in identity.shares),
    )


def _term(term: Term, swap: Swap) -> Term:
    if isinstance(term, Sum):
        return _sum(term, swap)
    if isinstance(term, Rate):
        return Rate(_sum(term.part, swap), _sum(term.whole, swap))
    if isinstance(term, Product):
        weight, rate = (swap(each) if each is not None else None for each in (term.weight, term.rate))
        return Product(weight, rate, term.rounded)
    raise TypeError(f"no rule for terms of type {type(term).__name__}")


def _sum(linear: Sum, swap: Swap) -> Sum:
    return replace(linear, terms=tuple((sign, swap(operand)) for sign, operand in linear.terms))
