"""Which clause gives way to which, why each match is held or is not, and what becomes of a detector that fails."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tribune.charter import Charter, Circumstances, Reader, Signal, Trace, Vocabulary, Why, detectors, pack, unpack
from tribune.charter.detectors import Match, Watch
from tribune.charter.findings import MAX_TRACE, PACKED
from tribune.charter.reader import MAX_MATCHES
from tribune.charter.reading import Reading
from tribune.comment import Audience

HERE = Circumstances()
INSULT = "@Karim t'es vraiment un abruti"
SLUR = "sale arabe"
NUMBER = "06 39 98 56 78"


def became(reader: Reader, text: str, around: Circumstances = HERE) -> list[tuple[str, str, str]]:
    """(clause, words, why) of every match, in the order of the text."""
    return [(one.clause, text[one.start : one.end], str(one.why)) for one in reader.read(text, around).trace]


# --- the order, in mixed sentences ---


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        # Care before everything: what is said beside distress is held against nobody.
        (f"Je veux mourir. {INSULT}", [("respect", "abruti", "care")]),
        (f"Je veux mourir, appelez-moi au {NUMBER}", [("vie-privee", NUMBER, "care")]),
        # A victim's account or quotation: never a breach, whatever the gravity.
        (f"Votre vigile m'a traité de {SLUR}", [("haine", "arabe", "quoted")]),
        ("Un client m'a traité de connard", [("diffamation", "connard", "quoted")]),
        # …and never a licence for the words beside it.
        (
            f"Un client m'a traité d'abruti. {INSULT}",
            [("respect", "abruti", "quoted"), ("respect", "abruti", "held")],
        ),
        # Gravity 4 and personal data hold whatever stands around them.
        (f"Livraison nulle, et votre caissière est une {SLUR}", [("haine", SLUR, "held")]),
        (f"Livraison nulle, appelez-moi au {NUMBER}", [("vie-privee", NUMBER, "held")]),
        # The gravest first; the same words once.
        (f"{SLUR}, {INSULT}", [("haine", SLUR, "held"), ("respect", "abruti", "held")]),
        (
            f"Grâce à Mme Lefèvre j'ai obtenu mon prêt de 20 000 € en 48 h, WhatsApp {NUMBER}",
            [("publicite", "prêt", "held"), ("vie-privee", NUMBER, "advertised")],
        ),
    ],
)
def test_the_first_reason_of_the_order_decides(reader: Reader, text: str, trace: list[tuple[str, str, str]]) -> None:
    found = became(reader, text)
    for clause, words, why in trace:
        assert any(one == clause and words in said and because == why for one, said, because in found), found
    assert len(found) == len(trace)


def test_criticism_shields_its_words_against_the_lighter_clauses_alone(model: Charter) -> None:
    """The same words under a clause on respect, and under a graver one."""
    text = "Vous êtes des voleurs"
    for gravity, why in ((1, "protected"), (2, "protected"), (3, "held")):
        reader = Reader(_watching(model, gravity, "voleurs"), Vocabulary())
        assert became(reader, text) == [("respect", "voleurs", why)]


def test_a_clause_that_does_not_hold_here_says_so(reader: Reader) -> None:
    trace = became(reader, INSULT, Circumstances(audience=Audience.PRIVATE))
    assert trace == [("respect", "abruti", "not_here")]


def test_an_exception_of_the_clause_and_the_allow_list_say_which_they_are(model: Charter) -> None:
    charter = _watching(model, 2, "andouille", exceptions={"fr": ("andouille de Guémené",)})
    reader = Reader(charter, Vocabulary(allowed=("andouille de Vire",)))
    assert became(reader, "Andouille de Guémené, andouille de Vire, andouille !") == [
        ("respect", "Andouille", "exception"),
        ("respect", "andouille", "allowed"),
        ("respect", "andouille", "held"),
    ]


def test_gravity_4_gives_way_to_what_a_person_declared_harmless(model: Charter) -> None:
    reader = Reader(model, Vocabulary(allowed=("je vais te tuer",)))
    assert reader.read("Haha, je vais te tuer", HERE).breaches == ()
    assert reader.read("Haha, je vais te tuer. Sale arabe", HERE).breaches != ()


def test_a_clause_that_protects_shields_its_own_lists_and_words_too(model: Charter) -> None:
    welcome = model.clause("bienvenue")
    assert welcome is not None
    (use,) = welcome.detectors
    own = use.model_copy(update={"lists": ("swearing",), "terms": {"fr": ("gâte-sauce",)}})
    charter = model.model_copy(update={"clauses": (welcome.model_copy(update={"detectors": (own,)}),)})
    reader = Reader(charter, Vocabulary())
    assert len(reader.read("Merde, quel gâte-sauce", HERE).protected) == 2
    assert Reader(None, Vocabulary()).read("Quel gâte-sauce", HERE).protected == ()


# --- the trace ---


def test_every_match_ends_as_exactly_one_entry_of_the_trace(
    monkeypatch: pytest.MonkeyPatch, model: Charter, vocabulary: Vocabulary
) -> None:
    seen: Counter[tuple[str, int, int]] = Counter()

    def listening(detector: detectors.Detector) -> detectors.Detector:
        def find(reading: Reading, watch: Watch[Any]) -> Iterator[Match]:
            for match in detector.find(reading, watch):
                seen[detector.name, match.start, match.end] += 1
                yield match

        return replace(detector, find=find, also=None)

    monkeypatch.setattr(detectors, "DETECTORS", tuple(map(listening, detectors.DETECTORS)))
    reader = Reader(model, vocabulary)
    for text in (
        f"{SLUR} {INSULT}, on m'a traité de connard, {NUMBER}, REGARDEZ TOUS MA PAGE !!!!!!!!!!!!!",
        f"Je veux mourir. {INSULT}",
        f"@a @b @c @d @e @f @g {INSULT} abruti connard enculé",
    ):
        for around in (HERE, Circumstances(audience=Audience.PRIVATE), Circumstances(repetitions=5, rate=9)):
            seen.clear()
            trace = reader.read(text, around).trace
            assert Counter((one.detector, one.start, one.end) for one in trace) == seen
            assert seen


def test_what_is_held_stands_in_the_trace_before_all_else(reader: Reader) -> None:
    text = "on m'a traité de connard. " * 80 + INSULT
    findings = reader.read(text, HERE)
    assert len(findings.trace) == MAX_TRACE
    assert [one.why for one in findings.trace].count(Why.HELD) == 1


@given(
    st.lists(
        st.builds(
            Trace,
            clause=st.sampled_from(["respect", "vie-privee", "a" * 40]),
            detector=st.sampled_from([detector.name for detector in detectors.DETECTORS]),
            start=st.integers(0, 9999),
            end=st.integers(0, 9999),
            why=st.sampled_from(Why),
        ),
        max_size=60,
    )
)
def test_a_trace_is_packed_small_and_read_back(traces: list[Trace]) -> None:
    packed = pack(traces)
    assert len(packed.encode()) <= PACKED
    read = unpack(packed)
    assert read == tuple(traces[: len(read)])
    assert len(read) == len(traces) or len(pack(traces[: len(read) + 1], limit=10_000)) > PACKED


# --- a detector that fails ---


def failing(find: Any, name: str = "insult_at_person") -> tuple[detectors.Detector, ...]:
    return tuple(replace(one, find=find, also=None) if one.name == name else one for one in detectors.DETECTORS)


def test_a_detector_that_raises_is_named_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, model: Charter, vocabulary: Vocabulary
) -> None:
    def find(_: Reading, __: Watch[Any]) -> Iterator[Match]:
        yield Match(0, 6)
        raise ZeroDivisionError

    monkeypatch.setattr(detectors, "DETECTORS", failing(find))
    findings = Reader(model, vocabulary).read(f"{INSULT}, {NUMBER}", HERE)
    assert findings.unsure == ("insult_at_person",)
    assert [breach.doubtful for breach in findings.breaches if breach.detector == "insult_at_person"] == [True]
    assert [breach.clause for breach in findings.breaches if breach.detector == "contact_data"] == ["vie-privee"]
    assert Why.FAILED in {one.why for one in findings.trace}


def test_a_detector_that_finds_without_end_is_stopped_by_count(
    monkeypatch: pytest.MonkeyPatch, model: Charter, vocabulary: Vocabulary
) -> None:
    drawn = 0

    def find(_: Reading, __: Watch[Any]) -> Iterable[Match]:
        nonlocal drawn
        while True:
            drawn += 1
            yield Match(0, 1)

    monkeypatch.setattr(detectors, "DETECTORS", failing(find, "contact_data"))
    findings = Reader(model, vocabulary).read(INSULT, HERE)
    assert findings.unsure == ("contact_data",)
    assert drawn == MAX_MATCHES + 1


def test_the_end_of_a_text_that_is_too_long_is_a_persons_to_read(reader: Reader) -> None:
    assert reader.read("merci " * 1300, HERE).unsure == ()
    assert reader.read("merci " * 1400 + SLUR, HERE).unsure == ("rest",)


def test_a_long_comment_of_slurs_is_not_too_much_to_hold_it(reader: Reader) -> None:
    """Nobody escapes by saying it as often as a platform takes it."""
    findings = reader.read(("bougnoule " * 1000)[:8000], HERE)
    assert findings.unsure == ()
    assert findings.breaches[0].gravity == 4
    assert not findings.breaches[0].doubtful


# --- what must always hold ---

WORDS = st.sampled_from(
    [
        INSULT, SLUR, NUMBER, "abruti", "connard", "je vais te tuer", "REGARDEZ TOUS MA PAGE", "votez pour mon parti",
        "https://bit.ly/x", "https://garence.example/x", "offre de prêt entre particuliers", "je vous recommande",
        "Livraison nulle", "m'a traité de", "je veux mourir", "qui a vu le match hier soir", "crypto", "!!!!!!!!!!!!",
    ]
)  # fmt: skip
TEXTS = st.lists(WORDS, min_size=1, max_size=5).map(". ".join)
KNOWN = st.builds(
    Circumstances,
    rate=st.sampled_from([None, 0, 9]),
    newcomer=st.sampled_from([None, True, False]),
    author_name=st.sampled_from([None, "Velos Garance SAV", "Léa"]),
    ambassador=st.sampled_from([None, True, False]),
    reports=st.sampled_from([None, 0, 9]),
    topics=st.sampled_from([None, (), ("Le G3 arrive",)]),
    said_on=st.sampled_from([None, date(2026, 3, 2)]),
    reserve=st.sampled_from([None, True, False]),
)
UNKNOWN = [one.name for one in fields(Circumstances) if one.default is None and one.name != "language"]


@settings(max_examples=100, deadline=None)
@given(TEXTS, KNOWN, st.sets(st.sampled_from(UNKNOWN)))
def test_to_know_less_never_adds_a_breach(reader: Reader, text: str, known: Circumstances, lost: set[str]) -> None:
    less = replace(known, **dict.fromkeys(lost))
    before = {(one.clause, one.detector, one.start, one.end) for one in reader.read(text, known).breaches}
    after = {(one.clause, one.detector, one.start, one.end) for one in reader.read(text, less).breaches}
    assert after <= before


@settings(max_examples=100, deadline=None)
@given(WORDS, KNOWN)
def test_an_expression_declared_harmless_never_breaches(model: Charter, text: str, around: Circumstances) -> None:
    reader = Reader(model, Vocabulary(allowed=(text,), brand="Vélos Garance", own_domains=("garance.example",)))
    over_all = detectors.OVER_ALL
    assert [one for one in reader.read(text, around).breaches if one.detector not in over_all] == []


@settings(max_examples=100, deadline=None)
@given(TEXTS, KNOWN)
def test_to_somebody_in_distress_no_clause_is_opposed(reader: Reader, text: str, around: Circumstances) -> None:
    findings = reader.read(text, around)
    assert Signal.DISTRESS not in findings.signals or findings.breaches == ()


def _watching(model: Charter, gravity: int, term: str, exceptions: dict[str, tuple[str, ...]] | None = None) -> Charter:
    """The clause on respect alone, at this gravity, watching for one expression."""
    respect = model.clause("respect")
    assert respect is not None
    use = respect.detectors[0].model_validate({"name": "expression", "terms": {"fr": (term,)}})
    clause = respect.model_copy(update={"detectors": (use,), "gravity": gravity, "exceptions": exceptions or {}})
    return model.model_copy(update={"clauses": (clause,)})
