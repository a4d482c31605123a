"""How the community speaks: its signatures and manners, and the answers of its FAQ, each with its last day."""

import hashlib
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any, Literal

from pydantic import Field, ValidationError

from tribune.community import Community
from tribune.desk.route import Done, Door, Form, View
from tribune.desk.visit import Parts, Refused, Visit
from tribune.team import Right
from tribune.voice import FaqEntry, Voice, mistakes
from tribune.words import LANGUAGES

_LONGEST = 2_000


class Answer(View):
    """An entry of the FAQ."""

    id: str
    seen: str
    """Which state of it this is: what one changes is what one saw."""
    questions: dict[str, tuple[str, ...]]
    answer: dict[str, str]
    url: str
    reviewed_at: str
    valid_until: str
    """As a form takes days; empty without a last day."""
    state: str
    """A sentence: since when it is no longer sent, or until when it is; empty when it never ends."""


class VoiceView(View):
    """How the community speaks."""

    seen: str
    identity: str
    persona: str
    address: str
    signatures: dict[str, str]
    teams: dict[str, str]
    delay: tuple[int, int]
    former: tuple[str, ...]
    own_replies: int
    """Texts of the community's own, which stand in the file."""
    languages: tuple[str, ...]
    faq: tuple[Answer, ...]


class Manner(Form):
    """How messages are signed, and how people are addressed."""

    seen: str
    identity: Literal["brand", "initials", "first_name", "full_name", "persona"]
    persona: str = Field("", max_length=100)
    address: Literal["vous", "tu"]
    signature_fr: str = Field("", max_length=200)
    signature_en: str = Field("", max_length=200)
    team_fr: str = Field("", max_length=100)
    team_en: str = Field("", max_length=100)


class Written(Form):
    """An answer as somebody wrote it; saving it is reviewing it. Questions: one a line."""

    seen: str = ""
    questions_fr: str = Field("", max_length=_LONGEST)
    questions_en: str = Field("", max_length=_LONGEST)
    answer_fr: str = Field("", max_length=_LONGEST)
    answer_en: str = Field("", max_length=_LONGEST)
    url: str = Field("", max_length=_LONGEST)
    valid_until: str = Field("", max_length=10)


class NewAnswer(Written):
    """Another answer, under a short name."""

    id: str


class Gone(Form):
    """An answer as somebody saw it; its words go with it: that is asked for twice."""

    seen: str
    sure: Literal["", "yes"] = Field("", description="`yes`: it is meant. Without it nothing is removed (422).")


def voice(visit: Visit, _parts: Parts) -> VoiceView:
    """How the community speaks, and what it answers."""
    community = visit.as_stored
    own = community.voice
    return VoiceView(
        seen=_mark(own),
        identity=own.identity_mode,
        persona=own.persona,
        address=own.address,
        signatures=own.team_signature,
        teams=own.team,
        delay=own.courtesy_delay_s,
        former=tuple(one.name or one.initials for one in own.former),
        own_replies=len(own.replies),
        languages=tuple(language for language in community.languages if language in LANGUAGES),
        faq=tuple(_answer(entry, visit) for entry in community.faq),
    )


def _answer(entry: FaqEntry, visit: Visit) -> Answer:
    return Answer(
        id=entry.id,
        seen=_mark(entry),
        questions=entry.questions,
        answer=entry.answer,
        url=entry.url or "",
        reviewed_at=visit.telling.day(entry.reviewed_at),
        valid_until=entry.valid_until.isoformat() if entry.valid_until else "",
        state=_state(entry.valid_until, visit),
    )


def _state(until: date | None, visit: Visit) -> str:
    if until is None:
        return ""
    over = until < _today(visit)
    return str(visit.screen["voice"]["expired" if over else "expires"].format(day=visit.telling.day(until)))


def _today(visit: Visit) -> date:
    return visit.now.astimezone(visit.community.zone).date()


def _mark(model: Voice | FaqEntry) -> str:
    return hashlib.sha256(model.model_dump_json().encode()).hexdigest()[:16]


# --- changing it ---


