"""What the contract says of what is said: the table of codes, and the kinds of remarks.

python -m recount.tests.sayings

writes the table anew into docs/contract/result.md.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from recount.schemas.saying import SAYINGS

CONTRACT = Path(__file__).resolve().parent.parent / "docs" / "contract" / "result.md"
BEGIN, END = "<!-- sayings -->\n", "<!-- end of sayings -->\n"


def listed() -> str:
    """The table: a line a code, with its parameters and its words."""
    lines = ["| `code` | parameters | English | Chinese |", "|---|---|---|---|"]
    for code, words in SAYINGS.items():
        names = dict.fromkeys(name for _, name, _, _ in Formatter().parse(words[0]) if name)
        english, chinese = (re.sub(r"{(\w+)[^}]*}", r"〈\1〉", told) for told in words)
        lines.append(f"| `{code}` | {', '.join(f'`{name}`' for name in names)} | {english} | {chinese} |")
    return "\n".join(lines) + "\n"


def kinds_of_remarks() -> list[str]:
    """The kinds of remarks that the contract names."""
    _, _, behind = CONTRACT.read_text(encoding="utf-8").partition("`summary.remarks` has")
    table = behind.partition("|---|---|---|\n")[2].partition("\n\n")[0]
    return [kind for row in table.splitlines() for kind in re.findall("`([^`]+)`", row.split("|")[1])]


if __name__ == "__main__":
    text = CONTRACT.read_text(encoding="utf-8")
    above, _, rest = text.partition(BEGIN)
    CONTRACT.write_text(f"{above}{BEGIN}{listed()}{END}{rest.partition(END)[2]}", encoding="utf-8")
