"""tribune say: what could be said today, from keep_watch to a person's word for it."""

from datetime import date, timedelta

from commanding import Said, Tribune
from world import START, World

from tribune.aws import clients, keys
from tribune.aws.communities import Communities

MORNING = START + timedelta(days=1, hours=-2)
"""Wednesday, nine o'clock in Paris: the team arrives."""
HELP = "@Karim il faut resserrer le moyeu, ça marche"
QUESTION = "Quels pneus pour rouler sur des pavés mouillés ?"
CABIN = ("Le G3 tient en cabine d'avion ?", "Le G3 est accepté en cabine, en avion ?", "G3 en cabine : possible ?")
DISTRESS = "J'en peux plus, j'ai envie d'en finir"


def says(world: World, *texts: str) -> None:
    for number, text in enumerate(texts, 1):
        world.deliver("facebook", world.comment(number, text, author=str(7000 + number)))
    while world.pump():
        pass


def ids(said: Said) -> list[str]:
    return [line.split()[0] for line in said.out.splitlines() if line[:1].isalnum() and line[6:8] == "  "]


def test_the_morning_brings_a_helper_a_question_and_a_post_and_nothing_of_it_leaves(
    world: World, tribune: Tribune
) -> None:
    says(world, HELP, QUESTION, *CABIN, DISTRESS)
    said = len(world.outbox.effects)
    assert "arrivent avec l'équipe" in tribune("say", "list").plain

    world.now = MORNING - timedelta(minutes=1)
    world.invoke("keep_watch", {})
    assert world.journal.read([keys.proposals("garance", MORNING.date())]).proposals("garance", MORNING.date()) is None
    for minute in range(3):
        world.now = MORNING + timedelta(minutes=minute)
        world.invoke("keep_watch", {})
        world.forget()
    listed = tribune("say", "list")

    assert len(ids(listed)) == 3
    for words in (
        "Remercier quelqu'un",
        "Poser à tout le monde",
        "3 personnes",
        "resserrer le moyeu",
        "pavés mouillés",
    ):
        assert words in listed.plain
    assert "en finir" not in listed.plain
    days = clients.dynamodb().scan(TableName=world.stack.tables()["JournalTable"])["Items"]
    assert [item["rev"]["N"] for item in days if item["pk"]["S"] == "garance#proposals"] == ["1"]
    while world.pump():
        pass
    assert len(world.outbox.effects) == said


def test_what_was_said_or_left_aside_is_listed_no_more(world: World, tribune: Tribune) -> None:
    says(world, HELP, QUESTION)
    world.now = MORNING
    world.invoke("keep_watch", {})
    first, second = ids(tribune("say", "list"))

    assert tribune("say", "done", first, "--as", "marie").plain == f"Proposition {first} : dite par Marie Castel.\n"
    assert tribune("say", "drop", second, "--as", "LR").code == 0
    assert "Rien à proposer" in tribune("say", "list").plain
    assert tribune("say", "done", first, "--as", "marie").code == 1
    unknown = tribune("say", "done", "nothing", "--as", "marie")
    assert (unknown.code, "Il n'y a pas de proposition nothing" in unknown.err) == (2, True)


def test_a_comment_that_its_author_took_back_is_no_reason_to_speak_any_more(world: World, tribune: Tribune) -> None:
    says(world, HELP)
    world.now = MORNING
    world.invoke("keep_watch", {})
    assert len(ids(tribune("say", "list"))) == 1
    world.deliver("facebook", world.comment(1, "", verb="remove", author="7001"))
    while world.pump():
        pass

    assert "Rien à proposer" in tribune("say", "list").plain


def test_the_team_is_told_which_answers_end(world: World, tribune: Tribune) -> None:
    communities = Communities(world.stack.tables()["CommunityTable"])
    garance = communities.load("garance")
    last = {"dimanche": date(2026, 11, 30), "belgique": date(2026, 11, 20)}
    faq = tuple(entry.model_copy(update={"valid_until": last[entry.id]}) for entry in garance.faq)
    communities.write(garance.model_copy(update={"faq": faq}))

    said = tribune("say", "list").plain

    assert "La réponse « dimanche » expire le 30 novembre" in said
    assert "La réponse « belgique » a expiré le 20 novembre" in said
    assert said.index("belgique") < said.index("dimanche")
    assert [entry.id for entry in garance.model_copy(update={"faq": faq}).ending_answers(date(2026, 11, 23))] == [
        "belgique"
    ]
