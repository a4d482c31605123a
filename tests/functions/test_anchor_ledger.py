"""anchor_ledger through its real door: S3 with Object Lock and a signing key of KMS, as moto makes them."""

import contextlib
import importlib.util
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from proof import EVERYTHING
from proof_table import tell
from world import FAULTS, THROTTLED, Calls, Killed, throttled
from world import Fault as Planted

from local.resources import Stack, Template
from local.signed import holds
from tribune import clock, ledger
from tribune.aws import clients, keys
from tribune.aws import ledger as kept
from tribune.aws.anchors import Anchors
from tribune.aws.journal import Journal
from tribune.errors import TribuneError, Unavailable
from tribune.journal import Changes
from tribune.ledger import Anchor, Fault, Link, Record, Report, Seal, Statement
from tribune.workflow.anchor import FIRST_LOOKS_BACK

ROOT = Path(__file__).resolve().parents[2]
EVENT = json.loads((ROOT / "events/anchor_ledger.json").read_text(encoding="utf-8"))
COMMUNITIES = ("garance", "other")


@dataclass
class Vault:
    """A stack with anchors: its door, its bucket, a clock."""

    stack: Stack
    bucket: str
    tick: Callable[[], None]
    now: datetime = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    journals: dict[str, Journal] = field(default_factory=dict)

    @property
    def anchors(self) -> Anchors:
        return Anchors(clients.s3(), self.bucket)

    def decide(self, writer: str = "env-a", n: int = 1) -> None:
        """Some transactions of one environment."""
        table = self.stack.tables()["JournalTable"]
        journal = self.journals.setdefault(writer, Journal(clients.dynamodb(), table, environment=writer))
        for number in range(n):
            journal.commit(Changes(seals=(Seal("garance", bytes([number]) * 32),)), self.now)

    def hours(self, n: int) -> None:
        """The schedule, hour after hour."""
        for _ in range(n):
            self.now += timedelta(hours=1)
            self.tick()

    def statements(self, community: str = "garance") -> list[Statement]:
        return [Statement.read(anchor.statement) for anchor in self.anchors.all(community)]

    def links(self) -> list[Link]:
        return list(kept.links(clients.dynamodb(), self.stack.tables()["JournalTable"], "garance"))

    def proven(self, *records: Record) -> Report:
        return ledger.verify([ledger.heading("garance"), *map(ledger.line, records)], holds)


