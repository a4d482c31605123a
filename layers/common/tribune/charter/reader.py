"""Reading a text against a charter: the one door of this package."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from tribune.charter import detectors, lists, reading, signals, text
from tribune.charter.detectors import Detector, Match, Watch
from tribune.charter.disguise import Disguises
from tribune.charter.document import Charter, Clause, Gravity, Kind
from tribune.charter.findings import MAX_TRACE, Circumstances, Findings, Signal, Trace, Vocabulary, Why
from tribune.charter.lexicon import Lexicon, Phrase, phrases
from tribune.charter.order import Claim, Shields, fate, settle, traced
from tribune.charter.patterns import compile_pattern
from tribune.charter.questions import Questions
from tribune.charter.reading import Reading, Spans
from tribune.charter.uses import Pattern, Use, Words, WordUse
from tribune.errors import BadConfiguration

LAW = "law"
"""The clause id of gravity-4 breaches found while no charter is published: the law is the ground."""

REST = "rest"
"""Stands among `Findings.unsure` where a text is longer than what is read of it."""
DISGUISES = "disguises"
"""Stands there where a text shows more disguises than are looked behind."""

MAX_MATCHES = 4000
"""What one detector may find in one text: past that it gives up, and a person looks."""

_ABOUT = frozenset({Signal.QUESTION, Signal.GRIEVANCE, Signal.CRITICISM})
"""What makes it worth knowing which entries of the FAQ a text is about."""
_ALLOWED = "allowed"
_ADDRESS = frozenset("./@")
"""One of these is in every link and address."""
_PROTECTING = ("criticism", "grievance")
"""Criticism stays, whatever a charter forgot to say."""
_OWN_WORDS_OF = {Kind.PROTECT: "criticism", Kind.THANK: "praise"}
"""The list that the terms of a clause which is no rule are added to."""
_NO_WORDS = WordUse(name="")


@dataclass(frozen=True, slots=True)
class _Rule:
    """One use of a detector by a clause, ready to run."""

    clause: str
    gravity: int
    detector: Detector
    watch: Watch[Use]
    exceptions: str = ""
    public: bool = True
    private: bool = False

    @property
    def rank(self) -> int:
        return detectors.DETECTORS.index(self.detector)

    @property
    def needs(self) -> frozenset[str] | None:
        """The lists of which one must have a hit for it to find anything; None: it is always asked."""
        also = self.detector.also
        return None if also is None else frozenset((*self.watch.names, *also))


class Reader:
    """Reads texts under one charter and one community's vocabulary. Build it once per charter version, reuse it.

    Raises BadConfiguration when the charter names a list that does not exist or a pattern that RE2 refuses.
    """

    def __init__(self, charter: Charter | None, vocabulary: Vocabulary) -> None:
        self.charter, self.vocabulary = charter, _named(vocabulary, charter)
        own = _OwnWords({_ALLOWED: phrases(vocabulary.allowed)}, {}, set(lists.disguised()))
        rules = _rules_of(charter, own) if charter else _law_rules()
        self._rules = [(rule.rank, rule.needs, rule) for rule in sorted(rules, key=lambda rule: rule.rank)]
        self._addresses = tuple(one for one in vocabulary.allowed if not _ADDRESS.isdisjoint(one))
        self._protecting = (*_PROTECTING, *_protecting_lists(charter))
        self._lexicon = lists.lexicon() + Lexicon(own.as_written, own.inflected)
        self._disguises = Disguises(own.disguised, lists.common_words())
        self._questions = Questions(self.vocabulary)

    def read(self, original: str, circumstances: Circumstances) -> Findings:
        """What `original` says under the charter. Never raises, whatever the text; time is linear in its length.

        A detector that fails or gives up is named in `Findings.unsure`, and so is the end of a text that is too long
        to be read whole: a person looks.
        """
        words = self._disguises.reveal(text.read(original))
        language = reading.language_of(words, circumstances.language)
        read = reading.make(words, circumstances, self.vocabulary, self._lexicon, language)
        read.signals = signals.find(read)
        protected = self._protected(read)
        claims, trace, unsure = self._claims(read, protected)
        if len(original) > text.MAX_CHARACTERS:
            unsure = (*unsure, REST)
        if words.unread:
            unsure = (*unsure, DISGUISES)
        breaches, settled = settle(claims)
        asks = () if _ABOUT.isdisjoint(read.signals) else self._questions.asked(words)
        if asks and not self._questions.nothing_else(words, asks[0], read.covered("greetings")):
            read.signals.discard(Signal.SHORT_QUESTION)
        return Findings(
            breaches=breaches,
            protected=tuple(protected.merged),
            signals=frozenset(read.signals),
            asks=asks,
            language=language,
            words=len(words.keys),
            trace=_bounded([*settled, *trace]),
            unsure=unsure,
        )

    def _claims(self, read: Reading, protected: Spans) -> tuple[list[Claim], list[Trace], tuple[str, ...]]:
        """What is held against the words before it is settled, what became of the rest, which detectors failed."""
        held: list[Claim] = []
        trace: list[Trace] = []
        unsure: list[str] = []
        allowed = Spans([*((hit.start, hit.end) for hit in read.of(_ALLOWED)), *self._allowed_addresses(read)])
        present = set(read.places)
        for rank, needs, rule in self._rules:
            if needs is not None and needs.isdisjoint(present):
                continue
            matches, failed = _found(rule, read)
            if failed:
                unsure.append(rule.detector.name)
                trace.append(Trace(rule.clause, rule.detector.name, 0, 0, Why.FAILED))
            if not matches:
                continue
            here = rule.private if read.private else rule.public
            shields = Shields(allowed, Spans((hit.start, hit.end) for hit in read.of(rule.exceptions)), protected)
            for match in matches:
                if read.uncertain(match.start, match.end):
                    match = replace(match, doubtful=True)  # noqa: PLW2901  « sa lope » may be chance
                claim = Claim(rule.clause, rule.gravity, rule.detector.name, rank, match, here)
                why = fate(claim, shields, read)
                if why is Why.HELD:
                    held.append(claim)
                    continue
                trace.append(traced(claim, why))
                if why is Why.QUOTED:
                    read.signals |= _said_by_another(claim, read)
        return held, trace, tuple(dict.fromkeys(unsure))

    def _allowed_addresses(self, read: Reading) -> Iterator[tuple[int, int]]:
        """Links and addresses of the allow-list: no words, so they are compared as they are written."""
        original = read.text.original
        for address in self._addresses:
            yield from islice((found.span() for found in re.finditer(re.escape(address), original)), MAX_MATCHES)

    def _protected(self, read: Reading) -> Spans:
        """The words that criticise: exactly them, never those beside them, and never those aimed at a person."""
        return Spans((hit.start, hit.end) for hit in read.of(*self._protecting) if not read.aimed_at_member(hit))


def _named(vocabulary: Vocabulary, charter: Charter | None) -> Vocabulary:
    """The vocabulary with the brand that the charter names, where the community says nothing else."""
    if vocabulary.brand or charter is None:
        return vocabulary
    return replace(vocabulary, brand=charter.values(charter.languages[0]).get("brand", ""))


def _found(rule: _Rule, read: Reading) -> tuple[list[Match], bool]:
    """What a detector finds, and whether it failed or gave up: then all of it is only a doubt."""
    matches: list[Match] = []
    try:
        matches.extend(islice(rule.detector.find(read, rule.watch), MAX_MATCHES + 1))
    except Exception:  # noqa: BLE001  a defect of one detector must not lose the comment: its name goes to a person
        failed = True
    else:
        failed = len(matches) > MAX_MATCHES
    if failed:
        return [replace(match, doubtful=True) for match in matches[:MAX_MATCHES]], True
    return matches, False


class _OwnWords(NamedTuple):
    """What a charter and a community add to the packaged lists, by the name they are asked for."""

    as_written: dict[str, frozenset[Phrase]]
    inflected: dict[str, frozenset[Phrase]]
    disguised: set[Phrase]


def _rules_of(charter: Charter, own: _OwnWords) -> Iterator[_Rule]:
    """The charter's uses of detectors; their terms and exceptions are added to `own`."""
    for clause in charter.clauses:
        exceptions = f"{clause.id} exceptions"
        own.as_written[exceptions] = phrases(_all(clause.exceptions))
        for number, use in enumerate(clause.detectors):
            detector = detectors.named(use.name)
            assert detector is not None  # noqa: S101  `uses` knows the names of DETECTORS, a test says so
            words = use if isinstance(use, WordUse) else _NO_WORDS
            where = f"clauses[{clause.id}].detectors[{number}]"
            _check_lists(words, where)
            _check_patterns(use, where)
            terms = phrases(_all(words.terms))
            name = _OWN_WORDS_OF.get(clause.kind, f"{clause.id} terms {number}")
            own.inflected[name] = own.inflected.get(name, frozenset()) | terms
            if words.disguised:
                own.disguised.update(terms)
            if clause.kind is Kind.RULE:
                yield _rule(clause, detector, Watch((*(words.lists or detector.lists), name), use), exceptions)


