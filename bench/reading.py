"""What it costs to read a comment under the charter, beside a bare lookup of its words, in the same run.

The baseline does what the standard library makes easy: fold the case, split into words, ask one set of every single
word in our lists. It sees no phrase, no disguise, no quotation, nobody addressed: it is what reading must cost at
least. The two take turns, so that a busy machine slows both; the fastest round of each counts.

The time must stay linear in the length, also for a text that is all disguises.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.traffic import traffic
from local.configuration import EXAMPLE_FILE, read
from tribune.charter import Circumstances, Reader, Vocabulary, lists

LENGTHS = (20, 80, 280, 1000, 8000)
"""Characters: a shout, a comment, a tweet, a complaint, the most that Facebook takes."""
ROUNDS = 15
ROUND_S = 0.02
LINEAR = 1.5
"""How many times the cost of a character may be at 8,000 what it is at 1,000."""
DISGUISED = "c0nn@rd c.o.n.n.a.r.d c*****d coooonnard ｃｏｎｎａｒｄ а б р у т и "
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds to read a text, ours and the baseline's."""

    characters: int
    ours: float
    bare: float

    @property
    def per_character(self) -> float:
        """Ours."""
        return self.ours / self.characters


def prose() -> str:
    """What members write, one comment after the other, 8,000 characters and more."""
    comments = (event.text for event in traffic(400).deliveries if event.text)
    return "\n".join(comments)


def reader() -> Callable[[str], object]:
    """Our reading: the model charter in the name of the example's community."""
    configuration = read(EXAMPLE_FILE)
    community = configuration.community
    vocabulary = Vocabulary(
        own_contacts=community.own_contacts, own_domains=community.own_domains, brand=community.name
    )
    ours, circumstances = Reader(configuration.charter, vocabulary), Circumstances()
    return lambda text: ours.read(text, circumstances)


def lookup() -> Callable[[str], object]:
    """The baseline."""
    words = frozenset().union(*(lists.words_of(name) for name in lists.packaged()))
    return lambda text: [word for word in _WORD.findall(text.casefold()) if word in words]


def measure(text: str, ours: Callable[[str], object], bare: Callable[[str], object]) -> Cost:
    """The fastest round of each, the two taking turns."""
    rounds = [(_round(ours, text), _round(bare, text)) for _ in range(ROUNDS)]
    return Cost(len(text), min(one for one, _ in rounds), min(other for _, other in rounds))


def _round(one: Callable[[str], object], text: str) -> float:
    times, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < ROUND_S:
        one(text)
        times += 1
    return spent / times * 1e6


def main() -> int:
    """Measure, print, and fail when the time is not linear."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.parse_args()
    ours, bare = reader(), lookup()
    print(f"{'':12} {'characters':>10} {'reading':>12} {'bare lookup':>12} {'ratio':>6}   a character")
    linear = True
    for name, source in (("prose", prose()), ("all disguises", DISGUISED * 200)):
        costs = [measure(source[:length], ours, bare) for length in LENGTHS]
        for cost in costs:
            print(
                f"{name:13} {cost.characters:9} {cost.ours:9.0f} µs {cost.bare:9.1f} µs {cost.ours / cost.bare:6.0f}"
                f"   {cost.per_character:.2f} µs"
            )
        growth = costs[-1].per_character / costs[-2].per_character
        linear = linear and growth <= LINEAR
        print(
            f"{name}: a character costs {growth:.2f} times as much at {LENGTHS[-1]} as at {LENGTHS[-2]} (limit {LINEAR})"
        )
    return 0 if linear else 1


if __name__ == "__main__":
    sys.exit(main())
