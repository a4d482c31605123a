"""How many disguised terms are seen through, and that clean words and sentences never are one; the work stays linear."""

import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import evasions
from bench.evasions import DICTIONARIES, FAMILIES, Family
from bench.matching import ADVERSARIAL, long
from tribune.charter import Circumstances, Reader, text
from tribune.charter.lexicon import forms

HARMLESS = (
    "Les ordures ménagères sont passées ce matin",
    "La pédale de mon vélo est cassée, SAV ?",
    "putain c'est trop bien",
    "J'ai investi du temps et gagné en confort",
    "Le député est venu au concours, c'est unique et sa culture est réputée",
    "Quelle dispute pour un siège, la fils d'attente était longue",
    "ﬁls de bonne famille, ntm_id 45",
    "la mer de Chine, un chien ne mord pas, pis se tait",
    "J'ai baissé la selle, baisser encore serait trop, elle est baissée",
    "45s pour 20€, ça?? anna! 4x4 et 1er prix",
    "rapping and skipping in Scunthorpe, the class passes",
)
TRIED = 20_000
"""Words of each dictionary: every nth; `python -m bench.evasions` tries them all."""


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_disguise_of_our_own_terms_is_seen_through(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evasions, "DRAWINGS", 1)
    recall = evasions.measure(family)
    assert recall.tried > 100
    assert recall.share >= family.least, recall.missed


@pytest.mark.parametrize("path", DICTIONARIES, ids=lambda path: path.name)
def test_no_word_of_a_dictionary_is_taken_for_a_disguise(path: Path) -> None:
    if not path.exists():
        pytest.skip(f"{path} is not installed here (Debian: wfrench, wamerican)")
    words = path.read_text("utf-8").split()
    assert evasions.false_alarms(words[:: max(1, len(words) // TRIED)]) == []


@pytest.mark.parametrize("sentence", HARMLESS)
def test_a_harmless_sentence_breaches_nothing_and_disguises_nothing(reader: Reader, sentence: str) -> None:
    assert not evasions.disguises().reveal(text.read(sentence)).disguised
    assert reader.read(sentence, Circumstances()).breaches == ()


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_words_a_breach_points_to_are_the_term_in_disguise(reader: Reader, data: st.DataObject) -> None:
    family = data.draw(st.sampled_from([one for one in FAMILIES if one.least > 0.9]))
    term = data.draw(st.sampled_from(["connard", "abruti", "salope", "encule", "bouffon"]))
    before = data.draw(st.sampled_from(["", "😀 ", "Été\u0301 ", "\u200b", "« oui » "]))
    shown = family.evade(term, data.draw(st.randoms(use_true_random=False)))
    original = f"{before}@Karim espèce de {shown}, voilà"
    for breach in reader.read(original, Circumstances()).breaches:
        held = original[breach.start : breach.end]
        revealed = evasions.disguises().reveal(text.read(held))
        assert set(revealed.keys) & set(forms(term)), held


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-32", exclude_categories=()), max_size=150))
def test_no_text_at_all_makes_reading_fail(reader: Reader, original: str) -> None:
    findings = reader.read(original + "\ud800 c0nn\udfffard", Circumstances())
    assert findings.unsure == ()
    assert all(0 <= one.start < one.end <= len(original) + 12 for one in findings.breaches)


# --- work is counted, never timed ---


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python and calls into C a piece of work takes: the same on every machine."""
    counted = 0
    tool = sys.monitoring.PROFILER_ID

    def line(code: types.CodeType, number: int) -> None:
        del code, number
        nonlocal counted
        counted += 1

    def call(code: types.CodeType, offset: int, function: object, argument: object) -> None:
        del code, offset, function, argument
        nonlocal counted
        counted += 1

    sys.monitoring.use_tool_id(tool, "steps")
    try:
        sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, line)
        sys.monitoring.register_callback(tool, sys.monitoring.events.CALL, call)
        sys.monitoring.set_events(tool, sys.monitoring.events.LINE | sys.monitoring.events.CALL)
        work()
    finally:
        sys.monitoring.set_events(tool, 0)
        sys.monitoring.free_tool_id(tool)
    return counted


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_the_work_grows_with_the_length_and_no_faster(reader: Reader, name: str) -> None:
    short, full = long(ADVERSARIAL[name], 1_000), long(ADVERSARIAL[name])
    reader.read(short, Circumstances())
    reader.read(full, Circumstances())
    few = steps(lambda: reader.read(short, Circumstances()))
    many = steps(lambda: reader.read(full, Circumstances()))
    assert many <= 11 * few + 5_000
