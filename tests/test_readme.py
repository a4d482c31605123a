"""The README is tested: what it lists is what there is."""

import re
import tomllib
from argparse import _SubParsersAction
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.command import SUBCOMMANDS, parser
from local.resources import TEMPLATE
from tribune.platforms import PLATFORMS, platform
from tribune.telemetry import METRICS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


class Loader(yaml.SafeLoader):
    """Reads the template; what CloudFormation works out is left out."""


Loader.add_multi_constructor("!", lambda *_: None)
DECLARED: dict[str, dict[str, dict[str, Any]]] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader)  # noqa: S506  a safe loader that knows `!Ref`


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


def test_each_function_has_its_place_in_the_way_of_a_comment() -> None:
    way = README.split("The way of a comment:", 1)[1].split("```")[1]

    assert {door.parent.name for door in (ROOT / "functions").glob("*/app.py")} == set(
        re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", way)
    ) | {"desk"}


def test_each_metric_has_its_row() -> None:
    assert rows("### Metrics") == [[one.name, one.counts, ", ".join(one.dimensions)] for one in METRICS]


def test_each_subcommand_is_described() -> None:
    described = set(re.findall(r"`tribune ([a-z]+)", README.split("## The commands", 1)[1]))

    assert {one.name for one in SUBCOMMANDS} <= described | {"resume"}


def test_each_parameter_of_the_stack_has_its_row() -> None:
    shown = {None: "(required)", "": "(none)"}

    assert rows("### Parameters") == [
        [f"`{name}`", shown.get(one.get("Default"), f"`{one.get('Default')}`"), one["Description"]]
        for name, one in DECLARED["Parameters"].items()
    ]


def test_each_output_of_the_stack_has_its_row() -> None:
    assert rows("When it is deployed, the stack prints:") == [
        [f"`{name}`", one["Description"]] for name, one in DECLARED["Outputs"].items()
    ]


def test_who_is_invited_to_the_desk_has_an_address_that_the_desk_takes() -> None:
    """Cognito calls the address of whoever an administrator invites unverified, and `SignIn` refuses those."""
    invitation = README.split("aws cognito-idp admin-create-user", 1)[1].split("```", 1)[0]

    assert "Name=email_verified,Value=true" in invitation


def test_what_is_deployed_by_hand_has_the_name_that_the_command_looks_for() -> None:
    assert re.findall(r"--stack-name (\S+)", README) == ["tribune-prod"]


def licence(package: str) -> str:
    """What an installed package says of its licence."""
    about = metadata(package)
    said = [about.get("License-Expression") or "", about.get("License") or "", *about.get_all("Classifier", [])]
    return " ".join(one for one in said if len(one) < 200)


def test_each_word_of_the_command_has_its_row() -> None:
    (commands,) = (one for one in parser()._actions if isinstance(one, _SubParsersAction))
    told = {
        name: " ".join(row[0] for row in rows("## The commands") if f"tribune {name} " in row[0])
        for name in commands.choices
    }
    words = {
        (name, word)
        for name, command in commands.choices.items()
        for actions in command._actions
        if isinstance(actions, _SubParsersAction)
        for word in actions.choices
    }

    assert {(name, word) for name, word in words if not re.search(rf"\b{word}\b", told[name])} == set()


@pytest.mark.parametrize(("package", "named"), [(row[0].split()[0], row[1]) for row in rows("### Dependencies")])
def test_each_runtime_dependency_has_the_licence_that_it_says(package: str, named: str) -> None:
    family = named.split("-", maxsplit=1)[0]

    assert re.search(rf"\b{family}\b", licence(package))


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
