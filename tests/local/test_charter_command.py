"""tribune charter: what an author of charters asks before members are shown anything."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.apply import Target, apply
from local.command import main
from local.configuration import (
    EXAMPLE_FILE,
    MODEL_FILE,
    ConfigurationFile,
    WrittenCommunity,
    community_of,
    model,
    read,
)
from local.resources import Stack
from tribune import clock, words
from tribune.aws import clients
from tribune.aws import stack as deployed
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.aws.journal import Journal
from tribune.comment import Audience, Verb, version
from tribune.decision import Mode
from tribune.journal import Changes, Head, HeadKind, SaidWords, Verdict


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
    assert lines[said - 1].startswith("      fr:")
    assert lines.index("    id: hors-sujet") < said - 1 < lines.index("    id: flood")
    assert out.startswith(f"{file}:{said}: hors-sujet: ")
    assert "adresse" in out


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        (
            "indigne: {fr: Respecter les personnes et la discussion,",
            'indigne: {fr: "Respecter {marque}",',
            "nothing fills {marque} in fr: add it to `fields`",
        ),
        (
            "en: Respect people and the discussion}",
            'en: "Respect {brand"}',
            "a brace stands alone in en, and members would read it: a placeholder is written {brand}",
        ),
        ("en: Community charter", 'en: "Charter of {marque}"', "nothing fills {marque} in en: add it to `fields`"),
    ],
)
def test_a_heading_is_filled_like_a_clause_and_what_is_not_is_said_with_its_line(
    charter: Any, own: Any, written: str, instead: str, says: str
) -> None:
    file = own(**{written: instead})
    line = 1 + next(place for place, line in enumerate(file.read_text("utf-8").splitlines()) if instead in line)
    assert charter("lint", file)[:2] == (1, f"{file}:{line}: {says}\n")


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
    assert out.count("https://charte.velosgarance.example/charter/garance") >= 8
    for said in ("1er décembre 2026", "1 December 2026", "Publication à épingler", "Post to pin", "Vélos Garance"):
        assert said in out
    assert "{" not in out


def test_a_change_is_announced_as_a_change(charter: Any) -> None:
    out = charter("announce", EXAMPLE_FILE, "--lang", "fr", "--change", "L'article 12 s'assouplit.")[1]
    assert "Notre charte change le" in out
    assert "L'article 12 s'assouplit." in out


def test_a_charter_alone_needs_the_address_where_it_is_read(charter: Any) -> None:
    assert charter("announce", MODEL_FILE)[0] == 2
    assert charter("announce", MODEL_FILE, "--url", "c.example")[2] == "--url: write the whole address: https://…\n"
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
    atelier = community_of(ConfigurationFile(community=WrittenCommunity(id="atelier", name="L'atelier")))
    for known in (atelier, read(EXAMPLE_FILE).community):
        Communities(stack.tables()["CommunityTable"]).write(known)
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
    charter("publish", changed, "--community", "garance", "--from", "2099-01-01", "--summary", "Le préavis double.")
    assert [meta.effective_from.year for meta in in_a_stack.versions("garance")][1:] == [2099]


@pytest.mark.parametrize("moment", ["demain", "2020-01-01"])
def test_a_date_that_is_none_or_past_is_bad_input(charter: Any, in_a_stack: Charters, moment: str) -> None:
    assert charter("publish", EXAMPLE_FILE, "--from", moment)[0] == 2
    assert in_a_stack.versions("garance") == ()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"{contact}": "{adresse}"}, "hors-sujet: nothing fills {adresse} in fr"),
        (
            {"@Karim je ne suis pas d'accord avec toi": "@Karim t'es vraiment un abruti"},
            "found respect/insult_at_person",
        ),
    ],
)
def test_nothing_is_published_while_lint_or_test_finds_something(
    charter: Any, in_a_stack: Charters, own: Any, changed: dict[str, str], says: str
) -> None:
    file = own(**changed)
    code, out, err = charter("publish", file, "--community", "garance")
    assert (code, out) == (2, "")
    assert says in err
    assert in_a_stack.versions("garance") == ()


def test_nothing_is_applied_while_the_charter_contradicts_itself(
    in_a_stack: Charters, own: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own(**{"{contact}": "{adresse}"})
    (tmp_path / "c.yaml").write_text("community: {id: garance, name: Garance, charter: own.yaml}", "utf-8")
    assert main(["apply", str(tmp_path / "c.yaml")]) == 2
    assert "own.yaml:" in (said := capsys.readouterr().err)
    assert "nothing fills {adresse}" in said
    assert in_a_stack.versions("garance") == ()


@pytest.fixture
def years_later() -> Iterator[Callable[[], None]]:
    """Moves the clock past every day that these charters name."""
    yield lambda: clock.follow(lambda: datetime(2041, 1, 2, tzinfo=UTC))
    clock.follow(clock.system)


def test_a_charter_that_is_to_be_read_again_keeps_nothing_else_of_its_file_from_being_applied(
    in_a_stack: Charters,
    own: Any,
    tmp_path: Path,
    years_later: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    own(**{"type: external": "type: external\nreview_by: 2041-01-01"})
    file = tmp_path / "c.yaml"
    file.write_text("community: {id: velo, name: Garance, charter: own.yaml}", "utf-8")
    assert main(["apply", str(file)]) == 0
    years_later()
    file.write_text("community: {id: velo, name: Vélos Garance, charter: own.yaml}", "utf-8")
    assert main(["apply", str(file)]) == 0
    assert "Vélos Garance" in capsys.readouterr().out
    own(**{"type: external": "type: external\nreview_by: 2041-01-01", "notice_days: 15": "notice_days: 30"})
    assert main(["apply", str(file), "--summary", "Le préavis double."]) == 2
    assert "it was to be read again by 2041-01-01" in capsys.readouterr().err
    assert len(in_a_stack.stored_versions("velo")) == 1


def test_the_day_by_which_a_charter_is_read_again_is_the_community_s_own(
    charter: Any, own: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(**{"type: external": "type: external\nreview_by: 2041-01-01"})
    file = tmp_path / "c.yaml"
    file.write_text(
        "community: {id: velo, name: Garance, timezone: America/Montreal, charter: own.yaml}", encoding="utf-8"
    )
    for hour, code in ((4, 0), (6, 1)):
        monkeypatch.setattr(clock, "now", lambda hour=hour: datetime(2041, 1, 2, hour, tzinfo=UTC))
        assert charter("lint", file)[0] == code


def test_a_charter_is_published_for_its_own_community_only(charter: Any, in_a_stack: Charters, own: Any) -> None:
    file = own(**{"type: external": "type: external\ncommunity: garance"})
    code, _, err = charter("publish", file, "--community", "atelier")
    assert code == 2
    assert "it is the charter of “garance”" in err
    assert charter("publish", file)[0] == 0
    assert in_a_stack.versions("garance")


@pytest.mark.parametrize("more", [("publish",), ("publish", "--shadow"), ("diff",), ("diff", "--days", "30")])
def test_a_community_that_does_not_exist_is_refused_with_those_that_do(
    charter: Any, in_a_stack: Charters, more: tuple[str, ...]
) -> None:
    action, *options = more
    code, out, err = charter(action, MODEL_FILE, "--community", "garence", *options)
    assert (code, out) == (2, "")
    assert err == "--community: there is no community “garence”; there are: atelier, garance\n"
    assert in_a_stack.stored_versions("garence") == ()


def test_a_configuration_is_not_published_for_another_community_than_its_own(
    charter: Any, in_a_stack: Charters
) -> None:
    code, _, err = charter("publish", EXAMPLE_FILE, "--community", "atelier")
    assert (code, err) == (2, "--community: the file says that it is “garance”\n")
    assert in_a_stack.stored_versions("atelier") == in_a_stack.stored_versions("garance") == ()


NOTICE = {"notice_days: 15": "notice_days: 30"}


@pytest.fixture
def changed(charter: Any, in_a_stack: Charters, own: Any) -> Any:
    """Publishes the model, then a change of it, with arguments; answers (code, stderr, its meta or None)."""
    assert charter("publish", MODEL_FILE, "--community", "garance")[0] == 0

    def publish(*arguments: str) -> tuple[int, str, Any]:
        code, _, err = charter("publish", own(**NOTICE), "--community", "garance", *arguments)
        return code, err, (*in_a_stack.stored_versions("garance"), None, None)[1]

    return publish


def test_a_change_is_said_to_members(changed: Any) -> None:
    code, err, meta = changed()
    assert (code, meta) == (2, None)
    assert err.startswith("--summary: ")


def test_a_change_takes_effect_as_long_ahead_as_the_version_before_it_promised(changed: Any) -> None:
    code, _, meta = changed("--summary", "Le préavis double.")
    assert (code, meta.summary) == (0, "Le préavis double.")
    assert (meta.effective_from - meta.published_at).days == 15, "not the thirty days that nobody was promised yet"


@pytest.mark.parametrize("when", ["now", "tomorrow"])
def test_a_promise_is_broken_only_with_a_reason_that_members_read(changed: Any, when: str) -> None:
    moment = "now" if when == "now" else (datetime.now(UTC) + timedelta(days=1)).isoformat()
    code, err, meta = changed("--summary", "Le préavis double.", "--from", moment)
    assert (code, meta) == (2, None)
    assert "version 1 promised to announce a change 15 days ahead" in err
    code, _, meta = changed("--summary", "Le préavis double.", "--from", moment, "--now-because", "La loi l'exige.")
    assert (code, meta.summary) == (0, "Le préavis double. La loi l'exige.")
    assert (meta.effective_from - meta.published_at) <= timedelta(days=1)


def test_the_day_that_a_refusal_proposes_is_taken(changed: Any) -> None:
    _, err, _ = changed("--summary", "Le préavis double.", "--from", "now")
    day = err.partition("from ")[2].partition(" on,")[0]
    code, _, meta = changed("--summary", "Le préavis double.", "--from", day)
    assert (code, f"{meta.effective_from:%Y-%m-%d}") == (0, day)


def test_a_reason_alone_means_at_once(changed: Any) -> None:
    _, _, meta = changed("--summary", "Le préavis double.", "--now-because", "La loi l'exige.")
    assert meta.effective_from == meta.published_at


# --- what would change ---


COMMENTS = """{"id": 1, "text": "@Karim t'es vraiment un abruti"}
{"id": 2, "text": "Merci pour tout, très beau vélo"}

