"""A reader that was taken over and answers with plans and documents of its own."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pyproj import CRS

from layers.apart.wire import LENGTH, packed, unpacked
from service.plans.child import Job
from service.plans.intake import read_plan


def another(content: bytes, folder: Path) -> bytes:
    job = unpacked(content, Job, cache(CRS.from_user_input))
    plan = read_plan(folder / job.file, job.intake)
    return packed(replace(plan, sha256=f"sha256:{'0' * 64}"))


# --- what documents are --------------------------------------------------------------------


def page(content: bytes, folder: Path) -> bytes:
    return _answer("Recognised", {"media_type": "text/html"})


def picture(content: bytes, folder: Path) -> bytes:
    return _answer("Recognised", {"media_type": "image/png"})


def header(content: bytes, folder: Path) -> bytes:
    text = ["Nein.", "No."]
    code = "a\r\nSet-Cookie: a=b"
    return _answer("Told", {"asks": False, "code": code, "text": text, "proposals": []})


# --- what lies beside a plan ---------------------------------------------------------------


def link(content: bytes, folder: Path) -> bytes:
    (folder / "0").symlink_to("/etc/passwd")
    return _papers(_paper())


def folder(content: bytes, folder: Path) -> bytes:
    (folder / "0").mkdir()
    return _papers(_paper())


def nothing(content: bytes, folder: Path) -> bytes:
    return _papers(_paper())


def secret(content: bytes, folder: Path) -> bytes:
    (folder / "0").write_bytes(b"%PDF-1.7")
    return _papers(_paper())


def riddle(content: bytes, folder: Path) -> bytes:
    (folder / "0").write_bytes(b"a")
    return _papers(_paper("application/pdf"))


def sea(content: bytes, folder: Path) -> bytes:
    for number in range(2):
        with (folder / str(number)).open("wb") as file:
            file.truncate(300_000_000)
    return _papers(_paper(), _paper())


def shut(content: bytes, folder: Path) -> bytes:
    (folder / "0").write_bytes(b"a")
    folder.chmod(0o000)
    return _papers(_paper())


def gone(content: bytes, folder: Path) -> bytes:
    (folder / "0").write_bytes(b"a")
    (folder / "sent").unlink()
    return _papers(_paper())


def script(content: bytes, folder: Path) -> bytes:
    (folder / "0").write_bytes(b"a")
    return _papers(_paper("text/html"))


def bell(content: bytes, folder: Path) -> bytes:
    (folder / "0").write_bytes(b"a")
    return _papers(_paper(name="a\a.txt"))


def neither(content: bytes, folder: Path) -> bytes:
    return _papers(_paper(None))


def odd(content: bytes, folder: Path) -> bytes:
    return _papers(_paper(None, "document-type\r\nSet-Cookie: a=b"))


def crowd(content: bytes, folder: Path) -> bytes:
    return _papers(*[_paper(None, "document-type")] * 101)


def _paper(
    media_type: str | None = "text/plain", refused: str | None = None, name: str = "a.txt"
) -> dict[str, Any]:
    held = {"name": name, "media_type": media_type, "refused": refused}
    return {"is": "Paper", "with": held}


def _papers(*papers: dict[str, Any]) -> bytes:
    return _answer("Papers", {"papers": papers})


def _answer(kind: str, held: dict[str, Any]) -> bytes:
    """Return what no honest child can pack."""
    header = json.dumps({"value": {"is": kind, "with": held}, "lengths": []}).encode()
    return LENGTH.pack(len(header)) + header
