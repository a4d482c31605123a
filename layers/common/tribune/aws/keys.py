"""Every item we keep: its type, its key, what it holds, how long, who writes it, who reads it.

Keys on retained tables cannot be changed later, so this table is the design: the README prints it, and a
test replays every request of the suite against it. Every pk begins with the community; what belongs to the
stack itself belongs to the community `_`, which no brand can be called.
"""

import re
from dataclasses import dataclass
from datetime import date

STACK = "_"
SHARDS = {"action": 4, "call": 1, "breaker": 1, "provisional": 1, "question": 1, "climate": 1}
"""Partitions of each kind of due work: only actions come in thousands."""
CLOSED = "closed"
"""The one kind in the index `due` that waits for nobody: cases that were settled."""


@dataclass(frozen=True, slots=True)
class ItemType:
    """One row of the table of item types."""

    name: str
    table: str
    pk: str
    sk: str
    attributes: str
    ttl: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]

    def matches(self, pk: str, sk: str | None) -> bool:
        """Is this key one of this type?"""
        return bool(_pattern(self.pk).fullmatch(pk)) and (sk is None or bool(_pattern(self.sk).fullmatch(sk)))


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[a-z_]+\}", template)
    return re.compile("(.+)".join(re.escape(part) for part in parts), re.DOTALL)


