"""A form as a browser posts it, read strictly: every form of ours, of members and of the team, comes in here.

https://url.spec.whatwg.org/#application/x-www-form-urlencoded, in UTF-8.
"""

from typing import Final
from urllib.parse import parse_qsl

from tribune.errors import UnreadableBody

KIND: Final = "application/x-www-form-urlencoded"
MOST_FIELDS = 25
"""No form of ours has as many."""


def kind_of(content_type: str) -> str:
    """What a body is, without what else its header says of it."""
    return content_type.partition(";")[0].strip().lower()


def fields(body: bytes, content_type: str, *, most_bytes: int) -> dict[str, str]:
    """Name -> value, the last of each name, those left empty too, lines ending as ours do. Raises UnreadableBody."""
    if kind_of(content_type) != KIND:
        raise UnreadableBody("no form")
    if len(body) > most_bytes:
        raise UnreadableBody("the form is too large")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise UnreadableBody("this is no form") from error
    return {name: value.replace("\r\n", "\n") for name, value in pairs}
