"""The README is tested: what it lists is what there is."""

import re
import tomllib
from pathlib import Path

import pytest

from local.command import SUBCOMMANDS
from tribune.platforms import PLATFORMS, platform
from tribune.telemetry import METRICS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its two head lines."""
    section = README.split(f"{heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None
    lines = table[0].strip().splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_each_platform_has_its_row_as_its_card_says() -> None:
    cards = [platform(name).CARD for name in PLATFORMS]

    assert rows("### Platforms") == [
        [f"`{card.name}`", card.title, ", ".join(sorted(card.can)), card.note] for card in cards
    ]


def test_each_metric_has_its_row() -> None:
    assert rows("### Metrics") == [[one.name, one.counts, ", ".join(one.dimensions)] for one in METRICS]


def test_each_subcommand_is_described() -> None:
    described = set(re.findall(r"`tribune ([a-z]+)", README.split("## The commands", 1)[1]))

    assert {one.name for one in SUBCOMMANDS} <= described | {"resume"}


def test_each_runtime_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=\[]", dependency)[0] for dependency in project["dependencies"]}

    assert {row[0].split()[0] for row in rows("### Dependencies")} == names | {"boto3"}


@pytest.mark.parametrize("link", re.findall(r"\]\(((?!https?:|#)[^)]+)\)", README))
def test_each_link_into_the_repository_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("anchor", re.findall(r"\]\(#([^)]+)\)", README))
def test_each_link_within_the_page_leads_somewhere(anchor: str) -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)

    assert anchor in {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("target", re.findall(r"^make ([a-z]+)", README, re.MULTILINE))
def test_each_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
