"""Reading texts under the model charter: the story of the demo, the rules of judgement, and what must always hold."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune.charter import LAW, Charter, Circumstances, Findings, Reader, Signal, Vocabulary, detectors
from tribune.charter.uses import Words
from tribune.comment import Audience
from tribune.errors import BadConfiguration

JUDGED = Path(__file__).resolve().parents[1] / "judgement"
PRIVATE = Circumstances(audience=Audience.PRIVATE)
ANSWER = Circumstances(answers_member=True)
CONTEST = Circumstances(contest=True)

RESPECT_7 = "@Karim t'es vraiment un abruti si tu crois ça"
LOAN_9 = "Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp +33 6 39 98 56 78"
VICTIM_13 = "Votre vigile à Lille m'a traité de « sale arabe » devant mes enfants. Vous faites quoi ?"


def held(findings: Findings, original: str) -> list[tuple[str, str]]:
    """(clause, the exact words) of each breach."""
    return [(breach.clause, original[breach.start : breach.end]) for breach in findings.breaches]


STORY: list[tuple[str, Circumstances, list[tuple[str, str]], set[Signal]]] = [
    ("Je l'emmènerais sur la Loire à vélo, Nantes–Saumur avec les enfants !", Circumstances(), [], set()),
    ("Vous êtes ouverts le dimanche ?", Circumstances(), [], {Signal.QUESTION, Signal.SHORT_QUESTION}),
    ("Hi! Do you ship to Belgium?", PRIVATE, [], {Signal.QUESTION, Signal.SHORT_QUESTION}),
    (
        "La pédale de mon G3 est cassée au bout de deux mois, SAV ?",
        Circumstances(),
        [],
        {Signal.QUESTION, Signal.GRIEVANCE},
    ),
    (
        "Bravo, encore trois semaines de retard, quelle réactivité 👏👏",
        Circumstances(),
        [],
        {Signal.PRAISE, Signal.GRIEVANCE, Signal.CRITICISM},
    ),
    (
        "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!",
        Circumstances(),
        [],
        {Signal.GRIEVANCE, Signal.CRITICISM},
    ),
    (RESPECT_7, Circumstances(), [("respect", "abruti")], set()),
    ("@Karim je ne suis pas d'accord avec toi", Circumstances(), [], set()),
    (LOAN_9, Circumstances(), [("publicite", "prêt")], set()),
    (
        "60 Millions teste votre G3, pas brillant : https://www.60millions-mag.com/g3",
        Circumstances(newcomer=True),
        [],
        {Signal.CRITICISM, Signal.SOURCE_LINK},
    ),
    (
        "Colis perdu, rappelez-moi au 06 39 98 12 34 svp",
        Circumstances(),
        [("vie-privee", "06 39 98 12 34")],
        {Signal.GRIEVANCE, Signal.CONTACT_REQUEST},
    ),
    (
        "@Nadia appelle l'atelier au 01 99 00 12 34, dépannée en dix minutes",
        Circumstances(),
        [],
        {Signal.HELPS_MEMBER},
    ),
    (
        VICTIM_13,
        Circumstances(),
        [],
        {Signal.QUOTED_INSULT, Signal.DISCRIMINATION, Signal.QUESTION, Signal.GRIEVANCE},
    ),
    (
        "On sait où est ton magasin, on va venir te défoncer",
        Circumstances(),
        [("menace", "on va venir te défoncer")],
        set(),
    ),
    ("This bike is killing me (in a good way 😂), legs are dead", Circumstances(), [], {Signal.PRAISE}),
    ("RIP M. Garance, il m'avait vendu mon premier vélo 🕊️", Circumstances(), [], {Signal.RIP}),
    ("Je participe ! @Léa @Tom @Inès @Hugo @Zoé @Max", CONTEST, [], {Signal.PARTICIPATES}),
    (
        "Toujours rien pour ma commande, 3e message",
        Circumstances(repetitions=3),
        [],
        {Signal.STILL_WAITING, Signal.GRIEVANCE},
    ),
    ("C'est un robot ou il y a quelqu'un ?", Circumstances(), [], {Signal.HUMAN_REQUEST, Signal.QUESTION}),
    ("J'en peux plus, j'ai envie d'en finir", PRIVATE, [], {Signal.DISTRESS}),
]


@pytest.mark.parametrize(
    ("original", "circumstances", "breaches", "signals"), STORY, ids=[row[0][:40] for row in STORY]
)
def test_the_story_of_the_demo_reads_as_told(
    reader: Reader,
    original: str,
    circumstances: Circumstances,
    breaches: list[tuple[str, str]],
    signals: set[Signal],
) -> None:
    findings = reader.read(original, circumstances)
    assert held(findings, original) == breaches
    assert findings.signals == signals


def test_spam_is_hidden_in_silence_only_with_two_independent_signs(reader: Reader) -> None:
    (loan,) = reader.read(LOAN_9, Circumstances()).breaches
    assert loan.independent >= 2
    (offer,) = reader.read("Offre de prêt entre particuliers", Circumstances()).breaches
    assert offer.independent == 1


# --- rules of judgement ---


def test_protection_is_by_span(reader: Reader) -> None:
    original = "Livraison nulle, et votre caissière est une sale arabe"
    findings = reader.read(original, Circumstances())
    assert held(findings, original) == [("haine", "sale arabe")]
    assert findings.gravity == 4
    assert [original[start:end] for start, end in findings.protected] == ["Livraison nulle"]


@pytest.mark.parametrize(
    "original",
    [
        VICTIM_13,
        "On m'a dit que j'étais une sale arabe à la caisse.",
        "Your guard called me a faggot in front of everybody",
        "Moi, la grosse feignasse, je prends l'électrique",
        "Je suis un gros con, j'ai oublié l'antivol",
        "I'm such an idiot, I forgot the lock",
        "Il a écrit « sale juif » sur ma boîte aux lettres, c'est votre livreur",
        "Je ne suis pas un sale arabe, je suis un client",
    ],
)
def test_a_victim_is_never_silenced(reader: Reader, original: str) -> None:
    findings = reader.read(original, Circumstances())
    assert findings.breaches == ()
    assert Signal.QUOTED_INSULT in findings.signals


def test_what_is_said_beside_a_quotation_is_still_said(reader: Reader) -> None:
    original = "Il m'a traité de « sale arabe ». @Karim t'es un connard"
    findings = reader.read(original, Circumstances())
    assert held(findings, original) == [("diffamation", "connard")]
    assert Signal.QUOTED_INSULT in findings.signals


@pytest.mark.parametrize(
    ("original", "here", "aimed"),
    [
        ("Vous êtes des abrutis", Circumstances(), False),
        ("Vous êtes un abruti", ANSWER, True),
        ("@Karim vous êtes un abruti", Circumstances(), True),
        ("@VelosGarance vous êtes des abrutis", Circumstances(), False),
        ("You are idiots", Circumstances(), False),
        ("You are an idiot", ANSWER, True),
        ("Votre caissière est une abrutie", Circumstances(), True),
        ("Votre service est débile", Circumstances(), False),
        ("Abruti !", ANSWER, True),
        ("Abruti !", Circumstances(), False),
        ("Karim Benali est un abruti", Circumstances(tagged=("Karim Benali",)), True),
        ("Ce vélo est débile", ANSWER, False),
        ("@Karim ce vélo est débile", Circumstances(), False),
        ("Bande d'incapables", Circumstances(), False),
        ("tu n'es pas un abruti", Circumstances(), False),
        ("Allez vous faire foutre", Circumstances(), False),
        ("Allez vous faire foutre", ANSWER, True),
    ],
)
def test_the_brand_is_not_a_person(reader: Reader, original: str, here: Circumstances, *, aimed: bool) -> None:
    clauses = {breach.clause for breach in reader.read(original, here).breaches}
    assert bool(clauses & {"respect", "diffamation"}) is aimed


@pytest.mark.parametrize(
    "original",
    [
        "Vous êtes des voleurs",
        "Une arnaque !",
        "Bande d'incapables",
        "Des escrocs, ces gens",
        "You are crooks",
        "Thieves!",
    ],
)
@pytest.mark.parametrize("here", [Circumstances(), ANSWER])
def test_thieves_and_crooks_said_of_the_brand_are_criticism(reader: Reader, original: str, here: Circumstances) -> None:
    findings = reader.read(original, here)
    assert findings.breaches == ()
    assert findings.protected
    assert Signal.CRITICISM in findings.signals


@pytest.mark.parametrize(
    "original",
    [
        "Ce vélo, une tuerie",
        "Je suis mort de rire",
        "Cette montée m'a tué",
        "C'est une bombe ce G3",
        "You guys are killing it",
        "That climb will kill you",
        "Je vais vous attaquer en justice",
        "Mon pneu va crever",
        "Tu vas mourir de rire",
        "I want to die laughing",
        "On vient te voir samedi au magasin",
        "J'ai envie d'en finir avec ce colis",
        "Putain que c'est beau",
        "Le cadre est sale, noir de boue",
        "Les noirs sont plus jolis que les bleus",
        "J'ai investi du temps et gagné en confort",
    ],
)
def test_idioms_are_neither_threats_nor_distress_nor_insults(reader: Reader, original: str) -> None:
    findings = reader.read(original, Circumstances())
    assert findings.breaches == ()
    assert Signal.DISTRESS not in findings.signals


def test_a_legal_threat_is_a_signal(reader: Reader) -> None:
    assert Signal.LEGAL_THREAT in reader.read("Je vais vous attaquer en justice", Circumstances()).signals


@pytest.mark.parametrize(
    "original",
    [
        "je veux mourir",
        "je vais me suicider ce soir",
        "j'ai plus envie de vivre",
        "personne ne me regrettera",
        "I want to kill myself",
        "I don't want to live anymore",
        "je suis à bout, je sers à rien",
    ],
)
@pytest.mark.parametrize("here", [Circumstances(), PRIVATE])
def test_distress_is_heard_everywhere_and_breaches_nothing(reader: Reader, original: str, here: Circumstances) -> None:
    findings = reader.read(original, here)
    assert Signal.DISTRESS in findings.signals
    assert findings.breaches == ()


def test_telling_somebody_to_die_is_no_distress(reader: Reader) -> None:
    for original in ("Suicide-toi", "go commit suicide", "kill yourself"):
        findings = reader.read(original, Circumstances())
        assert [breach.clause for breach in findings.breaches] == ["menace"]
        assert Signal.DISTRESS not in findings.signals


@pytest.mark.parametrize(
    ("original", "clauses"),
    [
        ("Mon numéro : 06 39 98 12 34, mon mail jean@exemple.fr", set()),
        ("@Karim t'es un abruti", set()),
        ("Sale juif", set()),
        ("Je vais te tuer", {"menace"}),
        ("Votre page sera supprimée, confirmez votre compte : bit.ly/x", {"escroquerie"}),
        ("Offre de prêt entre particuliers", set()),
        ("REGARDEZ TOUS MA PAGE MAINTENANT", set()),
    ],
)
def test_in_private_only_threats_and_scams_are_breaches(reader: Reader, original: str, clauses: set[str]) -> None:
    assert {breach.clause for breach in reader.read(original, PRIVATE).breaches} == clauses


@pytest.mark.parametrize(
    ("original", "whose", "gravity"),
    [
        ("rappelez-moi au 06 39 98 12 34", "author", 2),
        ("06 39 98 12 34", "author", 2),
        ("voici le numéro de la caissière 06 39 98 12 34, appelez-la", "other", 3),
        ("her number is 07700 900456", "other", 3),
        ("elle habite 12 rue des Lilas, 59000 Lille", "other", 3),
    ],
)
def test_contact_data_has_an_owner(reader: Reader, original: str, whose: str, gravity: int) -> None:
    (breach,) = reader.read(original, Circumstances()).breaches
    assert (breach.clause, breach.whose, breach.gravity) == ("vie-privee", whose, gravity)


@pytest.mark.parametrize(
    "original",
    [
        "Appelez le 01 99 00 12 34",
        "Écrivez à atelier@garance.example",
        "La boutique : 3 quai de la Fosse, 44000 Nantes",
    ],
)
def test_our_own_contacts_stay(reader: Reader, original: str) -> None:
    assert reader.read(original, Circumstances()).breaches == ()


@pytest.mark.parametrize("newcomer", [True, False, None])
def test_a_newcomers_link_is_not_spam(reader: Reader, newcomer: bool | None) -> None:
    original = "Mon essai est ici : https://bit.ly/essai-g3"
    assert reader.read(original, Circumstances(newcomer=newcomer)).breaches == ()


def test_a_complaint_about_a_loan_is_a_persons_to_judge(reader: Reader) -> None:
    original = "Votre offre de prêt : toujours rien, un mois de retard, rappelez-moi au 06 39 98 12 34"
    spam = [breach for breach in reader.read(original, Circumstances()).breaches if breach.clause == "publicite"]
    assert [breach.independent for breach in spam] == [1]


@pytest.mark.parametrize(
    ("here", "flooded"),
    [
        ({"repetitions": 1}, False),
        ({"repetitions": 2}, True),
        ({"repetitions": 9, "waiting": True}, False),
        ({"repetitions": 9, "contest": True}, False),
    ],
)
def test_the_third_time_is_a_repetition_unless_we_owe_an_answer(
    reader: Reader, here: dict[str, Any], *, flooded: bool
) -> None:
    found = reader.read("Regardez ma vidéo de rando", Circumstances(**here)).breaches
    assert [(breach.clause, breach.start) for breach in found] == ([("flood", 0)] if flooded else [])


def test_calling_friends_is_the_game_under_a_contest(reader: Reader) -> None:
    original = "@Léa @Tom @Inès @Hugo @Zoé @Max"
    assert reader.read(original, CONTEST).breaches == ()
    assert held(reader.read(original, Circumstances()), original) == [("flood", "Léa @Tom @Inès @Hugo @Zoé @Max")]


def test_no_lesson_in_typography_to_somebody_who_complains(reader: Reader) -> None:
    lost = reader.read("MON COLIS EST PERDU DEPUIS TROIS SEMAINES", Circumstances())
    assert lost.breaches == ()
    assert Signal.CAPITALS in lost.signals
    (note,) = reader.read("REGARDEZ TOUS CE QUE JE FAIS", Circumstances()).breaches
    assert (note.clause, note.gravity) == ("langage", 1)


# --- questions, languages, people ---


@pytest.mark.parametrize(
    ("original", "asks"),
    [
        ("Vous êtes ouverts le dimanche ?", ("sunday",)),
        ("Est-ce ouvert dimanche ?", ("sunday",)),
        ("Do you ship to Belgium?", ("belgium",)),
        ("Vous ouvrez à quelle heure ? Et le dimanche, c'est ouvert ?", ("sunday",)),
        ("Je passe dimanche, c'est ouvert.", ()),
        ("Le vélo est beau ?", ()),
    ],
)
def test_a_question_of_the_faq_is_recognised_by_its_words(reader: Reader, original: str, asks: tuple[str, ...]) -> None:
    assert reader.read(original, Circumstances()).asks[:1] == asks


@pytest.mark.parametrize(
    "original",
    [
        "Vous ouvrez à quelle heure ? Ah non, vous avez brûlé hier",
        "Vous êtes ouverts ? Et le dimanche ?",
        "Mon vélo est cassé, vous êtes ouverts ?",
        "Vous êtes ouverts le dimanche, bande d'incapables ?",
        "Je suis journaliste à Ouest-France, vous êtes ouverts ?",
    ],
)
def test_only_one_short_question_and_nothing_else_is_short(reader: Reader, original: str) -> None:
    assert Signal.SHORT_QUESTION not in reader.read(original, Circumstances()).signals


@pytest.mark.parametrize(
    ("original", "hint", "language"),
    [
        ("Bonjour, où est ma commande ?", "en", "fr"),
        ("Where is my order please?", "fr", "en"),
        ("OK 👍", "en", "en"),
        ("OK 👍", None, "fr"),
        ("OK 👍", "de", "fr"),
    ],
)
def test_the_words_say_the_language_and_the_hint_settles_a_tie(
    reader: Reader, original: str, hint: str | None, language: str
) -> None:
    assert reader.read(original, Circumstances(language=hint)).language == language


@pytest.mark.parametrize(
    ("original", "signal"),
    [
        ("je veux parler à un humain", Signal.HUMAN_REQUEST),
        ("real person please", Signal.HUMAN_REQUEST),
        ("Je suis journaliste au Parisien", Signal.JOURNALIST),
        ("Mon avocat vous écrira", Signal.LEGAL_THREAT),
        ("Refusé à l'entrée parce que je suis noir", Signal.DISCRIMINATION),
        ("Mon mari est décédé hier", Signal.HARM),
        ("La batterie a pris feu", Signal.SAFETY),
        ("Merci à toute l'équipe", Signal.THANKS),
        ("Quel bordel votre parking", Signal.SWEARING),
        ("The brakes failed on a descent", Signal.SAFETY),
    ],
)
def test_a_signal_is_heard(reader: Reader, original: str, signal: Signal) -> None:
    assert signal in reader.read(original, Circumstances()).signals


# --- what a community adds ---


def test_an_expression_declared_harmless_is_left_alone(model: Charter) -> None:
    allowed = Reader(model, Vocabulary(allowed=("t'es vraiment un abruti",)))
    assert allowed.read(RESPECT_7, Circumstances()).breaches == ()


def test_a_charter_adds_its_own_words_and_exceptions(model: Charter) -> None:
    respect = model.clause("respect")
    assert respect is not None
    use = Words(name="expression", terms={"fr": ("schtroumpf grincheux",)}, disguised=True)
    own = respect.model_copy(update={"detectors": (use,), "exceptions": {"fr": ("schtroumpf grincheux en peluche",)}})
    reader = Reader(model.model_copy(update={"clauses": (own,)}), Vocabulary())
    assert held(reader.read("Schtr0umpfs grincheux !", Circumstances()), "Schtr0umpfs grincheux !") == [
        ("respect", "Schtr0umpfs grincheux")
    ]
    assert reader.read("un schtroumpf grincheux en peluche", Circumstances()).breaches == ()


def test_a_charter_that_names_an_unknown_list_is_refused(model: Charter) -> None:
    respect = model.clause("respect")
    assert respect is not None
    use = Words(name="expression", lists=("magic",))
    wrong = model.model_copy(update={"clauses": (respect.model_copy(update={"detectors": (use,)}),)})
    with pytest.raises(BadConfiguration, match="magic") as refused:
        Reader(wrong, Vocabulary())
    assert refused.value.field == "clauses[respect].detectors[0]"


def test_without_a_charter_only_what_the_law_forbids_is_found() -> None:
    reader = Reader(None, Vocabulary())
    assert {
        (breach.clause, breach.gravity)
        for breach in reader.read("Sale juif, je vais te tuer", Circumstances()).breaches
    } == {(LAW, 4)}
    for original in (RESPECT_7, LOAN_9, "rappelez-moi au 06 39 98 12 34"):
        assert reader.read(original, Circumstances()).breaches == ()
    assert Signal.DISTRESS in reader.read("je veux mourir", Circumstances()).signals


# --- what must always hold ---

FRAGMENTS = st.lists(
    st.sampled_from(
        [
            RESPECT_7, LOAN_9, VICTIM_13, "sale arabe", "c0nnard", "« ", " »", '"', "@Karim ", "@", "06 39 98 12 34", " vous êtes ",
            "\u200b", "\ud800", "é", "e\u0301", "🕊️", "https://bit.ly/x", "\n", "!!!!", "m'a traité de ", "je vais te tuer", ".", "*", "a b c d",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip
CIRCUMSTANCES = st.builds(
    Circumstances,
    audience=st.sampled_from(Audience),
    answers_member=st.booleans(),
    contest=st.booleans(),
    tagged=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    repetitions=st.integers(0, 4),
    waiting=st.booleans(),
    newcomer=st.sampled_from([None, True, False]),
    language=st.sampled_from([None, "fr", "en", "xx", ""]),
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(FRAGMENTS, st.text(max_size=200)), CIRCUMSTANCES)
def test_reading_never_raises_and_every_span_holds_something(
    reader: Reader, original: str, here: Circumstances
) -> None:
    findings = reader.read(original, here)
    for start, end in (*findings.protected, *((breach.start, breach.end) for breach in findings.breaches)):
        assert 0 <= start < end <= len(original)
        assert original[start:end].strip()
    assert list(findings.breaches) == sorted(findings.breaches, key=lambda b: (-b.gravity, b.start, b.end))
    assert findings == reader.read(original, here)


@settings(max_examples=60, deadline=None)
@given(FRAGMENTS, CIRCUMSTANCES)
def test_no_breach_below_grave_stands_inside_protected_words(
    reader: Reader, original: str, here: Circumstances
) -> None:
    findings = reader.read(original, here)
    for breach in findings.breaches:
        assert (
            breach.gravity >= 3
            or breach.detector == "contact_data"
            or not any(start <= breach.start and breach.end <= end for start, end in findings.protected)
        )


@pytest.mark.parametrize(
    "unit",
    [
        "t'es abruti ",
        "a ",
        "@a ",
        "06 39 98 12 34 ",
        "c0nnard ",
        "« x ",
        "m'a traité de ",
        "1 rue a b c ",
        "a@",
        "\u200b",
        "a.b.c.",
    ],
)
def test_the_cost_of_a_text_grows_with_its_length_and_not_faster(reader: Reader, unit: str) -> None:
    """Eight times the words cost about eight times the work (CPU time, best of three), never sixty-four."""

    def cost(length: int) -> float:
        original = (unit * length)[:length]
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            reader.read(original, Circumstances(tagged=("a",)))
            best = min(best, time.process_time() - begun)
        return best

    cost(1_000)
    assert cost(8_000) < 32 * max(cost(1_000), 0.001)


def test_a_detector_that_is_not_asked_would_have_found_nothing(model: Charter, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [entry["text"] for entry in yaml.safe_load((JUDGED / "sentences.yaml").read_text(encoding="utf-8"))]
    circumstances = Circumstances(newcomer=True, ambassador=True, reserve=True)
    skipping = [Reader(model, Vocabulary()).read(text, circumstances) for text in said]
    asked_always = tuple(replace(detector, also=None) for detector in detectors.DETECTORS)
    monkeypatch.setattr(detectors, "DETECTORS", asked_always)
    assert [Reader(model, Vocabulary()).read(text, circumstances) for text in said] == skipping
