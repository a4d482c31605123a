"""What people say of time: what a person of the team promises and by when, since when a member says that they wait. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from tribune import words

_NUMBERS = {
    "fr": r"\d{1,3}|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt",
    "en": r"\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve",
}
_UNITS = {"fr": r"heures?|jours?|semaines?|mois|ans?", "en": r"hours?|days?|weeks?|months?|years?"}
_WAITING = {
    "fr": r"(?:de retard|d['’]attente|sans (?:réponse|nouvelles?)|que (?:j['’]|je |nous |on )attend)",
    "en": r"(?:late|overdue|of waiting|without (?:an answer|a reply|news))",
}
"""What after a length of time says that somebody waits."""
_SINCE = {
    "fr": re.compile(
        rf"(?:(?:au bout d(?:e |'|’)|depuis|après|encore|déjà|ça fait)\s*(?:plus de )?(?P<a>(?:{_NUMBERS['fr']})\s+(?:{_UNITS['fr']}))\b"
        rf"|\b(?P<b>(?:{_NUMBERS['fr']})\s+(?:{_UNITS['fr']}))\s+{_WAITING['fr']})",
        re.IGNORECASE,
    ),
    "en": re.compile(
        rf"(?:(?:after|for|already|another)\s+(?:over |more than )?(?P<a>(?:{_NUMBERS['en']})\s+(?:{_UNITS['en']}))\b(?! warranty| ago)"
        rf"|\b(?P<b>(?:{_NUMBERS['en']})\s+(?:{_UNITS['en']}))\s+{_WAITING['en']})",
        re.IGNORECASE,
    ),
}


def since_when(text: str, language: str) -> str | None:
    """How long the member says it has lasted ("deux mois"), from a closed vocabulary; for the drafts' {since}."""
    match = _SINCE[words.spoken(language)].search(text)
    found = (match["a"] or match["b"]) if match else None
    return " ".join(found.lower().split()) if found else None


_WAITED = {
    language: re.compile(
        rf"\b(?P<n>{_NUMBERS[language]})\s+(?P<unit>{_UNITS[language]})\s+{_WAITING[language]}", re.IGNORECASE
    )
    for language in words.LANGUAGES
}
_LASTS = {
    "h": timedelta(hours=1), "j": timedelta(days=1), "d": timedelta(days=1), "s": timedelta(weeks=1),
    "w": timedelta(weeks=1), "m": timedelta(days=30), "a": timedelta(days=365), "y": timedelta(days=365),
}  # fmt: skip
"""By the first letter of the unit, in both languages."""


def waited(text: str, language: str) -> timedelta | None:
    """How long the member says they have been waiting for us ("un mois que j'attends"); None when they do not say."""
    match = _WAITED[words.spoken(language)].search(text)
    if match is None:
        return None
    number = match["n"].lower()
    lasts: timedelta = _LASTS[match["unit"][0].lower()] * (_COUNTED.get(number) or int(number))
    return lasts


