"""The HTML that people read: templates that escape by themselves.

The public pages carry their one style sheet, allowed by its hash, so that one answer is the whole page; they have no
script. The desk's screens fetch theirs, and one small script, once: their names hold their hash.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOR_EVER = "public, max-age=31536000, immutable"
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that the desk's screens fetch."""

    name: str
    kind: str
    body: str


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["style"] = Markup(style())  # noqa: S704  our own file
    environment.globals |= {kind: asset.name for kind, asset in _assets().items()}
    return environment


@cache
def style() -> str:
    """The style sheet of every page."""
    return (_FOLDER / "style.css").read_text("utf-8").strip()


@cache
def policy(form_action: str = "'none'") -> str:
    """The content security policy: nothing but our own style sheet; `form_action`: where a form of the page may lead."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action {form_action}; "
        "frame-ancestors 'none'"
    )


@cache
def _assets() -> Mapping[str, Asset]:
    """`desk_css` and `desk_js`, under names that change with what they hold."""
    desk = _FOLDER / "desk"
    contents = {
        "desk_css": ("css", "text/css", style() + "\n" + (desk / "desk.css").read_text("utf-8")),
        "desk_js": ("js", "text/javascript", (desk / "desk.js").read_text("utf-8")),
    }
    return {
        which: Asset(f"desk-{hashlib.sha256(body.encode()).hexdigest()[:16]}.{suffix}", f"{kind}; charset=utf-8", body)
        for which, (suffix, kind, body) in contents.items()
    }


def asset(name: str) -> Asset | None:
    """The file of that name, None when there is none (any more)."""
    return next((asset for asset in _assets().values() if asset.name == name), None)


def desk_policy() -> str:
    """The content security policy of the desk: our own style sheet and script, forms to ourselves, and nothing else."""
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def plain(template: str, **values: Any) -> str:
    """A text from the template `{template}.md`, nothing escaped: for a file, never for a page."""
    return _environment().overlay(autoescape=False).get_template(f"{template}.md").render(values)


def render(template: str, **values: Any) -> str:
    """A page from the template of that name; every value is escaped, an absent one is an error."""
    return _environment().get_template(f"{template}.html").render(values)
