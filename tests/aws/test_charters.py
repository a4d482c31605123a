"""Charters: immutable versions, found by the moment words were written, readable whatever their size."""

import hashlib
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.resources import Stack
from tribune.aws import clients
from tribune.aws.charters import PART_BYTES, Charters, VersionMeta
from tribune.aws.charters import in_force as meta_in_force
from tribune.charter import Charter, Circumstances, PublishedCharter, Reader, Vocabulary, in_force
from tribune.errors import BadConfiguration, CharterUnreadable, Conflict, NotFound

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def table(stack: Stack) -> str:
    return stack.tables()["CharterTable"]


@pytest.fixture
def charters(table: str) -> Charters:
    return Charters(table)


def charter(text: str = "Les désaccords sont bienvenus.", terms: tuple[str, ...] = ()) -> Charter:
    delay = {"minutes": 60, "text": {"fr": "une heure"}}
    delays = dict.fromkeys(("response_target", "appeal_delay", "temp_ban", "strike_ttl", "retention"), delay)
    return Charter.model_validate(
        {
            "title": {"fr": "Notre charte"},
            "languages": ["fr"],
            "commitments": {
                "moderation_hours": {"fr": "du lundi au vendredi"},
                "appeal_contact": "a@b.example",
                **delays,
            },
            "clauses": [
                {"number": 1, "id": "objet", "kind": "frame", "title": {"fr": "Objet"}, "text": {"fr": text}},
                {
                    "number": 2,
                    "id": "respect",
                    "kind": "rule",
                    "family": "indigne",
                    "title": {"fr": "Respect"},
                    "text": {"fr": "Aucune attaque contre une personne."},
                    "gravity": 2,
                    "first_action": "remind",
                    "dsa": {"category": "STATEMENT_CATEGORY_CYBER_VIOLENCE"},
                    "detectors": [{"name": "insult_at_person", "terms": {"fr": list(terms)}}],
                },
            ],
        }
    )


def publish(charters: Charters, document: Charter, at: datetime = NOW, **more: Any) -> int:
    return charters.publish("garance", document, **({"effective_from": at, "now": at} | more))


def test_before_anything_is_published_no_charter_is_in_force(charters: Charters) -> None:
    assert charters.load("garance", NOW) is None
    assert charters.versions("garance") == ()


def test_words_are_bound_by_the_version_in_force_when_they_were_written(charters: Charters) -> None:
    old, new = charter("ancien"), charter("nouveau")
    publish(charters, old)
    publish(charters, new, NOW + DAY, effective_from=NOW + 16 * DAY, summary="Un mot change.")

    def version_at(at: datetime) -> int | None:
        found = charters.load("garance", at)
        return found.version if found else None

    second = timedelta(seconds=1)
    assert version_at(NOW - second) is None
    assert version_at(NOW) == 1
    assert version_at(NOW + 16 * DAY - second) == 1
    assert version_at(NOW + 16 * DAY) == 2
    latest = charters.version("garance", 2)
    assert (latest.charter, latest.notice_days, latest.summary) == (new, 15, "Un mot change.")


def test_words_written_in_the_very_second_of_publication_are_bound(charters: Charters) -> None:
    publish(charters, charter(), NOW + timedelta(milliseconds=700))
    assert charters.load("garance", NOW)


def test_publishing_the_same_content_again_is_the_same_version(charters: Charters, table: str) -> None:
    assert publish(charters, charter("a")) == 1
    assert publish(charters, charter("a"), NOW + DAY) == 1
    assert publish(Charters(table), charter("a"), NOW + DAY) == 1
    assert publish(charters, charter("b"), NOW + DAY) == 2
    assert publish(charters, charter("a"), NOW + 2 * DAY) == 3, "going back is a change too"
    assert [meta.version for meta in charters.versions("garance")] == [1, 2, 3]


def test_a_published_version_is_never_overwritten(charters: Charters, table: str) -> None:
    publish(charters, charter("a"))
    before = items(table)
    publish(charters, charter("b"), NOW + DAY)
    after = items(table)
    assert before.items() <= after.items()


