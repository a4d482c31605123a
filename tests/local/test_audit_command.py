"""`tribune audit`: out of a world that lived into a file, and what the file proves with nothing beside it."""

import base64
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from commanding import Tribune as Commands
from commanding import place_of
from moto import mock_aws
from world import PAGE, World

from tribune import ledger
from tribune.aws import anchors, clients, stack
from tribune.aws import ledger as kept
from tribune.platforms import facebook
from tribune.workflow.anchor import Anchoring
from tribune.workflow.deed import case_id
from tribune.workflow.seal import staff

INSULT = "@Karim t'es vraiment un abruti si tu crois ça"
CALM = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"

type Tribune = Callable[..., tuple[int, str]]


@pytest.fixture
def bucket() -> list[str]:
    """Of the anchors; empty while the stack signs none."""
    return []


@pytest.fixture
def anchor(world: World, bucket: list[str]) -> Iterator[Callable[[], None]]:
    """What anchor_ledger does each hour, with the S3 and the KMS of moto."""
    with mock_aws():
        region: Any = {"LocationConstraint": "eu-west-3"}
        clients.s3().create_bucket(Bucket="anchors", CreateBucketConfiguration=region)
        bucket.append("anchors")
        key = clients.kms().create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        table = world.stack.tables()["JournalTable"]
        anchoring = Anchoring(
            anchors=anchors.Anchors(clients.s3(), "anchors"),
            ends=partial(kept.ends, clients.dynamodb(), table),
            sign=partial(anchors.sign, clients.kms(), key),
            key=partial(anchors.public_key, clients.kms(), key),
        )

        def hourly() -> None:
            assert anchoring.anchor("garance", world.now)

        yield hourly


@pytest.fixture(name="tribune")
def where_anchors_are_kept(
    tribune: Commands, world: World, bucket: list[str], monkeypatch: pytest.MonkeyPatch
) -> Tribune:
    """Runs a command on the world: (exit code, what it said with ordinary spaces)."""
    monkeypatch.setattr(stack, "locate", lambda _stage: place_of(world, *bucket))

    def run(*arguments: str) -> tuple[int, str]:
        said = tribune(*arguments, stage="")
        return said.code, said.plain

    return run


@pytest.fixture
def export(tribune: Tribune, tmp_path: Path) -> Callable[[], Path]:
    def written() -> Path:
        file = tmp_path / "ledger.ndjson"
        code, said = tribune("audit", "export", str(file), "--stage", "test", "--lang", "fr")
        assert code == 0, said
        return file

    return written