ITEMS = (
    ItemType(
        "head",
        "journal",
        "{community}#object#{platform}#{account}#{object}",
        "head",
        "rev, v, kind, thread, post, author, verdict with its salt, sealed, actions, counted, hour; due_pk and due_at while an action is unfinished or a provisional hide unconfirmed; author_pk and author_at",
        "13 months after the last change (distress: 30 days; what was done about words that never came: 7 days)",
        ("ModerateComments", "PerformAction", "ErasePerson", "KeepWatch", "Desk", "tribune case", "tribune appeal"),
        (
            "ModerateComments",
            "PerformAction",
            "PollPlatforms",
            "ErasePerson",
            "KeepWatch",
            "Desk",
            "tribune case",
            "tribune charter diff",
            "SealHours",
            "ReceiveAppeal",
            "tribune appeal",
            "AskColleague",
            "SendReport",
            "tribune report",
        ),
    ),
    ItemType(
        "thread",
        "journal",
        "{community}#thread#{platform}#{account}#{thread}",
        "thread",
        "rev, human_at, silent, attacked, auto.{action}: when, used.{variant}, explains.{clause}: action, open.{object}: case or action to settle",
        "13 months",
        ("ModerateComments", "PerformAction", "Desk", "tribune case", "ReceiveAppeal", "tribune appeal"),
        ("ModerateComments", "PerformAction"),
    ),
    ItemType(
        "author",
        "journal",
        "{community}#author#{author}",
        "standing",
        "first_at, said.{object}: words and time, strike.{object}: clause and time, auto.{action}, used.{variant}, turn.{object}: thread and time, rev, heard_at, waiting.{object}, notice.{code}: token and time, human_at; or forgotten_at alone",
        "13 months after the last word; 60 days once forgotten",
        ("ModerateComments", "PerformAction", "ErasePerson", "Desk", "tribune case", "tribune appeal"),
        ("ModerateComments", "PerformAction", "SendReport", "Desk", "tribune report"),
    ),
    ItemType(
        "lately",
        "journal",
        "{community}#author#{author}",
        "lately",
        "first_at, first_object, said.{object}: words and time: of an author about whom nothing else is known",
        "13 months after the last word; 60 days once forgotten",
        ("ModerateComments", "ErasePerson"),
        ("ModerateComments",),
    ),
    ItemType(
        "case",
        "journal",
        "{community}#object#{platform}#{account}#{object}",
        "case",
        "rev, state, reason, drafts, promise_at; due_pk case#{community} and due_at while open, closed#{community} and when after that",
        "13 months after it closed",
        (
            "ModerateComments",
            "PerformAction",
            "Desk",
            "tribune case",
            "ReceiveAppeal",
            "tribune appeal",
            "AskColleague",
        ),
        (
            "ModerateComments",
            "CallManager",
            "KeepWatch",
            "Desk",
            "tribune case",
            "ReceiveAppeal",
            "tribune appeal",
            "AskColleague",
            "SendReport",
            "tribune report",
        ),
    ),
    ItemType(
        "call",
        "journal",
        "{community}#call#{call}",
        "call",
        "state, reason, urgency, object.{object}, tried, lease_until, figures; due_pk and due_at until somebody took it, closed#{community}#calls after that",
        "13 months (distress: 30 days)",
        (
            "ModerateComments",
            "PerformAction",
            "RelayAlarm",
            "KeepWatch",
            "CallManager",
            "Desk",
            "tribune call",
            "ReceiveAppeal",
            "ReceivePress",
            "AskColleague",
            "SendReport",
            "PollPlatforms",
            "RefreshTokens",
            "ErasePerson",
        ),
        (
            "CallManager",
            "KeepWatch",
            "RelayAlarm",
            "Desk",
            "tribune call",
            "ReceivePress",
            "PerformAction",
            "PollPlatforms",
            "RefreshTokens",
            "ErasePerson",
            "SendReport",
            "tribune report",
        ),
    ),
    ItemType(
        "breaker",
        "journal",
        "{community}#breaker#{platform}#{account}",
        "breaker",
        "rev, open_until, reason, since, replies_until, blocked_at, level, unable: kind and until; due_pk and due_at while open",
        "none",
        ("PerformAction", "PollPlatforms", "RefreshTokens", "ErasePerson"),
        (
            "ModerateComments",
            "PerformAction",
            "PollPlatforms",
            "RefreshTokens",
            "ErasePerson",
            "KeepWatch",
            "Desk",
            "tribune case",
        ),
    ),
    ItemType(
        "sweep",
        "journal",
        "{community}#sweep#{platform}#{account}",
        "sweep",
        "rev, cursor, swept_to, lease_until; begun_at, since, page, missed while a sweep is under way; deaf_since, wanted_since",
        "none",
        ("PollPlatforms", "tribune backfill"),
        ("PollPlatforms", "tribune backfill"),
    ),
    ItemType(
        "quota",
        "journal",
        "{community}#quota#{platform}#{channel}",
        "day#{day}",
        "units spent of the platform's daily quota",
        "3 days",
        ("PollPlatforms", "PerformAction"),
        (),
    ),
    ItemType(
        "renewal",
        "journal",
        "{community}#renewal#{platform}#{channel}",
        "renewal",
        "rev, not_before, failed_since",
        "none",
        ("RefreshTokens",),
        ("RefreshTokens",),
    ),
    ItemType(
        "pauses",
        "journal",
        "{community}#pauses",
        "pauses",
        "until.{scope}: a thread, a post, a space or everything; pressed.{scope}: when a button last did it",
        "none",
        ("Desk", "tribune pause", "ReceivePress"),
        ("ModerateComments", "PerformAction", "Desk", "tribune pause", "tribune case"),
    ),
    ItemType(
        "brakes",
        "journal",
        "{community}#brakes",
        "brakes",
        "rev, held.{clause}: since, until, at, why; released.{clause}: the version in which it changed; released_by.{clause}: by, at; climate.{space}: yellow, orange or red",
        "none",
        ("KeepWatch", "Desk", "tribune charter release"),
        ("ModerateComments", "PerformAction", "KeepWatch", "Desk", "tribune charter release"),
    ),
    ItemType(
        "climate",
        "journal",
        "{community}#climate#{space}",
        "climate",
        "rev, weather: level, since, highest, changed_at, look_at, told: what somebody heard of, comments of each hour of four weeks; due_pk and due_at until it is green again",
        "none",
        ("KeepWatch",),
        ("KeepWatch", "Desk"),
    ),
    ItemType(
        "ringing",
        "journal",
        "{community}#ringing",
        "ringing",
        "rev, rung: who was called when, of the last hour; summary and until: where what is too much is told; muted.{scope}: until when",
        "none",
        ("CallManager", "Desk", "tribune call"),
        ("CallManager", "Desk", "tribune call"),
    ),
    ItemType(
        "notice",
        "journal",
        "{community}#notice#{token}",
        "notice",
        "what a measure was, since when, under which clause, hash and version, who decided; ended_at, reversed_at",
        "13 months",
        ("PerformAction", "ModerateComments", "Desk", "tribune case", "tribune appeal"),
        ("ShowCharter", "ReceiveAppeal", "ModerateComments", "Desk", "tribune case", "tribune appeal"),
    ),
    ItemType(
        "appeal",
        "journal",
        "{community}#notice#{token}",
        "appeal",
        "rev, state, at, due_at, words: a hash, decided_by, decided_at, because; due_pk appeal#{community} while open, closed#{community}#appeals after that",
        "13 months",
        ("ReceiveAppeal", "ModerateComments", "Desk", "tribune case", "tribune appeal"),
        (
            "ShowCharter",
            "ReceiveAppeal",
            "ModerateComments",
            "Desk",
            "tribune case",
            "tribune appeal",
            "SendReport",
            "tribune report",
        ),
    ),
    ItemType(
        "question",
        "journal",
        "{community}#question#{token}",
        "question",
        "rev, state, which comment and version, asked_by, asked_at, answer_by; due_pk and due_at until it is answered or over",
        "30 days after its deadline",
        ("Desk", "AskColleague", "KeepWatch"),
        ("Desk", "AskColleague", "KeepWatch"),
    ),
    ItemType(
        "budget",
        "journal",
        "{community}#budget#{platform}#{account}",
        "hour#{hour}",
        "n: public messages that the machine planned, post.{post}: those under it, told.{post, or * for all}: when a person was told that it says no more",
        "2 days",
        ("ModerateComments", "PerformAction"),
        ("ModerateComments", "PerformAction"),
    ),
    ItemType(
        "shadow note",
        "journal",
        "{community}#shadow#{shadow}",
        "object#{platform}#{account}#{object}",
        "at, was and would: measure, reason, clause, alone",
        "30 days",
        ("ModerateComments",),
        ("tribune charter shadow",),
    ),
    ItemType(
        "ambassador",
        "journal",
        "{community}#ambassadors",
        "ambassador#{who}",
        "read.{version}: when they confirmed having read that version of the internal charter",
        "none: until they leave",
        ("tribune ambassador",),
        ("tribune ambassador",),
    ),
    ItemType(
        "proposals",
        "journal",
        "{community}#proposals",
        "day#{day}",
        "rev, made_at, proposals: kind, sources, drafts, people, state, by whom",
        "90 days",
        ("KeepWatch", "tribune say"),
        ("KeepWatch", "tribune say"),
    ),
    ItemType(
        "operation",
        "journal",
        "{community}#operation#{operation}",
        "entered",
        "rev, entered: articles and outcomes that people entered of it, by whom, when, from where",
        "13 months after the last change",
        ("Desk", "tribune operation"),
        ("Desk", "tribune operation"),
    ),
    ItemType(
        "ledger link",
        "journal",
        "{community}#ledger#{day}",
        "{writer}#{seq}",
        "prev, root, leaves: the salted digests of the decisions of one transaction, at, hash",
        "none: digests, which say nothing once a salt is gone",
        ("ModerateComments", "KeepWatch", "Desk", "tribune case", "tribune appeal"),
        ("ModerateComments", "KeepWatch", "Desk", "AnchorLedger", "tribune case", "tribune appeal", "tribune audit"),
    ),
    ItemType(
        "words",
        "text",
        "{community}#object#{platform}#{account}#{object}",
        "said#{v}",
        "text, author's name and platform id, url",
        "30 days (no decision), 13 months as evidence of a measure; at once when the author deletes",
        ("ModerateComments", "ErasePerson"),
        (
            "ModerateComments",
            "ErasePerson",
            "CallManager",
            "KeepWatch",
            "Desk",
            "tribune case",
            "tribune say",
            "tribune charter diff",
            "tribune appeal",
            "AskColleague",
            "SendReport",
            "tribune report",
        ),
    ),
    ItemType(
        "outgoing words",
        "text",
        "{community}#object#{platform}#{account}#{object}",
        "out#{action}",
        "text of a reply, recipient's platform id where the act needs one",
        "30 days",
        ("ModerateComments", "PerformAction", "Desk", "tribune case"),
        ("PerformAction",),
    ),
    ItemType(
        "appeal words",
        "text",
        "{community}#object#{platform}#{account}#{object}",
        "appeal#{words}",
        "why the member contests a measure, as they wrote it; named after its hash",
        "13 months; at once when the author deletes the comment or asks to be forgotten",
        ("ReceiveAppeal", "ModerateComments"),
        ("tribune appeal",),
    ),
    ItemType(
        "question words",
        "text",
        "{community}#object#{platform}#{account}#{object}",
        "ask#{token}",
        "what a CM asks somebody outside the team about the comment, their name and e-mail address, the proof of its form",
        "3 days after its deadline; at once when the author deletes the comment or asks to be forgotten",
        ("Desk", "ModerateComments"),
        ("Desk", "AskColleague", "KeepWatch"),
    ),
    ItemType(
        "live counter",
        "counter",
        "{community}#space#{space}",
        "hour#{hour}#env#{environment}",
        "{kind}.{level}: how many; under#{version}#{clause}#{seen, cited, alone or reversed}: decisions under a version of the charter and of its clauses; quarter#{quarter}#comments, negative, faces, alarming, floods: the climate's; observed#{kind}: what mode observe kept back",
        "8 days (until the hour is sealed)",
        ("ModerateComments", "Desk", "tribune case", "tribune appeal"),
        ("PollPlatforms", "KeepWatch", "tribune report"),
    ),
    ItemType(
        "shadow counter",
        "counter",
        "{community}#shadow#{shadow}",
        "env#{environment}",
        "judged, failed, was#{clause}, would#{clause}: how many decisions",
        "30 days",
        ("ModerateComments",),
        ("tribune charter shadow",),
    ),
    ItemType(
        "touched",
        "counter",
        "{community}#touched",
        "at#{at}#{note}",
        "hours: the objects that a batch is about to change, by the hour they are counted in",
        "30 days",
        ("ModerateComments", "ErasePerson", "Desk", "tribune operation", "tribune case", "tribune appeal"),
        ("SealHours", "KeepWatch"),
    ),
    ItemType(
        "sealing",
        "counter",
        "{community}#sealing",
        "sealing",
        "to: up to when those notes were read",
        "none",
        ("SealHours",),
        ("SealHours", "SendReport", "Desk", "tribune report"),
    ),
    ItemType(
        "roster",
        "counter",
        "{community}#roster#{hour}",
        "part#{number}",
        "gzip: platform, account and id of the objects that are counted in an hour, at most 4,000",
        "13 months",
        ("SealHours",),
        ("SealHours", "Desk", "tribune operation", "SendReport", "tribune report"),
    ),
    ItemType(
        "sealed hour",
        "counter",
        "{community}#space#{space}",
        "sealed#{hour}",
        "days: everything finer than kind and level, recounted from the journal with SET, by the day of the zone; gzip",
        "none: figures, nobody's",
        ("SealHours",),
        ("SealHours", "tribune report", "Desk", "tribune operation"),
    ),
    ItemType(
        "sealed day",
        "counter",
        "{community}#space#{space}",
        "day#{day}",
        "figures: the sum of its 23 to 25 hours, gzip",
        "none: figures, nobody's",
        ("SealHours",),
        ("SealHours", "tribune report", "Desk", "tribune operation", "SendReport"),
    ),
    ItemType(
        "crowd part",
        "counter",
        "{community}#crowd#{space}",
        "{span}#{when}#part#{part}",
        "more of a crowd, where one item does not hold it",
        "13 months",
        ("SealHours",),
        ("SealHours", "tribune report", "Desk", "tribune operation", "SendReport"),
    ),
    ItemType(
        "crowd",
        "counter",
        "{community}#crowd#{space}",
        "{span}#{when}",
        "64 bits of a hash of each pseudonym that took part, at most 2,048, by level, post and as a whole; parts: how many more items; persons: what those 250 gave who gave most, who read a reminder, by pseudonym; gzip",
        "13 months",
        ("SealHours",),
        ("SealHours", "tribune report", "Desk", "tribune operation", "SendReport"),
    ),
    ItemType(
        "charter version",
        "charter",
        "{community}#charter",
        "version#{version}",
        "content hash, parts, published_at, effective_from, notice, summary, changed: clause and article",
        "none: immutable",
        ("tribune apply", "tribune charter publish", "Desk"),
        (
            "ModerateComments",
            "KeepWatch",
            "ShowCharter",
            "Desk",
            "tribune case",
            "ReceiveAppeal",
            "SendReport",
            "tribune report",
        ),
    ),
    ItemType(
        "shadow charter",
        "charter",
        "{community}#charter",
        "shadow",
        "content hash, parts, published_at, beside: the version it is compared with",
        "none: until it is stopped or published",
        ("tribune charter publish", "tribune charter shadow"),
        ("ModerateComments", "tribune charter shadow"),
    ),
    ItemType(
        "charter draft",
        "charter",
        "{community}#charter",
        "draft",
        "content hash, parts, written_at, written_by, beside: the version that it began from",
        "13 months after its last change, or until it is published or dropped",
        ("Desk",),
        ("Desk",),
    ),
    ItemType(
        "register",
        "charter",
        "{community}#register",
        "month#{month}",
        "content: gzip, the public register of a month, with no count from one to four",
        "none: immutable",
        ("SendReport",),
        ("SendReport", "ShowCharter"),
    ),
    ItemType(
        "charter part",
        "charter",
        "{community}#charter",
        "part#{hash}#{number}",
        "gzip bytes, at most 300 KB",
        "none: immutable; 13 months while only a draft holds it",
        ("tribune apply", "tribune charter publish", "Desk"),
        ("ModerateComments", "ShowCharter", "Desk", "tribune case", "ReceiveAppeal", "SendReport", "tribune report"),
    ),
    ItemType(
        "community",
        "community",
        "{community}#settings",
        "community",
        "the community as `tribune apply` wrote it and people changed it since, without any secret",
        "none",
        ("tribune apply", "tribune duty", "Desk"),
        (
            "ModerateComments",
            "PerformAction",
            "PollPlatforms",
            "RefreshTokens",
            "SealHours",
            "CallManager",
            "ReceivePress",
            "RelayAlarm",
            "KeepWatch",
            "ShowCharter",
            "Desk",
            "tribune case",
            "ReceiveAppeal",
            "AskColleague",
            "SendReport",
            "tribune report",
        ),
    ),
    ItemType(
        "channel",
        "community",
        "_#channel#{platform}#{channel}",
        "accounts",
        "account: community and space",
        "none",
        ("tribune apply",),
        ("ReceiveWebhook", "ErasePerson"),
    ),
    ItemType(
        "erasure",
        "community",
        "_#erasure#{code}",
        "erasure",
        "asked_at, done_at: that somebody asked to be forgotten, not who",
        "13 months",
        ("ErasePerson",),
        ("ShowCharter",),
    ),
    ItemType(
        "account",
        "community",
        "_#account#{platform}#{account}",
        "owner",
        "the community and channel that own it: one only",
        "none",
        ("tribune apply",),
        ("tribune apply",),
    ),
    ItemType(
        "directory",
        "community",
        "_#communities",
        "community#{community}",
        "that the community exists",
        "none",
        ("tribune apply",),
        ("RelayAlarm", "KeepWatch", "AnchorLedger", "SealHours", "ShowCharter", "SendReport", "tribune report"),
    ),
)

