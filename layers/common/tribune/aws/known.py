"""What was read of the journal: records again, from their items. Whatever does not exist is an empty one."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from tribune import clock
from tribune.aws import keys
from tribune.aws.items import (
    APPEAL,
    BREAKER,
    CALL,
    CASE,
    FLOOD,
    HEAD,
    HELD,
    NOTICE,
    PROPOSALS,
    QUESTION,
    RENEWAL,
    SWEEP,
    WEATHER,
    ObjectId,
    left_out,
)
from tribune.aws.keys import Key
from tribune.climate import Bucket
from tribune.errors import Unreadable
from tribune.journal import (
    AuthorRecord,
    Brakes,
    Breaker,
    Budget,
    Call,
    Case,
    Head,
    Pauses,
    Proposals,
    Renewal,
    SaidWords,
    SpaceRecord,
    SweepRecord,
    ThreadRecord,
    Turn,
)
from tribune.notice import Appeal, Notice
from tribune.question import Question, QuestionWords
from tribune.standing import Standing, Strike, Utterance


@dataclass(frozen=True, slots=True)
class Known:
    """What was read in one go; whatever does not exist is absent."""

    items: Mapping[tuple[str, str], Mapping[str, Any]]

    def _get(self, key: Key) -> Mapping[str, Any] | None:
        return self.items.get((key["pk"], key["sk"]))

    def head(self, community: str, platform: str, account: str, object_id: str) -> Head | None:
        """The head of an object."""
        item = self._get(keys.head(community, platform, account, object_id))
        return head_of(item) if item else None

    def case(self, community: str, platform: str, account: str, object_id: str) -> Case | None:
        """The case about an object."""
        item = self._get(keys.case(community, platform, account, object_id))
        return CASE.validate_python(item) if item else None

    def thread(self, community: str, platform: str, account: str, thread_id: str) -> ThreadRecord:
        """What is known of a thread; an unknown thread is an empty one."""
        item = self._get(keys.thread(community, platform, account, thread_id)) or {}
        return ThreadRecord(
            community=community,
            platform=platform,
            account=account,
            id=thread_id,
            rev=int(item.get("rev", 0)),
            human_at=moment(item.get("human_at")),
            silent=item.get("silent", ""),
            attacked=bool(item.get("attacked")),
            automatic={name: when(at) for name, at in family(item, "auto.")},
            used=frozenset(name for name, _ in family(item, "used.")),
            open=frozenset(name for name, _ in family(item, "open.")),
            explaining=dict(family(item, "explains.")),
        )

    def author(self, community: str, author: str, now: datetime) -> AuthorRecord:
        """An author's standing at `now`; an unknown author is an empty one."""
        item, lately = (
            self._get(key) or {} for key in (keys.author(community, author), keys.lately(community, author))
        )
        forgotten_at = moment(item.get("forgotten_at"))
        remembered = tuple(said for said in _said(lately) if forgotten_at is None or said.at > forgotten_at)
        first, again = (
            at if at and (forgotten_at is None or at > forgotten_at) else None
            for at in (moment(item.get("first_at")), moment(lately.get("first_at")))
        )
        heard_at = moment(item.get("heard_at"))
        waiting = {name: when(at) for name, at in family(item, "waiting.")}
        automatic = {name: when(at) for name, at in family(item, "auto.")}
        standing = Standing(
            first_seen=min((at for at in (first, again) if at), default=None),
            first_object=lately.get("first_object") if again and (first is None or again < first) else None,
            strikes=tuple(
                Strike(clause=entry["clause"], object=name, at=when(entry["at"]))
                for name, entry in family(item, "strike.")
            ),
            said=tuple({said.object: said for said in (*_said(item), *remembered)}.values()),
            human_requested_at=moment(item.get("human_at")),
            variants=frozenset(name for name, at in family(item, "used.") if now - when(at) < timedelta(days=30)),
        )
        return AuthorRecord(
            community,
            author,
            standing.following(now, waiting.values(), automatic.values(), heard_at),
            waiting,
            automatic,
            notices={name: (entry["token"], when(entry["at"])) for name, entry in family(item, "notice.")},
            forgotten_at=forgotten_at,
            lately=remembered,
            heard_at=heard_at,
            rev=int(item.get("rev", 0)),
            turns=tuple(Turn(entry["thread"], name, when(entry["at"])) for name, entry in family(item, "turn.")),
        )

    def breaker(self, community: str, platform: str, account: str) -> Breaker:
        """What an account's platform asks of us; one that never asked anything has an empty one."""
        item = self._get(keys.breaker(community, platform, account))
        return BREAKER.validate_python(item) if item else Breaker(community, platform, account)

    def outgoing(
        self, community: str, platform: str, account: str, object_id: str, action_id: str
    ) -> tuple[str, str | None] | None:
        """(text, recipient) of an action, None when they are gone."""
        item = self.alive(keys.outgoing(community, platform, account, object_id, action_id))
        return (item["text"], item.get("recipient")) if item else None

    def sweep(self, community: str, platform: str, account: str) -> SweepRecord:
        """How far an account was asked; one that never was has an empty record."""
        item = self._get(keys.sweep(community, platform, account))
        return SWEEP.validate_python(item) if item else SweepRecord(community, platform, account)

    def renewal(self, community: str, platform: str, channel: str) -> Renewal:
        """Who is renewing a channel's access; one that never was renewed has an empty record."""
        item = self._get(keys.renewal(community, platform, channel))
        return RENEWAL.validate_python(item) if item else Renewal(community, platform, channel)

    def brakes(self, community: str) -> Brakes:
        """The brakes of a community."""
        item = self._get(keys.brakes(community)) or {}
        return Brakes(
            rev=int(item.get("rev", 0)),
            held={clause: HELD.validate_python(held) for clause, held in family(item, "held.")},
            released={clause: int(version) for clause, version in family(item, "released.")},
            released_by={clause: (one["by"], when(one["at"])) for clause, one in family(item, "released_by.")},
            climate=dict(family(item, "climate.")),
        )

    def budget(self, community: str, platform: str, account: str, hour: str) -> Budget:
        """What the machine planned to say on an account within an hour."""
        item = self._get(keys.budget(community, platform, account, hour)) or {}
        posts = {post: int(n) for post, n in family(item, "post.")}
        return Budget(community, platform, account, hour, posts, frozenset(name for name, _ in family(item, "told.")))

    def proposals(self, community: str, day: date) -> Proposals | None:
        """What was proposed to say on a day, None when nobody looked yet."""
        item = self._get(keys.proposals(community, day))
        return PROPOSALS.validate_python(item) if item else None

    def climate(self, community: str, space: str) -> SpaceRecord:
        """The climate of a space; one that nobody listened to yet is green."""
        item = self._get(keys.climate(community, space))
        if not item:
            return SpaceRecord(community, space)
        return SpaceRecord(community, space, int(item["rev"]), WEATHER.validate_python(item["weather"]))

    def notice(self, community: str, token: str) -> Notice | None:
        """The reason of a measure, None when there is none or its time is over."""
        found = self.alive(keys.notice(community, token))
        # Without its measure, it is the end of one that was forgotten before it ended.
        return NOTICE.validate_python(found) if found and "kind" in found else None

    def appeal(self, community: str, token: str) -> Appeal | None:
        """That the member contests it."""
        found = self.alive(keys.appeal(community, token))
        return APPEAL.validate_python(found) if found else None

    def question(self, community: str, token: str) -> Question | None:
        """What somebody outside the team is asked, None when there is no such question."""
        found = self.alive(keys.question(community, token))
        return QUESTION.validate_python(found) if found else None

    def question_words(
        self, community: str, platform: str, account: str, object_id: str, token: str
    ) -> QuestionWords | None:
        """What they are asked, in words; None when these are gone."""
        found = self.alive(keys.question_words(community, platform, account, object_id, token))
        if found is None:
            return None
        return QuestionWords(found["text"], found["name"], found["address"], found["proof"])

    def alive(self, key: Key) -> Mapping[str, Any] | None:
        """An item as it stands, None when there is none or its time is over."""
        item = self._get(key)
        # DynamoDB takes days to take away what has expired; nobody reads it any more.
        return item if item and int(item["ttl"]) > clock.now().timestamp() else None

    def pauses(self, community: str) -> Pauses:
        """The pauses of a community."""
        item = self._get(keys.pauses(community)) or {}
        return Pauses({scope: when(until) for scope, until in family(item, "until.")})


