from pathlib import Path

import pytest

from layers.document import CatalogueError, Document, dotted, read_document


def read(tmp_path: Path, text: str | bytes) -> Document:
    path = tmp_path / "catalogue.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_document(path)


def faults(tmp_path: Path, text: str | bytes) -> list[tuple[int, str, str]]:
    """Return line, key and message of every fault."""
    with pytest.raises(CatalogueError) as caught:
        read(tmp_path, text)
    assert all(f.file == tmp_path / "catalogue.yaml" for f in caught.value.faults)
    return [(f.line, f.key, f.message) for f in caught.value.faults]


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    document = read(
        tmp_path, "title: a\nlayers:\n  - code: x\n    title:\n      de: y\n  - {code: z}\n"
    )
    assert document.data == {
        "title": "a",
        "layers": [{"code": "x", "title": {"de": "y"}}, {"code": "z"}],
    }
    lines = document.lines
    assert lines["layers",] == 2
    assert lines["layers", 0] == 3
    assert lines["layers", 0, "title", "de"] == 5
    assert lines["layers", 1, "code"] == 6


def test_a_fault_stands_at_the_nearest_thing_that_has_a_line(tmp_path: Path) -> None:
    document = read(tmp_path, "a: 1\nlayers:\n- code: x\n")
    fault = document.fault(("layers", 0, "source", "path"), "is missing")
    assert str(fault) == f"{document.path}:3: layers[0].source.path: is missing"
    assert str(document.fault((), "is odd")) == f"{document.path}:1: document: is odd"


def test_keys_are_written_as_one_would_say_them() -> None:
    assert dotted(("rules", 3, "when")) == "rules[3].when"
    assert dotted(()) == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-31", "2026-01-31"),
        ("'2026-01-31'", "2026-01-31"),
        ("2026-01-31T12:00:00", "2026-01-31T12:00:00"),
        ("yes", True),
        ("0.5", 0.5),
        ("7", 7),
        ("~", None),
        ("", None),
        ("'ä'", "ä"),
    ],
)
def test_scalars(tmp_path: Path, text: str, value: object) -> None:
    assert read(tmp_path, f"a: {text}").data == {"a": value}


def test_keys_are_texts_whatever_they_look_like(tmp_path: Path) -> None:
    assert read(tmp_path, "1: a\nyes: b\n").data == {"1": "a", "yes": "b"}


def test_an_alias_may_repeat_a_value(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x [1, 2]\nb: *x\n").data == {"a": [1, 2], "b": [1, 2]}


def test_an_empty_document_is_an_empty_group(tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "---\n"):
        assert read(tmp_path, text).data in ({}, None)


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a", "stands here twice"),
        ("x:\n  - c: 1\n    c: 1\n", 3, "x[0].c", "stands here twice"),
        ("a: 2026-13-45\n", 1, "a", "cannot be understood: 2026-13-45"),
        ("a: !!python/object:os.system x\n", 1, "a", "cannot be understood: x"),
        ("a: !!int abc\n", 1, "a", "cannot be understood: abc"),
        ("a: !!binary aGk=\n", 1, "a", "is no usable value: aGk="),
        ("b: 1\na: .nan\n", 2, "a", "is no usable value: .nan"),
        ("a: -.inf\n", 1, "a", "is no usable value: -.inf"),
        ("a: 1" + "0" * 30, 1, "a", "is no usable value: 1" + "0" * 30),
        ("a: 1.0e+300\n", 1, "a", "is no usable value: 1.0e+300"),
        ("? [x]\n: 1\n", 1, "", "has a key that is no text"),
        ("a: &x [*x]\n", 1, "a[0][0][0][0][0][0][0]", "is nested or repeated without end"),
        ("a: [\n", 2, "", "not YAML: did not find expected node content"),
        ("a: b\n c: d\n", 2, "", "not YAML: mapping values are not allowed in this context"),
        ("a: *x\n", 1, "", "not YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", 2, "", "not YAML: but found another document"),
        ("a: 1\nb: \x07\n", 2, "", "not YAML: the character '\\x07' may not stand here"),
    ],
)
def test_faults(tmp_path: Path, text: str, line: int, key: str, message: str) -> None:
    assert faults(tmp_path, text)[0] == (line, key, message)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "a: 1\na: 2\nb: .nan\nc: !!int x\n")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [*x, *x, *x]\n",
        "a: &x {y: *x, z: *x}\n",
        "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 3}]\n" for i in range(1, 15)),
        "[" * 100_000,
    ],
)  # fmt: skip
def test_what_never_ends_ends(tmp_path: Path, text: str) -> None:
    found = faults(tmp_path, text)
    assert 0 < len(found) <= 50


def test_not_utf_8(tmp_path: Path) -> None:
    ((line, _, message),) = faults(tmp_path, "a: Größe".encode("cp1252"))
    assert line == 1
    assert message.startswith("cannot be read: 'utf-8'")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(CatalogueError) as caught:
            read_document(path)
        assert "cannot be read" in str(caught.value)
        assert str(path) in str(caught.value)