WORDS = ("said#", "out#", "appeal#", "ask#")
"""How the sort keys of the text table begin, and no others."""

type Key = dict[str, str]


def object_pk(community: str, platform: str, account: str, object_id: str) -> str:
    """The partition of one object: its head, its case, and in the text table its words."""
    return f"{community}#object#{platform}#{account}#{object_id}"


def head(community: str, platform: str, account: str, object_id: str) -> Key:
    """The head item of an object."""
    return {"pk": object_pk(community, platform, account, object_id), "sk": "head"}


def case(community: str, platform: str, account: str, object_id: str) -> Key:
    """The case about an object."""
    return {"pk": object_pk(community, platform, account, object_id), "sk": "case"}


def thread(community: str, platform: str, account: str, thread_id: str) -> Key:
    """What the machine must know of a thread."""
    return {"pk": f"{community}#thread#{platform}#{account}#{thread_id}", "sk": "thread"}


def author(community: str, author_hash: str) -> Key:
    """An author's standing."""
    return {"pk": f"{community}#author#{author_hash}", "sk": "standing"}


def lately(community: str, author_hash: str) -> Key:
    """What an author said lately."""
    return {"pk": f"{community}#author#{author_hash}", "sk": "lately"}


def call(community: str, call_id: str) -> Key:
    """One incident that somebody is called for."""
    return {"pk": f"{community}#call#{call_id}", "sk": "call"}


