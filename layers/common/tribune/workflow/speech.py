"""speech: the words of an act or of a draft, for one comment: which text, filled with what is true here.

A machine's text never uses a name; a draft is written for the person on duty, who signs it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tribune import duty, promises, voice, words
from tribune.channel import ActKind
from tribune.comment import Comment
from tribune.community import Community
from tribune.decision import is_hostile
from tribune.journal import Draft
from tribune.workflow.deed import Deed, Ground, author_of, clause_link, named, thread_at
from tribune.workflow.worksheet import Worksheet

RESPONSE_TARGET = timedelta(hours=4)
"""Our own promise where the charter names none: an answer within four hours of presence."""


@dataclass(frozen=True, slots=True)
class About:
    """What a text is about: the language of the comment, the clause it cites, the FAQ entry it answers."""

    language: str
    clause: str | None = None
    faq: str | None = None


def answer_of(community: Community, entry_id: str, language: str, now: datetime) -> dict[str, str]:
    """What a text may say of an entry of the FAQ; nothing once its answer has expired, or where it has none."""
    spoken = community.answers_in(language)
    entry = next((entry for entry in community.faq if entry.id == entry_id), None)
    answer = voice.faq_answer(entry, spoken, now.astimezone(community.zone)) if entry else None
    if entry is None or answer is None:
        return {}
    told = {"answer": answer, "faq_url": entry.url, "topic": entry.topic.get(words.spoken(spoken))}
    return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Speech:
    """What can be said about one comment."""

    deed: Deed
    said: Comment
    ground: Ground
    sheet: Worksheet
    unread: frozenset[str] = frozenset()
    """Texts that were chosen for this very comment and never left: nobody knows them yet."""
    hostile: bool = False
    """This very comment makes its thread hostile."""
    appeal: str = ""
    """Where the measure that goes with these words gives its reason, and can be contested."""

    def drafts(self, situation: str | None, kind: ActKind, about: About) -> list[Draft]:
        """What the person on duty could say; empty when no text fits."""
        if situation is None:
            return []
        community = self.ground.community
        on_duty = duty.on_duty(community.rota, self.sheet.now, community.zone)
        written = self._compose(situation, kind, about, automatic=False, signer=on_duty[0] if on_duty else None)
        if written is None:
            return []
        draft_id = named(*self.deed.at, "draft", situation, self.said.version)
        return [Draft(id=draft_id, kind=kind, text=written.text, variant=written.variant)]

    def alone(self, situation: str, kind: ActKind, about: About) -> voice.Written | None:
        """What the machine may say by itself; None when it has no words for it."""
        return self._compose(situation, kind, about, automatic=True, signer=None)

    def _compose(
        self, situation: str, kind: ActKind, about: About, *, automatic: bool, signer: duty.Person | None
    ) -> voice.Written | None:
        community = self.ground.community
        language = community.answers_in(about.language)
        fields = self._cited(about.clause, language) | self._told(language)
        if self.appeal:
            fields["appeal"] = self.appeal
        if about.faq:
            answer = answer_of(community, about.faq, about.language, self.sheet.now)
            if not answer:
                return None
            fields |= answer
        author = author_of(self.said, self.ground)
        record = self.sheet.author((community.id, author)) if author else None
        thread = self.sheet.thread(thread_at(self.deed, self.ground))
        climate = self.sheet.known.brakes(community.id).climate.get(self.deed.space, "green")
        used = thread.used
        if record:
            used |= record.standing.variants
        return voice.compose(
            situation,
            language=language,
            voice=community.voice,
            fields=fields,
            key="|".join(self.deed.at),
            avoid=used - self.unread,
            automatic=automatic,
            signer=signer,
            limit=self.ground.card.limit(kind),
            unit=self.ground.card.text_unit,
            citation=self.ground.card.citation,
            today=self.sheet.now.astimezone(community.zone).date(),
            hostile=is_hostile(attacked=self.hostile or thread.attacked, climate=climate),
        )

    def _cited(self, clause: str | None, language: str) -> dict[str, str]:
        """The clause that is cited, as its charter is written: its number, title and address in the version that judged."""
        version, community = self.ground.charter, self.ground.community
        cited = version.charter.clause(clause) if version and clause else None
        if version is None or cited is None:
            return {}
        shown = version.charter.shown_in(language)
        fields = {"n": str(cited.number), "title": version.charter.title_of(cited, shown)}
        if community.charter_base_url:
            fields["url"] = clause_link(community, version.version, shown, cited.number)
        return fields

    def _told(self, language: str) -> dict[str, str]:
        """What a text may say of this person and this moment; a machine's text never uses the name."""
        community = self.ground.community
        fields = {"help": voice.help_line(community.rota.care_country, language)}
        since = promises.since_when(self.said.text, language)
        if since:
            fields["since"] = since
        if self.said.author.name:
            fields["name"] = self.said.author.name
        post = community.post(self.said.platform, self.said.account, self.said.thread.post)
        if post and post.title:
            fields["topic"] = post.title
        back = self._back_at()
        if back:
            fields["when"] = voice.clock_words(back, language)
        return fields

    def _back_at(self) -> datetime | None:
        """The full hour at which our promise to answer runs out, while somebody is there today; None otherwise."""
        community = self.ground.community
        local = self.sheet.now.astimezone(community.zone)
        hour = (local + RESPONSE_TARGET).replace(minute=0, second=0, microsecond=0)
        there = hour.date() == local.date() and duty.is_present(community.rota, hour, community.zone)
        return hour if there else None
