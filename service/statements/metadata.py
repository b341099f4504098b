"""What an electronic file wants to know of a hand-over: documents with their kinds and dates.

Plain XML in the manner of XDOMEA (Vorgang, Dokument, Version) without its message wrapper, which
every installation profiles in its own way; and the checksums as sha256sum reads them.
"""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.statements.content import Content

NAMESPACE = "urn:belang:hand-over:1"


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a hand-over: what it is (`kind`), for whom, and from which day."""

    name: str
    kind: str
    mime: str
    day: str


def metadata(content: Content, listed: Sequence[Listed], files: Mapping[str, bytes]) -> bytes:
    """Return the metadata as XML; every file with its size and checksum."""
    root = ET.Element("handover", {"xmlns": NAMESPACE, "version": "1"})
    _process(root, content)
    for one in listed:
        document = ET.SubElement(root, "document")
        for tag, value in (
            ("kind", one.kind),
            ("date", one.day),
            ("version", str(content.version)),
            ("edition", content.edition),
        ):
            ET.SubElement(document, tag).text = value
        file = ET.SubElement(document, "file")
        body = files[one.name]
        for tag, value in (
            ("name", one.name),
            ("mime", one.mime),
            ("bytes", str(len(body))),
            ("sha256", hashlib.sha256(body).hexdigest()),
        ):
            ET.SubElement(file, tag).text = value
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _process(root: ET.Element, content: Content) -> None:
    process = ET.SubElement(root, "process")
    of = content.subject
    for tag, value in (
        ("reference", content.reference),
        ("subject", of.title),
        ("procedure", of.procedure),
        ("authority", content.sender.name),
        ("unit", content.sender.unit),
        ("recipient", ", ".join(content.addressee.lines)),
        ("recipientReference", content.addressee.reference),
        ("received", of.received),
        ("periodEnd", of.period_end),
        ("date", content.closing.date),
    ):
        if value:
            ET.SubElement(process, tag).text = value
    for step in content.cosigned:
        ET.SubElement(process, "cosigned", {"on": step.on or ""}).text = step.function
    if content.committee is not None:
        decided = {"sitting": content.committee.sitting, "number": content.committee.number}
        ET.SubElement(process, "decision", decided).text = content.committee.name


def checksums(files: Mapping[str, bytes]) -> bytes:
    """Return a line for every file, as ``sha256sum --check`` reads it."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items())
    return "".join(lines).encode()