def call_of(key: Key) -> tuple[str, str]:
    """(community, call) of the key of a call."""
    community_id, _, call_id = key["pk"].split("#", 2)
    return community_id, call_id


def breaker(community: str, platform: str, account: str) -> Key:
    """The long pause of an account."""
    return {"pk": f"{community}#breaker#{platform}#{account}", "sk": "breaker"}


def sweep(community: str, platform: str, account: str) -> Key:
    """How far an account was asked for what was said on it."""
    return {"pk": f"{community}#sweep#{platform}#{account}", "sk": "sweep"}


def quota(community: str, platform: str, channel: str, day: str) -> Key:
    """What a channel spent of its platform's quota on one day (`2026-11-22`, the platform's own day)."""
    return {"pk": f"{community}#quota#{platform}#{channel}", "sk": f"day#{day}"}


def renewal(community: str, platform: str, channel: str) -> Key:
    """Who is renewing a channel's access."""
    return {"pk": f"{community}#renewal#{platform}#{channel}", "sk": "renewal"}


def pauses(community: str) -> Key:
    """Every pause of a community."""
    return {"pk": f"{community}#pauses", "sk": "pauses"}


def brakes(community: str) -> Key:
    """The clauses of a community that only propose because the brake holds them."""
    return {"pk": f"{community}#brakes", "sk": "brakes"}


