"""The same report as text: what programs make of a document when they take its words out of it.

`written` gives it in one of the `KINDS`: clean as Markdown or a web page, or in one of three kinds of mess.
"""

from recount.eval.generator.texts.written import KINDS, Written, written

__all__ = ["KINDS", "Written", "written"]
