"""Does a measure cite clause, version and appeal, where the member can read them?"""

from urllib.parse import urlsplit

from local.demo.facts import Facts, Seen
from tribune.workflow.deed import clause_link

APPEALS = "recours"
"""The clause of the model charter that tells members how to appeal."""


def cites(seen: Seen, facts: Facts) -> bool:
    """The clause and its version stand in the decision; the public page of that version has the clause and the appeal.

    What the machine said about it links to that very clause.
    """
    head, clause = seen.head, seen.clause
    if clause is None or head.verdict is None or head.verdict.charter_version is None:
        return False
    charter = facts.charters.version(head.community, head.verdict.charter_version).charter
    appeals = charter.clause(APPEALS)
    link = clause_link(facts.community, head.verdict.charter_version, head.language, clause.number)
    address = urlsplit(link)
    page = facts.page(address.path)
    return (
        appeals is not None
        and head.verdict.clause_hash == clause.text_hash(head.language)
        and all(f'id="{anchor}"' in page for anchor in (address.fragment, f"article-{appeals.number}"))
        and charter.commitments.appeal_contact in page
        and all(link in (entry.text or "") for entry in seen.automatic)
    )