def told(file: Path, kind: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [line for line in lines if line["kind"] == kind]


def lived(world: World, tribune: Tribune) -> None:
    """Two comments, one of them delivered twice; a person hides one and shows it again."""
    for number, text in ((1, INSULT), (2, CALM), (1, INSULT)):
        world.deliver("facebook", world.comment(number, text, author=f"70000000000{number}"))
    world.settle()
    case = case_id(("garance", "facebook", PAGE, "1_2"))
    for arguments in (("hide", case, "--clause", "10"), ("unhide", case)):
        code, said = tribune("case", *arguments, "--as", "marie", "--stage", "test")
        assert code == 0, said
        world.settle()


def forget(world: World, person: str) -> None:
    delivery = facebook.ask(person, "facebook-app-secret", world.now)
    event = {
        "routeKey": "POST /erasure/{platform}",
        "pathParameters": {"platform": "facebook"},
        "headers": {"host": "api.example", **delivery.headers},
        "body": delivery.body.decode(),
        "isBase64Encoded": False,
        "requestContext": {"http": {"method": "POST"}},
    }
    assert world.invoke("receive_erasure", event)["statusCode"] == 200
    world.settle()


def test_what_lived_verifies_with_nothing_but_the_file(
    world: World, tribune: Tribune, export: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    lived(world, tribune)
    file = export()
    monkeypatch.setattr(stack, "locate", lambda _stage: pytest.fail("verify asks nobody"))

    code, said = tribune("audit", "verify", str(file))

    assert code == 0
    assert "Le registre de garance est intact." in said
    assert "Décisions retrouvées : 4 " in said
    assert "Aucune ancre" in said
    assert [(d["decision"]["measure"], d["decision"]["by"]) for d in told(file, "decision")].count(
        ("unhide", staff("garance", "marie"))
    ) == 1


def test_an_export_holds_no_words_no_name_and_no_id_of_a_member(
    world: World, tribune: Tribune, export: Callable[[], Path]
) -> None:
    lived(world, tribune)
    content = export().read_text("utf-8")

    assert [word for word in ("abruti", "voleurs", "70000000000", "marie", "Castel", '"1_2"') if word in content] == []


def test_who_shows_again_says_which_decision_that_reverses(
    world: World, tribune: Tribune, export: Callable[[], Path]
) -> None:
    lived(world, tribune)
    file = export()
    leaves = [leaf for link in told(file, "link") for leaf in link["leaves"]]
    (reversed_,) = [d["decision"]["reverses"] for d in told(file, "decision") if "reverses" in d["decision"]]

    assert reversed_ in leaves


def test_who_was_forgotten_leaves_a_digest_that_says_nothing_and_a_chain_that_holds(
    world: World, tribune: Tribune, export: Callable[[], Path]
) -> None:
    lived(world, tribune)
    before = told(export(), "decision")
    forget(world, "700000000002")
    file = export()

    code, said = tribune("audit", "verify", str(file), "--lang", "en")

    assert code == 0
    assert "Decisions found again: 1 " in said
    assert "Digests that say nothing any more: 3 " in said
    (gone,) = {d["decision"]["object"] for d in before} - {d["decision"]["object"] for d in told(file, "decision")}
    assert gone not in file.read_text("utf-8")


def test_who_deletes_what_they_said_is_found_no_more(
    world: World, tribune: Tribune, export: Callable[[], Path]
) -> None:
    lived(world, tribune)
    world.deliver("facebook", world.comment(1, "", verb="remove", author="700000000001"))
    world.settle()

    code, said = tribune("audit", "verify", str(export()))

    assert code == 0
    assert "Empreintes qui ne disent plus rien : 1 " in said


def test_a_second_version_of_the_words_is_a_second_decision(
    world: World, tribune: Tribune, export: Callable[[], Path]
) -> None:
    lived(world, tribune)
    world.deliver("facebook", world.comment(1, "@Karim je ne suis pas d'accord", verb="edited", author="700000000001"))
    world.settle()

    code, said = tribune("audit", "verify", str(export()))

    assert (code, "Décisions retrouvées : 5 " in said) == (0, True), said


def test_the_first_bad_link_is_named_and_the_exit_code_says_so(
    world: World, tribune: Tribune, export: Callable[[], Path]
) -> None:
    lived(world, tribune)
    file = export()
    first = told(file, "link")[0]
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line.replace(first["root"], first["hash"]) for line in lines), "utf-8")

    code, said = tribune("audit", "verify", str(file))

    assert code == 1
    assert f"chaîne {first['day']}/{first['writer'][:8]} : le maillon 1 a été modifié." in said


@pytest.mark.usefixtures("anchor")
def test_before_the_first_hour_there_is_no_anchor(world: World, tribune: Tribune, export: Callable[[], Path]) -> None:
    lived(world, tribune)

    assert "Aucune ancre" in tribune("audit", "verify", str(export()))[1]


def test_an_end_that_was_cut_off_shows_where_the_stack_signs_anchors(
    world: World, tribune: Tribune, export: Callable[[], Path], anchor: Callable[[], None]
) -> None:
    lived(world, tribune)
    anchor()
    file = export()
    links, (signed,) = told(file, "link"), told(file, "anchor")
    key = ledger.fingerprint(base64.b64decode(signed["key"]))
    code, said = tribune("audit", "verify", str(file), "--key", key)
    assert (code, "Ancres signées : 1" in said, key in said) == (0, True, True), said

    last = max((link for link in links if link["writer"] == links[0]["writer"]), key=lambda link: link["seq"])
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if last["hash"] not in line or "anchor" in line), "utf-8")
    code, said = tribune("audit", "verify", str(file))

    assert code == 1
    assert f"coupée, le maillon {last['seq']} manque et une ancre l'atteste." in said


def test_another_key_than_the_one_asked_for_is_named(
    world: World, tribune: Tribune, export: Callable[[], Path], anchor: Callable[[], None]
) -> None:
    lived(world, tribune)
    anchor()

    code, said = tribune("audit", "verify", str(export()), "--key", "00" * 32)

    assert (code, "une autre clé que celle demandée" in said) == (1, True), said


def test_a_file_that_is_no_export_proves_nothing(tribune: Tribune, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(bytes(range(256)))

    code, said = tribune("audit", "verify", str(file), "--lang", "en")

    assert code == 1
    assert "line 1 is no line of an export" in said


def test_a_file_that_is_not_there_is_bad_input(tribune: Tribune, tmp_path: Path) -> None:
    assert tribune("audit", "verify", str(tmp_path / "nothing"))[0] == 2
