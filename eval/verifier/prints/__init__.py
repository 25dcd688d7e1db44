"""Faults made in the PDFs themselves: what a reader of the page sees is not what the file says in characters.

    from recount.eval.verifier.prints import counts, prove, render
    print(render(prove(Path("out"), each=2, seed=0)))

`base` takes short generated reports; `sheets` are their pages as what is painted on them; `ink`, `fonts`, `characters`
and `papers` change a `draft` of them; `makers` are the programs that set it; `campaign` structures them all as an
archive, and `judge` holds every verified figure against what the pages print now, which is known, for it was made so.
"""

from recount.eval.verifier.prints.campaign import Proof, prove
from recount.eval.verifier.prints.tables import counts, render

__all__ = ["Proof", "counts", "prove", "render"]
