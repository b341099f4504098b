"""Archives of strangers whatever their bytes: taken, or refused by a code, and nothing else."""

from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gis.problem import Problem
from layers.reading.profile import UPLOAD
from service.blobs import Blobs
from service.cases.attached import beside
from service.cases.media import recognised
from service.errors import ServiceError
from tests.layers.reading.test_xplan import document
from tests.service.cases import files
from tests.service.cases.files import packed

WORD = packed(files.WORD, **{"word/embeddings/a.xlsx": packed(files.SHEET)})
SEEDS = {
    "plan": packed({"a.gml": document().encode(), "Plan.pdf": files.PDF, "ä.docx": WORD}),
    "docx": WORD,
    "xlsx": packed(files.SHEET, **{"xl/media/a.png": b"\x89PNG\r\n\x1a\n" + bytes(200)}),
    "kmz": packed({"doc.kml": b"<kml/>", "files/a.png": b"\x89PNG\r\n\x1a\n" + bytes(200)}),
}
ROUNDS = 400


def damaged(content: bytes, dice: np.random.Generator) -> bytes:
    """Return an archive with some bytes changed, mostly where its members are listed."""
    changed = bytearray(content)
    first = content.index(b"PK\1\2") if dice.integers(3) else 0
    for at in dice.integers(first, len(changed), int(dice.integers(1, 6))):
        changed[at] = int(dice.integers(256))
    return bytes(changed[: int(dice.integers(len(changed)))] if not dice.integers(9) else changed)


def desk(folder: Path) -> Any:
    settings = SimpleNamespace(clamd=None, document_bytes=UPLOAD.most_bytes)
    return SimpleNamespace(settings=settings, blobs=Blobs(folder))


@pytest.mark.parametrize("name", SEEDS)
def test_whatever_the_bytes_only_a_problem_comes_out(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)  # for speed alone
    dice, path = np.random.default_rng(len(name)), tmp_path / "sent"
    for _ in range(ROUNDS):
        path.write_bytes(damaged(SEEDS[name], dice))
        with suppress(Problem, ServiceError):
            recognised(path)
        with suppress(Problem, ServiceError), beside(desk(tmp_path / "blobs"), path):
            pass