def ringing(community: str) -> Key:
    """Who was called how often lately, and what is muted."""
    return {"pk": f"{community}#ringing", "sk": "ringing"}


def climate(community: str, space: str) -> Key:
    """The climate of a space."""
    return {"pk": f"{community}#climate#{space}", "sk": "climate"}


def climate_of(key: Key) -> tuple[str, str]:
    """(community, space) of the key of a climate."""
    community_id, _, space = key["pk"].split("#", 2)
    return community_id, space


def budget(community: str, platform: str, account: str, hour: str) -> Key:
    """How much the machine planned to say on an account in one hour (`2026-11-22T08`, UTC)."""
    return {"pk": f"{community}#budget#{platform}#{account}", "sk": f"hour#{hour}"}


def proposals(community: str, day: date) -> Key:
    """What was proposed to say on one day (of the community's zone)."""
    return {"pk": f"{community}#proposals", "sk": f"day#{day.isoformat()}"}


def operation(community: str, operation_id: str) -> Key:
    """What people entered of an operation."""
    return {"pk": f"{community}#operation#{operation_id}", "sk": "entered"}


def notice(community: str, token: str) -> Key:
    """The reason of one measure."""
    return {"pk": f"{community}#notice#{token}", "sk": "notice"}


def appeal(community: str, token: str) -> Key:
    """That the member contests it."""
    return {"pk": f"{community}#notice#{token}", "sk": "appeal"}


