"""Every way in which somebody is restricted: each carries clause, version, hash, a statement that validates, and a
redress that works. What the machine hides alone, what a person hides, confirms, deletes and excludes, what no charter
judged, and what the platform never confirmed.
"""

from datetime import timedelta

import pytest
from publishing import in_force, publish
from redress import contest, decision_about, handling, kept, restrictions, show, statement
from world import PAGE, World

from tribune.channel import ActKind
from tribune.charter import Charter
from tribune.journal import ActionState
from tribune.notice import AppealState
from tribune.statement import problems
from tribune.workflow.deed import case_id

ALONE = (
    "Livraison nulle, et votre caissière est une sale arabe",
    "On sait où est ton magasin, on va venir te défoncer",
    "Voyante sérieuse, retour de l'être aimé en 7 jours, contactez-moi sur WhatsApp +33 6 39 98 11 22",
    "Mon numéro est le 06 39 98 12 34, bonne journée à tous",
)
PROPOSED = "Allez voir ma boutique https://maboutique.example"
COPIES = "Venez tous samedi à la manifestation devant la mairie"
OTHER = "Vous êtes des voleurs, un mois que j'attends mon remboursement !!!!"


def everybody_speaks(world: World) -> None:
    """Whatever the machine restricts by itself, then what people do."""
    texts = [*ALONE, *[COPIES] * 4, PROPOSED, OTHER, OTHER + " Bande de nuls", OTHER + " Honte à vous"]
    for number, text in enumerate(texts, start=1):
        author = "900" if text == COPIES else f"80{number}"
        world.deliver("facebook", world.comment(number, text, author=author))
    world.deliver("generic", world.blog_comment("c-1", ALONE[1]))
    world.settle()
    hands = handling(world)

    def case(number: int) -> str:
        return case_id(("garance", "facebook", PAGE, f"1_{number}"))

    hands.hide("garance", case(2), "marie")  # confirms
    hands.hide("garance", case(1), "lea", "10")  # …under another article
    hands.hide("garance", case(9), "marie", "15")  # what was proposed, or by her own reading
    hands.hide("garance", case(10), "marie", "10")
    hands.delete("garance", case(11), "marie", "10")
    hands.block("garance", case(12), "marie", "lea", "10")
    world.settle()


def test_every_restriction_carries_its_reason_and_a_redress_that_works(world: World) -> None:
    everybody_speaks(world)
    heads = list(world.journal.heads("garance", world.now - timedelta(days=2)))
    seen = [(head, action) for head in heads for action in restrictions(head)]
    kinds = {(action.kind, action.purpose, action.signed_by is not None) for _, action in seen}
    assert {kind for kind, _, _ in kinds} == {ActKind.HIDE, ActKind.DELETE, ActKind.BLOCK}
    assert {"provisional", "spam", "protect"} <= {purpose for _, purpose, _ in kinds}
    assert len(seen) >= 10

    for head, action in seen:
        where = (head.object, action.kind, action.purpose)
        assert action.notice is not None, where
        notice, _ = kept(world, action.notice)
        assert notice is not None, where
        assert notice.clause, where
        assert notice.charter_version == 1, where
        assert notice.clause_hash, where
        value = statement(world, action.notice)
        assert problems(value["statement"]) == [], (where, value)
        assert value["beside"]["clause_hash"] == notice.clause_hash, where
        assert value["beside"]["quoted_rule"], where
        redress = value["beside"]["redress"]["url"]
        assert redress == f"https://charte.garance.example/decisions/garance/{action.notice}", where
        page = show(world, redress.rpartition("/")[2])
        assert page["statusCode"] == 200, where
        assert f'action="{action.notice}/appeal"' in page["body"], where
        assert contest(world, action.notice)["statusCode"] == 303, where
        appeal = kept(world, action.notice)[1]
        assert appeal is not None, where
        assert appeal.state is AppealState.OPEN, where
        if action.signed_by is None:
            assert value["statement"]["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT", where
    puids = [statement(world, action.notice)["statement"]["puid"] for _, action in seen if action.notice]
    assert len(set(puids)) == len(puids)


def test_what_the_platform_never_confirmed_has_its_reason_too(world: World) -> None:
    world.facebook.fail({"mode": "timeout_after", "of": "acts"})
    world.deliver("facebook", world.comment(1, ALONE[1], author="801"))
    world.settle(minutes=600)

    head = world.kept()
    felt = list(restrictions(head))
    for action in felt:
        assert action.notice is not None
        assert problems(statement(world, action.notice)["statement"]) == []
    hides = [action for action in head.actions if action.kind is ActKind.HIDE]
    assert all(action in felt or action.state in (ActionState.FAILED, ActionState.CANCELLED) for action in hides)


def test_danger_that_no_charter_judged_is_told_as_a_protection(world: World) -> None:
    before_the_charter = world.now - timedelta(days=60)
    world.deliver("facebook", world.comment(1, ALONE[1], author="801", at=before_the_charter))
    world.settle()

    token = decision_about(world.kept())
    value = statement(world, token)
    assert problems(value["statement"]) == []
    assert value["statement"]["category"] == "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH"
    assert value["beside"]["charter_version"] is None
    assert "Aucune charte n" in show(world, token)["body"]
    assert contest(world, token)["statusCode"] == 303


def rewritten(charter: Charter) -> Charter:
    """The next version: the rule about threats stands there in other words, under another name."""
    threats = charter.clause("menace")
    assert threats is not None
    text = {language: f"{words} ({language})" for language, words in threats.text.items()}
    other = threats.model_copy(update={"id": "menaces", "text": text})
    return charter.model_copy(update={"clauses": tuple(other if one is threats else one for one in charter.clauses)})


@pytest.mark.parametrize(
    ("edited", "cited"), [(ALONE[1] + " demain", ("menaces", 2)), ("Bonne journée à tous", ("menace", 1))]
)
def test_what_a_person_leaves_hidden_after_an_edit_under_the_next_version_cites_one_version_wholly(
    world: World, edited: str, cited: tuple[str, int]
) -> None:
    world.deliver("facebook", world.comment(1, ALONE[1]))
    world.settle()
    charters = {1: in_force(world)}
    charters[2] = rewritten(charters[1])
    publish(world, charters[2])
    world.now += timedelta(minutes=5)
    world.deliver("facebook", world.comment(1, edited, verb="edited"))
    world.settle()

    handling(world).close("garance", case_id(("garance", "facebook", PAGE, "1_1")), "marie")

    token = decision_about(world.kept())
    notice, _ = kept(world, token)
    assert notice is not None
    assert (notice.clause, notice.charter_version) == cited
    rule = charters[cited[1]].clause(cited[0])
    assert rule is not None
    assert notice.clause_hash == charters[cited[1]].hash_of(rule, "fr")
    value = statement(world, token)
    assert problems(value["statement"]) == []
    assert value["beside"]["quoted_rule"] == rule.text["fr"]
    assert "Aucune charte n" not in show(world, token)["body"]
