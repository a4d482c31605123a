"""A day's traffic in small: what platforms deliver, duplicates, edits and deletions included, and what must come of it.

Pure and seeded: the same seed gives the same deliveries. A delivery's body is written when it is first sent, with
that moment in it, and stays the same for its duplicates, as platforms do it.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

COMMENTS = Path(__file__).resolve().parent / "comments.yaml"
PAGE, BOT, BLOG = "102030405060708", "Ubbbbbbbbbbbbbbbbbbbbbbbbbbbbbb01", "blog-garance"
"""The accounts of local/example.yaml."""
PLATFORMS = (("facebook", 80), ("generic", 14), ("line", 6))
"""Platform: how many of a hundred comments are from there."""
REPLIES = 0.3
"""Which part of the public comments answers another comment."""
EDITS, DELETIONS = 0.03, 0.015
"""Which part of the deliveries is about a comment that was delivered before."""
DUPLICATES = 0.05
AT_ONCE = 0.5
"""Which part of the duplicates comes within a few deliveries; the others any time later."""
SETTLED = 60
"""An edit or a deletion is about a comment at least so many deliveries old: senders work side by side."""
PEOPLE, FAITHFUL = 2500, 50
"""Who may speak, and about how many of them speak most (with weights like 1/50, 1/51, 1/52…)."""
POSTS = 40


@dataclass(frozen=True, slots=True)
class Spoken:
    """A comment: where it stands, who wrote it."""

    platform: str
    object: str
    author: str
    post: str
    parent: str | None = None

    @property
    def at(self) -> tuple[str, str]:
        """(platform, object)."""
        return self.platform, self.object


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a platform tells us."""

    id: str
    verb: str
    """`created`, `edited` or `deleted`."""
    spoken: Spoken
    sort: str = ""
    text: str = ""

    @property
    def path(self) -> str:
        """Where it is delivered."""
        return f"/webhooks/{self.spoken.platform}"

    def body(self, now: datetime) -> bytes:
        """The delivery, said at `now`, in the platform's own shape."""
        shape = {"facebook": _facebook, "generic": _generic, "line": _line}[self.spoken.platform]
        return json.dumps(shape(self, now), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Traffic:
    """Deliveries in the order in which they are sent; a duplicate is the same event again."""

    deliveries: tuple[Event, ...]

    @property
    def duplicates(self) -> int:
        """How many deliveries repeat an earlier one."""
        return len(self.deliveries) - len({event.id for event in self.deliveries})

    @property
    def comments(self) -> frozenset[tuple[str, str]]:
        """Every distinct comment."""
        return frozenset(event.spoken.at for event in self.deliveries)

    @property
    def standing(self) -> frozenset[tuple[str, str]]:
        """The distinct comments that nobody deleted: what the counters must come to."""
        return self.comments - {event.spoken.at for event in self.deliveries if event.verb == "deleted"}

    def sorts(self) -> dict[str, int]:
        """How many distinct comments are of which sort."""
        created = {event.id: event.sort for event in self.deliveries if event.verb == "created"}
        return {sort: sum(one == sort for one in created.values()) for sort in sorted(set(created.values()))}


def traffic(deliveries: int, seed: int = 2026) -> Traffic:
    """So many deliveries, DUPLICATES of them repeated."""
    dice = random.Random(seed)  # noqa: S311  a simulation, not a secret
    repeated = round(deliveries * DUPLICATES)
    events = list(_events(deliveries - repeated, dice))
    order: list[tuple[float, int, Event]] = [(float(number), number, event) for number, event in enumerate(events)]
    for event in dice.sample(range(len(events)), repeated):
        later = dice.uniform(1, 10) if dice.random() < AT_ONCE else dice.uniform(1, max(2.0, len(events) - event))
        order.append((event + later, len(order), events[event]))
    return Traffic(tuple(event for _, _, event in sorted(order, key=lambda entry: entry[:2])))


def _events(count: int, dice: random.Random) -> Iterator[Event]:
    said: list[Event] = []
    touched: set[str] = set()
    weights = [1 / (rank + FAITHFUL) for rank in range(PEOPLE)]
    people = dice.choices(range(PEOPLE), weights, k=count)
    for number in range(count):
        roll = dice.random()
        old = said[: max(0, len(said) - SETTLED)]
        before = dice.choice(old) if old and roll < EDITS + DELETIONS else None
        if before is None or before.id in touched:
            event = _created(number, people[number], said, dice)
            said.append(event)
            yield event
            continue
        touched.add(before.id)
        if roll < DELETIONS or before.spoken.platform == "line":
            yield Event(f"{number}", "deleted", before.spoken)
        else:
            text = dice.choice(_kept()["edits"]).format(text=before.text)
            yield Event(f"{number}", "edited", before.spoken, before.sort, text)


def _created(number: int, person: int, said: Sequence[Event], dice: random.Random) -> Event:
    kept = _kept()
    platform = dice.choices([name for name, _ in PLATFORMS], [share for _, share in PLATFORMS])[0]
    sorts = {name: sort for name, sort in kept["sorts"].items() if platform != "line" or not sort.get("public")}
    sort = dice.choices(list(sorts), [one["share"] for one in sorts.values()])[0]
    text = dice.choice(sorts[sort]["texts"]).format(**_slots(dice))
    post = str(100 + min(dice.randrange(POSTS), dice.randrange(POSTS)))
    author = f"{platform[0]}{person:05d}"
    if platform == "facebook":
        post = f"{PAGE}_{post}"
        spoken = Spoken(platform, f"{post.partition('_')[2]}_{900_000 + number}", author, post)
    elif platform == "generic":
        spoken = Spoken(platform, f"c-{number}", author, f"article-{post}")
    else:
        spoken = Spoken(platform, f"{56_000_000 + number}", f"U{person:032x}", "")
    answered = dice.choice(said[-200:]).spoken if said and platform != "line" and dice.random() < REPLIES else None
    if answered is not None and answered.platform == platform:
        # Replies go one level deep: to the comment that hangs from the post.
        spoken = Spoken(platform, spoken.object, author, answered.post, answered.parent or answered.object)
    return Event(f"{number}", "created", spoken, sort, text)


def _slots(dice: random.Random) -> dict[str, str]:
    words = {name: dice.choice(values) for name, values in _kept()["slots"].items()}
    return {**words, "n": str(dice.randrange(10, 100)), "days": str(dice.randrange(2, 10))}


@cache
def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = yaml.safe_load(COMMENTS.read_text(encoding="utf-8"))
    return kept


# --- the platforms' shapes (events/webhooks has them, recorded) ---


def _facebook(event: Event, now: datetime) -> dict[str, Any]:
    spoken, seconds = event.spoken, int(now.timestamp())
    value: dict[str, Any] = {
        "item": "comment",
        "verb": {"created": "add", "edited": "edited", "deleted": "remove"}[event.verb],
        "comment_id": spoken.object,
        "post_id": spoken.post,
        "parent_id": spoken.parent or spoken.post,
        "from": {"id": f"7{spoken.author[1:]:0>15}", "name": f"Member {spoken.author}"},
    }
    if event.verb != "deleted":
        value |= {
            "message": event.text,
            "created_time": seconds,
            "post": {
                "id": spoken.post,
                "status_type": "added_photos",
                "is_published": True,
                "permalink_url": f"https://www.facebook.com/{PAGE}/posts/{spoken.post}",
                "promotion_status": "inactive",
            },
        }
    return {
        "object": "page",
        "entry": [{"id": PAGE, "time": seconds, "changes": [{"field": "feed", "value": value}]}],
    }


def _generic(event: Event, now: datetime) -> dict[str, Any]:
    spoken, moment = event.spoken, now.isoformat(timespec="milliseconds")
    data: dict[str, Any] = {
        "id": spoken.object,
        "space": BLOG,
        "thread": {"id": spoken.post, "url": f"https://blog.velosgarance.example/{spoken.post}"},
        "author": {"id": spoken.author, "name": f"Member {spoken.author}"},
        "created_at": moment,
        "url": f"https://blog.velosgarance.example/{spoken.post}#{spoken.object}",
    }
    if event.verb != "deleted":
        data["text"] = event.text
    if spoken.parent:
        data["parent_id"] = spoken.parent
    return {"type": f"comment.{event.verb}", "timestamp": moment, "data": data}


def _line(event: Event, now: datetime) -> dict[str, Any]:
    spoken = event.spoken
    about: dict[str, Any] = {"type": "unsend", "unsend": {"messageId": spoken.object}}
    if event.verb == "created":
        message = {"id": spoken.object, "type": "text", "text": event.text, "quoteToken": f"q{event.id}"}
        about = {"type": "message", "replyToken": f"token{event.id}", "message": message}
    common = {
        "mode": "active",
        "timestamp": int(now.timestamp() * 1000),
        "source": {"type": "user", "userId": spoken.author},
        "webhookEventId": f"01K{event.id:0>23}",
        "deliveryContext": {"isRedelivery": False},
    }
    return {"destination": BOT, "events": [{**common, **about}]}
