"""The catalogue: every message is translated, with the same gaps, and what is installed is what was translated."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from recount.pipeline.language import CATALOGUE, told
from recount.tests.messages import compiled, messages, read, said_in, tree_of

CATALOGUED = read()


def gaps(message: str) -> set[tuple[str, str]]:
    """The gaps of a message, each with the form of what stands there."""
    return {(name, form or "") for _literal, name, form, _conversion in Formatter().parse(message) if name is not None}


def test_every_message_is_translated() -> None:
    """Else: `python -m recount.tests.messages`, and the Chinese beside what is new in the .po file."""
    known = {(message.context, message.id): message.string for message in CATALOGUED if message.id}
    said = messages()
    assert not [message for message in said if not known.get(message)]
    assert not known.keys() - said.keys(), "what nobody says any more"


def test_what_is_installed_is_what_was_translated() -> None:
    assert CATALOGUE.read_bytes() == compiled(CATALOGUED)


def test_translations_have_the_gaps_of_their_messages() -> None:
    pairs = [(str(message.id), str(message.string)) for message in CATALOGUED if message.id]
    assert not [english for english, chinese in pairs if gaps(chinese) != gaps(english)]
    assert not [chinese for _english, chinese in pairs if re.search("[,;:!?]$", chinese)], "Chinese has its own marks"


def test_every_sentence_is_found_again_by_its_message() -> None:
    """With anything in its gaps; of two messages with the same letters the other one would be found."""
    numbered = [(str(message.id), str(message.string)) for message in CATALOGUED if "{0}" in str(message.id)]
    filled = {english.format(*"12345678"): (english, chinese.format(*"12345678")) for english, chinese in numbered}
    assert not [english for said, (english, chinese) in filled.items() if told(said, "zh") != chinese]


def test_a_sentence_is_a_message_without_being_marked() -> None:
    found = said_in(
        tree_of(
            '''
def look(path):
    """A docstring is none."""
    table = "SELECT name FROM files WHERE size = ?"
    if path.unknown:
        raise UsageError(f"{path} is no folder of mine" if path else "which folder is meant")
    print(_("looked at {number:,} folders", number=3), "a_key", "bold red")
    return f"done; {path.reason}", typer.Option("--deep", metavar="N", help="How deep.")
'''
        )
    )
    assert set(found) == {
        "{0} is no folder of mine",
        "which folder is meant",
        "looked at {number:,} folders",
        "N",
        "How deep.",
    }


def test_the_catalogue_is_in_the_package() -> None:
    project = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert '"locale"' in project