def test_two_people_who_publish_at_once_get_two_versions(charters: Charters, table: str) -> None:
    """The second one read the list of versions before the first one wrote hers."""
    slow = Charters(table)
    real, raced = slow.stored_versions, []

    def stored_versions(community: str) -> tuple[VersionMeta, ...]:
        seen = real(community)
        if not raced:
            raced.append(publish(charters, charter("a")))
        return seen

    slow.stored_versions = stored_versions  # the race, made certain
    assert publish(slow, charter("b")) == 2
    assert charters.version("garance", 1).charter == charter("a")
    assert charters.version("garance", 2).charter == charter("b")


def test_a_charter_never_binds_the_past(charters: Charters) -> None:
    with pytest.raises(BadConfiguration, match="before it was shown"):
        publish(charters, charter(), NOW, effective_from=NOW - timedelta(minutes=1))


def test_a_version_cannot_take_effect_before_the_one_it_follows(charters: Charters) -> None:
    publish(charters, charter("a"), NOW, effective_from=NOW + 15 * DAY)
    with pytest.raises(BadConfiguration, match="version 1 takes effect at"):
        publish(charters, charter("b"), NOW, effective_from=NOW + DAY)


def test_communities_do_not_see_each_other_s_charters(charters: Charters) -> None:
    publish(charters, charter())
    assert charters.load("atelier", NOW) is None
    with pytest.raises(NotFound):
        charters.version("atelier", 1)


def test_a_hundred_thousand_terms_are_published_and_judge_what_is_said(charters: Charters, table: str) -> None:
    """Random terms: nothing compresses worse. Every item stays below DynamoDB's 400 KB, all of them above a page."""
    letters = random.Random(20_261_122)  # noqa: S311  the same terms in each run
    terms = tuple("".join(letters.choices("bcdfghjklmnpqrstvwxz", k=24)) for _ in range(100_000))
    listed = charter(terms=terms)
    publish(charters, listed)
    items = clients.dynamodb().scan(TableName=table, ConsistentRead=True)
    sizes = [_size(item) for item in _all_items(table)]
    assert "LastEvaluatedKey" in items, "more than one page of a query"
    assert len(sizes) > 4
    assert max(sizes) <= PART_BYTES + 1_000
    # Another process, which has nothing in memory.
    found = Charters(table).load("garance", NOW)
    assert found is not None
    assert found.charter == listed
    reader = Reader(found.charter, Vocabulary())
    said = f"@Karim espèce de {terms[77_777]} !"
    [breach] = reader.read(said, Circumstances(language="fr")).breaches
    assert (breach.clause, said[breach.start : breach.end]) == ("respect", terms[77_777])


def _all_items(table: str) -> list[dict[str, Any]]:
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]


def _size(item: dict[str, Any]) -> int:
    """What DynamoDB counts: the bytes of names and of values."""
    return sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())


def test_the_content_hash_is_the_charter_s_own(charters: Charters) -> None:
    document = charter()
    publish(charters, document)
    assert charters.version("garance", 1).content_hash == document.content_hash


@pytest.mark.parametrize("damage", ["missing", "cut", "replaced"])
def test_a_damaged_part_is_said_and_never_read_as_an_empty_charter(charters: Charters, table: str, damage: str) -> None:
    publish(charters, charter())
    key = next(key for key in items(table) if key[1].startswith("part#"))
    where = {"TableName": table, "Key": {"pk": {"S": key[0]}, "sk": {"S": key[1]}}}
    if damage == "missing":
        clients.dynamodb().delete_item(**where)
    else:
        content = items(table)[key]["content"]["B"][:40] if damage == "cut" else hashlib.sha256(b"").digest()
        clients.dynamodb().put_item(TableName=table, Item={**where["Key"], "content": {"B": content}})
    with pytest.raises(CharterUnreadable):
        Charters(table).load("garance", NOW)