_NOON, _LAST_HOUR = time(12), time(18)
"""When a day that is named without an hour runs out; and a whole day, week or month, with its work."""
_TUESDAY, _FRIDAY, _A_WEEK = 1, 4, 7
_LATELY = timedelta(days=60)
"""A date without its year is no longer ago than this; else it is one to come."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day as people name it, or a whole week or month, of which it is the last working day."""

    after: int = 0
    """So many days after this one…"""
    working: bool = False
    """… on which people work."""
    weekday: int | None = None
    """The next such day, Monday being 0; alone it may be this one."""
    later: int = 0
    """Not this day ("mardi prochain", 1), not before so many days."""
    week: int | None = None
    """This week (0), or so many later: as a whole, or its weekday."""
    number: int | None = None
    """Of its month, this one or the next where none is named."""
    month: int | None = None
    months: int | None = None
    """This month (0), or the next (1), as a whole."""
    year: int | None = None
    early: bool = False
    """Of a whole week or month it is the beginning: until Tuesday, or its first seven days."""

    @property
    def is_whole(self) -> bool:
        """Is it a week or a month, and no day of it?"""
        spans = (self.week, self.month, self.months)
        return self.number is None and self.weekday is None and any(span is not None for span in spans)

    def on(self, today: date) -> date | None:
        """Which day it is; None where there is no such day, or it is another day of the week than they say."""
        if self.number is not None:
            found = self._numbered(today, self.number)
            return found if found and self.weekday in (None, found.weekday()) else None
        if self.week is not None:
            monday = today + timedelta(days=_A_WEEK * self.week - today.weekday())
            return monday + timedelta(
                days=(_TUESDAY if self.early else _FRIDAY) if self.weekday is None else self.weekday
            )
        if self.month is not None or self.months is not None:
            return self._of_month(today)
        if self.weekday is not None:
            return today + timedelta(days=self.later + (self.weekday - today.weekday() - self.later) % _A_WEEK)
        found = today
        for _ in range(self.after):
            found += timedelta(
                days=max(1, _A_WEEK - found.weekday()) if self.working and found.weekday() >= _FRIDAY else 1
            )
        return found

    def _numbered(self, today: date, number: int) -> date | None:
        if self.month is None:
            return next(
                (one for one in (_a_day(today, number), _a_day(today, number, 1)) if one and one >= today), None
            )
        if self.year is not None:
            return _a_day(date(self.year, self.month, 1), number)
        years = (date(year, self.month, 1) for year in (today.year - 1, today.year, today.year + 1))
        return next((one for year in years if (one := _a_day(year, number)) and one > today - _LATELY), None)

    def _of_month(self, today: date) -> date:
        first = _first_of(today, self.months or 0)
        if self.month is not None:
            ahead = (self.month - today.month) % 12
            first = _first_of(today, ahead) if self.year is None else date(self.year, self.month, 1)
        last = first + timedelta(days=6) if self.early else _first_of(first, 1) - timedelta(days=1)
        return last - timedelta(days=max(0, last.weekday() - _FRIDAY))


