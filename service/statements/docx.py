"""The statement as DOCX, from Belang's template or the district's own."""

import io
import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from service.statements.default_template import default_template
from service.statements.document import Document
from service.statements.plates import MissingAltError
from service.statements.template import environment, opened
from service.statements.zips import settled

WIDTH = Mm(165)
CODES = {"de": "de-DE", "en": "en-GB"}
NAMED = re.compile(r'(<(?:wp:docPr|pic:cNvPr) [^>]*?name=)"[^"]*"')


class Picture(InlineImage):  # type: ignore[misc] # docxtpl has no types
    """A picture with what it shows in words, for those who cannot see it."""

    def __init__(self, tpl: DocxTemplate, png: bytes, title: str, alt: str) -> None:
        super().__init__(tpl, io.BytesIO(png), width=WIDTH)
        if not alt.strip():
            raise MissingAltError(f"the picture {title!r} has no alternative text")
        self._title, self._alt = title, alt

    def _insert_image(self) -> str:
        drawn: str = super()._insert_image()
        words = f"{quoteattr(self._title)} descr={quoteattr(self._alt)}"
        return NAMED.sub(lambda match: f"{match.group(1)}{words}", drawn)


def docx(document: Document, pictures: Mapping[str, bytes], template: bytes | None = None) -> bytes:
    """Return the DOCX; `pictures` are PNG by the names of the plates.

    Raises
    ------
    TemplateRefusedError
        If the template asks for what there is not.
    """
    tpl = opened(template if template is not None else default_template())
    tpl.init_docx()
    data = {
        **document.data,
        "chapters": _drawn(document.data["chapters"], tpl, pictures),
        "annexes": _drawn(document.data["annexes"], tpl, pictures),
    }
    tpl.render(data, environment(), autoescape=True)
    _described(tpl, document)
    buffer = io.BytesIO()
    tpl.save(buffer)
    return settled(buffer.getvalue(), document.data["date"])


def _drawn(
    chapters: list[dict[str, Any]], tpl: DocxTemplate, pictures: Mapping[str, bytes]
) -> list[dict[str, Any]]:
    """Return chapters whose figures hold their pictures."""

    def with_picture(block: dict[str, Any]) -> dict[str, Any]:
        if block["kind"] != "figure":
            return block
        png = pictures[block["name"]]
        return {**block, "picture": Picture(tpl, png, block["title"], block["alt"])}

    return [{**one, "blocks": [with_picture(b) for b in one["blocks"]]} for one in chapters]


def _described(tpl: DocxTemplate, document: Document) -> None:
    """Write title, author and language, which screen readers go by."""
    core = tpl.docx.core_properties
    core.title, core.author = document.data["title"], document.data["sender"]["name"]
    core.language = document.data["language"]
    properties = tpl.docx.styles["Normal"].element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    lang = OxmlElement("w:lang")
    lang.set(qn("w:val"), CODES[document.data["language"]])
    properties.append(lang)
