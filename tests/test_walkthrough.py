"""The walk with curl through the service, line by line, against a service as everybody runs it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "service.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BELANG = [sys.executable, "-m", "service.cli"]
END = "=== end of a block ==="


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the address of the demonstration's service and the folder of its log-ins."""
    accounts = tmp_path / "demo" / "accounts.txt"
    environment = {
        **os.environ, "BELANG_DATA": str(tmp_path / "data"), "BELANG_PORT": "0",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    tmp_path.chmod(0o755)  # the database runs as somebody else
    subprocess.run(
        [*BELANG, "demo", "--accounts", str(accounts), "--cases", "3"], env=environment, check=True
    )
    process = subprocess.Popen(
        [*BELANG, "serve"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address is not None
        yield address[0].rstrip("/"), tmp_path
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


def walked(address: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Run the page in one shell; yields what each block promises and what it gave."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    script, promises = ["set -eu"], []
    for number, (kind, content) in enumerate(blocks):
        if kind == "text":
            continue
        script.append(content.replace("BELANG=http://127.0.0.1:8400", f"BELANG={address}"))
        script.append(f"echo '{END}'")
        after = blocks[number + 1] if number + 1 < len(blocks) else ("", "")
        promises.append(after[1] if after[0] == "text" else "")
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)], cwd=folder, capture_output=True, text=True, timeout=200
    )
    outputs = done.stdout.split(f"{END}\n")
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    yield from zip(promises, outputs, strict=False)


def test_every_line_of_the_walk_works(service: tuple[str, Path]) -> None:
    count = 0
    for promise, output in walked(*service):
        lines = output.splitlines()
        for line in promise.splitlines():
            pattern = ".*".join(map(re.escape, line.split("…")))
            assert any(re.fullmatch(pattern, got) for got in lines), f"{line}\n---\n{output}"
            count += 1
    assert count >= 15
