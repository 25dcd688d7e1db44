"""The mapper of families whose fields are labelled: it needs no code of the family's own.

A field says by what words it is known (schemas/figures.py); the grammar of the disclosure sentence and the readers of
tables do the rest. What a label does not make certain is left open.
"""
