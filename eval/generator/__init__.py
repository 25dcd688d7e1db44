"""Makes reports of the known forms whose every figure is known: a PDF and its gold, from a form and a seed.

    from recount.eval.generator import Form, Options, generate
    case = generate(Form.X2022, seed=7, options=Options(slips=0.3))
    case.gold, case.pdf, case.discrepancies, case.tags

Independent of the pipeline by intent: nothing of `recount.pipeline` or `recount.schemas` is imported.
"""

from recount.eval.generator.case import Case, Discrepancy, Form, Options
from recount.eval.generator.files import write_case
from recount.eval.generator.generate import draft, generate

__all__ = ["Case", "Discrepancy", "Form", "Options", "draft", "generate", "write_case"]
