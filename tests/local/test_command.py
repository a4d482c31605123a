"""The tribune command: what scripts and people rely on."""

import io
import json
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.check import as_json, marked
from local.command import SUBCOMMANDS, main, parser
from local.configuration import EXAMPLE_FILE, model, read
from tribune import clock
from tribune.checking import Checker, Question

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"


class Heard:
    """What a command said, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def tribune(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(*arguments: str, stdin: bytes = b"") -> Heard:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Heard(code, said.out, said.err)

    return run


def lines(*questions: Any) -> bytes:
    return "".join(json.dumps(question) + "\n" for question in questions).encode()


# --- the command itself ---


def test_help_names_every_subcommand(tribune: Any) -> None:
    said = tribune("--help")
    assert said.code == 0
    for one in SUBCOMMANDS:
        assert one.name in said.out


def silent(one: ArgumentParser, words: str = "tribune") -> Iterator[str]:
    """What `--help` leaves unsaid of a word of the command, of what it takes, and of the words below it."""
    if not one.description:
        yield words
    for action in one._actions:
        if isinstance(action, _SubParsersAction):
            for name, below in action.choices.items():
                yield from silent(below, f"{words} {name}")
        elif not action.help:
            yield f"{words} {action.metavar or action.dest}"


def test_help_says_what_every_word_does_and_what_it_takes() -> None:
    assert list(silent(parser())) == []


@pytest.mark.parametrize("arguments", [(), ("dance",), ("charter",), ("charter", "burn", "x"), ("check", "--nope")])
def test_what_it_does_not_know_is_bad_input(tribune: Any, arguments: tuple[str, ...]) -> None:
    assert tribune(*arguments).code == 2


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_does_not_exist_is_said_before_anything_starts(tribune: Any, port: str) -> None:
    said = tribune("serve", "--port", port)
    assert said.code == 2
    assert said.err == "--port: a port is a number up to 65535\n"


def test_each_subcommand_has_a_module_that_runs_it() -> None:
    for one in SUBCOMMANDS:
        assert find_spec(one.module) is not None, one.name


def test_print_config_prints_the_working_example(tribune: Any) -> None:
    said = tribune("serve", "--print-config")
    assert said.code == 0
    assert read(said.out).community == read(EXAMPLE_FILE).community


def test_a_bad_configuration_is_a_sentence_with_file_and_line(tribune: Any, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("community:\n  id: a\n  name: A\n  mode: acte\n", "utf-8")
    said = tribune("apply", str(file))
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"{file}:4: community.mode: ")


MODEL = str(EXAMPLE_FILE.parent.parent / "charters" / "model.fr-en.yaml")


@pytest.mark.parametrize("command", [("audit", "verify"), ("charter", "diff", MODEL, MODEL, "--replay")])
def test_a_file_that_is_not_there_is_a_sentence_with_its_name(
    tribune: Any, tmp_path: Path, command: tuple[str, ...]
) -> None:
    said = tribune(*command, str(tmp_path / "nowhere"))
    assert said.code == 2
    assert said.err == f"{tmp_path / 'nowhere'}: No such file or directory\n"


# --- check, for scripts ---


def test_answers_come_in_the_order_of_the_questions_with_their_ids(tribune: Any) -> None:
    questions = [{"text": INSULT, "id": 1}, {"text": "Merci !", "id": "b"}, {"text": INSULT}]
    answers = tribune("check", "--json", stdin=lines(*questions)).answers
    assert [answer["id"] for answer in answers] == [1, "b", None]
    assert [bool(answer["breaches"]) for answer in answers] == [True, False, True]


def test_an_answer_has_exactly_the_documented_shape(tribune: Any) -> None:
    [answer] = tribune("check", "--json", stdin=lines({"text": INSULT, "lang": "fr"})).answers
    assert set(answer) == {"id", "breaches", "decision"}
    assert set(answer["breaches"][0]) == {"clause", "detector", "start", "end"}
    assert answer["decision"] == {"measure": "remind", "clause": "respect", "reason": "insult_at_person"}


def test_offsets_are_code_points_of_the_original_text(tribune: Any) -> None:
    text = "🚲👨‍👩‍👧 E\u0301te\u0301 " + INSULT
    [answer] = tribune("check", "--json", stdin=lines({"text": text})).answers
    assert [text[breach["start"] : breach["end"]] for breach in answer["breaches"]] == ["abruti"]


def test_criticism_of_the_brand_breaches_nothing(tribune: Any) -> None:
    [answer] = tribune("check", "--json", stdin=lines({"text": "Vous êtes des voleurs !!!!"})).answers
    assert answer["breaches"] == []
    assert answer["decision"]["clause"] is None


def test_private_is_not_public(tribune: Any) -> None:
    public, private = tribune(
        "check", "--json", stdin=lines({"text": INSULT}, {"text": INSULT, "private": True})
    ).answers
    assert public["breaches"]
    assert not private["breaches"]


def test_empty_lines_and_a_byte_order_mark_are_no_questions(tribune: Any) -> None:
    said = tribune("check", "--json", stdin=b"\xef\xbb\xbf\n" + lines({"text": "a"}) + b"\r\n" + lines({"text": "b"}))
    assert (said.code, len(said.answers)) == (0, 2)


def test_no_question_is_no_answer(tribune: Any) -> None:
    said = tribune("check", "--json")
    assert (said.code, said.out) == (0, "")


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text": 3}',
        b'{"text": "a", "private": "yes"}',
        b'{"text": "a", "lang": 1}',
        b'{"text": "\xff"}',
        b"[" * 100_000,
    ],
)
def test_a_bad_line_ends_it_after_the_lines_before_were_answered(tribune: Any, bad: bytes) -> None:
    said = tribune("check", "--json", stdin=lines({"text": "a", "id": 1}) + bad + b"\n" + lines({"text": "b"}))
    assert said.code == 2
    assert [answer["id"] for answer in said.answers] == [1]
    assert said.err.startswith("stdin:2: ")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec=None), max_size=60), st.booleans())
def test_every_text_has_an_answer_and_every_offset_is_inside_it(text: str, private: bool) -> None:
    question = Question(text, private=private)
    answer = json.loads(as_json(question, *CHECKER.check(question, clock.now())))
    assert answer["decision"]["measure"] in {"nothing", "draft", "lead", "remind", "hide", "escalate"}
    assert all(0 <= breach["start"] < breach["end"] <= len(text) for breach in answer["breaches"])


CHECKER = Checker.of(model())


# --- check, for people ---


def test_a_person_reads_the_measure_the_words_the_clause_and_the_reason(tribune: Any) -> None:
    said = tribune("check", INSULT)
    assert said.code == 0
    assert "@Karim t'es vraiment un [abruti] si tu crois ça" in said.out
    assert "Rappel de la charte · article 10, Respect des personnes" in said.out


def test_texts_can_come_line_by_line(tribune: Any) -> None:
    said = tribune("check", stdin=b"Merci !\n\nBravo !\n")
    assert [line for line in said.out.splitlines() if not line.startswith(" ")] == ["Merci !", "Bravo !"]


def test_a_person_may_ask_why(tribune: Any) -> None:
    said = tribune("check", "--why", f"On m'a traité d'abruti. {INSULT}", "Merci !").out.replace("\u00a0", " ")
    quoted, held, nothing = [line.strip() for line in said.splitlines() if line.startswith("    ")]
    assert quoted.startswith("« abruti » · article 10, ")
    assert quoted.endswith("laissé, ces mots sont cités, rapportés ou dits de soi-même.")
    assert held.endswith(": retenu.")
    assert nothing == "Rien de ce que la charte interdit."


def test_nothing_to_check_is_bad_input(tribune: Any) -> None:
    assert tribune("check").code == 2


def test_a_text_cannot_move_the_terminal_s_cursor() -> None:
    assert marked("a\x1b[2Jb\nc\u202ed", [(0, 1)], ("<", ">")) == "<a>·[2Jb c·d"


def test_spans_that_touch_or_overlap_are_marked_once() -> None:
    assert marked("abcdef", [(1, 3), (2, 4), (5, 6)], ("<", ">")) == "a<bcd>e<f>"


def test_a_charter_of_one_s_own_is_used_and_a_bad_one_is_said_with_its_line(tribune: Any, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    text = EXAMPLE_FILE.parent.parent.joinpath("charters/model.fr-en.yaml").read_text("utf-8")
    own.write_text(text.replace("id: respect\n", "id: courtoisie\n"), "utf-8")
    [answer] = tribune("check", "--charter", str(own), "--json", stdin=lines({"text": INSULT})).answers
    assert answer["decision"]["clause"] == "courtoisie"
    own.write_text(text.replace("kind: frame", "kind: fame", 1), "utf-8")
    said = tribune("check", "--charter", str(own), "x")
    assert said.code == 2
    assert said.err.startswith(f"{own}:")
