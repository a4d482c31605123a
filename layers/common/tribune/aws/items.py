"""What the journal keeps, as items: each record and each change as DynamoDB writes it, under its key of `keys`.

Nothing here asks anybody anything: `journal` sends what is made here, `known` reads it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import TypeAdapter

from tribune.aws import keys
from tribune.aws.keys import Key
from tribune.budgets import PER_ACCOUNT_AND_HOUR, PER_POST_AND_HOUR
from tribune.climate import Flood, Weather
from tribune.journal import (
    UNFINISHED,
    AuthorNote,
    BrakeNote,
    Breaker,
    BudgetNote,
    Call,
    CallState,
    Case,
    CaseState,
    ClimateNote,
    Count,
    Head,
    Held,
    Lately,
    NoticeEnd,
    Outline,
    Proposals,
    Pulse,
    Renewal,
    Ringing,
    ShadowCount,
    ShadowNote,
    SpaceRecord,
    SweepRecord,
    Tally,
    ThreadNote,
)
from tribune.notice import Appeal, AppealState, Notice
from tribune.question import Question, QuestionState

KEPT = timedelta(days=396)
"""13 months: covers the year in which a discriminatory insult can be brought to court (`facts`, 2.3)."""
FORGOTTEN_KEPT = timedelta(days=60)
"""Longer than any queue and any platform keeps a delivery."""
COUNTERS_KEPT = timedelta(days=8)
SHADOWS_KEPT = timedelta(days=30)
BUDGETS_KEPT = timedelta(days=2)
PROPOSALS_KEPT = timedelta(days=90)
QUESTIONS_KEPT = timedelta(days=30)
QUARTER = "quarter#"
OBSERVED = "observed#"
UNDER = "under#"
"""Beside the counters of kinds and levels, in the same write: it costs nothing more."""
type Put = tuple[Key, dict[str, Any], int]
"""Where an item stands, what is in it, and the `rev` that it had; 0: it is new."""
type ObjectId = tuple[str, str, str, str]
"""(community, platform, account, object)."""

HEAD = TypeAdapter(Head)
IN_THE_KEYS = {"community", "platform", "account", "object", "author"}
"""Of a head: its own key says where it stands, its key in the index `author` whose it is."""
CASE = TypeAdapter(Case)
CALL = TypeAdapter(Call)
BREAKER = TypeAdapter(Breaker)
HELD = TypeAdapter(Held)
SHADOW = TypeAdapter(ShadowNote)
NOTICE = TypeAdapter(Notice)
APPEAL = TypeAdapter(Appeal)
SWEEP = TypeAdapter(SweepRecord)
RENEWAL = TypeAdapter(Renewal)
PROPOSALS = TypeAdapter(Proposals)
QUESTION = TypeAdapter(Question)
WEATHER = TypeAdapter(Weather)
FLOOD = TypeAdapter(Flood)
"""As a text: the same flood is one, however often it is told."""
to_attribute = TypeSerializer().serialize
from_attribute = TypeDeserializer().deserialize


def iso(moment: datetime) -> str:
    """A sortable UTC timestamp with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def expiry(now: datetime, kept: timedelta) -> int:
    """Until when something is kept, in seconds since 1970."""
    return int((now + kept).timestamp())


def key_of(key: Key) -> dict[str, Any]:
    """A key, as DynamoDB writes it."""
    return {"pk": {"S": key["pk"]}, "sk": {"S": key["sk"]}}


def plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An item, as Python has it."""
    return {name: from_attribute(value) for name, value in raw.items()}


def stored(key: Key, content: Mapping[str, Any]) -> dict[str, Any]:
    """An item under its key, as DynamoDB writes it; what is None is left out."""
    return {name: to_attribute(value) for name, value in {**content, **key}.items() if value is not None}


@dataclass(slots=True)
class Update:
    """Changes to one item, attribute by attribute; two updates of the same item merge."""

    sets: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    removes: set[str] = field(default_factory=set)
    adds: dict[str, int] = field(default_factory=dict)
    gathers: dict[str, frozenset[int | str]] = field(default_factory=dict)
    """What to put into sets, of numbers or of texts."""
    expected_rev: int | None = None
    most: dict[str, int] = field(default_factory=dict)
    """Numbers that `adds` may not bring above this."""

    def merge(self, other: "Update") -> None:
        """Add another change of the same item."""
        self.removes = (self.removes - other.sets.keys()) | other.removes
        self.sets = {name: value for name, value in (self.sets | other.sets).items() if name not in other.removes}
        self.defaults |= {name: value for name, value in other.defaults.items() if name not in self.defaults}
        for name, n in other.adds.items():
            self.adds[name] = self.adds.get(name, 0) + n
        for name, marks in other.gathers.items():
            self.gathers[name] = self.gathers.get(name, frozenset()) | marks
        self.expected_rev = other.expected_rev if self.expected_rev is None else self.expected_rev
        self.most |= other.most

    def request(self, table: str, key: Key) -> dict[str, Any]:
        """The UpdateItem that makes it."""
        names: dict[str, str] = {}
        values: dict[str, Any] = {}

        def name(attribute: str) -> str:
            return next((alias for alias, known in names.items() if known == attribute), None) or _alias(
                names, "#n", attribute
            )

        def value(content: Any) -> str:
            return _alias(values, ":v", to_attribute(content))

        clauses = []
        sets = [f"{name(attribute)} = {value(content)}" for attribute, content in self.sets.items()]
        sets += [
            f"{name(attribute)} = if_not_exists({name(attribute)}, {value(content)})"
            for attribute, content in self.defaults.items()
        ]
        if sets:
            clauses.append("SET " + ", ".join(sets))
        adds = [f"{name(attribute)} {value(n)}" for attribute, n in self.adds.items()]
        adds += [f"{name(attribute)} {value(set(marks))}" for attribute, marks in self.gathers.items() if marks]
        if adds:
            clauses.append("ADD " + ", ".join(adds))
        if self.removes:
            clauses.append("REMOVE " + ", ".join(name(attribute) for attribute in sorted(self.removes)))
        request: dict[str, Any] = {"TableName": table, "Key": key_of(key), "UpdateExpression": " ".join(clauses)}
        if self.expected_rev == 0:
            request["ConditionExpression"] = f"attribute_not_exists({name('rev')})"
        elif self.expected_rev is not None:
            request["ConditionExpression"] = f"{name('rev')} = {value(self.expected_rev)}"
        elif self.most:
            request["ConditionExpression"] = " AND ".join(
                f"(attribute_not_exists({name(number)}) OR {name(number)} <= {value(most - self.adds[number])})"
                for number, most in self.most.items()
            )
        request["ExpressionAttributeNames"] = names
        if values:
            request["ExpressionAttributeValues"] = values
        return request


def _alias(known: dict[str, Any], prefix: str, content: Any) -> str:
    alias = f"{prefix}{len(known)}"
    known[alias] = content
    return alias


def head(head: Head, now: datetime) -> Put:
    """A head, unless somebody wrote it since it was read."""
    # What is as it is by default, or stands twice, is left out: most heads stay under a kilobyte, one unit.
    item = HEAD.dump_python(head, mode="json", exclude_none=True, exclude_defaults=True, exclude=IN_THE_KEYS)
    item["hour"] = head.hour
    of_head, of_actions = left_out(head.object, item)
    for part, known in ((item, of_head), *((action, of_actions) for action in item.get("actions", ()))):
        for name in [name for name, value in known.items() if part[name] == value]:
            del part[name]
    item["ttl"] = int((head.expires or now + KEPT).timestamp())
    waiting = [action.due_at for action in head.actions if action.state in UNFINISHED]
    provisional = head.unconfirmed
    if waiting:
        item |= {"due_pk": keys.due_shard("action", head.object), "due_at": iso(min(waiting))}
    elif provisional is not None and provisional.confirm_by is not None:
        item |= {"due_pk": keys.due_shard("provisional", head.object), "due_at": iso(provisional.confirm_by)}
    if head.author:
        item |= {"author_pk": keys.author_index(head.community, head.author), "author_at": iso(head.posted_at)}
    return keys.head(head.community, head.platform, head.account, head.object), item, head.rev - 1


def case(case: Case, now: datetime) -> Put:
    """A case; in the index by what it waits for."""
    item = CASE.dump_python(case, mode="json", exclude_none=True)
    if case.state is CaseState.OPEN:
        partition = keys.promises if case.remind_at else keys.open_cases
        item |= {"due_pk": partition(case.community), "due_at": iso(case.remind_at or case.promise_at)}
    else:
        item |= {"due_pk": keys.closed_cases(case.community), "due_at": iso(case.closed_at or now)}
        item["ttl"] = int((now + KEPT).timestamp())
    return keys.case(case.community, case.platform, case.account, case.object), item, case.rev - 1


OUTLINE = ("reason", "awaits_answer", "promise_at", "given")


def outline(at: ObjectId, item: Mapping[str, Any]) -> Outline:
    """What of a case says where it stands among the others, from the attributes OUTLINE of its item."""
    promise_at = datetime.fromisoformat(item["promise_at"])
    return Outline(at, item["reason"], bool(item.get("awaits_answer")), promise_at, item.get("given", {}).get("to"))


def appeal(appeal: Appeal, now: datetime) -> Put:
    """An appeal; in the index by whether somebody still has to decide."""
    item = APPEAL.dump_python(appeal, mode="json", exclude_none=True)
    waits = appeal.state is AppealState.OPEN
    item["due_pk"] = (keys.open_appeals if waits else keys.closed_appeals)(appeal.community)
    item["due_at"] = iso(appeal.due_at if waits else appeal.decided_at or now)
    item["ttl"] = expiry(now, KEPT)
    return keys.appeal(appeal.community, appeal.token), item, appeal.rev - 1


def space(record: SpaceRecord) -> Put:
    """The climate of a space."""
    weather = record.weather
    item: dict[str, Any] = {
        "rev": record.rev,
        "weather": WEATHER.dump_python(weather, mode="json", exclude_none=True),
    }
    if weather.look_at:
        name = f"{record.community}#{record.space}"
        item |= {"due_pk": keys.due_shard("climate", name), "due_at": iso(weather.look_at)}
    return keys.climate(record.community, record.space), item, record.rev - 1


def question(question: Question) -> Put:
    """A question to somebody outside the team."""
    item = QUESTION.dump_python(question, mode="json", exclude_none=True)
    if question.waits and question.state is not QuestionState.PASSED:
        item |= {"due_pk": keys.due_shard("question", question.token), "due_at": iso(question.due_at)}
    item["ttl"] = expiry(question.answer_by, QUESTIONS_KEPT)
    return keys.question(question.community, question.token), item, question.rev - 1


def left_out(object_id: str, item: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a head mostly is, the first of its thread and counted in its hour; and its actions, about it and of its verdict."""
    head = {"thread": object_id, "hour": str(item["received_at"])[:13]}
    return head, {"target": object_id, "created_at": item.get("verdict", {}).get("at")}


