"""What every detector looks at: the text, its words, who is addressed, and what is only quoted.

A Reading is made once per text. It answers the questions that detectors share: is this insult aimed at a person,
is it quoted by its victim or said of oneself, which names stand in the text, which links.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tribune.charter import contacts, lists
from tribune.charter.contacts import Contact
from tribune.charter.findings import Circumstances, Signal, Vocabulary
from tribune.charter.lexicon import Hit, Lexicon, Places
from tribune.charter.text import Text, fold
from tribune.comment import Audience

VOTING = 400
"""How many words say which language it is."""
FEW_CAPITALS = 2
"""Nobody shouts with fewer: `uses.Shouting` asks for five letters, three in ten of them capitals."""
MAX_REPORTED_WORDS = 12
"""How far after « m'a traité de » the words are still somebody else's."""
MAX_FILLERS = 7
MIN_BRAND = 4
MAX_TO_ROLE = 6
MAX_APPOSITION = 3
MAX_TO_SPEAKER = 3

_QUOTED = re.compile(r"«[^«»]{1,400}»|“[^“”]{1,400}”|„[^„“”]{1,400}[“”]|\"[^\"\n]{1,400}\"|‹[^‹›]{1,400}›")
_QUOTE = re.compile('[«“„"‹]')
_MENTION = re.compile(r"(?<![^\s(«\"“,;:!?/.\-])@([^\W_][\w.\-]{0,60})")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"«»]{1,2000}|(?<![\w@.])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}/[^\s<>\"«»]{1,2000}",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"^(?:https?://)?(?:[^/@\s]*@)?([^/:?#\s]+)", re.IGNORECASE)
_LAUGH = re.compile("[😂🤣😅😆😄😁😜😝😛😹😉💀]")

_CAPITAL = re.compile("[" + "".join(filter(str.isupper, map(chr, range(0x590)))) + "]")
"""Latin, Greek, Cyrillic and Armenian: the scripts with capitals that people shout in."""

MENTION = "mention"
SUBJECTS = (
    "address_singular",
    "address_plural",
    "address_group",
    "copulas",
    "self_applied",
    "self_related",
    MENTION,
)
INSULTS = ("insults", "grave_insults", "hate_slurs", "swearing")

type Span = tuple[int, int]


class Spans:
    """Stretches of the original text, merged where they overlap; asking costs a logarithm."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.merged: list[Span] = []
        for start, end in sorted(spans):
            if self.merged and start < self.merged[-1][1]:
                self.merged[-1] = (self.merged[-1][0], max(end, self.merged[-1][1]))
            else:
                self.merged.append((start, end))
        self._starts = [start for start, _ in self.merged]

    def hold(self, start: int, end: int) -> bool:
        """Does one stretch hold all of start to end?"""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self.merged[at][1]

    def touch(self, start: int, end: int) -> bool:
        """Does one stretch share a character with start to end?"""
        at = bisect_right(self._starts, end - 1) - 1
        return at >= 0 and start < self.merged[at][1]

    def outweigh(self, start: int, end: int) -> bool:
        """Does one stretch share a character with start to end, and say as much: not lie inside of it?"""
        at = bisect_right(self._starts, end - 1) - 1
        while at >= 0 and start < self.merged[at][1]:
            first, last = self.merged[at]
            if first < start or end < last or (first, last) == (start, end):
                return True
            at -= 1
        return False


