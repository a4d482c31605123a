"""The ledger: what was sealed cannot change unseen, and what was forgotten cannot be read back."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.signed import holds
from tribune import ledger
from tribune.ledger import Anchor, Chain, Decision, End, Fault, Link, Record, Report, Sealed, Statement

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
WRITERS = ("env-a", "env-b")
LINKS_EACH = 4


def decided(number: int, salt: str = "a salt of its own") -> Sealed:
    return Sealed(
        Decision(
            community="garance",
            object=ledger.object_digest("facebook", "1001", f"1_{number}"),
            v=f"00000000000{number:04d}.0.abc",
            measure="hide",
            reason="insult",
            at=START + timedelta(minutes=number),
            clause="c10",
            clause_hash="ab12",
            charter_version=3,
        ),
        f"{salt} {number}",
    )


def chained(writer: str, first: int) -> tuple[list[Link], list[Sealed]]:
    """A chain of links of three decisions each."""
    links: list[Link] = []
    sealed = [decided(first + number) for number in range(3 * LINKS_EACH)]
    for start in range(0, len(sealed), 3):
        leaves = [one.digest for one in sealed[start : start + 3]]
        links.append(
            ledger.following(
                links[-1] if links else None,
                Chain("garance", "2026-11-22", writer),
                leaves,
                START + timedelta(minutes=first + start),
            )
        )
    return links, sealed


def anchored(links: Sequence[Link], hour: int, before: Anchor | None = None) -> Anchor:
    """What the function writes about the last link of each writer."""
    last = {link.chain.writer: link for link in links}
    statement = Statement(
        "garance",
        f"2026-11-22T{hour:02d}",
        START.replace(hour=hour),
        ledger.fingerprint(before.statement.encode()) if before else None,
        tuple(End(link.chain.day, link.chain.writer, link.seq, link.hash) for link in last.values()),
    ).written()
    return Anchor(statement, KEY.sign(ledger.message(statement), ec.ECDSA(hashes.SHA256())), PUBLIC)


LINKS = [link for number, writer in enumerate(WRITERS) for link in chained(writer, 100 * number)[0]]
DECISIONS = [one for number, writer in enumerate(WRITERS) for one in chained(writer, 100 * number)[1]]
HALF = [link for link in LINKS if link.seq <= LINKS_EACH // 2]
FIRST_ANCHOR = anchored(HALF, 10)
ANCHORS = [FIRST_ANCHOR, anchored(LINKS, 11, FIRST_ANCHOR)]


def exported(records: Sequence[Record]) -> list[str]:
    return [ledger.heading("garance"), *map(ledger.line, records)]


def proven(records: Sequence[Record]) -> Report:
    return ledger.verify(exported(records), holds)


WHOLE: list[Record] = [*LINKS, *DECISIONS, *ANCHORS]
LINES = exported(WHOLE)


def test_a_whole_export_verifies_and_says_how_much() -> None:
    report = proven(WHOLE)

    assert report == Report(
        community="garance",
        chains=2,
        links=2 * LINKS_EACH,
        decisions=2 * 3 * LINKS_EACH,
        silent=0,
        anchors=2,
        anchored_at=START.replace(hour=11),
        keys=(ledger.fingerprint(PUBLIC),),
    )


def test_the_order_of_the_lines_says_nothing() -> None:
    assert proven(WHOLE[::-1]).faults == ()


@given(st.data())
def test_any_flipped_bit_is_seen(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(LINES) - 1))
    raw = bytearray(LINES[number].encode())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))

    flipped = [*LINES[:number], raw.decode("utf-8", "replace"), *LINES[number + 1 :]]

    assert ledger.verify(flipped, holds).faults


@given(st.sampled_from(range(len(LINKS))), st.sampled_from(["prev", "root", "hash", "leaves", "at", "seq"]), st.data())
def test_a_link_that_was_altered_is_the_first_bad_one(number: int, what: str, data: st.DataObject) -> None:
    link = LINKS[number]
    change: object
    match what:
        case "at":
            change = link.at + timedelta(milliseconds=data.draw(st.integers(1, 10**6)))
        case "seq":
            change = LINKS_EACH + 1
        case "leaves":
            place = data.draw(st.integers(0, link.n - 1))
            change = (*link.leaves[:place], data.draw(st.binary(min_size=32, max_size=32)), *link.leaves[place + 1 :])
        case _:
            change = data.draw(st.binary(min_size=32, max_size=32).filter(lambda other: other != getattr(link, what)))
    forged = replace(link, **{what: change})

    first = proven([*LINKS[:number], forged, *LINKS[number + 1 :]]).faults[0]

    assert (first.chain, first.seq) == (link.chain, link.seq)


@given(st.sampled_from(range(len(LINKS))))
def test_a_link_that_was_taken_away_is_named(number: int) -> None:
    gone = LINKS[number]

    report = proven([*LINKS[:number], *LINKS[number + 1 :], *ANCHORS])

    why = "cut" if gone.seq == LINKS_EACH else "missing"
    assert report.faults == (Fault(why, chain=gone.chain, seq=gone.seq),)


@given(st.sampled_from(WRITERS), st.permutations(range(LINKS_EACH)).filter(lambda order: order != sorted(order)))
def test_links_that_changed_places_are_named_at_the_first(writer: str, order: list[int]) -> None:
    links = [link for link in LINKS if link.chain.writer == writer]
    moved = [replace(links[old], seq=new) for new, old in enumerate(order, 1)]
    first_moved = next(number for number, old in enumerate(order, 1) if old != number - 1)

    assert proven(moved).faults == (Fault("altered", chain=links[0].chain, seq=first_moved),)


def test_links_that_changed_places_and_were_hashed_anew_do_not_follow() -> None:
    first, second = LINKS[:2]
    forged = ledger.following(None, first.chain, second.leaves, second.at)

    assert proven([forged, *LINKS[1:LINKS_EACH]]).faults == (Fault("detached", chain=first.chain, seq=2),)


def test_a_link_that_stands_twice_is_named() -> None:
    assert proven([*LINKS, LINKS[2]]).faults == (Fault("twice", chain=LINKS[2].chain, seq=LINKS[2].seq),)


@given(st.integers(1, LINKS_EACH))
def test_an_end_that_was_cut_off_is_seen_by_the_anchor_alone(gone: int) -> None:
    rest = [link for link in LINKS if link.chain.writer != WRITERS[0] or link.seq <= LINKS_EACH - gone]

    assert proven(rest).faults == ()
    assert proven([*rest, *ANCHORS]).faults == (Fault("cut", chain=LINKS[0].chain, seq=LINKS_EACH - gone + 1),)


def test_a_chain_that_was_written_anew_is_not_the_one_that_was_signed() -> None:
    anew: list[Link] = []
    for link in LINKS[:LINKS_EACH]:
        leaves = link.leaves[1:] if link.seq == LINKS_EACH else link.leaves
        anew.append(ledger.following(anew[-1] if anew else None, link.chain, leaves, link.at))
    forged = [*anew, *LINKS[LINKS_EACH:]]

    assert proven(forged).faults == ()
    assert proven([*forged, *ANCHORS]).faults == (Fault("replaced", chain=LINKS[0].chain, seq=LINKS_EACH),)


OLD = decided(7, "written down afterwards")
END = [link for link in LINKS if link.chain.writer == WRITERS[0]][-1]


@pytest.mark.parametrize(
    "link",
    [
        ledger.following(None, Chain("garance", "2026-11-22", "env-z"), [OLD.digest], OLD.decision.at),
        ledger.following(END, END.chain, [OLD.digest], OLD.decision.at),
    ],
    ids=["in a chain of its own", "at the end of another's"],
)
def test_a_decision_that_is_dated_back_was_seen_by_no_anchor(link: Link) -> None:
    assert proven([*WHOLE, link, OLD]).faults == (Fault("added", chain=link.chain, seq=link.seq),)


def test_a_decision_that_is_dated_back_is_not_of_the_moment_of_its_link() -> None:
    link = ledger.following(END, END.chain, [OLD.digest], START + timedelta(hours=5))

    assert proven([*WHOLE, link, OLD]).faults == (Fault("misdated", line=2 + len(WHOLE) + 1),)


def test_what_was_decided_since_the_last_anchor_waits_for_the_next() -> None:
    new = decided(60)
    link = ledger.following(END, END.chain, [new.digest], new.decision.at)

    assert proven([*WHOLE, link, new]).faults == ()


def test_what_is_older_than_the_first_anchor_looks_back_is_held_against_nobody() -> None:
    at = START - timedelta(days=400)
    old = replace(OLD, decision=replace(OLD.decision, at=at))
    link = ledger.following(None, Chain("garance", ledger.day_of(at), "env-a"), [old.digest], at)

    assert proven([*WHOLE, link, old]).faults == ()


def test_whoever_asks_for_a_key_is_not_shown_chains_without_any_anchor() -> None:
    report = ledger.verify(exported([*LINKS, *DECISIONS]), holds, ledger.fingerprint(PUBLIC))

    assert report.faults == (Fault("unanchored"),)


def test_an_anchor_cannot_be_left_out_of_the_middle() -> None:
    later = anchored(LINKS, 12, ANCHORS[1])

    assert proven([*LINKS, ANCHORS[0], later]).faults == (Fault("unchained", hour="2026-11-22T12"),)


def test_an_anchor_that_somebody_else_signed_is_none() -> None:
    report = proven([*LINKS, replace(ANCHORS[0], signature=ANCHORS[1].signature)])

    assert [fault.why for fault in report.faults] == ["unsigned"]
    assert report.anchors == 0


def test_a_key_can_be_asked_for_by_its_fingerprint() -> None:
    assert ledger.verify(LINES, holds, ledger.fingerprint(PUBLIC)).faults == ()
    assert {fault.why for fault in ledger.verify(LINES, holds, "00" * 32).faults} == {"other_key"}


def test_a_decision_that_was_changed_stands_in_no_chain() -> None:
    forged = replace(DECISIONS[0], decision=replace(DECISIONS[0].decision, reason="spam"))

    report = proven([*LINKS, forged, *DECISIONS[1:]])

    assert [fault.why for fault in report.faults] == ["unsealed"]
    assert (report.decisions, report.silent) == (len(DECISIONS) - 1, 1)


def test_who_is_forgotten_leaves_the_chain_whole_and_says_nothing_any_more() -> None:
    report = proven([*LINKS, *DECISIONS[2:], *ANCHORS])

    assert report.faults == ()
    assert (report.decisions, report.silent) == (len(DECISIONS) - 2, 2)


@given(st.text(min_size=1).filter(lambda salt: salt != DECISIONS[0].salt))
def test_without_its_salt_nobody_finds_a_decision_again(salt: str) -> None:
    assert replace(DECISIONS[0], salt=salt).digest not in LINKS[0].leaves


@pytest.mark.parametrize(
    "change",
    [
        {"by": "3f2a"},
        {"confirmed_by": "3f2a"},
        {"mode": "act"},
        {"ground": "law"},
        {"clause": None},
        {"clause_hash": "ab13"},
        {"charter_version": 4},
        {"reverses": "00"},
        {"community": "other"},
        {"object": "other"},
        {"v": "other"},
        {"at": START},
        {"measure": "nothing"},
    ],
)
def test_each_thing_a_decision_says_is_sealed(change: dict[str, object]) -> None:
    sealed = decided(7)

    assert replace(sealed, decision=replace(sealed.decision, **change)).digest != sealed.digest


def test_an_id_cannot_be_cut_elsewhere_to_give_the_same_digest() -> None:
    assert ledger.object_digest("x", "1", "23") != ledger.object_digest("x", "12", "3")


def test_the_digest_does_not_depend_on_what_a_store_rounds_off() -> None:
    sealed = decided(7)
    rounded = replace(sealed.decision, at=sealed.decision.at + timedelta(microseconds=400))

    assert replace(sealed, decision=rounded).digest == sealed.digest


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20, unique=True), st.data())
def test_the_root_changes_with_each_leaf_and_with_their_order(leaves: list[bytes], data: st.DataObject) -> None:
    root = ledger.merkle_root(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))

    assert ledger.merkle_root([*leaves[:place], *leaves[place + 1 :]]) != root
    if len(leaves) > 1:
        assert ledger.merkle_root(leaves[::-1]) != root


def test_the_root_is_the_one_of_rfc_9162() -> None:
    """Google's reference vectors of Certificate Transparency: the roots of these seven leaves, one more each time."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    }

    assert {n: ledger.merkle_root([bytes.fromhex(leaf) for leaf in leaves[:n]]).hex() for n in roots} == roots
    assert ledger.merkle_root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    "line",
    ["", "null", "[]", "{}", '{"kind":"gossip"}', '{"kind":"link"}', "[" * 5000, '{"kind":"decision","decision":1}'],
)
def test_a_line_that_is_none_is_named_by_its_number(line: str) -> None:
    assert ledger.verify([*LINES, line], holds).faults == (Fault("unreadable", line=len(LINES) + 1),)