def call_item(call: Call, now: datetime) -> dict[str, Any]:
    """A call, whole."""
    item: dict[str, Any] = CALL.dump_python(call, mode="json", exclude_none=True, exclude={"objects"})
    item |= {f"object.{object_id}": iso(now) for object_id in call.objects}
    item |= _due_of(call)
    item["ttl"] = expiry(now, timedelta(days=30) if call.reason == "distress" else KEPT)
    return item


def _due_of(call: Call) -> dict[str, str]:
    """Where it waits for somebody; after that, where the report of a week finds it: never due before it was made."""
    waits = call.state in (CallState.READY, CallState.SENDING, CallState.SENT)
    partition = keys.due_shard("call", call.id) if waits else keys.closed_calls(call.community)
    return {"due_pk": partition, "due_at": iso(call.due_at)}


def new_call(call: Call, now: datetime) -> Update:
    """A call as it is made; made twice it is one, about more objects."""
    item = call_item(replace(call, rev=0), now)
    objects = {name: value for name, value in item.items() if name.startswith("object.")}
    del item["rev"]
    return Update(
        sets=objects, defaults={name: value for name, value in item.items() if name not in objects}, adds={"rev": 1}
    )


def thread(note: ThreadNote, now: datetime) -> Update:
    """What changes of a thread."""
    update = Update(adds={"rev": 1}, expected_rev=note.expected_rev, sets={"ttl": expiry(now, KEPT)})
    if note.human_at:
        update.sets["human_at"] = iso(note.human_at)
    if note.silent:
        update.sets["silent"] = note.silent
    if note.attacked:
        update.sets["attacked"] = True
    update.sets |= {f"auto.{action}": iso(at) for action, at in note.automatic.items()}
    update.sets |= {f"used.{variant}": iso(now) for variant in note.used}
    update.sets |= {f"open.{object_id}": iso(now) for object_id in note.opened}
    update.sets |= {f"explains.{clause}": action for clause, action in note.explaining.items()}
    update.removes = {f"open.{object_id}" for object_id in note.closed} | {
        f"auto.{action}" for action in note.forgotten
    }
    return update


