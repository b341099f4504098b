"""Documents as people hand them in, and as nobody should."""

import zipfile
from io import BytesIO

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/c"/>'
WORD = {"[Content_Types].xml": TYPES, "word/document.xml": b"<document/>"}
SHEET = {"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<workbook/>"}
ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}


def packed(files: dict[str, bytes], **more: bytes) -> bytes:
    """Return a ZIP archive of `files`."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, **more}.items():
            archive.writestr(name, content)
    return out.getvalue()


def relabelled(archive: bytes, name: str, method: int = zipfile.ZIP_BZIP2) -> bytes:
    """Return an archive whose list of members says that one is packed by another method."""
    changed, at = bytearray(archive), archive.rindex(name.encode()) - 46
    changed[at + 10 : at + 12] = method.to_bytes(2, "little")
    return bytes(changed)


def misnamed(archive: bytes, name: str) -> bytes:
    """Return an archive whose list of members has a name that is no UTF-8, but says it were."""
    changed, at = bytearray(archive), archive.rindex(name.encode())
    changed[at], changed[at - 46 + 9] = 0xFF, 0x08
    return bytes(changed)