# Building nested values takes its time on a busy machine, and that is no fault of theirs.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers(), lambda v: st.lists(v) | st.dictionaries(st.text(), v), max_leaves=5), st.data())  # fmt: skip
def test_no_value_in_the_wrong_place_breaks_the_verifier(value: object, data: st.DataObject) -> None:
    line = json.loads(data.draw(st.sampled_from(LINES[1:])))
    line[data.draw(st.sampled_from(sorted(line)))] = value
    written = json.dumps(line, sort_keys=True, separators=(",", ":"))

    ledger.verify([LINES[0], written], holds)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (ledger.line(LINKS[0]), {"at": "0001-01-01T00:00:00+14:00"}),
        (ledger.line(LINKS[0]), {"at": "9999-12-31T23:59:59-14:00"}),
        (ledger.line(LINKS[0]), {"seq": float("inf")}),
        (ledger.line(DECISIONS[0]), {"salt": "x" * 70_000}),
    ],
)
def test_no_value_out_of_all_bounds_breaks_the_verifier(written: str, meant: dict[str, object]) -> None:
    line = json.dumps(json.loads(written) | meant, sort_keys=True, separators=(",", ":"))

    assert ledger.verify([*LINES, line], holds).faults == (Fault("unreadable", line=len(LINES) + 1),)


