"""What the words say that is no breach: distress, complaint, praise, a question, a request for a person…

Most signals are a list of words each (`BY_LIST`); the others are small questions about the whole text.
"""

from bisect import bisect_left
from itertools import groupby

from tribune.charter import lists
from tribune.charter.findings import Signal
from tribune.charter.lexicon import Hit
from tribune.charter.reading import MENTION, Reading, Spans, belongs_to, domain_of

SHORT_QUESTION_WORDS = 18
SHOUTED_LETTERS = 15
SHOUTED_SHARE = 0.7
TWO_WEAK_WORDS = 2
THREE_WEAK_WORDS = 3
BESIDE_GIVING_UP = 2
"""How many words may stand beside « je n'y arrive plus » and leave it all that is said."""
TO_ACT = 4
"""How many words after « envie de », « je vais » the act may stand."""
TO_THING = 6
"""How many words from « s'est barré » the thing of ours may stand."""
TO_GROUP = 8
"""How many words after « insulté » the name of a group may stand: « insulté mon fils de pédé »."""

BY_LIST: tuple[tuple[Signal, str], ...] = (
    (Signal.GRIEVANCE, "grievance"),
    (Signal.CRITICISM, "criticism"),
    (Signal.PRAISE, "praise"),
    (Signal.THANKS, "thanks"),
    (Signal.HUMAN_REQUEST, "human_request"),
    (Signal.NAME_REQUEST, "name_request"),
    (Signal.LEGAL_THREAT, "legal_threat"),
    (Signal.JOURNALIST, "journalist"),
    (Signal.DISCRIMINATION, "discrimination"),
    (Signal.HARM, "harm"),
    (Signal.SAFETY, "safety"),
    (Signal.STILL_WAITING, "still_waiting"),
    (Signal.CONTACT_REQUEST, "contact_request"),
    (Signal.RIP, "rip"),
    (Signal.SWEARING, "swearing"),
)

_COMPLAINTS = frozenset(
    {
        Signal.GRIEVANCE,
        Signal.CRITICISM,
        Signal.HARM,
        Signal.SAFETY,
        Signal.LEGAL_THREAT,
        Signal.DISCRIMINATION,
        Signal.STILL_WAITING,
        Signal.DISTRESS,
        Signal.JOURNALIST,
        Signal.HUMAN_REQUEST,
        Signal.NAME_REQUEST,
    }
)

_ALREADY_HEARD = _COMPLAINTS | {Signal.PRAISE, Signal.THANKS, Signal.CONTACT_REQUEST}


def find(reading: Reading) -> set[Signal]:
    """Every signal of a text except QUOTED_INSULT, which detectors find."""
    found = {signal for signal, name in BY_LIST if name in reading.places and reading.has(name)}
    if any(reading.near(trouble, TO_THING, "things") for trouble in reading.of("trouble")):
        found.add(Signal.GRIEVANCE)
    if _despairs(reading, found):
        found.add(Signal.DISTRESS)
    if _deals_with_us(reading, found):
        found.add(Signal.DEALINGS)
    if any(reading.before(group, TO_GROUP, "insult_verbs") for group in reading.of("hate_groups")):
        found.add(Signal.DISCRIMINATION)
    if _asks(reading):
        found.add(Signal.QUESTION)
        if not found & _COMPLAINTS and _is_one_short_question(reading):
            found.add(Signal.SHORT_QUESTION)
    found |= {signal for signal, says in _OF_THE_WHOLE if says(reading)}
    if _helps(reading, found):
        found.add(Signal.HELPS_MEMBER)
    return found


