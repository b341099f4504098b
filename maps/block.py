"""Data inside a page, from which a script of the page makes text and never markup."""

import json

from maps.contents import Json


def data_block(data: Json) -> str:
    """Return data as JSON that cannot end or open an element, whatever it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