def appeal_words(community: str, platform: str, account: str, object_id: str, words_hash: str) -> Key:
    """Why the member contests a measure about an object."""
    return {"pk": object_pk(community, platform, account, object_id), "sk": f"appeal#{words_hash}"}


def question(community: str, token: str) -> Key:
    """What somebody outside the team is asked."""
    return {"pk": f"{community}#question#{token}", "sk": "question"}


def question_of(key: Key) -> tuple[str, str]:
    """(community, token) of the key of a question."""
    community_id, _, token = key["pk"].split("#", 2)
    return community_id, token


def question_words(community: str, platform: str, account: str, object_id: str, token: str) -> Key:
    """What they are asked about an object, in words."""
    return {"pk": object_pk(community, platform, account, object_id), "sk": f"ask#{token}"}


def link(community: str, day: str, writer: str, seq: int) -> Key:
    """One link of a writer's chain of one day (`2026-11-22`, UTC); zero-padded so that links sort."""
    return {"pk": f"{community}#ledger#{day}", "sk": f"{writer}#{seq:08d}"}


def link_of(key: Key) -> tuple[tuple[str, str, str], int]:
    """((community, day, writer), seq) of the key of a link."""
    community_id, _, day = key["pk"].split("#")
    writer, _, seq = key["sk"].rpartition("#")
    return (community_id, day, writer), int(seq)


