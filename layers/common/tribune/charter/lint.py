"""Is a charter complete and consistent (`lint`), and what changes from one to the next (`diff`)?

Here is what can be seen by reading the document alone; what its own sentences do not prove is said in `proof`.
"""

import difflib
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, pairwise
from typing import Any

from tribune import words
from tribune.charter import lists
from tribune.charter.document import (
    FILLED_WHEN_PUBLISHED,
    PLACEHOLDER,
    Ceiling,
    Charter,
    CharterType,
    Clause,
    Delay,
    FirstAction,
    Gravity,
    Kind,
    Step,
    Texts,
)
from tribune.charter.findings import Vocabulary
from tribune.charter.lexicon import phrases
from tribune.charter.patterns import compile_pattern
from tribune.charter.proof import unproven
from tribune.charter.remark import Remark
from tribune.charter.uses import DetectorUse, Neutrality, Pattern, TextLists, WordUse
from tribune.errors import BadConfiguration

MIN_EXAMPLES = 10
"""Sentences of each kind and language that a clause watched by a machine is tested with."""
PROTECTING_LISTS = ("criticism", "grievance")
"""What a clause that protects always protects, whatever else it names."""
_ACTS_WITH_WORDS = frozenset(
    {
        FirstAction.REMIND,
        FirstAction.HIDE_AND_REMIND,
        FirstAction.PROTECT,
        FirstAction.REDIRECT,
        FirstAction.NUDGE,
    }
)
_NEEDS_NO_MACHINE = frozenset({FirstAction.NOTE, FirstAction.QUEUE})
_STEPS_TAKEN = {
    FirstAction.REMIND: Step.REMIND,
    FirstAction.HIDE_AND_REMIND: Step.HIDE_AND_REMIND,
}
_MILDEST_FIRST = tuple(Step)


def lint(charter: Charter, vocabulary: Vocabulary, today: date, *, proven: bool = True) -> list[Remark]:
    """Everything that a charter should say and does not, in the order of the charter; empty when it is complete.

    `vocabulary` is what its community adds: an expression that is allowed there contradicts one that is forbidden here.
    `proven`: also what its sentences do not prove, which takes a second and not a few milliseconds.
    """
    remarks = [*_whole(charter), *_of_its_type(charter), *_read_again(charter, today), *_promises(charter)]
    remarks += _put_in_as_they_stand(charter)
    taken = _Taken(charter, vocabulary)
    for place, clause in enumerate(charter.clauses, start=1):
        if clause.number != place:
            fields = {"place": str(place), "number": str(clause.number)}
            remarks.append(Remark(clause.id, "place", ("number",), fields))
        remarks += _worded(charter, clause)
        remarks += _watched(clause, today)
        remarks += taken.remarks(clause)
        if clause.kind is Kind.RULE:
            remarks += chain(
                _examples(charter, clause), _graded(clause), _stepwise(clause), _spoken_of(charter, clause)
            )
    remarks += _said_otherwise(charter)
    if not proven or any(_unreadable(clause) for clause in charter.clauses):
        return remarks
    return [*remarks, *unproven(charter, vocabulary)]


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


# --- the whole charter ---


def _whole(charter: Charter) -> Iterator[Remark]:
    for language in charter.languages:
        if not charter.title.get(language):
            yield Remark("", "title_missing", ("title",), {"language": language})
    for family in dict.fromkeys(clause.family for clause in charter.clauses if clause.family):
        for language in charter.languages:
            if not charter.families.get(family, {}).get(language):
                yield Remark("", "family_missing", ("families",), {"family": family, "language": language})
    headed: list[tuple[tuple[str, ...], Texts]] = [(("title",), charter.title)]
    headed += [(("families", family), texts) for family, texts in charter.families.items()]
    for at, texts in headed:
        for language in charter.languages:
            yield from _filled(charter, "", (*at, language), texts.get(language, ""), language)


