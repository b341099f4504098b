"""Texts of mails, one file a template and language: the subject, an empty line, the text."""

from functools import cache
from importlib import resources

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

LANGUAGES = ("de", "en")
SUFFIX = ".txt"


class _Ours(BaseLoader):
    """The templates of this package, also from within an archive."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        file = resources.files(__package__).joinpath(template)
        if not file.is_file():
            raise TemplateNotFound(template)
        return file.read_text(encoding="utf-8"), None, None


# Plain text: nothing is escaped, and nothing of a value is ever taken for a template.
_ENVIRONMENT = Environment(
    loader=_Ours(),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text
    keep_trailing_newline=True,
)


@cache
def known() -> frozenset[str]:
    """Return the names of all templates."""
    files = resources.files(__package__).iterdir()
    return frozenset(f.name.partition(".")[0] for f in files if f.name.endswith(SUFFIX))


def filled(template: str, language: str, values: dict[str, object]) -> tuple[str, str]:
    """Return subject and text of a mail.

    Raises
    ------
    jinja2.UndefinedError
        If a value is missing.
    """
    name = f"{template}.{language if language in LANGUAGES else LANGUAGES[0]}{SUFFIX}"
    subject, _, text = _ENVIRONMENT.get_template(name).render(**values).partition("\n\n")
    return " ".join(subject.split()), text
