"""The language of an answer: what the caller prefers of German and English; German otherwise."""

from fastapi import Request

LANGUAGES = ("de", "en")
COOKIE = "language"  # set by the pages


def language_of(request: Request) -> str:
    """Return ``de`` or ``en``: as chosen on the pages, else from `Accept-Language`, by its weights
    (RFC 9110 section 12.5.4).
    """
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """Return the language of ours a header prefers; German where it names none."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name in LANGUAGES:
            weights[name] = max(weights.get(name, 0.0), _weight(parameter))
    best = max(LANGUAGES, key=lambda name: weights.get(name, 0.0))
    return best if weights.get(best, 0.0) > 0 else "de"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