def _despairs(reading: Reading, found: set[Signal]) -> bool:
    """A wish to do oneself harm; words of it that are also said in jest, without a laugh; several of exhaustion.

    Two of exhaustion where there is nothing to complain about and no effort is told, three anywhere; a place, a means
    or a farewell counts beside them. One of giving up, where it is all that somebody says. The title of a song is none.
    """
    if _said(reading, "distress"):
        return True
    if any(reading.before(act, TO_ACT, "distress_wishes") for act in _said(reading, "distress_acts")):
        return True
    figurative = _said(reading, "distress_figurative")
    if figurative and not reading.laughs:
        return True
    said = reading.covered("distress_alone")
    if said and not reading.laughs and len(reading.text.keys) - len(said) <= BESIDE_GIVING_UP:
        return True
    weak = Spans((hit.start, hit.end) for hit in (*figurative, *reading.of("distress_weak")))
    beside = any(not weak.touch(hit.start, hit.end) for hit in reading.of("distress_signs")) if weak.merged else False
    in_the_legs = Signal.GRIEVANCE in found or reading.laughs or reading.has("exertion")
    enough = THREE_WEAK_WORDS if in_the_legs else TWO_WEAK_WORDS
    return len(weak.merged) + beside >= enough


def _said(reading: Reading, name: str) -> list[Hit]:
    """The hits of a list, those left out that stand in the title of a work: the song « Je veux mourir »."""
    hits = reading.of(name)
    return [hit for hit in hits if not _in_a_title(reading, hit)] if hits and reading.has("works") else hits


def _in_a_title(reading: Reading, hit: Hit) -> bool:
    """Do these words stand between quotation marks that follow « chanson », “film”?"""
    works = reading.covered("works")
    return any(
        start <= hit.start and hit.end <= end and bisect_left(reading.text.starts, start) - 1 in works
        for start, end in reading.quotations
    )


def _deals_with_us(reading: Reading, found: set[Signal]) -> bool:
    """Somebody speaks of their own order, delivery or visit, or to us, and neither praises, complains nor asks."""
    speaks = reading.has("speaks_to_us") or (reading.has("service_words") and reading.has("first_person"))
    return speaks and not found & _ALREADY_HEARD


def _asks(reading: Reading) -> bool:
    """A question mark, or words that ask at the beginning or the end of a sentence."""
    if "?" in reading.text.original or "？" in reading.text.original:
        return True
    polite = reading.covered("greetings") | reading.covered(MENTION)
    return any(
        not reading.same_sentence(hit.last + 1, hit)
        or not reading.same_sentence(hit.first - 1, hit)
        or hit.first - 1 in polite
        for hit in reading.of("question_words")
    )


def _is_one_short_question(reading: Reading) -> bool:
    """One sentence that asks, a greeting or a word of thanks beside it at most."""
    if reading.text.original.count("?") > 1:
        return False
    greeting = reading.covered("greetings") | reading.covered(MENTION)
    sentences = [
        [index for index, _ in group if index not in greeting]
        for _, group in groupby(enumerate(reading.text.sentences), lambda entry: entry[1])
    ]
    asking = [sentence for sentence in sentences if sentence]
    return len(asking) == 1 and len(asking[0]) <= SHORT_QUESTION_WORDS


def _takes_part(reading: Reading) -> bool:
    if reading.circumstances.contest and (reading.has("participates") or bool(reading.mentions)):
        return True
    return reading.circumstances.invited and (reading.has("attends") or reading.has("participates"))


def _cites_a_source(reading: Reading) -> bool:
    if not reading.links:
        return False
    known = (*lists.raw_terms("source_domains"), *(domain.lower() for domain in reading.vocabulary.own_domains))
    return any(belongs_to(domain_of(reading.text.original[start:end]), known) for start, end in reading.links)


def _shouts(reading: Reading) -> bool:
    """Fifteen letters and more, seven in ten of them capitals."""
    letters, shown = reading.capitals
    return letters >= SHOUTED_LETTERS and shown >= SHOUTED_SHARE * letters


def _helps(reading: Reading, found: set[Signal]) -> bool:
    """Advice to another member: said to a person, and neither a question nor a complaint."""
    to_somebody = bool(reading.mentions) or reading.circumstances.answers_member
    return to_somebody and reading.has("helps") and not found & {Signal.QUESTION, Signal.DISTRESS}


_OF_THE_WHOLE = (
    (Signal.PARTICIPATES, _takes_part),
    (Signal.SOURCE_LINK, _cites_a_source),
    (Signal.CAPITALS, _shouts),
)
"""Signals that need no other one to be told."""
