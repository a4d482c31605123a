"""How many disguised insults are seen through, family by family, and how many plain words are taken for one.

Each family of evasions is a small generator; it is applied to every term of our own lists that are looked for behind
disguises, French and English, three times with other choices. A term is seen through when the list that has it has a
hit in the disguised text. `python -m bench.evasions` prints the table; the tests hold it to its limits.
"""

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tribune.charter import lists, text
from tribune.charter.disguise import Disguises
from tribune.charter.look_alikes import BY_LETTER
from tribune.charter.text import fold, keys

LEET = {
    "a": "4@",
    "b": "8",
    "c": "(",
    "e": "3€",
    "g": "9",
    "i": "1!",
    "l": "1|",
    "o": "0",
    "s": "5$",
    "t": "7+",
    "z": "2",
}
INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u202e"
EMOJI = "🔥😂🍆💩😡"
ACCENTS = {"a": "âàä", "c": "ç", "e": "éèêë", "i": "îï", "n": "ñ", "o": "ôö", "u": "ûùü", "y": "ÿ"}
DRAWINGS = 3
DICTIONARIES = (Path("/usr/share/dict/french"), Path("/usr/share/dict/american-english"))

type Evade = Callable[[str, random.Random], str]


@dataclass(frozen=True, slots=True)
class Family:
    """One way of evading: what it makes of a word, the shortest word it is tried on, the recall it must reach."""

    name: str
    evade: Evade
    shortest: int = 3
    least: float = 0.97
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """What came of one family."""

    family: Family
    tried: int
    seen: int
    missed: tuple[str, ...]
    """A few that were not."""

    @property
    def share(self) -> float:
        """Of what was tried, how much was seen through."""
        return self.seen / self.tried if self.tried else 1.0


def _replaced(word: str, draw: random.Random, by: dict[str, str], share: float, most: int = 99) -> str:
    """Some letters, one at least, drawn otherwise."""
    places = [place for place, letter in enumerate(word) if letter in by]
    draw.shuffle(places)
    chosen = set(places[: max(1, min(most, round(share * len(places))))])
    return "".join(draw.choice(by[one]) if place in chosen else one for place, one in enumerate(word))


def _leet(word: str, draw: random.Random) -> str:
    return _replaced(word, draw, LEET, 0.5, most=len(word) - 2)


def _stretched(word: str, draw: random.Random) -> str:
    place = draw.randrange(len(word))
    return word[:place] + word[place] * draw.randint(3, 6) + word[place + 1 :]


def _between(word: str, signs: str, draw: random.Random) -> str:
    return draw.choice(signs).join(word)


def _masked(word: str, draw: random.Random, masks: str = "*#•") -> str:
    most = (len(word) - 1) // 2
    hidden = set(draw.sample(range(1, len(word)), draw.randint(1, max(1, min(2, most)))))
    mask = draw.choice(masks)
    return "".join(mask if place in hidden else one for place, one in enumerate(word))


def _inserted(word: str, signs: str, draw: random.Random) -> str:
    place = draw.randrange(1, len(word))
    return word[:place] + draw.choice(signs) + word[place:]


def _alphabet(word: str, first: int) -> str:
    return "".join(chr(first + ord(one) - ord("a")) if "a" <= one <= "z" else one for one in word)


def _cut(word: str, draw: random.Random) -> str:
    place = draw.randrange(2, len(word) - 1)
    return f"{word[:place]} {word[place:]}"


