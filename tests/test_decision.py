"""decide: the laws that hold whatever is found, whoever wrote it, wherever; then the rules one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tribune import words
from tribune.budgets import (
    FLOODS,
    PER_ACCOUNT_AND_HOUR,
    PER_PERSON_AND_DAY,
    PER_POST_AND_HOUR,
    PER_THREAD,
    Silence,
)
from tribune.channel import ActKind
from tribune.charter.document import AppliesTo, Ceiling, Charter, Clause, Dsa, Family, FirstAction, Gravity, Kind, Step
from tribune.charter.findings import Breach, Findings, Signal, Vocabulary
from tribune.comment import Audience, Author, Comment, Media, Thread, Verb, words_hash
from tribune.decision import (
    CALLS,
    COMPLAINS,
    NEVER_AUTOMATIC,
    REASONS,
    REASONS_BY_DETECTOR,
    SITUATIONS,
    Act,
    Decision,
    Leave,
    MachineKind,
    Matter,
    Measure,
    Mode,
    Situation,
    Unconfirmed,
    Urgency,
    decide,
    is_hostile,
)
from tribune.standing import Standing, Strike, Utterance

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
EVERYTHING = frozenset(ActKind)
SPEAKING = (ActKind.REPLY, ActKind.PRIVATE)


def rule(
    clause_id: str,
    gravity: int,
    ceiling: str,
    first_action: str,
    *,
    family: str = "indigne",
    strike: bool = True,
    silent: bool = False,
    applies_to: str = "public",
    ladder: tuple[str, ...] = ("hide_and_remind", "last_warning", "suspend", "exclude"),
) -> Clause:
    """A rule of a charter, with nothing but what decides."""
    return Clause(
        number=len(clause_id) + gravity * 20,
        id=clause_id,
        kind=Kind.RULE,
        family=Family(family),
        title={"fr": clause_id},
        text={"fr": clause_id},
        applies_to=AppliesTo(applies_to),
        gravity=Gravity(gravity),
        ceiling=Ceiling(ceiling),
        first_action=FirstAction(first_action),
        ladder=tuple(Step(step) for step in ladder),
        strike=strike,
        silent=silent,
        dsa=Dsa(ground="DECISION_GROUND_INCOMPATIBLE_CONTENT", category="STATEMENT_CATEGORY_VIOLENCE"),
    )


RULES = (
    rule("haine", 4, "partial", "hide_and_escalate", family="loi"),
    rule("menace", 4, "partial", "hide_and_escalate", family="loi", applies_to="both"),
    rule("diffamation", 3, "partial", "hide_and_remind", family="loi"),
    rule("vie-privee", 2, "full", "protect", family="loi", strike=False),
    rule("escroquerie", 3, "partial", "hide_and_escalate", family="loi", applies_to="both"),
    rule("respect", 2, "partial", "remind"),
    rule("langage", 1, "none", "note"),
    rule("hors-sujet", 1, "propose", "redirect"),
    rule("flood", 2, "full", "hide_copies"),
    rule("neutralite", 2, "none", "queue"),
    rule("publicite", 2, "full", "hide", family="spam", silent=True),
    rule("transparence", 1, "propose", "nudge", family="spam"),
)


def charter(*changed: Clause) -> Charter:
    """A charter of these rules, with those given in the place of their namesakes."""
    by_id = {clause.id: clause for clause in (*RULES, *changed)}
    clauses = [clause.model_copy(update={"number": n}) for n, clause in enumerate(by_id.values(), start=1)]
    delay = {"minutes": 60, "text": {"fr": "une heure"}}
    return Charter.model_validate(
        {
            "title": {"fr": "Charte"},
            "languages": ["fr"],
            "commitments": {
                "moderation_hours": {"fr": "9 h-18 h"},
                "response_target": delay,
                "appeal_contact": "recours@example.com",
                "appeal_delay": delay,
                "temp_ban": delay,
                "strike_ttl": {"minutes": 90 * 24 * 60, "text": {"fr": "quatre-vingt-dix jours"}},
                "retention": delay,
            },
            "clauses": [clause.model_dump() for clause in clauses],
        }
    )


CHARTER = charter()
OURS = Vocabulary(brand="Vélos Garance", handles=("mairie_officiel",))
COMMENT = Matter(object="o-1", words="w-1")
ACTING = Situation(now=NOW, mode=Mode.ACT)
UNKNOWN = Standing()


def breach(clause: str, *, independent: int = 1, whose: str = "", gravity: int | None = None) -> Breach:
    """Words that the clause forbids."""
    known = CHARTER.clause(clause)
    found = gravity if gravity is not None else int(known.gravity or 0) if known else 1
    return Breach(clause, "detector", 0, 3, found, independent=independent, whose=whose)


def findings(*found: Breach, says: tuple[Signal, ...] = (), asks: tuple[str, ...] = ()) -> Findings:
    """What a reader found in eight words."""
    ordered = tuple(sorted(found, key=lambda one: -one.gravity))
    return Findings(breaches=ordered, signals=frozenset(says), asks=asks, words=8)


def decided(
    found: Findings,
    *,
    standing: Standing = UNKNOWN,
    situation: Situation = ACTING,
    matter: Matter = COMMENT,
    under: Charter | None = CHARTER,
) -> Decision:
    """The decision about an unknown author's public comment in mode act, unless told otherwise."""
    return decide(matter, found, standing, situation, under)


def strikes(n: int, *, age: timedelta = timedelta(days=3)) -> Standing:
    """Somebody who was told `n` times, about other comments."""
    return Standing(strikes=tuple(Strike("respect", f"old-{i}", NOW - age) for i in range(n)))


# --- laws ---------------------------------------------------------------------------------------------------

