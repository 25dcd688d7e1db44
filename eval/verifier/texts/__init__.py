"""Faults made in texts: cells lost, rows torn, lines joined, in reports that are a mess already.

    from recount.eval.verifier.texts import prove_texts
    prove_texts(Path("out"), each=2, seed=0)

`faults` change the lines of a text; `campaign` structures them all as an archive. A figure that is verified and not
what the report says is a silent error, whatever made it so; only where two cells were exchanged, the text says so.
"""

from recount.eval.verifier.texts.campaign import prove_texts

__all__ = ["prove_texts"]
