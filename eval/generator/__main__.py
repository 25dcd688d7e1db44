"""`python -m recount.eval.generator --form x2022 --count 10 --seed 1 --out DIR`: write cases to folders."""

from __future__ import annotations

import argparse
from pathlib import Path

from recount.eval.generator.case import Form, Options
from recount.eval.generator.files import write_case
from recount.eval.generator.forms.regional import Region, regions
from recount.eval.generator.generate import generate
from recount.eval.generator.typeset.style import STYLES


def main() -> None:
    """Parse the command line and write the cases."""
    parser = argparse.ArgumentParser(prog="recount.eval.generator", description="Make reports with known figures.")
    forms: dict[str, Form | Region] = {form.value: form for form in Form}
    forms |= regions()
    parser.add_argument("--form", choices=forms, required=True)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first case; the next one has seed + 1")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--slips", type=float, default=0.0, help="0 (clean) to 1 (many)")
    parser.add_argument("--plant", type=int, default=0, help="discrepancies to plant")
    parser.add_argument("--projects", type=int, help="performance tables")
    parser.add_argument("--style", choices=sorted(STYLES))
    args = parser.parse_args()
    options = Options(slips=args.slips, plant=args.plant, projects=args.projects, style=args.style)
    for seed in range(args.seed, args.seed + args.count):
        print(write_case(generate(forms[args.form], seed, options=options), args.out))


if __name__ == "__main__":
    main()
