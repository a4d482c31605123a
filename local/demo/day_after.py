"""What is shown after the twenty rows, each really done: a forgery, Marie's own telephone, a deletion, an alarm."""

import json
from http import HTTPStatus

from local.demo import members
from local.demo.members import Utterance
from local.demo.scene import Scene
from local.demo.story import Alarm, Deletion, NextDay, Phone, Words
from local.demo.telling import subject
from local.resources import ROOT
from local.runtime import Ending
from tribune.journal import CaseState, HeadKind

ALARM_EVENT = ROOT / "events" / "relay_alarm.json"


def play(scene: Scene, after: NextDay) -> None:
    """All of it, in the order of the clock. Raises Stopped."""
    _forged(scene, after.forged)
    _phone(scene, after.phone)
    _deletion(scene, after.deletion)
    _alarm(scene, after.alarm)


def _forged(scene: Scene, words: Words) -> None:
    """A delivery that the platform did not sign: 401, and nothing of it anywhere."""
    where = "forged"
    at = scene.clock_to(scene.story.next_day, words.at)
    scene.settle(where)
    before = (*scene.facts.size(), scene.seq())
    place = scene.story.places[words.place]
    body = members.pushed(Utterance(place, words, at))
    status = scene.push(place.platform, body, secret="not the application's")  # noqa: S106  which is the point
    scene.settle(where)
    scene.hold(where, "HTTP", HTTPStatus.UNAUTHORIZED, status)
    scene.hold(where, "items kept, acts done", before, (*scene.facts.size(), scene.seq()))
    scene.teller.moment("forged", at)


def _phone(scene: Scene, phone: Phone) -> None:
    """Marie answers from the platform's own application: her case is settled, the machine is silent in that thread."""
    where, row = "phone", scene.story.row(phone.row)
    place = scene.story.places[row.place]
    at = scene.clock_to(scene.story.next_day, phone.at)
    words = Words(at=phone.at, place=row.place, id=phone.id, by=scene.page(row), says=phone.says)
    scene.deliver(Utterance(place, words, at, parent=row.id), where)
    answered = scene.seen(scene.place(row), scene.seq(), where)
    scene.hold(where, "whose message", HeadKind.TEAM, scene.facts.head(scene.place(words)).kind)
    scene.hold(where, "a person spoke in the thread", True, answered.thread.human_at is not None)
    case = answered.case
    scene.hold(where, "the case", [CaseState.CLOSED, "team"], [case.state, case.closed_by] if case else [])
    scene.teller.moment("phone", at, name=row.by.name, text=phone.says)

    later, before = scene.clock_to(scene.story.next_day, phone.then.at), scene.seq()
    scene.deliver(Utterance(place, phone.then, later, parent=row.id), where)
    seen = scene.seen(scene.place(phone.then), before, where)
    scene.hold(where, "said by the machine after that", [], [entry.kind for entry in seen.acts])
    scene.hold(where, "prepared instead", 1, len(seen.case.drafts) if seen.case else 0)
    scene.teller.moment("phone_then", later, name=phone.then.by.name, text=phone.then.says)


def _deletion(scene: Scene, deletion: Deletion) -> None:
    """A member deletes: the words go from our table too, the case with them, and it no longer counts."""
    where, row = "deletion", scene.story.row(deletion.row)
    place = scene.place(row)
    at = scene.clock_to(scene.story.next_day, deletion.at)
    scene.hold(where, "words kept before", True, scene.facts.words_kept(place) > 0)
    scene.deliver(Utterance(scene.story.places[row.place], row, at, verb="remove"), where)
    seen = scene.seen(place, scene.seq(), where)
    scene.hold(where, "words kept after", 0, scene.facts.words_kept(place))
    scene.hold(where, "deleted and not counted", [True, None], [seen.head.deleted, seen.head.counted])
    scene.hold(where, "the case", CaseState.CLOSED, seen.case.state if seen.case else None)
    scene.teller.moment("deletion", at, name=row.by.name)


def _alarm(scene: Scene, alarm: Alarm) -> None:
    """A CloudWatch alarm, exactly as it is sent, becomes one sentence that the person on duty understands."""
    where = "alarm"
    at = scene.clock_to(scene.story.next_day, alarm.at)
    scene.settle(where)
    before = scene.seq()
    result = scene.stack.invoke("RelayAlarm", json.loads(ALARM_EVENT.read_text(encoding="utf-8")))
    scene.settle(where)
    told = [subject(entry) for entry in scene.stack.outbox.effects if entry.seq > before]
    scene.hold(where, "relayed", Ending.RETURNED, result.ending)
    scene.hold(where, "call", [alarm.call], told)
    scene.teller.moment("alarm", at, subject=" | ".join(told))
