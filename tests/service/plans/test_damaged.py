"""Archives of strangers whatever their bytes: taken, or refused by a code, and nothing else."""

import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from gis.problem import Refusal
from layers.reading.document import recognised
from service.plans.papers import Unpack, unpack
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


@pytest.mark.parametrize("name", SEEDS)
def test_whatever_the_bytes_only_a_refusal_comes_out(tmp_path: Path, name: str) -> None:
    dice = np.random.default_rng(len(name))
    for number in range(ROUNDS):
        (folder := tmp_path / str(number)).mkdir()
        (folder / "sent").write_bytes(damaged(SEEDS[name], dice))
        with suppress(Refusal):
            recognised(folder / "sent")
        with suppress(Refusal):
            unpack(Unpack("sent"), folder)
        shutil.rmtree(folder)
