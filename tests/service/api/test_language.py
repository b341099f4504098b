import pytest

from service.api.language import preferred


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "de"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.2, de;q=0.1", "en"),
        ("fr, en;q=0.5", "en"),
        ("fr", "de"),
        ("*", "de"),
        ("en;q=0", "de"),
        ("en;q=nonsense", "de"),
        ("en;q=0.5;level=1, de", "de"),
    ],
)
def test_the_language_a_caller_prefers(header: str, language: str) -> None:
    assert preferred(header) == language