def _first_of(day: date, months: int) -> date:
    """The first day of a month so many months later."""
    months += day.month - 1
    return date(day.year + months // 12, months % 12 + 1, 1)


def _a_day(month: date, number: int, later: int = 0) -> date | None:
    try:
        return _first_of(month, later).replace(day=number)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to come back, as the person wrote it: a clock time (on a later day or not), or a delay."""

    words: str
    clock: time | None = None
    day: Day = Day()
    delay: timedelta | None = None
    today: bool = False
    """It names this very day: said after its hour ("ce soir", at 21 h), it runs out with the day."""
    eve: bool = False
    """Before that day ("avant lundi"): it runs out the evening before."""
    vague: bool = False
    """"dans quelques jours": it names no moment."""

    def at(self, now: datetime) -> datetime:
        """When it runs out, for a promise made at `now` (in the community's zone): never in the past. Where nobody can
        say when (`guessed`), the next noon.
        """
        if self.delay is not None:
            return (now.astimezone(UTC) + self.delay).astimezone(now.tzinfo)  # an hour is one, also when clocks change
        today = now.date()
        named = self.day.on(today)
        if named is None or named < today:
            return _moment(today + timedelta(days=1), _NOON, now)
        if self.eve:
            named -= timedelta(days=1)
        kept = _moment(named, self.clock or (_LAST_HOUR if self.day.is_whole or self.eve else _NOON), now)
        if kept > now.astimezone(UTC):
            return kept.astimezone(now.tzinfo)
        if self.today or self.eve or self.day.number or self.day.is_whole:
            return _moment(today + timedelta(days=1), time(0), now)
        again = timedelta(days=1 if self.day.weekday is None else _A_WEEK)
        return _moment(named + again, self.clock or _NOON, now)

    def guessed(self, now: datetime) -> bool:
        """Is the time at which it runs out a guess of ours? There is no such day ("lundi 29" is a Sunday), or none is named."""
        return self.vague or self.day.on(now.date()) is None

    def is_over(self, now: datetime) -> bool:
        """Does it name a day of the past? Then it promises nothing: "votre colis est parti le 20"."""
        named = self.day.on(now.date()) if self.day.number else None
        return named is not None and named < now.date()


def _moment(day: date, clock: time, now: datetime) -> datetime:
    """A day's hour by the clock of `now`; of an hour that comes twice, the one that is still to come."""
    first, second = (datetime.combine(day, clock.replace(fold=fold), now.tzinfo) for fold in (0, 1))
    return first if first.astimezone(UTC) > now.astimezone(UTC) else second


_PROMISES = {
    "fr": re.compile(
        r"\b(?:je|j['’]|on|nous|et (?=vous |te |t['’]|reviens (?:ici|vers)\b))\s*(?:vous |te |t['’]|y )?(?:en )?"
        r"(?:reviens|revient|revenons|réponds|répond|répondons|rappelle|rappelons|recontacte|recontactons|écris|tiens|tient"
        r"|tenons|donne|redis|redit|repasse|dis plus|dit plus|(?:fais|fait|faisons) (?:le|un) point"
        r"|(?:reviend|répond|rappelle|recontacte|écri|tiend|donne|repasse)r(?:ai|a|ons)"
        r"|(?:vais|va|allons) (?:vous |te |t['’]|y )?(?:revenir|répondre|rappeler|recontacter|écrire|tenir|donner))\b"
        r"|\b(?:vous aurez|tu auras)(?: \w+){0,2} (?:réponse|nouvelles|retour)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:I|we)(?:['’]ll| will|(?:['’]m|['’]re| am| are) going to)\s+(?:\w+\s+){0,1}?(?:be back|be in touch|come back"
        r"|get (?:right |straight )?back|reply|answer|update|call|ring|message|email|let you know|keep you (?:posted|updated)"
        r"|follow up|have (?:an answer|an update|news)|write|return)\b"
        r"|\bwill (?:be back|be in touch|get back|come back|answer|update you|call you)\b"
        r"|\band (?:get|come) back to you\b|\byou(?:['’]ll| will) hear (?:back )?from (?:me|us)\b",
        re.IGNORECASE,
    ),
}
_ASKS = re.compile(r"\?(?!\w)")
_ANSWER_FOLLOWS = re.compile(r" ?:\s")
"""« Je vous réponds : … » answers now, and promises nothing."""
_SENTENCE_ENDS = re.compile(r"[.!?…]\s|\n")
_NEXT_SENTENCE = re.compile(r"[.!?…]\s")
"""In another sentence a whole week or month says rather when something was: « Votre commande est partie en novembre. »"""
_REACH, _LONGEST = 60, 60
"""So many letters after somebody says that they come back, what says when has begun; and it has no more than these."""
_WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
}
_MONTHS = ("jan", "fev feb", "mar", "avr apr", "mai may", "juin jun", "juil jul", "aou aug", "sep", "oct", "nov", "dec")
"""How each begins in either language, without its accent."""
_PARTS = {
    "matin": time(10), "midi": time(12), "après-midi": time(17), "soir": time(18), "matinée": time(12),
    "journée": time(18), "soirée": time(20),
    "morning": time(10), "noon": time(12), "midday": time(12), "lunchtime": time(12), "afternoon": time(17),
    "evening": time(18), "night": time(18), "day": time(18), "business": time(18),
}  # fmt: skip
_DAYTIMES: dict[str, tuple[tuple[str, time], ...]] = {
    "fr": (
        ("ce midi", time(12)),
        ("à midi", time(12)),
        ("avant midi", time(12)),
        ("dans la matinée", time(12)),
        ("fin de matinée", time(12)),
        ("début d'après-midi", time(15)),
        ("fin d'après-midi", time(18)),
        ("cet après-midi", time(17)),
        ("dans l'après-midi", time(17)),
        ("ce soir", time(19)),
        ("dans la soirée", time(20)),
        ("en soirée", time(20)),
        ("dans la journée", time(18)),
        ("fin de journée", time(18)),
        ("fin de la journée", time(18)),
        ("aujourd'hui", time(18)),
    ),
    "en": (
        ("at noon", time(12)),
        ("by noon", time(12)),
        ("by midday", time(12)),
        ("by lunchtime", time(12)),
        ("this morning", time(12)),
        ("this afternoon", time(17)),
        ("this evening", time(19)),
        ("tonight", time(19)),
        ("end of the day", time(18)),
        ("end of day", time(18)),
        ("today", time(18)),
    ),
}
_ANY_NOON = ("à midi", "avant midi", "at noon", "by noon", "by midday", "by lunchtime")
"""Said in the afternoon, it is the next one."""
_SOME = ("quelques", "a few")
_A_FEW_MINUTES = 15
_MORNING = 8
"""« at 5 » without its half of the day is five in the afternoon for who works by day."""
_COUNTED = {
    name: number
    for names, number in (
        (("un", "une", "a", "an", "one"), 1),
        (("deux", "two", "a couple of"), 2),
        (("trois", "three"), 3),
        (("quatre", "four"), 4),
        (("cinq", "five"), 5),
        (("six",), 6),
        (("sept", "seven"), 7),
        (("huit", "eight"), 8),
        (("neuf", "nine"), 9),
        (("dix", "ten"), 10),
        (("onze", "eleven"), 11),
        (("douze", "twelve"), 12),
        (("quinze",), 15),
        (("vingt",), 20),
        (("quelques", "a few"), 3),
    )
    for name in names
}

_WEEKDAY = {language: f"(?P<weekday>{'|'.join(names)})" for language, names in _WEEKDAYS.items()}
_MONTH = {
    "fr": r"(?P<month>janv(?:ier)?|f[ée]vr(?:ier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept(?:embre)?|oct(?:obre)?"
    r"|nov(?:embre)?|d[ée]c(?:embre)?)(?!\w)\.?",
    "en": r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?!\w)\.?",
}
_NUMBER = r"(?P<number>0?[1-9]|[12]\d|3[01])"
_NTH = {"fr": r"(?P<number>1er|0?[1-9]|[12]\d|3[01])", "en": rf"{_NUMBER}(?:st|nd|rd|th)?(?!\w|[:/.]\d|\s?[ap]\.?m\b)"}
_IN_FIGURES = r"(?P<month>0?[1-9]|1[0-2])(?:/(?P<year>(?:20)?\d\d))?(?![\d/])"
_YEAR = r"(?:,? (?P<year>20\d\d))?"
_COUNT = {
    "fr": rf"(?:(?:{_NUMBERS['fr']})(?: à | ou |-))?(?P<n>{_NUMBERS['fr']}|quelques)",
    "en": rf"(?:(?:{_NUMBERS['en']})(?: to | or |-))?(?P<n>a few|a couple of|{_NUMBERS['en']})",
}
_NOT_FROM = {
    "fr": r"(?<!\bdu )(?<!\bau )(?<!\baux )(?<!\ble )(?<!\bdepuis )(?<!(?<!\bpartir )\bde )",
    "en": r"(?<!\bfrom )(?<!\bto )(?<!\bthrough )(?<!\bsince )(?<!\bof )(?<!\blast )(?<!\bthe )",
}
"""Not the first or the last of the days on which we are there ("du lundi au vendredi"), nor one that was."""
_NO_DAY = r"(?<!day )(?<!day, )"
"""Not the end of a date that began before: "since Monday 30 November"."""
_LEAD = {
    "fr": rf"{_NOT_FROM['fr']}\b(?=\D)(?:d'ici au )?(?:le |ce )?(?:{_WEEKDAY['fr']},? (?:le )?)?",
    "en": rf"{_NOT_FROM['en']}{_NO_DAY}\b(?:{_WEEKDAY['en']},? )?(?:the )?",
}
_ENDS = {
    "fr": r"(?=\s*(?:$|[.,;:!?()^…]|(?:à|avant|vers|dès|au|en|dans|ici|pour|avec|matin|midi|après-midi|soir)\b))",
    "en": r"(?=\s*(?:$|[.,;:!?()^…]|(?:at|by|before|around|in|with|here|morning|afternoon|evening)\b))",
}
"""After the number of a day: no other number, and nothing that it counts."""


