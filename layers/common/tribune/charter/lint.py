"""Is a charter complete and consistent (`lint`), and what changes from one to the next (`diff`)?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tribune.charter import lists
from tribune.charter.document import (
    FILLED_WHEN_PUBLISHED,
    PLACEHOLDER,
    Charter,
    Clause,
    FirstAction,
    Kind,
)
from tribune.charter.uses import WordUse

MIN_EXAMPLES = 4
"""Sentences of each kind and language that a clause watched by a machine is tested with."""
_ACTS_WITH_WORDS = frozenset(
    {
        FirstAction.REMIND,
        FirstAction.HIDE_AND_REMIND,
        FirstAction.PROTECT,
        FirstAction.REDIRECT,
        FirstAction.NUDGE,
        FirstAction.HIDE_COPIES,
    }
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is missing or contradicts itself; `clause` is empty when it is about the whole charter."""

    clause: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.clause}: {self.sentence}" if self.clause else self.sentence


def lint(charter: Charter) -> list[Remark]:
    """Everything that a charter should say and does not, in the order of the charter; empty when it is complete."""
    remarks = [*_whole(charter)]
    for place, clause in enumerate(charter.clauses, start=1):
        if clause.number != place:
            remarks.append(Remark(clause.id, f"it stands at place {place} and is numbered {clause.number}"))
        remarks += _worded(charter, clause)
        remarks += _watched(clause)
        if clause.kind is Kind.RULE:
            remarks += _rule(charter, clause)
    return remarks


def diff(old: Charter, new: Charter) -> list[str]:
    """What changes from `old` to `new`, one line each, clause by clause; empty when nothing does."""
    lines = [*_changes((), _without(old, "clauses"), _without(new, "clauses"))]
    before = {clause.id: clause for clause in old.clauses}
    after = {clause.id: clause for clause in new.clauses}
    lines += [f"{clause_id}: removed" for clause_id in before if clause_id not in after]
    for clause_id, clause in after.items():
        if clause_id in before:
            lines += _changes((clause_id,), _without(before[clause_id]), _without(clause))
        else:
            lines.append(f"{clause_id}: added as article {clause.number}")
    return lines


# --- lint, piece by piece ---


def _whole(charter: Charter) -> Iterator[Remark]:
    for language in charter.languages:
        if not charter.title.get(language):
            yield Remark("", f"the title is missing in {language}")
    for kind, what in (
        (Kind.RULE, "rule"),
        (Kind.PROTECT, "clause that protects criticism"),
        (Kind.MEASURE, "measure"),
    ):
        if not any(clause.kind is kind for clause in charter.clauses):
            yield Remark("", f"there is no {what}")
    for family in dict.fromkeys(clause.family for clause in charter.clauses if clause.family):
        for language in charter.languages:
            if not charter.families.get(family, {}).get(language):
                yield Remark("", f"the family “{family}” has no heading in {language}")


def _worded(charter: Charter, clause: Clause) -> Iterator[Remark]:
    """Title and text in every language, nothing in any other, and every placeholder filled."""
    for name, texts in (("title", clause.title), ("text", clause.text)):
        for language in charter.languages:
            if not texts.get(language, "").strip():
                yield Remark(clause.id, f"the {name} is missing in {language}")
        for language in texts:
            if language not in charter.languages:
                yield Remark(clause.id, f"the {name} is in {language}, which is no language of the charter")
    for language in charter.languages:
        known = charter.values(language).keys() | FILLED_WHEN_PUBLISHED
        written = clause.title.get(language, "") + clause.text.get(language, "")
        for placeholder in dict.fromkeys(PLACEHOLDER.findall(written)):
            if placeholder not in known:
                yield Remark(clause.id, f"nothing fills {{{placeholder}}} in {language}: add it to `fields`")


def _watched(clause: Clause) -> Iterator[Remark]:
    for use in clause.detectors:
        for name in use.lists if isinstance(use, WordUse) else ():
            if name not in lists.packaged():
                yield Remark(clause.id, f"no list is called “{name}”")


def _rule(charter: Charter, clause: Clause) -> Iterator[Remark]:
    wanted = MIN_EXAMPLES if clause.detectors else 1
    for kind, sentences in (("allowed", clause.examples.allowed), ("forbidden", clause.examples.forbidden)):
        for language in charter.languages:
            if len(sentences.get(language, ())) < wanted:
                yield Remark(clause.id, f"fewer than {wanted} {kind} example{'s'[: wanted - 1]} in {language}")
    if clause.silent and clause.strike:
        yield Remark(clause.id, "what is hidden in silence cannot count as a strike: say `strike: false`")
    if clause.silent and clause.first_action is not FirstAction.HIDE:
        yield Remark(clause.id, "only `first_action: hide` can be silent")
    if clause.first_action in _ACTS_WITH_WORDS and not clause.replies:
        yield Remark(clause.id, f"“{clause.first_action}” speaks to the author: name its texts in `replies`")
    if clause.ladder and not clause.strike:
        yield Remark(clause.id, "a clause without strikes has no ladder")


# --- diff, piece by piece ---


def _without(part: Charter | Clause, *names: str) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude=set(names))


def _changes(place: tuple[str, ...], old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            yield from _changes((*place, name), old.get(name), new.get(name))
    elif old != new:
        yield f"{'.'.join(place)}: {_said(old)} → {_said(new)}"


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return "[" + ", ".join(_said(entry) for entry in value) + "]"
    return f"“{value}”" if isinstance(value, str) else str(value)
