"""Each morning, once, what could be said; and a whole month of it, with the leader ratio beside a thousand greetings."""

import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tribune.aws import keys
from tribune.channel import ActKind
from tribune.charter import Circumstances, Reader
from tribune.charter.findings import Findings
from tribune.comment import Audience
from tribune.community import Community, Post
from tribune.decision import Mode
from tribune.duty import Person, Rota, is_present
from tribune.errors import AlreadyDone, Conflict, NotFound, Unavailable
from tribune.figures import Figures, recount
from tribune.journal import (
    Action,
    ActionState,
    Brakes,
    Case,
    CaseState,
    Head,
    HeadKind,
    Proposals,
    ProposalState,
    SaidWords,
    ThreadRecord,
    Verdict,
)
from tribune.leadership import Part
from tribune.measures import leadership
from tribune.platforms import platform
from tribune.proposals import MOST, Kind
from tribune.voice import FaqEntry, Voice
from tribune.workflow.lead import Leading, settle, sources, still_holds
from tribune.workflow.promise import answered, made_in

type Place = tuple[str, str, str, str]

TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""Nine o'clock in Paris: the team arrives."""
GARANCE = Community(
    id="garance",
    name="Vélos Garance",
    voice=Voice(team_signature={"fr": "L'équipe", "en": "The team"}),
    rota=Rota(people=(Person(id="marie", name="Marie Castel", initials="MC"),)),
    faq=(
        FaqEntry(
            id="dimanche",
            questions={"fr": ("ouverts le dimanche",), "en": ("open on sundays",)},
            answer={"fr": "le dimanche de 10 h à 13 h", "en": "on Sundays from 10 am to 1 pm"},
            reviewed_at=date(2026, 11, 1),
            valid_until=date(2026, 12, 31),
        ),
    ),
    posts=(Post(platform="facebook", account="1001", id="grave", sensitive=True),),
)


