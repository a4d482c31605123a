"""Each detector alone, watching for one clause: what fires and what does not, in French and in English."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from tribune.charter import Charter, Circumstances, Findings, Reader, Vocabulary
from tribune.charter.uses import DetectorUse, Reserve
from tribune.comment import Audience
from tribune.errors import BadConfiguration

type Find = Callable[..., Findings]
USE: TypeAdapter[Any] = TypeAdapter(DetectorUse)
OURS = Vocabulary(brand="Vélos Garance", own_domains=("garance.example",), names=("Garance Lyon",))


@pytest.fixture(scope="session")
def watching(model: Charter) -> Callable[..., Reader]:
    """A reader under one clause, watched by one detector."""
    respect = model.clause("respect")
    assert respect is not None
    readers: dict[str, Reader] = {}

    def reader(name: str, **parameters: Any) -> Reader:
        key = f"{name}{parameters}"
        if key not in readers:
            use = USE.validate_python({"name": name, **parameters})
            alone = respect.model_copy(update={"detectors": (use,), "exceptions": {}})
            readers[key] = Reader(model.model_copy(update={"clauses": (alone,)}), OURS)
        return readers[key]

    return reader


@pytest.fixture
def find(watching: Callable[..., Reader]) -> Find:
    """What one detector finds in a text."""

    def find(name: str, text: str, around: Circumstances | None = None, **parameters: Any) -> Findings:
        return watching(name, **parameters).read(text, around or Circumstances())

    return find


def words(findings: Findings, text: str) -> list[str]:
    return [text[breach.start : breach.end] for breach in findings.breaches]


# --- contact data ---


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mon IBAN : FR76 3000 6000 0112 3456 7890 189", ["FR76 3000 6000 0112 3456 7890 189"]),
        ("Mon IBAN : FR76 3000 6000 0112 3456 7890 188", []),
        ("Pay me on GB82 WEST 1234 5698 7654 32", ["GB82 WEST 1234 5698 7654 32"]),
        ("Pay me on GB83 WEST 1234 5698 7654 32", []),
        ("Appelez-moi au 06 39 98 56 78", ["06 39 98 56 78"]),
        ("Call me on +44 7700 900123", ["+44 7700 900123"]),
        ("Écrivez-moi : lea.martin@mail.example", ["lea.martin@mail.example"]),
        ("J'habite 12 rue de la Paix, 75002 Paris", ["12 rue de la Paix, 75002 Paris"]),
        ("Rendez-vous à la boutique du 12 rue de la Paix", []),
        ("L'adresse du magasin : 12 rue de la Paix, 75002 Paris", []),
        ("L'adresse de votre atelier c'est bien 12 rue de la Paix, 75002 Paris ?", []),
        ("L'adresse du patron : 12 rue de la Paix, 75002 Paris", ["12 rue de la Paix, 75002 Paris"]),
        ("Mon adresse : 12 rue de la Paix, 75002 Paris, ou la boutique", ["12 rue de la Paix, 75002 Paris"]),
        ("Commande 2024-2025, 20 000 km", []),
    ],
)
def test_contact_data_is_told_from_other_numbers(find: Find, text: str, found: list[str]) -> None:
    assert words(find("contact_data", text), text) == found


def test_a_charter_chooses_which_contact_data_it_looks_for(find: Find) -> None:
    text = "Mon adresse : lea.martin@mail.example, mon numéro : 06 39 98 56 78"
    assert words(find("contact_data", text, kinds=["phone"]), text) == ["06 39 98 56 78"]
    assert words(find("contact_data", text, kinds=["email"]), text) == ["lea.martin@mail.example"]


# --- links ---

NEW, KNOWN = Circumstances(newcomer=True), Circumstances(newcomer=False)
LOAN = "Offre de prêt entre particuliers : "


@pytest.mark.parametrize(
    ("text", "around", "found"),
    [
        # A newcomer's link and a shortener alone are never held against anybody.
        ("Mon essai du G3 : https://monblog.example/g3", NEW, []),
        ("My review: https://bit.ly/g3", NEW, []),
        # A family and a link by somebody known, not shortened: the family is another detector's.
        (LOAN + "https://pret.example/ici", KNOWN, []),
        (LOAN + "https://pret.example/ici", Circumstances(), []),
        (LOAN + "https://pret.example/ici", NEW, [("https://pret.example/ici", 2, False)]),
        (LOAN + "https://bit.ly/pret", Circumstances(), [("https://bit.ly/pret", 2, False)]),
        (LOAN + "https://bit.ly/pret", NEW, [("https://bit.ly/pret", 3, False)]),
        ("Private lender, loan at 2%: https://bit.ly/loan", NEW, [("https://bit.ly/loan", 3, False)]),
        # The press, ours and what the charter allows.
        (LOAN + "vu dans https://www.lemonde.fr/argent", NEW, []),
        (LOAN + "https://garance.example/financement", NEW, []),
        (LOAN + "https://ami.example/pret", NEW, []),
        # A subject that honest people speak of too: both signs, and then a person.
        ("Le trading m'a rendu libre https://blog.example/libre", NEW, []),
        ("Le trading m'a rendu libre https://bit.ly/libre", KNOWN, []),
        ("Le trading m'a rendu libre https://bit.ly/libre", NEW, [("https://bit.ly/libre", 1, True)]),
    ],
)
def test_a_link_is_held_only_beside_a_spam_family(
    find: Find, text: str, around: Circumstances, found: list[tuple[str, int, bool]]
) -> None:
    breaches = find("links", text, around, allow=["ami.example"]).breaches
    assert [(text[one.start : one.end], one.independent, one.doubtful) for one in breaches] == found


@pytest.mark.parametrize(
    ("address", "sure"),
    [
        ("https://garance.example.evil.test/login", True),
        ("https://gаrance.example/login", True),  # a Cyrillic а
        ("https://xn--grance-3nf.example/login", True),  # the same in punycode
        ("https://garance-support.test/colis", False),
        ("https://sav-garance.example.test/x", False),
        ("https://garence.example/colis", False),
    ],
)
def test_an_address_that_looks_like_ours_is_found(find: Find, address: str, sure: bool) -> None:
    (breach,) = find("lookalike_link", f"Votre colis est ici : {address}").breaches
    assert breach.doubtful is not sure


@pytest.mark.parametrize(
    "address",
    [
        "https://garance.example/colis",
        "https://boutique.garance.example/colis",
        "https://www.lemonde.fr/garance",
        "https://garancetools.test/velo",
        "https://balance.example/velo",
        "https://garance-club.example/sorties",
        "https://xn--.example/x",
        "https://xn--99999999999999.example/x",
    ],
)
def test_an_honest_address_is_left_alone(find: Find, address: str) -> None:
    text = f"Regardez : {address}"
    assert words(find("lookalike_link", text, allow=["garance-club.example"]), text) == []


# --- who speaks ---


@pytest.mark.parametrize(
    "author",
    [
        "Vélos Garance",
        "VELOS GARANCE",
        "Vеlos Gаrance",  # Cyrillic letters
        "V3los Garance",
        "Velos-Garance Officiel",
        "Service Client Vélos Garance",
        "Vélos Garance Support",
        "Velos Garrance",
        "Garance Lyon",
    ],
)
def test_a_name_that_passes_for_ours_goes_to_a_person(find: Find, author: str) -> None:
    (breach,) = find("impersonation", "Écrivez-moi en privé.", Circumstances(author_name=author)).breaches
    assert breach.doubtful


@pytest.mark.parametrize(
    "author", [None, "", "Garance", "Garance Martin", "Fan de Vélos Garance", "Léa", "ᚠᚢᚦ", "é" * 5000]
)
def test_an_honest_name_is_left_alone(find: Find, author: str | None) -> None:
    assert find("impersonation", "Écrivez-moi en privé.", Circumstances(author_name=author)).breaches == ()


@pytest.mark.parametrize(
    ("text", "known", "held"),
    [
        ("Foncez, je vous recommande le G3 !", True, True),
        ("Go for it, use my code!", True, True),
        ("Foncez, je vous recommande le G3 !", None, False),
        ("Foncez, je vous recommande le G3 !", False, False),
        ("Je travaille chez Vélos Garance et je vous recommande le G3.", True, False),
        ("Paid partnership: it is the best.", True, False),
        ("Il pleut sur Nantes.", True, False),
    ],
)
def test_only_an_ambassador_who_hides_it_is_nudged(find: Find, text: str, known: bool | None, held: bool) -> None:
    breaches = find("undisclosed", text, Circumstances(ambassador=known)).breaches
    assert [breach.doubtful for breach in breaches] == ([True] if held else [])


# --- how much ---


@pytest.mark.parametrize(
    ("around", "held"),
    [
        (Circumstances(), False),
        (Circumstances(rate=4), False),
        (Circumstances(rate=5), True),
        (Circumstances(rate=50, contest=True), False),
        (Circumstances(rate=50, waiting=True), False),
    ],
)
def test_the_pace_of_an_author_is_a_persons_to_judge(find: Find, around: Circumstances, held: bool) -> None:
    assert [breach.doubtful for breach in find("rate", "Et encore une chose.", around).breaches] == [True] * held


def test_who_says_that_nobody_answers_is_never_too_fast(find: Find) -> None:
    assert find("rate", "Toujours rien reçu, 3e message !", Circumstances(rate=50)).breaches == ()


@pytest.mark.parametrize(("before", "times", "held"), [(1, 3, False), (2, 3, True), (1, 2, True), (9, 20, False)])
def test_a_charter_says_how_often_is_too_often(find: Find, before: int, times: int, held: bool) -> None:
    around = Circumstances(repetitions=before)
    assert bool(find("repetition", "Votez pour moi", around, times=times).breaches) is held


def test_under_a_contest_calling_ones_friends_is_the_game(find: Find) -> None:
    text = "@Léa @Tom @Inès @Hugo @Zoé @Max"
    assert find("mention_flood", text).breaches
    assert not find("mention_flood", text, Circumstances(contest=True)).breaches
    assert not find("mention_flood", text, mentions=6).breaches


@pytest.mark.parametrize(("reports", "held"), [(None, False), (2, False), (3, True), (99, True)])
def test_reported_comments_are_a_persons_to_judge(find: Find, reports: int | None, held: bool) -> None:
    breaches = find("reports", "Bonjour à tous", Circumstances(reports=reports)).breaches
    assert [breach.doubtful for breach in breaches] == [True] * held


# --- how it is said ---

SPANISH = "Hola, quiero saber cuando llega mi bicicleta porque no tengo noticias de la tienda"
GERMAN = "Ich habe das Fahrrad seit einer Woche und es ist nicht so gut wie ich dachte"
FRENCH = "Bonjour, je voudrais savoir quand mon vélo arrive parce que je n'ai pas de nouvelles"
ENGLISH = "Hello, I would like to know when my bike will be here because I have had no news"


@pytest.mark.parametrize(
    ("text", "accepted", "held"),
    [
        (FRENCH, ["fr"], False),
        (ENGLISH, ["fr"], True),
        (ENGLISH, ["fr", "en"], False),
        (SPANISH, ["fr", "en"], True),
        (SPANISH, ["fr", "es"], False),
        (SPANISH, ["fr", "br"], False),  # Breton is asked for, and we cannot tell it
        (GERMAN, ["fr"], True),
        ("Hola amigos", ["fr"], False),
        ("Где мой велосипед, я жду уже три недели, спасибо", ["fr", "en"], True),
        ("Где мой велосипед, я жду уже три недели, спасибо", ["ru"], False),
        ("自転車はいつ届きますか、もう三週間も待っています、お願いします", ["fr"], True),
        ("TKT mdr ptdr jpp wesh wesh wesh wesh wesh", ["fr"], False),
        ("Shimano Nexus Brompton Schwalbe Marathon Plus Brooks Ortlieb Garmin Edge", ["fr"], False),
    ],
)
def test_a_language_is_told_only_where_it_is_sure(find: Find, text: str, accepted: list[str], held: bool) -> None:
    breaches = find("language", text, accepted=accepted).breaches
    assert [breach.doubtful for breach in breaches] == [True] * held


@pytest.mark.parametrize(
    ("text", "parameters", "held"),
    [
        ("REGARDEZ TOUS MA PAGE", {}, True),
        ("REGARDEZ", {}, False),
        ("REGARDEZ", {"letters": 8}, True),
        ("RegARDez ToUs ma page", {"percent": 30}, True),
        ("OÙ EST MON COLIS, TROIS SEMAINES DE RETARD !", {}, False),
        ("Vu : #TOUTENMAJUSCULESPARTOUT @LEONARDDEVINCI", {}, False),
    ],
)
def test_a_charter_says_what_shouting_is(find: Find, text: str, parameters: dict[str, int], held: bool) -> None:
    assert bool(find("shouting", text, **parameters).breaches) is held


def test_a_row_of_signs_is_as_long_as_the_charter_says(find: Find) -> None:
    assert words(find("character_flood", "lol !!!! et wouaaaa", times=4), "lol !!!! et wouaaaa") == ["!!!!", "aaaa"]
    assert find("character_flood", "lol !!!! et wouaaaa").breaches == ()
    for before in range(12):
        text = "non, " + "x" * before + "merci" + "!" * 10 + " voilà"
        assert words(find("character_flood", text), text)[-1:] == ["!" * 10]


# --- what it speaks of ---

ABOUT = {"subjects": {"fr": ["vélo", "G3"], "en": ["bike"]}, "min_words": 5}
POST = Circumstances(topics=("Le nouvel antivol est arrivé",))


@pytest.mark.parametrize(
    ("text", "around", "held"),
    [
        ("Qui a vu le match de football hier soir", POST, True),
        ("Did anyone watch the football match last night", POST, True),
        ("Qui a vu le match de football hier soir", Circumstances(), False),  # nobody said what the post is about
        ("Ces antivols résistent vraiment longtemps dehors", POST, False),
        ("Mon voisin promène son G3 chaque dimanche matin", POST, False),
        ("Where is my parcel, ordered three weeks ago already", POST, False),
        ("Mon colis devait arriver hier soir par transporteur", POST, False),
        ("Superbe match hier soir, bravo à toute votre équipe", POST, False),
        ("Qui a vu le match de football hier soir", replace(POST, answers_member=True), False),
        ("Qui a vu le match de football hier soir", replace(POST, contest=True), False),
        ("@Léa tu as vu le match de football hier soir", POST, False),
        ("Moi aussi je pense que oui, pas vous", POST, False),
    ],
)
def test_off_topic_is_a_suggestion_where_the_subject_is_known(
    find: Find,
    text: str,
    around: Circumstances,
    held: bool,
) -> None:
    assert [breach.doubtful for breach in find("off_topic", text, around, **ABOUT).breaches] == [True] * held


LEFT, RIGHT = "Dimanche, votez pour le Parti socialiste", "Dimanche, votez pour Les Républicains"
PERIOD = {"periods": [{"start": date(2026, 3, 1), "end": date(2026, 3, 22), "kind": "election"}]}


@pytest.mark.parametrize("text", [LEFT, RIGHT, "Vote for Labour Party people", "Vote for Conservative Party people"])
@pytest.mark.parametrize(
    ("around", "held"),
    [
        (Circumstances(), False),
        (Circumstances(reserve=False), False),
        (Circumstances(reserve=True), True),
        (Circumstances(said_on=date(2026, 2, 28)), False),
        (Circumstances(said_on=date(2026, 3, 22)), True),
    ],
)
def test_politics_are_a_persons_to_judge_in_a_period_of_reserve_whichever_side(
    find: Find,
    text: str,
    around: Circumstances,
    held: bool,
) -> None:
    breaches = find("neutrality", text, around, **PERIOD).breaches
    assert bool(breaches) is held
    assert all(breach.doubtful for breach in breaches)


def test_a_period_of_the_community_holds_its_days() -> None:
    period = Reserve(start=date(2026, 3, 1), end=date(2026, 3, 22))
    assert period.holds(date(2026, 3, 22))
    assert not period.holds(date(2026, 3, 23))


def test_what_speaks_of_others_words_is_set_aside(find: Find) -> None:
    terms = {"fr": ["schtroumpf grincheux"]}
    said = "Un client m'a traité de schtroumpf grincheux"
    assert find("expression", "schtroumpf grincheux", terms=terms).breaches
    assert find("expression", said, terms=terms).breaches == ()


def test_in_private_the_contact_data_that_somebody_gives_us_is_no_breach(find: Find) -> None:
    assert find("contact_data", "Mon numéro : 06 39 98 56 78", Circumstances(audience=Audience.PRIVATE)).breaches == ()


# --- shapes ---

CODE = r"\bcode[ -]?[a-z]{2}[0-9]{3}\b"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mon CODE AB123 pour vous, et le Côdé-cd456", ["CODE AB123", "Côdé-cd456"]),
        ("My code is AB123", []),
        ("Il a dit : « code AB123 »", []),
    ],
)
def test_a_pattern_points_at_the_words_of_the_original(find: Find, text: str, found: list[str]) -> None:
    assert words(find("pattern", text, patterns=[CODE]), text) == found


def test_a_pattern_that_cannot_be_linear_is_refused_with_its_place(watching: Callable[..., Reader]) -> None:
    with pytest.raises(BadConfiguration) as refused:
        watching("pattern", patterns=[CODE, "(?=a)b"])
    assert refused.value.field == "clauses[respect].detectors[0].patterns[1]"


def test_a_pattern_costs_what_the_text_is_long(find: Find) -> None:
    text = "a" * 7000 + "!"
    assert find("pattern", text, patterns=["(a+)+$", "(a|a)*b"]).breaches == ()