def _days(*forms: tuple[str, Day]) -> tuple[tuple[re.Pattern[str], Day], ...]:
    return tuple((re.compile(form, re.IGNORECASE), day) for form, day in forms)


_DAYS = {
    "fr": _days(
        (rf"{_LEAD['fr']}{_NTH['fr']} {_MONTH['fr']}(?: prochain)?{_YEAR}", Day()),
        (rf"{_LEAD['fr']}{_NUMBER}/{_IN_FIGURES}", Day()),
        (rf"{_LEAD['fr']}{_NTH['fr']}(?![\d/]){_ENDS['fr']}", Day()),
        (rf"{_NOT_FROM['fr']}\b{_WEEKDAY['fr']} en huit\b", Day(later=8)),
        (rf"{_NOT_FROM['fr']}\b{_WEEKDAY['fr']} de la semaine prochaine\b", Day(week=1)),
        (rf"\bla semaine prochaine,? {_WEEKDAY['fr']}\b", Day(week=1)),
        (rf"{_NOT_FROM['fr']}\b{_WEEKDAY['fr']} prochain\b", Day(later=1)),
        (rf"{_NOT_FROM['fr']}\b{_WEEKDAY['fr']}\b(?! (?:au|dernier)\b)", Day()),
        (rf"{_NOT_FROM['fr']}\baprès-demain\b", Day(after=2)),
        (rf"{_NOT_FROM['fr']}\bdemain\b", Day(after=1)),
        (r"\bce week-end\b", Day(weekday=6)),
        (r"\b(?:(?:la|(?:en )?(?P<edge>début|courant|milieu|fin)(?: de)?(?: la)?) )semaine prochaine\b", Day(week=1)),
        (r"\b(?:(?:en|la) fin (?:de |de la |de cette )?semaine|(?:dans|d'ici) la semaine|cette semaine)\b(?! dern)", Day(week=0)),
        (rf"\b(?:en|courant|(?:en )?(?P<edge>début|fin)) {_MONTH['fr']}{_YEAR}", Day()),
        (r"\b(?:(?P<edge>début|fin) du|le|courant) mois prochain\b", Day(months=1)),
        (r"\b(?:(?:en |la )?fin (?:du|de|de ce) mois|ce mois-ci|dans le mois)\b", Day(months=0)),
        (rf"\b(?:dans|sous|d'ici)(?: les)?(?: prochains)? {_COUNT['fr']}\s?(?:prochain(?:e?s)? )?(?P<unit>jours?|j|semaines?|mois)\b(?P<working> ouvr(?:é|able)s?\b)?", Day()),
    ),
    "en": _days(
        (rf"{_LEAD['en']}{_NTH['en']}(?: of)? {_MONTH['en']}{_YEAR}", Day()),
        (rf"{_NOT_FROM['en']}{_NO_DAY}\b(?:{_WEEKDAY['en']},? )?{_MONTH['en']} (?:the )?{_NTH['en']}{_YEAR}", Day()),
        (rf"{_NOT_FROM['en']}\b(?:{_WEEKDAY['en']},? |(?<=\bon )|(?<=\bby )|(?<=\bbefore )){_NUMBER}/{_IN_FIGURES}", Day()),
        (rf"{_NOT_FROM['en']}\b(?:{_WEEKDAY['en']},? (?:the )?|the ){_NTH['en']}{_ENDS['en']}", Day()),
        (rf"{_NOT_FROM['en']}\b{_WEEKDAY['en']} next week\b", Day(week=1)),
        (rf"\bnext week,? (?:on )?{_WEEKDAY['en']}\b", Day(week=1)),
        (rf"{_NOT_FROM['en']}\b{_WEEKDAY['en']} week\b", Day(later=8)),
        (rf"{_NOT_FROM['en']}\bnext {_WEEKDAY['en']}\b", Day(later=1)),
        (rf"{_NOT_FROM['en']}\b{_WEEKDAY['en']}\b(?! (?:to|through)\b)", Day()),
        (rf"{_NOT_FROM['en']}\b(?:the )?day after tomorrow\b", Day(after=2)),
        (rf"{_NOT_FROM['en']}\btomorrow\b", Day(after=1)),
        (r"\b(?:this|at the|over the) weekend\b", Day(weekday=6)),
        (r"\b(?:(?P<edge>early|beginning of|start of|end of|late|later) )?next week\b", Day(week=1)),
        (r"\b(?:end of (?:the|this) week|(?:later )?this week)\b", Day(week=0)),
        (rf"\b(?:in|(?:in )?(?P<edge>early|late)|(?:the )?(?:beginning|end) of) {_MONTH['en']}{_YEAR}(?! \d)", Day()),
        (r"\b(?:(?P<edge>early|beginning of|end of|late) )?next month\b", Day(months=1)),
        (r"\b(?:end of the month|(?:later )?this month)\b", Day(months=0)),
        (rf"\b(?:in|within)(?: the next)? {_COUNT['en']}\s?(?P<working>(?:working|business) )?(?P<unit>days?|weeks?|months?)\b", Day()),
    ),
}  # fmt: skip
"""The ways to name a day, or a whole week or month; of two that begin together the first."""
_HOUR = {
    "fr": r"(?P<hour>[01]?\d|2[0-3])\s?(?:h(?:eures?)?(?![^\W\d_])|:(?=[0-5]\d))(?:\s?(?P<minute>[0-5]\d)(?!\d))?",
    "en": r"(?P<hour>[01]?\d|2[0-3])(?=[:.]\d\d|\s?[ap]\.?m|\s*(?:$|[,;!)^…]|\.(?!\w)))(?:[:.](?P<minute>[0-5]\d))?(?!\d)\s?(?P<half>[ap]\.?m\b\.?)?",
}
_BEFORE_HOURS = {
    "fr": r"(?<!h )(?<!h\d\d )(?<!h \d\d )\b(?:à|avant|vers|d'ici(?: à)?|pour|dès|après|à partir de|entre \d\d? ?(?:h ?(?:\d\d)?)? ?et)\s",
    "en": r"\b(?:at|by|before|around|after|between [\d:]+ ?(?:[ap]\.?m\.?)? ?and)\s",
}
"""What an hour to come back follows; not another hour: « de 9 h à 18 h » says when we are there."""
_CLOCKS = {
    language: re.compile(f"{before}{_HOUR[language]}", re.IGNORECASE) for language, before in _BEFORE_HOURS.items()
}
_OF_A_DAY = {
    "fr": r"(?:(?:au|à|avant|en|dans la|dans l'|(?:en )?(?:début|fin)(?: de| d')) ?)?"
    r"(?P<part>matinée|matin|midi|après-midi|soirée|soir|journée)\b",
    "en": r"(?:(?:in the|at|by|before|(?:by )?(?:the )?end of(?: the)?|close of) )?"
    r"(?P<part>morning|noon|midday|lunchtime|afternoon|evening|night|day|business)\b",
}
_THEN = {
    "fr": rf"(?:[ ,]+{_OF_A_DAY['fr']})?(?:[ ,]+(?:au plus tard )?(?:{_BEFORE_HOURS['fr']})?{_HOUR['fr']})?",
    "en": rf"(?:[ ,]+{_OF_A_DAY['en']})?(?:[ ,]+(?:{_BEFORE_HOURS['en']})?{_HOUR['en']})?",
}
_AFTER_DAYS = {language: re.compile(form, re.IGNORECASE) for language, form in _THEN.items()}