@pytest.mark.parametrize(
    "meant", [{"hour": 5}, {"community": ["garance"]}, {"at": "0001-01-01T00:00:00+14:00"}, {"ends": [[1]]}]
)
def test_what_somebody_signed_without_any_sense_is_no_anchor(meant: dict[str, object]) -> None:
    said = json.loads(FIRST_ANCHOR.statement) | meant
    statement = json.dumps(said, sort_keys=True, separators=(",", ":"))
    anchor = Anchor(statement, KEY.sign(ledger.message(statement), ec.ECDSA(hashes.SHA256())), PUBLIC)

    assert proven([*WHOLE, anchor]).faults == (Fault("unreadable", line=2 + len(WHOLE)),)


def test_an_empty_file_proves_nothing() -> None:
    assert ledger.verify([], holds).faults == (Fault("unreadable", line=1),)


def test_what_is_another_communitys_has_no_place_here() -> None:
    stranger = ledger.following(None, Chain("other", "2026-11-22", "env"), [bytes(32)], START)

    assert proven([stranger]).faults == (Fault("foreign", line=2),)


def test_each_link_holds_the_hash_of_the_one_before() -> None:
    links = chained("env", 0)[0]

    assert links[0].prev == ledger.NOTHING_BEFORE
    assert all(after.prev == before.hash for before, after in pairwise(links))


def test_what_is_signed_is_short_however_many_chains_there_are() -> None:
    ends = tuple(End("2026-11-22", f"env-{number}", 1, bytes(32)) for number in range(500))
    statement = Statement("garance", "2026-11-22T10", START, None, ends).written()

    assert len(ledger.message(statement)) < 128
    assert Statement.read(statement).ends == tuple(sorted(ends))


def test_a_line_of_base64_with_a_stranger_in_it_is_unreadable() -> None:
    told = json.loads(LINES[-1])
    told["key"] = base64.b64encode(PUBLIC).decode()[:-1] + "é"

    with pytest.raises(ValueError, match=r"base64|ASCII"):
        ledger.read_line(json.dumps(told, sort_keys=True, separators=(",", ":")))
