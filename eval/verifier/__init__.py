"""The verifier tested like a safety device: faults put into reports that are right, one at a time, and counted.

    from recount.eval.verifier import campaign, render
    print(render(campaign([Path("report.pdf")], each=50, seed=0)))

`base` structures a report once; `misread` and `mismapped` make the faults; `judge` runs the verifier on each and says
what came of it; `campaign` does that for many reports on several processes; `tables` shows what was counted.
`prints` makes faults in the PDFs themselves.
"""

from recount.eval.verifier.campaign import Campaign, campaign
from recount.eval.verifier.tables import render

__all__ = ["Campaign", "campaign", "render"]