_BEFORE_DAYS = {language: re.compile(rf"\b{form},?(?: on)? \Z", re.IGNORECASE) for language, form in _OF_A_DAY.items()}
"""The part of a day, before the day: "by the end of the day on Friday"."""
_DELAYS = {
    "fr": re.compile(
        rf"\b(?:(?:dans|sous)(?: les)?(?: prochaines)?|d'ici(?! (?:[7-9]|1\d|2[0-3])\s?h)) (?:l'|{_COUNT['fr']}\s?)"
        r"(?:prochaines )?(?P<unit>min|minutes?|h|heures?|demi-heure|quart d'heure)\b(?P<more> et demie)?",
        re.IGNORECASE,
    ),
    "en": re.compile(
        rf"\b(?:in|within)(?: the)?(?: next)? (?:(?<=the )|(?<=next )|{_COUNT['en']}\s?)?"
        r"(?P<unit>mins?|minutes?|h|hours?|half an hour)\b(?P<more> and a half)?",
        re.IGNORECASE,
    ),
}
"""« d'ici 2 h » is a delay, « d'ici 18 h » an hour of the clock."""
_MINUTES = {"half an hour": 30, "demi-heure": 30, "quart d'heure": 15, "min": 1, "h": 60}
_A_DAYS_LENGTH = {"j": 1, "d": 1, "s": 7, "w": 7, "m": 30}
"""By the first letter of the unit, in both languages."""
_EARLY = ("début", "early", "beginning of", "start of")
_LEADING = re.compile(r"\b(?:avant|d'ici(?: à)?|pour|vers|dès|(?:by|on|before|around)(?: the)?) \Z", re.IGNORECASE)
_EVE = ("avant ", "before ")
_FROM = re.compile(r"\b(?:après|after|à partir de) (?=\d)", re.IGNORECASE)
"""Words that say when it begins, not when it ends."""