breaches = st.builds(
    Breach,
    clause=st.sampled_from([clause.id for clause in RULES] + ["unheard-of"]),
    detector=st.sampled_from(["terms", "contact", "spam", *REASONS_BY_DETECTOR]),
    start=st.just(0),
    end=st.just(4),
    gravity=st.integers(1, 4),
    independent=st.integers(1, 3),
    whose=st.sampled_from(["", "", "author", "other"]),
    doubtful=st.booleans(),
)
readings = st.builds(
    Findings,
    breaches=st.lists(breaches, max_size=3).map(lambda found: tuple(sorted(found, key=lambda one: -one.gravity))),
    signals=st.frozensets(st.sampled_from(Signal), max_size=4),
    asks=st.sampled_from([(), (), ("horaires",)]),
    words=st.integers(0, 40),
    unsure=st.sampled_from([(), (), ("hate",), ("off_topic",)]),
)
standings = st.builds(
    Standing,
    strikes=st.integers(0, 4).map(lambda n: strikes(n).strikes),
    said=st.integers(0, 4).map(lambda n: tuple(Utterance("w-1", f"copy-{i}", NOW) for i in range(n))),
    waiting_since=st.sampled_from([None, NOW - timedelta(days=2)]),
    human_requested_at=st.sampled_from([None, None, NOW - timedelta(hours=2)]),
    automatic_today=st.integers(0, 2),
)
situations = st.builds(
    Situation,
    now=st.just(NOW),
    mode=st.sampled_from(Mode),
    clause_modes=st.dictionaries(st.sampled_from([clause.id for clause in RULES]), st.sampled_from(Mode), max_size=2),
    hide_gravity_4=st.booleans(),
    can=st.frozensets(st.sampled_from(ActKind)) | st.just(EVERYTHING),
    trusted_link=st.booleans(),
    sensitive_post=st.booleans(),
    contest=st.booleans(),
    climate=st.sampled_from(["green", "yellow", "orange", "red"]),
    thread_automatic=st.integers(0, 3),
    thread_silent=st.booleans(),
    already_reminded=st.booleans(),
    first_comment=st.booleans(),
    newcomer=st.sampled_from([True, False, None]),
    solicits=st.sampled_from([None, 1, 2, 3]),
)
matters = st.builds(
    Matter,
    object=st.just("o-1"),
    words=st.just("w-1"),
    audience=st.sampled_from(Audience),
    media=st.sampled_from([Media.NONE, Media.NONE, Media.IMAGE]),
    to_member=st.booleans(),
)
charters = st.sampled_from([CHARTER, None])
cases = st.tuples(matters, readings, standings, situations, charters)


@given(cases)
def test_whatever_is_decided_has_words_and_can_be_done(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None],
) -> None:
    matter, _, _, situation, _ = case
    made = decide(*case)
    assert made.reason in REASONS
    assert {call.reason for call in made.calls} <= CALLS
    assert {text for text in (made.draft, *(act.text for act in made.acts)) if text} <= SITUATIONS
    assert {act.kind for act in made.acts} <= situation.can & {ActKind.REPLY, ActKind.HIDE, ActKind.PRIVATE}
    assert matter.audience is Audience.PUBLIC or ActKind.HIDE not in {act.kind for act in made.acts}


@given(cases)
def test_no_clause_no_action(case: tuple[Matter, Findings, Standing, Situation, Charter | None]) -> None:
    _, found, _, _, under = case
    made = decide(*case)
    acts = [act for act in made.acts if act.purpose != "faq"]
    if under is None:
        assert made.clause is None
        assert made.measure is not Measure.REMIND
        assert [act.purpose for act in acts] in ([], ["provisional"])
        assert not acts or (made.ground == "law" and found.gravity == 4)
    else:
        assert made.ground == "charter"
        assert not acts or under.clause(made.clause or "") is not None
    if made.clause is not None:
        assert made.clause in {one.clause for one in found.breaches}


@given(cases)
def test_in_observe_nothing_leaves_but_the_provisional_hide_of_gravity_four(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None],
) -> None:
    matter, found, standing, situation, under = case
    made = decide(matter, found, standing, replace(situation, mode=Mode.OBSERVE, clause_modes={}), under)
    alone = [act for act in made.acts if act.leave is Leave.ALONE]
    assert all(act.purpose == "provisional" and found.gravity == 4 and situation.hide_gravity_4 for act in alone)
    assert not made.strike


@given(cases)
def test_in_propose_a_person_carries_everything_out(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None],
) -> None:
    matter, found, standing, situation, under = case
    proposing = replace(situation, mode=Mode.PROPOSE, clause_modes={}, hide_gravity_4=False)
    made = decide(matter, found, standing, proposing, under)
    assert {act.leave for act in made.acts} <= {Leave.PROPOSED}


@given(cases, st.sampled_from(Mode))
def test_no_setting_goes_further_than_the_charter_says(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None], mode: Mode
) -> None:
    matter, found, standing, situation, under = case
    if under is None:
        return

    def narrower(set_to: Mode) -> Mode:
        return min(set_to, mode, key=tuple(Mode).index)

    clause_modes = {clause: narrower(set_to) for clause, set_to in situation.clause_modes.items()}
    narrow = replace(situation, mode=narrower(situation.mode), clause_modes=clause_modes)
    said_so = under.model_copy(update={"mode": mode})
    assert decide(matter, found, standing, situation, said_so) == decide(matter, found, standing, narrow, under)


@given(cases)
def test_distress_meets_no_rule_only_a_person(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None],
) -> None:
    matter, found, standing, situation, under = case
    made = decide(matter, replace(found, signals=found.signals | {Signal.DISTRESS}), standing, situation, under)
    assert (made.measure, made.reason, made.acts) == (Measure.ESCALATE, "distress", ())
    assert (made.clause, made.strike, made.confidential, made.detectors) == (None, False, True, ())
    assert [(call.reason, call.urgency) for call in made.calls] == [("distress", Urgency.NOW)]


@given(cases, st.sampled_from(COMPLAINS))
def test_criticism_alone_is_never_policed(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None], harsh: Signal
) -> None:
    matter, found, standing, situation, under = case
    blameless = replace(found, breaches=(), signals=found.signals | {harsh})
    made = decide(matter, blameless, standing, situation, under)
    assert made.measure not in (Measure.REMIND, Measure.HIDE, Measure.LEAD)
    assert made.clause is None
    assert not made.acts


@given(cases)
def test_who_quotes_an_insult_is_never_hidden_by_the_machine_alone(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None],
) -> None:
    matter, found, standing, situation, under = case
    made = decide(matter, replace(found, signals=found.signals | {Signal.QUOTED_INSULT}), standing, situation, under)
    assert Leave.ALONE not in {act.leave for act in made.acts}


