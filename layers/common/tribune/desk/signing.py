"""The words of an answer as they will stand there: under the name of who sends them, no longer than the platform takes."""

from collections.abc import Mapping
from dataclasses import dataclass

from tribune import lengths, voice
from tribune.channel import ActKind
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


def prepared(
    shown: Shown, *, person: Person, community: Community, handling: Handling
) -> tuple[str, Mapping[str, str]]:
    """What will stand under an answer of theirs (nothing where the brand speaks), and each draft in their name, by id,
    without it.
    """
    signing = _Signing(shown, person, community, hostile=handling.hostile(shown.head))
    mark = signing.whole("", None)
    return mark, {draft.id: signing.whole(draft.text, draft).removesuffix(mark).rstrip() for draft in shown.case.drafts}


def signed(  # noqa: PLR0913  each is named at the call
    text: str,
    draft: Draft | None,
    shown: Shown,
    *,
    kind: ActKind,
    person: Person,
    community: Community,
    handling: Handling,
) -> str:
    """The text under the person's own signature, the brand's in a hostile thread. Raises Unfit."""
    signing = _Signing(shown, person, community, hostile=handling.hostile(shown.head))
    whole = signing.whole(text, draft)
    if whole == signing.whole("", None):
        raise Unfit("empty")
    card = handling.platform(shown.head.platform).CARD
    length = lengths.length(whole, card.text_unit)
    if length > card.limit(kind):
        raise Unfit("too_long", n=str(length), limit=str(card.limit(kind)))
    return whole


@dataclass(frozen=True, slots=True)
class _Signing:
    """Who signs where."""

    shown: Shown
    person: Person
    community: Community
    hostile: bool

    def whole(self, text: str, draft: Draft | None) -> str:
        rota = self.community.rota
        return voice.signed_by(
            text,
            self.person,
            team=rota.everybody,
            voice=self.community.voice,
            language=self.shown.case.language,
            variant=draft.variant if draft else "",
            hostile=self.hostile,
        )