def asks(text: str) -> bool:
    """Does a message of ours ask something? A question mark that ends something, not one inside a link."""
    return bool(_ASKS.search(text))


def promise_in(text: str, language: str) -> Promise | None:
    """The first promise that a person makes in an answer ("je reviens ici à 17 h"); None when they make none."""
    return next(promises_in(text, language), None)


def promises_in(text: str, language: str) -> Iterator[Promise]:
    """The promises to come back that a person makes in an answer, so that somebody is reminded of it."""
    language = words.spoken(language)
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    for made in _PROMISES[language].finditer(plain):
        said, *_ = _ANSWER_FOLLOWS.split(plain[made.end() : made.end() + _REACH + _LONGEST], 1)
        if promise := _promised(said, language) or _before(plain[: made.start()], language):
            told = plain.find(promise.words, max(0, made.start() - _LONGEST))
            yield replace(promise, words=text[told : told + len(promise.words)]) if told >= 0 else promise


def _before(text: str, language: str) -> Promise | None:
    """When a sentence begins with when somebody comes back, and with nothing else: "demain à 9 h, je reviens"."""
    *_, begun = _SENTENCE_ENDS.split(text[-_LONGEST:])
    promise = _promised(begun, language)
    return promise if promise and begun.strip(" ,").lower() == promise.words.lower() else None


