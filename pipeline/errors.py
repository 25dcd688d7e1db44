"""Every error that Recount raises on purpose.

RecountError
├── UsageError            bad input or configuration: a path, an option, an output folder
│   └── OutputBusy        another run is writing to this output folder
├── ModelError            a question that a model did not answer; carries what was used up on it
│   ├── Truncated         the answer, or the question, was too long: a smaller section may do
│   ├── NotToSchema       the model answered, but never to the schema
│   ├── BudgetSpent       nothing more is asked; the work goes on without a model
│   ├── Unreachable       no answer came within the attempts and the deadline
│   ├── ModelRefused      this question was turned down; asking it again would not help
│   ├── ModelMisconfigured  every question would be turned down: a key, a model or an address is wrong
│   └── Offline           --offline forbids to ask
├── NoCompletion          a response without an answer; the transport tells what it comes to, as a ModelError
├── StaleDecision         what a person decided does not fit what was read; told with its reason, and kept
├── ZipProblem            a zip archive that cannot be used; told with its reason, the other reports go on
└── DocumentError         a file that cannot be structured; recorded as its reason, the others go on
    ├── SourceUnreachable nothing is known of what it holds now: an earlier result of it stands
    ├── TooLarge          asks for more than a report needs, and is not read
    ├── NotAPdf           no PDF at all, or too damaged to open
    ├── NotAText          a file of text that is empty, or holds no text
    ├── Encrypted         needs a password
    ├── NoPages           a PDF without pages
    ├── NeedsOcr          no page has a usable text layer
    ├── NotAReport        no part of any known report family was found in it
    ├── TwoFamilies       shows the signs of two families: which it is of is not guessed
    └── SeveralReports    holds several reports, where one was asked for

The message of each is one clear sentence for the person who ran the command.
"""

from __future__ import annotations

import errno
import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recount.pipeline.usage import Usage
    from recount.schemas.saying import Saying


class RecountError(Exception):
    """Base of all errors that Recount raises on purpose."""


class UsageError(RecountError):
    """Bad input or configuration."""


class OutputBusy(UsageError):
    """Another run is writing to this output folder."""


class ModelError(RecountError):
    """A question that a model did not answer. usage: what was used up on it, None if it was never sent."""

    def __init__(self, message: str, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage


class NoCompletion(RecountError):
    """A response with HTTP 200 that holds no answer. body: its JSON, or its text. status_code: what its error says."""

    def __init__(self, body: Any) -> None:
        super().__init__(f"a response without an answer: {body}")
        self.body = body
        error = body.get("error") if isinstance(body, Mapping) else None
        code = error.get("code") if isinstance(error, Mapping) else None
        self.status_code = code if isinstance(code, int) and 400 <= code < 600 else None


class Truncated(ModelError):
    """The answer broke off at the limit, or the question did not fit: a smaller section may do."""


class NotToSchema(ModelError):
    """No answer kept to the schema. failure: what was wrong with the last one."""

    def __init__(self, message: str, usage: Usage | None = None, failure: str = "") -> None:
        super().__init__(message, usage)
        self.failure = failure


class BudgetSpent(ModelError):
    """The rest of the budget is less than the question may take: it is not asked."""


class Unreachable(ModelError):
    """No answer came within the attempts and the deadline. status: the last HTTP status, None if there was none."""

    def __init__(self, message: str, usage: Usage | None = None, status: int | None = None) -> None:
        super().__init__(message, usage)
        self.status = status


class ModelRefused(ModelError):
    """This question was turned down; asking it again would not help."""


class ModelMisconfigured(ModelError):
    """Every question would be turned down: the key, the model's name or the address is wrong."""


class Offline(ModelError):
    """Nothing may be sent, and no answer is kept."""


class StaleDecision(RecountError):
    """A decision that does not fit what was read, and why."""

    def __init__(self, why: Saying) -> None:
        super().__init__(str(why))
        self.why = why


class ZipProblem(RecountError):
    """A zip archive that cannot be used; the message says why."""


class DocumentError(RecountError):
    """A file that cannot be structured."""


class SourceUnreachable(DocumentError):
    """Its content could not be read: a disk is away, a permission is missing, it is empty just now."""


class TooLarge(DocumentError):
    """A file that asks for more than a report needs."""


class NotAPdf(DocumentError):
    """No PDF at all, or too damaged to open."""


class NotAText(DocumentError):
    """A file of text that is empty, or holds no text."""


class Encrypted(DocumentError):
    """Needs a password."""


class NoPages(DocumentError):
    """A PDF without pages."""


class NeedsOcr(DocumentError):
    """No page has a usable text layer."""


class NotAReport(DocumentError):
    """No part of any known report family was found."""


class TwoFamilies(DocumentError):
    """Shows the signs of two families."""


class SeveralReports(DocumentError):
    """Holds several reports, where one was asked for."""


_NAMED_WRONGLY = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.ENAMETOOLONG}
"""What a system says of a path that the user had better not have given; the rest is the machine's."""


def of_the_machine(error: RecountError) -> bool:
    """Whether the machine does not allow what was asked for: the same may work tomorrow, for nothing was named wrongly.

    A library, a disk, a network or a permission is missing.
    """
    import sqlite3  # only here: every command loads this module, and few end in an error

    cause = error.__cause__
    if isinstance(cause, OSError):
        return cause.errno not in _NAMED_WRONGLY
    return isinstance(error, Unreachable) or isinstance(cause, (ModuleNotFoundError, sqlite3.OperationalError))


def needed(module: str, purpose: str, extra: str) -> ModuleType:
    """A library that only some runs use. Raises UsageError, with the extra that has it, if it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        hint = f"pip install 'recount-reports[{extra}]'"
        raise UsageError(f"{purpose} needs the extra {extra}, which is not installed: {hint}") from error
