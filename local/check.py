"""`tribune check`: texts against a charter, for people and for scripts.

The author is unknown and has no history, the post is public, the mode is `act`: what the charter alone says.
"""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from local.configuration import model
from tribune import clock
from tribune.charter import Charter, Findings, terms
from tribune.checking import Checker, Question
from tribune.decision import Decision
from tribune.errors import BadConfiguration
from tribune.explained import sentences
from tribune.words import spoken, table

_MARKS, _TERMINAL_MARKS = ("[", "]"), ("\x1b[1;4m", "\x1b[0m")


def run(arguments: Namespace) -> int:
    """The command. Raises BadConfiguration for an unreadable charter or line, after the lines before it were answered."""
    charter = terms.load(arguments.charter) if arguments.charter else model()
    checker, now = Checker.of(charter), clock.now()
    if arguments.json:
        asked = map(Question, arguments.text) if arguments.text else questions(sys.stdin.buffer)
        for question in asked:
            print(as_json(question, *checker.check(question, now)), flush=True)
        return 0
    texts = arguments.text or _lines()
    if not texts:
        raise BadConfiguration("give a text to check, or --json and questions on the standard input", field="TEXT")
    for text in texts:
        question = Question(text)
        findings, decision = checker.check(question, now)
        print(as_text(charter, question, findings, decision, terminal=sys.stdout.isatty()))
        if arguments.why:
            print(as_reasons(charter, text, findings))
    return 0


def _lines() -> list[str]:
    return [] if sys.stdin.isatty() else [line for line in sys.stdin.read().splitlines() if line.strip()]


# --- for scripts ---


def questions(stream: BinaryIO, *, file: str = "stdin") -> Iterator[Question]:
    """One question a line of JSON, read as they come. Raises BadConfiguration at the first line that is none."""
    for number, line in enumerate(stream, 1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if text.strip():
            yield _question(text, file, number)


def _question(line: bytes, file: str, number: int) -> Question:
    try:
        value = json.loads(line)
        json.dumps(value, allow_nan=False)  # Python reads NaN, and what overflows; no JSON has them
    except (ValueError, RecursionError) as error:
        raise BadConfiguration("this is no JSON in UTF-8", file=file, line=number) from error
    match value:
        case {"text": str(text)}:
            pass
        case dict():
            raise BadConfiguration("a string is expected here", file=file, line=number, field="text")
        case _:
            raise BadConfiguration('a JSON object like {"text": "…"} is expected', file=file, line=number)
    language, private = value.get("lang"), value.get("private", False)
    if language is not None and not isinstance(language, str):
        raise BadConfiguration("a string like “fr” is expected here", file=file, line=number, field="lang")
    if not isinstance(private, bool):
        raise BadConfiguration("true or false is expected here", file=file, line=number, field="private")
    return Question(text, value.get("id"), language, private)


def as_json(question: Question, findings: Findings, decision: Decision) -> str:
    """One line of JSON; offsets are code points of the text as it was asked."""
    breaches = [
        {"clause": breach.clause, "detector": breach.detector, "start": breach.start, "end": breach.end}
        for breach in findings.breaches
    ]
    decided = {"measure": decision.measure, "clause": decision.clause, "reason": decision.reason}
    return json.dumps({"id": question.id, "breaches": breaches, "decision": decided})


# --- for people ---


def as_text(
    charter: Charter, question: Question, findings: Findings, decision: Decision, *, terminal: bool = False
) -> str:
    """What is done in a word, the words it is about, the clause and the reason; in the language of the text."""
    language = spoken(findings.language)
    words, reason = table(language, "check"), table(language, "reasons")[decision.reason]
    spans = [(breach.start, breach.end) for breach in findings.breaches]
    lines = [marked(question.text, spans, _TERMINAL_MARKS if terminal else _MARKS)]
    clause = charter.clause(decision.clause) if decision.clause else None
    done = words["measures"][decision.measure]
    if clause:
        done += f" · {words['article'].format(number=clause.number, title=charter.title_of(clause, charter.shown_in(language)))}"
    lines += [f"  {done}", f"  {reason['sentence']}"]
    return "\n".join(lines)


def marked(text: str, spans: Iterable[tuple[int, int]], marks: tuple[str, str]) -> str:
    """The text on one line with the spans between marks; what could move a terminal's cursor is shown as a dot."""
    inside = {place for start, end in spans for place in range(start, end)}
    shown = []
    for place, character in enumerate(text):
        if place in inside and place - 1 not in inside:
            shown.append(marks[0])
        if place not in inside and place - 1 in inside:
            shown.append(marks[1])
        shown.append(
            " " if character.isspace() else character if character.isprintable() or character == "\u200d" else "·"
        )
    if len(text) - 1 in inside:
        shown.append(marks[1])
    return "".join(shown)


def as_reasons(charter: Charter, text: str, findings: Findings) -> str:
    """What became of everything the detectors found, one line each."""
    language = spoken(findings.language)
    told = sentences(findings.trace, charter, language, lambda start, end: text[start:end])
    words = table(language, "trace")
    return "\n".join((f"  {words['head']}", *(f"    {line}" for line in tuple(told) or (words["none"],))))
