"""seal: each decision once, found again while its salt is kept, and never once the person is forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tribune.comment import Audience, Verb, version
from tribune.decision import Mode
from tribune.journal import Head, HeadKind, Verdict
from tribune.workflow.seal import MOST_KEPT, Measure, decisions, sealed, sealed_verdict, staff, unsealed

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def judged(text: str = "abruti", *, minutes: int = 0, measure: str = "hide", confidential: bool = False) -> Head:
    at = NOW + timedelta(minutes=minutes)
    return Head(
        community="garance",
        platform="facebook",
        account="1001",
        object="1_1",
        kind=HeadKind.COMMENT,
        v=version(at, Verb.CREATED, text),
        rev=1,
        space="facebook",
        thread="1_1",
        post="1",
        audience=Audience.PUBLIC,
        posted_at=at,
        received_at=at,
        author=None if confidential else "3f2a",
        confidential=confidential,
        verdict=Verdict(
            measure=measure,
            reason="insult",
            mode=Mode.ACT,
            clause="c10",
            clause_hash="ab12",
            charter_version=3,
            at=at,
        ),
    )


def kept(head: Head, before: Head | None = None) -> tuple[Head, list[bytes]]:
    after, seals = sealed_verdict(before, head)
    return after, [seal.digest for seal in seals]


def found(head: Head) -> list[bytes]:
    return [one.digest for one in decisions(head)]


def test_a_new_verdict_is_sealed_and_found_again() -> None:
    head, digests = kept(judged())

    assert len(digests) == 1
    assert found(head) == digests
    (one,) = decisions(head)
    assert (one.decision.measure, one.decision.clause_hash, one.decision.charter_version) == ("hide", "ab12", 3)
    assert (one.decision.by, one.decision.v) == ("machine", head.v)


def test_two_comments_judged_alike_have_nothing_in_common() -> None:
    assert kept(judged())[1] != kept(judged())[1]


def test_what_is_written_of_a_head_that_was_decided_is_sealed_no_second_time() -> None:
    head, digests = kept(judged())
    assert head.verdict is not None
    marked = replace(head, rev=2, verdict=replace(head.verdict, strike=True, reversed=True))

    after, more = kept(marked, head)

    assert more == []
    assert found(after) == digests, "what is learned later is no part of what was decided"


def test_words_that_were_only_spaced_anew_leave_the_decision_as_it_was_sealed() -> None:
    head, digests = kept(judged("tu es abruti"))
    later = replace(head, v=version(NOW + timedelta(minutes=9), Verb.EDITED, "tu  es  abruti"))

    after, more = kept(later, head)
    again, _ = kept(replace(after, v=version(NOW + timedelta(minutes=20), Verb.EDITED, "tu es  abruti")), after)

    assert more == []
    assert found(after) == found(again) == digests


def test_an_edit_is_another_decision_and_the_first_one_is_still_found() -> None:
    head, first = kept(judged())
    edited = replace(judged("merci", minutes=5, measure="nothing"), sealed=head.sealed)

    after, second = kept(edited, head)

    assert len(second) == 1
    assert sorted(found(after)) == sorted(first + second)


def test_an_edit_in_the_same_moment_is_another_decision_all_the_same() -> None:
    head, _ = kept(judged())

    assert len(kept(judged("merci"), head)[1]) == 1


def test_a_thousand_edits_do_not_make_the_head_grow_for_ever() -> None:
    head, _ = kept(judged())
    for minutes in range(1, 30):
        head, digests = kept(replace(judged(str(minutes), minutes=minutes), sealed=head.sealed), head)
        assert len(digests) == 1

    assert len(found(head)) == MOST_KEPT + 1


def test_a_head_of_before_the_ledger_is_not_sealed_by_a_mark() -> None:
    old = judged()
    assert old.verdict is not None

    assert kept(replace(old, rev=2, verdict=replace(old.verdict, strike=True)), old)[1] == []


def test_who_is_forgotten_takes_the_salts_along() -> None:
    head, _ = kept(judged())
    head, _ = sealed(head, Measure("delete", "deleted_by_hand", "marie"), NOW)
    forgotten = replace(unsealed(head), author=None, rev=3)

    after, more = kept(forgotten, head)

    assert more == []
    assert found(after) == []


def test_who_deletes_what_they_said_takes_the_salts_along() -> None:
    head, _ = kept(judged())

    after, more = kept(replace(head, deleted=True, v=version(NOW + timedelta(minutes=1), Verb.DELETED, "")), head)

    assert (found(after), more) == ([], [])


def test_distress_is_sealed_and_nobody_can_find_it_again() -> None:
    head, digests = kept(judged(confidential=True))

    assert len(digests) == 1
    assert found(head) == []


def test_an_edit_that_shows_distress_closes_what_was_sealed_before() -> None:
    head, _ = kept(judged())
    distress = replace(judged("je veux en finir", minutes=2, confidential=True), sealed=head.sealed)

    after, digests = kept(distress, head)

    assert len(digests) == 1
    assert found(after) == []


def test_a_persons_measure_is_sealed_under_a_pseudonym_and_says_what_it_reverses() -> None:
    head, (machine,) = kept(judged())
    later = NOW + timedelta(hours=1)
    head, hidden = sealed(head, Measure("hide", "hidden_by_hand", "lea"), later)
    head, shown = sealed(head, Measure("unhide", "shown_by_hand", "marie", reverses=True), later + timedelta(hours=1))

    last = list(decisions(head))[1].decision

    assert sorted(found(head)) == sorted([machine, hidden.digest, shown.digest])
    assert last.reverses == hidden.digest.hex()
    assert last.by == staff("garance", "marie")
    assert "marie" not in repr(last)
    assert (last.clause, last.clause_hash, last.charter_version) == ("c10", "ab12", 3)


def test_what_the_machine_shows_again_at_its_term_reverses_its_own_hide() -> None:
    head, (machine,) = kept(judged())
    head, _ = sealed(head, Measure("unhide", "release", None, reverses=True), NOW + timedelta(hours=4))

    released = head.sealed[0].decision
    assert (released.by, released.reverses) == ("machine", machine.hex())


def test_a_person_who_cites_another_clause_is_not_given_the_hash_of_the_machines() -> None:
    head, _ = sealed(kept(judged())[0], Measure("hide", "hidden_by_hand", "lea", clause="c4"), NOW)

    assert head.sealed[0].decision.clause_hash is None


def test_the_same_person_is_somebody_else_in_another_community() -> None:
    assert staff("garance", "marie") != staff("other", "marie")
