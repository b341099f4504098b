"""What documents are laid out from: chapters made of blocks, each plain data with its kind.

Renderers know these kinds and nothing of statements: ``heading``, ``text``, ``rows`` (label and
value), ``table``, ``points``, ``list``, ``figure``.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

Block = dict[str, Any]
Chapter = dict[str, Any]


def heading(text: str, level: int = 2) -> Block:
    """Return a heading; chapters themselves are of level 1."""
    return {"kind": "heading", "text": text, "level": level}


def text(words: str, tone: Literal["plain", "strong", "quiet"] = "plain") -> Block:
    """Return a paragraph; blank lines in it begin new ones."""
    return {"kind": "text", "text": words, "tone": tone}


def rows(pairs: Iterable[tuple[str, str | None]], *, mono: bool = False) -> Block:
    """Return labels with their values; those without a value are left out. `mono` for hashes."""
    told = [[label, value] for label, value in pairs if value]
    return {"kind": "rows", "rows": told, "mono": mono}


def table(
    caption: str, head: Sequence[str], body: Iterable[Sequence[str]], widths: Sequence[int]
) -> Block:
    """Return a table whose head is repeated on every page; `widths` are shares of the width."""
    lines = [list(row) for row in body]
    return {
        "kind": "table", "caption": caption, "head": list(head), "body": lines,
        "widths": list(widths),
    }  # fmt: skip


def points(items: Iterable[Mapping[str, Any]]) -> Block:
    """Return numbered points, each with a label, a text and labelled facts."""
    return {"kind": "points", "points": [dict(item) for item in items]}


def bullets(items: Iterable[str]) -> Block:
    """Return a list of short sentences."""
    return {"kind": "list", "items": list(items)}


def figure(name: str, title: str, alt: str, caption: str) -> Block:
    """Return a picture by name, with what it shows in words (`alt`) and a caption."""
    return {"kind": "figure", "name": name, "title": title, "alt": alt, "caption": caption}


def chapter(title: str, blocks: Iterable[Block | None]) -> Chapter | None:
    """Return a chapter of the blocks that are there; None without any."""
    kept = [block for block in blocks if block is not None and not _empty(block)]
    return {"title": title, "blocks": kept} if kept else None


def _empty(block: Block) -> bool:
    for content in ("rows", "body", "points", "items"):
        if content in block:
            return not block[content]
    return block.get("text") == ""


def titled(title: str, *blocks: Block | None) -> list[Block]:
    """Return blocks under a heading; nothing where all of them are empty."""
    kept = [block for block in blocks if block is not None and not _empty(block)]
    telling = [block for block in kept if block["kind"] != "text"]
    return [heading(title), *kept] if telling else []
