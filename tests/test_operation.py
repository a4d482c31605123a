"""An operation: what belongs to it, what enters it, what it came to, and that no count stands without the talk."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.configuration import EXAMPLE_FILE, read
from tribune.channel import ActKind
from tribune.charter import Circumstances, Findings, Reader, Signal, Vocabulary
from tribune.comment import Audience, Author, Comment, Media, Reaction, Thread, Verb
from tribune.community import Community
from tribune.crowd import MOST, Crowd
from tribune.decision import Mode
from tribune.desk.summing import summary
from tribune.desk.telling import Telling
from tribune.engagement import scale
from tribune.errors import BadConfiguration
from tribune.figures import Figures, recount
from tribune.journal import Action, ActionState, Head, HeadKind, Verdict
from tribune.operation import Article, Entered, Mark, Operation, Outcome, Ruled, belonging, hashtags, marks, ruled
from tribune.results import Results, results
from tribune.workflow.operations import Counted

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
NOW = START + timedelta(days=2)
CONTEST: dict[str, Any] = {
    "id": "noel",
    "kind": "contest",
    "name": {"fr": "Noël", "en": "Christmas"},
    "start": "2026-12-01T09:00",
    "end": "2026-12-24T18:00",
    "posts": [{"platform": "facebook", "account": "1001", "id": "1"}],
    "hashtags": ["#NoëlGarance"],
    "rules_url": "https://garance.example/concours",
    "teams": [
        {"id": "ville", "name": {"fr": "Ville"}, "hashtag": "#GaranceVille"},
        {"id": "champs", "name": {"fr": "Champs"}, "members": ["facebook:7003"]},
    ],
}


def operation(**more: Any) -> Operation:
    return Operation.model_validate(CONTEST | more)


def comment(text: str = "Le rouge !", **more: Any) -> Comment:
    told: dict[str, Any] = {
        "platform": "facebook",
        "account": "1001",
        "object": "1",
        "verb": Verb.CREATED,
        "said_at": NOW,
        "posted_at": NOW,
        "author": Author("7001"),
        "thread": Thread("1", "1"),
        "text": text,
    }
    return Comment(**told | more)


def marked(said: Comment | Reaction, one: Operation, *before: Mark, who: str = "", **more: Any) -> tuple[Mark, ...]:
    return marks(said, belonging(said, [one], PARIS, before), PARIS, frozenset({who}), before=before, **more)


# --- what belongs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["#NoelGarance", "voilà #noëlgarance!", "＃NOËLGARANCE", "#Noe\u0308lGarance"])
def test_a_hashtag_is_the_same_however_people_type_it(text: str) -> None:
    elsewhere = comment(text, thread=Thread("9", "9"))

    assert marked(elsewhere, operation()) == (Mark("noel", entry=True),)


@pytest.mark.parametrize("text", ["#CoupDeCœur", "#coupdecoeur", "#COUPDECŒUR", "#CoupdeCoeur2026 #coupdecoeur"])
def test_a_hashtag_with_joined_letters_is_the_same_as_without(text: str) -> None:
    for own in ("#CoupDeCœur", "#CoupDeCoeur"):
        assert marked(comment(text, thread=Thread("9", "9")), operation(hashtags=[own]))[0].entry


def test_what_hangs_from_another_post_and_bears_no_hashtag_belongs_to_nothing() -> None:
    assert marked(comment("Noël, garance !", thread=Thread("9", "9")), operation()) == ()
    assert hashtags("un#faux # vide #vrai") == {"faux", "vrai"}


@pytest.mark.parametrize(
    ("clock", "inside"),
    [("2026-12-01T07:59", False), ("2026-12-01T08:00", True), ("2026-12-24T16:59", True), ("2026-12-24T17:00", False)],
)
def test_it_lasts_by_the_communitys_clock(clock: str, inside: bool) -> None:
    at = datetime.fromisoformat(clock).replace(tzinfo=UTC)

    assert bool(marked(comment(posted_at=at, said_at=at), operation())) is inside
    like = Reaction("facebook", "1001", "r", "reaction", at, Author("7001"), Thread("1", "1"))
    assert bool(marked(like, operation())) is inside


@pytest.mark.parametrize(
    ("entry", "said", "participates", "enters"),
    [
        ("comment", comment(), False, True),
        ("comment", comment(parent="0"), False, False),
        ("picture", comment(), False, False),
        ("picture", comment(media=Media.IMAGE), False, True),
        ("hashtag", comment(), False, False),
        ("hashtag", comment("oui #noelgarance", parent="0"), False, True),
        ("participates", comment(), False, False),
        ("participates", comment(), True, True),
        ("article", comment(), True, False),
    ],
)
def test_what_enters_is_what_the_operation_says(
    entry: str,
    said: Comment,
    participates: bool,
    enters: bool,
) -> None:
    (mark,) = marked(said, operation(entry=entry), participates=participates)

    assert mark.entry is enters


@pytest.mark.parametrize(
    ("text", "comes"),
    [
        ("J'y serai avec deux amis !", True),
        ("On viendra en famille", True),
        ("Comptez sur nous", True),
        ("I'll be there", True),
        ("We're coming, all three of us", True),
        ("Je viens de recevoir mon vélo", False),
        ("J'y serai pas, dommage", False),
        ("C'est à quelle heure ?", False),
        ("I'm coming from Lyon, is there parking?", False),
    ],
)
def test_who_says_that_they_come_takes_part_where_people_are_invited(
    text: str,
    comes: bool,
) -> None:
    reader = Reader(None, Vocabulary())

    assert (Signal.PARTICIPATES in reader.read(text, Circumstances(invited=True)).signals) is comes
    assert Signal.PARTICIPATES not in reader.read(text, Circumstances()).signals


def test_a_team_is_the_one_that_the_words_name_else_the_one_that_lists_the_person() -> None:
    assert marked(comment("#garanceville"), operation(), who="facebook:7003")[0].team == "ville"
    assert marked(comment(), operation(), who="facebook:7003")[0].team == "champs"
    assert marked(comment(), operation(), who="facebook:7001")[0].team == ""


def test_words_edited_after_the_end_stay_in_and_leave_with_the_hashtag() -> None:
    after = datetime(2027, 1, 1, tzinfo=UTC)
    tagged, elsewhere = Mark("noel", entry=True), Thread("9", "9")
    typo = comment("Le rouge, #NoelGarance", thread=elsewhere, posted_at=after)

    assert marked(typo, operation(), tagged) == (tagged,)
    assert marked(typo, operation()) == (), "who comes after the end comes too late"
    assert marked(comment("Le rouge", thread=elsewhere, posted_at=after), operation(), tagged) == ()


def test_what_a_person_ruled_stays_whatever_is_edited() -> None:
    (mark,) = ruled(marked(comment(), operation()), "noel", Ruled.INVALID, "marie")

    assert marked(comment("Autre chose", parent="0"), operation(), mark) == (mark,)
    assert marked(comment("Autre chose", thread=Thread("9", "9")), operation(), mark) == (mark,)


# --- in the configuration -------------------------------------------------------------------------------------------

WRITTEN = """
community:
  id: garance
  name: Garance
  operations:
    - {{id: noel, kind: {kind}, name: {{fr: Noël}}, start: 2026-12-01, end: 2026-12-24, {more}}}
