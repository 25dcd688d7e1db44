"""An identity with another number in the place of one of its figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from recount.schemas.arithmetic import Evaluation, Identity, Product, Rate, Sum, Term, evaluate
from recount.schemas.figures import Figure


def moved(identity: Identity, operand: Figure, by: Decimal) -> Evaluation:
    """The evaluation with another number in the place that a figure was read from."""

    others: dict[int, Figure] = {}

    def swap(figure: Figure | None) -> Figure | None:
        """The same figure is the same also after the move: terms compare figures by identity."""
        if figure is None or figure.token != operand.token:
            return figure
        return others.setdefault(id(figure), replace(figure, value=figure.value + by))

    def swap_sum(linear: Sum) -> Sum:
        return replace(linear, terms=tuple((sign, swap(figure) or figure) for sign, figure in linear.terms))

    def swap_term(term: Term) -> Term:
        if isinstance(term, Sum):
            return swap_sum(term)
        if isinstance(term, Rate):
            return Rate(swap_sum(term.part), swap_sum(term.whole))
        if isinstance(term, Product):
            return Product(swap(term.weight), swap(term.rate), per=term.per)
        return term

    alternatives = tuple(replace(each, computed=swap_term(each.computed)) for each in identity.alternatives)
    computed = swap_term(identity.computed)
    return evaluate(replace(identity, printed=swap(identity.printed), computed=computed, alternatives=alternatives))