@given(cases)
def test_an_object_is_reminded_once(case: tuple[Matter, Findings, Standing, Situation, Charter | None]) -> None:
    matter, found, standing, situation, under = case
    made = decide(matter, found, standing, replace(situation, already_reminded=True), under)
    assert made.measure is not Measure.REMIND


@given(
    matters,
    st.sampled_from(["reminder", "faq", "protect"]),
    st.frozensets(st.sampled_from(Signal)),
    standings,
    situations,
)
def test_the_machine_speaks_alone_only_where_nothing_forbids_it(
    matter: Matter, purpose: str, says: frozenset[Signal], standing: Standing, situation: Situation
) -> None:
    found = {
        "reminder": findings(breach("respect"), says=tuple(says)),
        "faq": findings(says=(*says, Signal.SHORT_QUESTION), asks=("horaires",)),
        "protect": findings(breach("vie-privee", whose="author"), says=tuple(says)),
    }[purpose]
    made = decide(matter, found, standing, situation, CHARTER)
    spoken = [act for act in made.acts if act.leave is Leave.ALONE and act.kind in SPEAKING]
    forbidden = (
        situation.thread_silent
        or situation.sensitive_post
        or situation.climate in ("orange", "red")
        or situation.thread_automatic >= 2
        or standing.human_requested_at is not None
        or (standing.automatic_today > 0 and matter.audience is Audience.PUBLIC)
        or (purpose == "reminder" and not situation.trusted_link and matter.audience is Audience.PUBLIC)
        or not says.isdisjoint(NEVER_AUTOMATIC)
        or (not says.isdisjoint({Signal.PRAISE, Signal.THANKS}) and not says.isdisjoint(COMPLAINS))
        or (purpose == "faq" and not says.isdisjoint(COMPLAINS))
    )
    assert len(spoken) <= (0 if forbidden else 1)


@given(cases)
def test_nothing_that_waits_for_a_person_is_without_a_case(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None],
) -> None:
    made = decide(*case)
    waits = made.draft is not None or made.awaits_answer or any(act.leave is not Leave.ALONE for act in made.acts)
    assert made.case or not waits
    assert made.case or made.measure is not Measure.ESCALATE
    assert made.case or made.measure is not Measure.DRAFT


@given(cases)
def test_a_strike_needs_a_reminder_that_leaves(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None],
) -> None:
    made = decide(*case)
    if made.strike:
        assert [act.purpose for act in made.acts if act.leave is Leave.ALONE] == ["reminder"]


@given(cases)
def test_without_a_charter_everything_ends_with_a_person(
    case: tuple[Matter, Findings, Standing, Situation, Charter | None],
) -> None:
    matter, found, standing, situation, _ = case
    made = decide(matter, found, standing, situation, None)
    assert made.case
    assert made.measure is not Measure.NOTHING
    assert made.confidential or [call.per_object for call in made.calls if call.reason == "no_charter"] == [False]


# --- ceilings: how far the machine goes alone ------------------------------------------------------------------

ALONE_IN_ACT = {
    # (ceiling, gravity): what the machine may do alone in mode act
    **{("full", gravity): {ActKind.HIDE, ActKind.PRIVATE, ActKind.REPLY} for gravity in (1, 2)},
    **{("full", gravity): {ActKind.HIDE, ActKind.PRIVATE} for gravity in (3, 4)},
    **{("partial", gravity): {ActKind.REPLY} for gravity in (1, 2)},
    **{("partial", gravity): {ActKind.HIDE} for gravity in (3, 4)},
    **{(ceiling, gravity): set[ActKind]() for ceiling in ("propose", "none") for gravity in (1, 2, 3, 4)},
}
"""A hide under a partial ceiling is provisional. No row holds a deletion, a suspension or an exclusion."""


@pytest.mark.parametrize(("ceiling", "gravity"), ALONE_IN_ACT)
@given(st.data(), st.sampled_from(Mode), st.sampled_from(FirstAction))
def test_the_machine_alone_never_goes_further_than_the_ceiling(
    ceiling: str, gravity: int, data: st.DataObject, mode: Mode, first_action: FirstAction
) -> None:
    clause = rule(
        "mesuree",
        gravity,
        ceiling,
        first_action,
        family=data.draw(st.sampled_from(Family)),
        silent=data.draw(st.booleans()),
    )
    found = data.draw(st.sampled_from(Signal).flatmap(lambda one: st.sampled_from([(), (one,)])))
    guilty = breach(
        "mesuree",
        gravity=gravity,
        independent=data.draw(st.integers(1, 3)),
        whose=data.draw(st.sampled_from(["", "author", "other"])),
    )
    situation = replace(data.draw(situations), mode=mode, clause_modes={}, can=EVERYTHING)
    made = decided(
        findings(guilty, says=found),
        standing=data.draw(standings),
        situation=situation,
        matter=data.draw(matters),
        under=charter(clause),
    )
    alone = [act for act in made.acts if act.leave is Leave.ALONE]
    danger = gravity == 4 and situation.hide_gravity_4 and ceiling in ("full", "partial")
    permitted = ALONE_IN_ACT[ceiling, gravity] if mode is Mode.ACT else set()
    assert {act.kind for act in alone} <= permitted | ({ActKind.HIDE} if danger else set())
    if ceiling == "partial":
        assert all(act.unconfirmed for act in alone if act.kind is ActKind.HIDE), "a person confirms"


def test_no_decision_can_even_name_a_deletion_or_an_exclusion() -> None:
    assert set(get_args(MachineKind.__value__)) == {ActKind.REPLY, ActKind.PRIVATE, ActKind.HIDE}
    assert get_type_hints(Act)["kind"] is MachineKind


# --- words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_reason_has_a_label_and_a_sentence(language: str) -> None:
    table = words.table(language, "reasons")
    assert set(table) == REASONS
    for entry in table.values():
        assert set(entry) == {"label", "sentence"}
        assert len(entry["label"]) <= 40
        assert entry["sentence"].endswith(".")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_reply_situation_has_words(language: str) -> None:
    assert set(words.table(language, "replies")["situations"]) >= SITUATIONS


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_call_has_words(language: str) -> None:
    assert set(words.table(language, "calls")["reasons"]) >= CALLS


# --- the matter ---------------------------------------------------------------------------------------------


