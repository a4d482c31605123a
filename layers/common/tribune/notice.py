"""The reason: what a member may read of a measure, its statement of reasons, its appeal. Pure.

A restriction is a hide, a deletion or an exclusion. Whoever orders one gives it a `token`: the unguessable address of
its public page, and the only credential that an appeal needs. The notice is written when the restriction takes effect;
what it says of the rule is read from the published version, which never changes.
"""

import base64
import calendar
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from tribune import statement, words
from tribune.channel import ActKind
from tribune.charter import Clause, PublishedCharter

RESTRICTING: Final = frozenset({ActKind.HIDE, ActKind.DELETE, ActKind.BLOCK})
ADDRESS: Final = r"[a-z2-7]{26}"
"""How a token is written."""
APPEAL_MONTHS: Final = 6
"""From the day on which the member is informed (DSA, article 20)."""
ANSWER_WITHIN: Final = timedelta(days=7)
"""How soon an appeal is answered where no charter promises anything."""
MOST_CHARACTERS: Final = 1000
"""What a member may write to contest a decision."""
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowel, so that no code is a word."""
_CODE_LENGTH: Final = 6
CODE = re.compile(rf"(?<![^\W_])[{_LETTERS}]{{{_CODE_LENGTH}}}(?![^\W_])", re.IGNORECASE)
_EARLIEST: Final = date(2000, 1, 1)
"""What the DSA's database takes for the date of a content: a platform's nonsense is moved there."""
_CUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is kept of a restriction that took effect: no word of the member's, no name."""

    community: str
    token: str
    action: str
    """The id of the act: the statement's `puid`."""
    kind: ActKind
    purpose: str
    reason: str
    """Why, as the machine judged: what it found is told by it, what a person found is told by the rule alone."""
    platform: str
    account: str
    object: str
    v: str
    """The version of the words that were judged."""
    language: str
    posted_at: datetime
    applied_at: datetime
    ground: str = "charter"
    """`charter`, or `law` where none was published."""
    clause: str | None = None
    clause_hash: str | None = None
    charter_version: int | None = None
    found: bool = True
    """The machine found the breach."""
    decided_by: tuple[str, ...] = ()
    """The people who decided; empty when the machine did alone. They are shown to nobody."""
    certain: bool = True
    """The platform confirmed it."""
    strike_no: int | None = None
    """Which of the author's strikes that had not lapsed this one was; None when it counts for nothing."""
    until: datetime | None = None
    """When the restriction ends by itself."""
    ended_at: datetime | None = None
    """When the comment became visible again."""
    reversed_at: datetime | None = None
    """When an appeal was won."""

    @property
    def code(self) -> str:
        """What the member may write to us instead of opening the page."""
        return code(self.token)

    def contestable_until(self, zone: ZoneInfo) -> datetime:
        """The end of the last day on which it can be contested, in the community's zone."""
        day = months_after(self.applied_at.astimezone(zone).date(), APPEAL_MONTHS)
        return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone)


class AppealState(StrEnum):
    """An appeal is open until somebody who did not decide has reviewed the decision."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True)
class Appeal:
    """That a member contests a decision: one for each. Their words stand apart."""

    community: str
    token: str
    platform: str
    account: str
    object: str
    at: datetime
    due_at: datetime
    """When the answer is promised."""
    state: AppealState = AppealState.OPEN
    way: str = "page"
    """`page`, or `message` when they wrote the code to us."""
    words: str | None = None
    """Hash of what they wrote; None when they wrote nothing."""
    rev: int = 1
    decided_by: str | None = None
    decided_at: datetime | None = None
    because: str = ""
    """The reviewer's sentence: the member reads it."""

    @property
    def code(self) -> str:
        """What the team calls it."""
        return code(self.token)


# --- tokens and codes ---


def token(pseudonym: Callable[[str], str], action_id: str) -> str:
    """The token of an act that the machine orders; `pseudonym` is the HMAC with the community's key."""
    return token_of(hashlib.sha256(pseudonym(f"notice|{action_id}").encode()).digest()[:16])


def token_of(bits: bytes) -> str:
    """128 bits as a token: random ones, where a person orders the act."""
    return base64.b32encode(bits).decode().rstrip("=").lower()


