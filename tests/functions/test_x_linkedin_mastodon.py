"""X, LinkedIn and Mastodon through the real doors: a question is answered once in its own thread, whatever breaks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from world import Fault, World

from local.twins import linkedin as linkedin_twin
from local.twins import x as x_twin
from local.twins.linkedin import LinkedInTwin
from local.twins.mastodon import MastodonTwin
from local.twins.x import XTwin
from tribune.journal import ActionState, Head, HeadKind

QUESTION = "Vous êtes ouverts le dimanche ?"


@dataclass
class Place:
    """One platform with its twin, and how a member asks something there."""

    world: World
    name: str
    account: str
    twin: Any
    ask: Callable[[], str]
    """Somebody asks; the id of what they said."""

    def ours(self) -> list[Any]:
        """What stands there in our name."""
        known = self.twin.comments if self.name == "linkedin" else self.twin.posts
        return [one for one in known.values() if one.ours and not one.deleted]

    def head(self, identity: str) -> Head:
        """What is kept of what was said."""
        head = self.world.head("garance", self.name, self.account, identity)
        assert head is not None
        return head


def x(world: World) -> Place:
    account, root = "2244994945001", "2125000000000000001"
    twin = XTwin(world.outbox, {"x-token": (account,)})

    def ask() -> str:
        identity = str(2125000000000000100 + len(twin.posts))
        payload = {
            "id": identity,
            "text": f"@garance {QUESTION}",
            "author_id": "1790000000000000001",
            "conversation_id": root,
            "in_reply_to_user_id": account,
            "referenced_tweets": [{"type": "replied_to", "id": root}],
            "created_at": world.now.isoformat(),
            "edit_history_tweet_ids": [identity],
            "display_text_range": [9, 9 + len(QUESTION)],
        }
        body = x_twin.delivery("post.reply.create", account, payload)
        twin.hear(body, world.now)
        assert world.deliver_raw("x", body) == 200
        return identity

    return Place(world, "x", account, twin, ask)


def linkedin(world: World) -> Place:
    account, post = "urn:li:organization:96072893", "urn:li:activity:7094637247890620418"
    twin = LinkedInTwin(world.outbox, {"linkedin-token": (account,)})

    def ask() -> str:
        number = len(twin.comments)
        urn = f"urn:li:comment:({post},{7094977717598625792 + number})"
        comment = {"entity": urn, "owner": "urn:li:person:kRm2xWq7aB", "text": QUESTION, "object": post}
        told = linkedin_twin.notification("COMMENT", account, urn, world.now, number)
        body = linkedin_twin.delivery(told | {"decoratedGeneratedActivity": {"comment": comment}})
        twin.hear(body, world.now)
        assert world.deliver_raw("linkedin", body) == 200
        return urn

    return Place(world, "linkedin", account, twin, ask)


def mastodon(world: World) -> Place:
    account = "109348684185010001"
    twin = MastodonTwin(world.outbox, {"mastodon-token": (account,)})

    def ask() -> str:
        identity = twin.said({"account": account, "text": QUESTION}, world.now)
        world.poll()
        return identity

    return Place(world, "mastodon", account, twin, ask)


PLACES = (x, linkedin, mastodon)


@pytest.fixture(params=PLACES, ids=lambda make: make.__name__)
def place(world: World, request: pytest.FixtureRequest) -> Place:
    made: Place = request.param(world)
    address = "server" if made.name == "mastodon" else "base_url"
    channel = f"""
  - platform: {made.name}
    accounts: [{{id: "{made.account}", space: {made.name}, name: Garance}}]
    verify: {{current: its-secret}}
    act: {{token: {made.name}-token, {address}: "http://{made.name}.test"}}
"""
    world.join(made.name, made.twin, "its-secret", channel)
    world.apply()
    return made


def settle(place: Place) -> None:
    """Until nothing moves; whoever is asked is asked again meanwhile."""
    place.world.settle()
    place.world.now += timedelta(minutes=10)
    if place.name == "mastodon":
        place.world.poll()
    place.world.settle()


def test_a_question_is_answered_once_where_it_was_asked(world: World, place: Place) -> None:
    identity = place.ask()
    world.settle()

    (answer,) = place.ours()
    assert "le dimanche de 10 h à 13 h" in answer.text
    assert identity in (getattr(answer, "answers", None), getattr(answer, "parent", None))
    (action,) = place.head(identity).actions
    assert (action.state, action.platform_id) == (ActionState.SENT, getattr(answer, "urn", None) or answer.id)


def test_our_own_answer_coming_back_is_ours_and_nobody_elses(world: World, place: Place) -> None:
    identity = place.ask()
    world.settle()
    body = place.twin.echo(world.outbox.entries[-1])
    if body is None:
        world.now += timedelta(minutes=10)
        world.poll()
    else:
        assert world.deliver_raw(place.name, body) == 200
    world.settle()

    assert len(place.ours()) == 1
    assert [action.state for action in place.head(identity).actions] == [ActionState.SENT]


def test_whoever_calls_themselves_as_we_do_is_not_we(world: World) -> None:
    made = x(world)
    channel = f"""
  - platform: x
    accounts: [{{id: "{made.account}", space: x, name: Garance, username: velosgarance}}]
    verify: {{current: its-secret}}
    act: {{token: x-token, base_url: "http://x.test"}}
"""
    world.join("x", made.twin, "its-secret", channel)
    world.apply()
    payload = {
        "id": "2125000000000000900",
        "text": "@karim t'es vraiment un abruti",
        "author_id": "1790000000000000666",
        "created_at": world.now.isoformat(),
    }
    body = json.loads(x_twin.delivery("post.mention.create", made.account, payload))
    body["data"]["includes"] = {"users": [{"id": "1790000000000000666", "name": "VelosGarance", "username": "tom_66"}]}

    assert world.deliver_raw("x", json.dumps(body).encode()) == 200
    world.settle()

    assert made.head("2125000000000000900").kind is HeadKind.COMMENT, "a display name is anybody's free choice"


@pytest.mark.parametrize("kind", ["error_after", "kill_after"])
@pytest.mark.parametrize("at_call", range(3, 6))
def test_whatever_breaks_while_answering_nothing_is_said_twice(
    world: World, place: Place, at_call: int, kind: str
) -> None:
    place.ask()
    world.pump_only("poll_platforms")
    world.pump_only("moderate_comments")
    world.uncounted = {"moderate_comments", "call_manager", "keep_watch", "receive_webhook", "poll_platforms"}
    world.calls.names.clear()
    world.calls.faults = [Fault(at_call, kind)]
    settle(place)

    assert len(place.ours()) == 1


@pytest.mark.parametrize("mode", ["timeout_after", "502_after", "500"])
def test_an_answer_of_which_nothing_is_known_is_found_or_given_once(place: Place, mode: str) -> None:
    place.twin.fail(mode)
    place.ask()
    settle(place)

    assert len(place.ours()) == 1


def test_an_answer_in_kind_names_whom_it_answers(world: World) -> None:
    there = mastodon(world)
    channel = f"""
  - platform: mastodon
    accounts: [{{id: "{there.account}", space: mastodon, name: Garance}}]
    verify: {{current: its-secret}}
    act: {{token: mastodon-token, server: "http://mastodon.test"}}
"""
    world.join("mastodon", there.twin, "its-secret", channel)
    world.apply()
    there.ask()
    world.settle()

    (answer,) = there.ours()
    assert (answer.text.startswith("@amina@autre.example "), answer.visibility) == (True, "public")