def said(text: str, *tagged: str) -> Comment:
    return Comment(
        platform="facebook",
        account="1",
        object="1_2",
        verb=Verb.CREATED,
        said_at=NOW,
        posted_at=NOW,
        author=Author("9"),
        thread=Thread("1_2", "1"),
        text=text,
        tagged=tagged,
    )


def test_the_matter_of_a_comment_holds_none_of_its_words() -> None:
    comment = said(" @Karim pas d'accord")
    matter = Matter.of(comment, answers_member=False, vocabulary=OURS)
    assert matter == Matter("1_2", words_hash(comment.text), to_member=True, written_at=NOW)


@pytest.mark.parametrize(
    ("text", "tagged", "answers_member", "to_member"),
    [
        ("Bonjour", (), False, False),
        ("Bonjour", (), True, True),
        ("@Karim bonjour", (), False, True),
        ("Bonjour Karim", ("Karim",), False, True),
        ("@velosgarance bonjour", (), False, False),
        (" @mairie_officiel, bonjour", ("mairie_officiel",), False, False),
        ("@mairie_officiel regarde @Karim", ("mairie_officiel", "Karim"), False, True),
    ],
)
def test_whoever_writes_our_own_name_speaks_to_us(
    text: str, tagged: tuple[str, ...], answers_member: object, to_member: object
) -> None:
    matter = Matter.of(said(text, *tagged), answers_member=bool(answers_member), vocabulary=OURS)
    assert matter.to_member is to_member


# --- gravity 4 ----------------------------------------------------------------------------------------------


def test_a_threat_is_hidden_provisionally_and_calls_at_any_hour() -> None:
    made = decided(findings(breach("menace")), situation=Situation(now=NOW))
    hide = Act(ActKind.HIDE, "provisional", Leave.ALONE, urgent=True, unconfirmed=Unconfirmed.CALL)
    assert made.acts == (hide,)
    assert [(call.reason, call.urgency, call.per_object) for call in made.calls] == [("threat", Urgency.NOW, True)]
    assert (made.clause, made.strike, made.case, made.silence_thread) == ("menace", False, True, True)


def test_a_threat_beside_an_insult_that_somebody_quotes_rings_at_any_hour_and_is_hidden_by_a_person() -> None:
    made = decided(findings(breach("menace"), says=(Signal.QUOTED_INSULT, Signal.GRIEVANCE)))
    assert (made.measure, made.reason, made.clause) == (Measure.ESCALATE, "threat", "menace")
    assert [(act.kind, act.leave) for act in made.acts] == [(ActKind.HIDE, Leave.PROPOSED)]
    assert [(call.reason, call.urgency) for call in made.calls] == [("threat", Urgency.NOW)]


def test_a_platform_that_cannot_hide_calls_all_the_same() -> None:
    made = decided(findings(breach("menace")), situation=replace(ACTING, can=frozenset({ActKind.REPLY})))
    assert (made.measure, made.acts) == (Measure.ESCALATE, ())
    assert made.calls[0].urgency is Urgency.NOW


def test_a_ceiling_of_propose_lets_a_person_hide_a_threat() -> None:
    cautious = charter(rule("menace", 4, "propose", "hide_and_escalate", family="loi"))
    made = decided(findings(breach("menace")), under=cautious)
    assert [act.leave for act in made.acts] == [Leave.PROPOSED]


def test_without_a_charter_the_law_is_the_ground() -> None:
    made = decided(findings(breach("law", gravity=4)), under=None, situation=Situation(now=NOW))
    assert (made.measure, made.clause, made.ground, made.reason) == (Measure.HIDE, None, "law", "grave")
    assert [call.reason for call in made.calls] == ["grave", "no_charter"]


def test_hate_beside_a_report_of_discrimination_waits_for_a_person() -> None:
    made = decided(findings(breach("haine"), says=(Signal.DISCRIMINATION,)))
    assert (made.measure, made.reason, made.acts) == (Measure.ESCALATE, "discrimination", ())


def test_a_threat_beside_a_report_of_discrimination_is_a_threat() -> None:
    made = decided(findings(breach("menace"), says=(Signal.DISCRIMINATION,)))
    assert (made.measure, made.reason) == (Measure.HIDE, "threat")


# --- spam ---------------------------------------------------------------------------------------------------


def test_one_sign_of_spam_is_proposed_two_are_hidden_in_silence() -> None:
    one = decided(findings(breach("publicite", independent=1)))
    two = decided(findings(breach("publicite", independent=2)))
    assert [act.leave for act in one.acts] == [Leave.PROPOSED]
    assert two.acts == (Act(ActKind.HIDE, "spam", Leave.ALONE),)
    assert (two.case, two.draft, two.strike, two.calls) == (False, None, False, ())


def test_a_number_in_what_may_be_spam_is_protected_and_no_note_is_sent() -> None:
    made = decided(findings(breach("publicite"), breach("vie-privee", whose="author")))
    assert (made.reason, made.clause) == ("own_data", "vie-privee")
    assert [(act.kind, act.leave) for act in made.acts] == [
        (ActKind.HIDE, Leave.ALONE),
        (ActKind.PRIVATE, Leave.PROPOSED),
    ]


# --- contact data -------------------------------------------------------------------------------------------


def test_the_authors_own_number_is_hidden_and_the_author_told() -> None:
    made = decided(findings(breach("vie-privee", whose="author")))
    assert made.acts == (
        Act(ActKind.HIDE, "protect", Leave.ALONE, urgent=True),
        Act(ActKind.PRIVATE, "protect", Leave.ALONE, text="protect.vie-privee"),
    )
    assert (made.strike, made.case) == (False, False)


def test_the_only_private_reply_is_not_spent_where_the_number_is_a_request() -> None:
    made = decided(findings(breach("vie-privee", whose="author"), says=(Signal.CONTACT_REQUEST, Signal.GRIEVANCE)))
    assert [act.kind for act in made.acts] == [ActKind.HIDE]
    assert (made.draft, made.draft_kind, made.awaits_answer) == ("protect.request", ActKind.PRIVATE, True)


def test_in_a_silent_thread_the_number_is_hidden_without_a_word() -> None:
    made = decided(findings(breach("vie-privee", whose="author")), situation=replace(ACTING, thread_silent=True))
    assert [(act.kind, act.leave) for act in made.acts] == [
        (ActKind.HIDE, Leave.ALONE),
        (ActKind.PRIVATE, Leave.PROPOSED),
    ]