{"id": 3, "text": "Mon numéro : 06 39 98 12 34", "private": true}
{"id": 4, "text": "Offrez-vous un schtroumpf grognon"}
"""


def test_a_change_is_replayed_on_comments(charter: Any, own: Any, tmp_path: Path) -> None:
    (tmp_path / "said.ndjson").write_text(COMMENTS, "utf-8")
    use = "      - {name: expression, terms: {fr: [schtroumpf grognon]}}\n"
    after = own(**{"      - name: spam\n": f"      - name: spam\n{use}"})
    code, out, _ = charter("diff", MODEL_FILE, after, "--replay", tmp_path / "said.ndjson")
    assert code == 0
    *words, changed, last = out.splitlines()
    assert all(line.startswith("publicite.detectors") for line in words)
    assert changed.startswith("4: nothing → ")
    assert changed.endswith(" publicite 15-33")
    assert last == "1 of 4 decisions would change"
    assert "grognon" not in changed
    shown = charter("diff", MODEL_FILE, after, "--replay", tmp_path / "said.ndjson", "--show-text")[1]
    assert "\n    Offrez-vous un schtroumpf grognon\n" in shown
    assert charter("diff", MODEL_FILE, MODEL_FILE, "--replay", tmp_path / "said.ndjson")[1].startswith("0 of 4 ")


def test_a_line_that_is_no_comment_is_said_after_those_before_it(charter: Any, tmp_path: Path) -> None:
    (tmp_path / "said.ndjson").write_text('{"text": "Bonjour"}\n{"txt": 1}\n', "utf-8")
    code, _, err = charter("diff", MODEL_FILE, MODEL_FILE, "--replay", tmp_path / "said.ndjson")
    assert code == 2
    assert err.startswith(f"{tmp_path}/said.ndjson:2: ")


def test_a_change_is_replayed_on_recorded_decisions_whose_words_are_kept(
    charter: Any, in_a_stack: Charters, own: Any, stack: Stack
) -> None:
    assert charter("publish", EXAMPLE_FILE)[0] == 0
    assert in_a_stack.versions("garance")
    apply(
        read(EXAMPLE_FILE),
        Target("prod", stack.tables()["CommunityTable"], stack.tables()["CharterTable"]),
        datetime.now(UTC),
    )
    journal = Journal(clients.dynamodb(), stack.tables()["JournalTable"], stack.tables()["TextTable"])
    _record(journal, "c-1", "Offrez-vous un schtroumpf grognon", days=2)
    _record(journal, "c-2", "Très beau vélo", days=2)
    _record(journal, "c-3", "Encore un schtroumpf grognon", days=40)
    _record(journal, "c-4", "Un schtroumpf grognon de plus", days=2, erased=True)
    use = "      - {name: expression, terms: {fr: [schtroumpf grognon]}}\n"
    after = own(**{"      - name: spam\n": f"      - name: spam\n{use}"})
    code, out, _ = charter("diff", after, "--community", "garance", "--days", "30")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("generic/")] == [
        line for line in out.splitlines() if line.startswith("generic/c-1: nothing → ")
    ]
    assert out.endswith("1 of 2 decisions would change\n")


def test_recorded_decisions_are_somebody_s(charter: Any) -> None:
    code, _, err = charter("diff", MODEL_FILE, "--days", "30")
    assert code == 2
    assert err.startswith("--community: ")


def _record(journal: Journal, object_id: str, text: str, *, days: int, erased: bool = False) -> None:
    at = datetime.now(UTC) - timedelta(days=days)
    v = version(at, Verb.CREATED, text)
    head = Head(
        community="garance",
        platform="generic",
        account="blog-garance",
        object=object_id,
        kind=HeadKind.COMMENT,
        v=v,
        rev=1,
        space="blog-garance",
        thread="t-1",
        post="t-1",
        audience=Audience.PUBLIC,
        posted_at=at,
        received_at=at,
        verdict=Verdict(measure="nothing", reason="nothing", mode=Mode.ACT),
    )
    journal.commit(Changes(heads=(head,)), at)
    if not erased:
        expires = datetime.now(UTC) + timedelta(days=30)
        words_kept = SaidWords("garance", "generic", "blog-garance", object_id, v, text, expires)
        journal.keep_words([words_kept], [])


# --- making it known ---


def texts_for(charter: Any, *platforms: str, **more: str) -> dict[str, str]:
    """Title and platforms -> text."""
    options = [word for platform in platforms for word in ("--platform", platform)]
    options += [word for name, value in more.items() for word in (f"--{name}", value)]
    code, out, _ = charter("announce", EXAMPLE_FILE, *options, "--from", "2026-12-01")
    assert code == 0
    found = {}
    for part in out.split("--- ")[1:]:
        title, _, text = part.partition("\n")
        found[title] = text.strip()
    return found


def test_each_platform_is_given_a_text_that_it_has_room_for(charter: Any) -> None:
    limits = words.shared("announce")
    for platform, places in limits.items():
        found = texts_for(charter, platform)
        assert len(found) == 2 * len(places), platform
        titles = {title: place for language in ("fr", "en") for place, title in titles_of(language).items()}
        for title, text in found.items():
            limit = places[titles[title.partition(" [")[0]]]
            assert limit is None or len(text) <= limit, (platform, title)
            assert "trop" not in title
            assert "https://charte.velosgarance.example/charter/garance" in text


def titles_of(language: str) -> dict[str, str]:
    return dict(words.table(language, "announce")["titles"])


def test_the_longest_form_that_fits_is_given(charter: Any) -> None:
    long, short = (texts_for(charter, platform, lang="fr") for platform in ("facebook", "x"))
    assert "comment contester une décision" in long["Publication à épingler [fr] facebook"]
    assert len(short["Publication à épingler [fr] x"]) <= 280


def test_a_text_that_fits_nowhere_says_by_how_much(charter: Any) -> None:
    found = texts_for(charter, "threads", lang="fr", url="https://c.example/" + "x" * 500)
    assert all(" caractères de trop\u00a0: à raccourcir à la main)" in title for title in found)


def test_an_unknown_platform_is_bad_input(charter: Any) -> None:
    code, _, err = charter("announce", EXAMPLE_FILE, "--platform", "minitel")
    assert code == 2
    assert "there are: facebook" in err


# --- lists of words ---


@pytest.fixture
def community(tmp_path: Path, own: Any) -> Path:
    """A configuration with a charter of its own, which has words of its own."""
    file = own(
        **{
            "      - name: spam\n": "      - name: spam\n"
            "      - name: expression\n        terms: {fr: [gros nigaud], en: [=big oaf]}   # ours\n"
        }
    )
    head, spam, tail = file.read_text("utf-8").partition("    id: publicite\n")
    said = "      forbidden:\n        fr:\n"
    file.write_text(head + spam + tail.replace(said, f"{said}          - Espèce de gros nigaud\n", 1), "utf-8")
    file = tmp_path / "c.yaml"
    file.write_text(
        "community:\n  id: garance\n  name: Garance\n  charter: own.yaml\n  allowed: [noix]   # a fruit\n", "utf-8"
    )
    return file


def test_words_go_out_to_a_spreadsheet_and_come_back(charter: Any, community: Path, tmp_path: Path) -> None:
    csv = tmp_path / "words.csv"
    assert charter("terms", "export", community, "publicite/expression", csv)[0] == 0
    assert csv.read_text("utf-8") == "term,language,clause,note\ngros nigaud,fr,publicite,\n'=big oaf,en,publicite,\n"
    before = (tmp_path / "own.yaml").read_text("utf-8")
    assert charter("terms", "import", community, "publicite/expression", csv)[1].endswith(
        "0 added, 0 removed, 2 in all\n"
    )
    csv.write_text("term;language\ngros nigaud;fr\nâne bâté;fr\n", "utf-8")
    assert charter("terms", "import", community, "publicite/expression", csv)[1].endswith(
        "1 added, 1 removed, 2 in all\n"
    )
    after = (tmp_path / "own.yaml").read_text("utf-8")
    assert after.partition("terms:")[0] == before.partition("terms:")[0]
    assert after.partition("# ours")[2] == before.partition("# ours")[2]
    assert charter("terms", "export", community, "publicite/expression", "-")[1].splitlines()[1:] == [
        "gros nigaud,fr,publicite,",
        "âne bâté,fr,publicite,",
    ]


def test_the_allow_list_and_exceptions_go_out_and_come_back(charter: Any, community: Path, tmp_path: Path) -> None:
    csv = tmp_path / "words.csv"
    csv.write_text("term,language\nbête de course,fr\n", "utf-8")
    for name in ("allowed", "publicite/exceptions"):
        assert charter("terms", "import", community, name, csv)[0] == 0
        assert charter("terms", "export", community, name, "-")[1].splitlines()[1].startswith("bête de course,fr,")
    assert "# a fruit" in community.read_text("utf-8")


@pytest.mark.parametrize(
    ("file", "name", "says"),
    [
        ("c.yaml", "nobody", "no clause is called “nobody”"),
        ("c.yaml", "publicite/hate", "has no detector “hate” that looks for words; it has: spam"),
        ("c.yaml", "vie-privee", "it has: none"),
        ("own.yaml", "allowed", "a charter has no allow-list"),
    ],
)
def test_a_list_that_is_not_there_is_bad_input(charter: Any, community: Path, file: str, name: str, says: str) -> None:
    code, _, err = charter("terms", "export", community.parent / file, name, "-")
    assert code == 2
    assert says in err


def test_our_model_is_nobody_s_to_change(charter: Any, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("community: {id: a, name: A}", "utf-8")
    (tmp_path / "w.csv").write_text("term,language\nx,fr\n", "utf-8")
    before = MODEL_FILE.read_text("utf-8")
    code, _, err = charter("terms", "import", tmp_path / "c.yaml", "publicite", tmp_path / "w.csv")
    assert code == 2
    assert "copy it" in err
    assert MODEL_FILE.read_text("utf-8") == before


def test_an_expression_is_allowed_with_one_command(charter: Any, community: Path) -> None:
    code, out, _ = charter("allow", community, "  tête de   pioche ")
    assert (code, "“tête de pioche” is allowed" in out) == (0, True)
    assert read(community).community.allowed == ("noix", "tête de pioche")
    assert "already" in charter("allow", community, "tête de pioche")[1]
    assert community.read_text("utf-8").endswith('allowed: [noix, "tête de pioche"]   # a fruit\n')


def test_no_expression_lets_a_forbidden_example_through(charter: Any, community: Path) -> None:
    before = community.read_text("utf-8")
    code, _, err = charter("allow", community, "gros nigaud")
    assert code == 2
    assert "publicite (fr): Espèce de gros nigaud" in err
    assert community.read_text("utf-8") == before


def test_the_day_that_an_announcement_names_is_the_community_s_own(charter: Any, tmp_path: Path) -> None:
    file = tmp_path / "montreal.yaml"
    file.write_text(EXAMPLE_FILE.read_text("utf-8").replace("Europe/Paris", "America/Montreal"), "utf-8")
    code, out, _ = charter("announce", file, "--lang", "en", "--from", "2026-12-02")
    assert code == 0
    assert "2 December 2026" in out
    assert "1 December 2026" not in out