def head_of(item: Mapping[str, Any]) -> Head:
    """A head, from its item."""
    community, platform, account, object_id = keys.object_of({"pk": item["pk"], "sk": item["sk"]})
    author = str(item["author_pk"]).rpartition("#")[2] if "author_pk" in item else None
    place = {"community": community, "platform": platform, "account": account, "object": object_id, "author": author}
    of_head, of_actions = left_out(object_id, item)
    actions = [{**of_actions, **action} for action in item.get("actions", ())]
    return HEAD.validate_python({**of_head, **item, **place, "actions": actions})


def call_of(item: Mapping[str, Any]) -> Call:
    """A call, from its item. Raises Unreadable."""
    objects = tuple(sorted(name for name, _ in family(item, "object.")))
    try:
        return CALL.validate_python({**item, "objects": objects})
    except ValidationError as error:
        raise Unreadable("this is no call that this version knows") from error


def calls_of(found: Iterable[Mapping[str, Any]]) -> Iterator[Call]:
    """The calls among items. One that cannot be read takes no other with it: whoever is to make it says so."""
    for item in found:
        with suppress(Unreadable):
            yield call_of(item)


def said_words(at: ObjectId, v: str, item: Mapping[str, Any]) -> SaidWords:
    """What somebody said, from its item."""
    return SaidWords(
        *at,
        v=v,
        text=item["text"],
        expires=datetime.fromtimestamp(int(item["ttl"]), UTC),
        author_id=item.get("author_id"),
        author_name=item.get("author_name"),
        conversation=item.get("conversation"),
        url=item.get("url"),
    )


def bucket(counted: Mapping[str, Any]) -> Bucket:
    """A quarter of an hour, from its attributes."""
    return Bucket(
        comments=int(counted.get("comments", 0)),
        negative=int(counted.get("negative", 0)),
        faces=frozenset(map(int, counted.get("faces", ()))),
        alarming=frozenset(map(int, counted.get("alarming", ()))),
        floods=frozenset(map(FLOOD.validate_json, counted.get("floods", ()))),
    )


def family(item: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """The attributes of a family, without its prefix."""
    return ((name.removeprefix(prefix), value) for name, value in item.items() if name.startswith(prefix))


def _said(item: Mapping[str, Any]) -> Iterator[Utterance]:
    return (Utterance(entry["words"], name, when(entry["at"])) for name, entry in family(item, "said."))


def moment(value: str | None) -> datetime | None:
    """A moment, or None."""
    return None if value is None else when(value)


def when(value: str) -> datetime:
    """A moment."""
    return datetime.fromisoformat(value)