def test_a_legal_threat_is_not_hidden_for_the_number_in_it() -> None:
    made = decided(findings(breach("vie-privee", whose="author"), says=(Signal.LEGAL_THREAT,)))
    assert (made.measure, made.reason) == (Measure.ESCALATE, "legal")
    assert [(act.kind, act.leave) for act in made.acts] == [(ActKind.HIDE, Leave.PROPOSED)]
    assert {role for call in made.calls for role in call.roles} == {"cm", "smm"}


# --- repetition ---------------------------------------------------------------------------------------------

REPEATED = Standing(said=tuple(Utterance("w-1", f"copy-{i}", NOW - timedelta(minutes=i)) for i in range(3)))


def test_copies_are_hidden() -> None:
    made = decided(findings(breach("flood")), standing=REPEATED)
    assert made.acts == (Act(ActKind.HIDE, "flood", Leave.ALONE),)
    assert made.strike is False


def test_the_copies_of_somebody_who_waits_stay() -> None:
    waiting = replace(REPEATED, waiting_since=NOW - timedelta(days=1))
    for found in (findings(breach("flood")), findings(says=(Signal.QUESTION,))):
        made = decided(found, standing=waiting)
        assert (made.measure, made.reason, made.acts) == (Measure.DRAFT, "still_waiting", ())
        assert made.awaits_answer


def test_a_doubtful_flood_is_hidden_by_nobody_alone() -> None:
    made = decided(findings(replace(breach("flood"), detector="rate", doubtful=True)), standing=REPEATED)
    assert [act.leave for act in made.acts] == [Leave.PROPOSED]


def test_who_waits_for_us_is_not_hidden_for_calling_friends_in_capitals() -> None:
    waiting = Standing(waiting_since=NOW - timedelta(days=1))
    made = decided(findings(breach("flood"), breach("langage"), says=(Signal.CAPITALS,)), standing=waiting)
    assert (made.measure, made.reason, made.acts) == (Measure.DRAFT, "still_waiting", ())


def test_who_waits_for_us_and_insults_somebody_meets_the_clause_on_respect_and_no_other() -> None:
    waiting = Standing(waiting_since=NOW - timedelta(days=1))
    made = decided(findings(breach("flood"), breach("respect")), standing=waiting)
    assert (made.measure, made.clause) == (Measure.REMIND, "respect")


def test_a_complaint_said_three_times_is_looked_at_by_a_person() -> None:
    made = decided(findings(breach("flood"), says=(Signal.GRIEVANCE,)), standing=REPEATED)
    assert [act.leave for act in made.acts] == [Leave.PROPOSED]


# --- the ladder ---------------------------------------------------------------------------------------------


def test_the_first_reminder_cites_its_clause_and_counts() -> None:
    made = decided(findings(breach("respect")))
    assert made.acts == (Act(ActKind.REPLY, "reminder", Leave.ALONE, text="reminder1.respect"),)
    assert (made.measure, made.clause, made.strike, made.case) == (Measure.REMIND, "respect", True, False)


@pytest.mark.parametrize(
    ("before", "reason", "draft"), [(1, "breach_again", "warning2"), (2, "last_warning", "warning3.final")]
)
def test_the_next_steps_wait_for_a_person(before: int, reason: str, draft: str) -> None:
    made = decided(findings(breach("respect")), standing=strikes(before))
    assert (made.measure, made.reason, made.draft, made.draft_kind) == (Measure.HIDE, reason, draft, ActKind.PRIVATE)
    assert [(act.kind, act.leave) for act in made.acts] == [(ActKind.HIDE, Leave.PROPOSED)]


@pytest.mark.parametrize(
    ("before", "step", "called"),
    [(3, Step.SUSPEND, ()), (4, Step.EXCLUDE, ("cm", "smm")), (7, Step.EXCLUDE, ("cm", "smm"))],
)
def test_after_the_last_warning_people_are_told_what_the_charter_foresees(
    before: int, step: Step, called: tuple[str, ...]
) -> None:
    made = decided(findings(breach("respect")), standing=strikes(before))
    assert (made.measure, made.reason, made.case) == (Measure.ESCALATE, "after_last_warning", True)
    assert (made.foresees, [call.roles for call in made.calls]) == (step, [called] if called else [])
    assert [(act.kind, act.leave) for act in made.acts] == [(ActKind.HIDE, Leave.PROPOSED)]


def test_an_insult_that_the_law_forbids_is_hidden_until_a_person_confirms_and_says_why() -> None:
    made = decided(findings(breach("diffamation")))
    assert (made.reason, made.draft, made.draft_kind) == ("attack_on_person", "warning1", ActKind.PRIVATE)
    assert [(act.kind, act.leave, act.unconfirmed) for act in made.acts] == [
        (ActKind.HIDE, Leave.ALONE, Unconfirmed.CALL)
    ]
    assert (made.case, made.strike) == (True, False)


@pytest.mark.parametrize("signal", COMPLAINS)
def test_who_also_complains_is_hidden_by_nobody_but_a_person(signal: Signal) -> None:
    made = decided(findings(breach("diffamation"), says=(signal,)))
    assert [(act.kind, act.leave) for act in made.acts] == [(ActKind.HIDE, Leave.PROPOSED)]


def test_a_provisional_hide_ends_by_itself_only_where_the_law_is_not_concerned() -> None:
    harsh = rule("acharnement", 3, "partial", "hide_and_remind")
    unlawful = rule("acharnement", 3, "partial", "hide_and_remind", family="loi")
    full = rule("acharnement", 3, "full", "hide_and_remind")
    found = findings(breach("acharnement", gravity=3))
    ends = [decided(found, under=charter(one)).acts[0].unconfirmed for one in (harsh, unlawful, full)]
    assert ends == [Unconfirmed.RELEASE, Unconfirmed.CALL, None]


def test_no_step_is_taken_that_the_charter_does_not_announce() -> None:
    short = charter(rule("respect", 2, "partial", "remind", ladder=()))
    stern = charter(rule("respect", 2, "partial", "remind", ladder=("last_warning",)))
    assert decided(findings(breach("respect")), standing=strikes(3), under=short).measure is Measure.REMIND
    assert decided(findings(breach("respect")), standing=strikes(1), under=stern).draft == "warning3.final"
    assert decided(findings(breach("respect")), standing=strikes(9), under=stern).draft == "warning3.final"