def words(community: str, platform: str, account: str, object_id: str, version: str) -> Key:
    """The words of one version of an object."""
    return {"pk": object_pk(community, platform, account, object_id), "sk": f"said#{version}"}


def outgoing(community: str, platform: str, account: str, object_id: str, action_id: str) -> Key:
    """The words an action will send."""
    return {"pk": object_pk(community, platform, account, object_id), "sk": f"out#{action_id}"}


def live_counter(community: str, space: str, hour: str, environment: str) -> Key:
    """One environment's counter of one hour (`2026-11-22T08`, UTC, of receipt)."""
    return {"pk": f"{community}#space#{space}", "sk": f"hour#{hour}#env#{environment}"}


def touched(community: str, at: str, note: str) -> Key:
    """That a batch is about to change some objects, at a moment (UTC, ISO with milliseconds)."""
    return {"pk": f"{community}#touched", "sk": f"at#{at}#{note}"}


def sealing(community: str) -> Key:
    """Up to when those notes were read."""
    return {"pk": f"{community}#sealing", "sk": "sealing"}


def roster(community: str, hour: str, number: int) -> Key:
    """Some of the objects that are counted in an hour (`2026-11-22T08`, UTC, of receipt)."""
    return {"pk": f"{community}#roster#{hour}", "sk": f"part#{number:04d}"}


def sealed_hour(community: str, space: str, hour: str) -> Key:
    """The figures of an hour of a space."""
    return {"pk": f"{community}#space#{space}", "sk": f"sealed#{hour}"}


def sealed_day(community: str, space: str, day: date) -> Key:
    """The figures of a day (of the community's zone) of a space."""
    return {"pk": f"{community}#space#{space}", "sk": f"day#{day.isoformat()}"}


def crowd_of_hour(community: str, space: str, hour: str) -> Key:
    """How many different people took part in an hour of a space."""
    return {"pk": f"{community}#crowd#{space}", "sk": f"hour#{hour}"}


def crowd_of_day(community: str, space: str, day: date) -> Key:
    """The same of a day."""
    return {"pk": f"{community}#crowd#{space}", "sk": f"day#{day.isoformat()}"}


def crowd_part(crowd: Key, number: int) -> Key:
    """What does not fit into the first item of a crowd."""
    return {"pk": crowd["pk"], "sk": f"{crowd['sk']}#part#{number:02}"}


def internal(community: str) -> str:
    """Under which name, beside that of the members, the charter that binds the people of the house is kept."""
    return f"{community}#internal"


def ambassador(community: str, who: str) -> Key:
    """Which versions of the internal charter somebody of the house has read."""
    return {"pk": f"{community}#ambassadors", "sk": f"ambassador#{who}"}


def charter_pk(community: str) -> str:
    """Every version of a community's charter."""
    return f"{community}#charter"


