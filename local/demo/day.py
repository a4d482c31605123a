"""The day itself: each row in its hour, the promise that comes back, the list that Marie opens. All of it by the one clock."""

from collections.abc import Callable
from datetime import time
from functools import partial

from local.demo.citation import cites
from local.demo.facts import came_of, differences
from local.demo.members import Utterance
from local.demo.scene import Scene
from local.demo.story import Promise, Row, Waits, moment
from local.demo.telling import subject


def play(scene: Scene) -> None:
    """Every row, and what stands between them, in the order of the clock. Raises Stopped."""
    story = scene.story
    steps: list[tuple[time, Callable[[], None]]] = [(row.at, partial(_row, scene, row)) for row in story.rows]
    if story.waits:
        steps.append((story.waits.at, partial(_waits, scene, story.waits)))
    if story.promise:
        steps.append((story.promise.at, partial(_promise, scene, story.promise)))
    for _, step in sorted(steps, key=lambda one: one[0]):
        step()


def _row(scene: Scene, row: Row) -> None:
    """Somebody writes; what comes of it is held against the story, and told."""
    story, where = scene.story, str(row.row)
    at, before = scene.clock_to(story.day, row.at), scene.seq()
    first = story.row(row.edits) if row.edits else row
    said = Utterance(
        story.places[row.place],
        row,
        at,
        verb="edited" if row.edits else "add",
        first_at=moment(story.day, first.at, scene.community.zone),
    )
    with scene.teller.waiting(at):
        scene.deliver(said, where, times=2 if row.twice else 1)
    seen = scene.seen(scene.place(row), before, where)
    if seen.case and seen.case.drafts:
        scene.tally.prepared.add(row.id)
    if seen.clause and not cites(seen, scene.facts):
        scene.tally.uncited.add(row.id)
    broken = differences(row.expect, came_of(seen, scene.facts))
    scene.tally.broken += len(broken)
    scene.teller.row(row, at, seen, broken)
    if row.marie:
        scene.hand(row, row.marie, seen)


def _waits(scene: Scene, waits: Waits) -> None:
    """What waits, in the order in which Marie should take it."""
    at = scene.clock_to(scene.story.day, waits.at)
    scene.settle("waits")
    rows = {scene.place(row): row for row in scene.story.rows}
    found = [(shown, rows[shown.at]) for shown in scene.waiting() if shown.at in rows]
    scene.hold("waits", "rows", waits.rows, [row.row for _, row in found])
    scene.teller.waits(at, found)


def _promise(scene: Scene, promise: Promise) -> None:
    """What Marie promised comes back to her, in time and not before."""
    where = "promise"
    row = scene.story.row(promise.row)
    scene.clock_to(scene.story.day, promise.quiet_until)
    scene.settle(where)
    early = [call.id for call in scene.facts.calls() if call.reason == "promise"]
    scene.hold(where, "called too early", [], early)
    before, at = scene.seq(), scene.clock_to(scene.story.day, promise.at)
    with scene.teller.waiting(at):
        scene.settle(where)
    seen = scene.seen(scene.place(row), before, where)
    scene.hold(where, "call", [promise.call], [subject(entry) for entry in seen.rung])
    scene.teller.moment("promise", at, subject=" | ".join(subject(entry) for entry in seen.rung))
    scene.hand(row, promise.marie, seen, promised=True)
