"""CloudWatch's alarms as `tribune serve --alarms` shows them from the outside: black boxes over HTTP."""

import hashlib
import hmac
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from outside import ROOT, TRIBUNE, Caller, conforms, serving

DATA = ROOT / "tests/functions/data"
SHAPES = (ROOT / "events/relay_alarm.json", DATA / "alarm__eventbridge.json", DATA / "alarm__sns.json")
MORNING = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
"""A Wednesday, eleven in Paris: somebody is there."""


@dataclass
class Tower(Caller):
    """Somebody who sets off alarms and reads what the person on duty reads."""

    def at(self, moment: datetime) -> None:
        assert self.order("clock", now=moment.isoformat()).status == 200
        self.settle()

    def after(self, **time: float) -> None:
        self.order("clock", advance_s=timedelta(**time).total_seconds())
        self.settle()

    def alarms(self) -> dict[str, str]:
        return {one["alarm"]: one["state"] for one in self.told("alarms")}

    def relay(self, event: dict[str, Any]) -> None:
        conforms(event, "alarms.request")
        assert self.order("alarms", **event).status == 200

    def calls(self, after: int = 0) -> list[str]:
        return [str(one["text"]).replace("\u00a0", " ").replace("\u202f", " ") for one in self.entries()[after:]]

    def entries(self) -> list[dict[str, Any]]:
        return self.outbox(kind="call")

    def forge(self, times: int) -> None:
        body = json.dumps({"object": "page", "entry": []}).encode()
        forged = "sha256=" + hmac.new(b"somebody else's", body, hashlib.sha256).hexdigest()
        for _ in range(times):
            assert self.send("facebook", body, {"X-Hub-Signature-256": forged}) == 401


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tower]:
    said = subprocess.run([*TRIBUNE, "serve", "--print-config"], cwd=ROOT, capture_output=True, text=True, check=True)
    folder: Path = tmp_path_factory.mktemp("alarms")
    yield from serving(Tower, said.stdout, folder, "--alarms")


def moved(event: dict[str, Any], to: datetime) -> dict[str, Any]:
    """The recorded alarm, set off at another moment: in each shape its times stand as text."""
    day, clock = to.strftime("%Y-%m-%d"), to.strftime("%H:%M:%S")
    text = json.dumps(event).replace("2026-11-24T18:41:12.351", f"{day}T{clock}.351")
    moved_event: dict[str, Any] = json.loads(text)
    return moved_event


def test_each_of_the_three_shapes_becomes_the_same_sentence_and_one_call(tower: Tower) -> None:
    tower.at(MORNING)
    before = len(tower.entries())
    for shape in SHAPES:
        tower.relay(moved(json.loads(shape.read_text("utf-8")), MORNING))
        tower.settle()
    (told,) = tower.calls(before)

    assert "Facebook ne nous livre plus rien depuis" in told
    assert "surveillez la page à la main, puis vérifiez que l'application y est toujours abonnée." in told
    assert "FacebookSilentAlarm" not in told


def test_a_storm_is_one_incident_and_one_summary_with_exact_counts(tower: Tower) -> None:
    storm = MORNING + timedelta(hours=2)
    tower.at(storm)
    before = len(tower.entries())
    event = json.loads((ROOT / "events/relay_alarm.json").read_text("utf-8"))
    for number in range(50):
        one = moved(event, storm + timedelta(seconds=number * 2))
        one["alarmData"]["alarmName"] = f"cm-shop-{number % 7}"
        one["alarmData"]["configuration"] = {"description": "" if number else "La boutique est en panne."}
        tower.relay(one)
    tower.after(minutes=5)
    assert len(tower.calls(before)) == 1

    tower.after(minutes=7)
    first, summary = tower.calls(before)[:2]
    assert "La boutique est en panne." in first
    assert "49 autres alarmes depuis" in summary
    assert "Avec la première, cela fait 50." in summary
    tower.after(minutes=10)
    assert not [told for told in tower.calls(before)[2:] if "autres alarmes" in told]


def test_what_the_functions_count_sets_off_an_alarm_that_calls_somebody_and_ends(tower: Tower) -> None:
    tower.at(MORNING + timedelta(days=1))
    before = len(tower.entries())
    assert tower.alarms()["SignaturesRefusedAlarm"] == "OK"
    tower.forge(19)
    tower.after(minutes=1)
    assert tower.calls(before) == []

    tower.forge(1)
    tower.after(minutes=1)
    assert tower.alarms()["SignaturesRefusedAlarm"] == "ALARM"
    (told,) = tower.calls(before)
    assert "De faux messages nous arrivent ; rien n'en est gardé, les vrais passent toujours" in told

    tower.after(minutes=6)
    assert tower.alarms()["SignaturesRefusedAlarm"] == "OK"
    tower.after(minutes=11)
    assert any("C'est revenu à la normale : signatures refusées" in told for told in tower.calls(before))


def test_what_is_no_alarm_is_refused(tower: Tower) -> None:
    answer = tower.order("alarms", hello="world")

    assert answer.status == 400
    conforms(answer.json, "error")
