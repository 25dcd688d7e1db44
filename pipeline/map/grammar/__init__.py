"""The grammar of the disclosure sentence."""
