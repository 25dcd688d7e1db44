"""Every error that Recount raises on purpose.

RecountError
├── UsageError            bad input or configuration: a path, an option, an output folder
│   └── OutputBusy        another run is writing to this output folder
└── DocumentError         a file that cannot be structured; recorded as its reason, the others go on
    ├── NotAPdf           no PDF at all, or too damaged to open
    ├── Encrypted         needs a password
    ├── NoPages           a PDF without pages
    ├── NeedsOcr          no page has a usable text layer
    └── NotAReport        no part of any known report family was found in it

The message of each is one clear sentence for the person who ran the command.
"""

from __future__ import annotations


class RecountError(Exception):
    """Base of all errors that Recount raises on purpose."""


class UsageError(RecountError):
    """Bad input or configuration."""


class OutputBusy(UsageError):
    """Another run is writing to this output folder."""


class DocumentError(RecountError):
    """A file that cannot be structured."""


class NotAPdf(DocumentError):
    """No PDF at all, or too damaged to open."""


class Encrypted(DocumentError):
    """Needs a password."""


class NoPages(DocumentError):
    """A PDF without pages."""


class NeedsOcr(DocumentError):
    """No page has a usable text layer."""


class NotAReport(DocumentError):
    """No part of any known report family was found."""