def test_a_lapsed_strike_counts_no_more() -> None:
    made = decided(findings(breach("respect")), standing=strikes(2, age=timedelta(days=91)))
    assert made.measure is Measure.REMIND


def test_who_had_not_been_told_when_they_wrote_is_told_for_the_first_time() -> None:
    told = Standing(strikes=(Strike("respect", "o-2", NOW),))
    for minutes, measure in ((-5, Measure.REMIND), (0, Measure.REMIND), (5, Measure.HIDE)):
        written = replace(COMMENT, written_at=NOW + timedelta(minutes=minutes))
        assert decided(findings(breach("respect")), standing=told, matter=written).measure is measure


def test_a_comment_is_not_its_own_earlier_breach() -> None:
    own = Standing(strikes=(Strike("respect", "o-1", NOW),))
    assert decided(findings(breach("respect")), standing=own).measure is Measure.REMIND


@pytest.mark.parametrize(
    "held",
    [
        replace(ACTING, trusted_link=False),
        replace(ACTING, thread_automatic=2),
        replace(ACTING, thread_silent=True),
        replace(ACTING, sensitive_post=True),
        replace(ACTING, climate="orange"),
        replace(ACTING, mode=Mode.PROPOSE),
        replace(ACTING, clause_modes={"respect": Mode.PROPOSE}),
    ],
)
def test_a_reminder_waits_for_a_person(held: Situation) -> None:
    made = decided(findings(breach("respect")), situation=held)
    assert [act.leave for act in made.acts] == [Leave.PROPOSED]
    assert (made.measure, made.strike, made.case) == (Measure.REMIND, False, True)


def test_one_automatic_message_per_person_and_day() -> None:
    made = decided(findings(breach("respect")), standing=Standing(automatic_today=1))
    assert [act.leave for act in made.acts] == [Leave.PROPOSED]


SILENT: dict[Silence, tuple[dict[str, Any], dict[str, Any]]] = {
    Silence.SENSITIVE: ({"sensitive_post": True}, {}),
    Silence.THREAD_SILENT: ({"thread_silent": True}, {}),
    Silence.HUMAN: ({}, {"human_requested_at": NOW}),
    Silence.LONG_AGO: ({"long_ago": True}, {}),
    Silence.CLIMATE: ({"climate": "red"}, {}),
    Silence.THREAD: ({"thread_automatic": PER_THREAD}, {}),
    Silence.PERSON: ({}, {"automatic_today": PER_PERSON_AND_DAY}),
    Silence.POST: ({"post_automatic": PER_POST_AND_HOUR}, {}),
    Silence.ACCOUNT: ({"account_automatic": PER_ACCOUNT_AND_HOUR}, {}),
}
"""Why nothing is said alone -> what is so in the situation and in the person's standing."""
ASKED = findings(says=(Signal.SHORT_QUESTION, Signal.QUESTION), asks=("horaires",))


