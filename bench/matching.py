"""Looking for the terms of a charter, beside what others do, in one run; then the whole reading of a stream.

`make bench-matching` installs the others into environments of the benchmark's own: pyahocorasick, better-profanity
and, through node, the npm package obscenity. Whichever is absent is left out, and that is said. Ours here is the
lexicon on plain tokens, as the others are plain: folding and cutting into words are in its time, folding (which the
others need too, once a text) is in theirs. Each figure is the median over several texts.
"""

import argparse
import gc
import importlib
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.stream import MODEL, comments
from tribune import written
from tribune.charter import Charter, Circumstances, Reader, Vocabulary, lists, text
from tribune.charter.disguise import Disguises
from tribune.charter.lexicon import Lexicon, phrases
from tribune.charter.text import fold

TERMS = (100, 1_000, 10_000, 100_000)
LENGTHS = (20, 80, 280, 1_000, 8_000)
TEXTS = 15
STREAM = 5_000
TOO_LONG_S = 20.0
"""An engine whose next measure would take longer is left out, and that is said."""
LIMITS = {"stream µs": 300.0, "100,000 / 1,000 terms": 1.5, "load ms": 30.0, "evasion ms": 50.0, "adversarial ms": 40.0}
ROOT = Path(__file__).resolve().parents[1]
NODE = ROOT / ".tools/bench"

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
ADVERSARIAL = {
    "plain": "Je trouve que ce vélo roule très bien sous la pluie, et la selle est confortable. ",
    "letters apart": "a ",
    "letters of terms apart": "c o n n a r ",
    "dotted": "c.o.n.n.a.r.",
    "masks": "c*nn*rd p*t* s*l*pe ",
    "leet": "c0nn4r6 5al0p7 3ncu13 ",
    "one long stretch": "o",
    "stretched words": "coooonnnnaaaard meeeerde ",
    "look-alikes": "соnnаrd аbruті ",
    "boxes": "🅒🅞🅝🅝🅐🅡🅓",
    "flags": "🇨🇴🇳",
    "signs only": "@$!|*#",
    "signs and letters": "a@b$c!",
    "underscores": "a_",
    "invisible": "c\u200bo\u200bn",
    "marks": "e\u0301\u0336",
    "insults": "espèce de connard, sale con ! ",
    "mentions": "@a ",
    "links": "www.a.fr/b ",
    "digits": "06 12 34 56 78 ",
    "digits run": "1",
    "quotes": "« a ",
    "percent": "/%C3%A9",
    "no spaces": "connardcestnul",
    "chinese": "傻逼你好",
    "cut words": "sa lope con nard ",
    "drawn": "|_|\\/()",
    "emoji": "a😀",
    "disguises, all different": " ".join(
        f"s{'*@0'[i % 3]}l{ALPHABET[i % 26]}{ALPHABET[i // 26 % 26]}{ALPHABET[i // 676]}e" for i in range(1_200)
    ),
    "words, all different": " ".join(
        f"{ALPHABET[i % 26]}o{ALPHABET[i // 26 % 26]}u{ALPHABET[i // 676]}i" for i in range(1_200)
    ),
}
"""What is repeated up to 8,000 characters."""


def long(piece: str, length: int = 8_000) -> str:
    """`piece`, again and again."""
    return (piece * (length // len(piece) + 1))[:length]


def some_terms(count: int) -> list[str]:
    """Words nobody says, one or two a term, the same each time; some of the stream's own among them."""
    draw = random.Random(count)  # noqa: S311 - not a secret
    syllables = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "ou", "an", "on", "in", "er")]
    spoken = sorted({word for one in comments(50) for word in fold(one).split() if word.isalpha()})
    found = dict.fromkeys(draw.sample(spoken, min(20, count // 5)))
    while len(found) < count:
        words = [
            "".join(draw.choice(syllables) for _ in range(draw.randint(2, 4))) for _ in range(draw.choice((1, 1, 2)))
        ]
        found[" ".join(words)] = None
    return list(found)


def texts_of(length: int) -> list[str]:
    """Different texts of exactly so many characters."""
    stream = "\n".join(comments(2_000))
    step = (len(stream) - length) // TEXTS
    return [stream[place * step : place * step + length] for place in range(TEXTS)]


# --- engines: terms in, a function that looks for them out ---

type Look = Callable[[str], object]


def ours(terms: Sequence[str]) -> Look:
    """Our lexicon."""
    lexicon = Lexicon({"terms": phrases(terms)})
    return lambda one: lexicon.places(text.read(one))


def alternation(terms: Sequence[str]) -> Look:
    """What the standard library makes easy."""
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(terms, key=len, reverse=True))) + r")(?!\w)")
    return lambda one: [found.span() for found in pattern.finditer(fold(one))]


