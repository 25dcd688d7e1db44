"""In which language people are spoken to, Chinese or English, and the catalogue of what is said.

Everything is written in English where it is said, and stands in Chinese in the catalogue (locale/, the format of GNU
gettext). What is printed is translated there and then (`_`). Errors, and why a file failed, are raised and kept in
English, for a ledger is read by others than by who filled it: whoever shows such a sentence has it from `told`, which
finds the message that it was made of (docs/decisions/0016-languages.md).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_args

from recount.schemas.saying import Language, Saying

LANGUAGES: tuple[Language, ...] = get_args(Language)

VARIABLES = ("RECOUNT_LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG")
"""Who says the language: the first that says anything. The others are those of POSIX and GNU gettext."""
CATALOGUE = Path(__file__).parent.parent / "locale" / "zh" / "LC_MESSAGES" / "recount.mo"
WORD = "word"
"""The context of words that ledgers hold: a stage of the work, what was used up."""
_CONTEXT_END = "\x04"
_FEW = 6
"""So few letters of its own say little of where a sentence is from."""

_spoken: Language = "en"


def language_of(asked: str | None, environment: Mapping[str, str] = os.environ) -> Language:
    """The language that is asked for: by name, else by the environment (VARIABLES); Chinese for zh and zh_*, English
    for any other."""
    names = (asked, *(environment.get(variable) for variable in VARIABLES))
    return "zh" if next(filter(None, names), "").lower().startswith("zh") else "en"


def asked_in(arguments: Sequence[str], settled: str | None = None) -> Language:
    """The language of a command line: what follows --lang, before or behind the command; else RECOUNT_LANG, else what
    is settled, else the environment's."""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word == "--":
            break
        asked = following if word == "--lang" else word.removeprefix("--lang=") if "=" in word else ""
        if asked in LANGUAGES:
            return language_of(asked)
    return language_of(os.environ.get(VARIABLES[0]) or settled)


def spoken() -> Language:
    """The language that is spoken now: English, unless the command line was asked for another."""
    return _spoken


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speaks a language for as long as it lasts, in all threads of this process."""
    global _spoken
    before, _spoken = _spoken, language
    try:
        yield
    finally:
        _spoken = before


def _(message: str, /, **given: object) -> str:
    """A message in the language that is spoken, with what is given in its places."""
    return _messages(_spoken).get(message, message).format(**given)


def named(word: str) -> str:
    """What a word of a result or ledger is called in the language that is spoken: a status, a fate, a stage of the
    work. One that is not known stays as it is."""
    from recount.schemas import saying  # only here: every command loads this module, and few need its words

    return _messages(_spoken).get(f"{WORD}{_CONTEXT_END}{word}") or saying.named(word, _spoken)


def told(said: str | Saying, language: Language | None = None) -> str:
    """What a result says; or a sentence that was raised or kept in English: an error, why a file failed. What that
    quotes is told as well, if it is a sentence; what nobody has translated stays as it is. language: None for the one
    that is spoken."""
    language = language or _spoken
    if not isinstance(said, str):
        return said.told(language)
    if language == "en":
        return said
    return _told(said) or _in_parts(said, "; ", "；") or _told(said, weak=True) or _in_parts(said, ": ", "：") or said


def _in_parts(sentence: str, joint: str, chinese: str) -> str | None:
    """A sentence in Chinese that is made of several; None if none of them is known."""
    parts = sentence.split(joint)
    said = [told(part, "zh") if len(parts) > 1 else part for part in parts]
    return chinese.join(said) if said != parts else None


def _told(sentence: str, *, weak: bool = False) -> str | None:
    """A sentence in Chinese; None if it is made of no message. weak: of those that say little themselves."""
    if " " not in sentence:  # a name, a number: no sentence, whatever it is called
        return None
    known = _messages("zh").get(sentence)
    if known is not None:
        return known
    templates = [template for template in _templates() if weak is (template.letters < _FEW)]
    tries = ((template, about) for about in (False, True) for template in templates)
    return next((said for template, about in tries if (said := template.told(sentence, about)) is not None), None)


_OF_SOMETHING = re.compile(r"(is|has|holds|needs|lies|cannot|changed|was|would) ")
"""How a reason begins before which something may stand that it is said of: "a.zip is damaged"."""


class _Template(NamedTuple):
    """A message with gaps. parts: what stands before, between and behind them. letters: how much it says itself."""

    letters: int
    parts: tuple[str, ...]
    chinese: str

    def told(self, sentence: str, about: bool) -> str | None:
        """A sentence that is this message, with anything in the gaps; None if it is none. about: with something before
        it."""
        if not all(part in sentence for part in self.parts) or (about and not _OF_SOMETHING.match(self.parts[0])):
            return None
        pattern = ("((?:(?!; ).)+) " if about else "()") + "(.*?)".join(map(re.escape, self.parts))
        found = re.fullmatch(pattern, sentence, re.DOTALL)
        if found is None:
            return None
        before, *quoted = found.groups(default="")
        said = [told(words, "zh") for words in quoted]
        if self.letters < _FEW and said == quoted and not all(words.isdecimal() for words in quoted):
            return None
        filled = self.chinese.format(*said)
        return f"{before} {filled}" if before else filled


@cache
def _templates() -> list[_Template]:
    """The messages of sentences: their gaps are numbered, if they have any, and they are found again by what stands
    between these. Those first that say most themselves."""
    found = []
    for english, chinese in _messages("zh").items():
        if "{0}" in english or ("{" not in english and " " in english):
            parts = tuple(re.split(r"{\d+}", english))
            found.append(_Template(sum(sign.isalpha() for part in parts for sign in part), parts, chinese))
    return sorted(found, reverse=True)


@cache
def _messages(language: Language) -> Mapping[str, str]:
    """The catalogue of a language; English has none. gettext's own reader would tell single messages, but not all."""
    if language == "en":
        return {}
    import struct

    content = CATALOGUE.read_bytes()
    _magic, _version, number, english, chinese = struct.unpack_from("<5I", content)

    def text(at: int) -> str:
        length, place = struct.unpack_from("<2I", content, at)
        return content[place : place + length].decode()

    return {text(english + 8 * at): text(chinese + 8 * at) for at in range(number)}