def _rule(clause: Clause, detector: Detector, watch: Watch[Use], exceptions: str) -> _Rule:
    return _Rule(
        clause=clause.id,
        gravity=clause.gravity or Gravity.NOTE,
        detector=detector,
        watch=watch,
        exceptions=exceptions,
        public=clause.applies_in(private=False),
        private=clause.applies_in(private=True),
    )


def _check_lists(use: WordUse, where: str) -> None:
    unknown = next((name for name in use.lists if name not in lists.packaged() or name in lists.SMALL_WORDS), None)
    if unknown is not None:
        raise BadConfiguration(f"no list is called “{unknown}”", field=where)


def _check_patterns(use: Use, where: str) -> None:
    for number, written in enumerate(use.patterns if isinstance(use, Pattern) else ()):
        try:
            compile_pattern(written)
        except BadConfiguration as refused:
            raise BadConfiguration(refused.sentence, field=f"{where}.patterns[{number}]") from refused


def _protecting_lists(charter: Charter | None) -> tuple[str, ...]:
    """The lists that clauses which protect name, beside those that always do."""
    protecting = (clause for clause in charter.clauses if clause.kind is Kind.PROTECT) if charter else ()
    named = [
        name for clause in protecting for use in clause.detectors if isinstance(use, WordUse) for name in use.lists
    ]
    return tuple(name for name in dict.fromkeys(named) if name not in _PROTECTING)