def aho_corasick(terms: Sequence[str]) -> Look:
    """pyahocorasick, between characters that are no part of words."""
    automaton = importlib.import_module("ahocorasick").Automaton()
    for term in terms:
        automaton.add_word(term, len(term))
    automaton.make_automaton()

    def look(one: str) -> list[tuple[int, int]]:
        folded = f" {fold(one)} "
        return [
            (end - length, end)
            for end, length in automaton.iter(folded)
            if not folded[end - length].isalnum() and not folded[end + 1].isalnum()
        ]

    return look


def better_profanity(terms: Sequence[str]) -> Look:
    """better-profanity: says yes or no, not where."""
    profanity = importlib.import_module("better_profanity").Profanity(list(terms))
    check: Look = profanity.contains_profanity
    return check


ENGINES: tuple[tuple[str, Callable[[Sequence[str]], Look]], ...] = (
    ("ours", ours),
    ("re alternation", alternation),
    ("pyahocorasick", aho_corasick),
    ("better-profanity", better_profanity),
)


def obscenity(terms: Sequence[str], texts: dict[int, list[str]]) -> dict[str, Any] | str:
    """What node measured, or why it did not."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules/obscenity").exists():
        return "node or the package obscenity is not installed: `make bench-matching` installs it"
    # Modules are found from where a script stands.
    script = NODE / "obscenity.mjs"
    shutil.copyfile(Path(__file__).with_name("obscenity.mjs"), script)
    try:
        finished = subprocess.run(  # noqa: S603 - our own script
            [node, str(script)],
            input=json.dumps({"terms": list(terms), "texts": texts}),
            capture_output=True,
            text=True,
            timeout=TOO_LONG_S * 3,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"takes longer than {TOO_LONG_S * 3:.0f} s"
    if finished.returncode:
        return f"fails: {finished.stderr.strip().splitlines()[-1][:80]}"
    measured: dict[str, Any] = json.loads(finished.stdout)
    return measured


# --- measures ---


def cost(look: Look, texts: Sequence[str], rounds: int = 3) -> float:
    """Microseconds a text, the median over the texts of each one's fastest round."""
    fastest = []
    for one in texts:
        spent = []
        for _ in range(rounds):
            began = time.process_time()
            look(one)
            spent.append(time.process_time() - began)
        fastest.append(min(spent))
    return statistics.median(fastest) * 1e6


def compare(counts: Sequence[int]) -> None:
    """Print every engine at every number of terms and every length."""
    texts = {length: texts_of(length) for length in LENGTHS}
    print(f"{'terms':>7} {'engine':17} {'build ms':>9} " + " ".join(f"{f'µs @{length}':>11}" for length in LENGTHS))
    gone: set[str] = set()
    for count in counts:
        terms = some_terms(count)
        base: list[float] = []
        for name, build in ENGINES:
            if name in gone:
                print(f"{count:7} {name:17} left out: fewer terms already took too long")
                continue
            try:
                began = time.perf_counter()
                look = build(terms)
                built = (time.perf_counter() - began) * 1e3
            except ImportError:
                print(f"{count:7} {name:17} not installed: `make bench-matching` installs it")
                continue
            costs: list[float] = []
            for length in LENGTHS:
                began = time.perf_counter()
                look(texts[length][0])
                once = time.perf_counter() - began
                if once * TEXTS > TOO_LONG_S:
                    gone.add(name)
                    break
                costs.append(cost(look, texts[length], rounds=1 if once > 0.05 else 3))  # noqa: PLR2004 - 50 ms is slow enough to see
                if once * TEXTS * 10 > TOO_LONG_S:
                    gone.add(name)
            _print_row(count, name, built, costs, base)
            base = base or costs
        measured = obscenity(terms, texts) if "obscenity" not in gone else "left out: fewer terms already took too long"
        if isinstance(measured, str):
            gone.add("obscenity")
            print(f"{count:7} {'obscenity (node)':17} {measured}")
        else:
            _print_row(
                count, "obscenity (node)", measured["build"], [measured["costs"][str(one)] for one in LENGTHS], base
            )


def _print_row(count: int, name: str, built: float, costs: list[float], base: list[float]) -> None:
    cells = [
        f"{one:8.0f}" + (f"{one / mine:6.1f}×" if base else "       ")
        for one, mine in zip(costs, base or costs, strict=False)
    ]
    cells += [f"{'too long':>15}"] * (len(LENGTHS) - len(costs))
    print(f"{count:7} {name:17} {built:9.1f} " + " ".join(cells))


