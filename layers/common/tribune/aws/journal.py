"""The journal in DynamoDB: heads, cases, threads, authors, calls, breakers, pauses, counters and words.

Everything is read together (one BatchGetItem), decided in memory, and written together (one
TransactWriteItems); a record that somebody changed in between makes the whole write a Conflict.
"""

import random
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tribune import clock
from tribune.aws import items, keys, ledger, sealed
from tribune.aws.keys import Key
from tribune.aws.known import Known, bucket, call_of, calls_of, family, head_of, moment, said_words, when
from tribune.climate import BUCKET, Bucket
from tribune.errors import Conflict, TribuneError, Unavailable, Unwritable
from tribune.journal import (
    Breaker,
    Call,
    CallState,
    Case,
    CaseState,
    Changes,
    Count,
    Head,
    Held,
    Lately,
    OutgoingWords,
    Outline,
    Pauses,
    Proposals,
    Pulse,
    Renewal,
    Ringing,
    SaidWords,
    ShadowNote,
    SweepRecord,
    Tally,
)
from tribune.ledger import Chain, Link, day_of, following
from tribune.notice import Appeal, AppealState, Notice
from tribune.question import LATE, Question, QuestionWords

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


MOST_IN_TRANSACTION = 100
MOST_IN_READ = 100
MOST_IN_WRITE = 25
_RETRY_CODES = {
    "TransactionConflict",
    "TransactionConflictException",  # a single write that met somebody's transaction
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}
_CHANGED_CODES = {"ConditionalCheckFailed", "ConditionalCheckFailedException"}
_INVALID_CODES = {"ValidationError", "ValidationException"}
"""Of a write: mostly that an item would be larger than 400 KB."""
_READS = {"batch_get_item", "get_item", "query", "scan"}
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal, text and counter tables. Functions that have no right to a table pass no name for it."""

    client: "DynamoDBClient"
    journal_table: str
    text_table: str = ""
    counter_table: str = ""
    environment: str = ""
    """The id of this execution environment: the only writer of its counters and of its chains."""
    _ends: dict[Chain, Link | None] = field(default_factory=dict, repr=False, compare=False)
    """How far this environment's chains came; None while nobody knows whether the last link was written."""

    # --- reading ---

    def read(self, wanted: Iterable[Key], only: Sequence[str] = ()) -> Known:
        """Read any number of items of the journal and of words, consistently; `only`: these attributes of each.

        Raises Unavailable.
        """
        unique = list({(key["pk"], key["sk"]): key for key in wanted}.values())
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        for start in range(0, len(unique), MOST_IN_READ):
            for item in self._batch_read(unique[start : start + MOST_IN_READ], only):
                found[item["pk"], item["sk"]] = item
        return Known(found)

    def _batch_read(self, wanted: Iterable[Key], only: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The items behind at most a hundred keys, consistently, whatever tables they are in."""
        pending: dict[str, Any] = {}
        request: dict[str, Any] = {"ConsistentRead": True}
        if only:
            names = {f"#{number}": name for number, name in enumerate(("pk", "sk", *only))}
            request |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        for key in wanted:
            table = self.text_table if key["sk"].startswith(keys.WORDS) else self.journal_table
            pending.setdefault(table, {"Keys": [], **request})["Keys"].append(items.key_of(key))
        for attempt in range(_ATTEMPTS):
            answer = self._call("batch_get_item", RequestItems=pending)
            yield from (items.plain(item) for found in answer["Responses"].values() for item in found)
            pending = answer.get("UnprocessedKeys", {})
            if not pending:
                return
            _pause(attempt)
        raise Unavailable("journal: reads were throttled")

    def due(self, kind: str, now: datetime, limit: int = 100) -> list[Key]:
        """The unfinished work of a kind whose time has come, at most `limit` a shard, oldest first."""
        return [key for shard in range(keys.SHARDS[kind]) for key in self._index("due", f"{kind}#{shard}", now, limit)]

    def open_cases(self, community: str) -> list[Case]:
        """The open cases of a community, the promise that runs out first on top."""
        return self._cases(self._open(community))

    def cases(self, community: str, state: CaseState) -> list[items.ObjectId]:
        """The objects of every open case, the promise that runs out first on top; of every settled one, the latest first."""
        if state is CaseState.OPEN:
            return [keys.object_of(key) for key in self._open(community)]
        return [keys.object_of(key) for key in self._index("due", keys.closed_cases(community), None, None)][::-1]

    def outlines(self, community: str) -> list[Outline]:
        """What of the open cases says in which order they are shown: two requests, and one for each hundred."""
        found = self._open(community)
        known = self.read(found, ("state", *items.OUTLINE)).items
        there = ((key, item) for key in found if (item := known.get((key["pk"], key["sk"]))))
        return [items.outline(keys.object_of(key), item) for key, item in there if item["state"] == CaseState.OPEN]

    def latest_cases(self, community: str, since: datetime, limit: int) -> list[items.ObjectId]:
        """The objects of the latest open cases and of those settled since a moment, at most `limit` of each.

        Two requests, however many cases there are.
        """
        found = self._latest(keys.open_cases(community), None, limit)
        found += self._latest(keys.closed_cases(community), since, limit)
        return [keys.object_of(key) for key in found]

    def last_said(self, community: str, author: str, limit: int) -> list[items.ObjectId]:
        """The last objects that an author said, at most `limit`, the latest first: one request."""
        found = self._latest(keys.author_index(community, author), None, limit, index="author")
        return [keys.object_of(key) for key in found]

    def _latest(self, partition: str, since: datetime | None, limit: int, *, index: str = "due") -> list[Key]:
        request: dict[str, Any] = {
            "TableName": self.journal_table,
            "IndexName": index,
            "KeyConditionExpression": f"{index}_pk = :p",
            "ExpressionAttributeValues": {":p": {"S": partition}},
            "ScanIndexForward": False,
            "Limit": limit,
        }
        if since is not None:
            request["KeyConditionExpression"] += f" AND {index}_at >= :t"
            request["ExpressionAttributeValues"][":t"] = {"S": items.iso(since)}
        return [{"pk": item["pk"]["S"], "sk": item["sk"]["S"]} for item in self._call("query", **request)["Items"]]

    def _open(self, community: str) -> list[Key]:
        promised = self._index("due", keys.promises(community), None, None)
        return promised + self._index("due", keys.open_cases(community), None, None)

    def promises_due(self, community: str, now: datetime) -> list[Case]:
        """The cases of a community in which a person promised to come back by now, oldest first."""
        return self._cases(self._index("due", keys.promises(community), now, MOST_IN_READ))

    def _cases(self, found: Sequence[Key]) -> list[Case]:
        known = self.read(found)
        return [
            items.CASE.validate_python(item)
            for key in found
            if (item := known.items.get((key["pk"], key["sk"]))) and item["state"] == CaseState.OPEN
        ]

    def _index(self, index: str, partition: str, until: datetime | None, limit: int | None) -> list[Key]:
        """The keys of a partition in order, up to a time, at most `limit` (None: all of them, page after page)."""
        request: dict[str, Any] = {
            "TableName": self.journal_table,
            "IndexName": index,
            "KeyConditionExpression": f"{index}_pk = :p",
            "ExpressionAttributeValues": {":p": {"S": partition}},
            "ProjectionExpression": "pk, sk",
        }
        if until is not None:
            request["KeyConditionExpression"] += f" AND {index}_at <= :t"
            request["ExpressionAttributeValues"][":t"] = {"S": items.iso(until)}
        if limit is not None:
            request["Limit"] = limit
        found: list[Key] = []
        while True:
            answer = self._call("query", **request)
            found += [{"pk": item["pk"]["S"], "sk": item["sk"]["S"]} for item in answer["Items"]]
            if limit is not None or "LastEvaluatedKey" not in answer:
                return found
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def reason(self, community: str, token: str) -> tuple[Notice | None, Appeal | None]:
        """What is kept of a measure, and that the member contests it. Raises Unavailable."""
        known = self.read([keys.notice(community, token), keys.appeal(community, token)])
        return known.notice(community, token), known.appeal(community, token)

    def appeals(self, community: str, *, waiting: bool) -> list[Appeal]:
        """The appeals of a community: those that wait, the first promised on top; or those reviewed, the latest first."""
        partition = (keys.open_appeals if waiting else keys.closed_appeals)(community)
        found = self._index("due", partition, None, None)
        known = self.read(found)
        appeals = (known.appeal(community, key["pk"].rpartition("#")[2]) for key in found[:: 1 if waiting else -1])
        return [appeal for appeal in appeals if appeal and (appeal.state is AppealState.OPEN) == waiting]

    def load_call(self, community: str, call_id: str) -> Call | None:
        """One incident. Raises Unreadable."""
        key = keys.call(community, call_id)
        item = self.read([key]).items.get((key["pk"], key["sk"]))
        return call_of(item) if item else None

    def open_calls(self, community: str = "") -> list[Call]:
        """The calls of a community, or of all of them, that nobody took yet, the oldest first."""
        whose = keys.call(community, "")["pk"] if community else ""
        found = [
            key
            for shard in range(keys.SHARDS["call"])
            for key in self._index("due", f"call#{shard}", None, None)
            if key["pk"].startswith(whose)
        ]
        waiting = (CallState.READY, CallState.SENDING, CallState.SENT)
        calls = (call for call in calls_of(self.read(found).items.values()) if call.state in waiting)
        return sorted(calls, key=lambda call: call.created_at)

    def latest_calls(self, community: str, since: datetime, limit: int) -> list[Call]:
        """The latest calls that were made since a moment, those that nobody took yet among them; at most `limit` of the
        others.
        """
        over = self.read(self._latest(keys.closed_calls(community), since, limit))
        closed = calls_of(over.items.values())
        waiting = (call for call in self.open_calls(community) if call.created_at >= since)
        return sorted({call.id: call for call in (*closed, *waiting)}.values(), key=lambda call: call.created_at)

    def ringing(self, community: str) -> Ringing:
        """How often people were called lately, and what is muted."""
        key = keys.ringing(community)
        item = self.read([key]).items.get((key["pk"], key["sk"])) or {}
        return Ringing(
            community=community,
            rev=int(item.get("rev", 0)),
            rung=tuple((person, when(at)) for person, at in item.get("rung", ())),
            summary=item.get("summary", ""),
            until=moment(item.get("until")),
            muted={scope: when(until) for scope, until in family(item, "muted.")},
        )

    def mute(self, community: str, scope: str, until: datetime | None) -> None:
        """Ring nobody about a call, a reason or a space until a time; None ends that."""
        name = f"muted.{scope}"
        change = items.Update(sets={name: items.iso(until)}) if until else items.Update(removes={name})
        self._write([("Update", change.request(self.journal_table, keys.ringing(community)))])

    def pauses(self, community: str) -> Pauses:
        """What a person paused in a community."""
        return self.read([keys.pauses(community)]).pauses(community)

    # --- the brake ---

    def tallies(self, community: str, spaces: Iterable[str], since: datetime) -> Iterator[Tally]:
        """What was decided under each version of the charter, and what its clauses did, in comments received since an hour."""
        for space in spaces:
            for item in self._counters(keys.live_counter(community, space, "", "")["pk"], _hour(since)):
                for name, n in family(item, items.UNDER):
                    version, clause, what = name.split("#")
                    yield Tally(community, space, _hour_of(item), int(version), clause, what, int(n))

    # --- the climate ---

    def buckets(self, community: str, space: str, since: datetime) -> dict[datetime, Bucket]:
        """What was said in a space, by quarters of an hour, from the hour of a moment on."""
        found: dict[datetime, Bucket] = {}
        for item in self._counters(keys.live_counter(community, space, "", "")["pk"], _hour(since)):
            hour = datetime.strptime(_hour_of(item), "%Y-%m-%dT%H").replace(tzinfo=UTC)
            for quarter in range(4):
                if counted := dict(family(item, f"{items.QUARTER}{quarter}#")):
                    at = hour + quarter * BUCKET
                    found[at] = found.get(at, Bucket()) + bucket(counted)
        return found

    def observed(self, community: str, spaces: Iterable[str], since: datetime) -> dict[str, int]:
        """Kind of act -> how many would have left in another mode than observe, from the hour of a moment on."""
        total: dict[str, int] = {}
        for space in spaces:
            for item in self._counters(keys.live_counter(community, space, "", "")["pk"], _hour(since)):
                for kind, n in family(item, items.OBSERVED):
                    total[kind] = total.get(kind, 0) + int(n)
        return total

    def _counters(self, partition: str, hour: str) -> Iterator[Mapping[str, Any]]:
        return self._partition(self.counter_table, partition, f"hour#{hour}", "hour#~")

    def _partition(self, table: str, partition: str, first: str, last: str) -> Iterator[Mapping[str, Any]]:
        """The items of a partition between two sort keys, page after page."""
        request: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": "pk = :p AND sk BETWEEN :from AND :to",
            "ExpressionAttributeValues": {":p": {"S": partition}, ":from": {"S": first}, ":to": {"S": last}},
        }
        while True:
            answer = self._call("query", **request)
            yield from (items.plain(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def release_brake(self, held: Held, community: str, by: str, now: datetime) -> None:
        """A person lets a clause act again: the brake leaves it alone until it changes."""
        change = items.Update(
            sets={
                f"released.{held.clause}": held.since,
                f"released_by.{held.clause}": {"by": by, "at": items.iso(now)},
            },
            removes={f"held.{held.clause}"},
            adds={"rev": 1},
        )
        self._write([("Update", change.request(self.journal_table, keys.brakes(community)))])

    # --- the people of the house ---

    def acknowledge(self, community: str, who: str, version: int, now: datetime) -> None:
        """Somebody read a version of the internal charter; confirming again changes nothing. Raises Unavailable."""
        change = items.Update(defaults={f"read.{version}": items.iso(now)})
        self._write([("Update", change.request(self.journal_table, keys.ambassador(community, who)))])

    def forget_ambassador(self, community: str, who: str) -> None:
        """Nothing is kept of what somebody of the house confirmed. Raises Unavailable."""
        self._call("delete_item", TableName=self.journal_table, Key=items.key_of(keys.ambassador(community, who)))

    def acknowledged(self, community: str) -> dict[str, dict[int, datetime]]:
        """Who read which versions of the internal charter, and when. Raises Unavailable."""
        first = keys.ambassador(community, "")
        found = self._partition(self.journal_table, first["pk"], first["sk"], f"{first['sk']}~")
        return {
            item["sk"].removeprefix(first["sk"]): {int(version): when(at) for version, at in family(item, "read.")}
            for item in found
        }

    # --- a version on trial ---

    def shadow_notes(self, community: str, shadow: str) -> list[ShadowNote]:
        """Where a version on trial differs from the one in force, in the order of decision."""
        partition = keys.shadow_note(community, shadow, "", "", "")["pk"]
        notes = [
            items.SHADOW.validate_python(item)
            for item in self._partition(self.journal_table, partition, "object#", "object$")
        ]
        return sorted((note for note in notes if note.was != note.would), key=lambda note: (note.at, note.object))

    def shadow_counts(self, community: str, shadow: str) -> dict[str, int]:
        """What was counted of a version on trial: see ShadowCount."""
        total: dict[str, int] = {}
        partition = keys.shadow_counter(community, shadow, "")["pk"]
        for item in self._partition(self.counter_table, partition, "env#", "env$"):
            for what, n in family(item, "n."):
                total[what] = total.get(what, 0) + int(n)
        return total

    # --- writing ---

    def commit(self, changes: Changes, now: datetime) -> None:
        """Write everything or nothing. Raises Conflict when a record was changed meanwhile, Unavailable, Unwritable.

        At most 100 items in one go: the caller cuts larger work (`cost`).
        """
        links = [self._next_link(chain, leaves, now) for chain, leaves in self._sealed(changes, now).items()]
        put = [("Put", ledger.put(self.journal_table, link)) for link in links]
        self._write(self._requests(changes, now) + put)
        self._ends.update({link.chain: link for link in links})

    def _sealed(self, changes: Changes, now: datetime) -> dict[Chain, list[bytes]]:
        chains: dict[Chain, list[bytes]] = {}
        for seal in changes.seals:
            chains.setdefault(Chain(seal.community, day_of(now), self.environment), []).append(seal.digest)
        return chains

    def _next_link(self, chain: Chain, leaves: Sequence[bytes], now: datetime) -> Link:
        """The next link of a chain. What comes of it is not known before the write is answered: then it is looked up."""
        end = self._ends.get(chain)
        if end is None and chain in self._ends:
            end = ledger.last(self.client, self.journal_table, chain)
        self._ends[chain] = None
        return following(end, chain, leaves, now)

    @staticmethod
    def cost(changes: Changes) -> int:
        """An upper bound of the items that `changes` touches."""
        return (
            len(changes.heads)
            + len(changes.cases)
            + len(changes.threads)
            + len(changes.authors)
            + len(changes.calls)
            + len(_hours_of((*changes.counts, *changes.pulses, *changes.tallies)))
            + len(changes.spaces)
            + len(changes.climates)
            + len(changes.resumed)
            + len(changes.ringings)
            + len(changes.brakes)
            + len(changes.budgets)
            + len(changes.shadows)
            + len({(count.community, count.shadow) for count in changes.shadow_counts})
            + len(changes.notices)
            + len(changes.notice_ends)
            + len(changes.appeals)
            + len(changes.questions)
            + len({seal.community for seal in changes.seals})
        )

    def save_call(self, call: Call, now: datetime) -> Call:
        """Replace a call that was read at `call.rev`; answers it with its new rev. Raises Conflict."""
        saved = replace(call, rev=call.rev + 1)
        item = items.call_item(saved, now)
        self._write([("Put", self._put(keys.call(call.community, call.id), item, call.rev))])
        return saved

    def put_off(self, community: str, call_id: str, until: datetime) -> None:
        """Wake nobody for a call until a time, whatever else stands in it."""
        change = items.Update(sets={"due_at": items.iso(until)})
        self._write([("Update", change.request(self.journal_table, keys.call(community, call_id)))])

    def pause(self, community: str, scope: str, until: datetime | None) -> None:
        """Pause a scope until a time; None lifts the pause."""
        name = f"until.{scope}"
        change = items.Update(sets={name: items.iso(until)}) if until else items.Update(removes={name})
        self._write([("Update", change.request(self.journal_table, keys.pauses(community)))])

    def pause_once(self, community: str, scope: str, until: datetime, pressed_at: datetime) -> bool:
        """Pause a scope for a button that was pressed; False when a press as new as this one did, or it lasts longer."""
        request = {
            "TableName": self.journal_table,
            "Key": items.key_of(keys.pauses(community)),
            "UpdateExpression": "SET #until = :until, #pressed = :pressed",
            "ConditionExpression": "(attribute_not_exists(#pressed) OR #pressed < :pressed)"
            " AND (attribute_not_exists(#until) OR #until < :until)",
            "ExpressionAttributeNames": {"#until": f"until.{scope}", "#pressed": f"pressed.{scope}"},
            "ExpressionAttributeValues": {
                ":until": items.to_attribute(items.iso(until)),
                ":pressed": items.to_attribute(items.iso(pressed_at)),
            },
        }
        try:
            self._write([("Update", request)])
        except Conflict:
            return False
        return True

    def keep_breaker(self, breaker: Breaker) -> None:
        """Replace a breaker that was read one `rev` before. Raises Conflict when somebody was faster."""
        item = items.BREAKER.dump_python(breaker, mode="json", exclude_none=True)
        open_until = max((until for until in (breaker.open_until, breaker.replies_until) if until), default=None)
        if open_until:
            item |= {"due_pk": keys.due_shard("breaker", breaker.account), "due_at": items.iso(open_until)}
        key = keys.breaker(breaker.community, breaker.platform, breaker.account)
        self._write([("Put", self._put(key, item, breaker.rev - 1))])

    def keep_proposals(self, proposals: Proposals) -> None:
        """Replace a day's proposals that were read one `rev` before. Raises Conflict when somebody was faster."""
        item = items.PROPOSALS.dump_python(proposals, mode="json", exclude_none=True)
        item["ttl"] = items.expiry(proposals.made_at, items.PROPOSALS_KEPT)
        key = keys.proposals(proposals.community, proposals.day)
        self._write([("Put", self._put(key, item, proposals.rev - 1))])

    def keep_renewal(self, renewal: Renewal) -> None:
        """Replace a renewal that was read one `rev` before. Raises Conflict when somebody was faster."""
        key = keys.renewal(renewal.community, renewal.platform, renewal.channel)
        item = items.RENEWAL.dump_python(renewal, mode="json", exclude_none=True)
        self._write([("Put", self._put(key, item, renewal.rev - 1))])

    def said_by(self, community: str, author: str) -> list[items.ObjectId]:
        """Every object that an author said, oldest first."""
        return [keys.object_of(key) for key in self._index("author", keys.author_index(community, author), None, None)]

    def forget_author(self, community: str, author: str, now: datetime) -> None:
        """Nothing is held for or against an author any more; only that they asked, and when, for as long as a late
        delivery could bring their words back.
        """
        mark: dict[str, Any] = {"ttl": items.expiry(now, items.FORGOTTEN_KEPT)}
        marks = (
            items.stored(keys.author(community, author), {**mark, "forgotten_at": items.iso(now)}),
            items.stored(keys.lately(community, author), mark),
        )
        self._write([("Put", {"TableName": self.journal_table, "Item": item}) for item in marks])

    def keep_sweep(self, sweep: SweepRecord) -> None:
        """Replace a sweep that was read one `rev` before. Raises Conflict when somebody was faster."""
        key = keys.sweep(sweep.community, sweep.platform, sweep.account)
        item = items.SWEEP.dump_python(sweep, mode="json", exclude_none=True)
        self._write([("Put", self._put(key, item, sweep.rev - 1))])

    def end_pause(self, key: Key) -> None:
        """The pause of an account is over: its breaker no longer stands in the index."""
        self._write([("Update", items.Update(removes={"due_pk", "due_at"}).request(self.journal_table, key))])

    def keep_words(
        self,
        said: Sequence[SaidWords],
        outgoing: Sequence[OutgoingWords],
        lately: Sequence[Lately] = (),
        touched: Sequence[Head] = (),
    ) -> None:
        """Write words and what authors said lately, before the decision that refers to them, in one request for 25.

        `touched`: what the decision will change, noted for whoever counts the hours again. Writing them again is
        harmless. Raises Unavailable.
        """
        written: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
        for words in said:
            key = keys.words(words.community, words.platform, words.account, words.object, words.v)
            content = {
                "text": words.text,
                "author_id": words.author_id,
                "author_name": words.author_name,
                "conversation": words.conversation,
                "url": words.url,
                "ttl": int(words.expires.timestamp()),
            }
            written[key["pk"], key["sk"]] = (self.text_table, items.stored(key, content))
        for out in outgoing:
            key = keys.outgoing(out.community, out.platform, out.account, out.object, out.action_id)
            content = {"text": out.text, "recipient": out.recipient, "ttl": int(out.expires.timestamp())}
            written[key["pk"], key["sk"]] = (self.text_table, items.stored(key, content))
        for person in lately:
            key = keys.lately(person.community, person.author)
            written[key["pk"], key["sk"]] = (self.journal_table, items.stored(key, items.lately(person)))
        noted = sealed.notes(touched, items.iso(clock.now()), uuid.uuid4().hex[:12])
        requests = [*written.values(), *((self.counter_table, item) for item in noted)]
        self._batch_write([(table, {"PutRequest": {"Item": item}}) for table, item in requests])

    def erase_words(self, community: str, platform: str, account: str, object_id: str) -> None:
        """Erase everything that was said under an object, and what we were about to say there."""
        request: dict[str, Any] = {
            "TableName": self.text_table,
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": keys.object_pk(community, platform, account, object_id)}},
            "ProjectionExpression": "pk, sk",
            "ConsistentRead": True,
        }
        while True:
            answer = self._call("query", **request)
            self._batch_write([(self.text_table, {"DeleteRequest": {"Key": item}}) for item in answer["Items"]])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def keep_appeal_words(self, at: items.ObjectId, words: str, text: str, expires: datetime) -> None:
        """Keep why a member contests a measure, under the hash of what they wrote. Raises Unavailable."""
        item = items.stored(keys.appeal_words(*at, words), {"text": text, "ttl": int(expires.timestamp())})
        self._batch_write([(self.text_table, {"PutRequest": {"Item": item}})])

    def keep_question_words(self, question: Question, words: QuestionWords) -> None:
        """Keep what is asked of whom, beside the comment's own words. Raises Unavailable."""
        said = {"text": words.text, "name": words.name, "address": words.address, "proof": words.proof}
        ttl = items.expiry(question.answer_by, LATE)
        item = items.stored(keys.question_words(*question.at, question.token), {**said, "ttl": ttl})
        self._batch_write([(self.text_table, {"PutRequest": {"Item": item}})])

    def appeal_words(self, at: items.ObjectId, words: str) -> str | None:
        """Why a member contests a measure, None when it is gone. Raises Unavailable."""
        item = self._text(keys.appeal_words(*at, words))
        return str(item["text"]) if item else None

    def outgoing_words(
        self, community: str, platform: str, account: str, object_id: str, action_id: str
    ) -> tuple[str, str | None] | None:
        """(text, recipient) of an action, None when they are gone."""
        item = self._text(keys.outgoing(community, platform, account, object_id, action_id))
        return (item["text"], item.get("recipient")) if item else None

    def said_words(self, community: str, platform: str, account: str, object_id: str, v: str) -> SaidWords | None:
        """The words of one version of an object, None when they were erased."""
        item = self._text(keys.words(community, platform, account, object_id, v))
        return said_words((community, platform, account, object_id), v, item) if item else None

    def said_of(self, heads: Iterable[Head]) -> dict[items.ObjectId, SaidWords]:
        """The words of many objects as they stand, those that were erased left out: one request for a hundred."""
        wanted = [(head.at, head.v, keys.words(*head.at, head.v)) for head in heads]
        known = self.read(key for _, _, key in wanted)
        return {at: said_words(at, v, item) for at, v, key in wanted if (item := known.alive(key))}

    def current_words(self, heads: Iterable[Head]) -> dict[items.ObjectId, str]:
        """The same, the texts alone."""
        return {at: said.text for at, said in self.said_of(heads).items()}

    def head_of(self, community: str, platform: str, account: str, object_id: str) -> Head | None:
        """The head of one object, None when there is none."""
        known = self.read([keys.head(community, platform, account, object_id)])
        return known.head(community, platform, account, object_id)

    def case_of(self, community: str, platform: str, account: str, object_id: str) -> Case | None:
        """The case about one object, None when there is none."""
        return self.read([keys.case(community, platform, account, object_id)]).case(
            community, platform, account, object_id
        )

    def heads(self, community: str, since: datetime) -> Iterator[Head]:
        """Every object of a community posted since a moment, in no order: reads the whole table, for a person who asks.

        Raises Unavailable.
        """
        start: dict[str, Any] = {}
        while True:
            page = self._call(
                "scan",
                TableName=self.journal_table,
                FilterExpression="begins_with(pk, :objects) AND sk = :head",
                ExpressionAttributeValues={
                    ":objects": {"S": f"{community}#object#"},
                    ":head": {"S": "head"},
                },
                **start,
            )
            heads = (head_of(items.plain(raw)) for raw in page["Items"])
            yield from (head for head in heads if head.posted_at >= since)
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def words_of(self, community: str, platform: str, account: str, object_id: str) -> str | None:
        """The current words of an object, None when they were erased."""
        head = self.head_of(community, platform, account, object_id)
        words = self.said_words(community, platform, account, object_id, head.v) if head else None
        return words.text if words else None

    def _text(self, key: Key) -> Mapping[str, Any] | None:
        answer = self._call("get_item", TableName=self.text_table, Key=items.key_of(key), ConsistentRead=True)
        item = items.plain(answer["Item"]) if "Item" in answer else None
        # DynamoDB takes days to take away what has expired; nobody reads it any more.
        return item if item and int(item["ttl"]) > clock.now().timestamp() else None

    # --- requests ---

    def _requests(self, changes: Changes, now: datetime) -> list[tuple[str, dict[str, Any]]]:
        requests = [("Put", self._put(*items.head(head, now))) for head in changes.heads]
        requests += [("Put", self._put(*items.case(case, now))) for case in changes.cases]
        requests += [("Put", self._put(*items.appeal(appeal, now))) for appeal in changes.appeals]
        requests += [("Put", self._put(*items.question(question))) for question in changes.questions]
        requests += [("Put", self._put(*items.space(space))) for space in changes.spaces]
        requests += [
            ("Put", self._put(keys.call(call.community, call.id), items.call_item(call, now), call.rev - 1))
            for call in changes.resumed
        ]
        updates: dict[tuple[str, str, str], items.Update] = {}
        for table, key, update in self._updates(changes, now):
            slot = (table, key["pk"], key["sk"])
            if slot in updates:
                updates[slot].merge(update)
            else:
                updates[slot] = update
        requests += [
            ("Update", update.request(table, {"pk": pk, "sk": sk})) for (table, pk, sk), update in updates.items()
        ]
        return requests

    def _updates(self, changes: Changes, now: datetime) -> Iterator[tuple[str, Key, items.Update]]:
        for note in changes.threads:
            yield (
                self.journal_table,
                keys.thread(note.community, note.platform, note.account, note.id),
                items.thread(note, now),
            )
        for person in changes.authors:
            yield self.journal_table, keys.author(person.community, person.author), items.author(person, now)
        for call in changes.calls:
            yield self.journal_table, keys.call(call.community, call.id), items.new_call(call, now)
        for count in changes.counts:
            yield (
                self.counter_table,
                keys.live_counter(count.community, count.space, count.hour, self.environment),
                items.count(count, now),
            )
        for tally in changes.tallies:
            key = keys.live_counter(tally.community, tally.space, tally.hour, self.environment)
            yield self.counter_table, key, items.tally(tally, now)
        yield from self._climate(changes, now)
        yield from self._notices(changes, now)
        for brake in changes.brakes:
            yield self.journal_table, keys.brakes(brake.community), items.brake(brake)
        for shadow in changes.shadows:
            at = (shadow.community, shadow.shadow, shadow.platform, shadow.account, shadow.object)
            yield self.journal_table, keys.shadow_note(*at), items.shadow(shadow, now)
        for counted in changes.shadow_counts:
            key = keys.shadow_counter(counted.community, counted.shadow, self.environment)
            yield self.counter_table, key, items.shadow_count(counted, now)
        for budget in changes.budgets:
            key = keys.budget(budget.community, budget.platform, budget.account, budget.hour)
            yield self.journal_table, key, items.budget(budget, now)

    def _climate(self, changes: Changes, now: datetime) -> Iterator[tuple[str, Key, items.Update]]:
        for pulse in changes.pulses:
            key = keys.live_counter(pulse.community, pulse.space, pulse.hour, self.environment)
            yield self.counter_table, key, items.pulse(pulse, now)
        for ringing in changes.ringings:
            yield self.journal_table, keys.ringing(ringing.community), items.ringing(ringing)
        for climate in changes.climates:
            yield self.journal_table, keys.brakes(climate.community), items.climate(climate)

    def _notices(self, changes: Changes, now: datetime) -> Iterator[tuple[str, Key, items.Update]]:
        for notice in changes.notices:
            yield self.journal_table, keys.notice(notice.community, notice.token), items.notice(notice, now)
        for end in changes.notice_ends:
            yield self.journal_table, keys.notice(end.community, end.token), items.notice_end(end, now)

    def _put(self, key: Key, item: Mapping[str, Any], previous_rev: int) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self.journal_table, "Item": items.stored(key, item)}
        if previous_rev == 0:
            request["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            request["ConditionExpression"] = "rev = :rev"
            request["ExpressionAttributeValues"] = {":rev": {"N": str(previous_rev)}}
        return request

    def _write(self, requests: list[tuple[str, dict[str, Any]]]) -> None:
        if not requests:
            return
        if len(requests) == 1:
            kind, request = requests[0]
            self._call("put_item" if kind == "Put" else "update_item", **request)
            return
        self._call("transact_write_items", TransactItems=[{kind: request} for kind, request in requests])

    def _batch_write(self, requests: list[tuple[str, dict[str, Any]]]) -> None:
        for start in range(0, len(requests), MOST_IN_WRITE):
            pending: dict[str, Any] = {}
            for table, request in requests[start : start + MOST_IN_WRITE]:
                pending.setdefault(table, []).append(request)
            for attempt in range(_ATTEMPTS):
                pending = self._call("batch_write_item", RequestItems=pending).get("UnprocessedItems", {})
                if not pending:
                    break
                _pause(attempt)
            else:
                raise Unavailable("words: writes were throttled")

    def _call(self, operation: str, **request: Any) -> Any:
        """One DynamoDB request; botocore retries neither a cancelled transaction nor a write that meets one, so this does."""
        for attempt in range(_ATTEMPTS):
            try:
                return getattr(self.client, operation)(**request)
            except ClientError as error:
                refusal = _refusal(operation, error.response)
                if refusal is not None:
                    raise refusal from error
                _pause(attempt)
            except BotoCoreError as error:
                raise Unavailable(f"journal: {type(error).__name__}") from error
        raise Unavailable("journal: transactions keep colliding")


def _refusal(operation: str, answer: Mapping[str, Any]) -> TribuneError | None:
    """What DynamoDB's refusal means; None where the same request may be made again at once."""
    code = answer["Error"]["Code"]
    codes = {code}
    if code == "TransactionCanceledException":
        codes = {str(reason.get("Code")) for reason in answer.get("CancellationReasons", ())}
    if codes & _CHANGED_CODES:
        return Conflict(operation)
    if codes & _INVALID_CODES and operation not in _READS:
        return Unwritable(operation)
    return None if codes & _RETRY_CODES else Unavailable(f"journal: {sorted(codes)}")


def _pause(attempt: int) -> None:
    """Full jitter, at most 50, 100, 200… ms."""
    time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311  spreading load, not secrecy


def _hours_of(figures: Iterable[Pulse | Count | Tally]) -> set[tuple[str, str, str]]:
    """The live counters that these figures stand in."""
    return {(one.community, one.space, one.hour) for one in figures}


def _hour(moment: datetime) -> str:
    return items.iso(moment)[:13]


def _hour_of(item: Mapping[str, Any]) -> str:
    return str(item["sk"]).split("#")[1]