def manner(visit: Visit, _parts: Parts, form: Manner) -> Done:
    """Signatures and manners."""

    def changed(community: Community) -> Community:
        own = community.voice
        if _mark(own) != form.seen:
            raise Refused(HTTPStatus.CONFLICT, "changed_here")
        update = {
            "identity_mode": form.identity,
            "persona": form.persona.strip(),
            "address": form.address,
            "team_signature": _texts(own.team_signature, fr=form.signature_fr, en=form.signature_en),
            "team": _texts(own.team, fr=form.team_fr, en=form.team_en),
        }
        if form.identity == "persona" and not update["persona"]:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_persona")
        return _checked(community, voice=dict(own) | update)

    return _saved(visit, changed)


def rewrite(visit: Visit, parts: Parts, form: Written) -> Done:
    """An answer is rewritten, and reviewed today."""

    def changed(community: Community) -> Community:
        entry = _seen(community, parts["entry"], form.seen)
        after = _entry(dict(entry), form, visit)
        return _checked(community, faq=[after if one.id == entry.id else dict(one) for one in community.faq])

    return _saved(visit, changed)


def add(visit: Visit, _parts: Parts, form: NewAnswer) -> Done:
    """Another answer."""

    def changed(community: Community) -> Community:
        if any(one.id == form.id for one in community.faq):
            raise Refused(HTTPStatus.CONFLICT, "faq_there")
        blank = {"id": form.id, "questions": {}, "answer": {}}
        return _checked(community, faq=[*map(dict, community.faq), _entry(blank, form, visit)])

    return _saved(visit, changed)


def remove(visit: Visit, parts: Parts, form: Gone) -> Done:
    """An answer goes, for whoever says twice that they mean it: the question is a person's again."""
    if form.sure != "yes":
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "not_removed")

    def changed(community: Community) -> Community:
        entry = _seen(community, parts["entry"], form.seen)
        return community.model_copy(update={"faq": tuple(one for one in community.faq if one.id != entry.id)})

    return _saved(visit, changed)


def _seen(community: Community, name: str, seen: str) -> FaqEntry:
    entry = next((one for one in community.faq if one.id == name), None)
    if entry is None or _mark(entry) != seen:
        raise Refused(HTTPStatus.CONFLICT, "changed_here")
    return entry


def _entry(before: dict[str, Any], form: Written, visit: Visit) -> dict[str, Any]:
    """An entry as it will be: reviewed today, by whoever saves it."""
    answers = _texts(before["answer"], fr=form.answer_fr, en=form.answer_en)
    asked = {"fr": _lines(form.questions_fr), "en": _lines(form.questions_en)}
    questions = {language: lines for language, lines in (before["questions"] | asked).items() if lines}
    if not answers or not questions:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "faq_empty")
    if form.url and not form.url.startswith("https://"):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "faq_url")
    return before | {
        "answer": answers,
        "questions": questions,
        "url": form.url.strip() or None,
        "valid_until": form.valid_until or None,
        "reviewed_at": _today(visit),
    }


def _texts(before: dict[str, str], **said: str) -> dict[str, str]:
    """The texts of each language; those that were emptied go."""
    after = before | {language: " ".join(text.split()) for language, text in said.items()}
    return {language: text for language, text in after.items() if text}


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def _checked(community: Community, voice: Any = None, faq: Any = None) -> Community:
    """The community as changed, if nothing in it is what no member should read. Raises Refused."""
    try:
        own = Voice.model_validate(voice) if voice else community.voice
        entries = tuple(FaqEntry.model_validate(one) for one in faq) if faq is not None else community.faq
    except ValidationError as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "faq_form") from error
    known = set(mistakes(community.voice, community.faq))
    if any(one not in known for one in mistakes(own, entries)):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "left_open")
    return community.model_copy(update={"voice": own, "faq": entries})


def _saved(visit: Visit, changed: Callable[[Community], Community]) -> Done:
    visit.change(changed)
    return Done(said="voice_saved", next=f"/desk/{visit.community.id}/voice")


DOORS = (
    Door("GET", "voice", Right.READ, voice, VoiceView, "How the community speaks, and its FAQ", "desk/voice"),
    Door("POST", "voice/manner", Right.DIRECT, manner, Done, "Change signatures and manners", takes=Manner),
    Door("POST", "voice/faq", Right.DIRECT, add, Done, "Add an answer", takes=NewAnswer),
    Door("POST", "voice/faq/{entry}", Right.DIRECT, rewrite, Done, "Rewrite and review an answer", takes=Written),
    Door("POST", "voice/faq/{entry}/remove", Right.DIRECT, remove, Done, "Remove an answer", takes=Gone),
)