def _promised(said: str, language: str) -> Promise | None:
    """When somebody comes back who says before these words that they will; None when these name no time."""
    delay, clock = (_within_reach(pattern[language], said) for pattern in (_DELAYS, _CLOCKS))
    day = _first_day(said, language)
    first = min((match.start() for match in (delay, clock, day and day[0]) if match), default=None)
    if delay and delay.start() == first:
        return _after(delay)
    if day and (day[0].start() == first or (clock and _beside(clock, day[0]))):
        return _on(*day, clock if clock and _beside(clock, day[0]) else None, language)
    if clock:
        at = _hour(clock)
        return Promise(clock[0].strip(), clock=at, vague=bool(_FROM.match(clock[0]))) if at else None
    reach = said[:_REACH].lower()
    named = ((part, when) for part, when in _DAYTIMES[language] if part in reach)
    return next((Promise(part, clock=when, today=part not in _ANY_NOON) for part, when in named), None)


def _within_reach(pattern: re.Pattern[str], said: str) -> re.Match[str] | None:
    match = pattern.search(said)
    return match if match and match.start() < _REACH else None


def _first_day(said: str, language: str) -> tuple[re.Match[str], Day] | None:
    found = [(match, day) for pattern, day in _DAYS[language] if (match := _within_reach(pattern, said))]
    near = [one for one in found if not (_named(*one).is_whole and _NEXT_SENTENCE.search(said[: one[0].start()]))]
    return min(near, key=lambda one: one[0].start(), default=None)


