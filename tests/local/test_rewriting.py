"""One value of a person's file is changed; every other character stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.rewriting import with_one_more, with_value
from tribune import written
from tribune.errors import BadConfiguration

FILE = """# whose it is
community:
  id: a        # never changes
  allowed:     # harmless here
    # from the first week
    - "tête de pioche"
    - noix   # the fruit

  name: A
clauses:
  - id: respect
    detectors:
      - name: expression
        terms:
          fr: [un, deux]
      - {name: expression, disguised: true}
    title: x
"""
TERMS = ("clauses", 0, "detectors", 0, "terms")


def test_one_more_entry_stands_below_the_last_and_nothing_else_moves() -> None:
    changed = with_one_more(FILE, ("community", "allowed"), "bête de course")
    assert changed == FILE.replace("    - noix   # the fruit\n", '    - noix   # the fruit\n    - "bête de course"\n')


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("a:\n  allowed: []     # none yet\n", 'a:\n  allowed: \n    - "x"     # none yet\n'),
        ("a:\n  allowed: [y]\n", 'a:\n  allowed: [y, "x"]\n'),
        ("a:\n  allowed:\n", 'a:\n  allowed: \n    - "x"\n'),
        ("a:\n  id: b  # c\n", 'a:\n  id: b  # c\n  allowed:\n    - "x"\n'),
        ("a: {id: b}\n", 'a: {id: b, allowed: ["x"]}\n'),
        ("a: {id: b, allowed: []}", 'a: {id: b, allowed: ["x"]}'),
    ],
)
def test_a_list_that_is_empty_or_missing_begins(file: str, changed: str) -> None:
    assert written.parse(with_one_more(file, ("a", "allowed"), "x")).value == written.parse(changed).value
    assert [line.partition("#")[2] for line in with_one_more(file, ("a", "allowed"), "x").splitlines() if "#" in line] == [
        line.partition("#")[2] for line in file.splitlines() if "#" in line
    ]  # fmt: skip


def test_a_value_is_replaced_where_it_stands() -> None:
    changed = with_value(FILE, TERMS, {"fr": ["trois"], "en": ["=four", 'fi"ve']})
    assert changed.startswith(FILE.partition("        terms:")[0])
    assert changed.endswith(FILE.partition("[un, deux]")[2])
    assert written.parse(changed).value["clauses"][0]["detectors"][0]["terms"] == {
        "fr": ["trois"],
        "en": ["=four", 'fi"ve'],
    }


def test_a_value_begins_in_a_flow() -> None:
    changed = with_value(FILE, ("clauses", 0, "detectors", 1, "terms"), {"fr": ["un"]})
    assert '- {name: expression, disguised: true, terms: {fr: ["un"]}}' in changed


entries = st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12), max_size=6)


@given(entries, entries)
def test_whatever_is_written_is_read_back(french: list[str], more: list[str]) -> None:
    changed = with_value(FILE, TERMS, {"fr": french})
    for expression in more:
        changed = with_one_more(changed, ("community", "allowed"), expression)
    value = written.parse(changed).value
    assert value["clauses"][0]["detectors"][0]["terms"] == {"fr": french}
    assert value["community"]["allowed"] == ["tête de pioche", "noix", *more]
    assert "# from the first week" in changed


@pytest.mark.parametrize("location", [("nowhere", "allowed"), ("clauses", 9, "terms"), ("community", "id", "x")])
def test_what_has_no_place_is_left_to_a_person(location: tuple[str | int, ...]) -> None:
    with pytest.raises(BadConfiguration, match="by hand"):
        with_value(FILE, location, ["x"], file="c.yaml")
