"""From outside, with the stack's own clock: who is called at which hour, who is next, what waits for the morning."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from local import configuration
from local.serve import applied
from local.stack import LocalStack
from tribune.aws import clients
from tribune.aws.journal import Journal
from tribune.platforms import generic
from tribune.workflow.call import take

THREAT = "Je sais où tu habites, je vais te tuer"
ANGRY = "Livraison nulle, service client injoignable, commande {n} jamais reçue, c'est une honte"
CONFIGURATION = """
community:
  id: garance
  name: Vélos Garance
  timezone: Europe/Paris
  mode: act
  rota:
    people:
      - {id: marie, name: Marie, ways: [{kind: console}]}
      - {id: lea, name: Léa, role: smm, ways: [{kind: console}]}
    presence: mon-fri 09:00-18:00
    quiet_hours: 20:00-08:00
channels:
  - platform: generic
    accounts: [{id: blog-garance, space: blog, name: le blog}]
    verify: {current: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
    reply_url: https://blog.garance.example/hook
"""


@dataclass
class Town:
    """A running stack, and who spoke there."""

    stack: LocalStack
    secret: str
    said: int = 0
    seen: int = 0

    def at(self, moment: str) -> None:
        """It is that moment now, on the clock of everything; what was due meanwhile is done."""
        self.stack.clock.set(datetime.fromisoformat(moment))
        self.stack.settle()

    def say(self, text: str) -> None:
        """Another member says something, in a thread of its own."""
        self.said += 1
        now = self.stack.clock.now()
        data = {
            "id": f"c-{self.said}",
            "text": text.format(n=self.said),
            "created_at": now.isoformat(),
            "author": {"id": f"u-{self.said}", "name": "Quelqu'un"},
            "thread": {"id": f"billet-{self.said}"},
            "space": "blog-garance",
        }
        body = json.dumps({"type": "comment.created", "timestamp": now.isoformat(), "data": data}).encode()
        signed = generic.sign(body, self.secret, now, f"m-{self.said}")
        assert self.stack.deliver("/webhooks/generic", signed, body) == 200

    def rung(self) -> list[tuple[str, str]]:
        """(who, the line of the lock screen) of every call since we last looked."""
        self.stack.settle()
        found = [entry for entry in self.stack.outbox.entries[self.seen :] if entry.kind == "call"]
        self.seen = len(self.stack.outbox.entries)
        return [(entry.to.removeprefix("console:"), (entry.text or "").split("\n")[0]) for entry in found]

    @property
    def journal(self) -> Journal:
        tables = self.stack.created.tables()
        return Journal(clients.dynamodb(), tables["JournalTable"], tables["TextTable"], environment="outside")


@pytest.fixture
def town() -> Iterator[Town]:
    told = configuration.read(CONFIGURATION)
    with LocalStack() as stack:
        applied(stack, told)
        yield Town(stack, told.channels[0].verify["current"])


def test_the_right_person_is_called_then_the_next_until_somebody_takes_it(town: Town) -> None:
    town.at("2027-03-02T10:00:00+01:00")
    town.say(THREAT)

    first = town.rung()
    assert [who for who, _ in first] == ["marie"]
    assert "Menace" in first[0][1]
    assert len(first[0][1]) <= 100
    town.at("2027-03-02T10:16:00+01:00")
    assert [who for who, _ in town.rung()] == ["lea"], "nobody took it within a quarter of an hour"
    (call,) = town.journal.open_calls("garance")
    take(town.journal, "garance", call.id, "lea", town.stack.clock.now())
    town.at("2027-03-02T11:30:00+01:00")
    assert town.rung() == [], "taken, it stops"


def test_at_three_a_yellow_waits_for_the_digest_a_red_does_not_and_on_monday_the_week_is_told(town: Town) -> None:
    town.at("2027-03-03T03:00:00+01:00")
    for _ in range(8):
        town.say(ANGRY)
    town.stack.settle()
    town.at("2027-03-03T03:02:00+01:00")
    assert town.rung() == [], "yellow"

    for _ in range(30):
        town.say(ANGRY)
    town.stack.settle()
    town.at("2027-03-03T03:05:00+01:00")
    assert {(who, line.split()[0]) for who, line in town.rung()} == {("marie", "ROUGE"), ("lea", "ROUGE")}
    town.at("2027-03-03T09:02:00+01:00")
    morning = town.rung()
    assert {who for who, line in morning if "attendent une réponse" in line} == {"marie", "lea"}

    town.at("2027-03-08T07:00:00+01:00")
    assert not any("semaine" in line for _, line in town.rung()), "before the team is there"
    town.at("2027-03-08T09:10:00+01:00")
    town.at("2027-03-08T11:10:00+01:00")
    weeks = [(who, line) for who, line in town.rung() if "la semaine du 1er au 7 mars, 38 commentaires" in line]
    assert sorted(who for who, _ in weeks) == ["lea", "marie"], "once each, under the function's own permissions"