def code(of_token: str) -> str:
    """Six letters that stand for a notice, among those of one author; nothing can be told from them."""
    number = int.from_bytes(hashlib.sha256(f"code|{of_token}".encode()).digest())
    letters = []
    for _ in range(_CODE_LENGTH):
        number, rest = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[rest])
    return "".join(letters)


def codes_in(text: str) -> frozenset[str]:
    """Whatever in a text may be such a code."""
    return frozenset(found.upper() for found in CODE.findall(text))


def link(base_url: str, community: str, of_token: str) -> str:
    """The public address of a notice; empty without a base address that people trust."""
    return f"{base_url.rstrip('/')}/decisions/{community}/{of_token}" if base_url else ""


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


# --- the statement of reasons ---


@dataclass(frozen=True, slots=True)
class Ground:
    """The rule behind a notice, in the language in which it is told."""

    language: str
    published: PublishedCharter | None = None
    clause: Clause | None = None
    reference: str = ""
    """The public address of the clause."""
    zone: tzinfo = UTC
    """The community's."""

    @property
    def quoted(self) -> str:
        """What the clause says, as members were shown it."""
        if self.published is None or self.clause is None:
            return ""
        return self.published.words_of(self.clause, self.told_in, self.zone)

    @property
    def title(self) -> str:
        """The title of the clause."""
        if self.published is None or self.clause is None:
            return ""
        return self.published.charter.title_of(self.clause, self.told_in)

    @property
    def told_in(self) -> str:
        """The charter's language nearest to the one in which the rest is told."""
        return self.published.charter.shown_in(self.language) if self.published else self.language


def facts(notice: Notice, language: str) -> str:
    """What was wrong, in a sentence without anybody's data."""
    table = words.table(language, "notices")["facts"]
    otherwise = table["law" if notice.ground == "law" else "rule" if notice.decided_by else "machine"]
    return str(table.get(notice.reason, otherwise) if notice.found else otherwise)


def how(notice: Notice, language: str) -> str:
    """Who found it and who decided: the tool, a person, both."""
    table = words.table(language, "notices")["how"]
    if not notice.decided_by:
        return str(table["machine"])
    sentences = [table["confirmed" if notice.found else "person"]]
    return " ".join(sentences + [table["second"]] * (len(notice.decided_by) > 1))


def stated(notice: Notice, ground: Ground, zone: ZoneInfo) -> dict[str, Any]:
    """The statement of reasons of schema v2. Days are those of the community's `zone`."""
    fields: dict[str, Any] = {
        **_measure(notice, zone),
        **_ground(notice, ground),
        **_content(notice),
        **_category(notice, ground.clause),
        "territorial_scope": list(statement.allowed("territorial_scope")),
        "content_date": max(_EARLIEST, notice.posted_at.astimezone(zone).date()).isoformat(),
        "application_date": notice.applied_at.astimezone(zone).date().isoformat(),
        "decision_facts": f"{facts(notice, ground.language)} {how(notice, ground.language)}",
        "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION" if notice.reason == "reported" else "SOURCE_VOLUNTARY",
        "automated_detection": "Yes" if notice.found else "No",
        "automated_decision": _automated(notice),
        "puid": notice.action,
    }
    return fields


def _measure(notice: Notice, zone: ZoneInfo) -> dict[str, Any]:
    over = notice.ended_at or notice.reversed_at
    if notice.kind is ActKind.BLOCK:
        suspended = notice.until is not None
        measure = "DECISION_PROVISION_PARTIAL_SUSPENSION" if suspended else "DECISION_PROVISION_PARTIAL_TERMINATION"
        return {"decision_provision": measure} | _end(
            "end_date_service_restriction", notice, over or notice.until, zone
        )
    deleted = notice.kind is ActKind.DELETE
    measure = "DECISION_VISIBILITY_CONTENT_REMOVED" if deleted else "DECISION_VISIBILITY_CONTENT_DISABLED"
    until = None if deleted else over or notice.until
    return {"decision_visibility": [measure]} | _end("end_date_visibility_restriction", notice, until, zone)


