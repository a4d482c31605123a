"""tribune charter: what an author of charters asks before members are shown anything."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.command import main
from local.configuration import EXAMPLE_FILE, MODEL_FILE, model
from local.resources import Stack
from tribune.aws import stack as deployed
from tribune.aws.charters import Charters


@pytest.fixture
def charter(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `tribune charter …`: (exit code, stdout, stderr)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["charter", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def own(tmp_path: Path) -> Any:
    """A charter of one's own: the model with some words replaced."""

    def write(name: str = "own.yaml", **replaced: str) -> Path:
        text = MODEL_FILE.read_text("utf-8")
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new, 1)
        file = tmp_path / name
        file.write_text(text, "utf-8")
        return file

    return write


@pytest.mark.parametrize("action", ["lint", "test"])
@pytest.mark.parametrize("file", [MODEL_FILE, EXAMPLE_FILE], ids=["model", "example"])
def test_what_we_ship_is_complete_and_its_examples_hold(charter: Any, action: str, file: Path) -> None:
    assert charter(action, file) == (0, "", "")


def test_an_incomplete_charter_is_said_clause_by_clause_with_its_line(charter: Any, own: Any) -> None:
    file = own(**{"{contact}": "{adresse}"})
    code, out, _ = charter("lint", file)
    assert code == 1
    lines = file.read_text("utf-8").splitlines()
    said = int(out.removeprefix(f"{file}:").partition(":")[0])
    assert "- number: 12" in lines[said - 1]
    assert out.startswith(f"{file}:{said}: hors-sujet: ")
    assert "adresse" in out


def test_an_example_that_fails_is_said_with_its_sentence_and_what_was_found(charter: Any, own: Any) -> None:
    file = own(**{"@Karim je ne suis pas d'accord avec toi": "@Karim t'es vraiment un abruti"})
    code, out, _ = charter("test", file)
    assert code == 1
    assert "respect (fr), allowed: found respect/insult_at_person" in out
    assert "@Karim t'es vraiment un abruti" in out


def test_the_difference_of_two_files_goes_from_the_first_to_the_second(charter: Any, own: Any) -> None:
    file = own(**{"notice_days: 15": "notice_days: 30"})
    code, out, _ = charter("diff", MODEL_FILE, file)
    assert (code, out) == (0, "commitments.notice_days: 15 → 30\n")
    assert charter("diff", file)[1] == out, "a file alone is compared with the model"
    assert charter("diff", MODEL_FILE, MODEL_FILE)[1] == ""


def test_it_is_rendered_as_members_would_read_it(charter: Any) -> None:
    code, out, _ = charter("render", MODEL_FILE, "--lang", "en")
    assert code == 0
    assert out.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert all(f'id="article-{clause.number}"' in out for clause in model().clauses)
    assert "{" not in out.partition("</style>")[2]


@pytest.mark.parametrize("action", ["render", "announce"])
def test_a_language_that_the_charter_does_not_speak_is_bad_input(charter: Any, action: str) -> None:
    code, _, err = charter(action, EXAMPLE_FILE, "--lang", "de")
    assert code == 2
    assert "fr, en" in err


def test_the_texts_that_make_it_known_are_ready_to_copy_in_every_language(charter: Any) -> None:
    code, out, _ = charter("announce", EXAMPLE_FILE, "--from", "2026-12-01")
    assert code == 0
    assert out.count("https://charte.velosgarance.example/charter/garance") == 8
    for said in ("1er décembre 2026", "1 December 2026", "Publication à épingler", "Post to pin", "Vélos Garance"):
        assert said in out
    assert "{" not in out


def test_a_change_is_announced_as_a_change(charter: Any) -> None:
    out = charter("announce", EXAMPLE_FILE, "--lang", "fr", "--change", "L'article 12 s'assouplit.")[1]
    assert "Notre charte change le" in out
    assert "L'article 12 s'assouplit." in out


def test_a_charter_alone_needs_the_address_where_it_is_read(charter: Any) -> None:
    assert charter("announce", MODEL_FILE)[0] == 2
    code, out, _ = charter("announce", MODEL_FILE, "--url", "https://c.example")
    assert code == 0
    assert "https://c.example" in out


@pytest.mark.parametrize("action", ["lint", "test", "diff", "render", "announce"])
def test_a_file_that_is_not_there_is_bad_input(charter: Any, action: str) -> None:
    code, _, err = charter(action, "nowhere.yaml")
    assert code == 2
    assert err.startswith("nowhere.yaml: ")


# --- in a stack ---


@pytest.fixture
def in_a_stack(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Charters:
    """Deployed as tribune-prod: CloudFormation knows the tables that the template declares."""
    names = stack.tables() | stack.queues()
    monkeypatch.setattr(deployed, "_resources", {"tribune-prod": names}.__getitem__)
    return Charters(stack.tables()["CharterTable"])


def test_publishing_shows_it_from_now_on_and_publishing_again_changes_nothing(
    charter: Any, in_a_stack: Charters
) -> None:
    code, out, err = charter("publish", EXAMPLE_FILE, "--summary", "Première version.")
    assert (code, err) == (0, "")
    assert out.startswith("version 1, in force from ")
    assert charter("publish", EXAMPLE_FILE)[1] == out
    [meta] = in_a_stack.versions("garance")
    assert meta.summary == "Première version."
    assert in_a_stack.load("garance", datetime.now(UTC)) is not None


def test_a_charter_alone_is_published_for_the_community_that_is_named(
    charter: Any, in_a_stack: Charters, own: Any
) -> None:
    assert charter("publish", MODEL_FILE)[0] == 2
    assert charter("publish", MODEL_FILE, "--community", "garance")[0] == 0
    changed = own(**{"notice_days: 15": "notice_days: 30"})
    assert charter("diff", changed, "--community", "garance")[1] == "commitments.notice_days: 15 → 30\n"
    assert charter("diff", changed, "--community", "atelier")[0] == 2
    charter("publish", changed, "--community", "garance", "--from", "2099-01-01")
    assert [meta.effective_from.year for meta in in_a_stack.versions("garance")][1:] == [2099]


@pytest.mark.parametrize("moment", ["demain", "2020-01-01"])
def test_a_date_that_is_none_or_past_is_bad_input(charter: Any, in_a_stack: Charters, moment: str) -> None:
    assert charter("publish", EXAMPLE_FILE, "--from", moment)[0] == 2
    assert in_a_stack.versions("garance") == ()


def test_an_incomplete_charter_is_published_with_a_warning(charter: Any, in_a_stack: Charters, own: Any) -> None:
    file = own(**{"{contact}": "{adresse}"})
    code, _, err = charter("publish", file, "--community", "garance")
    assert code == 0
    assert "is not complete" in err
    assert in_a_stack.versions("garance")