@dataclass
class Notebook:
    """A journal with a memory that counts what it is asked."""

    heads: dict[Place, Head] = field(default_factory=dict)
    cases: dict[Place, Case] = field(default_factory=dict)
    texts: dict[Place, str] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    made: dict[date, Proposals] = field(default_factory=dict)
    climate: str = "green"
    requests: int = 0
    before_writing: Callable[[], None] = lambda: None

    def say(self, name: str, text: str, reason: str = "question", at: datetime = TUESDAY, **more: Any) -> Place:
        """Somebody says something, and it waits for a person."""
        clause, who = more.get("clause"), more.get("author", f"author-{name}")
        waits = reason in ("question", "faq", "complaint")
        place = ("garance", "facebook", "1001", name)
        verdict = Verdict(measure="draft", reason=reason, mode=Mode.ACT, clause=clause, awaits_answer=waits)
        self.heads[place] = Head(
            *place, kind=HeadKind.COMMENT, v="1", rev=1, space="page", thread=name, post=more.get("post", "1"),
            audience=Audience.PUBLIC, posted_at=at, received_at=at, author=who, verdict=verdict,
            hour=f"{at:%Y-%m-%dT%H}",
        )  # fmt: skip
        self.cases[place] = Case(
            community="garance", id=name, platform="facebook", account="1001", object=name, thread=name, space="page",
            state=CaseState.OPEN, reason=reason, opened_at=at, promise_at=at, rev=1, awaits_answer=waits,
        )  # fmt: skip
        self.texts[place] = text
        return place

    def read(self, wanted: Iterable[dict[str, str]]) -> "Notebook":
        self.requests += -(-len(list(wanted)) // 100)
        return self

    def head(self, community: str, name: str, account: str, object_id: str, /) -> Head | None:
        return self.heads.get((community, name, account, object_id))

    def case(self, community: str, name: str, account: str, object_id: str, /) -> Case | None:
        return self.cases.get((community, name, account, object_id))

    def thread(self, community: str, name: str, account: str, thread_id: str, /) -> ThreadRecord:
        return ThreadRecord(community, name, account, thread_id, silent=self.silent.get(thread_id, ""))

    def brakes(self, _community: str, /) -> Brakes:
        return Brakes(climate={"page": self.climate})

    def proposals(self, _community: str, day: date, /) -> Proposals | None:
        return self.made.get(day)

    def latest_cases(self, _community: str, since: datetime, limit: int) -> list[Place]:
        self.requests += 2
        ordered = sorted(self.cases.items(), key=lambda pair: pair[1].promise_at, reverse=True)
        is_open = [place for place, case in ordered if case.state is CaseState.OPEN]
        settled = [place for place, case in ordered if case.closed_at and case.closed_at >= since]
        return is_open[:limit] + settled[:limit]

    def current_words(self, heads: Iterable[Head]) -> dict[Place, str]:
        found = [head.at for head in heads]
        self.requests += -(-len(found) // 100)
        return {place: self.texts[place] for place in found if place in self.texts}

    def said_of(self, _heads: Iterable[Head]) -> dict[Place, SaidWords]:
        return {}

    def keep_proposals(self, proposals: Proposals) -> None:
        self.requests += 1
        self.before_writing()
        known = self.made.get(proposals.day)
        if (known.rev if known else 0) != proposals.rev - 1:
            raise Conflict("put_item")
        self.made[proposals.day] = proposals

    def load(self, _community: str) -> Community:
        return GARANCE


def reading(community: Community) -> Callable[[str], Findings]:
    reader = Reader(None, community.vocabulary)
    return lambda text: reader.read(text, Circumstances())


def leading(notebook: Notebook) -> Leading:
    """A process that has just begun."""
    return Leading(notebook, keys, notebook, platform, reading)


def morning(notebook: Notebook, at: datetime = TUESDAY) -> Proposals:
    leading(notebook).mornings(["garance"], at)
    return notebook.made[at.date()]


YESTERDAY = TUESDAY - timedelta(hours=18)


def a_full_day(notebook: Notebook) -> None:
    notebook.say("help", "@Karim resserre le moyeu, ça marche", "helps_member", YESTERDAY)
    notebook.say("pneus", "Quels pneus pour rouler sur des pavés mouillés ?", "question", YESTERDAY)
    for number, text in enumerate(("Ouverts le dimanche ?", "C'est ouvert dimanche ?", "Vous êtes ouverts dimanche ?")):
        notebook.say(f"faq{number}", text, "faq", YESTERDAY)
    notebook.say("new", "Coucou, je découvre la page", "newcomer", YESTERDAY)


# --- once, in the morning ---


def test_nothing_is_proposed_before_the_team_is_there() -> None:
    notebook = Notebook()
    a_full_day(notebook)

    assert leading(notebook).mornings(["garance"], TUESDAY - timedelta(minutes=1)) == 0
    assert notebook.made == {}
    assert leading(notebook).mornings(["garance"], TUESDAY) == 1


def test_a_day_is_proposed_once_by_whichever_process_and_after_that_costs_a_look_a_quarter_of_an_hour() -> None:
    notebook = Notebook()
    a_full_day(notebook)
    process = leading(notebook)
    minutes = [TUESDAY + timedelta(minutes=n) for n in range(60)]

    proposed = [process.mornings(["garance"], minute) for minute in minutes]
    spent = notebook.requests
    another = leading(notebook).mornings(["garance"], minutes[-1])

    assert (sum(proposed), proposed[0], another) == (1, 1, 0)
    assert spent <= 13 + 4


def test_two_workers_at_once_propose_one_day() -> None:
    notebook = Notebook()
    a_full_day(notebook)
    others: list[int] = []

    def another_comes_first() -> None:
        notebook.before_writing = lambda: None
        others.append(leading(notebook).mornings(["garance"], TUESDAY))

    notebook.before_writing = another_comes_first

    assert leading(notebook).mornings(["garance"], TUESDAY) == 0
    assert others == [1]
    assert notebook.made[TUESDAY.date()].rev == 1


def test_a_worker_that_dies_before_it_wrote_is_followed_by_one_that_proposes() -> None:
    notebook = Notebook()
    a_full_day(notebook)

    def dies() -> None:
        raise KeyboardInterrupt

    notebook.before_writing = dies
    with pytest.raises(KeyboardInterrupt):
        leading(notebook).mornings(["garance"], TUESDAY)
    notebook.before_writing = lambda: None

    assert leading(notebook).mornings(["garance"], TUESDAY + timedelta(minutes=1)) == 1


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Struck(Notebook):
    """The same notebook with one fault at its n-th request."""

    fault: str = ""
    at: int = -1
    asked: int = 0

    def around[T](self, make: Callable[[], T]) -> T:
        self.asked += 1
        if self.asked != self.at:
            return make()
        if self.fault == "another_worker":
            leading(self).mornings(["garance"], TUESDAY)
            return make()
        if self.fault.endswith("before"):
            raise Killed if self.fault.startswith("kill") else Unavailable("planted")
        make()
        raise Killed if self.fault.startswith("kill") else Unavailable("planted")

    def read(self, wanted: Iterable[dict[str, str]]) -> Notebook:
        return self.around(lambda: Notebook.read(self, wanted))

    def latest_cases(self, community: str, since: datetime, limit: int) -> list[Place]:
        return self.around(lambda: Notebook.latest_cases(self, community, since, limit))

    def current_words(self, heads: Iterable[Head]) -> dict[Place, str]:
        return self.around(lambda: Notebook.current_words(self, heads))

    def keep_proposals(self, proposals: Proposals) -> None:
        self.around(lambda: Notebook.keep_proposals(self, proposals))


REQUESTS = 7
"""What a morning asks of the journal; a test keeps the figure honest."""


def test_a_morning_asks_the_journal_seven_times() -> None:
    notebook = Struck()
    a_full_day(notebook)
    leading(notebook).mornings(["garance"], TUESDAY)

    assert notebook.asked == REQUESTS


@pytest.mark.parametrize("fault", ["error_before", "error_after", "kill_before", "kill_after", "another_worker"])
def test_whatever_crashes_at_whichever_request_the_day_is_proposed_once(fault: str) -> None:
    quiet = Notebook()
    a_full_day(quiet)
    expected = morning(quiet).proposals

    for at in range(1, REQUESTS + 1):
        notebook = Struck(fault=fault, at=at)
        a_full_day(notebook)
        with suppress(Killed, Unavailable):
            leading(notebook).mornings(["garance"], TUESDAY)
        for minute in (1, 2):
            leading(notebook).mornings(["garance"], TUESDAY + timedelta(minutes=minute))

        made = notebook.made[TUESDAY.date()]
        assert (made.rev, made.proposals) == (1, expected), (fault, at)


def test_a_morning_without_anything_to_say_is_kept_too() -> None:
    assert morning(Notebook()).proposals == ()


def test_however_much_was_said_what_is_read_is_bounded() -> None:
    notebook = Notebook()
    for number in range(1500):
        notebook.say(f"q{number}", f"Question numéro {number} sur le moyeu ?", at=YESTERDAY)

    morning(notebook)

    assert notebook.requests <= 13


# --- what is proposed ---


def test_a_helper_a_question_for_everyone_and_a_post_each_with_sources_and_words_in_both_languages() -> None:
    notebook = Notebook()
    a_full_day(notebook)

    thank, everyone, post = morning(notebook).proposals

    assert [one.kind for one in (thank, everyone, post)] == [Kind.THANK, Kind.EVERYONE, Kind.POST]
    assert thank.sources == (("facebook", "1001", "help"),)
    assert everyone.sources == (("facebook", "1001", "pneus"),)
    assert {source[2] for source in post.sources} == {"faq0", "faq1", "faq2"}
    assert (post.people, post.faq) == (3, "dimanche")
    assert all(one.drafts.keys() == {"fr", "en"} for one in (thank, everyone, post))
    assert "10 h à 13 h" in post.drafts["fr"].replace("\u00a0", " ")


def test_no_draft_repeats_a_members_word_nor_names_anybody() -> None:
    notebook = Notebook()
    notebook.say("help", "@Karim xylophone resserre", "helps_member", YESTERDAY)
    notebook.say("pneus", "Quels xylophones pour rouler sur des pavés ?", "question", YESTERDAY)

    drafts = [text for one in morning(notebook).proposals for text in one.drafts.values()]

    assert len(drafts) == 4
    assert not [text for text in drafts if "xylophone" in text or "Karim" in text or "{" in text]


def test_an_answer_that_expired_is_in_no_draft() -> None:
    notebook = Notebook()
    january = datetime(2027, 1, 5, 8, 0, tzinfo=UTC)
    for number, text in enumerate(("Ouverts le dimanche ?", "C'est ouvert dimanche ?", "Vous êtes ouverts dimanche ?")):
        notebook.say(f"faq{number}", text, "faq", january - timedelta(hours=18))

    (post,) = morning(notebook, january).proposals

    assert post.faq == "dimanche"
    assert not [text for text in post.drafts.values() if "10" in text]


def test_what_was_a_source_is_none_again_and_the_same_words_are_not_proposed_two_days_running() -> None:
    notebook = Notebook()
    notebook.say("one", "resserre le moyeu", "helps_member", YESTERDAY)
    (first,) = morning(notebook).proposals
    assert morning(notebook, TUESDAY + timedelta(days=1)).proposals == ()
    notebook.say("two", "essaie un 38", "helps_member", TUESDAY + timedelta(days=1))

    (second,) = morning(notebook, TUESDAY + timedelta(days=2)).proposals

    assert second.sources == (("facebook", "1001", "two"),)
    assert second.variant != first.variant


def test_a_sensitive_post_a_grave_thread_and_words_that_are_gone_are_no_source() -> None:
    notebook = Notebook()
    notebook.say("grave", "resserre le moyeu", "helps_member", YESTERDAY, post="grave")
    notebook.say("silent", "resserre le moyeu", "helps_member", YESTERDAY)
    notebook.silent["silent"] = "discrimination"
    del notebook.texts[notebook.say("gone", "resserre le moyeu", "helps_member", YESTERDAY)]
    notebook.say("held", "resserre le moyeu abruti", "helps_member", YESTERDAY, clause="respect")

    assert morning(notebook).proposals == ()


@pytest.mark.parametrize(("climate", "n"), [("green", 3), ("yellow", 3), ("orange", 0), ("red", 0)])
def test_in_a_storm_no_courtesy_is_proposed(climate: str, n: int) -> None:
    notebook = Notebook(climate=climate)
    a_full_day(notebook)

    assert len(morning(notebook).proposals) == n


# --- what a person makes of it ---


def test_a_person_says_it_or_lets_it_be_once() -> None:
    notebook = Notebook()
    a_full_day(notebook)
    thank, everyone, _ = morning(notebook).proposals
    at = ("garance", TUESDAY.date())

    done = settle(notebook, keys, at, thank.id, state=ProposalState.DONE, person="marie", now=TUESDAY)
    settle(notebook, keys, at, everyone.id, state=ProposalState.DROPPED, person="marie", now=TUESDAY)

    assert (done.state, done.settled_by) == (ProposalState.DONE, "marie")
    assert [one.state for one in notebook.made[TUESDAY.date()].proposals] == ["done", "dropped", "open"]
    with pytest.raises(AlreadyDone):
        settle(notebook, keys, at, thank.id, state=ProposalState.DROPPED, person="lea", now=TUESDAY)
    with pytest.raises(NotFound):
        settle(notebook, keys, at, "nothing", state=ProposalState.DONE, person="lea", now=TUESDAY)


def test_what_was_settled_or_taken_back_meanwhile_needs_no_word_any_more() -> None:
    notebook = Notebook()
    a_full_day(notebook)
    thank, _, post = morning(notebook).proposals
    (help_case, help_head) = (
        notebook.cases["garance", *thank.sources[0]],
        notebook.heads["garance", *thank.sources[0]],
    )

    assert still_holds(thank, [help_head], [help_case])
    assert not still_holds(thank, [help_head], [replace(help_case, state=CaseState.CLOSED)])
    assert not still_holds(thank, [replace(help_head, deleted=True)], [help_case])
    assert still_holds(post, [help_head], [replace(help_case, state=CaseState.CLOSED)]), "many asked all the same"
    assert not still_holds(post, [None], [None])


def hidden_on_the_platform(notebook: Notebook, place: Place) -> None:
    notebook.heads[place] = replace(notebook.heads[place], hidden=True, by_hand=True)


def edited_into_a_complaint(notebook: Notebook, place: Place) -> None:
    notebook.cases[place] = replace(notebook.cases[place], reason="complaint")


def edited_into_nothing(notebook: Notebook, place: Place) -> None:
    notebook.cases[place] = replace(notebook.cases[place], state=CaseState.CLOSED, closed_by="edited")


NOT_ANY_MORE = (hidden_on_the_platform, edited_into_a_complaint, edited_into_nothing)


@pytest.mark.parametrize("gone", NOT_ANY_MORE)
def test_what_was_hidden_or_edited_since_is_no_source_in_the_morning(gone: Callable[[Notebook, Place], None]) -> None:
    notebook = Notebook()
    a_full_day(notebook)
    gone(notebook, ("garance", "facebook", "1001", "faq1"))

    assert Kind.POST not in [one.kind for one in morning(notebook).proposals], "two people ask, not three"


@pytest.mark.parametrize("gone", NOT_ANY_MORE)
def test_what_was_hidden_or_edited_since_the_morning_is_named_no_more(gone: Callable[[Notebook, Place], None]) -> None:
    notebook = Notebook()
    a_full_day(notebook)
    thank, _, post = morning(notebook).proposals
    gone(notebook, ("garance", *thank.sources[0]))
    gone(notebook, ("garance", *post.sources[1]))

    assert sources(notebook, keys, "garance", thank) == []
    named = [source.head.object for source in sources(notebook, keys, "garance", post)]
    assert named == [post.sources[0][2], post.sources[2][2]]


def test_whoever_was_told_that_we_come_back_has_had_an_answer() -> None:
    notebook = Notebook()
    a_full_day(notebook)
    before = morning(notebook).proposals
    asked = ("garance", "facebook", "1001", "pneus")
    promised = made_in(
        "Je demande à l'atelier et je reviens demain à 14 h.", ("fr",), YESTERDAY, ZoneInfo("Europe/Paris")
    )
    case = answered(notebook.cases[asked], "marie", promised, spoken_at=YESTERDAY, now=YESTERDAY)
    notebook.cases[asked], notebook.made = case, {}

    assert case.state is CaseState.OPEN
    assert [one.kind for one in before] == [Kind.THANK, Kind.EVERYONE, Kind.POST]
    assert Kind.EVERYONE not in [one.kind for one in morning(notebook).proposals]
    assert sources(notebook, keys, "garance", before[1]) == []


# --- a month ---

SAID = (
    ("helps_member", "@{} resserre le moyeu, ça marche"),
    ("question", "Quels pneus pour rouler sur des pavés mouillés, {} ?"),
    ("question", "Le G3 tient en cabine d'avion, {} ?"),
    ("question", "Où est ma commande {} ?"),
    ("faq", "Vous êtes ouverts le dimanche, {} ?"),
    ("complaint", "Déçu de la livraison, {}"),
    ("praise", "Superbe balade avec {}, bravo"),
    ("newcomer", "Coucou, je découvre, je suis {}"),
    ("insult_at_person", "@{} t'es un abruti"),
)


def a_month(greetings: int) -> tuple[list[Head], list[Proposals], int]:
    """Thirty days at Garance, always the same; Marie answers two in three, `greetings` leave alone."""
    chance = random.Random(7)  # noqa: S311  a simulation
    notebook, mornings, answers = Notebook(), [], 0
    first = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    for day in range(30):
        begins = first + timedelta(days=day)
        if is_present(GARANCE.rota, begins, GARANCE.zone):
            mornings.append(morning(notebook, begins))
        for number in range(12):
            reason, words = chance.choice(SAID)
            at = begins + timedelta(minutes=30 * number)
            clause = "respect" if reason == "insult_at_person" else None
            place = notebook.say(f"{day}-{number}", words.format(f"n{day}{number}"), reason, at, clause=clause)
            if chance.random() < 2 / 3 and is_present(GARANCE.rota, at, GARANCE.zone):
                answers += 1
                notebook.heads[place] = _said(notebook.heads[place], None, "marie")
                closed = replace(notebook.cases[place], state=CaseState.CLOSED, closed_at=at, closed_by="marie")
                notebook.cases[place] = closed
    for number in range(greetings):
        place = notebook.say(f"greeted-{number}", "Bonjour", "newcomer", first)
        notebook.heads[place] = _said(notebook.heads[place], "welcome/1", None)
        del notebook.cases[place]
    return list(notebook.heads.values()), mornings, answers


def _said(head: Head, variant: str | None, by: str | None) -> Head:
    at = head.posted_at
    action = Action(
        f"a-{head.object}", ActKind.REPLY, "answer", ActionState.SENT, head.object, at, at, variant=variant,
        signed_by=by, platform_id=f"ours-{head.object}",
    )  # fmt: skip
    return replace(head, actions=(action,))


def counted(heads: list[Head]) -> Figures:
    return sum(recount(heads, {head.at: head for head in heads}, GARANCE).values(), Figures())


def test_in_a_month_a_thousand_greetings_move_no_ratio_and_no_morning_brings_more_than_three(
    capsys: pytest.CaptureFixture[str],
) -> None:
    heads, mornings, answers = a_month(greetings=0)
    of_quiet, of_busy = counted(heads), counted(a_month(greetings=1000)[0])
    quiet, busy = (next(leadership(figures)) for figures in (of_quiet, of_busy))
    proposals = [one for made in mornings for one in made.proposals]
    by_kind = {str(kind): sum(one.kind == kind for one in proposals) for kind in Kind}

    with capsys.disabled():
        print(  # noqa: T201  the figures that the issue asks for
            f"\n  a month: {len(heads)} comments, {answers} answers by Marie: leader ratio {quiet.numerator}/"
            f"{quiet.denominator} = {quiet.value:.3f}; with 1,000 automatic greetings {busy.numerator}/"
            f"{busy.denominator} = {busy.value:.3f}, the machine's {of_busy.said['machine', Part.LEAD]} stand beside"
            f"\n  {len(mornings)} mornings, {len(proposals)} proposals, at most "
            f"{max(len(made.proposals) for made in mornings)} a morning, each with its sources: {by_kind}"
        )

    assert quiet.denominator == answers > 100
    assert 0 < (quiet.value or 0) < 1
    assert busy == quiet
    assert {part: n for (who, part), n in of_busy.said.items() if who == "machine"} == {Part.LEAD: 1000}
    assert all(len(made.proposals) <= MOST for made in mornings)
    assert all(one.sources and one.drafts for one in proposals)
    named = [source for one in proposals for source in one.sources]
    assert len(named) == len(set(named)), "within a week no comment is a source twice"