@dataclass
class Reading:
    """One text under examination. Spans are offsets of the original, end exclusive."""

    text: Text
    circumstances: Circumstances
    vocabulary: Vocabulary
    language: str
    places: Places
    """Where every list has its terms, and under its name + EXCEPT its exceptions."""
    signals: set[Signal] = field(default_factory=set)
    _hits: dict[str, list[Hit]] = field(default_factory=dict)
    """Each list's hits, exceptions taken out, once somebody asked for them."""
    _covered: dict[str, set[int]] = field(default_factory=dict)
    _ends: dict[str, dict[int, int]] = field(default_factory=dict)

    @cached_property
    def links(self) -> list[Span]:
        """The links, by their shape alone."""
        original = self.text.original
        if "/" not in original and "www." not in original.lower():
            return []
        return [link.span() for link in _LINK.finditer(original)]

    @cached_property
    def contacts(self) -> list[Contact]:
        """The contact data, those inside links left out."""
        found = contacts.find(self.text.original, self.language)
        if not found or not self.links:
            return found
        linked = Spans(self.links)
        return [contact for contact in found if not linked.touch(contact.start, contact.end)]

    @cached_property
    def capitals(self) -> tuple[int, int]:
        """How many letters there are, and how many of them are capitals; names, hashtags and links are left out."""
        said = self.text.original
        shown = len(_CAPITAL.findall(said))
        if shown < FEW_CAPITALS:
            return 0, 0
        if self.links or self.mentions or "#" in said:
            kept = list(said)
            for start, end in (*self.links, *((hit.start, hit.end) for hit in self.mentions)):
                kept[start:end] = " " * (end - start)
            said = "".join(word for word in "".join(kept).split() if not word.startswith("#"))
            shown = len(_CAPITAL.findall(said))
        return sum(map(str.isalpha, said)), shown

    @cached_property
    def _mentioned(self) -> set[int]:
        """The sentences with a mention in them."""
        return {self.text.sentences[index] for index in self.covered(MENTION)}

    @cached_property
    def quotations(self) -> list[Span]:
        """What stands between quotation marks, the marks included."""
        original = self.text.original
        return [found.span() for found in _QUOTED.finditer(original)] if _QUOTE.search(original) else []

    @cached_property
    def aside(self) -> Spans:
        """What is quoted or reported."""
        return Spans([*self.quotations, *_reported(self)])

    @property
    def private(self) -> bool:
        """Is this a private conversation?"""
        return self.circumstances.audience is Audience.PRIVATE

    @cached_property
    def laughs(self) -> bool:
        """Is it said with a laugh: « mdr », 😂?"""
        return self.has("laughter") or _LAUGH.search(self.text.original) is not None

    @property
    def mentions(self) -> list[Hit]:
        """Persons named by « @ » or by the platform's own mention, the brand left out."""
        return self.of(MENTION)

    def of(self, *names: str) -> list[Hit]:
        """The hits of these lists, in the order of the text."""
        if len(names) == 1:
            return self._of(names[0])
        found: list[Hit] = []
        for name in names:
            if name in self.places or name == MENTION:
                found += self._of(name)
        if len(found) > 1:
            found.sort(key=lambda hit: (hit.start, -hit.end))
        return found

    def _of(self, name: str) -> list[Hit]:
        found = self._hits.get(name)
        if found is None:
            if name not in self.places and name != MENTION:
                return []
            starts, ends = self.text.starts, self.text.ends
            found = _mentions(self) if name == MENTION else []
            found += [Hit(name, first, last, starts[first], ends[last]) for first, last in self.places.get(name, ())]
            if found and (innocent := self.places.get(name + lists.EXCEPT)):
                spared = Spans((starts[first], ends[last]) for first, last in innocent)
                found = [hit for hit in found if not spared.outweigh(hit.start, hit.end)]
            self._hits[name] = found
        return found

    def has(self, *names: str) -> bool:
        """Is there a hit of any of these lists?"""
        for name in names:
            if name in self.places:
                if name + lists.EXCEPT not in self.places or self._of(name):
                    return True
            elif name == MENTION and self._of(name):
                return True
        return False

    def uncertain(self, start: int, end: int) -> bool:
        """Do these characters hold a word that only chance may have made: « sa lope »?"""
        text = self.text
        return bool(text.uncertain) and any(
            text.starts[index] < end and start < text.ends[index] for index in text.uncertain
        )

    def covered(self, name: str) -> set[int]:
        """The tokens that stand in a hit of this list."""
        covered = self._covered.get(name)
        if covered is None:
            covered = {i for hit in self._of(name) for i in range(hit.first, hit.last + 1)}
            self._covered[name] = covered
        return covered

    def ending(self, name: str) -> dict[int, int]:
        """Last token -> first token of the hits of this list, the longest where several end together."""
        ends = self._ends.get(name)
        if ends is None:
            ends = {}
            for hit in self._of(name):
                ends[hit.last] = min(hit.first, ends.get(hit.last, hit.first))
            self._ends[name] = ends
        return ends

    def same_sentence(self, index: int, hit: Hit) -> bool:
        """Does token `index` exist and stand in the sentence of this hit?"""
        sentences = self.text.sentences
        return 0 <= index < len(sentences) and sentences[index] == sentences[hit.first]

    def near(self, hit: Hit, words: int, *names: str) -> bool:
        """Does a hit of these lists stand within so many words before or after, in the same sentence?"""
        for name in names:
            covered = self.covered(name)
            if covered and any(
                index in covered and self.same_sentence(index, hit)
                for index in range(hit.first - words, hit.last + words + 1)
                if not hit.first <= index <= hit.last
            ):
                return True
        return False

    def before(self, hit: Hit, words: int, *names: str) -> bool:
        """Does a hit of these lists end within so many words before this one, in the same sentence?"""
        for name in names:
            ends = self.ending(name)
            if ends and any(
                index in ends and self.same_sentence(index, hit) for index in range(hit.first - words, hit.first)
            ):
                return True
        return False

    def set_aside(self, hit: Hit, *also: str) -> bool:
        """Is this quoted or reported by its victim, or said of oneself (in the words of the lists `also` too)?"""
        if self.aside.hold(hit.start, hit.end):
            return True
        before = self._before_fillers(hit)
        return before not in self.ending("address_singular") and any(
            before in self.ending(name) for name in ("self_applied", *also)
        )

    def is_ours(self, contact: Contact) -> bool:
        """Is this contact data the house's own?"""
        return contacts.is_ours(contact, self.vocabulary.own_contacts, self.vocabulary.own_domains)

    def aimed_at_person(self, hit: Hit) -> bool:
        """Do these words address or describe natural persons? The brand is not one."""
        before = self._before_fillers(hit)
        return (
            (before in self.ending("address_group") and self.addresses_somebody(hit))
            or self._addressed(hit, before)
            or self._described(hit, before)
            or self._followed_by_person(hit, before)
            or self._alone_in_answer(hit)
            or self._called_out_in_answer(hit)
        )

    def aimed_at_member(self, hit: Hit) -> bool:
        """Do these words address a person in the singular, or name one? Trades (« le vendeur ») are not names."""
        before = self._before_fillers(hit)
        return (
            before in self.ending("address_singular")
            or before in self.ending(MENTION)
            or (before in self.ending("address_plural") and self._beside_mention(hit))
            or self._named(hit, before)
        )

    def opens(self, hit: Hit) -> bool:
        """Do these words open a sentence, or follow a name or a comma?"""
        before = self._before_fillers(hit)
        return before < 0 or before in self.ending(MENTION) or "," in self.text.between(hit.first - 1)

    def addresses_somebody(self, hit: Hit) -> bool:
        """Would « vous » or "you" mean a person here: in a reply to a member, or beside a mention?"""
        return self.circumstances.answers_member or self._beside_mention(hit)

    # --- inside ---

    def _beside_mention(self, hit: Hit) -> bool:
        """Does a mention open the text, or stand in the sentence of these words?"""
        return 0 in self.covered(MENTION) or self.text.sentences[hit.first] in self._mentioned

    @cached_property
    def _insulting(self) -> set[int]:
        """The tokens of insults."""
        return {index for name in INSULTS for index in self.covered(name)}

    @cached_property
    def _subjects_end(self) -> set[int]:
        """The last tokens of those who may be spoken to or of."""
        return {index for name in SUBJECTS for index in self.ending(name)}

    def _before_fillers(self, hit: Hit) -> int:
        """The last token of its sentence before a hit that is neither a filler nor another insult; -1 for none."""
        fillers = lists.words_of("fillers")
        index = hit.first - 1
        while (
            hit.first - index <= MAX_FILLERS
            and self.same_sentence(index, hit)
            and (self.text.keys[index] in fillers or index in self._insulting)
            and index not in self._subjects_end
        ):
            index -= 1
        return index if self.same_sentence(index, hit) else -1

    def _addressed(self, hit: Hit, before: int) -> bool:
        if before in self.ending("address_singular") or before in self.ending(MENTION):
            return True
        return before in self.ending("address_plural") and self.addresses_somebody(hit)

    def _described(self, hit: Hit, before: int) -> bool:
        """« votre caissière est une… », « Karim est un… », « la vendeuse, une vraie… », « c'est un… ce vendeur »."""
        if before in self.ending("roles") or self._in_apposition(hit, before) or self._named(hit, before):
            return True
        copula = self.ending("copulas").get(before)
        if copula is None:
            return False
        breaks = lists.words_of("subject_breaks")
        for index in range(copula - 1, copula - 1 - MAX_TO_ROLE, -1):
            if not self.same_sentence(index, hit) or self.text.keys[index] in breaks:
                break
            if index in self.covered("roles"):
                return True
        return before in self.ending("copulas_presenting") and any(
            index in self.covered("roles") and self.same_sentence(index, hit)
            for index in range(hit.last + 1, hit.last + 1 + MAX_APPOSITION)
        )

    def _named(self, hit: Hit, before: int) -> bool:
        """« @Karim est un… »: a name one or two words before the verb."""
        copula = self.ending("copulas").get(before)
        return copula is not None and any(
            index in self.ending(MENTION) and self.same_sentence(index, hit) for index in (copula - 1, copula - 2)
        )

    def _in_apposition(self, hit: Hit, before: int) -> bool:
        """« la caissière de Lille, une vraie… »: a comma, and the person a few words before it."""
        return "," in self.text.between(before) and any(
            index in self.covered("roles") and self.same_sentence(index, hit)
            for index in range(before - MAX_APPOSITION, before)
        )

    def _followed_by_person(self, hit: Hit, before: int) -> bool:
        """« abruti de vigile », « quel abruti @Karim », « abruti que tu es »."""
        fillers = lists.words_of("fillers")
        for index in range(hit.last + 1, hit.last + 4):
            if not self.same_sentence(index, hit):
                return False
            if (before < 0 and index in self.covered(MENTION)) or (
                index > hit.last + 1 and index in self.covered("roles")
            ):
                return True
            key = self.text.keys[index]
            if index in self.covered("address_plural") and self.addresses_somebody(hit) and before < 0:
                return True
            if key == "que" and index + 2 in self.ending("address_singular"):
                return True
            if key not in fillers:
                return False
        return False

    def _alone_in_answer(self, hit: Hit) -> bool:
        """« Abruti ! » as a whole sentence, in a reply to a member or after a mention that opens the text."""
        if not self.addresses_somebody(hit):
            return False
        around = [*range(hit.first - MAX_FILLERS, hit.first), *range(hit.last + 1, hit.last + 1 + MAX_FILLERS)]
        fillers = lists.words_of("fillers")
        return all(
            index in self.covered(MENTION) or self.text.keys[index] in fillers
            for index in around
            if self.same_sentence(index, hit)
        )

    def _called_out_in_answer(self, hit: Hit) -> bool:
        """« …, abruti ! » at the end of a sentence, in a reply to a member or beside a mention."""
        if not self.addresses_somebody(hit) or not self._comma(hit.first - 1):
            return False
        fillers = lists.words_of("fillers")
        return self.same_sentence(hit.first - 1, hit) and all(
            index in self.covered(MENTION) or self.text.keys[index] in fillers
            for index in range(hit.last + 1, hit.last + 1 + MAX_FILLERS)
            if self.same_sentence(index, hit)
        )

    def _comma(self, index: int) -> bool:
        return index >= 0 and "," in self.text.between(index)