@pytest.fixture
def vault(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    region: Any = {"LocationConstraint": "eu-west-3"}
    clients.s3().create_bucket(
        Bucket="anchors",
        CreateBucketConfiguration=region,
        ObjectLockEnabledForBucket=True,
    )
    retention: Any = {"Mode": "COMPLIANCE", "Days": 396}
    clients.s3().put_object_lock_configuration(
        Bucket="anchors",
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
    )
    key = clients.kms().create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    told = {
        "STAGE": "test",
        "JOURNAL_TABLE": stack.tables()["JournalTable"],
        "COMMUNITY_TABLE": stack.tables()["CommunityTable"],
        "ANCHOR_BUCKET": "anchors",
        "ANCHOR_KEY": key,
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for community in COMMUNITIES:
        item = {name: {"S": value} for name, value in keys.directory(community).items()}
        clients.dynamodb().put_item(TableName=told["COMMUNITY_TABLE"], Item=item)
    # A day is a request, and a year of them takes moto a second.
    monkeypatch.setattr("tribune.workflow.anchor.FIRST_LOOKS_BACK", timedelta(days=2))
    spec = importlib.util.spec_from_file_location("anchor_ledger", ROOT / "functions/anchor_ledger/app.py")
    assert spec is not None
    assert spec.loader is not None
    door = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(door)
    made = Vault(stack, "anchors", lambda: door.handler(EVENT, object()))
    clock.follow(lambda: made.now)
    yield made
    clock.follow(lambda: datetime.now(UTC))


def test_each_hour_says_how_far_the_chains_came_and_is_signed(vault: Vault) -> None:
    vault.decide(n=3)
    vault.decide("env-b")
    vault.hours(1)
    vault.decide(n=2)
    vault.hours(1)

    first, second = vault.statements()

    assert [(end.writer, end.seq) for end in first.ends] == [("env-a", 3), ("env-b", 1)]
    assert {(end.day, end.writer, end.seq) for end in second.ends} == {
        ("2026-11-22", "env-a", 5),
        ("2026-11-22", "env-b", 1),
    }
    report = vault.proven(*vault.links(), *vault.anchors.all("garance"))
    assert (report.faults, report.anchors, report.anchored_at) == ((), 2, vault.now)


def test_what_was_written_after_midnight_of_the_day_before_is_anchored_still(vault: Vault) -> None:
    vault.hours(1)
    vault.decide()
    vault.hours(1)

    (end,) = vault.statements()[-1].ends
    assert (end.day, vault.now.date().isoformat()) == ("2026-11-22", "2026-11-23")


def test_an_end_that_was_cut_off_is_named(vault: Vault) -> None:
    vault.decide(n=3)
    vault.hours(1)
    *links, last = vault.links()

    faults = vault.proven(*links, *vault.anchors.all("garance")).faults

    assert faults == (Fault("cut", chain=last.chain, seq=3),)


def test_the_first_anchor_holds_what_was_decided_long_before(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tribune.workflow.anchor.FIRST_LOOKS_BACK", FIRST_LOOKS_BACK)
    vault.decide(n=2)
    vault.now += timedelta(days=200)
    vault.hours(1)

    assert [(end.day, end.seq) for end in vault.statements()[0].ends] == [("2026-11-22", 2)]


def test_hours_that_were_missed_are_made_up_for(vault: Vault) -> None:
    vault.hours(1)
    for _ in range(5):
        vault.decide()
        vault.now += timedelta(days=1)
    vault.hours(1)

    assert len(vault.statements()[-1].ends) == 5


def test_after_two_months_of_silence_the_last_anchor_is_found_still(vault: Vault) -> None:
    vault.hours(1)
    vault.now += timedelta(days=60)
    vault.hours(1)

    assert vault.proven(*vault.anchors.all("garance")).faults == ()


def test_an_hour_has_one_anchor_however_often_it_is_tried(vault: Vault) -> None:
    vault.hours(1)
    vault.decide()
    vault.tick()

    assert len(vault.statements()) == 1
    assert vault.anchors.keep("garance", "2026-11-22T23", next(vault.anchors.all("garance"))) is False


def test_whatever_fails_at_whatever_call_an_hour_has_one_anchor_and_none_is_missing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    """Each hour another fault at another call; the schedule comes again within the hour."""
    call, calls = botocore.client.BaseClient._make_api_call, Calls()

    def counted(client: Any, operation: str, request: Any) -> Any:
        return calls.around(
            operation,
            lambda: call(client, operation, request),
            lambda: ClientError({"Error": {"Code": "InternalServerError"}}, operation),
            lambda: ReadTimeoutError(endpoint_url="http://aws.test"),
            partial(throttled, operation),
        )

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", counted)
    calls.another = vault.tick
    vault.hours(1)  # the first one looks further back
    vault.decide()
    calls.inside = True
    vault.hours(1)
    points, hours = len(calls.names), 2
    for mode in (*FAULTS, THROTTLED) if EVERYTHING else ("error_after", "kill_before"):
        for at_call in range(1, points + 1):
            calls.inside = False
            vault.decide()
            calls.names, calls.faults, calls.inside = [], [Planted(at_call, mode)], True
            with contextlib.suppress(TribuneError, Killed):
                vault.hours(1)
            calls.faults = []
            vault.tick()
            hours += 1
    calls.inside = False

    tell(record_property, "anchor_ledger", "points", points)
    tell(record_property, "anchor_ledger", "on moto", hours - 2)
    for community in COMMUNITIES:
        assert len(vault.statements(community)) == hours
    report = vault.proven(*vault.links(), *vault.anchors.all("garance"))
    assert (report.faults, report.anchors) == ((), hours)


def test_an_anchor_can_be_neither_changed_nor_taken_away(vault: Vault) -> None:
    vault.hours(1)
    s3: Any = clients.s3()
    (version,) = s3.list_object_versions(Bucket=vault.bucket, Prefix="anchors/garance")["Versions"]

    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=vault.bucket, Key=version["Key"], VersionId=version["VersionId"])


def test_each_community_has_anchors_of_its_own(vault: Vault) -> None:
    vault.decide()
    vault.hours(1)

    assert vault.statements("other")[0].ends == ()
    assert "garance" not in next(vault.anchors.all("other")).statement


def test_a_key_that_does_not_answer_leaves_the_hour_to_the_next_try(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "Sign")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(clients.kms(), "sign", throttled)
        with pytest.raises(Unavailable):
            vault.hours(1)
    vault.tick()

    assert len(vault.statements()) == 1


def test_an_anchor_stands_in_the_bucket_as_it_stands_in_an_export(vault: Vault) -> None:
    vault.hours(1)
    body = clients.s3().get_object(Bucket=vault.bucket, Key="anchors/garance/2026-11-22T23.json")["Body"].read()

    found = ledger.read_line(body.decode())

    assert isinstance(found, Anchor)
    assert holds(found.key, ledger.message(found.statement), found.signature)


def test_without_the_parameter_there_is_neither_function_nor_bucket(template: Template) -> None:
    def there(switch: str) -> set[str]:
        given = {"Stage": "t", "AlertAddress": "a@b.test", "MailSender": "a@b.test", "LedgerAnchors": switch}
        unused: Any = None
        made = Stack(template, unused, unused, unused, "t", "eu-west-3", given)
        return {name for name in made.template.resources if name.startswith("Anchor")}

    assert there("off") == set()
    assert there("on") >= {"AnchorLedger", "AnchorBucket", "AnchorKey", "AnchorLedgerLogs"}