@pytest.mark.parametrize(("why", "so"), SILENT.items())
@pytest.mark.parametrize("found", [findings(breach("respect")), ASKED], ids=["reminder", "answer"])
def test_what_the_machine_would_have_said_and_did_not_carries_why(
    found: Findings, why: Silence, so: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    around, person = so
    made = decided(found, situation=replace(ACTING, **around), standing=replace(UNKNOWN, **person))

    assert made.unsaid is why
    assert not any(act.leave is Leave.ALONE for act in made.acts)
    assert made.case


@pytest.mark.parametrize("why", sorted(FLOODS))
def test_nobody_reads_ten_thousand_drafts_of_one_answer(why: Silence) -> None:
    around, _ = SILENT[why]
    made = decided(ASKED, situation=replace(ACTING, covered=frozenset(ASKED.asks), **around))

    assert (made.measure, made.acts, made.case, made.unsaid) == (Measure.NOTHING, (), False, why)


def test_silence_has_a_reason_only_where_something_would_have_been_said() -> None:
    used_up = replace(ACTING, post_automatic=PER_POST_AND_HOUR)

    assert decided(findings(says=(Signal.PRAISE,)), situation=used_up).unsaid is None
    assert decided(findings(breach("respect")), situation=replace(used_up, mode=Mode.PROPOSE)).unsaid is None
    assert decided(findings(breach("langage")), situation=used_up).unsaid is None
    assert decided(ASKED).unsaid is None


def test_in_a_flood_what_protects_goes_on_and_a_complaint_still_waits_for_an_answer() -> None:
    used_up = replace(ACTING, post_automatic=PER_POST_AND_HOUR)
    number = decided(findings(breach("vie-privee", whose="author")), situation=used_up)
    angry = decided(findings(breach("respect"), says=(Signal.GRIEVANCE,)), situation=used_up)

    assert [(act.kind, act.leave) for act in number.acts] == [(ActKind.HIDE, Leave.ALONE)]
    assert (number.measure, number.unsaid) == (Measure.HIDE, Silence.POST)
    assert (angry.measure, angry.clause, angry.strike, angry.case) == (Measure.NOTHING, "respect", False, True)


@pytest.mark.parametrize("why", sorted(FLOODS))
def test_in_a_flood_who_cannot_read_the_answer_there_is_a_person_s_to_answer(why: Silence) -> None:
    around, _ = SILENT[why]
    made = decided(ASKED, situation=replace(ACTING, covered=frozenset({"another"}), **around))

    assert ([act.leave for act in made.acts], made.unsaid) == ([Leave.PROPOSED], why)
    assert (made.case, made.awaits_answer) == (True, True)


def test_in_a_flood_an_insult_that_nobody_answers_is_a_case() -> None:
    made = decided(findings(breach("respect")), situation=replace(ACTING, post_automatic=PER_POST_AND_HOUR))

    assert (made.acts, made.strike, made.unsaid, made.case) == ((), False, Silence.POST, True)


def test_a_clause_that_a_reminder_cites_in_the_thread_is_only_pointed_at() -> None:
    told = replace(ACTING, explained=frozenset({"respect"}))

    assert [act.text for act in decided(findings(breach("respect")), situation=told).acts] == ["reminder1.pointer"]
    other = replace(ACTING, explained=frozenset({"flood"}))
    assert [act.text for act in decided(findings(breach("respect")), situation=other).acts] == ["reminder1.respect"]


def test_a_platform_without_replies_leaves_the_reminder_to_a_person() -> None:
    made = decided(findings(breach("respect")), situation=replace(ACTING, can=frozenset({ActKind.HIDE})))
    assert (made.measure, made.acts, made.clause) == (Measure.ESCALATE, (), "respect")


def test_a_clause_without_a_reminder_of_its_own_has_the_common_one() -> None:
    made = decided(findings(breach("courtoisie", gravity=2)), under=charter(rule("courtoisie", 2, "partial", "remind")))
    assert (made.reason, [act.text for act in made.acts]) == ("breach", ["reminder1"])


def test_a_reminder_about_repetition_does_not_say_that_copies_are_hidden() -> None:
    made = decided(findings(breach("flood")), under=charter(rule("flood", 2, "partial", "remind")))
    assert [(act.kind, act.text) for act in made.acts] == [(ActKind.REPLY, "reminder1")]


def test_a_full_ceiling_lets_the_breach_again_be_hidden_alone() -> None:
    made = decided(
        findings(breach("respect")), standing=strikes(1), under=charter(rule("respect", 2, "full", "remind"))
    )
    assert [act.leave for act in made.acts] == [Leave.ALONE]


def test_a_scam_is_hidden_provisionally_and_called() -> None:
    made = decided(findings(breach("escroquerie")))
    assert [(act.kind, act.leave, act.unconfirmed) for act in made.acts] == [
        (ActKind.HIDE, Leave.ALONE, Unconfirmed.CALL)
    ]
    assert [(call.reason, call.urgency) for call in made.calls] == [("scam", Urgency.HOURS)]


@pytest.mark.parametrize(
    ("clause", "draft", "kind"),
    [
        ("hors-sujet", "redirect.hors-sujet", ActKind.REPLY),
        ("transparence", "disclosure.nudge", ActKind.PRIVATE),
        ("neutralite", "reserve", ActKind.REPLY),
    ],
)
def test_light_clauses_only_prepare_a_word(clause: str, draft: str, kind: ActKind) -> None:
    made = decided(findings(breach(clause)))
    assert (made.measure, made.clause, made.draft, made.draft_kind) == (Measure.DRAFT, clause, draft, kind)
    assert made.acts == ()


@pytest.mark.parametrize("told_before", [0, 1, 5])
def test_a_missing_disclosure_is_a_private_word_of_a_person_never_a_sanction_never_public(told_before: int) -> None:
    """Whatever was said before: no act, no strike, no call, nothing that anybody else reads."""
    made = decided(findings(breach("transparence")), standing=strikes(told_before))
    assert (made.acts, made.strike, made.calls, made.draft_kind) == ((), False, (), ActKind.PRIVATE)

    public_only = decided(
        findings(breach("transparence")),
        standing=strikes(told_before),
        situation=replace(ACTING, can=EVERYTHING - {ActKind.PRIVATE}),
    )
    assert (public_only.acts, public_only.draft, public_only.strike) == ((), None, False)
    assert (public_only.clause, public_only.case) == ("transparence", True), "the CM knows, and tells them elsewhere"


def test_capitals_are_noted_and_the_question_in_them_is_answered() -> None:
    made = decided(findings(breach("langage"), says=(Signal.CAPITALS, Signal.QUESTION)))
    assert (made.measure, made.reason, made.clause) == (Measure.DRAFT, "question", None)


def test_a_clause_the_charter_does_not_have_is_held_against_nobody() -> None:
    made = decided(findings(breach("unheard-of", gravity=3)))
    assert (made.measure, made.clause) == (Measure.NOTHING, None)


def test_a_public_clause_is_not_held_in_private() -> None:
    made = decided(findings(breach("respect")), matter=replace(COMMENT, audience=Audience.PRIVATE))
    assert (made.clause, made.measure) == (None, Measure.DRAFT)


# --- what could be said -------------------------------------------------------------------------------------


def test_a_faq_answer_leaves_alone_for_one_short_question() -> None:
    made = decided(findings(says=(Signal.QUESTION, Signal.SHORT_QUESTION), asks=("horaires", "belgique")))
    assert made.acts == (Act(ActKind.REPLY, "faq", Leave.ALONE, text="faq", faq="horaires"),)
    assert (made.measure, made.case, made.awaits_answer) == (Measure.LEAD, False, False)


def test_a_known_question_among_other_words_is_drafted_with_its_answer() -> None:
    made = decided(findings(says=(Signal.QUESTION,), asks=("horaires",)))
    assert (made.measure, made.draft, made.draft_faq, made.acts) == (Measure.DRAFT, "faq", "horaires", ())


@pytest.mark.parametrize("signal", [Signal.GRIEVANCE, Signal.CRITICISM, Signal.STILL_WAITING, Signal.HUMAN_REQUEST])
def test_a_known_question_with_a_grievance_gets_a_person(signal: Signal) -> None:
    made = decided(findings(says=(Signal.SHORT_QUESTION, Signal.QUESTION, signal), asks=("horaires",)))
    assert (made.measure, made.acts, made.awaits_answer) == (Measure.DRAFT, (), True)


def test_a_request_for_a_human_silences_the_machine_whatever_else_was_said() -> None:
    for found in (
        findings(says=(Signal.HUMAN_REQUEST,)),
        findings(breach("vie-privee", whose="author"), says=(Signal.HUMAN_REQUEST,)),
        findings(breach("respect"), says=(Signal.HUMAN_REQUEST,)),
    ):
        made = decided(found)
        assert (made.silence_thread, made.silence_person, made.case) == (True, True, True)
        assert not [act for act in made.acts if act.kind in SPEAKING]


def test_who_asked_for_a_human_before_is_not_answered_by_the_machine() -> None:
    asked = Standing(human_requested_at=NOW - timedelta(days=1))
    made = decided(findings(says=(Signal.SHORT_QUESTION,), asks=("horaires",)), standing=asked)
    assert [act.leave for act in made.acts] == [Leave.PROPOSED]


def test_under_a_sensitive_post_no_courtesy_is_prepared() -> None:
    mourning = replace(ACTING, sensitive_post=True, first_comment=True, newcomer=True, solicits=1)
    for says in ((Signal.RIP, Signal.HARM), (Signal.PRAISE,), (Signal.HELPS_MEMBER,), ()):
        made = decided(findings(says=says), situation=mourning)
        assert (made.measure, made.draft, made.case) == (Measure.NOTHING, None, False)


def test_a_newcomer_is_welcomed_only_where_we_know_that_they_are_one() -> None:
    first = replace(ACTING, first_comment=True)
    assert decided(findings(), situation=first).draft is None
    assert decided(findings(), situation=replace(first, newcomer=True)).draft == "welcome"


def test_an_answer_to_our_question_deserves_a_follow_up() -> None:
    asked = replace(ACTING, solicits=1)
    assert decided(findings(), situation=asked).draft == "draft.conversation"
    assert decided(findings(), situation=asked, matter=replace(COMMENT, to_member=True)).draft is None
    assert decided(findings()).draft is None


def test_a_picture_without_words_is_not_clean() -> None:
    made = decided(Findings(), matter=replace(COMMENT, media=Media.IMAGE))
    assert (made.measure, made.reason, made.case) == (Measure.NOTHING, "not_read", True)


# --- doubts, suggestions, detectors that fail ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "detector", "measure", "reason"),
    [
        ("hors-sujet", "off_topic", Measure.DRAFT, "off_topic"),
        ("neutralite", "neutrality", Measure.DRAFT, "neutrality"),
        ("transparence", "undisclosed", Measure.DRAFT, "undisclosed"),
        ("langage", "language", Measure.NOTHING, "nothing"),
        ("flood", "rate", Measure.HIDE, "rate"),
        ("escroquerie", "impersonation", Measure.HIDE, "impersonation"),
        ("escroquerie", "lookalike_link", Measure.HIDE, "impersonation"),
        ("diffamation", "reports", Measure.HIDE, "reported"),
        ("respect", "language", Measure.REMIND, "language"),
    ],
)
def test_a_suggestion_never_leaves_without_a_person(clause: str, detector: str, measure: str, reason: str) -> None:
    """Whatever the ceiling of the clause is."""
    full = charter(*(one.model_copy(update={"ceiling": Ceiling.FULL}) for one in RULES if one.gravity != 4))
    doubt = replace(breach(clause), detector=detector, doubtful=True)
    made = decided(findings(doubt), under=full)
    assert (made.measure, made.reason) == (measure, reason)
    assert all(act.leave is not Leave.ALONE for act in made.acts)
    assert not made.strike