def charter_version(community: str, version: int) -> Key:
    """The meta item of one charter version; zero-padded so that versions sort."""
    return {"pk": charter_pk(community), "sk": f"version#{version:06d}"}


def shadow_charter(community: str) -> Key:
    """The version on trial of a community's charter."""
    return {"pk": charter_pk(community), "sk": "shadow"}


def charter_draft(community: str) -> Key:
    """The next version of a community's charter, while people work on it."""
    return {"pk": charter_pk(community), "sk": "draft"}


def register(community: str, month: str) -> Key:
    """The public register of a month (`2026-11`)."""
    return {"pk": f"{community}#register", "sk": f"month#{month}"}


def shadow_note(community: str, shadow: str, platform: str, account: str, object_id: str) -> Key:
    """What a version on trial would have made of an object."""
    return {"pk": f"{community}#shadow#{shadow}", "sk": f"object#{platform}#{account}#{object_id}"}


def shadow_counter(community: str, shadow: str, environment: str) -> Key:
    """What one environment counted of a version on trial."""
    return {"pk": f"{community}#shadow#{shadow}", "sk": f"env#{environment}"}


def charter_part(community: str, content_hash: str, number: int) -> Key:
    """One gzip part of a charter's content."""
    return {"pk": charter_pk(community), "sk": f"part#{content_hash}#{number:04d}"}


def community(community_id: str) -> Key:
    """The settings of a community."""
    return {"pk": f"{community_id}#settings", "sk": "community"}


def channel(platform: str, channel_id: str) -> Key:
    """The accounts that one secret may speak for."""
    return {"pk": f"{STACK}#channel#{platform}#{channel_id}", "sk": "accounts"}


def erasure(code: str) -> Key:
    """That somebody asked to be forgotten."""
    return {"pk": f"{STACK}#erasure#{code}", "sk": "erasure"}


def account(platform: str, account_id: str) -> Key:
    """Who owns an account."""
    return {"pk": f"{STACK}#account#{platform}#{account_id}", "sk": "owner"}


def directory(community_id: str) -> Key:
    """That a community exists."""
    return {"pk": f"{STACK}#communities", "sk": f"community#{community_id}"}


def due_shard(kind: str, identity: str) -> str:
    """The index partition of unfinished work: `action#2`, `call#0`."""
    return f"{kind}#{sum(identity.encode()) % SHARDS[kind]}"


def open_cases(community_id: str) -> str:
    """The index partition of a community's open cases."""
    return f"case#{community_id}"


def closed_cases(community_id: str) -> str:
    """The index partition of a community's settled cases: a CM looks back, or comes second."""
    return f"{CLOSED}#{community_id}"


def open_appeals(community_id: str) -> str:
    """The index partition of a community's appeals that nobody has reviewed."""
    return f"appeal#{community_id}"


def closed_appeals(community_id: str) -> str:
    """The index partition of those that somebody has."""
    return f"{CLOSED}#{community_id}#appeals"


def closed_calls(community_id: str) -> str:
    """The index partition of a community's calls that are over, by when they were last due."""
    return f"{CLOSED}#{community_id}#calls"


def object_of(key: Key) -> tuple[str, str, str, str]:
    """(community, platform, account, object) of the key of a head or a case."""
    community_id, _, platform, account_id, object_id = key["pk"].split("#", 4)
    return community_id, platform, account_id, object_id


def promises(community_id: str) -> str:
    """The index partition of a community's open cases in which a person promised to come back."""
    return f"promise#{community_id}"


def author_index(community_id: str, author_hash: str) -> str:
    """The index partition of everything one author said."""
    return f"{community_id}#author#{author_hash}"


def secret_path(stage: str, purpose: str, *rest: str) -> str:
    """SSM: `/tribune/<stage>/verify/<platform>/<channel>`, `/act/…`, `/call/…`, `/pseudonym/<community>`."""
    return "/".join(("", "tribune", stage, purpose, *rest))


def type_of(table: str, pk: str, sk: str | None) -> ItemType | None:
    """The declared type of a key, None when nobody declared it."""
    return next((item for item in ITEMS if item.table == table and item.matches(pk, sk)), None)
