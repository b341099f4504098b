"""What every answer has to tell a browser, whatever it answers to whom."""

from collections.abc import Iterator, Mapping

ALWAYS = {
    "x-content-type-options": ("nosniff",),
    "cross-origin-opener-policy": ("same-origin",),
    "cross-origin-resource-policy": ("same-origin",),
    "referrer-policy": ("no-referrer", "same-origin"),
}


def lacking(headers: Mapping[str, str], *, framed_by: str = "'none'") -> list[str]:
    """Return what the headers of an answer do not say, or should not; `framed_by` is who may show
    it within a page of theirs.
    """
    return list(_lacking(headers, framed_by))


def _lacking(headers: Mapping[str, str], framed_by: str) -> Iterator[str]:
    for name, right in ALWAYS.items():
        if headers.get(name) not in right:
            yield f"{name}: {headers.get(name)}"
    policy = [one.strip() for one in headers.get("content-security-policy", "").split(";")]
    for wanted in ("default-src 'none'", f"frame-ancestors {framed_by}"):
        if wanted not in policy:
            yield wanted
    if any("unsafe" in one for one in policy):
        yield "; ".join(policy)
    if "cache-control" not in headers:
        yield "cache-control"
