"""The DOCX template of a statement: Belang's own, and the check of a district's.

Placeholders are Jinja's, as docxtpl has them, in a sandbox. A name that does not exist, or anything
that cannot be understood, is refused with its paragraph before any statement is made from it.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, nodes
from jinja2.sandbox import SandboxedEnvironment

from gis.problem import Text
from service.statements.placeholders import shape

LARGEST = 20_000_000  # bytes, unpacked
PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
MARKUP = re.compile(r"<[^>]+>")
ALWAYS = frozenset({"loop", "range", "true", "false", "none"})


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """Something in a template that cannot be used; `paragraph` counts within its part from 1."""

    part: str
    paragraph: int
    name: str
    text: Text


class TemplateRefusedError(Exception):
    """A template that cannot be used, with everything that is wrong with it."""

    def __init__(self, faults: Sequence[TemplateFault]) -> None:
        super().__init__("; ".join(fault.text.en for fault in faults))
        self.faults = tuple(faults)


def environment() -> SandboxedEnvironment:
    """Return where templates run: sandboxed, values escaped, nothing missing passed over."""
    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def opened(template: bytes) -> DocxTemplate:
    """Return a template that was checked.

    Raises
    ------
    TemplateRefusedError
        With every fault found.
    """
    faults = faults_of(template)
    if faults:
        raise TemplateRefusedError(faults)
    return DocxTemplate(io.BytesIO(template))


@lru_cache(maxsize=4)  # a district has one, and makes every statement from it
def faults_of(template: bytes) -> tuple[TemplateFault, ...]:
    """Return everything that is wrong with a template; nothing where it can be used."""
    return tuple(_unreadable(template)) or tuple(_faults(template))


NO_DOCX = Text(
    "Die Vorlage ist keine lesbare DOCX-Datei. Bitte als „Word-Dokument (.docx)“ ohne Makros "
    "speichern.",
    "The template is no readable DOCX file. Please save it as a Word document (.docx) without "
    "macros.",
)


def _unreadable(template: bytes) -> Iterator[TemplateFault]:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            sizes = sum(entry.file_size for entry in archive.infolist())
            names = set(archive.namelist())
        macros = any(name.endswith("vbaProject.bin") for name in names)
        if sizes > LARGEST or macros or "word/document.xml" not in names:
            yield TemplateFault("", 0, "", NO_DOCX)
            return
        DocxTemplate(io.BytesIO(template)).init_docx()
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, OSError):
        yield TemplateFault("", 0, "", NO_DOCX)


def _faults(template: bytes) -> Iterator[TemplateFault]:
    tpl = DocxTemplate(io.BytesIO(template))
    tpl.init_docx()
    run = environment()
    for part, raw in _parts(tpl):
        xml = tpl.patch_xml(raw)
        try:
            tree = run.parse(xml)
            run.compile(xml)
        except jinja2.TemplateSyntaxError as error:
            yield _fault(part, raw, error.message or "", _bad(error.message or ""))
            continue
        for name in _unknown(tree, shape()):
            yield _fault(part, raw, name, _strange(name))


def _parts(tpl: DocxTemplate) -> Iterator[tuple[str, str]]:
    """Yield the XML of the text, and of headers and footers, by what people call them."""
    yield "text", tpl.get_xml()
    for name, uri in (("header", tpl.HEADER_URI), ("footer", tpl.FOOTER_URI)):
        for _, part in tpl.get_headers_footers(uri):
            yield name, tpl.get_part_xml(part)


def _strange(name: str) -> Text:
    return Text(f"Den Platzhalter „{name}“ gibt es nicht.", f"There is no placeholder “{name}”.")


def _bad(message: str) -> Text:
    return Text(
        f"Ein Platzhalter ist nicht zu verstehen: {message}",
        f"A placeholder cannot be understood: {message}",
    )


def _fault(part: str, raw: str, name: str, text: Text) -> TemplateFault:
    number, said = _paragraph(raw, name)
    where = Text(
        f"{PARTS[part].de}, Absatz {number}: {text.de} ({said})" if number else text.de,
        f"{PARTS[part].en}, paragraph {number}: {text.en} ({said})" if number else text.en,
    )
    return TemplateFault(part, number, name, where)


PARTS = {
    "text": Text("Text", "Text"),
    "header": Text("Kopfzeile", "Header"),
    "footer": Text("Fußzeile", "Footer"),
}


def _paragraph(raw: str, name: str) -> tuple[int, str]:
    """Return the paragraph a name stands in, from 1, and its text; 0 where it cannot be told."""
    for wanted in (name.replace("[]", ""), name.rpartition(".")[2]):
        for number, match in enumerate(PARAGRAPH.finditer(raw), start=1):
            text = MARKUP.sub("", match.group())
            if wanted and "{" in text and re.search(rf"(?<![\w.]){re.escape(wanted)}\b", text):
                return number, text.strip()[:120]
            if wanted and "{" in text and re.search(rf"\.{re.escape(wanted)}\b", text):
                return number, text.strip()[:120]
    return 0, ""


def _unknown(tree: nodes.Node, known: Mapping[str, Any]) -> Iterator[str]:
    """Yield names a template asks for that do not exist, each once."""
    found: dict[str, None] = {}
    _walk(tree, dict(known), found)
    yield from found


MISSING = object()


def _walk(node: nodes.Node, scope: dict[str, Any], found: dict[str, None]) -> None:
    if isinstance(node, nodes.For):
        items = _use(node.iter, scope, found)
        inner = {**scope, **_bound(node.target, items)}
        for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
            _walk(child, inner, found)
    elif isinstance(node, nodes.Assign):
        value = _use(node.node, scope, found)
        if isinstance(node.target, nodes.Name):
            scope[node.target.name] = value
    elif isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        _use(node, scope, found)
    else:
        for child in node.iter_child_nodes():
            _walk(child, scope, found)


def _bound(target: nodes.Node, items: Any) -> dict[str, Any]:
    """Return what the names of a loop stand for."""
    one = items[0] if isinstance(items, list) and items else None
    if isinstance(target, nodes.Name):
        return {target.name: one}
    part = one[0] if isinstance(one, list) and one else None
    return {name.name: part for name in target.find_all(nodes.Name)}


def _use(node: nodes.Node, scope: dict[str, Any], found: dict[str, None]) -> Any:
    """Return what an expression stands for, None where any use of it is fine; note what is not."""
    if not isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        for child in node.iter_child_nodes():
            _walk(child, scope, found)
        return None
    if isinstance(node, nodes.Getitem):
        _walk(node.arg, scope, found)
    value = _resolve(node, scope)
    if value is MISSING:
        found[_path(node)] = None
        return None
    return value


def _resolve(node: nodes.Node, scope: Mapping[str, Any]) -> Any:
    """Return what a name stands for, `MISSING` for what there is not; None: nobody can tell."""
    if isinstance(node, nodes.Name):
        return None if node.name in ALWAYS else scope.get(node.name, MISSING)
    if isinstance(node, nodes.Getattr):
        return _member(_resolve(node.node, scope), node.attr)
    if isinstance(node, nodes.Getitem):
        of = _resolve(node.node, scope)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return _member(of, node.arg.value)
        return (of[0] if of else None) if isinstance(of, list) else of
    return None


def _member(of: Any, name: str) -> Any:
    if of is None or of is MISSING:
        return of
    return of.get(name, MISSING) if isinstance(of, Mapping) else MISSING  # texts have none


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        named = isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)
        return _path(node.node) + (f".{node.arg.as_const()}" if named else "[]")
    return "…"