def make(text: Text, circumstances: Circumstances, vocabulary: Vocabulary, lexicon: Lexicon, language: str) -> Reading:
    """The reading of a text with a lexicon: the packaged lists and the charter's own terms."""
    return Reading(text, circumstances, vocabulary, language, lexicon.places(text))


def language_of(text: Text, hint: str | None) -> str:
    """`fr` or `en`, by a vote of small words; the hint settles a tie, French when there is none."""
    votes = {
        language: sum(map(lists.words_of("stopwords", language).__contains__, text.keys[:VOTING]))
        for language in lists.LANGUAGES
    }
    best = max(votes.values())
    winners = [language for language, count in votes.items() if count == best]
    if len(winners) == 1:
        return winners[0]
    short = (hint or "")[:2].lower()
    return short if short in winners else winners[0]


def domain_of(link: str) -> str:
    """The host name of a link, in lower case, without « www. »."""
    found = _DOMAIN.match(link)
    return found[1].lower().removeprefix("www.") if found else ""


def belongs_to(domain: str, domains: Iterable[str]) -> bool:
    """Is `domain` one of these, or a sub-domain of one?"""
    return any(domain == known or domain.endswith("." + known) for known in domains)


def _mentions(reading: Reading) -> list[Hit]:
    """« @Karim » and the names the platform marked, as tokens; the brand is not a person."""
    original = reading.text.original
    if "@" not in original and not reading.circumstances.tagged:
        return []
    spans = [(found.start(1), found.end(1)) for found in _MENTION.finditer(original)]
    for name in reading.circumstances.tagged[:50]:
        spans += _places_of(name.lstrip("@"), original)
    starts = {start: index for index, start in enumerate(reading.text.starts)}
    ends = reading.text.ends
    found: dict[int, Hit] = {}
    for start, end in spans:
        first = starts.get(start)
        if first is None or is_the_house(original[start:end], reading.vocabulary):
            continue
        last = first
        while last + 1 < len(ends) and ends[last + 1] <= end:
            last += 1
        if first not in found or last > found[first].last:
            found[first] = Hit(MENTION, first, last, *reading.text.slice(first, last))
    return [found[first] for first in sorted(found)]


