"""tribune ambassador, and the charter of the house: declared by themselves, read version by version, kept apart."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from commanding import Said, Tribune
from world import CONFIGURATION, World

from local.configuration import read
from tribune.aws import keys
from tribune.aws.charters import Charters
from tribune.aws.communities import Communities
from tribune.errors import BadConfiguration

INTERNAL = Path(__file__).resolve().parents[2] / "charters" / "internal.fr-en.yaml"
WHO = "facebook:7001"


def declared(world: World, *who: str) -> None:
    communities = Communities(world.stack.tables()["CommunityTable"])
    communities.write(communities.load("garance").model_copy(update={"ambassadors": who}))


def publish(tribune: Tribune, file: Path, *more: str) -> Said:
    return tribune("charter", "publish", str(file), "--community", "garance", *more)


def test_each_version_of_the_internal_charter_is_confirmed_anew(world: World, tribune: Tribune, tmp_path: Path) -> None:
    declared(world, WHO, "facebook:7002")
    told = tribune("ambassador", "list").plain
    assert "Aucune charte interne" in told
    command = told.rpartition("tribune ")[2].split()
    assert tribune(*command).code == 0, "what it says to type is whole"
    world.now += timedelta(minutes=1)

    assert tribune("ambassador", "acknowledge", WHO).code == 0
    listed = tribune("ambassador", "list").plain
    assert f"{WHO} : lue" in listed
    assert "facebook:7002 : pas encore lue" in listed

    second = tmp_path / "second.yaml"
    second.write_text(INTERNAL.read_text(encoding="utf-8").replace("Marie", "Léa"), encoding="utf-8")
    world.now += timedelta(days=1)
    assert publish(tribune, second, "--summary", "Léa succède à Marie.", "--from", "now").code == 0
    world.now += timedelta(minutes=1)
    assert f"{WHO} : a lu la version 1, pas encore la version 2" in tribune("ambassador", "list").plain


def test_the_internal_charter_is_kept_apart_from_the_members_one(world: World, tribune: Tribune) -> None:
    charters = Charters(world.stack.tables()["CharterTable"])
    before = charters.stored_versions("garance")
    publish(tribune, INTERNAL)

    assert charters.stored_versions("garance") == before, "members are judged by theirs alone"
    assert [meta.version for meta in charters.stored_versions(keys.internal("garance"))] == [1]
    path = f"/charter/{keys.internal('garance')}"
    event = {"routeKey": "GET /charter/{community}", "rawPath": path, "requestContext": {"http": {"method": "GET"}}}
    page = world.invoke("show_charter", event)
    assert page["statusCode"] == 404


def test_who_leaves_leaves_nothing_behind(world: World, tribune: Tribune) -> None:
    declared(world, WHO)
    publish(tribune, INTERNAL)
    world.now += timedelta(minutes=1)
    tribune("ambassador", "acknowledge", WHO)
    assert world.journal.acknowledged("garance").keys() == {WHO}

    assert "Retirez aussi facebook:7001" in tribune("ambassador", "leave", WHO).plain
    assert world.journal.acknowledged("garance") == {}
    declared(world)
    assert "plus rien" in tribune("ambassador", "leave", WHO).plain


def test_an_internal_charter_is_compared_with_the_internal_one(tribune: Tribune, tmp_path: Path) -> None:
    file = tmp_path / "internal.yaml"
    file.write_text(INTERNAL.read_text("utf-8").replace("notice_days: 0", "notice_days: 7"), "utf-8")
    compared = ("charter", "diff", str(file), "--community", "garance")
    assert tribune(*compared).err == "--community: garance has published no internal charter yet\n"
    publish(tribune, INTERNAL)
    assert tribune(*compared).out == "commitments.notice_days: 0 → 7\n"


def test_who_did_not_declare_themselves_confirms_nothing(world: World, tribune: Tribune) -> None:
    declared(world, WHO)
    publish(tribune, INTERNAL)

    assert tribune("ambassador", "acknowledge", "facebook:9999").code == 2


def test_somebody_declares_themselves_in_the_configuration_once(tribune: Tribune, tmp_path: Path) -> None:
    file = tmp_path / "garance.yaml"
    file.write_text(CONFIGURATION, encoding="utf-8")

    assert tribune("ambassador", "declare", str(file), WHO, stage="").code == 0
    assert "already" in tribune("ambassador", "declare", str(file), WHO, stage="").plain
    assert tribune("ambassador", "declare", str(file), "facebook:7002", stage="").code == 0
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["community"]["ambassadors"] == [WHO, "facebook:7002"]
    assert tribune("ambassador", "declare", str(file), "7001", stage="").code == 2


def test_members_are_never_judged_by_the_internal_charter(tmp_path: Path) -> None:
    (tmp_path / "internal.yaml").write_text(INTERNAL.read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "garance.yaml"
    file.write_text(CONFIGURATION.replace("charter: model", "charter: internal.yaml"), encoding="utf-8")

    with pytest.raises(BadConfiguration, match="binds the people of the house"):
        read(file)


def test_nothing_is_tried_beside_an_internal_charter(tribune: Tribune) -> None:
    assert publish(tribune, INTERNAL, "--shadow").code == 2