def test_who_passes_for_us_is_called_about() -> None:
    made = decided(findings(replace(breach("escroquerie"), detector="impersonation", doubtful=True)))
    assert [call.reason for call in made.calls] == ["impersonation"]


def test_what_nobody_could_check_goes_to_a_person_and_says_so() -> None:
    made = decided(replace(findings(says=(Signal.PRAISE,)), unsure=("insult_at_person",)))
    assert (made.measure, made.reason, made.case) == (Measure.ESCALATE, "detector_failed", True)
    assert [(call.reason, call.per_object) for call in made.calls] == [("detector_failed", False)]


def test_an_answer_that_would_have_left_alone_waits_where_a_detector_failed() -> None:
    question = findings(says=(Signal.QUESTION, Signal.SHORT_QUESTION), asks=("horaires",))
    assert [act.leave for act in decided(question).acts] == [Leave.ALONE]
    assert [act.leave for act in decided(replace(question, unsure=("hate",))).acts] == [Leave.PROPOSED]


def test_what_others_found_still_protects_where_a_detector_failed() -> None:
    made = decided(replace(findings(breach("menace")), unsure=("off_topic",)))
    assert (made.measure, made.reason) == (Measure.HIDE, "threat")
    assert [(act.purpose, act.leave) for act in made.acts] == [("provisional", Leave.ALONE)]
    assert [call.reason for call in made.calls] == ["threat", "detector_failed"]


@given(readings, standings, situations)
def test_where_a_detector_failed_nothing_leaves_alone_but_protection(
    found: Findings, standing: Standing, situation: Situation
) -> None:
    made = decided(replace(found, unsure=("spam",)), standing=standing, situation=situation)
    assert all(act.urgent for act in made.acts if act.leave is Leave.ALONE)
    assert made.case
    assert not made.strike


def test_a_person_is_told_apart_by_what_they_wrote_in_ten_minutes() -> None:
    said = tuple(Utterance("w", f"o-{n}", NOW - timedelta(minutes=n)) for n in range(12))
    assert Standing(said=said).rate("o-0", NOW) == 9
    assert Standing(said=said).rate("other", NOW - timedelta(hours=1)) == 0
    assert UNKNOWN.rate("o-0", NOW) == 0


# --- hostile threads: nobody of the team is named ------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "hostile"),
    [
        (findings(replace(breach("respect"), detector="insult_at_person")), True),
        (findings(replace(breach("menaces"), detector="threat")), True),
        (findings(replace(breach("respect"), detector="insult_at_person", doubtful=True)), False),
        (findings(replace(breach("publicite"), detector="spam")), False),
        (findings(says=(Signal.NAME_REQUEST,)), True),
        (findings(says=(Signal.GRIEVANCE, Signal.CRITICISM)), False),
        (findings(replace(breach("respect"), detector="insult_at_person"), says=(Signal.DISTRESS,)), False),
        (findings(says=(Signal.HUMAN_REQUEST,)), False),
    ],
)
def test_a_thread_turns_hostile_when_somebody_is_attacked_or_a_name_is_demanded(
    found: Findings, hostile: object
) -> None:
    assert decided(found).hostile is hostile


def test_what_members_ask_one_another_is_no_demand_of_ours() -> None:
    made = decided(findings(says=(Signal.NAME_REQUEST,)), matter=replace(COMMENT, to_member=True))

    assert (made.hostile, made.draft) == (False, None)


@pytest.mark.parametrize(("attacked", "climate"), [(True, "green"), (False, "orange"), (False, "red")])
def test_the_brand_alone_signs_after_an_attack_and_in_an_unquiet_climate(attacked: object, climate: str) -> None:
    assert is_hostile(attacked=bool(attacked), climate=climate)
    assert not is_hostile(attacked=False, climate="yellow")