def is_the_house(named: str, vocabulary: Vocabulary) -> bool:
    """« @garance » and « @velosgarance.officiel » are Vélos Garance, and so is each @name of its own; « @Lo » is not."""
    name, brand = _squeezed(named), _squeezed(vocabulary.brand)
    if bool(brand) and (brand in name or (len(name) >= MIN_BRAND and name in brand)):
        return True
    return name in map(_squeezed, vocabulary.handles)


def opens_with_a_person(text: str, vocabulary: Vocabulary) -> bool:
    """Does it begin with an @name that is not ours?"""
    said = text.lstrip()
    first = _MENTION.match(said)
    return said.startswith("@") and not (first and is_the_house(first[1], vocabulary))


def _places_of(name: str, original: str) -> list[Span]:
    places: list[Span] = []
    position = original.find(name) if name.strip() else -1
    while position >= 0 and len(places) < 20:  # noqa: PLR2004 - nobody is named more often in a comment
        places.append((position, position + len(name)))
        position = original.find(name, position + len(name))
    return places


def _squeezed(name: str) -> str:
    return "".join(character for character in fold(name) if character.isalnum())


def _reported(reading: Reading) -> list[Span]:
    """From each reporting verb to the end of what it reports; before it where the speaker or nothing follows."""
    return [*_reported_after_verb(reading), *_reported_before_verb(reading)]