def _of_its_type(charter: Charter) -> Iterator[Remark]:
    """Members are moderated, by rules that protect criticism; colleagues are trusted, and nothing watches them."""
    if charter.type is CharterType.INTERNAL:
        for clause in charter.clauses:
            if clause.kind is not Kind.FRAME or clause.detectors:
                yield Remark(clause.id, "house_watched", ("kind",))
        if charter.review_by is None:
            yield Remark("", "no_review")
        return
    for kind in (Kind.RULE, Kind.PROTECT, Kind.MEASURE):
        if not any(clause.kind is kind for clause in charter.clauses):
            yield Remark("", f"no_{kind}")


def _read_again(charter: Charter, today: date) -> Iterator[Remark]:
    if charter.review_by and charter.review_by < today:
        yield Remark("", "review_due", ("review_by",), {"day": str(charter.review_by)})


def _promises(charter: Charter) -> Iterator[Remark]:
    for name, promise in charter.commitments:
        texts = promise.text if isinstance(promise, Delay) else promise
        for language in charter.languages if isinstance(texts, dict) else ():
            if not texts.get(language, "").strip():
                yield Remark("", "promise_missing", ("commitments", name), {"name": name, "language": language})


def _put_in_as_they_stand(charter: Charter) -> Iterator[Remark]:
    """The promises and fields that hold a brace: what fills a placeholder is not filled itself."""
    for language in charter.languages:
        for name, value in charter.values(language).items():
            if "{" in value or "}" in value:
                at = ("fields" if name in charter.fields else "commitments", name)
                yield Remark("", "brace_in_value", at, {"name": name, "language": language})


def _worded(charter: Charter, clause: Clause) -> Iterator[Remark]:
    """Title and text in every language, nothing in any other, and every placeholder filled."""
    for name, texts in (("title", clause.title), ("text", clause.text)):
        for language in charter.languages:
            if not texts.get(language, "").strip():
                yield Remark(clause.id, f"{name}_missing", (name,), {"language": language})
        for language in texts:
            if language not in charter.languages:
                yield Remark(clause.id, f"{name}_foreign", (name,), {"language": language})
    for language in charter.languages:
        for name, texts in (("title", clause.title), ("text", clause.text)):
            yield from _filled(charter, clause.id, (name, language), texts.get(language, ""), language)
        for placeholder in dict.fromkeys(PLACEHOLDER.findall(clause.title.get(language, ""))):
            if placeholder in FILLED_WHEN_PUBLISHED:
                fields = {"placeholder": f"{{{placeholder}}}", "language": language}
                yield Remark(clause.id, "not_in_title", ("title", language), fields)


def _filled(charter: Charter, clause: str, at: tuple[str, ...], written: str, language: str) -> Iterator[Remark]:
    """That something fills every placeholder of what members read, and that no brace is left for them to read."""
    if "{" in (left := PLACEHOLDER.sub("", written)) or "}" in left:
        yield Remark(clause, "lone_brace", at, {"language": language, "example": "{brand}"})
    filling = {name for name, value in charter.values(language).items() if value.strip()} | FILLED_WHEN_PUBLISHED
    for placeholder in dict.fromkeys(PLACEHOLDER.findall(written)):
        if placeholder not in filling:
            yield Remark(clause, "not_filled", at, {"placeholder": f"{{{placeholder}}}", "language": language})


# --- what watches a clause ---


def _watched(clause: Clause, today: date) -> Iterator[Remark]:
    for number, use in enumerate(clause.detectors):
        at = ("detectors", number)
        if clause.kind in (Kind.FRAME, Kind.MEASURE):
            yield Remark(clause.id, "watches_no_rule", at, {"detector": use.name})
        if clause.kind in (Kind.PROTECT, Kind.THANK) and use.name != "expression":
            yield Remark(clause.id, "looks_for_more", at, {"detector": use.name})
        if refused := _refused(use):
            yield Remark(clause.id, refused[0], at, refused[1])
        if isinstance(use, Neutrality) and use.periods and all(period.end < today for period in use.periods):
            last = max(period.end for period in use.periods)
            yield Remark(clause.id, "neutrality_over", at, {"day": str(last)})


