"""A report in words: none, one, many; and nothing is made of too little."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from local.configuration import read
from tribune import words
from tribune.community import Community, Post
from tribune.crowd import Crowd
from tribune.figures import ANSWERED, THREADS, Figures, Slot
from tribune.measures import spread
from tribune.report import (
    Alerts,
    Appeals,
    AskedOften,
    Material,
    Period,
    PostTold,
    Report,
    Suggestion,
    Thanked,
    build,
    suggested,
)  # fmt: skip
from tribune.reported import Said, Told, tell
from tribune.workflow.reporting import as_html

WEEK, MONTH = Period.read("2026-W47"), Period.read("2026-11")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GARANCE = read(
    "community: {id: garance, name: Garance, rota: {people: [{id: marie, name: Marie Castel}]}}\n"
).community.model_copy(update={"posts": (Post(platform="facebook", account="1001", id="1", title="Et <vous> ?"),)})
PLACE = ("facebook", "1001", "1_1")


def figures(n: int, **more: Any) -> Figures:
    slot = Slot("facebook/1001/1", "", 0, False, "comment", 1)
    people = {"": Crowd.of(map(str, range(n))), "post#facebook/1001/1": Crowd.of(map(str, range(n)))}
    return Figures(
        counts=Counter({slot: n}) if n else Counter(),
        points=Counter({slot: 3 * n}),
        people=people | more.pop("people", {}),
        **more,
    )


def report(now: Figures, before: Figures | None = None, period: Period = WEEK, **more: Any) -> Report:
    material = Material(
        days={period.first: now}, before=before or Figures(), counted_to=NOW + timedelta(days=40), **more
    )
    return build(GARANCE, period, material, NOW)


def told(of: Report, language: str = "fr", said: Said | None = None, community: Community = GARANCE) -> Told:
    return tell(of, community, reader="Marie", said=said or {}, now=NOW, language=language)


def text(of: Report, language: str = "fr", said: Said | None = None) -> str:
    paragraphs = "\n\n".join(told(of, language, said).paragraphs())
    return paragraphs.replace("\u00a0", " ").replace("\u202f", " ")


# --- none, one, many ---


@pytest.mark.parametrize(
    ("n", "language", "sentence"),
    [
        (0, "fr", "Il ne s'est rien passé cette semaine : aucun commentaire, aucun message, aucune réaction."),
        (1, "fr", "1 commentaire d'une seule personne cette semaine."),
        (1200, "fr", "1 200 commentaires de 1 200 personnes cette semaine."),
        (0, "en", "Nothing happened this week: no comment, no message, no reaction."),
        (1, "en", "1 comment from one person this week."),
        (1200, "en", "1,200 comments from 1,200 people this week."),
    ],
)
def test_none_one_and_many_each_have_their_sentence(n: int, language: str, sentence: str) -> None:
    assert sentence in text(report(figures(n)), language)


@pytest.mark.parametrize(
    ("asked", "answered", "french", "english"),
    [
        (0, 0, "Personne n'attendait de réponse de votre part.", "Nobody was waiting for an answer from you."),
        (1, 0, "Une personne attendait une réponse. Elle l'attend encore.", "They still are."),
        (1, 1, "Une personne attendait une réponse. Elle l'a eue.", "They got it."),
        (3, 1, "3 commentaires attendaient une réponse. Un seul l'a eue", "Only one got it"),
        (3, 2, "3 commentaires attendaient une réponse. 2 l'ont eue", "2 got it"),
        (3, 3, "Tous l'ont eue.", "All of them got it."),
    ],
)
def test_whoever_waited_is_told_of(asked: int, answered: int, french: str, english: str) -> None:
    at = int(NOW.timestamp())
    answers = {str(n): (at, at + 60) for n in range(answered)}
    of = report(figures(9, talk=Counter({"asked": asked}), answers=answers))
    assert french in text(of)
    assert english in text(of, "en")


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (100, 0, "100 personnes cette semaine."),
        (100, 98, "cette semaine, comme la semaine d'avant."),
        (120, 100, "cette semaine, 20 % de plus que la semaine d'avant."),
        (80, 100, "cette semaine, 20 % de moins que la semaine d'avant."),
        (4, 1, "cette semaine, contre 1 la semaine d'avant."),
        (1, 100, "cette semaine, contre 100 la semaine d'avant."),
        (900, 100, "cette semaine, contre 100 la semaine d'avant."),
    ],
)
def test_a_change_is_told_as_people_tell_it(now: int, before: int, said: str) -> None:
    assert said in text(report(figures(now), figures(before)))


def test_a_month_is_called_a_month() -> None:
    shown = text(report(figures(40), figures(20), MONTH))
    assert "40 commentaires de 40 personnes ce mois-ci, 100 % de plus que le mois d'avant." in shown
    assert "--month 2026-11" in shown
    assert (
        told(report(figures(40), period=MONTH)).subject.replace("\u00a0", " ").startswith("Garance : novembre 2026, 40")
    )
    assert told(report(figures(1), period=Period.read("2026-W49"))).subject.count("30 novembre au 6 décembre") == 1


@pytest.mark.parametrize(
    ("asked", "ending"),
    [(0, "40 commentaires"), (3, "40 commentaires, aucune réponse")],
    ids=["nobody", "three people"],
)
def test_that_nobody_was_answered_is_news_where_somebody_asked(asked: int, ending: str) -> None:
    assert told(report(figures(40, talk=Counter(asked=asked)))).subject.endswith(ending)


# --- every form of every sentence ---


def everything(n: int) -> Report:
    """A report in which everything there may be is there `n` times."""
    base = report(figures(50))
    post = PostTold("facebook/1001/1", "", "", n, n, n, "unknown")
    alerts = Alerts(n, (("threat", n),), spread("call_taken", [60.0] * n), (("marie", n),))
    shown = replace(
        base,
        totals=tuple(replace(one, n=50 if one.name == "interactions" else n) for one in base.totals),
        best=post,
        worst=replace(post, title="Vélo"),
        questions=(AskedOften(n, n, "hours", PLACE), AskedOften(n, n, None, ("x", "y", "z"))),
        praise=(PLACE,),
        criticism=(PLACE,),
        thanks=(
            Thanked(PLACE, n, max(n, 3), ambassador=True, may_be_named=True),
            Thanked(("x", "y", "z"), n, max(n, 3), ambassador=False, may_be_named=False),
        ),
        appeals=Appeals(n, n, n, spread("appeal_time", [60.0] * n)),
        alerts=alerts,
        read=n,
    )
    at_least = {"none": 9999, "late": 1, "promises": 1, "thank": 1, "join": 0}
    kinds = (kind for kind in words.table("fr", "report")["suggestions"] if n >= at_least.get(kind, 2))
    fields = {
        "n": str(n),
        "of": str(max(n, 12)),
        "article": "10",
        "faq": "hours",
        "person": "marie",
        "mechanic": "contest",
    }
    return replace(shown, suggestions=tuple(Suggestion(kind, fields, ()) for kind in sorted(kinds)))


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("n", [0, 1, 2, 7000])
def test_no_sentence_says_a_plural_of_one_or_leaves_a_blank(n: int, language: str) -> None:
    shown = text(everything(n), language, {PLACE: ("une ligne", "https://x.example/1")})

    assert not re.search(r"[{}]|\bNone\b|  (?! *█)(?=[^\d█ ])", shown)
    assert not re.search(r"\b0 (?!█)(?:comment|réponse|rappel|masqu|answer|remind|point|fois|times)", shown)
    plurals = r"\b1 (?:commentaires|réponses|rappels|masquages|comments|answers|reminders|times|fois|appels|calls)\b"
    assert not re.search(plurals, shown), shown
    assert not re.search(r"\+0|\(\+?0 ?%\)", shown)


@pytest.mark.parametrize("which", ["why_best", "why_worst"])
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_reason_has_its_sentence(which: str, language: str) -> None:
    known = {"deep": 9.0, "n": 12.0, "percent": 42.0, "hour": 18.0, "comments": 8.0, "people": 7.0}
    for why in words.table(language, "report")[which]:
        post = PostTold("facebook/1001/1", "Vélo", "", 12, 30, 7, why, known)
        shown = text(replace(report(figures(50)), **{which.removeprefix("why_"): post}), language)
        assert "Vélo" in shown
        assert ("42" in shown) == (why in ("mechanic", "hour"))


def test_each_suggestion_that_a_rule_can_make_has_its_words() -> None:
    busy = report(
        figures(
            40,
            talk=Counter({"asked": 9}),
            said=Counter({("person", "police"): 9}),
            clauses=Counter({("respect", "cited"): 9, ("respect", "reversed"): 9}),
            people={THREADS: Crowd.of(map(str, range(20))), ANSWERED: Crowd.of(["x"])},
        ),
        articles={"respect": 10},
    )
    known = words.table("fr", "report")["suggestions"].keys()
    assert {one.kind for one in suggested(busy)} <= known
    assert {one.kind for one in suggested(busy)} == {"unanswered", "unclear", "lead", "join"}


def test_too_few_people_are_stories_and_no_proportions() -> None:
    shown = text(report(figures(9, said=Counter({("person", "lead"): 1, ("person", "police"): 1}))))
    assert "trop peu de monde pour conclure" in shown
    assert "Messages publics qui animent ou rendent service : 1 sur 2 ; c'est trop peu" in shown
    assert "50 %" not in shown


def test_an_arrow_shows_where_a_share_went_and_none_where_it_stood_still() -> None:
    def said(lead: int) -> Figures:
        return figures(50, said=Counter({("person", "lead"): lead, ("person", "police"): 10 - lead}))

    up, down, same = (text(report(said(now), said(6))) for now in (9, 3, 6))
    assert (
        "↑ 90 % de vos messages publics animent ou rendent service, 9 sur 10 (+30 points depuis la semaine d'avant)"
        in up
    )
    assert "↓ 30 % de vos" in down
    assert "(−30 points" in down
    assert "\n60 % de vos messages" in same


def test_a_quotation_that_is_gone_is_not_quoted() -> None:
    of = replace(report(figures(50)), praise=(PLACE,), questions=(AskedOften(4, 5, None, PLACE),))
    there, gone = text(of, said={PLACE: ("Très beau vélo", "https://x.example/1")}), text(of)
    assert "Bravo : « Très beau vélo » https://x.example/1" in there
    assert "ILS L'ONT DIT" not in gone
    assert "Une même question de 4 personnes (la FAQ n'y répond pas)." in gone


def test_figures_that_are_not_all_counted_say_so() -> None:
    unfinished = replace(report(figures(9)), counted_to=NOW - timedelta(hours=3), complete=False)
    assert "Tout n'est pas encore compté : ces chiffres s'arrêtent à 7 h." in text(unfinished)
    assert "Rien n'a encore été compté" in text(replace(unfinished, counted_to=None))


@pytest.mark.parametrize("width", [24, 40, 80])
def test_bars_fit_into_any_terminal(width: int) -> None:
    days = {day: figures(4**n) for n, day in enumerate(WEEK.days)}
    of = build(GARANCE, WEEK, Material(days=days, before=Figures(), counted_to=NOW), NOW)
    (picture,) = next(one for one in told(of).sections if one.name == "engagement").pictures
    lines = list(picture.bars(width))
    assert len(lines) == 7
    assert max(map(len, lines)) == width
    assert lines[0].startswith("lun 16")


# --- by mail ---


class Tags(HTMLParser):
    """Every tag is closed in its order; tables and pictures can be read without seeing them."""

    VOID = frozenset({"meta", "br", "rect", "line", "path", "circle"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.found: Counter[str] = Counter()
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found[tag] += 1
        self.ids += [value or "" for name, value in attributes if name == "id"]
        self.open.append(tag)
        if tag in self.VOID:
            self.open.pop()

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_mail_is_well_formed_short_enough_for_any_mailbox_and_holds_no_script(language: str) -> None:
    days = {date(2026, 11, day): figures(40 * day, said=Counter({("person", "lead"): day})) for day in range(1, 31)}
    of = build(GARANCE, MONTH, Material(days=days, before=figures(300), counted_to=NOW), NOW)
    html = as_html(told(of, language, {PLACE: ("<b>& vous", "")}), [("Ouvrir", "https://x.example/desk?a=1&b=2")])

    tags = Tags(html)
    assert len(html.encode()) < 102_000
    assert tags.found["svg"] >= 1
    assert tags.found["caption"] == tags.found["svg"]
    assert tags.found["script"] == tags.found["img"] == tags.found["link"] == 0
    assert len(set(tags.ids)) == len(tags.ids)
    assert "&lt;vous&gt;" in html
    assert "Et <vous>" not in html
