"""Text of others on a terminal: shown as it is, but without power over the terminal."""

import re

# Control characters (escape sequences begin with one) and what turns the direction of writing.
POWER = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """Return the text with every such character made visible; line ends stay."""
    return POWER.sub("�", text)
