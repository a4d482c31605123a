"""What people say of time: which promise stands in an answer, when it runs out, how long somebody waits."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tribune import words
from tribune.decision import SITUATIONS
from tribune.promises import Day, Promise, asks, promise_in, since_when, waited

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("said", "language", "found"),
    [
        ("La pédale de mon G3 est cassée au bout de deux mois, SAV ?", "fr", "deux mois"),
        ("Bravo, encore trois semaines de retard, quelle réactivité 👏👏", "fr", "trois semaines"),
        ("Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!", "fr", "un mois"),
        ("Depuis 15 jours sans nouvelles", "fr", "15 jours"),
        ("Broken after two months", "en", "two months"),
        ("three weeks late, well done", "en", "three weeks"),
        ("Garantie 2 ans, c'est bien ça ?", "fr", None),
        ("On part dans deux semaines !", "fr", None),
        ("2 year warranty?", "en", None),
        ("depuis SALE VOLEUR jours", "fr", None),
    ],
)
def test_how_long_it_has_lasted_is_taken_from_a_closed_vocabulary(said: str, language: str, found: str | None) -> None:
    assert since_when(said, language) == found


@pytest.mark.parametrize(
    ("said", "language", "days"),
    [
        ("Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!", "fr", 30),
        ("Bravo, encore trois semaines de retard, quelle réactivité 👏👏", "fr", 21),
        ("15 jours sans nouvelles", "fr", 15),
        ("three weeks late, well done", "en", 21),
        ("La pédale de mon G3 est cassée au bout de deux mois, SAV ?", "fr", None),
        ("Je roule avec depuis deux ans", "fr", None),
        ("2 year warranty?", "en", None),
    ],
)
def test_how_long_somebody_waits_is_what_they_say_of_waiting(said: str, language: str, days: int | None) -> None:
    assert waited(said, language) == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize(
    ("said", "language", "kept"),
    [
        ("Deux mois, ce n'est pas normal. Je vois avec l'atelier et je reviens ici à 17 h. ^MC", "fr", "24 17:00"),
        ("Je vois avec l'atelier et je reviens ici à 17\u00a0h\u00a030.", "fr", "24 17:30"),
        ("On vous répond avant 16h", "fr", "24 16:00"),
        ("Nous revenons vers vous demain à 9 h", "fr", "25 09:00"),
        ("Je vous rappelle demain matin", "fr", "25 10:00"),
        ("Je reviens vers toi dans deux heures", "fr", "24 13:00"),
        ("Je vous tiens au courant d'ici 18 h", "fr", "24 18:00"),
        ("Je reviens ici à 9 h", "fr", "25 09:00"),
        ("I'm checking with the team and will be back here at 5 pm. ^MC", "en", "24 17:00"),
        ("We will get back to you by 5:30 p.m.", "en", "24 17:30"),
        ("I'll let you know tomorrow at 9 am", "en", "25 09:00"),
        ("I'll be back in 30 minutes", "en", "24 11:30"),
        ("Nous sommes ouverts de 10 h à 17 h", "fr", None),
        ("Merci d'avoir passé le mot. ^MC", "fr", None),
        ("We close at 5 pm", "en", None),
        ("Je vois avec l'atelier et je reviens ici.", "fr", None),
        ("I'll be back at 25", "en", None),
        ("I will answer before 3 of you leave", "en", None),
        ("I'll be back at 17:00", "en", "24 17:00"),
        (
            "On vous répond ici : la pièce vient d'un fournisseur sans date ferme. Je reviens demain soir.",
            "fr",
            "25 18:00",
        ),
        ("Nous reviendrons vers vous à 18 h", "fr", "24 18:00"),
        ("On vous rappellera demain", "fr", "25 12:00"),
        ("Je reviens vers vous demain matin à 11 h 30.", "fr", "25 11:30"),
        ("Je reviens demain soir à 18 h", "fr", "25 18:00"),
        ("Je reviens à 18 h demain", "fr", "25 18:00"),
        ("Je reviens demain après-midi", "fr", "25 17:00"),
        ("Je reviens après-demain", "fr", "26 12:00"),
        ("Nous revenons vers vous après-demain à 14h", "fr", "26 14:00"),
        ("Je reviens lundi à 10 h", "fr", "30 10:00"),
        ("Je reviens vers vous lundi matin", "fr", "30 10:00"),
        ("Je vous rappelle mardi à 10 h", "fr", "01 10:00"),
        ("Je vous rappelle mardi à 14 h", "fr", "24 14:00"),
        ("Je reviens demain, l'atelier ouvre à 9 h", "fr", "25 12:00"),
        ("On vous répond du lundi au vendredi", "fr", None),
        ("I'll be back at 6 pm tomorrow", "en", "25 18:00"),
        ("We'll get back to you tomorrow morning at 11 am", "en", "25 11:00"),
        ("We'll get back to you by 5 pm on Monday", "en", "30 17:00"),
        ("I'll get back to you the day after tomorrow", "en", "26 12:00"),
        ("I'll get back to you tomorrow afternoon", "en", "25 17:00"),
        ("We'll answer Monday to Friday", "en", None),
        ("Je reviens demain 9 h 30", "fr", "25 09:30"),
        ("Je reviens demain en fin de journée", "fr", "25 18:00"),
        ("Je reviens demain entre 14 h et 16 h", "fr", "25 16:00"),
        ("Je reviens à 17 heures 30", "fr", "24 17:30"),
        ("Je reviens d'ici 2 h", "fr", "24 13:00"),
        ("Je reviens dans une heure et demie", "fr", "24 12:30"),
        ("On vous répond sous 48 h", "fr", "26 11:00"),
        ("On vous répond sous quatre jours ouvrés", "fr", "30 12:00"),
        ("Je vous réponds : l'atelier ferme à 18 h", "fr", None),
        ("Je reviens vers vous avant vendredi", "fr", "26 18:00"),
        ("Je vous réponds enfin, vous attendez depuis lundi", "fr", None),
        ("Je vous rappelle sur le 06 39 98 12 34", "fr", None),
        ("On vous répond tous les jours de 9 h à 18 h", "fr", None),
        ("On vous répond du lundi au vendredi, de 8h30 à 18h", "fr", None),
        ("Je reviens vers vous. Bonne soirée !", "fr", None),
        ("Je vous réponds ici. Votre commande est partie en novembre", "fr", None),
        ("On vous répond dans les prochaines 24 heures", "fr", "25 11:00"),
        ("On vous répond dans les deux prochains jours", "fr", "26 12:00"),
        ("Je vous recontacte demain à 9 h", "fr", "25 09:00"),
        ("Je vais revenir vers vous demain", "fr", "25 12:00"),
        ("Je regarde avec l'atelier et vous réponds à 17 h", "fr", "24 17:00"),
        ("Je regarde et reviens vers vous à 17 h", "fr", "24 17:00"),
        ("Vous aurez une réponse demain à 9 h", "fr", "25 09:00"),
        ("On fait le point demain", "fr", "25 12:00"),
        ("Je comprends. Demain à 9 h, je reviens vers vous.", "fr", "25 09:00"),
        ("Essaie encore une fois, et reviens demain", "fr", None),
        ("Votre message est arrivé à 17 h, je vous réponds ici", "fr", None),
        ("I'll be in touch tomorrow", "en", "25 12:00"),
        ("I'll check with the workshop and come back to you at 5 pm", "en", "24 17:00"),
        ("We're going to keep you posted by 5 pm", "en", "24 17:00"),
        ("You'll hear from us by 5 pm", "en", "24 17:00"),
        ("Tomorrow at 9 am I'll be back here", "en", "25 09:00"),
        ("I'll be back at 5", "en", "24 17:00"),
        ("I'll be back tomorrow at 5:30", "en", "25 17:30"),
        ("We'll get back to you by the end of the day on Friday", "en", "27 18:00"),
        ("We'll get back to you within 24 hours", "en", "25 11:00"),
        ("We'll get back to you in half an hour", "en", "24 11:30"),
        ("We'll get back to you about your order from Monday", "en", None),
    ],
)
def test_a_promise_to_come_back_becomes_a_reminder(said: str, language: str, kept: str | None) -> None:
    now = datetime(2026, 11, 24, 11, 0, tzinfo=PARIS)
    promise = promise_in(said, language)

    assert (promise and f"{promise.at(now):%d %H:%M}") == kept


@pytest.mark.parametrize(
    ("said", "language", "kept"),
    [
        ("le 30 novembre à 10 h", "fr", "30/11/2026 10:00"),
        ("le lundi 30 novembre, à 10 h", "fr", "30/11/2026 10:00"),
        ("lundi 30 à 9 h", "fr", "30/11/2026 09:00"),
        ("le 30 à 9 h", "fr", "30/11/2026 09:00"),
        ("le 30/11 à 10h", "fr", "30/11/2026 10:00"),
        ("jeudi 26 au matin", "fr", "26/11/2026 10:00"),
        ("le 1er décembre", "fr", "01/12/2026 12:00"),
        ("le 3", "fr", "03/12/2026 12:00"),
        ("le 31 à 10 h", "fr", "31/12/2026 10:00"),
        ("le 24 à 17 h", "fr", "24/11/2026 17:00"),
        ("le 24 à 10 h", "fr", "25/11/2026 00:00"),
        ("le 4 janvier à 10 h", "fr", "04/01/2027 10:00"),
        ("le 4 janv. à 10 h", "fr", "04/01/2027 10:00"),
        ("le 4/1/27", "fr", "04/01/2027 12:00"),
        ("avant le 1er décembre", "fr", "30/11/2026 18:00"),
        ("mardi prochain", "fr", "01/12/2026 12:00"),
        ("lundi en huit à 9 h", "fr", "07/12/2026 09:00"),
        ("vendredi de la semaine prochaine", "fr", "04/12/2026 12:00"),
        ("la semaine prochaine", "fr", "04/12/2026 18:00"),
        ("la semaine prochaine, mardi à 9 h", "fr", "01/12/2026 09:00"),
        ("en début de semaine prochaine", "fr", "01/12/2026 18:00"),
        ("d'ici la fin de la semaine", "fr", "27/11/2026 18:00"),
        ("d'ici la fin du mois", "fr", "30/11/2026 18:00"),
        ("le mois prochain", "fr", "31/12/2026 18:00"),
        ("début janvier", "fr", "07/01/2027 18:00"),
        ("on 30 November at 10 am", "en", "30/11/2026 10:00"),
        ("on November 30th at 10 am", "en", "30/11/2026 10:00"),
        ("on the 30th of November", "en", "30/11/2026 12:00"),
        ("on the 30th at 10 am", "en", "30/11/2026 10:00"),
        ("by 5 pm on Monday 30 November", "en", "30/11/2026 17:00"),
        ("Monday the 30th at 9 am", "en", "30/11/2026 09:00"),
        ("on 4 January", "en", "04/01/2027 12:00"),
        ("next Tuesday", "en", "01/12/2026 12:00"),
        ("Friday next week", "en", "04/12/2026 12:00"),
        ("next week", "en", "04/12/2026 18:00"),
        ("by the end of the month", "en", "30/11/2026 18:00"),
    ],
)
def test_a_promise_for_a_date_or_for_a_week_is_due_then(said: str, language: str, kept: str) -> None:
    now = datetime(2026, 11, 24, 11, 0, tzinfo=PARIS)
    promise = promise_in(f"{'Je reviens' if language == 'fr' else 'I will be back'} {said}. ^MC", language)

    assert promise is not None
    assert (f"{promise.at(now):%d/%m/%Y %H:%M}", promise.guessed(now)) == (kept, False)
    assert promise.words == said


@pytest.mark.parametrize(
    ("said", "month", "day", "kept"),
    [
        ("le 4 à 10 h", 12, 28, "04/01/2027 10:00"),
        ("lundi 4 janvier", 12, 28, "04/01/2027 12:00"),
        ("la semaine prochaine", 12, 28, "08/01/2027 18:00"),
        ("demain à 9 h", 12, 31, "01/01/2027 09:00"),
        ("le mois prochain", 12, 28, "29/01/2027 18:00"),
        ("fin décembre", 12, 28, "31/12/2026 18:00"),
        ("le 1er à 10 h", 11, 30, "01/12/2026 10:00"),
    ],
)
def test_a_promise_for_a_day_of_the_next_month_is_due_then(said: str, month: int, day: int, kept: str) -> None:
    now = datetime(2026, month, day, 11, 0, tzinfo=PARIS)
    promise = promise_in(f"Je reviens {said}", "fr")

    assert promise is not None
    assert f"{promise.at(now):%d/%m/%Y %H:%M}" == kept


@pytest.mark.parametrize(
    ("said", "language", "asked"),
    [
        ("le 31 novembre à 10 h", "fr", "25 12:00"),
        ("lundi 29 à 9 h", "fr", "25 12:00"),
        ("dans quelques jours", "fr", "27 12:00"),
        ("DANS QUELQUES JOURS", "fr", "27 12:00"),
        ("dans quelques minutes", "fr", "24 11:15"),
        ("après 17 h", "fr", "24 17:00"),
        ("on Monday 29 at 9 am", "en", "25 12:00"),
        ("in a few days", "en", "27 12:00"),
    ],
)
def test_a_promise_for_no_day_that_exists_or_for_none_exactly_is_asked_about_and_said_to_be_a_guess(
    said: str, language: str, asked: str
) -> None:
    now = datetime(2026, 11, 24, 11, 0, tzinfo=PARIS)
    promise = promise_in(f"{'Je reviens' if language == 'fr' else 'I will be back'} {said}. ^MC", language)

    assert promise is not None
    assert (f"{promise.at(now):%d %H:%M}", promise.guessed(now), promise.words) == (asked, True, said)


def test_a_promise_keeps_the_spaces_and_the_apostrophe_with_which_it_was_typed() -> None:
    for said in ("demain à 9\u00a0h\u00a030", "à 17\u202fh", "d’ici demain"):
        promise = promise_in(f"Je regarde et je reviens ici {said}. ^MC", "fr")
        assert promise is not None
        assert promise.words == said


@pytest.mark.parametrize("fold", [0, 1], ids=["the first time", "the second time"])
def test_a_promise_for_an_hour_that_comes_twice_is_due_when_it_is_still_to_come(fold: int) -> None:
    half_past_two = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold)
    promise = promise_in("Je reviens à 2 h 45", "fr")

    assert promise is not None
    assert promise.at(half_past_two).astimezone(UTC) - half_past_two.astimezone(UTC) == timedelta(minutes=15)


def test_an_hour_that_the_clocks_leave_out_is_the_one_that_they_show_instead() -> None:
    promise = promise_in("Je reviens demain à 2 h 30", "fr")

    assert promise is not None
    assert f"{promise.at(datetime(2026, 3, 28, 10, 0, tzinfo=PARIS)):%d %H:%M}" == "29 03:30"


@example(now=datetime(2026, 3, 29, 3, 0, tzinfo=PARIS), clock=time(2, 0, 1), days=0)
@example(now=datetime(2026, 10, 25, 2, 45, tzinfo=PARIS), clock=time(2, 30), days=0)
@given(
    now=st.datetimes(timezones=st.just(PARIS)),
    clock=st.times(),
    days=st.integers(0, 3),
)
def test_a_promise_never_runs_out_before_it_was_made(now: datetime, clock: time, days: int) -> None:
    try:
        kept = Promise("", clock=clock, day=Day(after=days)).at(now)
    except OverflowError:
        return  # the end of the calendar
    assert kept.astimezone(UTC) > now.astimezone(UTC)


@pytest.mark.parametrize(("language", "hour"), [("fr", "17\u00a0h"), ("en", "5 pm")])
def test_every_draft_that_names_an_hour_is_recognised_as_a_promise(language: str, hour: str) -> None:
    for situation in SITUATIONS:
        for entry_text in words.table(language, "replies")["situations"][situation]["texts"]:
            for form in (entry_text,) if isinstance(entry_text, str) else entry_text.values():
                if "when" in words.placeholders(form):
                    filled = form.replace("{when}", hour)
                    assert promise_in(filled, language) is not None, filled


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Et vous, vous roulez en ville\u202f?", True),
        ("Vraiment ?! Dites-nous tout.", True),
        ("Tout est là : https://garance.example/faq?page=2", False),
        ("Merci à vous.", False),
    ],
)
def test_a_message_of_ours_asks_something_when_a_question_mark_ends_something(text: str, asked: bool) -> None:
    assert asks(text) is asked


@pytest.mark.parametrize(
    ("said", "language"),
    [("Je reviens ce soir", "fr"), ("Je reviens dans la journée", "fr"), ("I'll get back to you tonight", "en")],
)
def test_a_promise_that_names_this_day_is_not_put_off_to_the_next_when_it_is_late_already(
    said: str, language: str
) -> None:
    at_nine = datetime(2026, 11, 24, 21, 0, tzinfo=PARIS)
    promise = promise_in(said, language)

    assert promise is not None
    assert promise.at(at_nine) == datetime(2026, 11, 25, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("month", "day", "hour"), [(3, 28, 4), (10, 31, 2)], ids=["a day of 23 hours", "a day of 25 hours"]
)
def test_a_promise_in_two_hours_lasts_two_hours_also_when_clocks_change(month: int, day: int, hour: int) -> None:
    before = datetime(2027, month, day, 1, 30, tzinfo=PARIS)
    promise = promise_in("Je reviens dans deux heures", "fr")

    assert promise is not None
    assert promise.at(before).astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=2)
    assert promise.at(before).hour == hour
