"""What people read, as data: one YAML file per subject and language, French first.

`table("fr", "replies")` is `words/fr/replies.yaml`, parsed once per process. What is the same in every
language stands beside the folders: `shared("engagement")` is `words/engagement.yaml`.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("fr", "en")
"""The languages Tribune speaks by itself, the language of reference first."""
SAID_NO_MORE = frozenset({"reminder1.flood"})
"""Reply texts that there are no more: charters and files of communities, ours too, go on naming them without a mistake."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def spoken(language: str | None) -> str:
    """The language we answer in: the wanted one ("fr", "fr-BE"), English for one we do not speak."""
    short = (language or "").lower().partition("-")[0]
    return short if short in LANGUAGES else "en"


@cache
def table(language: str, name: str) -> Mapping[str, Any]:
    """The words of one subject in one language. FileNotFoundError when there is no such file."""
    return _read(language, f"{name}.yaml")


@cache
def shared(name: str) -> Mapping[str, Any]:
    """A subject that has no language."""
    return _read(f"{name}.yaml")


def _read(*path: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.load(
        files(__name__).joinpath(*path).read_text("utf-8"),
        Loader=_LOADER,  # noqa: S506  a safe loader
    )
    return content


def counted(forms: Mapping[str, str], n: int) -> str:
    """The form of a text that its number asks for: `one`, or `many`."""
    return forms["one" if n == 1 else "many"]


def placeholders(text: str) -> frozenset[str]:
    """The names between braces."""
    return frozenset(_PLACEHOLDER.findall(text))


def fill(text: str, fields: Mapping[str, str]) -> str:
    """`text` with each `{name}` replaced; values are never read again. KeyError when one is missing."""
    return _PLACEHOLDER.sub(lambda match: fields[match.group(1)], text)
