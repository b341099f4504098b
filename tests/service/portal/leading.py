"""A case of the small district, led through the pages as a browser would, but without one."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.service.api.offices import House

HTML = {"Accept": "text/html,*/*;q=0.1"}
CANARY = "<img src=x onerror=alert(1)>"


@dataclass
class Led:
    """Somebody at the pages; `case` is the case they work on."""

    house: House
    who: str
    case: UUID

    def sees(self, path: str, status: int = 200) -> str:
        """Return a page; nothing on it may have become markup that came in as text."""
        answer = self.house.client.get(path, headers=self._headers())
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2_000])
        assert "<img src=x" not in answer.text
        return str(answer.text)

    def here(self, page: str, status: int = 200) -> str:
        """Return one of the pages of the case."""
        return self.sees(f"/vorgaenge/{self.case}/{page}", status)

    def does(self, path: str, act: str, of: object = "", status: int = 303, **fields: Any) -> str:
        """Send a form; a failure answers with the page again, which is returned."""
        files = {name: fields.pop(name) for name in ("file",) if name in fields}
        answer = self.house.client.post(
            path, data={"act": act, "of": str(of), **fields}, files=files or None,
            headers=self._headers(), follow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == status, (path, act, answer.status_code, answer.text[:3_000])
        assert "<img src=x" not in answer.text
        return str(answer.text)

    def on(self, page: str, act: str, of: object = "", status: int = 303, **fields: Any) -> str:
        """Send a form on one of the pages of the case."""
        return self.does(f"/vorgaenge/{self.case}/{page}", act, of, status, **fields)

    def _headers(self) -> dict[str, str]:
        return {**self.house.people.get(self.who, {}), **HTML}


def form_of(text: str, act: str) -> list[str]:
    """Return of which things a page has forms of a kind, as ``enter`` for each task."""
    return re.findall(
        rf'name="act" value="{act}"><input type="hidden" name="of" value="([^"]*)"', text
    )


def told(text: str) -> str:
    """Return what a page says went wrong."""
    found = re.search(r'class="failed-text">([^<]*)<', text)
    assert found is not None, "nothing went wrong"
    return found.group(1)