def test_publishing_again_repairs_a_damaged_charter(charters: Charters, table: str) -> None:
    publish(charters, charter())
    pk, sk = next(key for key in items(table) if key[1].startswith("part#"))
    clients.dynamodb().delete_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    assert publish(Charters(table), charter()) == 2
    assert Charters(table).version("garance", 1).charter == charter()


def test_a_damaged_list_of_versions_is_said(charters: Charters, table: str) -> None:
    item = {"pk": {"S": "garance#charter"}, "sk": {"S": "version#000001"}}
    clients.dynamodb().put_item(TableName=table, Item=item)
    with pytest.raises(CharterUnreadable):
        charters.load("garance", NOW)


def test_versions_without_content_follow_the_same_rule_as_with_it() -> None:
    moments = [NOW, NOW + DAY, NOW + 2 * DAY]
    dates = [(published, effective) for published in moments for effective in moments]
    metas = [VersionMeta(n, "0" * 64, 1, *pair, 0, "") for n, pair in enumerate(dates, 1)]
    versions = [
        PublishedCharter(
            version=meta.version,
            published_at=meta.published_at,
            effective_from=meta.effective_from,
            notice_days=0,
            content_hash=meta.content_hash,
            charter=charter(),
        )
        for meta in metas
    ]
    for at in (NOW - DAY, *moments, NOW + 3 * DAY):
        light, whole = meta_in_force(metas, at), in_force(versions, at)
        assert (light and light.version) == (whole and whole.version)


def items(table: str) -> dict[tuple[str, str], dict[str, Any]]:
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName=table)
    return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}


# --- the next version, while people work on it ---


def kept(charters: Charters, one: Charter, before: str | None = None, by: str = "marie") -> str:
    """Saves a draft; the hash under which it stands."""
    charters.save_draft("garance", one, before=before, beside=1, by=by, now=NOW)
    found = charters.draft("garance")
    assert found is not None
    return found.content_hash


def expiring(table: str) -> set[str]:
    items = clients.dynamodb().scan(TableName=table)["Items"]
    return {item["sk"]["S"] for item in items if "ttl" in item}


def test_a_draft_stands_beside_the_versions_and_is_none_of_them(charters: Charters) -> None:
    charters.publish("garance", charter(), effective_from=NOW, now=NOW)
    kept(charters, charter(terms=("bougre",)))
    found = charters.draft("garance")

    assert found is not None
    assert (found.charter, found.beside, found.by, found.at) == (charter(terms=("bougre",)), 1, "marie", NOW)
    assert [meta.version for meta in charters.stored_versions("garance")] == [1]
    assert charters.draft("other") is None


def test_who_saw_another_draft_neither_changes_nor_drops_it(charters: Charters) -> None:
    first = kept(charters, charter(terms=("bougre",)))
    with pytest.raises(Conflict):
        kept(charters, charter(terms=("autre",)))
    second = kept(charters, charter(terms=("bougre", "autre")), before=first)

    with pytest.raises(Conflict):
        kept(charters, charter(), before=first)
    assert charters.drop_draft("garance", first) is False
    assert charters.drop_draft("garance", second) is True
    assert charters.draft("garance") is None


def test_what_only_a_draft_holds_expires_and_what_a_version_holds_never_does(charters: Charters, table: str) -> None:
    drafted = charter(terms=("bougre",))
    name = kept(charters, drafted)
    assert expiring(table) == {"draft", f"part#{name}#0000"}

    charters.publish("garance", drafted, effective_from=NOW, now=NOW)
    assert expiring(table) == {"draft"}
    kept(charters, drafted, before=name)
    assert expiring(table) == {"draft"}


def test_a_draft_follows_the_version_it_was_made_from_or_none(charters: Charters) -> None:
    charters.publish("garance", charter(), effective_from=NOW, now=NOW)
    charters.publish("garance", charter(terms=("autre",)), effective_from=NOW, now=NOW)

    with pytest.raises(Conflict):
        charters.publish("garance", charter(terms=("bougre",)), effective_from=NOW, now=NOW, after=1)
    assert charters.publish("garance", charter(terms=("bougre",)), effective_from=NOW, now=NOW, after=2) == 3