def author(note: AuthorNote, now: datetime) -> Update:
    """What changes of what is known of an author."""
    update = Update(sets={"ttl": expiry(now, KEPT)}, expected_rev=note.expected_rev)
    if note.expected_rev is not None:
        update.adds["rev"] = 1
    if note.heard_at:
        update.sets["heard_at"] = iso(note.heard_at)
    update.sets |= {f"turn.{turn.object}": {"thread": turn.thread, "at": iso(turn.at)} for turn in note.turns}
    if note.first_at:
        update.defaults["first_at"] = iso(note.first_at)
    if note.human_requested_at:
        update.sets["human_at"] = iso(note.human_requested_at)
    update.sets |= {f"said.{said.object}": {"words": said.words, "at": iso(said.at)} for said in note.said}
    update.sets |= {
        f"strike.{strike.object}": {"clause": strike.clause, "at": iso(strike.at)} for strike in note.strikes
    }
    update.sets |= {f"waiting.{object_id}": iso(since) for object_id, since in note.waiting.items()}
    update.sets |= {f"auto.{action}": iso(at) for action, at in note.automatic.items()}
    update.sets |= {f"used.{variant}": iso(at) for variant, at in note.used.items()}
    update.sets |= {f"notice.{code}": {"token": token, "at": iso(at)} for code, (token, at) in note.notices.items()}
    update.removes = (
        {f"said.{object_id}" for object_id in note.unsaid}
        | {f"strike.{object_id}" for object_id in note.lifted}
        | {f"waiting.{object_id}" for object_id in note.answered}
        | {f"turn.{object_id}" for object_id in note.over}
        | {f"auto.{action}" for action in note.forgotten}
        | {f"notice.{code}" for code in note.lapsed}
    )
    return update


def budget(note: BudgetNote, now: datetime) -> Update:
    """What is taken from an hour of an account and of its posts; more than there is is a conflict."""
    update = Update(sets={"ttl": expiry(now, BUDGETS_KEPT)} | {f"told.{scope}": iso(now) for scope in note.told})
    if note.posts:
        update.adds = {"n": sum(note.posts.values())} | {f"post.{post}": n for post, n in note.posts.items()}
        update.most = {name: PER_ACCOUNT_AND_HOUR if name == "n" else PER_POST_AND_HOUR for name in update.adds}
    return update