def _beside(clock: re.Match[str], day: re.Match[str]) -> bool:
    """Do they name one moment, the hour first: "by 5 pm on Monday", "à 18 h demain"?"""
    between = clock.string[clock.end() : day.start()].strip(" ,").lower()
    return clock.end() <= day.start() and between in ("", "on")


def _on(match: re.Match[str], day: Day, clock: re.Match[str] | None, language: str) -> Promise:
    """On a day that is named, at the hour that is named beside it."""
    said, then = match.string, _AFTER_DAYS[language].match(match.string, match.end())
    lead = _LEADING.search(said[: match.start()])
    begin, end = lead.start() if lead else match.start(), match.end()
    before = clock or _BEFORE_DAYS[language].search(said[: match.start()])
    at = _time_of(before) if before else None
    if before:
        begin = min(begin, before.start())
    elif then:
        end, at = then.end(), _time_of(then)
    told = said[begin:end].strip(" ,.")
    return Promise(
        told,
        clock=at,
        day=_named(match, day),
        eve=at is None and told.lower().startswith(_EVE),
        vague=match.groupdict().get("n") in _SOME or bool(_FROM.search(told)),
    )


def _named(match: re.Match[str], day: Day) -> Day:
    """The day that these words name."""
    found = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "weekday" in found:
        names = next(names for names in _WEEKDAYS.values() if found["weekday"] in names)
        day = replace(day, weekday=names.index(found["weekday"]))
    if "number" in found:
        day = replace(day, number=int(found["number"].removesuffix("er")))
    if "month" in found:
        day = replace(day, month=_month(found["month"]))
    if "year" in found:
        day = replace(day, year=2000 + int(found["year"]) % 100)
    if "unit" in found:
        day = replace(day, after=_counted(found["n"]) * _A_DAYS_LENGTH[found["unit"][0]], working="working" in found)
    return replace(day, early=found.get("edge") in _EARLY)


def _month(name: str) -> int:
    """The number of a month, by its figures or its name in either language, cut short or not."""
    if name.isdigit():
        return int(name)
    plain = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
    return next(number for number, begin in enumerate(_MONTHS, start=1) if plain.startswith(tuple(begin.split())))


def _counted(number: str) -> int:
    return int(number) if number.isdigit() else _COUNTED[number]


def _after(match: re.Match[str]) -> Promise:
    """After a delay in hours or minutes."""
    unit, number = match["unit"].lower(), (match["n"] or "one").lower()
    minutes = next(minutes for name, minutes in _MINUTES.items() if unit.startswith(name))
    some = number in _SOME and minutes == 1
    delay = timedelta(minutes=minutes * (_A_FEW_MINUTES if some else _counted(number)))
    return Promise(match[0], delay=delay + delay / 2 if match["more"] else delay, vague=number in _SOME)


def _time_of(match: re.Match[str]) -> time | None:
    """The hour that stands beside a day, or that a part of the day has; None where neither is named."""
    named = match.groupdict()
    if named.get("hour"):
        return _hour(match)
    part = named.get("part")
    return _PARTS[part.lower()] if part else None


def _hour(match: re.Match[str]) -> time | None:
    """The hour that a clock shows; None when none does."""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if "half" not in match.groupdict():
        return time(hour, minute)
    half = (match["half"] or "").lower()
    if half:
        return time(hour % 12 + (12 if half.startswith("p") else 0), minute) if 1 <= hour <= 12 else None  # noqa: PLR2004  a clock face
    return time(hour + 12 if 1 <= hour < _MORNING and match["hour"][0] != "0" else hour, minute)