def _law_rules() -> Iterator[_Rule]:
    """Without a charter: what the law forbids. In private, threats only."""
    for name in detectors.LAW_DETECTORS:
        detector = next(one for one in detectors.DETECTORS if one.name == name)
        use = Words.model_validate({"name": name})
        yield _Rule(LAW, Gravity.DANGER, detector, Watch(detector.lists, use), private=name != "hate")


def _said_by_another(claim: Claim, read: Reading) -> set[Signal]:
    """An insult quoted by its victim; a slur against what somebody is speaks of discrimination too.

    A threat that somebody received, and an insult by one of our people, are complaints.
    """
    if claim.detector == "hate":
        return {Signal.QUOTED_INSULT, Signal.DISCRIMINATION}
    aside = read.aside.hold(claim.match.start, claim.match.end)
    if aside and (claim.gravity == Gravity.DANGER or read.has("roles")):
        return {Signal.QUOTED_INSULT, Signal.GRIEVANCE}
    return {Signal.QUOTED_INSULT}


def _bounded(trace: list[Trace]) -> tuple[Trace, ...]:
    """In the order of the text; where there are too many, what is held or failed is kept first."""
    if len(trace) > MAX_TRACE:
        trace = sorted(trace, key=lambda one: one.outcome == "lost")[:MAX_TRACE]
    return tuple(sorted(trace, key=lambda one: (one.start, one.end)))


def _all(texts: dict[str, tuple[str, ...]]) -> list[str]:
    return [term for terms in texts.values() for term in terms]
