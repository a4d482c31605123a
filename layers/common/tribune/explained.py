"""What the machine looked at in a comment, as sentences: `tribune case show`, `tribune check --why`, the desk. Pure."""

from collections.abc import Callable, Iterable, Iterator

from tribune import words
from tribune.charter import LAW, Charter, Trace, Why

QUOTED = 80
"""Characters of a comment that one line shows."""


def sentences(
    traces: Iterable[Trace], charter: Charter | None, language: str, quoted: Callable[[int, int], str]
) -> Iterator[str]:
    """One line for each entry; `quoted` says what stands between two offsets of the original, empty where it is gone."""
    table = words.table(language, "trace")
    for one in traces:
        shown = "" if one.why is Why.FAILED else " ".join(quoted(one.start, one.end).split())
        if len(shown) > QUOTED:
            shown = shown[: QUOTED - 1] + "…"
        line = table["line" if shown else "wordless"]
        yield line.format(words=shown, clause=_named(one, charter, language), why=table["whys"][one.why])


def _named(one: Trace, charter: Charter | None, language: str) -> str:
    table = words.table(language, "trace")
    clause = charter.clause(one.clause) if charter else None
    if charter is None or clause is None:
        return str(table["law"]) if one.clause == LAW else one.clause
    title = charter.title_of(clause, charter.shown_in(language))
    return str(table["article"].format(number=clause.number, title=title))