def _refused(use: DetectorUse) -> tuple[str, dict[str, str]] | None:
    """Why no reader can be made of a detector (the code and fields of a remark), None when one can."""
    unknown = [name for name in (use.lists if isinstance(use, WordUse) else ()) if name not in lists.packaged()]
    for pattern in use.patterns if isinstance(use, Pattern) else ():
        try:
            compile_pattern(pattern)
        except BadConfiguration as refused:
            return "pattern_refused", {"pattern": pattern, "why": refused.sentence}
    if not unknown:
        return None
    near = difflib.get_close_matches(unknown[0], lists.packaged(), n=3)
    return "no_list_near" if near else "no_list", {"list": unknown[0], "near": ", ".join(near)}


def _unreadable(clause: Clause) -> bool:
    return any(map(_refused, clause.detectors))


class _Taken:
    """Words that somebody else has a claim on: exceptions, the allow-list, criticism, a graver clause."""

    def __init__(self, charter: Charter, vocabulary: Vocabulary) -> None:
        self._allowed = phrases(vocabulary.allowed)
        criticism = [term for name in PROTECTING_LISTS for term in lists.raw_terms(name)]
        own = [_all(use.terms) for use in _word_uses(charter.clauses, Kind.PROTECT)]
        self._protected = phrases(criticism) | phrases(chain.from_iterable(own), inflect=True)
        self._rules: dict[tuple[str, tuple[str, ...]], Clause] = {}
        graver_first = sorted(charter.rules_anywhere, key=lambda clause: -(clause.gravity or 0))
        for clause in graver_first:
            for use in _word_uses((clause,), Kind.RULE):
                for phrase in phrases(_all(use.terms)):
                    self._rules.setdefault((use.name, phrase), clause)

    def remarks(self, clause: Clause) -> Iterator[Remark]:
        """The terms of a clause that can never be found, or contradict what is allowed."""
        exceptions = phrases(_all(clause.exceptions))
        for number, use in enumerate(clause.detectors):
            if not isinstance(use, WordUse) or clause.kind is not Kind.RULE:
                continue
            own = {term: phrase for term in _all(use.terms) for phrase in phrases([term])}
            why = {term: self._why(clause, use, phrase, exceptions) for term, phrase in own.items()}
            lost = {term: (code, other) for term, (code, other) in why.items() if code}
            for term, (code, other) in lost.items():
                yield Remark(clause.id, code, ("detectors", number, "terms"), {"term": term, "other": other})
            if own and len(lost) == len(own) and use.lists == () and use.name == "expression":
                yield Remark(clause.id, "no_term_left", ("detectors", number))

    def _why(
        self, clause: Clause, use: WordUse, phrase: tuple[str, ...], exceptions: frozenset[tuple[str, ...]]
    ) -> tuple[str, str]:
        """(the code of what is to be said about a term, the clause that has it too); empty when all is well."""
        if phrase in exceptions:
            return "term_in_exceptions", ""
        if phrase in self._allowed:
            return "term_allowed", ""
        if phrase in self._protected and (clause.gravity or Gravity.NOTE) < Gravity.GRAVE:
            return "term_protected", ""
        first = self._rules.get((use.name, phrase), clause)
        return ("", "") if first.id == clause.id else ("term_elsewhere", first.id)


def _word_uses(clauses: Iterable[Clause], kind: Kind) -> Iterator[WordUse]:
    for clause in clauses:
        if clause.kind is kind:
            yield from (use for use in clause.detectors if isinstance(use, WordUse))


def _all(texts: TextLists) -> list[str]:
    return [term for terms in texts.values() for term in terms]


# --- what a rule needs ---


