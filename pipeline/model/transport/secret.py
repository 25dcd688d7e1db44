"""The key of an endpoint: looked up where it is sent, never kept, logged or shown."""

from __future__ import annotations

import os

VARIABLES = ("RECOUNT_API_KEY", "OPENAI_API_KEY")
"""Where a key is looked for first."""

KEYRING = "recount"
"""The service of the system's keyring where a key is looked for next; the user name is the endpoint's address."""

NO_KEY = "none"
"""What is sent to an endpoint that needs no key."""


def api_key(endpoint: str) -> str | None:
    """The key for an endpoint; None if the user has given none."""
    for variable in VARIABLES:
        if key := os.environ.get(variable, "").strip():
            return key
    return _from_keyring(endpoint)


def provider_key(provider: str) -> str | None:
    """The key for one of instructor's providers; None leaves it to the provider's own variable."""
    return os.environ.get(VARIABLES[0], "").strip() or _from_keyring(provider)


def without(secret: str | None, text: str) -> str:
    """A text without a key that an endpoint may have quoted in it."""
    return text if not secret or secret == NO_KEY else text.replace(secret, "***")


def _from_keyring(endpoint: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(KEYRING, endpoint) or keyring.get_password(KEYRING, "")
    except KeyringError:
        return None
