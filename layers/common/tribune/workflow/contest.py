"""contest: the form on the page of a decision, posted. Whoever holds the address may; there is no session to abuse."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Final

from tribune import forms
from tribune.channel import Delivery
from tribune.errors import BadConfiguration, Conflict, NotFound, Unavailable, UnreadableBody
from tribune.notice import MOST_CHARACTERS
from tribune.words import LANGUAGES
from tribune.workflow.appeal import Receiving
from tribune.workflow.notices import PATH, page, refused, unavailable
from tribune.workflow.show import Page, preferred

MOST_BYTES: Final = 16_384
"""Of a form: a thousand characters, however they are encoded, and the rest of it."""


@dataclass(frozen=True, slots=True)
class Contesting:
    """receive_appeal's use case, with its edges."""

    receiving: Receiving

    def answer(self, path: str, posted: Callable[[], Delivery], accept_language: str, now: datetime) -> Page:
        """Back to the page of the decision, which then says what became of it; a sentence when that cannot be."""
        language, asked = preferred(accept_language, LANGUAGES), PATH.fullmatch(path)
        if asked is None or asked["more"] != "/appeal":
            return refused("missing", language, HTTPStatus.NOT_FOUND)
        try:
            text = written(posted())
            if len(text) > MOST_CHARACTERS:
                return refused("too_long", language, HTTPStatus.CONTENT_TOO_LARGE, limit=str(MOST_CHARACTERS))
            self.receiving.receive(asked["community"], asked["token"], text, now)
        except UnreadableBody:
            return refused("unreadable", language, HTTPStatus.BAD_REQUEST)
        except NotFound:
            return refused("missing", language, HTTPStatus.NOT_FOUND)
        except (BadConfiguration, Conflict, Unavailable) as error:
            return unavailable(language, f"{error.reason}: {error}")
        back = page(HTTPStatus.SEE_OTHER, "", language)
        return replace(back, headers={**back.headers, "location": f"../{asked['token']}"})


def written(posted: Delivery) -> str:
    """What a form or a JSON body says under `text`; empty when it says nothing. Raises UnreadableBody."""
    kind = posted.headers.get("content-type", forms.KIND)
    if forms.kind_of(kind) != "application/json":
        return forms.fields(posted.body, kind, most_bytes=MOST_BYTES).get("text", "").strip()
    if len(posted.body) > MOST_BYTES:
        raise UnreadableBody("the form is too large")
    try:
        given = json.loads(posted.body.decode("utf-8"))["text"] if posted.body else ""
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableBody("no JSON with `text`") from error
    if not isinstance(given, str):
        raise UnreadableBody("`text` is no text")
    return given.replace("\r\n", "\n").strip()
