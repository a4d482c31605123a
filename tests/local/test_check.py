"""tribune check --json as a stream: each answer before the next question, the same every time, and never more kept."""

import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.check import as_json, questions
from local.configuration import model
from tribune import clock
from tribune.checking import Checker, Question
from tribune.errors import BadConfiguration

CHECKER = Checker.of(model())


def answer(text: str) -> str:
    question = Question(text, 1)
    return as_json(question, *CHECKER.check(question, clock.now()))


def test_each_question_is_answered_before_the_next_one_is_asked() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "local.command", "check", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": "@Karim t'es vraiment un abruti"}).encode() + b"\n")
            process.stdin.flush()
            said = json.loads(process.stdout.readline())
            assert (said["id"], said["decision"]["clause"]) == (number, "respect")
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_long_stream_is_never_kept() -> None:
    class Endless(io.RawIOBase):
        def __iter__(self) -> Iterator[bytes]:  # lines are made as they are asked for
            for number in range(2_000):
                yield json.dumps({"id": number, "text": "Bonjour à tous " + "a" * 2_000}).encode() + b"\n"

    stream = questions(Endless())  # all that is asked of a stream is its lines
    next(stream)
    tracemalloc.start()
    try:
        answered = sum(1 for _ in stream)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answered == 1_999
    assert peak < 200_000, "a few lines at a time, of four million characters"


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_answered_the_same_way_twice_with_offsets_inside_it(text: str) -> None:
    first = json.loads(answer(text))
    assert first == json.loads(answer(text))
    for breach in first["breaches"]:
        assert 0 <= breach["start"] < breach["end"] <= len(text)


@pytest.mark.parametrize("before", ["", "🚲👨‍👩‍👧 ", "E\u0301te\u0301, ", "ﬁn de l'été, ", "\u200b\ufeff", "𝕋𝕖𝕩𝕥 "])
def test_what_stands_before_moves_the_offsets_by_its_code_points(before: str) -> None:
    text = f"{before}@Karim t'es vraiment un abruti"
    [breach] = json.loads(answer(text))["breaches"]
    assert text[breach["start"] : breach["end"]] == "abruti"


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_is_no_question_and_never_comes_back(number: str) -> None:
    with pytest.raises(BadConfiguration, match="this is no JSON in UTF-8"):
        list(questions(io.BytesIO(f'{{"id": {number}, "text": "Bonjour"}}\n'.encode())))
