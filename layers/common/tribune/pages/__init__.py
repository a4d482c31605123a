"""The HTML that people read: templates that escape by themselves, one style sheet, no script.

Pages carry their style sheet, allowed by its hash, so that one answer is the whole page.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent


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
    return environment


@cache
def style() -> str:
    """The style sheet of every page."""
    return (_FOLDER / "style.css").read_text("utf-8").strip()


@cache
def policy() -> str:
    """The content security policy: nothing but our own style sheet."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def render(template: str, **values: Any) -> str:
    """A page from the template of that name; every value is escaped, an absent one is an error."""
    return _environment().get_template(f"{template}.html").render(values)