def _reported_after_verb(reading: Reading) -> Iterator[Span]:
    text = reading.text
    breaks, goes_on = lists.words_of("adversatives"), lists.words_of("continuations")
    covered = -1
    for verb in reading.of("reporting"):
        last = verb.last
        while (
            last + 1 < len(text.keys)
            and last - verb.last < MAX_REPORTED_WORDS
            and text.sentences[last + 1] == text.sentences[verb.last]
            and text.keys[last + 1] not in breaks
            and (last == verb.last or "," not in text.between(last) or text.keys[last + 1] in goes_on)
        ):
            last += 1
        if last > max(verb.last, covered):
            yield text.ends[verb.last], text.ends[last]
            covered = last


def _reported_before_verb(reading: Reading) -> Iterator[Span]:
    """« … m'a dit le vigile », « … voilà comment on m'a parlé », "… is what he said"."""
    text = reading.text
    after = [verb for verb in reading.of("reporting") if _names_the_speaker(reading, verb)]
    for verb in [*after, *reading.of("reporting_after")]:
        sentence = text.sentences[max(verb.first - 1, 0)]
        first = verb.first
        while first > 0 and verb.first - first < MAX_REPORTED_WORDS and text.sentences[first - 1] == sentence:
            first -= 1
        if first < verb.first:
            yield text.starts[first], text.ends[verb.first - 1]


def _names_the_speaker(reading: Reading, verb: Hit) -> bool:
    """Does the verb end its sentence, or do its next words name somebody of the house?"""
    return reading.same_sentence(verb.first - 1, verb) and (
        not reading.same_sentence(verb.last + 1, verb)
        or any(
            index in reading.covered("roles") and reading.same_sentence(index, verb)
            for index in range(verb.last + 1, verb.last + 1 + MAX_TO_SPEAKER)
        )
    )
