"""A world whose charter changes: publishing versions, and what is said and decided under them."""

from datetime import timedelta
from typing import Any

from world import World

from tribune.aws.charters import Charters
from tribune.charter import Charter
from tribune.charter.document import Clause
from tribune.journal import Head


def charters(world: World) -> Charters:
    return Charters(world.stack.tables()["CharterTable"])


def with_clause(charter: Charter, clause_id: str, **change: Any) -> Charter:
    clauses = [
        Clause.model_validate(clause.model_dump(mode="json") | change) if clause.id == clause_id else clause
        for clause in charter.clauses
    ]
    return charter.model_copy(update={"clauses": tuple(clauses)})


def with_term(charter: Charter, clause_id: str, term: str) -> Charter:
    """The charter, a word of French forbidden by one of its clauses, with an example as `publish` asks for one."""
    clause = charter.clause(clause_id)
    assert clause is not None
    told = clause.model_dump(mode="json")
    use, *uses = told["detectors"]
    use["terms"] = {**use["terms"], "fr": [*use["terms"].get("fr", ()), term]}
    told["examples"]["forbidden"]["fr"].append(f"@Karim t'es vraiment un {term} si tu crois ça")
    return with_clause(charter, clause_id, detectors=[use, *uses], examples=told["examples"])


def publish(world: World, charter: Charter) -> int:
    """The next version, in force at once, and seen by everybody."""
    version = charters(world).publish("garance", charter, effective_from=world.now, now=world.now)
    world.now += timedelta(minutes=1)
    return version


def in_force(world: World) -> Charter:
    published = charters(world).load("garance", world.now)
    assert published is not None
    return published.charter


def say(world: World, number: int, text: str) -> None:
    world.deliver("facebook", world.comment(number, text, author=str(7000 + number)))


def decide(world: World) -> None:
    world.pump_only("moderate_comments")


def head(world: World, number: int) -> Head:
    return world.kept(number)
