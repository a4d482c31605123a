"""The words of an answer as they will stand there: under the name of who sends them, no longer than the platform takes."""

from tribune import lengths, voice
from tribune.community import Community
from tribune.duty import Person
from tribune.errors import TribuneError
from tribune.journal import Draft
from tribune.workflow.cases import Handling, Shown


class Unfit(TribuneError):
    """These words cannot be sent; `reason`: `empty`, or `too_long` with its figures."""

    def __init__(self, reason: str, **fields: str) -> None:
        self.reason, self.fields = reason, fields
        super().__init__(reason)


def signature(shown: Shown, *, person: Person, community: Community, handling: Handling) -> str:
    """What will stand under an answer of theirs; empty where the brand speaks."""
    return _whole("", None, shown, person=person, community=community, handling=handling)


def signed(  # noqa: PLR0913  each is named at the call
    text: str, draft: Draft | None, shown: Shown, *, person: Person, community: Community, handling: Handling
) -> str:
    """The text under the person's own signature, the brand's in a hostile thread. Raises Unfit."""
    if not text.strip():
        raise Unfit("empty")
    whole = _whole(text, draft, shown, person=person, community=community, handling=handling)
    card = handling.platform(shown.head.platform).CARD
    length = lengths.length(whole, card.text_unit)
    if length > card.text_limit:
        raise Unfit("too_long", n=str(length), limit=str(card.text_limit))
    return whole


def _whole(  # noqa: PLR0913
    text: str, draft: Draft | None, shown: Shown, *, person: Person, community: Community, handling: Handling
) -> str:
    rota = community.rota
    return voice.signed_by(
        text,
        person,
        team=(*rota.people, *((rota.fallback,) if rota.fallback else ())),
        voice=community.voice,
        language=shown.case.language,
        variant=draft.variant if draft else "",
        hostile=handling.hostile(shown.head),
    )