FAMILIES = (
    Family("case and accents", lambda word, draw: _replaced(word, draw, ACCENTS, 0.6).swapcase()),
    Family("full width", lambda word, _: _alphabet(word, 0xFF41)),
    Family("styled letters", lambda word, draw: _alphabet(word, draw.choice((0x1D41A, 0x1D4EA, 0x1D586, 0x1D68A)))),
    Family("zero width", lambda word, draw: _inserted(_inserted(word, INVISIBLE, draw), INVISIBLE, draw)),
    Family("look-alikes", lambda word, draw: _replaced(word, draw, BY_LETTER, 0.5)),
    Family("leet", _leet, shortest=4),
    Family("stretched", _stretched),
    Family("spaced", lambda word, _: " ".join(word)),
    Family("dotted", lambda word, draw: _between(word, ".-_*~·|+", draw)),
    Family("one mask more", lambda word, draw: _inserted(word, "*#", draw), shortest=5),
    Family("masked", _masked, shortest=4),
    Family("emoji between", lambda word, draw: _between(word, EMOJI, draw)),
    Family("emoji as a letter", lambda word, draw: _masked(word[:-1], draw, EMOJI) + word[-1], shortest=5),
    Family("in boxes", lambda word, draw: _alphabet(word, draw.choice((0x249C, 0x24D0, 0x1F130, 0x1F150, 0x1F170)))),
    Family("flag letters", lambda word, _: _alphabet(word, 0x1F1E6)),
    Family("spaced leet", lambda word, draw: " ".join(_leet(word, draw)), shortest=5),
    Family("stretched leet", lambda word, draw: _stretched(_leet(word, draw), draw), shortest=5),
    Family("look-alikes and dots", lambda word, draw: ".".join(_replaced(word, draw, BY_LETTER, 0.4)), shortest=4),
    Family("cut in two", _cut, 6, 0.6, "where a half is a word or a term it is left alone"),
)  # fmt: skip


@cache
def disguises() -> Disguises:
    """Of our own lists."""
    return Disguises(lists.disguised(), lists.common_words())


def found(written: str) -> set[str]:
    """The lists that have a hit in a text."""
    return set(lists.lexicon().places(disguises().reveal(text.read(written))))


def terms() -> Iterator[tuple[str, str]]:
    """(list, term), folded: one word each, or several."""
    for name, by_language in sorted(lists.packaged().items()):
        for one in by_language:
            if one.disguised:
                yield from ((name, " ".join(keys(term))) for term in one.terms)


def measure(family: Family) -> Recall:
    """One family on every term."""
    draw = random.Random(family.name)  # noqa: S311 - not a secret
    tried = seen = 0
    missed: list[str] = []
    for name, term in sorted(set(terms())):
        words = term.split(" ")
        if len(max(words, key=len)) < family.shortest or not term.isascii():
            continue
        longest = max(range(len(words)), key=lambda place: len(words[place]))
        for _ in range(DRAWINGS):
            evaded = [family.evade(word, draw) if place == longest else word for place, word in enumerate(words)]
            written = " ".join(evaded)
            tried += 1
            if name in found(f"quand même, {written} ici"):
                seen += 1
            elif len(missed) < 5:  # noqa: PLR2004 - enough to see why
                missed.append(written)
    return Recall(family, tried, seen, tuple(missed))


def false_alarms(words: Iterable[str]) -> list[str]:
    """Those of these plain words that are taken for a disguised term."""
    return [
        word
        for word in words
        if (read := disguises().reveal(text.read(word))).disguised and not set(read.keys) & {fold(word), *keys(word)}
    ]


def main() -> int:
    """Print the table; fail when a family is below its limit."""
    recalls = [measure(family) for family in FAMILIES]
    print(f"{'family':22} {'tried':>6} {'recall':>8} {'limit':>6}")
    for recall in recalls:
        print(
            f"{recall.family.name:22} {recall.tried:6} {recall.share:8.1%} {recall.family.least:6.0%}"
            f"  {recall.family.note or '; '.join(recall.missed[:3])}"
        )
    for dictionary in DICTIONARIES:
        if dictionary.exists():
            alarms = false_alarms(dictionary.read_text("utf-8").split())
            print(f"{dictionary}: {len(alarms)} words taken for a disguise {alarms[:10]}")
        else:
            print(f"{dictionary} is not installed here: false alarms were not counted on it")
    return 0 if all(recall.share >= recall.family.least for recall in recalls) else 1


if __name__ == "__main__":
    sys.exit(main())
