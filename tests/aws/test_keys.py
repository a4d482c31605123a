"""The table of item types: keys that never change, one type each, every access declared."""

from datetime import date

import declared
import pytest
from pydantic import ValidationError

from local.resources import Stack
from tribune.aws import clients, keys
from tribune.community import Account

SAMPLES = {
    "head": ("journal", keys.head("garance", "facebook", "1001", "1_2")),
    "case": ("journal", keys.case("garance", "facebook", "1001", "1_2")),
    "thread": ("journal", keys.thread("garance", "facebook", "1001", "1_1")),
    "author": ("journal", keys.author("garance", "3f2a")),
    "lately": ("journal", keys.lately("garance", "3f2a")),
    "call": ("journal", keys.call("garance", "threat-12")),
    "breaker": ("journal", keys.breaker("garance", "facebook", "1001")),
    "sweep": ("journal", keys.sweep("garance", "youtube", "UC1")),
    "quota": ("journal", keys.quota("garance", "youtube", "main", "2026-11-22")),
    "renewal": ("journal", keys.renewal("garance", "x", "main")),
    "pauses": ("journal", keys.pauses("garance")),
    "ledger link": ("journal", keys.link("garance", "2026-11-22", "3f2a", 1)),
    "words": ("text", keys.words("garance", "facebook", "1001", "1_2", "000.0.aa")),
    "outgoing words": ("text", keys.outgoing("garance", "facebook", "1001", "1_2", "action")),
    "notice": ("journal", keys.notice("garance", "a" * 26)),
    "appeal": ("journal", keys.appeal("garance", "a" * 26)),
    "appeal words": ("text", keys.appeal_words("garance", "facebook", "1001", "1_2", "3f2a")),
    "climate": ("journal", keys.climate("garance", "page")),
    "ringing": ("journal", keys.ringing("garance")),
    "brakes": ("journal", keys.brakes("garance")),
    "question": ("journal", keys.question("garance", "a" * 26)),
    "question words": ("text", keys.question_words("garance", "facebook", "1001", "1_2", "a" * 26)),
    "budget": ("journal", keys.budget("garance", "facebook", "1001", "2026-11-24T10")),
    "operation": ("journal", keys.operation("garance", "noel")),
    "ambassador": ("journal", keys.ambassador("garance", "facebook:7001")),
    "proposals": ("journal", keys.proposals("garance", date(2026, 11, 24))),
    "shadow note": ("journal", keys.shadow_note("garance", "3fa9", "facebook", "1001", "1_2")),
    "shadow counter": ("counter", keys.shadow_counter("garance", "3fa9", "env")),
    "register": ("charter", keys.register("garance", "2026-11")),
    "shadow charter": ("charter", keys.shadow_charter("garance")),
    "live counter": ("counter", keys.live_counter("garance", "page", "2026-11-24T10", "env")),
    "touched": ("counter", keys.touched("garance", "2026-11-24T10:00:00.000Z", "3f2a")),
    "sealing": ("counter", keys.sealing("garance")),
    "roster": ("counter", keys.roster("garance", "2026-11-24T10", 0)),
    "sealed hour": ("counter", keys.sealed_hour("garance", "page", "2026-11-24T10")),
    "sealed day": ("counter", keys.sealed_day("garance", "page", date(2026, 11, 24))),
    "crowd": ("counter", keys.crowd_of_day("garance", "page", date(2026, 11, 24))),
    "crowd part": ("counter", keys.crowd_part(keys.crowd_of_day("garance", "page", date(2026, 11, 24)), 1)),
    "charter version": ("charter", keys.charter_version("garance", 3)),
    "charter draft": ("charter", keys.charter_draft("garance")),
    "charter part": ("charter", keys.charter_part("garance", "ab12", 0)),
    "community": ("community", keys.community("garance")),
    "channel": ("community", keys.channel("facebook", "main")),
    "erasure": ("community", keys.erasure("a" * 32)),
    "account": ("community", keys.account("facebook", "1001")),
    "directory": ("community", keys.directory("garance")),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_key_is_of_the_type_that_declares_it(name: str) -> None:
    table, key = SAMPLES[name]

    declared_type = keys.type_of(table, key["pk"], key["sk"])

    assert declared_type is not None
    assert declared_type.name == name


def test_every_type_has_its_key_here() -> None:
    assert {item.name for item in keys.ITEMS} == SAMPLES.keys()


def test_every_pk_begins_with_the_community_or_with_the_stack() -> None:
    assert all(item.pk.startswith(("{community}#", f"{keys.STACK}#")) for item in keys.ITEMS)


def test_a_platforms_id_may_hold_our_separator_because_an_account_may_not() -> None:
    key = keys.head("garance", "generic", "blog", "a#b#head")

    assert keys.type_of("journal", key["pk"], key["sk"]) is not None
    with pytest.raises(ValidationError, match="id"):
        Account(id="blog#a", space="blog")


def test_an_access_that_nobody_declared_is_refused(stack: Stack) -> None:
    with pytest.raises(declared.UndeclaredKey, match="declare it"):
        clients.dynamodb().get_item(
            TableName=stack.tables()["JournalTable"], Key={"pk": {"S": "garance#mystery"}, "sk": {"S": "x"}}
        )