"""


@pytest.mark.parametrize(
    ("kind", "more", "sentence"),
    [
        ("contest", 'hashtags: ["#noel"]', "rules_url"),
        ("campaign", "cost: 4", "hashtags, or posts"),
        ("campaign", "posts: [{platform: facebook, account: '1', id: '2'}]", "one enters it by a hashtag"),
        ("campaign", "hashtags: [noel]", "written with its #"),
        ("event", 'hashtags: ["#noel"], rules_url: "garance.example"', "whole address"),
        ("event", 'hashtags: ["#noel"], teams: [{id: a, name: {fr: A}}]', "a list of members"),
        ("event", "posts: [{platform: facebook, account: '1', id: '2'}]", "no channel of this file has"),
    ],
)
def test_what_could_not_be_run_is_refused_in_a_sentence(kind: str, more: str, sentence: str) -> None:
    with pytest.raises(BadConfiguration, match=re.escape(sentence)):
        read(WRITTEN.format(kind=kind, more=more), file="garance.yaml")


def test_two_operations_have_two_names() -> None:
    twice = WRITTEN.format(kind="blogstorming", more="series: blog")

    with pytest.raises(BadConfiguration, match="“noel” stands there twice"):
        read(twice + twice.splitlines()[-1] + "\n")


def test_a_blogstorming_needs_neither_post_nor_hashtag() -> None:
    (one,) = read(WRITTEN.format(kind="blogstorming", more="series: blog")).community.operations

    assert (one.enters, one.series) == ("article", "blog")


def test_its_posts_ask_for_what_it_is_unless_somebody_said_otherwise() -> None:
    community = read("community: {id: garance, name: Garance}\n").community.model_copy(
        update={"operations": (operation(),)}
    )
    post = community.post("facebook", "1001", "1")

    assert (post and post.mechanic, community.post("facebook", "1001", "2")) == ("contest", None)


def test_an_entry_counts_as_much_as_its_operation_asks_for() -> None:
    table, found = scale((), NOW.date()), Findings()

    assert table.count_of(Audience.PUBLIC, found) == ("comment", 1)
    assert table.count_of(Audience.PUBLIC, found, enters=["contest"]) == ("comment", 2)
    assert table.count_of(Audience.PUBLIC, found, enters=["event"]) == ("comment", 3)
    assert (table.weight("comment", 2), table.weight("comment", 3)) == (5, 10)


# --- what it came to ------------------------------------------------------------------------------------------------


def head(name: str, *own: Mark, day: int = 0, **more: Any) -> Head:
    at = NOW + timedelta(days=day)
    base = Head(
        community="garance", platform="facebook", account="1001", object=name, kind=HeadKind.COMMENT, v="1", rev=1,
        space="page", thread=name, post="1", audience=Audience.PUBLIC, posted_at=at, received_at=at, author=name,
        counted=("comment", 2), hour=f"{at:%Y-%m-%dT%H}", marks=own or (Mark("noel", entry=True),),
    )  # fmt: skip
    return replace(base, **more)


def counted(*heads: Head, entered: Entered = Entered(), **more: Any) -> Results:  # noqa: B008  frozen
    community: Community = read("community: {id: garance, name: Garance}\n").community
    known = {one.at: one for one in heads}
    days = {day: figures for (_, day), figures in sorted(_by_day(heads, known, community).items())}
    return results(operation(**more), days, entered)


def _by_day(heads: tuple[Head, ...], known: Any, community: Community) -> dict[Any, Figures]:
    found: dict[Any, Figures] = {}
    for hour in {one.hour for one in heads}:
        for at, figures in recount([one for one in heads if one.hour == hour], known, community).items():
            found[at] = found.get(at, Figures()) + figures
    return found


TALK = (Mark("noel"),)
BREACH = Verdict(measure="hide", reason="insult", mode=Mode.ACT, clause="respect")


def test_people_are_counted_once_and_the_talk_stands_beside() -> None:
    answer = Action("a", ActKind.REPLY, "answer", ActionState.SENT, "1", NOW, NOW, signed_by="marie", done_at=NOW)
    found = counted(
        head("1", actions=(answer,)),
        head("2", author="1", day=1),
        head("3", *TALK, parent="1", thread="1"),
        head("4", Mark("noel", "ville", entry=True)),
        head("5", Mark("noel"), kind=HeadKind.REACTION, counted=("reaction", 1)),
        head("6", Mark("other", entry=True)),
    )

    assert dict(found.counts()) | {"cost": 0} == {
        "entries": 3, "invalid": 0, "participants": 2, "articles": 0, "sites": 0, "writers": 0, "comments": 4,
        "likes": 1, "shares": 0, "followers": None, "cost": 0,
    }  # fmt: skip
    assert dict(found.conversation()) == {
        "voices": 3, "returning": 1, "to_member": 1, "to_us": 0, "threads": 3, "depth": 1, "by_person": 1, "by_machine": 0,
    }  # fmt: skip
    assert [(team.team, team.entries, team.participants) for team in found.teams] == [("ville", 1, 1), ("champs", 0, 0)]


def test_what_breaks_the_charter_or_was_ruled_out_stands_apart_until_somebody_finds_it_right() -> None:
    said_so = Mark("noel", entry=True, ruled=Ruled.VALID), Mark("noel", entry=True, ruled=Ruled.INVALID)
    found = counted(
        head("1", verdict=BREACH),
        head("2", verdict=replace(BREACH, reversed=True)),
        head("3", said_so[0], verdict=BREACH),
        head("4", said_so[1]),
        head("5", deleted=True, counted=None),
        head("6", verdict=replace(BREACH, clause=None, ground="law")),
        head("7", verdict=replace(BREACH, clause=None, ground="law", acquitted=True)),
    )

    assert (found.entries, found.invalid, found.participants) == (3, 3, 3)


def test_distress_is_in_no_operation() -> None:
    assert counted(head("1", confidential=True, counted=None)).entries == 0


def article(url: str, author: str = "Ana", **more: Any) -> Article:
    return Article(url=url, author=author, by="marie", at=NOW, **more)


def outcome(kind: str, value: float, label: str = "", hours: int = 0) -> Outcome:
    told = {"kind": kind, "value": value, "label": label, "source": "un moteur", "by": "marie"}
    return Outcome.model_validate(told | {"at": NOW + timedelta(hours=hours)})


def test_a_blogstorming_is_its_articles_their_sites_and_who_signs_them() -> None:
    entered = Entered(
        articles=(
            article("https://www.blog.example/un?utm_source=x#haut", team="ville"),
            article("https://blog.example/deux/", author=" ANA "),
            article("https://autre.example/", author="Bo"),
        ),
        outcomes=(outcome("cost", 100), outcome("cost", 90, hours=1), outcome("likes", 5, "blog"), outcome("likes", 2)),
    )
    found = counted(entered=entered, entry="article")

    assert (found.entries, found.participants, found.sites, found.writers, found.cost) == (3, 2, 2, 2, 90)
    assert [(team.team, team.entries) for team in found.teams] == [("ville", 1), ("champs", 0)]
    assert entered.articles[0].id == article("http://blog.example/un/").id
    assert [one.value for one in entered.standing()] == [90, 2, 5]


def test_a_measure_has_both_of_its_figures_and_no_value_where_nothing_was() -> None:
    each = {one.name: (one.numerator, one.denominator, one.value) for one in counted(head("1"), cost=30).measures()}

    assert each["cost_per_participant"] == (30, 1, 30)
    assert each["said_by_a_person"] == (0, 0, None)


def test_what_is_an_estimate_says_so() -> None:
    crowd = [head(str(number), author=str(number)) for number in range(MOST + 1)]
    told = summary(Counted(counted(*crowd), NOW, {}), Telling(read(EXAMPLE_FILE).community, NOW, "en"))
    figures = {one.name: one.told for one in (*told.counts, *told.conversation)}

    assert figures["entries"] == "2,049"
    assert figures["participants"].startswith("about 2,")
    assert (figures["threads"], figures["depth"]) == ("at least 512", "about 1")
    assert "Beyond 2,047 people" in told.counted
    assert "from about 2," in told.sentence


def test_what_is_an_estimate_says_so_of_a_team_and_of_earlier_editions_too() -> None:
    community = read(EXAMPLE_FILE).community
    crowd = [head(str(number), Mark("noel", "ville", entry=True)) for number in range(MOST + 1)]
    (ville, champs) = summary(Counted(counted(*crowd), NOW, {}), Telling(community, NOW, "en")).teams

    assert ville.told.startswith("Ville: 2,049 entries, about 2,")
    assert champs.told == "Champs: 0 entries, 0 different people, 0 comments"
    known, few = {one.at: one for one in crowd}, (crowd[0], crowd[1])
    days = {day: figures for (_, day), figures in recount(few, known, community).items()}
    before = [Crowd.of(one.object for one in crowd)]
    told = summary(Counted(results(operation(), days, Entered(), before), NOW, {}), Telling(community, NOW, "en"))
    figures = {one.name: one.told for one in told.counts}
    assert figures["participants"] == "2"
    assert figures["of_before"].startswith("about ")
    assert "Beyond 2,047 people" in told.counted


@given(st.lists(st.sets(st.integers(0, 30)), max_size=6))
def test_who_returns_is_who_is_there_on_two_days(days: list[set[int]]) -> None:
    crowds = [Crowd.of(map(str, day)) for day in days]
    true = {who for who in range(31) if sum(who in day for day in days) > 1}

    assert Crowd.returning(crowds) == len(true)


def test_a_crowd_that_returns_is_estimated_within_what_is_said() -> None:
    everybody, half = Crowd.of(map(str, range(20_000))), Crowd.of(map(str, range(10_000)))

    assert not everybody.is_exact
    assert Crowd.returning([everybody, half]) == pytest.approx(10_000, rel=3 * 2 / MOST**0.5)