def _end(field: str, notice: Notice, moment: datetime | None, zone: ZoneInfo) -> dict[str, str]:
    """Never before it began, whatever two clocks say."""
    return {field: max(moment, notice.applied_at).astimezone(zone).date().isoformat()} if moment else {}


def _ground(notice: Notice, ground: Ground) -> dict[str, str]:
    """The clause; the law only where a person confirmed it and the clause says which."""
    table, what = words.table(ground.language, "notices")["statement"], facts(notice, ground.language)
    reference = {"decision_ground_reference_url": ground.reference} if ground.reference else {}
    if ground.clause is None:
        cited = table["law"]
        explained = words.fill(table["explanation_law"], {"facts": what})
    else:
        version = str(ground.published.version if ground.published else notice.charter_version)
        cited = words.fill(
            table["article"], {"n": str(ground.clause.number), "title": ground.title, "version": version}
        )
        explained = words.fill(table["explanation"], {"facts": what, "quoted": ground.quoted})
    if legal := _confirmed_illegal(notice, ground.clause):
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": _cut(legal, 500),
            "illegal_content_explanation": _cut(explained, 2000),
        } | reference
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": _cut(cited, 500),
        "incompatible_content_explanation": _cut(explained, 2000),
    } | reference


def _confirmed_illegal(notice: Notice, clause: Clause | None) -> str:
    """The texts of law, where a person decided under a clause whose breach is then illegal; empty otherwise."""
    if not notice.decided_by or clause is None or clause.dsa is None:
        return ""
    illegal = clause.dsa.ground_if_confirmed == "DECISION_GROUND_ILLEGAL_CONTENT"
    return " ; ".join(clause.legal_basis) if illegal else ""


def _content(notice: Notice) -> dict[str, Any]:
    language = {"content_language": notice.language.upper()} if re.fullmatch(r"[a-z]{2}", notice.language) else {}
    if notice.reason == "not_read":
        other = words.table(words.spoken(notice.language), "notices")["statement"]["not_text"]
        return {"content_type": ["CONTENT_TYPE_OTHER"], "content_type_other": other}
    return {"content_type": ["CONTENT_TYPE_TEXT"]} | language


def _category(notice: Notice, clause: Clause | None) -> dict[str, Any]:
    """As the clause says; without a clause, as the danger that was hidden."""
    if clause is not None and clause.dsa is not None:
        category, specification = clause.dsa.category, list(dict.fromkeys(clause.dsa.specification))
    else:
        known = words.shared("dsa")["by_law"]
        category, *specification = known.get(notice.reason, known["other"])
    return {"category": category} | ({"category_specification": specification} if specification else {})


def _automated(notice: Notice) -> str:
    if not notice.decided_by:
        return "AUTOMATED_DECISION_FULLY"
    return "AUTOMATED_DECISION_PARTIALLY" if notice.found else "AUTOMATED_DECISION_NOT_AUTOMATED"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - len(_CUT)].rstrip() + _CUT


def beside(notice: Notice, ground: Ground, url: str, contact: str, zone: ZoneInfo) -> dict[str, Any]:
    """What we add to the statement of schema v2: our charter, the redress, the evidence, the reversal."""
    return {
        "charter_id": notice.community,
        "charter_version": notice.charter_version,
        "clause_id": notice.clause,
        "clause_number": ground.clause.number if ground.clause else None,
        "clause_hash": notice.clause_hash,
        "quoted_rule": ground.quoted or None,
        "strike_no": notice.strike_no,
        "redress": {
            "url": url or None,
            "until": notice.contestable_until(zone).date().isoformat(),
            "contact": contact or None,
        },
        "evidence_hash": evidence_hash(notice),
        "ended_at": notice.ended_at.isoformat() if notice.ended_at else None,
        "reversed_at": notice.reversed_at.isoformat() if notice.reversed_at else None,
        "reversed_by": "another_person" if notice.reversed_at else None,
    }


def evidence_hash(notice: Notice) -> str:
    """SHA-256 (hex) that ties the notice to the words that were judged; the token keeps it from being guessed."""
    return hashlib.sha256(f"{notice.token}|{notice.v}".encode()).hexdigest()
