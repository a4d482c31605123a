"""What breaches a clause: one ordered list of detectors, each small and pure, each with the parameters it takes.

A detector looks at a Reading and yields the exact words it objects to. It knows nothing of clauses: a charter says
which clause is watched by which detector, with which parameters (`uses`), lists and terms of its own. Words alone are
never a breach where a person must be meant: the target is looked for around them (`Reading.aimed_at_person`), and what
is quoted, reported or said of oneself is set aside. Whatever a detector would have to know and does not (None) is no
opinion, never a breach. What becomes of a match is decided in `order`.
"""

from tribune.charter import uses
from tribune.charter.detectors.contact import contact_data
from tribune.charter.detectors.danger import THREATENING, hate, incitement, threat
from tribune.charter.detectors.flood import mention_flood, rate, repetition
from tribune.charter.detectors.form import character_flood, language, shouting
from tribune.charter.detectors.identity import impersonation, lookalike_link, undisclosed
from tribune.charter.detectors.match import AUTHOR, OTHER, Detector, Match, Watch
from tribune.charter.detectors.persons import accusation_at_person, insult_addressed, insult_at_person
from tribune.charter.detectors.spam import TOPICS, links, scam, spam
from tribune.charter.detectors.subject import neutrality, off_topic
from tribune.charter.detectors.words import expression, pattern, reports

__all__ = ["AUTHOR", "DETECTORS", "LAW_DETECTORS", "OTHER", "OVER_ALL", "Detector", "Match", "Watch", "named"]

_SPAM = ("spam_loan", "spam_fortune", "spam_trading", "spam_gain", "spam_referral")

DETECTORS: tuple[Detector, ...] = (
    # What puts people in danger comes first: gravity 4, found even where no charter is published.
    Detector("hate", hate, uses.Words, ("hate_slurs", "hate_calls"), ("hate_coded", "hate_ambiguous", "hate_groups")),
    Detector("threat", threat, uses.Words, ("threats",), THREATENING),
    Detector("incitement", incitement, uses.Words, ("incitement", "terror_praise"), ("incitement_orders",)),
    # Then what is aimed at a person, the gravest first, so that the milder word in the same span gives way.
    Detector("accusation_at_person", accusation_at_person, uses.Words, ("accusations",), ()),
    Detector("insult_at_person", insult_at_person, uses.Words, ("insults",), ()),
    Detector("insult_addressed", insult_addressed, uses.Words, ("addressed_insults",), ("addressed_plural_insults",)),
    # Spam before contact data: the number in an advertisement is no private life.
    Detector("spam", spam, uses.Words, _SPAM, (TOPICS,)),
    Detector("scam", scam, uses.Words, ("scam_recovery", "scam_support"), ()),
    Detector("links", links, uses.Links, (*_SPAM, TOPICS), ()),
    Detector("lookalike_link", lookalike_link, uses.LookalikeLink),
    Detector("impersonation", impersonation, uses.Impersonation),
    Detector("contact_data", contact_data, uses.ContactData),
    # Then what stops others from talking.
    Detector("repetition", repetition, uses.Repetition),
    Detector("rate", rate, uses.Rate),
    Detector("mention_flood", mention_flood, uses.MentionFlood),
    # Then what a charter adds in its own words.
    Detector("expression", expression, uses.Words, (), ()),
    Detector("pattern", pattern, uses.Pattern),
    # Then what only a person can judge: suggestions, whatever the clause allows.
    Detector("reports", reports, uses.Reports),
    Detector("neutrality", neutrality, uses.Neutrality, ("politics",), ()),
    Detector("undisclosed", undisclosed, uses.Undisclosed, ("promotion",), ()),
    Detector("off_topic", off_topic, uses.OffTopic),
    Detector("language", language, uses.LanguageAsked),
    # And at last what is never more than a note.
    Detector("shouting", shouting, uses.Shouting),
    Detector("character_flood", character_flood, uses.CharacterFlood),
)

LAW_DETECTORS = ("hate", "threat", "incitement")
"""Gravity 4: what the law forbids, whatever a charter says."""

OVER_ALL = frozenset(
    {
        "impersonation",
        "repetition",
        "rate",
        "mention_flood",
        "reports",
        "off_topic",
        "language",
        "shouting",
        "character_flood",
    }
)
"""These object to the whole, not to words: what stands inside their span is no part of them."""


def named(name: str) -> Detector | None:
    """The detector with this name, None when there is none."""
    return next((detector for detector in DETECTORS if detector.name == name), None)
