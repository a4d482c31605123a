"""Comments as they come in a day, for measuring: distinct, French and English, most of them harmless.

Put together, always the same, from sentences of the repository: ordinary ones (`sentences.yaml`), those of the
traffic (`comments.yaml`), the model charter's examples and the sentences of judgement, which are denser in words
that detectors know than real comments are. One comment in three holds one of the latter.
"""

import random
from functools import cache
from pathlib import Path

import yaml

from bench.traffic import traffic
from tribune import written
from tribune.charter import Charter

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = Path(__file__).resolve().parent / "sentences.yaml"
JUDGED = ROOT / "tests/judgement/sentences.yaml"
MODEL = ROOT / "charters/model.fr-en.yaml"
CHARACTERS = 280
LIVELY = 1 / 3
"""Which part of the comments holds a sentence that some rule speaks of."""
FRENCH = 0.7


def comments(count: int, characters: int = CHARACTERS) -> list[str]:
    """`count` distinct comments of about so many characters; the same each time."""
    draw = random.Random(20_260_304)  # noqa: S311 - not a secret
    ordinary, lively = _ordinary(), _lively()
    found: dict[str, None] = {}
    while len(found) < count:
        language = "fr" if draw.random() < FRENCH else "en"
        parts = [draw.choice(lively)] if draw.random() < LIVELY else []
        while sum(len(part) + 1 for part in parts) < characters - 40:
            parts.append(draw.choice(ordinary[language]))
        draw.shuffle(parts)
        found[" ".join(parts)] = None
    return list(found)


@cache
def _ordinary() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(SENTENCES.read_text("utf-8"))
    chat = {event.text for event in traffic(400).deliveries if event.text and event.sort == "chat"}
    return {language: [*sentences, *sorted(chat)[:120]] for language, sentences in found.items()}


@cache
def _lively() -> list[str]:
    model = written.load(MODEL, Charter)
    examples = [
        sentence
        for clause in model.clauses
        for texts in (clause.examples.allowed, clause.examples.forbidden)
        for language in sorted(texts)
        for sentence in texts[language]
    ]
    judged = [entry["text"] for entry in yaml.safe_load(JUDGED.read_text("utf-8"))]
    return sorted({sentence for sentence in (*examples, *judged) if 0 < len(sentence) <= CHARACTERS})
