"""Reading a text against a charter: the one door of this package."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tribune.charter import detectors, lists, reading, signals, text
from tribune.charter.detectors import Detector, Match, Watch
from tribune.charter.document import Charter, Gravity, Kind
from tribune.charter.findings import Breach, Circumstances, Findings, Signal, Vocabulary
from tribune.charter.lexicon import Lexicon, phrases
from tribune.charter.questions import Questions
from tribune.charter.reading import Reading, Spans
from tribune.charter.uses import WordUse
from tribune.errors import BadConfiguration

LAW = "law"
"""The clause id of gravity-4 breaches found while no charter is published: the law is the ground."""

MAX_BREACHES = 50
"""Nobody needs more to decide, and sorting them out stays cheap."""

_ALLOWED = "allowed"
_NO_WORDS = WordUse(name="")
_OVER_ALL = frozenset({"repetition", "mention_flood", "shouting", "character_flood"})
"""Detectors that object to how much is said, not to words: what stands inside their span is no part of them."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """One use of a detector by a clause, ready to run."""

    clause: str
    gravity: int
    detector: Detector
    watch: Watch
    exceptions: str = ""
    public: bool = True
    private: bool = False

    @property
    def order(self) -> int:
        return detectors.DETECTORS.index(self.detector)


class Reader:
    """Reads texts under one charter and one community's vocabulary. Build it once per charter version, reuse it.

    Raises BadConfiguration when the charter names a detector or a list that does not exist.
    """

    def __init__(self, charter: Charter | None, vocabulary: Vocabulary) -> None:
        self.charter, self.vocabulary = charter, vocabulary
        own: dict[str, frozenset[tuple[str, ...]]] = {_ALLOWED: phrases(vocabulary.allowed)}
        disguised = set(lists.disguised_words())
        rules = _rules_of(charter, own, disguised) if charter else _law_rules()
        self._rules = sorted(rules, key=lambda rule: rule.order)
        self._lexicon = Lexicon(own)
        self._disguises = text.Disguises(disguised)
        self._questions = Questions(vocabulary.questions)

    def read(self, original: str, circumstances: Circumstances) -> Findings:
        """What `original` says under the charter. Never raises, whatever the text; time is linear in its length."""
        words = text.read(original, self._disguises)
        language = reading.language_of(words, circumstances.language)
        read = reading.make(words, circumstances, self.vocabulary, self._lexicon, language)
        read.signals = signals.find(read)
        protected = _protected(read)
        breaches = self._breaches(read, Spans(protected))
        return Findings(
            breaches=breaches,
            protected=tuple(protected),
            signals=frozenset(read.signals),
            asks=self._questions.asked(words) if Signal.QUESTION in read.signals else (),
            language=language,
            words=len(words.tokens),
        )

    def _breaches(self, read: Reading, protected: Spans) -> tuple[Breach, ...]:
        found: list[tuple[int, Breach]] = []
        allowed = Spans((hit.start, hit.end) for hit in read.of(_ALLOWED))
        for rule in self._rules:
            if not (rule.private if read.private else rule.public):
                continue
            exceptions = Spans((hit.start, hit.end) for hit in read.of(rule.exceptions))
            for match in rule.detector.find(read, rule.watch):
                if allowed.hold(match.start, match.end) or exceptions.hold(match.start, match.end):
                    continue
                if match.quoted:
                    read.signals |= _said_by_another(rule, match, read)
                elif rule.gravity == Gravity.DANGER or not protected.hold(match.start, match.end):
                    found.append((rule.order, _breach(rule, match)))
        found.sort(key=lambda entry: (-entry[1].gravity, entry[0], entry[1].start))
        return _settled([breach for _, breach in found])


def _rules_of(charter: Charter, own: dict[str, frozenset[tuple[str, ...]]], disguised: set[str]) -> Iterator[_Rule]:
    """The charter's uses of detectors; their own terms are added to `own`, those to see through to `disguised`."""
    for clause in charter.clauses:
        exceptions = f"{clause.id} exceptions"
        own[exceptions] = phrases(_all(clause.exceptions))
        for number, use in enumerate(clause.detectors):
            where = f"clauses[{clause.id}].detectors[{number}]"
            words = use if isinstance(use, WordUse) else _NO_WORDS
            terms = phrases(_all(words.terms), inflect=True)
            if clause.kind is Kind.PROTECT:
                own["criticism"] = own.get("criticism", frozenset()) | terms
                continue
            detector = detectors.named(use.name)
            if detector is None:
                known = ", ".join(one.name for one in detectors.DETECTORS)
                raise BadConfiguration(f"no detector is called “{use.name}”; there are: {known}", field=where)
            unknown = next((name for name in words.lists if name not in lists.packaged()), None)
            if unknown is not None:
                raise BadConfiguration(f"no list is called “{unknown}”", field=where)
            name = f"{clause.id} terms {number}"
            own[name] = terms
            if words.disguised:
                disguised.update(word for phrase in terms for word in phrase)
            if clause.kind is Kind.RULE:
                yield _Rule(
                    clause=clause.id,
                    gravity=clause.gravity or Gravity.NOTE,
                    detector=detector,
                    watch=Watch((*(words.lists or detector.lists), name)),
                    exceptions=exceptions,
                    public=clause.applies_in(private=False),
                    private=clause.applies_in(private=True),
                )