def _examples(charter: Charter, clause: Clause) -> Iterator[Remark]:
    wanted = MIN_EXAMPLES if clause.detectors else 1
    for kind, sentences in (("allowed", clause.examples.allowed), ("forbidden", clause.examples.forbidden)):
        for language in charter.languages:
            if len(set(sentences.get(language, ()))) < wanted:
                code = f"few_{kind}" if wanted > 1 else f"one_{kind}"
                yield Remark(
                    clause.id, code, ("examples", kind, language), {"wanted": str(wanted), "language": language}
                )


def _graded(clause: Clause) -> Iterator[Remark]:
    """Gravity, ceiling and first action that do not go together."""
    first = clause.first_action
    if clause.ceiling is not Ceiling.NONE and not clause.detectors:
        yield Remark(clause.id, "nothing_watches", ("ceiling",), {"ceiling": clause.ceiling})
    if not clause.detectors and (clause.examples.forbidden_when or clause.examples.allowed_when):
        yield Remark(clause.id, "proves_no_detector", ("examples",))
    if clause.ceiling is Ceiling.NONE and first not in _NEEDS_NO_MACHINE:
        yield Remark(clause.id, "leaves_to_a_person", ("first_action",), {"first": str(first)})
    if clause.ceiling is not Ceiling.NONE and first is FirstAction.NOTE:
        yield Remark(clause.id, "only_noted", ("ceiling",))
    if clause.gravity == Gravity.DANGER and (
        first is not FirstAction.HIDE_AND_ESCALATE or clause.ceiling not in (Ceiling.PARTIAL, Ceiling.PROPOSE)
    ):
        yield Remark(clause.id, "gravity_4", ("gravity",))


def _stepwise(clause: Clause) -> Iterator[Remark]:
    """Silence, strikes and a ladder that do not go together."""
    first, ladder = clause.first_action, clause.ladder
    if clause.silent and clause.strike:
        yield Remark(clause.id, "silent_strike", ("silent",))
    if clause.silent and first is not FirstAction.HIDE:
        yield Remark(clause.id, "silent_hide", ("silent",))
    if ladder and not clause.strike:
        yield Remark(clause.id, "no_ladder", ("ladder",))
    taken = [step for step in (_STEPS_TAKEN.get(first or FirstAction.NOTE), *ladder) if step]
    if any(_MILDEST_FIRST.index(later) < _MILDEST_FIRST.index(sooner) for sooner, later in pairwise(taken)):
        yield Remark(clause.id, "ladder_down", ("ladder",), {"order": ", ".join(_MILDEST_FIRST)})
    if clause.dsa and clause.dsa.ground != "DECISION_GROUND_INCOMPATIBLE_CONTENT":
        yield Remark(clause.id, "calls_illegal", ("dsa", "ground"))


def _spoken_of(charter: Charter, clause: Clause) -> Iterator[Remark]:
    """The texts that speak of a clause are there, in each language that we speak."""
    if clause.first_action in _ACTS_WITH_WORDS and not clause.replies:
        yield Remark(clause.id, "speaks_without_words", fields={"first": str(clause.first_action)})
    for language in dict.fromkeys(words.spoken(language) for language in charter.languages):
        known = words.table(language, "replies")["situations"]
        for number, reply in enumerate(clause.replies):
            if reply not in known and reply not in words.SAID_NO_MORE:
                fields = {"reply": reply, "language": language, "known": ", ".join(known)}
                yield Remark(clause.id, "no_reply", ("replies", number), fields)


def _said_otherwise(charter: Charter) -> Iterator[Remark]:
    """One sentence that has its place under a clause and is forbidden by another."""
    forbidden = {
        sentence: clause.id
        for clause in charter.clauses
        for sentences in clause.examples.forbidden.values()
        for sentence in sentences
    }
    for clause in charter.clauses:
        for language, sentences in clause.examples.allowed.items():
            for sentence in sentences:
                if sentence in forbidden:
                    fields = {"sentence": sentence, "other": forbidden[sentence]}
                    yield Remark(clause.id, "example_forbidden_elsewhere", ("examples", "allowed", language), fields)


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
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_said(entry)}" for name, entry in value.items()) + "}"
    return f"“{value}”" if isinstance(value, str) else str(value)