def with_terms(model: Charter, terms: Sequence[str]) -> Charter:
    """The model charter, one of its rules watching for these terms too."""
    clauses = [clause.model_dump(mode="json") for clause in model.clauses]
    rule = next(clause for clause in clauses if clause["kind"] == "rule" and clause["detectors"])
    rule["detectors"] = [*rule["detectors"], {"name": "expression", "terms": {"fr": list(terms)}}]
    return Charter.model_validate({**model.model_dump(mode="json"), "clauses": clauses})


def stream_cost(reader: Reader, stream: Sequence[str]) -> tuple[float, float]:
    """Microseconds of a processor to read a comment of the stream: (median, ninth decile)."""
    circumstances = Circumstances()
    spent = []
    gc.collect()
    for one in stream:
        began = time.process_time()
        reader.read(one, circumstances)
        spent.append(time.process_time() - began)
    deciles = statistics.quantiles(spent, n=10)
    return statistics.median(spent) * 1e6, deciles[8] * 1e6


def whole(count: int) -> dict[str, float]:
    """The whole reading under the model charter: the stream, loading, the worst texts. Prints, gives what has limits."""
    model = written.load(MODEL, Charter)
    stream = comments(count)
    print(f"\nThe whole reading of {count} distinct comments of {statistics.mean(map(len, stream)):.0f} characters:")
    medians: dict[int, float] = {}
    readers: dict[int, Reader] = {}
    for terms in (1_000, 10_000, 100_000):
        readers[terms] = Reader(with_terms(model, some_terms(terms)), Vocabulary(brand="Vélos Garance"))
        medians[terms], slow = stream_cost(readers[terms], stream)
        print(
            f"  the model charter and {terms:7} more terms: {medians[terms]:4.0f} µs in the median, {slow:.0f} µs for one in ten"
        )
    load, evasion = _loading()
    worst = _adversarial(readers[10_000])
    return {
        "stream µs": medians[10_000],
        "100,000 / 1,000 terms": medians[100_000] / medians[1_000],
        "load ms": load,
        "evasion ms": evasion,
        "adversarial ms": worst,
    }


def _loading() -> tuple[float, float]:
    terms = some_terms(10_000)
    plain, evasion = [], []
    for _ in range(5):
        began = time.process_time()
        compiled = phrases(terms)
        Lexicon({}, {"terms": compiled})
        plain.append(time.process_time() - began)
        began = time.process_time()
        Disguises(compiled, lists.common_words()).reveal(text.read("b*bou c0nn4rd c o n n a r d"))
        evasion.append(time.process_time() - began)
    print(
        f"  10,000 terms: the plain index is ready in {min(plain) * 1e3:.1f} ms, what sees through disguises in {min(evasion) * 1e3:.1f} ms more"
    )
    return min(plain) * 1e3, min(evasion) * 1e3


def _adversarial(reader: Reader) -> float:
    circumstances = Circumstances()

    def look(one: str) -> object:
        return reader.read(one, circumstances)

    def worst_of(piece: str, length: int) -> float:
        # Each text differs a little from the one before: nothing long is remembered.
        return cost(look, [f"{'x' * place} {long(piece, length - place - 1)}" for place in range(3)], rounds=1)

    base = worst_of(ADVERSARIAL["plain"], 8_000)
    print("  8,000 characters made to be slow, and how many times a plain text of that length; × from 1,000 to 8,000:")
    worst = 0.0
    for name, piece in ADVERSARIAL.items():
        spent, short = worst_of(piece, 8_000), worst_of(piece, 1_000)
        worst = max(worst, spent / 1e3)
        print(f"    {name:24} {spent / 1e3:7.1f} ms {spent / base:6.1f}× {spent / short:6.1f}×")
    return worst


def main() -> int:
    """Print everything; fail when a limit does not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--terms", type=int, nargs="+", default=TERMS, help="numbers of terms to compare at")
    parser.add_argument("--comments", type=int, default=STREAM, help="how long the stream is")
    arguments = parser.parse_args()
    compare(arguments.terms)
    measured = whole(arguments.comments)
    print("\nWhat must hold:")
    for name, limit in LIMITS.items():
        print(
            f"  {name:24} {measured[name]:8.1f}, at most {limit:g}{'' if measured[name] <= limit else '   DOES NOT HOLD'}"
        )
    return 0 if all(measured[name] <= limit for name, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
