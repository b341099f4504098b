"""Settings as somebody gave them: each fault in one sentence that names its variable."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from service.config import Settings

PREFIX = "BELANG_"
ELSEWHERE = frozenset({"BELANG_DEBUG", "BELANG_PG_BIN"})  # read where they are needed
# What a public instance has no use for: set there, it is on the wrong machine.
INSIDE = ("catalogue", "house", "oidc_issuer", "smtp_host")
SECRET = ("_url", "_secret", "_password", "_token")


class SettingsError(ValueError):
    """What was set cannot be used; the message names every variable."""


def variable(field: str) -> str:
    """Return the environment variable of a field of `Settings`."""
    return f"{PREFIX}{field.upper()}"


def settings_from(options: Mapping[str, object] | None = None) -> Settings:
    """Return the settings of the environment; `options` that are not None go first.

    Raises
    ------
    SettingsError
        With a sentence for each fault, none of which holds a secret.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(fault) for fault in error.errors())) from error
    if faults := list(_faults(settings)):
        raise SettingsError("\n".join(faults))
    return settings


def environment_of(settings: Settings, database_url: str) -> dict[str, str]:
    """Return the environment in which a child process has the same settings."""
    environment = {**os.environ, variable("database_url"): database_url}
    for name in settings.model_fields_set - {"database_url"}:
        value = getattr(settings, name)
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        if plain is not None:
            environment[variable(name)] = str(plain)
    return environment


def unknown(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence for each variable of ours that is none: a slip of the pen, most likely."""
    known = {variable(name) for name in Settings.model_fields} | ELSEWHERE
    strangers = sorted(n for n in environment if n.startswith(PREFIX) and n not in known)
    return [_unknown(name, sorted(known)) for name in strangers]


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"{name} is not a setting and was ignored{meant}"


def _sentence(fault: Mapping[str, object]) -> str:
    said = str(fault["msg"]).removeprefix("Value error, ")
    place = fault["loc"]
    if not isinstance(place, tuple) or not place:
        return said  # names its variables itself
    name, value = str(place[0]), fault.get("input")
    shown = "" if name.endswith(SECRET) or not isinstance(value, str | int) else f" ({value!r})"
    return f"{variable(name)}{shown} cannot be used: {said[:1].lower()}{said[1:]}"


def _faults(settings: Settings) -> list[str]:
    """Return what is wrong with settings that are well-formed each for itself."""
    faults = [
        f"{variable(name)} must not be set with {variable('public_instance')}"
        for name in INSIDE
        if settings.public_instance and getattr(settings, name) is not None
    ]
    root = settings.root_path
    if root and (not root.startswith("/") or root.endswith("/")):
        faults.append(f"{variable('root_path')} must begin and not end with “/”, like /belang")
    for name in ("ca_bundle", "catalogue", "house"):
        path: Path | None = getattr(settings, name)
        if path is not None and not path.is_file():
            faults.append(f"{variable(name)}: there is no file {path}")
    if (proxy := settings.https_proxy) and not proxy.startswith(("http://", "https://")):
        faults.append(f"{variable('https_proxy')} must be an address like http://proxy:3128")
    return faults + _unusable(settings.data)


def _unusable(folder: Path) -> list[str]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return [f"{variable('data')}: {folder} cannot be made: {error.strerror}"]
    if not os.access(folder, os.W_OK | os.X_OK):
        return [f"{variable('data')}: nothing can be written to {folder}"]
    return []
