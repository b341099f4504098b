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