def lately(person: Lately) -> dict[str, Any]:
    """What an author said lately, whole."""
    said = {f"said.{said.object}": {"words": said.words, "at": iso(said.at)} for said in person.said}
    first = {"first_at": iso(person.first_at), "first_object": person.first_object}
    return {**said, **first, "ttl": expiry(max((said.at for said in person.said), default=person.first_at), KEPT)}


def count(count: Count, now: datetime) -> Update:
    """What is counted live."""
    return Update(adds={f"{count.kind}.{count.level}": count.n}, sets={"ttl": expiry(now, COUNTERS_KEPT)})


def ringing(ringing: Ringing) -> Update:
    """Nothing of what is muted: that is written beside it."""
    sets: dict[str, Any] = {"rung": [[person, iso(at)] for person, at in ringing.rung], "summary": ringing.summary}
    if ringing.until:
        sets["until"] = iso(ringing.until)
    return Update(sets=sets, adds={"rev": 1}, expected_rev=ringing.rev - 1)


def pulse(pulse: Pulse, now: datetime) -> Update:
    """In the live counter, which is written anyway: it costs nothing more."""
    at, bucket = f"{QUARTER}{pulse.quarter}#", pulse.bucket
    figures = {f"{at}comments": bucket.comments, f"{at}negative": bucket.negative}
    figures |= {f"{OBSERVED}{kind}": n for kind, n in pulse.observed.items()}
    return Update(
        adds={name: n for name, n in figures.items() if n},
        gathers={
            f"{at}faces": bucket.faces,
            f"{at}alarming": bucket.alarming,
            f"{at}floods": frozenset(FLOOD.dump_json(one).decode() for one in bucket.floods),
        },
        sets={"ttl": expiry(now, COUNTERS_KEPT)},
    )


def climate(note: ClimateNote) -> Update:
    """The climate, where whoever speaks looks for it."""
    name = f"climate.{note.space}"
    return Update(removes={name}) if note.level == "green" else Update(sets={name: note.level})


def tally(tally: Tally, now: datetime) -> Update:
    """What a clause did, or that a version decided."""
    return Update(
        adds={f"{UNDER}{tally.version}#{tally.clause}#{tally.what}": tally.n}, sets={"ttl": expiry(now, COUNTERS_KEPT)}
    )


def notice(notice: Notice, now: datetime) -> Update:
    """When it took effect stays; what was decided is as it was decided last."""
    item = NOTICE.dump_python(notice, mode="json", exclude_none=True)
    ended = {name: item.pop(name) for name in ("ended_at", "reversed_at") if name in item}
    began = {"applied_at": item.pop("applied_at"), "ttl": expiry(now, KEPT)}
    return Update(sets=item, defaults=began | ended)


def notice_end(end: NoticeEnd, now: datetime) -> Update:
    """That a measure is over."""
    over = {"ended_at": iso(end.at)} | ({"reversed_at": iso(end.at)} if end.reversed else {})
    return Update(sets={"ttl": expiry(now, KEPT)}, defaults=over)


def brake(note: BrakeNote) -> Update:
    """That clauses are held back."""
    return Update(
        sets={f"held.{held.clause}": HELD.dump_python(held, mode="json") for held in note.held},
        removes={f"released.{held.clause}" for held in note.held},
        adds={"rev": 1},
        expected_rev=note.rev,
    )


def shadow(note: ShadowNote, now: datetime) -> Update:
    """What a version on trial made of an object."""
    return Update(sets={**SHADOW.dump_python(note, mode="json"), "ttl": expiry(now, SHADOWS_KEPT)})


def shadow_count(count: ShadowCount, now: datetime) -> Update:
    """How a version on trial fares."""
    return Update(adds={f"n.{count.what}": count.n}, sets={"ttl": expiry(now, SHADOWS_KEPT)})
