"""The traffic of the throughput run: what platforms would send, as platforms send it."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from bench.traffic import SETTLED, Traffic, traffic
from tribune.comment import Comment, Verb
from tribune.platforms import PLATFORMS

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def whole() -> Traffic:
    return traffic(2000)


def test_one_in_twenty_deliveries_is_a_duplicate(whole: Traffic) -> None:
    assert len(whole.deliveries) == 2000
    assert whole.duplicates == 100


def test_the_same_seed_tells_the_same_story(whole: Traffic) -> None:
    assert traffic(2000) == whole
    assert traffic(2000, seed=1) != whole


def test_every_delivery_is_what_its_platform_would_send(whole: Traffic) -> None:
    verbs = {"created": Verb.CREATED, "edited": Verb.EDITED, "deleted": Verb.DELETED}
    for event in whole.deliveries:
        platform = PLATFORMS[event.spoken.platform]
        (item,) = platform.split(json.loads(event.body(NOW)))
        (said,) = platform.read(item)
        assert isinstance(said, Comment)
        assert (said.object, said.verb) == (event.spoken.object, verbs[event.verb])
        assert said.text == (event.text if event.verb != "deleted" else "")
        assert said.parent == event.spoken.parent


def test_a_comment_is_edited_or_deleted_once_and_well_after_it_was_said(whole: Traffic) -> None:
    first = {event.id: number for number, event in reversed(list(enumerate(whole.deliveries)))}
    created = {event.spoken.at: first[event.id] for event in whole.deliveries if event.verb == "created"}
    changes = {event.id: event.spoken.at for event in whole.deliveries if event.verb != "created"}

    assert max(Counter(changes.values()).values()) == 1
    assert all(first[change] - created[at] >= SETTLED for change, at in changes.items())


def test_what_stands_is_what_nobody_deleted(whole: Traffic) -> None:
    deleted = {event.spoken.at for event in whole.deliveries if event.verb == "deleted"}

    assert deleted
    assert whole.standing == whole.comments - deleted


def test_about_one_comment_in_twenty_is_an_insult(whole: Traffic) -> None:
    sorts = whole.sorts()

    assert 0.03 < sorts["insult"] / sum(sorts.values()) < 0.07
    assert sum(sorts.values()) == len(whole.comments)