def _law_rules() -> Iterator[_Rule]:
    """Without a charter: what the law forbids. In private, threats only."""
    for name in detectors.LAW_DETECTORS:
        detector = next(one for one in detectors.DETECTORS if one.name == name)
        yield _Rule(LAW, Gravity.DANGER, detector, Watch(detector.lists), private=detector.find is not detectors.hate)


def _protected(read: Reading) -> list[tuple[int, int]]:
    """The words that criticise: exactly them, never those beside them, and never those aimed at a person."""
    return Spans(
        (hit.start, hit.end) for hit in read.of("criticism", "grievance") if not read.aimed_at_member(hit)
    ).merged


def _breach(rule: _Rule, match: Match) -> Breach:
    gravity = max(rule.gravity, Gravity.GRAVE) if match.whose == detectors.OTHER else rule.gravity
    return Breach(
        clause=rule.clause,
        detector=rule.detector.name,
        start=match.start,
        end=match.end,
        gravity=int(gravity),
        independent=match.independent,
        whose=match.whose,
        doubtful=match.doubtful,
    )


def _said_by_another(rule: _Rule, match: Match, read: Reading) -> set[Signal]:
    """An insult quoted by its victim; a slur against what somebody is speaks of discrimination too.

    A threat that somebody received, and an insult by one of our people, are complaints.
    """
    if rule.detector.find is detectors.hate:
        return {Signal.QUOTED_INSULT, Signal.DISCRIMINATION}
    if read.aside.hold(match.start, match.end) and (rule.gravity == Gravity.DANGER or read.has("roles")):
        return {Signal.QUOTED_INSULT, Signal.GRIEVANCE}
    return {Signal.QUOTED_INSULT}


def _settled(found: list[Breach]) -> tuple[Breach, ...]:
    """Most grave first; the same words are held against a person once; a number in an advertisement is no privacy."""
    kept: list[Breach] = []
    advertised = any(breach.detector in {"spam", "scam"} for breach in found)
    for breach in found[:MAX_BREACHES]:
        if advertised and breach.detector == "contact_data":
            continue
        beside = next((at for at, other in enumerate(kept) if _same_words(other, breach)), None)
        if beside is None:
            kept.append(breach)
        elif kept[beside].clause == breach.clause:
            kept[beside] = replace(
                kept[beside],
                start=min(kept[beside].start, breach.start),
                end=max(kept[beside].end, breach.end),
                doubtful=kept[beside].doubtful and breach.doubtful,
            )
    return tuple(sorted(kept, key=lambda breach: (-breach.gravity, breach.start, breach.end)))


def _same_words(kept: Breach, breach: Breach) -> bool:
    """Do two breaches speak of the same words? Of one clause when they overlap, of another when one holds the other."""
    if kept.detector in _OVER_ALL or breach.detector in _OVER_ALL:
        return False
    if kept.clause == breach.clause:
        return kept.start < breach.end and breach.start < kept.end
    return kept.start <= breach.start and breach.end <= kept.end


def _all(texts: dict[str, tuple[str, ...]]) -> list[str]:
    return [term for terms in texts.values() for term in terms]
